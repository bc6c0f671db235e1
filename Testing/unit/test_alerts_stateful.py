"""Whatever happens in whatever order, no state that hides or endangers is ever shown as good."""

from __future__ import annotations

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from SlicerSpineGuide.guidance.alerts import AlertMachine, Situation
from SlicerSpineGuide.guidance.rules import RULES
from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.guidance.types import Alert, AlertCode, Deviation
from SlicerSpineGuide.plan import InstrumentSpec, Trajectory
from SlicerSpineGuide.registration.result import Registration

INSTRUMENT = InstrumentSpec(kind="needle", name="22G", diameter_mm=0.7, length_mm=90)
TRAJECTORY = Trajectory(id="a", instrument=INSTRUMENT, entry_lps=(0, 60, 0), target_lps=(0, 0, 0))
THRESHOLDS = Thresholds(2.0, 3.0, 2.0, {"canal": 2.0})
NUMERIC = {r.code for r in RULES if r.numeric}
EXCESS = {
    AlertCode.LATERAL_DEVIATION: lambda d: d.lateral_mm - 2.0,
    AlertCode.ANGLE_DEVIATION: lambda d: (d.angle_deg - 3.0) / 2,
    AlertCode.DEPTH_EXCEEDED: lambda d: -d.depth_mm - 2.0,
    AlertCode.ZONE_ENTERED: lambda d: -d.clearance_mm["canal"],
}

deviations = st.builds(
    Deviation,
    trajectory=st.just("a"),
    lateral_mm=st.floats(0, 6),
    angle_deg=st.floats(0, 12),
    depth_mm=st.floats(-6, 50),
    predicted_miss_mm=st.floats(0, 12),
    clearance_mm=st.fixed_dictionaries({"canal": st.floats(-4, 10)}),
    lateral_pm_mm=st.floats(0, 3),
    angle_pm_deg=st.floats(0, 6),
    depth_pm_mm=st.floats(0, 3),
    predicted_miss_pm_mm=st.floats(0, 6),
    clearance_pm_mm=st.fixed_dictionaries({"canal": st.floats(0, 3)}),
)
statuses = st.sampled_from(["locked", "locked", "locked", "uncertain", "lost", "none"])


class AlertsUnderAnySequence(RuleBasedStateMachine):
    """Frames, frames that grow, ticks and acknowledgements in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.machine = AlertMachine(TRAJECTORY, thresholds=THRESHOLDS)
        self.now_s, self.index = 0.0, -1
        self.alerts: tuple[Alert, ...] = ()
        self.situation = Situation()
        self.frame = Situation()
        self.judged: list[tuple[int, Deviation | None]] = []
        self.locked_before = self.locked_before_frame = False

    def step(self, situation: Situation) -> None:
        self.situation = situation
        self.alerts = self.machine.step(situation, self.now_s)

    @rule(
        gap=st.floats(0.01, 3),
        grows=st.booleans(),
        status=statuses,
        deviation=deviations,
        visible=st.booleans(),
        flags=st.tuples(*[st.integers(0, 4).map(lambda n: n == 0)] * 5),
    )
    def a_frame(
        self, gap: float, grows: bool, status: str, deviation: Deviation, visible: bool, flags: tuple[bool, bool, bool, bool, bool]
    ) -> None:
        self.now_s += gap
        if not grows or self.index < 0:
            self.index += 1
            self.locked_before_frame = self.locked_before
        pose = {"plan_from_live": np.eye(4)} if status in ("locked", "uncertain") else {}
        registration = Registration(status, **pose)  # type: ignore[arg-type]
        foreign, reference, geometry, down, full = flags
        shown = deviation if status == "locked" and visible and not foreign else None
        self.frame = Situation(
            frame_index=self.index,
            deviation=shown,
            registration=registration,
            instrument_visible=visible,
            wrong_patient=foreign,
            frame_of_reference_changed=reference,
            geometry_changed=geometry,
            node_down=down,
            disk_low=full,
        )
        self.locked_before = self.locked_before_frame or (registration.usable and not foreign)
        if self.judged and self.judged[-1][0] == self.index:
            self.judged.pop()
        self.judged.append((self.index, shown))
        self.step(self.frame)

    @rule(gap=st.floats(0.01, 3), stale=st.booleans(), down=st.booleans(), full=st.booleans(), careless=st.booleans())
    def a_tick(self, gap: float, stale: bool, down: bool, full: bool, careless: bool) -> None:
        """A careless caller leaves the old deviation in although the image is stale."""
        self.now_s += gap
        deviation = self.frame.deviation if careless or not stale else None
        frame = self.frame
        self.step(
            Situation(
                deviation=deviation,
                registration=frame.registration,
                instrument_visible=frame.instrument_visible,
                image_stale=stale,
                wrong_patient=frame.wrong_patient,
                node_down=down,
                disk_low=full,
            )
        )

    @rule(code=st.sampled_from(AlertCode))
    def an_acknowledgement(self, code: AlertCode) -> None:
        before = [(a.code, a.subject) for a in self.alerts]
        self.machine.acknowledge(code)
        if self.situation.frame_index is None:
            self.step(self.situation)
            assert [(a.code, a.subject) for a in self.alerts] == before, "an acknowledgement changed more than the sound"
            assert all(a.acknowledged for a in self.alerts if a.code == code)

    @invariant()
    def a_stale_lost_foreign_or_cut_off_state_is_never_shown_as_good(self) -> None:
        on = {a.code for a in self.alerts}
        assert self.situation.image_stale == (AlertCode.IMAGE_STALE in on)
        assert not self.situation.node_down or AlertCode.NODE_DOWN in on
        assert self.situation.disk_low == (AlertCode.DISK_LOW in on)
        if self.frame.wrong_patient:
            assert AlertCode.WRONG_PATIENT in on
            return
        lost = self.frame.registration.status == "lost" or (
            self.frame.registration.status == "none" and self.locked_before_frame and self.index >= 0
        )
        assert lost == (AlertCode.REGISTRATION_LOST in on)

    @invariant()
    def no_alert_speaks_of_a_number_that_is_not_shown(self) -> None:
        if not self.situation.position_shown:
            assert not {a.code for a in self.alerts} & NUMERIC

    @invariant()
    def a_large_excess_in_two_frames_is_always_alerted(self) -> None:
        if not self.situation.position_shown or len(self.judged) < 2:
            return
        (_, former), (_, latest) = self.judged[-2:]
        if former is None or latest is None:
            return
        on = {a.code for a in self.alerts}
        for code, excess in EXCESS.items():
            if min(excess(former), excess(latest)) >= 1.0:
                assert code in on

    @invariant()
    def the_most_urgent_comes_first_and_every_alert_says_something(self) -> None:
        order = [("high", "medium", "low").index(a.priority) for a in self.alerts]
        assert order == sorted(order)
        assert all(a.message and "{" not in a.message and a.since_s <= self.now_s for a in self.alerts)


AlertsUnderAnySequence.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestAlertsUnderAnySequence = AlertsUnderAnySequence.TestCase
