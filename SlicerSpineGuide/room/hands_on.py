"""Drive it yourself: the virtual CT room with the trainee's own instrument, an image whenever the trainee asks for one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from SlicerSpineGuide.geometry import FloatArray, ImagePlane, apply, rotation_from_vector, unit
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import Plan, Trajectory
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.recording.case import Truth, TruthFrame
from SlicerSpineGuide.room.case_writer import CaseWriter
from SlicerSpineGuide.room.run import Acquisition
from SlicerSpineGuide.room.scenario import CALM, Scenario, Step
from SlicerSpineGuide.room.simulate import LiveImages, Simulation, read_inputs
from SlicerSpineGuide.room.virtual_ct import VirtualCt

BY_HAND = Scenario("by-hand", (Step(0.0, 0.0), Step(1.0, 0.0)), CALM)
MOST_LEAN_DEG = 45.0


@dataclass(frozen=True)
class Hand:
    """How the trainee holds the instrument and where the slices are.

    depth_mm: from the skin to the tip, negative above it. head_deg, left_deg: how the axis leans against the planned direction,
    towards the patient's head and left. entry_head_mm, entry_left_mm: of the puncture from the planned entry. table_mm: of the
    slices from around the tip, towards the head.
    """

    depth_mm: float = -10.0
    head_deg: float = 0.0
    left_deg: float = 0.0
    entry_head_mm: float = 0.0
    entry_left_mm: float = 0.0
    table_mm: float = 0.0


@dataclass(frozen=True, eq=False)
class _Taken:
    t: float
    hand: Hand
    slices_at: FloatArray


class HandsOnRoom(VirtualCt):
    """The virtual CT whose frames are those that the trainee asked for."""

    def __init__(self, planning: Volume, trajectory: Trajectory, scenario: Scenario, *, seed: int, zones: tuple[Zone, ...]) -> None:
        super().__init__(planning, trajectory, scenario, seed=seed, zones=zones)
        self.frame_count = 0
        self._taken: list[_Taken] = []
        direction = trajectory.direction
        up = np.array([0.0, 0.0, 1.0]) if abs(direction[2]) < 0.9 else np.array([0.0, 1.0, 0.0])
        self._head = unit(up - direction * (up @ direction))
        across = np.cross(direction, self._head)
        self._left = across if across[0] >= 0 else -across

    def take(self, hand: Hand, t: float) -> Acquisition:
        """An image of the patient at time t (s), with the instrument held like that."""
        tip, _ = self.held(hand)
        place = apply(self._motion.held().live_from_plan(t, self.trajectory.target), tip)
        self._taken.append(_Taken(t, hand, place))
        self.frame_count += 1
        return self.acquisition(self.frame_count - 1)

    def held(self, hand: Hand) -> tuple[FloatArray, FloatArray]:
        """Tip (3,) and axis (3,) in planning LPS of an instrument held like that: it turns about where it enters the skin."""
        planned = self.trajectory.direction
        lean = np.radians(hand.head_deg) * np.cross(planned, self._head) + np.radians(hand.left_deg) * np.cross(planned, self._left)
        axis = unit(rotation_from_vector(lean) @ planned)
        entry = self.trajectory.entry + hand.entry_head_mm * self._head + hand.entry_left_mm * self._left
        return entry + hand.depth_mm * axis, axis

    def instrument(self, index: int) -> tuple[FloatArray | None, FloatArray | None]:
        return self.held(self._taken[index].hand)

    def _time(self, index: int) -> float:
        return self._taken[index].t

    def _planes(self, index: int) -> tuple[ImagePlane, ...]:
        taken = self._taken[index]
        centre = apply(self._motion.held().live_from_plan(0.0, self.trajectory.target), self._centre)
        normal = self.protocol.planes(centre)[0].normal
        thickness = self.protocol.thickness_mm
        along = np.rint((taken.slices_at - centre) @ normal / thickness) * thickness + taken.hand.table_mm
        return self.protocol.planes(centre + along * normal)


class HandsOn:
    """A trainee's session: move the instrument, ask for images, be scored like any other run."""

    def __init__(
        self,
        planning_dir: Path,
        plan_path: Path,
        *,
        trajectory: str | None = None,
        plan: Plan | None = None,
        scenario: Scenario = BY_HAND,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        """plan: in place of the file's, where it was corrected since. scenario: the patient's motion and the scanner's protocol.

        BadInput where plan, planning CT or zones cannot be used.
        """
        plan, planning, chosen, zones = read_inputs(planning_dir, plan_path, trajectory, plan)
        self._room = HandsOnRoom(planning.volume, chosen, scenario, seed=seed, zones=zones)
        self._simulation = Simulation(planning_dir, plan_path, plan, planning, self._room)
        started = now()
        self._images = LiveImages(self._simulation, started, f"{planning.series_instance_uid}/{started.isoformat()}/by hand")
        self._clock, self._started = clock, clock()
        self._times: list[float] = []
        self._datasets: list[list[Dataset]] = []
        self._truths: list[TruthFrame] = []
        self.hand = Hand()

    def advance(self, mm: float) -> None:
        """Push the instrument on along its axis; negative withdraws it. It goes no deeper than its length."""
        deepest = self._room.trajectory.instrument.length_mm
        self.hand = replace(self.hand, depth_mm=float(np.clip(self.hand.depth_mm + mm, -50.0, deepest)))

    def turn(self, head_deg: float = 0.0, left_deg: float = 0.0) -> None:
        """Lean the instrument further towards the patient's head and left."""
        head, left = (
            float(np.clip(a + b, -MOST_LEAN_DEG, MOST_LEAN_DEG))
            for a, b in ((self.hand.head_deg, head_deg), (self.hand.left_deg, left_deg))
        )
        self.hand = replace(self.hand, head_deg=head, left_deg=left)

    def move_entry(self, head_mm: float = 0.0, left_mm: float = 0.0) -> None:
        """Set the puncture elsewhere on the skin: only as long as the instrument is outside."""
        if self.hand.depth_mm <= 0:
            hand = self.hand
            self.hand = replace(hand, entry_head_mm=hand.entry_head_mm + head_mm, entry_left_mm=hand.entry_left_mm + left_mm)

    def move_table(self, head_mm: float) -> None:
        """Move the slices along the patient."""
        self.hand = replace(self.hand, table_mm=self.hand.table_mm + head_mm)

    def acquire(self) -> list[Dataset]:
        """Ask for an image: the slices as DICOM datasets, ready to be sent or saved; their truth is the newest of `truths`."""
        acquisition = self._room.take(self.hand, self._clock() - self._started)
        self._times.append(acquisition.t)
        datasets = self._images.of(acquisition)
        self._datasets.append(datasets)
        self._truths.append(acquisition.truth)
        return datasets

    @property
    def truths(self) -> tuple[TruthFrame, ...]:
        """The truth of every frame so far."""
        return tuple(self._truths)

    def truth(self) -> Truth:
        """The truth of the session so far, with the alerts that were due."""
        return self._room.truth(self._truths)

    def save_case(self, folder: Path, title: str = "") -> Path:
        """Write the session as a case folder that can be replayed and scored; BadInput where `folder` is taken."""
        simulation = self._simulation
        writer = CaseWriter(folder, simulation.planning_dir, simulation.plan_path, simulation.plan)
        for t, datasets, truth in zip(self._times, self._datasets, self._truths, strict=True):
            writer.add(datasets, t - self._times[0], truth)
        name = self._room.trajectory.label or self._room.trajectory.id
        writer.finish(self.truth(), "CT", title=title or f"{name}: by hand")
        return folder
