"""The procedure's steps with their times: what a person confirms, and what the images show."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.plan import Plan, Trajectory
from SlicerSpineGuide.plan.procedures import Step, procedures
from SlicerSpineGuide.translation import tr

SEEN = ("skin-entered", "progress")  # in the images; everything else a person confirms
MOVED = {AlertCode.FRAME_OF_REFERENCE_CHANGED, AlertCode.GEOMETRY_CHANGED}  # what was accepted is no longer there
USUAL = (
    Step(id="plan", label="The plan is checked", done_when="plan-checked"),
    Step(id="registration", label="The registration is accepted", done_when="registration-accepted"),
    Step(id="entry", label="The skin is entered", done_when="skin-entered"),
    Step(id="target", label="The tip is at the target", done_when="target-reached"),
)


@dataclass(frozen=True)
class Done:
    """When a step was done, on the day's clock, and by whom ("" where the images showed it)."""

    at_s: float
    who: str = ""


class Steps:
    """The steps of the plan's procedure (the usual four without one), kept for each trajectory; `progress` stands before the target.

    clock: seconds of the day's clock, for time stamps only.
    """

    def __init__(self, plan: Plan | None = None, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        procedure = procedures().get(plan.procedure) if plan is not None else None
        self._steps = procedure.steps if procedure is not None else USUAL
        self._done: dict[str, dict[str, Done]] = {}
        self._begun: dict[str, float] = {}
        self._progress: float | None = None  # now; None where no position is true
        self._trajectory = ""
        self._moved, self._accepted = False, True  # in the last Update
        self.marks: list[dict[str, Any]] = []

    def observe(self, update: Update, trajectory: Trajectory) -> None:
        """Take note of what an Update shows of the current trajectory."""
        self._trajectory, self._progress = trajectory.id, None
        moved = bool(MOVED & {a.code for a in update.alerts})
        taken_back = self._accepted and update.acceptance != "accepted"
        if taken_back or (moved and not self._moved):
            self.reject_registration()
        self._moved, self._accepted = moved, update.acceptance == "accepted"
        if update.frame is not None:
            self._begun.setdefault(trajectory.id, self._clock())
        if update.deviation is None or update.hidden_reason:
            return
        self._progress = 1 - update.deviation.depth_mm / trajectory.length_mm
        if self._progress > 0:
            for step in self._steps:
                if step.done_when == "skin-entered":
                    self._mine.setdefault(step.id, Done(self._clock()))

    def confirm(self, identifier: str, who: str = "") -> None:
        """A person confirms a step; once more takes the confirmation back."""
        step = next((s for s in self._steps if s.id == identifier), None)
        if step is None or step.done_when in SEEN:
            return
        if identifier in self._mine:
            del self._mine[identifier]
        else:
            self._mine[identifier] = Done(self._clock(), who)

    def is_of_registration(self, identifier: str) -> bool:
        """Whether that step is done by accepting the registration."""
        return any(s.id == identifier for s in self._registration_steps)

    def accept_registration(self, who: str = "") -> None:
        """A person accepts the registration, or accepts it again: the time is that of the last word."""
        for step in self._registration_steps:
            self._mine[step.id] = Done(self._clock(), who)

    def reject_registration(self) -> None:
        """What was accepted is so no more: rejected, or registered anew."""
        for step in self._registration_steps:
            self._mine.pop(step.id, None)

    def reject(self, identifier: str) -> None:
        """Take one step back."""
        self._mine.pop(identifier, None)

    def mark(self, update: Update | None) -> None:
        """A moment that a person wants to find again."""
        index = update.frame.index + 1 if update is not None and update.frame is not None else 0
        self.marks.append({"at": _time(self._clock()), "image": index})

    def rows(self) -> list[dict[str, Any]]:
        """The steps as a screen lists them.

        name, label and hint (the procedure's own words), done, when ("10:31:02 AB"), and whether a person can confirm it.
        """
        rows = []
        for step in self._steps:
            if step.done_when == "target-reached":
                rows.append(self._progress_row())
            done = self._mine.get(step.id)
            when = "" if done is None else f"{_time(done.at_s)} {done.who}".strip()
            label, hint = _short(step), tr(step.label)
            rows.append(_row(step.id, label, "" if hint == label else hint, done is not None, when, step.done_when not in SEEN))
        return rows

    def durations(self) -> list[tuple[str, float]]:
        """(label, seconds) of the steps that are done, in order of time: since the step before, the first since the first image."""
        before = self._begun.get(self._trajectory)
        spent = []
        for step in sorted((s for s in self._steps if s.id in self._mine), key=lambda s: self._mine[s.id].at_s):
            at = self._mine[step.id].at_s
            if before is not None:
                spent.append((_short(step), max(0.0, at - before)))
                at = max(at, before)
            before = at
        return spent

    def _progress_row(self) -> dict[str, Any]:
        now = self._progress
        when = "" if now is None else f"{100 * min(max(now, 0.0), 1.5):.0f} %"
        return _row("progress", tr("Progress"), "", now is not None and now >= 1, when, False)

    @property
    def _registration_steps(self) -> list[Step]:
        return [s for s in self._steps if s.done_when == "registration-accepted"]

    @property
    def _mine(self) -> dict[str, Done]:
        return self._done.setdefault(self._trajectory, {})


def _row(name: str, label: str, hint: str, done: bool, when: str, confirm: bool) -> dict[str, Any]:
    return {"name": name, "label": label, "hint": hint, "done": done, "when": when, "confirm": confirm}


def _short(step: Step) -> str:
    """Two words for what every procedure has; what is its own in its own words."""
    short = {
        "plan-checked": tr("Plan checked"),
        "registration-accepted": tr("Registration accepted"),
        "skin-entered": tr("Skin entry"),
        "target-reached": tr("Target confirmed"),
    }
    return short.get(step.done_when) or tr(step.label)


def _time(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds))
