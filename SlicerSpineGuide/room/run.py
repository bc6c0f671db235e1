"""What a run of the virtual room is, whatever takes its images: who moves how, where the instrument is, what goes wrong when."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from pydicom.dataset import Dataset

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.recording.case import Truth, TruthEvent, TruthFrame
from SlicerSpineGuide.room.guided_path import GuidedPath
from SlicerSpineGuide.room.live_series import LiveSeries
from SlicerSpineGuide.room.metal import Metal
from SlicerSpineGuide.room.motion import Motion, Pose
from SlicerSpineGuide.room.scenario import Fault, Scenario
from SlicerSpineGuide.room.truth import planted_events

FAULT_CODES = {
    "image-loss": "IMAGE_STALE",
    "wrong-patient": "WRONG_PATIENT",
    "new-frame-of-reference": "FRAME_OF_REFERENCE_CHANGED",
    "new-geometry": "GEOMETRY_CHANGED",
}
SEED_SHIFT_MM = 1.5
SEED_TURN_DEG = 0.6
SEED_AZIMUTH_DEG = 25.0


@dataclass(frozen=True, eq=False)
class Acquisition:
    """One frame: t seconds after the first; images: slices or exposures, in order; faults that are on."""

    index: int
    t: float
    images: tuple[Any, ...]
    truth: TruthFrame
    faults: frozenset[str]


class Run(ABC):
    """One run of the virtual room. The same planning CT, trajectory, scenario and seed make the same images, bit by bit."""

    modality: Literal["CT", "XA"]

    def __init__(
        self,
        planning: Volume,
        trajectory: Trajectory,
        scenario: Scenario,
        *,
        rate_hz: float,
        seed: int = 0,
        frames: int | None = None,
        zones: tuple[Zone, ...] = (),
    ) -> None:
        """rate_hz: frames a second; frames: how many instead of the scenario's own."""
        self.trajectory, self.scenario, self.seed, self.zones = trajectory, scenario, seed, zones
        self.frame_count, self.rate_hz = frames or scenario.frames, rate_hz
        self._planning = planning
        rng = np.random.default_rng([seed, 0])
        self._motion = _individual(scenario, self.frame_count / rate_hz, rng)
        azimuth = scenario.azimuth_deg + rng.uniform(-1, 1) * SEED_AZIMUTH_DEG
        self._path = GuidedPath(trajectory, scenario, zones, azimuth)
        self._others = [other.placed(trajectory) for other in scenario.others]

    @abstractmethod
    def truth_of(self, index: int) -> TruthFrame:
        """The truth of frame `index`, without its images: cheap."""

    @abstractmethod
    def acquisitions(self) -> Iterator[Acquisition]:
        """All frames, in order of time; each is computed when it is asked for."""

    @abstractmethod
    def dataset(self, series: LiveSeries, image: Any, acquisition: int, instance: int, t: float) -> Dataset:
        """An image of an acquisition as the scanner sends it. acquisition, instance: counted from 1."""

    def live_from_plan(self, t: float) -> FloatArray:
        """(4, 4) where the patient lies at time t (s)."""
        return self._motion.live_from_plan(t, self.trajectory.target)

    def instrument(self, index: int) -> tuple[FloatArray | None, FloatArray | None]:
        """Tip (3,) and axis (3,) at frame `index`, in planning LPS; None where there is no instrument."""
        return self._path.at(self._part(index)) if self.scenario.instrument else (None, None)

    def truth(self, frames: Sequence[TruthFrame] | None = None) -> Truth:
        """truth.json of the run; frames: those that were acquired, all without."""
        known = tuple(frames) if frames is not None else tuple(self.truth_of(i) for i in range(self.frame_count))
        return Truth(
            trajectory=self.trajectory.id, scenario=self.scenario.name, seed=self.seed, frames=known, events=self._events(known)
        )

    def _events(self, frames: Sequence[TruthFrame]) -> tuple[TruthEvent, ...]:
        """The alerts that are due: deviations that went too far, and the faults of the images."""
        events = planted_events(frames, self.trajectory, self.zones)
        for fault in self.scenario.faults:
            first, last = self._first_frame(fault.start), self._first_frame(fault.end)
            if fault.kind == "image-loss":
                first, last = max(0, first - 1), first
            events.append(TruthEvent(code=FAULT_CODES[fault.kind], frame=first, until=last if last < self.frame_count else None))
        return tuple(sorted(events, key=lambda e: (e.frame, e.code)))

    def _metals(self, index: int) -> list[Metal]:
        """All metal in the patient at frame `index`, in planning LPS."""
        tip, axis = self.instrument(index)
        if tip is None or axis is None:
            return self._others
        return [*self._others, Metal(self.trajectory.instrument, tip, axis, self.scenario.bend_mm)]

    def _noise(self, index: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, 1, index])

    def _faults(self, index: int) -> frozenset[str]:
        return frozenset(f.kind for f in self.scenario.faults if self._is_on(f, index))

    def _part(self, index: int) -> float:
        return index / max(1, self.frame_count - 1)

    def _first_frame(self, part: float) -> int:
        return int(np.ceil(part * (self.frame_count - 1) - 1e-9)) if part < 1 else self.frame_count

    def _time(self, index: int) -> float:
        """Seconds since the first frame; a loss of images puts a gap between two of them."""
        gaps = sum(f.gap_s for f in self.scenario.faults if f.kind == "image-loss" and index >= self._first_frame(f.start))
        return index / self.rate_hz + gaps

    def _is_on(self, fault: Fault, index: int) -> bool:
        return self._first_frame(fault.start) <= index < self._first_frame(fault.end)


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
