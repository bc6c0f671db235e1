"""How a frame of each modality is registered and how the instrument is found in it: one small class a modality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.intake.frame import Frame
from SlicerSpineGuide.plan import PlanningCt, Trajectory
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.registration.slices import prepare as prepare_slices
from SlicerSpineGuide.registration.xray import prepare as prepare_radiographs
from SlicerSpineGuide.tracking.ct import InstrumentTracker
from SlicerSpineGuide.tracking.instrument import Instrument
from SlicerSpineGuide.tracking.known import Known
from SlicerSpineGuide.tracking.xray import XrayInstrument


class Sight(Protocol):
    """Prepared once for a trajectory; called from one thread."""

    def register(self, frame: Frame, start: FloatArray | None) -> Registration:
        """Where the patient is; `start`: plan_from_live of the last accepted frame, None to search."""

    def track(self, frame: Frame, registration: Registration, known: Known) -> Instrument:
        """Where the instrument is, in plan coordinates through a usable `registration`; known: from the frames before."""


class CtSight:
    """CT slices: the metal is masked out of the registration, then found in the same pixels."""

    def __init__(self, planning: Volume, trajectory: Trajectory, planned: Sequence[Trajectory] = (), repeatable: bool = False) -> None:
        self._registration = prepare_slices(planning, trajectory.target, repeatable=repeatable)
        self._tracker = InstrumentTracker(trajectory, planning, planned)

    def register(self, frame: Frame, start: FloatArray | None) -> Registration:
        return self._registration.register(frame.slices, start, self._tracker.metal_masks(frame.slices))

    def track(self, frame: Frame, registration: Registration, known: Known) -> Instrument:
        return self._tracker.track(frame.slices, registration, known)


class XraySight:
    """Radiographs of one position: the CT's DRRs are registered to them, the instrument is found in what those leave over."""

    def __init__(self, planning: Volume, trajectory: Trajectory) -> None:
        self._registration = prepare_radiographs(planning, trajectory.target)
        self._tracker = XrayInstrument(trajectory, self._registration)
        self._last: Registration | None = None

    def register(self, frame: Frame, start: FloatArray | None) -> Registration:
        last, first_guess = self._last, start
        known = last is not None and start is not None and last.plan_from_live is not None and np.allclose(last.plan_from_live, start)
        found = self._registration.register(frame.radiographs, last if known else first_guess)
        if found.status == "locked":
            self._last = found
        return found

    def track(self, frame: Frame, registration: Registration, known: Known) -> Instrument:
        return self._tracker.track(frame.radiographs, registration, known.just_seen)


def make_sight(
    modality: str, planning: PlanningCt, trajectory: Trajectory, planned: Sequence[Trajectory] = (), *, repeatable: bool = False
) -> Sight:
    """The Sight for frames of `modality`, prepared for a trajectory: may take seconds. planned: the plan's other trajectories.

    repeatable: the same frames give the same results every time, at the price of waiting for a lost patient to be found.
    """
    return XraySight(planning.volume, trajectory) if modality == "XA" else CtSight(planning.volume, trajectory, planned, repeatable)
