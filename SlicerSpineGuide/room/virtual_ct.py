"""A run of the virtual CT room: planning CT, plan and scenario in; acquisitions with their truth out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, ImagePlane, apply, inverse
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.recording.case import Truth, TruthEvent, TruthFrame
from SlicerSpineGuide.room.guided_path import GuidedPath
from SlicerSpineGuide.room.metal import Metal
from SlicerSpineGuide.room.motion import Motion, Pose
from SlicerSpineGuide.room.scanner import CtProtocol, VirtualPatient, acquire
from SlicerSpineGuide.room.scenario import Fault, Scenario
from SlicerSpineGuide.room.truth import planted_events, tip_in_slices, truth_frame
from SlicerSpineGuide.translation import tr

BORDER_MM = 6.0  # the live field keeps that far inside the planning CT
SMALLEST_FIELD_MM = 60.0
OPERATOR_LAG_S = 1.0  # how old the picture is after which the operator places the slices
FAULT_CODES = {"image-loss": "IMAGE_STALE", "wrong-patient": "WRONG_PATIENT", "new-frame-of-reference": "FRAME_OF_REFERENCE_CHANGED"}
SEED_SHIFT_MM = 1.5
SEED_TURN_DEG = 0.6
SEED_AZIMUTH_DEG = 25.0


@dataclass(frozen=True, eq=False)
class Moment:
    """Everything about one frame but its pixels: tip (3,) and axis (3,) in planning LPS or None, planes in live LPS."""

    index: int
    t: float
    live_from_plan: FloatArray
    tip: FloatArray | None
    axis: FloatArray | None
    planes: tuple[ImagePlane, ...]
    truth: TruthFrame
    faults: frozenset[str]


@dataclass(frozen=True, eq=False)
class Acquisition:
    """One frame of the virtual CT: t seconds after the first; slices in live LPS; faults that are on."""

    index: int
    t: float
    slices: tuple[Slice, ...]
    truth: TruthFrame
    faults: frozenset[str]


class VirtualCt:
    """The room of one run. The same planning CT, trajectory, scenario and seed make the same images, bit by bit."""

    def __init__(
        self,
        planning: Volume,
        trajectory: Trajectory,
        scenario: Scenario,
        *,
        seed: int = 0,
        frames: int | None = None,
        zones: tuple[Zone, ...] = (),
    ) -> None:
        """frames: how many instead of the scenario's own. BadInput where the planning CT is too small to image the path."""
        self.trajectory, self.scenario, self.seed, self.zones = trajectory, scenario, seed, zones
        self.frame_count = frames or scenario.frames
        self.protocol, self._centre = fitting_field(planning, trajectory, scenario.protocol)
        rng = np.random.default_rng([seed, 0])
        self._motion = _individual(scenario, self.frame_count / self.protocol.rate_hz, rng)
        azimuth = scenario.azimuth_deg + rng.uniform(-1, 1) * SEED_AZIMUTH_DEG
        self._path = GuidedPath(trajectory, scenario, zones, azimuth)
        self._others = [other.placed(trajectory) for other in scenario.others]
        self._planning = planning

    @cached_property
    def _patient(self) -> VirtualPatient:
        return patient_around(self._planning, self.trajectory, self._centre, self.protocol)

    def live_from_plan(self, t: float) -> FloatArray:
        """(4, 4) where the patient lies at time t (s)."""
        return self._motion.live_from_plan(t, self.trajectory.target)

    def moment(self, index: int) -> Moment:
        """What is so at frame `index`, without its images: cheap."""
        t, part = self._time(index), self._part(index)
        live_from_plan = self.live_from_plan(t)
        tip, axis = self._path.at(part) if self.scenario.instrument else (None, None)
        planes = self._planes(index, part)
        visible = tip is not None and tip_in_slices(apply(live_from_plan, tip), planes)
        truth = truth_frame(index, inverse(live_from_plan), tip, axis, visible, self.trajectory)
        faults = frozenset(f.kind for f in self.scenario.faults if self._is_on(f, index))
        return Moment(index, t, live_from_plan, tip, axis, planes, truth, faults)

    def acquisitions(self) -> Iterator[Acquisition]:
        """All frames, in order of time; each is computed when it is asked for."""
        for index in range(self.frame_count):
            moment = self.moment(index)
            rng = np.random.default_rng([self.seed, 1, index])
            organs = self._motion.organs_mm(moment.t)
            metals = self._others + self._instrument(moment)
            slices = acquire(self._patient, metals, moment.live_from_plan, moment.planes, self.protocol, rng, organs)
            yield Acquisition(index, moment.t, tuple(slices), moment.truth, moment.faults)

    def events(self, frames: Sequence[TruthFrame]) -> tuple[TruthEvent, ...]:
        """The alerts that are due: deviations that went too far, and the faults of the images."""
        events = planted_events(frames, self.trajectory, self.zones)
        for fault in self.scenario.faults:
            first, last = self._first_frame(fault.start), self._first_frame(fault.end)
            if fault.kind == "image-loss":
                first, last = max(0, first - 1), first
            events.append(TruthEvent(code=FAULT_CODES[fault.kind], frame=first, until=last if last < self.frame_count else None))
        return tuple(sorted(events, key=lambda e: (e.frame, e.code)))

    def truth(self, frames: Sequence[TruthFrame]) -> Truth:
        """truth.json of the run whose frames these are."""
        return Truth(
            trajectory=self.trajectory.id,
            scenario=self.scenario.name,
            seed=self.seed,
            frames=tuple(frames),
            events=self.events(frames),
        )

    def _instrument(self, moment: Moment) -> list[Metal]:
        if moment.tip is None or moment.axis is None:
            return []
        return [Metal(self.trajectory.instrument, moment.tip, moment.axis, self.scenario.bend_mm)]

    def _planes(self, index: int, part: float) -> tuple[ImagePlane, ...]:
        """The slices where the operator puts them: whole slices up or down, so that the tip seen a second ago is in the middle one."""
        before = max(0, index - round(OPERATOR_LAG_S * self.protocol.rate_hz))
        tip = self._path.at(self._part(before))[0]
        held = self._motion.held()
        seen = apply(held.live_from_plan(self._time(before), self.trajectory.target), tip)
        centre = apply(held.live_from_plan(0.0, self.trajectory.target), self._centre)
        normal = self.protocol.planes(centre)[0].normal
        thickness = self.protocol.thickness_mm
        offset = np.rint((seen - centre) @ normal / thickness) * thickness + self.scenario.table_mm(part)
        return self.protocol.planes(centre + offset * normal)

    def _part(self, index: int) -> float:
        return index / max(1, self.frame_count - 1)

    def _first_frame(self, part: float) -> int:
        return int(np.ceil(part * (self.frame_count - 1) - 1e-9)) if part < 1 else self.frame_count

    def _time(self, index: int) -> float:
        """Seconds since the first frame; a loss of images puts a gap between two of them."""
        gaps = sum(f.gap_s for f in self.scenario.faults if f.kind == "image-loss" and index >= self._first_frame(f.start))
        return index / self.protocol.rate_hz + gaps

    def _is_on(self, fault: Fault, index: int) -> bool:
        return self._first_frame(fault.start) <= index < self._first_frame(fault.end)


def fitting_field(planning: Volume, trajectory: Trajectory, protocol: CtProtocol) -> tuple[CtProtocol, FloatArray]:
    """The protocol with a field that the planning CT can fill, and the field's centre (planning LPS): the path, where that fits.

    BadInput where the planning CT is too small around the path.
    """
    middle = trajectory.target + 0.3 * (trajectory.entry - trajectory.target)
    corners = apply(planning.lps_from_index, np.stack([np.zeros(3), np.array(planning.size) - 1]))
    low, high = corners.min(axis=0), corners.max(axis=0)
    field = min(protocol.field_mm, *(high - low - 2 * BORDER_MM)[:2])
    if field < SMALLEST_FIELD_MM:
        raise BadInput(
            tr("The planning CT is {size:.0f} mm wide: live slices need {need:.0f} mm around the path.").format(
                size=field + 2 * BORDER_MM, need=SMALLEST_FIELD_MM + 2 * BORDER_MM
            )
        )
    reach = np.array([field / 2 + BORDER_MM, field / 2 + BORDER_MM, 0.0])
    return replace(protocol, field_mm=float(field)), np.clip(middle, low + reach, high - reach)


def patient_around(planning: Volume, trajectory: Trajectory, centre: FloatArray, protocol: CtProtocol) -> VirtualPatient:
    """The part of the patient that the slices along the path can show."""
    along = abs(trajectory.entry[2] - trajectory.target[2]) + abs(trajectory.target[2] - centre[2])
    tilted = np.sin(np.radians(abs(protocol.tilt_deg))) * protocol.field_mm / 2
    half = np.array(
        [protocol.field_mm / 2 + 25, protocol.field_mm / 2 + 25, along + tilted + protocol.slices * protocol.thickness_mm / 2 + 30]
    )
    return VirtualPatient(planning, centre, half, spine=trajectory.target)


def _individual(scenario: Scenario, duration_s: float, rng: np.random.Generator) -> Motion:
    """The scenario's motion as this seed's patient makes it."""
    motion = scenario.motion
    shift = np.array(motion.start.shift_mm) + rng.uniform(-1, 1, 3) * SEED_SHIFT_MM
    turn = np.array(motion.start.turn_deg) + rng.uniform(-1, 1, 3) * SEED_TURN_DEG
    start = Pose(tuple(shift.tolist()), tuple(turn.tolist()))
    breathing = replace(
        motion.breathing, phase=float(rng.uniform()), period_s=motion.breathing.period_s * float(rng.uniform(0.9, 1.15))
    )
    jump_s = scenario.jump_at * duration_s if scenario.jump_at is not None else float("inf")
    return replace(motion, start=start, breathing=breathing, jump_s=jump_s)
