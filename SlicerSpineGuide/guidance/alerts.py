"""The alert state machine: from one Situation after the other to the alerts that are on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from SlicerSpineGuide.guidance.rules import RULES, Rule, Verdict
from SlicerSpineGuide.guidance.situation import Seen, Situation
from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.guidance.types import Alert, AlertCode
from SlicerSpineGuide.plan.model import Trajectory
from SlicerSpineGuide.plan.zones import Zone

__all__ = ["AlertMachine", "Situation"]

PRIORITY_ORDER = ("high", "medium", "low")
Key = tuple[AlertCode, str]  # a rule's code and its subject


@dataclass(frozen=True)
class _State:
    """One condition's history. run: judgements in a row that speak for a change."""

    on: bool = False
    since_s: float = 0.0
    run: int = 0
    acknowledged: bool = False
    hidden: bool = False  # a number that is not true at the moment
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def judged(self, verdict: Verdict, rule: Rule, now_s: float) -> _State:
        """The state after one more judgement."""
        if self.on and self.hidden and verdict <= Verdict.INSIDE:
            return _State()  # it has been out of sight: hysteresis has nothing to go by any more
        speaks_for_change = verdict == Verdict.CLEAR if self.on else verdict >= Verdict.LIKELY
        run = self.run + 1 if speaks_for_change else 0
        if not self.on and (verdict == Verdict.SURE or run >= rule.on_frames):
            return _State(on=True, since_s=now_s)
        if self.on and run >= rule.off_frames and now_s - self.since_s >= rule.hold_s:
            return _State()
        return replace(self, run=run, hidden=False)


class AlertMachine:
    """The alerts of one trajectory.

    An alert comes on at the first frame that is surely past its limit, or at the second in a row that is likely to be; it goes off
    1 mm or 1 degree inside the limit after two frames (`rules.Band`, `rules.Rule`). While no position may be shown, no alert about a
    number is given; one that was on comes back, still acknowledged, with the first frame that is past the limit.

    A frame that grows is judged again from the state before it, so that it never counts twice.
    """

    def __init__(
        self, trajectory: Trajectory, zones: Sequence[Zone] = (), rules: Sequence[Rule] = RULES, thresholds: Thresholds | None = None
    ) -> None:
        self.thresholds = thresholds or Thresholds.of_plan(trajectory, zones)
        self._rules = tuple(rules)
        self._index: int | None = None
        self._seen = self._seen_before = Seen()
        self._states: dict[Key, _State] = {}  # judged with frames
        self._before: dict[Key, _State] = {}  # the same, before the newest frame
        self._former: dict[Key, _State] = {}  # the same, as the newest frame was judged before it grew
        self._always: dict[Key, _State] = {}  # judged at any time

    def step(self, situation: Situation, now_s: float) -> tuple[Alert, ...]:
        """Judge `situation` at now_s (seconds on the caller's monotonic clock); the alerts that are on, the most urgent first."""
        if situation.frame_index is not None:
            self._begin(situation.frame_index)
            self._judge(self._states, (r for r in self._rules if not r.always), situation, now_s)
            self._seen = self._seen_before.after(situation)
        if not situation.position_shown:
            self._hide_numbers(True)
        elif situation.frame_index is None:
            self._hide_numbers(False)  # the same frame's numbers are on the screen again
        self._judge(self._always, (r for r in self._rules if r.always), situation, now_s)
        return self._alerts()

    def acknowledge(self, code: AlertCode) -> None:
        """Silence the alerts of that code that are on; each stays on until its condition ends, and sounds again if it returns."""
        for states in (self._states, self._before, self._always):
            for key, state in states.items():
                if key[0] == code and state.on:
                    states[key] = replace(state, acknowledged=True)

    def _begin(self, index: int) -> None:
        if index == self._index:
            self._former, self._states, self._seen = self._states, dict(self._before), self._seen_before
        else:
            self._former = {}
            self._before, self._seen_before, self._index = dict(self._states), self._seen, index

    def _judge(self, states: dict[Key, _State], rules: Iterable[Rule], situation: Situation, now_s: float) -> None:
        for rule in rules:
            if rule.numeric and not situation.position_shown:
                continue
            for finding in rule.judge(situation, self.thresholds, self._seen):
                key = (rule.code, finding.subject)
                before, former = states.get(key, _State()), self._former.get(key, _State())
                state = before.judged(finding.verdict, rule, now_s)
                if state.on and former.on and not before.on:  # it came on with this frame's first images
                    state = replace(state, since_s=former.since_s, acknowledged=former.acknowledged)
                states[key] = replace(state, parameters=finding.parameters)

    def _hide_numbers(self, hidden: bool) -> None:
        numeric = {rule.code for rule in self._rules if rule.numeric}
        for key, state in self._states.items():
            if key[0] in numeric:
                self._states[key] = replace(state, hidden=hidden)

    def _alerts(self) -> tuple[Alert, ...]:
        states = self._states | self._always
        alerts = [
            Alert(
                rule.code,
                rule.priority,
                _filled_in(rule, state.parameters),
                state.since_s,
                state.acknowledged,
                key[1],
                state.parameters,
            )
            for rule in self._rules
            for key, state in states.items()
            if key[0] == rule.code and state.on and not state.hidden
        ]
        return tuple(sorted(alerts, key=lambda alert: PRIORITY_ORDER.index(alert.priority)))


def sentence(alert: Alert, rules: Iterable[Rule] = RULES) -> str:
    """The alert's message in the current language, which may have changed since it was judged."""
    if alert.parameters is None:
        return alert.message
    return next((_filled_in(rule, alert.parameters) for rule in rules if rule.code == alert.code), alert.message)


def _filled_in(rule: Rule, parameters: Mapping[str, object]) -> str:
    return rule.message().format(**parameters).strip()
