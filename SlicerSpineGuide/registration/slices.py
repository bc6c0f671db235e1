"""Live CT slices onto the planning CT around one target: tracking from the last pose, capture from none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, Vector, rigid, vector
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.registration.gauss_newton import Pose
from SlicerSpineGuide.registration.patches import LiveSlice
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.registration.solver import Reference, Solver
from SlicerSpineGuide.registration.verdict import LOCKED_QUALITY, Solution, covariance, judge, quality
from SlicerSpineGuide.translation import tr

Masks = Sequence[npt.NDArray[np.bool_] | None]
KEPT_REFERENCES = 3


class SliceRegistration:
    """Registers live slices to the planning CT around one target. Not to be called from two threads at once."""

    def __init__(self, volume: Volume, centre: FloatArray, radius: float) -> None:
        self._centre = centre
        self._solver = Solver(volume, centre, radius)
        self._references: list[Reference] = []

    def register(self, slices: Sequence[Slice], start: FloatArray | None = None, masks: Masks | None = None) -> Registration:
        """Where the patient is in one frame: parallel slices acquired together, of any tilt, matrix, field and thickness.

        start: plan_from_live (4, 4) of the last frame, for tracking; None searches around identity. masks: per slice, live
        pixels (rows, columns) to ignore, or None. A tracking that fails is followed by a capture. Never raises for bad pixels.
        """
        if not slices:
            return Registration("none", centre=self._centre, reason=tr("The frame holds no CT slice."))
        given = masks if masks is not None else [None] * len(slices)
        live = [LiveSlice(s, m, self._centre) for s, m in zip(slices, given, strict=True)]
        near = self._pose(np.eye(4) if start is None else start)
        reference = self._reference(live, near)
        solution = None if start is None else self._solver.track(reference, live, near)
        if solution is None or quality(solution.likeness) < LOCKED_QUALITY:
            captured = self._solver.capture(reference, live, near)
            if captured and (solution is None or captured.likeness.misfit < solution.likeness.misfit):
                solution = captured
        return self._registration(solution)

    def _registration(self, solution: Solution | None) -> Registration:
        if solution is None:
            return Registration("lost", centre=self._centre, reason=tr("The live slice does not reach the planned target."))
        spread = covariance(solution.fit)
        status, reason = judge(solution, spread)
        how_good = quality(solution.likeness)
        if status == "lost":
            return Registration("lost", centre=self._centre, quality=how_good, reason=reason)
        return Registration(status, self._matrix(solution.fit.pose), spread, self._centre, how_good, reason)

    def _reference(self, live: Sequence[LiveSlice], near: Pose) -> Reference:
        frame = near.rotation @ live[0].frame
        thickness = live[0].plane.thickness
        for known in self._references:
            if known.serves(frame, thickness):
                return known
        made = self._solver.reference(frame, thickness)
        self._references = [made, *self._references[: KEPT_REFERENCES - 1]]
        return made

    def _pose(self, plan_from_live: FloatArray) -> Pose:
        rotation = plan_from_live[:3, :3]
        return Pose(rotation, rotation @ self._centre + plan_from_live[:3, 3] - self._centre)

    def _matrix(self, pose: Pose) -> FloatArray:
        return rigid(pose.rotation, pose.translation - pose.rotation @ self._centre + self._centre)


def prepare(volume: Volume, centre: Vector, *, radius_mm: float = 45.0) -> SliceRegistration:
    """A registration of live slices to `volume` around `centre` (LPS mm), using what lies within `radius_mm` of it.

    BadInput where the centre lies outside the volume.
    """
    target = vector(centre)
    if not volume.contains(target):
        raise BadInput(
            tr("The target {point} lies outside the planning CT: correct the plan.").format(point=np.round(target, 1).tolist())
        )
    return SliceRegistration(volume, target, radius_mm)
