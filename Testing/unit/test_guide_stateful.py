"""Whatever reaches the guide in whatever order, a position is shown only with a current image of the patient, or a current tool."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from guide_stand_in import LOCKED, PLAN, PLANNING, SEEN, StandIn, frame
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from SlicerSpineGuide.geometry import rigid
from SlicerSpineGuide.guidance.guide import Guide
from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.external import ExternalInstrument
from SlicerSpineGuide.tracking.instrument import Instrument

STATUSES = st.sampled_from(["locked", "locked", "locked", "uncertain", "lost", "none"])
PATIENTS = st.sampled_from(["P1", "P1", "P1", "P1", "P2", ""])
POSES = st.sampled_from([np.eye(4), rigid(translation=[3.0, 20.0, 0.0]), np.full((4, 4), np.nan), np.diag([-1.0, 1, 1, 1])])
LONGEST_S = 10.0  # whatever the pace: an image older than that is stale


class GuideUnderAnySequence(RuleBasedStateMachine):
    """Frames of all kinds, ticks, clocks that jump ahead, tools, and what people decide."""

    def __init__(self) -> None:
        super().__init__()
        self.sight, self.now_s = StandIn(), 0.0
        self.guide = Guide(PLAN, PLANNING, make_sight=lambda *_: self.sight)
        self.index, self.arrived_s, self.patient, self.refused = -1, 0.0, "P1", False
        self.in_plan = ExternalInstrument(already_in_plan=True, clock=lambda: self.now_s)
        self.live = ExternalInstrument(clock=lambda: self.now_s)
        self.update: Update = self.guide.tick(0.0)

    @rule(gap=st.floats(0.01, 4), grows=st.booleans(), status=STATUSES, visible=st.booleans(), patient=PATIENTS)
    def a_frame(self, gap: float, grows: bool, status: str, visible: bool, patient: str) -> None:
        self.now_s += gap
        self.index += 0 if grows and self.index >= 0 else 1
        self.arrived_s, self.patient = self.now_s, patient
        pose = rigid() if status in ("locked", "uncertain") else None
        self.sight.registration = LOCKED if status == "locked" else Registration(status, pose, reason="So it is.")  # type: ignore[arg-type]
        self.sight.instrument = SEEN if visible else Instrument(False, reason="It is not there.")
        self.update = self.guide.process(frame(self.index, patient_id=patient), self.now_s)

    @rule(gap=st.floats(0.01, 4))
    def a_frame_that_cannot_be_processed(self, gap: float) -> None:
        self.now_s += gap
        self.index, self.arrived_s, self.patient = self.index + 1, self.now_s, "P1"
        self.sight.work = lambda _frame: 1 / 0
        try:
            self.guide.process(frame(self.index), self.now_s)
        except ZeroDivisionError:
            self.update = self.guide.give_up(frame(self.index), self.now_s)
        self.sight.work = lambda _frame: None
        assert self.update.deviation is None or self.guide.tool is not None

    @rule(gap=st.sampled_from([0.05, 0.1, 0.4, 1.1, 3.0, 11.0, 3600.0]))
    def a_tick(self, gap: float) -> None:
        self.now_s += gap
        self.update = self.guide.tick(self.now_s)

    @rule(in_plan=st.booleans(), pose=POSES, late_s=st.sampled_from([0.0, 0.0, 0.3, 2.0, -2.0]))
    def a_pose_of_a_tool(self, in_plan: bool, pose: np.ndarray, late_s: float) -> None:
        (self.in_plan if in_plan else self.live).update(pose, self.now_s - late_s)
        self.update = self.guide.tick(self.now_s)

    @rule(which=st.sampled_from(["none", "live", "in plan"]))
    def another_source(self, which: str) -> None:
        self.guide.use_tool({"none": None, "live": self.live, "in plan": self.in_plan}[which])
        self.update = self.guide.tick(self.now_s)

    @rule(code=st.sampled_from(AlertCode))
    def an_acknowledgement(self, code: AlertCode) -> None:
        self.guide.acknowledge(code)

    @rule(which=st.sampled_from(["left", "right"]))
    def another_trajectory(self, which: str) -> None:
        self.guide.select(which)
        self.index, self.refused = -1, False
        self.update = self.guide.tick(self.now_s)

    @rule(what=st.sampled_from(["reject", "accept", "again"]))
    def a_decision(self, what: str) -> None:
        {"reject": self.guide.reject, "accept": self.guide.accept, "again": self.guide.restart_registration}[what]()
        self.refused = what == "reject"
        self.update = self.guide.tick(self.now_s)

    @rule(limit=st.floats(0.1, 20))
    def other_limits(self, limit: float) -> None:
        self.guide.thresholds = replace(self.guide.thresholds, lateral_mm=limit)

    @precondition(lambda self: self.update.deviation is not None)
    @invariant()
    def what_is_shown_is_current(self) -> None:
        update, tool = self.update, self.guide.tool
        codes = {alert.code for alert in update.alerts}
        assert update.hidden_reason == "" and update.instrument.visible
        assert update.deviation is not None and np.isfinite(update.deviation.lateral_mm)
        assert update.deviation.trajectory == update.trajectory == self.guide.trajectory.id
        assert not codes & {AlertCode.REGISTRATION_LOST, AlertCode.IMAGE_STALE}
        assert self.patient == "P1" or self.index < 0
        if tool is not None:
            assert 0 <= tool.age_s(update.at_s) <= 0.5
        if tool is None or tool is self.live:
            assert update.registration.status == "locked" and not self.refused
            assert 0 <= update.at_s - self.arrived_s < LONGEST_S

    @invariant()
    def what_is_not_shown_has_its_reason(self) -> None:
        assert (self.update.deviation is None) == bool(self.update.hidden_reason)


GuideUnderAnySequence.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestGuideUnderAnySequence = GuideUnderAnySequence.TestCase
