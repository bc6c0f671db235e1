"""A frame's way from pixels to alerts, to be read top to bottom."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import ThreadpoolController

from SlicerSpineGuide.geometry import FloatArray, angle_deg
from SlicerSpineGuide.guidance.alerts import AlertMachine, Situation
from SlicerSpineGuide.guidance.deviation import measure
from SlicerSpineGuide.guidance.sight import Sight, make_sight
from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.guidance.types import Acceptance, AlertCode, StepTimes, Update
from SlicerSpineGuide.guidance.watchdog import StaleWatchdog
from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.intake.frame import Frame, LiveImage
from SlicerSpineGuide.plan import Plan, PlanningCt, Trajectory
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.external import ExternalInstrument
from SlicerSpineGuide.tracking.instrument import Instrument
from SlicerSpineGuide.tracking.known import NOTHING, Known
from SlicerSpineGuide.translation import tr

NO_REGISTRATION = Registration("none")
NO_INSTRUMENT = Instrument(False)
SAME_ORIENTATION_DEG = 1.0
SAME_PITCH = 0.01  # relative


@dataclass(frozen=True, eq=False)
class _Memory:
    """What one frame leaves to the next. A frame that grows starts again from the memory it first started from."""

    newest: LiveImage | None = None
    pose: FloatArray | None = None  # plan_from_live of the last locked frame
    instruments: Known = NOTHING
    frame_of_reference_changed: bool = False  # until a registration is locked again
    geometry_changed: bool = False


@dataclass(frozen=True)
class RoomState:
    """What the guide is told about the machines around it."""

    node_down: bool = False
    disk_low: bool = False


class Guide:
    """Guides one plan. Not thread-safe: the live loop or the replay calls it from one thread.

    now_s arguments are on one monotonic clock of the caller's (in replay: the case's t).
    """

    def __init__(
        self,
        plan: Plan,
        planning: PlanningCt,
        zones: Sequence[Zone] = (),
        *,
        clock: Callable[[], float] = time.perf_counter,
        make_sight: Callable[[str, PlanningCt, Trajectory, Sequence[Trajectory]], Sight] = make_sight,
    ) -> None:
        self._plan, self._planning, self._zones, self._clock = plan, planning, tuple(zones), clock
        self._make_sight = make_sight
        self._threads = ThreadpoolController()
        self._sights: dict[tuple[str, str], Sight] = {}
        self._set_thresholds: dict[str, Thresholds] = {}  # of the trajectories for which they were set
        self.room = RoomState()
        self.tool: ExternalInstrument | None = None
        self._asks = False
        self.select(plan.trajectories[0].id)

    @property
    def trajectory(self) -> Trajectory:
        return self._trajectory

    def select(self, trajectory_id: str) -> None:
        """Guide along another trajectory of the plan from the next frame on; nothing of the former is kept."""
        self._trajectory = self._plan.trajectory(trajectory_id)
        self._alerts = AlertMachine(self._trajectory, self._zones, thresholds=self._set_thresholds.get(trajectory_id))
        self._watchdog = StaleWatchdog()
        self._memory = self._before = _Memory()
        self._index, self._steps, self._foreign_now = -1, 0, ""
        self._placed = Registration("locked", np.eye(4), np.zeros((6, 6)), self._trajectory.target, 1.0)
        self._acceptance: Acceptance = self._unjudged
        self._sight("CT")
        none_yet = tr("No image has arrived yet.")
        self._last = Update(None, NO_REGISTRATION, NO_INSTRUMENT, None, (), none_yet, trajectory_id, 0.0, of_frame=False)

    def use_tool(self, tool: ExternalInstrument | None) -> None:
        """Guide a tracked tool in place of the instrument in the images, or that again (None): from the next frame or tick on.

        A tool whose matrices lead to the plan by themselves is guided without images; any other needs a locked registration of a
        current one. Its own staleness hides it, whatever the images do.
        """
        self.tool = tool
        self._alerts = AlertMachine(self._trajectory, self._zones, thresholds=self.thresholds)
        reason = tr("No image has arrived since the tracked tool was left.") if tool is None else ""
        self._last = replace(self._last, instrument=NO_INSTRUMENT, deviation=None, alerts=(), hidden_reason=reason, from_tool=False)

    def acknowledge(self, code: AlertCode) -> None:
        """Silence an alert; its state stays visible."""
        self._alerts.acknowledge(code)

    @property
    def thresholds(self) -> Thresholds:
        """From where on each number is alerted: the plan's, until they are set for the trajectory in hand, which keeps them."""
        return self._alerts.thresholds

    @thresholds.setter
    def thresholds(self, thresholds: Thresholds) -> None:
        self._alerts.thresholds = self._set_thresholds[self._trajectory.id] = thresholds

    def restart_registration(self, pose: FloatArray | None = None) -> None:
        """Forget the pose (the next frame is searched for), or start the next frame from `pose` (plan_from_live).

        What comes of it is another registration: a person's word on the former does not count for it.
        """
        self._memory = self._before = replace(self._memory, pose=pose)
        self._acceptance = self._unjudged

    @property
    def asks(self) -> bool:
        """Whether nothing is guided before a person has accepted the registration; without it a locked one is enough."""
        return self._asks

    @asks.setter
    def asks(self, asks: bool) -> None:
        self._asks = asks
        if self._acceptance != "rejected":
            self._acceptance = self._unjudged

    def accept(self) -> None:
        """A person has compared image and plan and takes the registration for right: guided on from the next frame on."""
        self._acceptance = "accepted"

    def reject(self) -> None:
        """A person takes the registration for wrong: no position until it is accepted after all, or registered again."""
        self._acceptance = "rejected"

    @property
    def _unjudged(self) -> Acceptance:
        return "awaited" if self._asks else "accepted"

    def process(self, frame: Frame, now_s: float, arrived_s: float | None = None) -> Update:
        """One frame, or a frame that has grown, to its Update. arrived_s: since when its image ages, now_s where it is left out."""
        if frame.index != self._index:
            self._index, self._before = frame.index, self._memory
        self._watchdog.frame(frame.index, now_s if arrived_s is None else arrived_s)
        foreign = self._foreign(frame)
        if foreign:
            return self._finish(frame, now_s, self._before, NO_REGISTRATION, NO_INSTRUMENT, StepTimes(frame.decode_ms), foreign)
        memory = _inspect(frame.newest, self._before)
        if memory is not self._before and self._acceptance == "accepted":
            self._acceptance = self._unjudged  # the patient or the scanner moved: what was accepted is no longer there
        sight = self._sight(frame.modality)
        # The matrices are small: on a busy machine BLAS threads wait for one another ten times as long as they work.
        with self._threads.limit(limits=1, user_api="blas"):
            started = self._clock()
            registration = sight.register(frame, memory.pose)
            registered = self._clock()
            instrument = Instrument(False, reason=tr("Without a locked registration the instrument has no place in the plan."))
            if self.tool is not None:
                instrument = self.tool.track(registration)
            elif registration.status == "locked":
                instrument = sight.track(frame, registration, memory.instruments)
            tracked = self._clock()
        times = StepTimes(frame.decode_ms, 1e3 * (registered - started), 1e3 * (tracked - registered))
        seen = instrument if self.tool is None else NO_INSTRUMENT
        self._memory = _remember(memory, frame.newest, registration, seen)
        return self._finish(frame, now_s, memory, registration, instrument, times)

    def give_up(self, frame: Frame, now_s: float) -> Update:
        """The Update of a frame that could not be processed: no position, and the reason."""
        reason = tr("The last image could not be processed: ask for another one.")
        lost = Registration("lost", reason=reason)
        return self._finish(frame, now_s, self._before, lost, NO_INSTRUMENT, StepTimes(frame.decode_ms))

    def stale(self, now_s: float) -> bool:
        """Whether the newest image is too old to show a position with."""
        return self._watchdog.stale(now_s)

    def tick(self, now_s: float) -> Update:
        """What is known without a new frame: the same as before while the image is current, no position once it is stale."""
        last = self._last
        if self.tool is not None:
            return self._tick_of_tool(self.tool, now_s)
        stale = self._watchdog.stale(now_s)
        age = self._watchdog.image_age_s(now_s)
        deviation = None if stale or self._acceptance != "accepted" else last.deviation
        registration = self._judged(last.registration)
        reason = last.hidden_reason
        if registration is not last.registration or (self._acceptance == "awaited" and not reason):
            reason = _why_hidden(registration, last.instrument, self._acceptance)
        situation = Situation(
            frame_index=None,
            deviation=deviation,
            registration=registration,
            instrument_visible=last.instrument.visible,
            image_stale=stale,
            node_down=self.room.node_down,
            disk_low=self.room.disk_low,
        )
        return replace(
            last,
            registration=registration,
            deviation=deviation,
            alerts=self._alerts.step(situation, now_s),
            hidden_reason=tr("The last image is {age:.0f} s old.").format(age=age) if stale else reason,
            acceptance=self._acceptance,
            at_s=now_s,
            of_frame=False,
            image_age_s=age,
            image_rate_hz=self._watchdog.rate_hz,
            thresholds=self.thresholds,
        )

    def _tick_of_tool(self, tool: ExternalInstrument, now_s: float) -> Update:
        """What is known of a tracked tool at any moment: it moves between the images, so its numbers are judged at every tick."""
        last, age = self._last, self._watchdog.image_age_s(now_s)
        registration = self._judged(last.registration)
        basis = self._basis(registration, self._foreign_now)
        old = self._watchdog.stale(now_s)
        too_old = tr("The last image is {age:.0f} s old.").format(age=age)
        stale = old and basis is not self._placed
        instrument = tool.track(registration)
        if old and not stale and registration.usable:  # the tool is where it is, but nothing is drawn over an image of the past
            registration = replace(registration, status="none", plan_from_live=None, reason=too_old)
        reason = self._foreign_now or self._why_hidden(basis, instrument)
        if stale:
            reason = too_old
        deviation = None if reason else measure(instrument, basis, self._trajectory, self._zones, self._planning.volume)
        self._steps += 1
        situation = Situation(
            frame_index=-self._steps,  # each tick is one judgement, as a frame is
            deviation=deviation,
            registration=basis,
            instrument_visible=instrument.visible,
            image_stale=stale,
            wrong_patient=bool(self._foreign_now),
            node_down=self.room.node_down,
            disk_low=self.room.disk_low,
        )
        return replace(
            last,
            registration=registration,
            instrument=instrument,
            deviation=deviation,
            alerts=self._alerts.step(situation, now_s),
            hidden_reason=reason,
            acceptance=self._acceptance,
            at_s=now_s,
            of_frame=False,
            image_age_s=age,
            image_rate_hz=self._watchdog.rate_hz,
            thresholds=self.thresholds,
            from_tool=True,
        )

    def _basis(self, registration: Registration, foreign: str) -> Registration:
        """What the instrument's place in the plan rests on: the images' registration, or nothing but the tracking system's own."""
        if self.tool is not None and self.tool.already_in_plan and not foreign:
            return self._placed
        return registration

    def _why_hidden(self, basis: Registration, instrument: Instrument) -> str:
        return _why_hidden(basis, instrument, "accepted" if basis is self._placed else self._acceptance)

    def _finish(
        self,
        frame: Frame,
        now_s: float,
        memory: _Memory,
        registration: Registration,
        instrument: Instrument,
        times: StepTimes,
        foreign: str = "",
    ) -> Update:
        """Deviation, alerts, and the Update that holds everything."""
        started = self._clock()
        deviation = None
        registration = self._judged(registration)
        basis = self._basis(registration, foreign)
        self._foreign_now = foreign
        if basis.status == "locked" and instrument.visible and (basis is self._placed or self._acceptance == "accepted"):
            deviation = measure(instrument, basis, self._trajectory, self._zones, self._planning.volume)
        situation = Situation(
            frame_index=frame.index,
            deviation=deviation,
            registration=basis,
            instrument_visible=instrument.visible,
            instrument_unclear=memory.instruments.may_clear(instrument),
            wrong_patient=bool(foreign),
            frame_of_reference_changed=memory.frame_of_reference_changed,
            geometry_changed=memory.geometry_changed,
            node_down=self.room.node_down,
            disk_low=self.room.disk_low,
        )
        alerts = self._alerts.step(situation, now_s)
        decide = 1e3 * (self._clock() - started)
        self._last = Update(
            frame,
            registration,
            instrument,
            deviation,
            alerts,
            foreign or self._why_hidden(basis, instrument),
            self._trajectory.id,
            now_s,
            replace(times, decide=decide, total=times.decode + times.register + times.track + decide),
            image_rate_hz=self._watchdog.rate_hz,
            acceptance=self._acceptance,
            thresholds=self.thresholds,
            from_tool=self.tool is not None,
        )
        return self._last

    def _judged(self, registration: Registration) -> Registration:
        """What a person has refused tells no position any more."""
        if self._acceptance != "rejected" or not registration.usable:
            return registration
        return replace(registration, status="lost", plan_from_live=None, reason=tr("The registration was rejected by the operator."))

    def _foreign(self, frame: Frame) -> str:
        """Why the frame is not of the plan's patient, "" where it is."""
        for image in frame.images:
            if image.patient_id.strip() != self._plan.patient_id.strip():
                return tr("The image is of another patient than the plan: it is stored and not shown.")
        return ""

    def _sight(self, modality: str) -> Sight:
        key = (modality, self._trajectory.id)
        if key not in self._sights:
            others = [trajectory for trajectory in self._plan.trajectories if trajectory.id != self._trajectory.id]
            self._sights[key] = self._make_sight(modality, self._planning, self._trajectory, others)
        return self._sights[key]


def _inspect(image: LiveImage, memory: _Memory) -> _Memory:
    """`memory`, without its pose where the image's frame of reference or geometry is not the former image's."""
    former = memory.newest
    if former is None:
        return memory
    if image.frame_of_reference_uid != former.frame_of_reference_uid:
        return replace(memory, pose=None, instruments=memory.instruments.without_last(), frame_of_reference_changed=True)
    if _geometry_changed(former, image):
        return replace(memory, pose=None, instruments=memory.instruments.without_last(), geometry_changed=True)
    return memory


def _geometry_changed(former: LiveImage, image: LiveImage) -> bool:
    if image.patient_position != former.patient_position or type(image.image) is not type(former.image):
        return True  # CT and X-ray do not share live coordinates: a pose of the one is no start for the other
    if not isinstance(image.image, Slice) or not isinstance(former.image, Slice):
        return False
    old, new = former.image.plane, image.image.plane
    turned = max(angle_deg(old.u, new.u), angle_deg(old.normal, new.normal)) > SAME_ORIENTATION_DEG
    return turned or not np.allclose(old.pitch, new.pitch, rtol=SAME_PITCH)


def _remember(memory: _Memory, newest: LiveImage, registration: Registration, instrument: Instrument) -> _Memory:
    """A lost frame leaves the last good pose as the start of the next; a locked one settles what had changed."""
    if registration.status != "locked":
        return replace(memory, newest=newest, instruments=memory.instruments.after(instrument))
    return _Memory(newest, registration.plan_from_live, memory.instruments.after(instrument))


def _why_hidden(registration: Registration, instrument: Instrument, acceptance: Acceptance) -> str:
    if acceptance == "awaited" and registration.status == "locked":
        return tr("The registration waits to be accepted.")
    if registration.status != "locked":
        return registration.reason or tr("The registration is not locked.")
    return "" if instrument.visible else instrument.reason or tr("No instrument is seen in the image.")
