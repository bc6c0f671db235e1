"""Live CT slices onto the planning CT around one target: tracking from the last pose, capture from none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, Vector, rigid, vector, vector_from_rotation
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.registration.capture import TemplateSearch
from SlicerSpineGuide.registration.gauss_newton import Fit, Pose, refine
from SlicerSpineGuide.registration.patches import LiveSlice, Patch, patches
from SlicerSpineGuide.registration.reference import Float32, Level, Scale, make_level, resample_cube
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.registration.verdict import Likeness, covariance, likeness
from SlicerSpineGuide.registration.vertebra import vertebra_weight
from SlicerSpineGuide.translation import tr

Masks = Sequence[npt.NDArray[np.bool_] | None]

SEARCH, COARSE, MIDDLE, FINE = 0, 1, 2, 3
PIXELS = {COARSE: 800, MIDDLE: 1500, FINE: 4000}
THIN_MM = 0.8  # the grid from which levels are made
REACH_MM = 50.0  # how far from the target capture looks
NORMAL_AGREES = 0.97  # cosine: one reference serves slices tilted by less than this against it
LOCKED_CORRELATION, UNCERTAIN_CORRELATION = 0.94, 0.85
AMBIGUOUS_MARGIN = 0.05
LOCKED_SIGMA_MM, LOCKED_SIGMA_DEG = 0.5, 1.5
LEAST_COVERAGE_MM2 = 150.0


@dataclass(frozen=True, eq=False)
class _Reference:
    """The plan's levels for one slice normal (in plan axes) and thickness."""

    normal: FloatArray
    thickness: float
    levels: tuple[Level, ...]  # by SEARCH, COARSE, MIDDLE, FINE
    search: TemplateSearch


@dataclass(frozen=True, eq=False)
class _Solution:
    fit: Fit
    likeness: Likeness


class SliceRegistration:
    """Registers live slices to the planning CT around one target. Not to be called from two threads at once."""

    def __init__(self, volume: Volume, centre: FloatArray, radius: float) -> None:
        self._volume = volume
        self._centre = centre
        self._radius = radius
        self._weight = vertebra_weight(volume, centre, radius + REACH_MM)
        self._references: list[_Reference] = []

    def register(self, slices: Sequence[Slice], start: FloatArray | None = None, masks: Masks | None = None) -> Registration:
        """Where the patient is in one frame: parallel slices acquired together, of any tilt, matrix, field and thickness.

        start: plan_from_live (4, 4) of the last frame, for tracking; None searches around identity. masks: per slice, live
        pixels (rows, columns) to ignore, or None. A tracking that fails is followed by a capture. Never raises for bad pixels.
        """
        if not slices:
            return Registration("none", centre=self._centre, reason=tr("The frame holds no CT slice."))
        given = masks if masks is not None else [None] * len(slices)
        live = [LiveSlice(s, m, self._centre) for s, m in zip(slices, given, strict=True)]
        reference = self._reference(live, start)
        solution, runner_up = None, 0.0
        if start is not None:
            solution = self._track(reference, live, self._pose(start))
        if solution is None or solution.likeness.correlation < LOCKED_CORRELATION:
            captured, second = self._capture(reference, live)
            if captured and (solution is None or captured.likeness.correlation > solution.likeness.correlation):
                solution, runner_up = captured, second
        return self._verdict(solution, runner_up)

    def _reference(self, live: Sequence[LiveSlice], start: FloatArray | None) -> _Reference:
        rotation = np.eye(3) if start is None else start[:3, :3]
        frame = rotation @ live[0].frame
        thickness = live[0].plane.thickness
        for known in self._references:
            if abs(known.thickness - thickness) < 0.25 and frame[:, 2] @ known.normal > NORMAL_AGREES:
                return known
        half = self._radius + 35.0
        thin = resample_cube(self._volume, self._centre, frame, half, THIN_MM)
        scales = Scale(4.0, 2.6, half), Scale(3.2, 2.6, half), Scale(1.6, 1.3, self._radius + 22), Scale(0.8, 0.7, self._radius + 15)
        levels = tuple(make_level(thin, THIN_MM, s, frame, thickness) for s in scales)
        search = TemplateSearch(levels[SEARCH], self._weight, self._radius, REACH_MM)
        made = _Reference(frame[:, 2], thickness, levels, search)
        self._references = [made, *self._references[:1]]
        return made

    def _track(self, reference: _Reference, live: Sequence[LiveSlice], pose: Pose) -> _Solution | None:
        fit = self._refine(reference, live, pose, MIDDLE, 10, 0.1)
        return self._finish(reference, live, fit)

    def _finish(self, reference: _Reference, live: Sequence[LiveSlice], fit: Fit | None) -> _Solution | None:
        if fit is None:
            return None
        fit = self._refine(reference, live, fit.pose, FINE, 5, 0.02)
        return None if fit is None else _Solution(fit, self._likeness(reference, live, fit.pose, MIDDLE))

    def _capture(self, reference: _Reference, live: Sequence[LiveSlice]) -> tuple[_Solution | None, float]:
        """The best solution from all starts, and the correlation of the best that is elsewhere."""
        tried: list[tuple[float, Pose]] = []
        for start in self._starts(reference, live):
            fit = self._refine(reference, live, start, COARSE, 15, 0.3)
            if fit is not None:
                tried.append((self._likeness(reference, live, fit.pose, COARSE).correlation, fit.pose))
        tried.sort(key=lambda item: -item[0])
        distinct: list[Pose] = []
        for _, pose in tried:
            if all(_apart(pose, other) for other in distinct):
                distinct.append(pose)
        solutions = []
        for pose in distinct[:3]:
            fit = self._refine(reference, live, pose, MIDDLE, 12, 0.1)
            if fit is not None:
                solutions.append(_Solution(fit, self._likeness(reference, live, fit.pose, MIDDLE)))
        solutions.sort(key=lambda s: -s.likeness.correlation)
        if not solutions:
            return None, 0.0
        best = solutions[0]
        second = max((s.likeness.correlation for s in solutions[1:] if _apart(s.fit.pose, best.fit.pose)), default=0.0)
        return self._finish(reference, live, best.fit), second

    def _starts(self, reference: _Reference, live: Sequence[LiveSlice]) -> list[Pose]:
        middle = min(live, key=lambda s: abs(s.origin @ s.frame[:, 2]))
        scale = reference.levels[SEARCH].scale
        patch = middle.patch(np.zeros(3), self._radius + REACH_MM, scale.spacing, scale.sigma)
        starts = [Pose(np.eye(3), np.zeros(3))]
        if patch is None:
            return starts
        axes = reference.levels[SEARCH].axes
        rotation = axes @ patch.frame.T
        for c in reference.search.candidates(patch, 6):
            found = patch.origin + c.column_mm * patch.frame[:, 0] + c.row_mm * patch.frame[:, 1]
            starts.append(Pose(rotation, c.depth * axes[:, 2] - rotation @ found))
        return starts

    def _refine(
        self, reference: _Reference, live: Sequence[LiveSlice], pose: Pose, which: int, iterations: int, tolerance: float
    ) -> Fit | None:
        level = reference.levels[which]
        found = self._patches(level, live, pose)
        if not found:
            return None
        selections, weights = [], []
        for patch in found:
            selection, weight = self._select(patch, pose, PIXELS[which] // len(found))
            selections.append(selection)
            weights.append(weight)
        return refine(level, found, selections, weights, pose, iterations, tolerance)

    def _patches(self, level: Level, live: Sequence[LiveSlice], pose: Pose) -> list[Patch]:
        about = -pose.rotation.T @ pose.translation
        return patches(live, about, self._radius, level.scale.spacing, level.scale.sigma)

    def _likeness(self, reference: _Reference, live: Sequence[LiveSlice], pose: Pose, which: int) -> Likeness:
        level = reference.levels[which]
        return likeness(level, self._patches(level, live, pose), self._weight, pose)

    def _select(self, patch: Patch, pose: Pose, most: int) -> tuple[npt.NDArray[np.intp], Float32]:
        """The pixels that tell most: live edges where the plan has bone near the target."""
        weight = self._weight.at(patch.points() @ pose.rotation.T + pose.translation) * patch.valid
        information = weight * patch.edges
        if len(information) > most:
            cut = max(float(np.partition(information, -most)[-most]), 1e-9)
            selection = np.flatnonzero(information >= cut)
        else:
            selection = np.flatnonzero(information > 0)
        return selection, weight[selection]

    def _verdict(self, solution: _Solution | None, runner_up: float) -> Registration:
        if solution is None:
            return Registration("lost", centre=self._centre, reason=tr("The live slice does not reach the planned target."))
        alike = solution.likeness
        quality = float(np.clip((alike.correlation - 0.7) / 0.3, 0, 1))
        if alike.correlation < UNCERTAIN_CORRELATION or alike.coverage_mm2 < LEAST_COVERAGE_MM2:
            return Registration(
                "lost", centre=self._centre, quality=quality, reason=tr("The live slice matches the plan nowhere near the target.")
            )
        spread = covariance(solution.fit)
        sigma_mm = float(np.sqrt(np.linalg.eigvalsh(spread[:3, :3]).max()))
        sigma_deg = float(np.degrees(np.sqrt(np.linalg.eigvalsh(spread[3:, 3:]).max())))
        reason = ""
        if alike.correlation < LOCKED_CORRELATION:
            reason = tr("The live slice matches the plan only roughly.")
        elif alike.correlation - runner_up < AMBIGUOUS_MARGIN:
            reason = tr("Another place in the plan matches about as well.")
        elif sigma_mm > LOCKED_SIGMA_MM or sigma_deg > LOCKED_SIGMA_DEG:
            reason = tr("The slice does not tell the position exactly enough: {mm:.1f} mm, {deg:.1f} degrees.").format(
                mm=sigma_mm, deg=sigma_deg
            )
        return Registration(
            "uncertain" if reason else "locked", self._matrix(solution.fit.pose), spread, self._centre, quality, reason
        )

    def _pose(self, plan_from_live: FloatArray) -> Pose:
        rotation = plan_from_live[:3, :3]
        return Pose(rotation, rotation @ self._centre + plan_from_live[:3, 3] - self._centre)

    def _matrix(self, pose: Pose) -> FloatArray:
        return rigid(pose.rotation, pose.translation - pose.rotation @ self._centre + self._centre)


def _apart(a: Pose, b: Pose) -> bool:
    """Whether two poses are different answers rather than the same one before it has converged."""
    turn = np.degrees(np.linalg.norm(vector_from_rotation(a.rotation @ b.rotation.T)))
    there = a.translation - a.rotation @ b.rotation.T @ b.translation
    return bool(np.linalg.norm(there) > 6.0 or turn > 12.0)


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
