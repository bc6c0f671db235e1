"""Live CT slices onto the planning CT around one target: tracking from the last pose, capture from none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, Vector, rigid, vector, vector_from_rotation
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.registration.capture import TemplateSearch
from SlicerSpineGuide.registration.comparison import compare, likeness, shading, unshaded
from SlicerSpineGuide.registration.gauss_newton import Chosen, Fit, Pose, refine
from SlicerSpineGuide.registration.patches import LiveSlice, Patch, patches
from SlicerSpineGuide.registration.reference import Level, Scale, make_level, resample_cube
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.registration.verdict import LOCKED_CORRELATION, Solution, covariance, judge, quality
from SlicerSpineGuide.registration.vertebra import vertebra_weight
from SlicerSpineGuide.translation import tr

Masks = Sequence[npt.NDArray[np.bool_] | None]

SEARCH, COARSE, MIDDLE, FINE = 0, 1, 2, 3
PIXELS = {COARSE: 800, MIDDLE: 1200, FINE: 4000}
ITERATIONS = {COARSE: 12, MIDDLE: 10, FINE: 4}
TOLERANCE_MM = {COARSE: 0.3, MIDDLE: 0.1, FINE: 0.02}
THIN_MM = 0.8  # the grid from which levels are made
REACH_MM = 50.0  # how far from the target capture looks
NORMAL_AGREES = 0.97  # cosine: one reference serves slices tilted by less than this against it
STARTS = 6
RIVALS = 3
RIVAL_MARGIN = 0.15  # coarse correlations this near to the best are worth a closer look


@dataclass(frozen=True, eq=False)
class _Reference:
    """The plan's levels for one slice normal (in plan axes) and thickness; levels by SEARCH, COARSE, MIDDLE, FINE."""

    normal: FloatArray
    thickness: float
    levels: tuple[Level, ...]
    search: TemplateSearch


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
        solution = None if start is None else self._track(reference, live, self._pose(start))
        if solution is None or solution.likeness.correlation < LOCKED_CORRELATION:
            captured = self._capture(reference, live)
            if captured and (solution is None or captured.likeness.correlation > solution.likeness.correlation):
                solution = captured
        if solution is None:
            return Registration("lost", centre=self._centre, reason=tr("The live slice does not reach the planned target."))
        spread = covariance(solution.fit)
        status, reason = judge(solution, spread)
        if status == "lost":
            return Registration("lost", centre=self._centre, quality=quality(solution), reason=reason)
        return Registration(status, self._matrix(solution.fit.pose), spread, self._centre, quality(solution), reason)

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

    def _track(self, reference: _Reference, live: Sequence[LiveSlice], pose: Pose) -> Solution | None:
        return self._finish(reference, live, self._refine(reference, live, pose, MIDDLE))

    def _finish(self, reference: _Reference, live: Sequence[LiveSlice], fit: Fit | None) -> Solution | None:
        """The fine level, with what the middle level shows to be shading taken off the live slice."""
        if fit is None:
            return None
        middle, fine = reference.levels[MIDDLE], reference.levels[FINE]
        compared = compare(middle, self._patches(middle, live, fit.pose), self._weight, fit.pose)
        shades = [shading(c, fit.scale, fine.scale.spacing) for c in compared]
        clean = [unshaded(p, compared, shades) for p in self._patches(fine, live, fit.pose)]
        last = self._refine_patches(fine, clean, fit.pose, FINE)
        if last is None:
            return None
        return Solution(
            last,
            likeness(compare(middle, self._patches(middle, live, last.pose), self._weight, last.pose), last.pose.gain, last.scale),
        )

    def _capture(self, reference: _Reference, live: Sequence[LiveSlice]) -> Solution | None:
        """The best solution from all starts."""
        tried: list[tuple[float, Pose]] = []
        for start in self._starts(reference, live):
            fit = self._refine(reference, live, start, COARSE)
            if fit is not None:
                tried.append((self._correlation(reference, live, fit, COARSE), fit.pose))
        tried.sort(key=lambda item: -item[0])
        distinct: list[tuple[float, Pose]] = []
        for correlation, pose in tried:
            if all(_apart(pose, other) for _, other in distinct):
                distinct.append((correlation, pose))
        refined: list[tuple[float, Fit]] = []
        for correlation, pose in distinct[:RIVALS]:
            if correlation < distinct[0][0] - RIVAL_MARGIN:
                break
            fit = self._refine(reference, live, pose, MIDDLE)
            if fit is not None:
                refined.append((self._correlation(reference, live, fit, MIDDLE), fit))
        if not refined:
            return None
        refined.sort(key=lambda item: -item[0])
        best = refined[0][1]
        rival = max((c for c, f in refined[1:] if _apart(f.pose, best.pose)), default=0.0)
        solution = self._finish(reference, live, best)
        return None if solution is None else replace(solution, rival=rival)

    def _starts(self, reference: _Reference, live: Sequence[LiveSlice]) -> list[Pose]:
        middle = min(live, key=lambda s: abs(float(s.origin @ s.frame[:, 2])))
        level = reference.levels[SEARCH]
        patch = middle.patch(np.zeros(3), self._radius + REACH_MM, level.scale.spacing, level.scale.sigma)
        starts = [Pose(np.eye(3), np.zeros(3))]
        if patch is None:
            return starts
        rotation = level.axes @ patch.frame.T
        for c in reference.search.candidates(patch, STARTS):
            found = patch.origin + c.column_mm * patch.frame[:, 0] + c.row_mm * patch.frame[:, 1]
            starts.append(Pose(rotation, c.depth * level.axes[:, 2] - rotation @ found))
        return starts

    def _refine(self, reference: _Reference, live: Sequence[LiveSlice], pose: Pose, which: int) -> Fit | None:
        level = reference.levels[which]
        return self._refine_patches(level, self._patches(level, live, pose), pose, which)

    def _refine_patches(self, level: Level, found: Sequence[Patch], pose: Pose, which: int) -> Fit | None:
        if not found:
            return None
        chosen = [self._choose(patch, pose, PIXELS[which] // len(found)) for patch in found]
        return refine(level, chosen, pose, ITERATIONS[which], TOLERANCE_MM[which])

    def _patches(self, level: Level, live: Sequence[LiveSlice], pose: Pose) -> list[Patch]:
        about = -pose.rotation.T @ pose.translation
        return patches(live, about, self._radius, level.scale.spacing, level.scale.sigma)

    def _correlation(self, reference: _Reference, live: Sequence[LiveSlice], fit: Fit, which: int) -> float:
        level = reference.levels[which]
        compared = compare(level, self._patches(level, live, fit.pose), self._weight, fit.pose)
        return likeness(compared, fit.pose.gain, fit.scale).correlation

    def _choose(self, patch: Patch, pose: Pose, most: int) -> Chosen:
        """The pixels that tell most: live edges where the plan has bone near the target."""
        weight = self._weight.at(patch.points(pose.rotation, pose.translation))
        weight *= patch.valid
        information = patch.edges() * weight
        most = min(most, len(information) - 1)
        pixels = np.argpartition(information, -most)[-most:]
        pixels = np.sort(pixels[information[pixels] > 0])
        return Chosen(patch, pixels, weight[pixels])

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
