"""From live slices and a start, or none, to a solution: tracking and capture on a prepared reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, rotation_from_vector, vector_from_rotation
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.capture import TemplateSearch
from SlicerSpineGuide.registration.comparison import Compared, Likeness, calm, compare, likeness, shading, unshaded
from SlicerSpineGuide.registration.gauss_newton import Chosen, Fit, Pose, refine
from SlicerSpineGuide.registration.patches import LiveSlice, Patch, patches
from SlicerSpineGuide.registration.reference import Level, Scale, Source
from SlicerSpineGuide.registration.starts import refine_together
from SlicerSpineGuide.registration.verdict import Solution
from SlicerSpineGuide.registration.vertebra import VertebraWeight, vertebra_weight

SEARCH, COARSE, MIDDLE, FINE = 0, 1, 2, 3
PIXELS = {COARSE: 400, MIDDLE: 1200, FINE: 4000}
CAPTURED_PIXELS = 8000  # of the fine level, where there is a millisecond more
SETTLING, COMPARING = 2, 6  # steps on the coarse level of what has been found, and of its mirror images
ITERATIONS = {COARSE: 12, MIDDLE: 10, FINE: 3}
PASSES = 2  # of the fine level, beyond its first, where streaks or moving tissue are seen ...
RESTLESS_MISFIT, RESTLESS_WITHOUT_METAL = 0.15, 0.19  # ... by a misfit beyond this; noise of a sharp kernel reaches 0.18
TOLERANCE_MM = {COARSE: 0.3, MIDDLE: 0.1, FINE: 0.08}
REACH_MM = 50.0  # how far from the start capture looks
STARTS = 6
RIVALS = 3
CLEAR_CORRELATION = 0.96  # with less, starts are tilted as well ...
TILT_DEG = 10.0  # ... by this
RIVAL_MARGIN = 0.05  # correlations this near to 1 are worth a closer look ...
RIVAL_DIFFERENCE = 4.0  # ... or when they miss it by no more than this many times what the best one misses
COARSER = 2  # the plan's weight is smooth: looked up at every second pixel
SAME_MM, SAME_DEG = 6.0, 12.0  # fits nearer than this to each other are one answer, not yet converged


@dataclass(frozen=True, eq=False)
class Reference:
    """The plan's levels for one orientation of the slices (frame (3, 3): u, v, normal in plan axes) and one thickness.

    levels: by SEARCH, COARSE, MIDDLE, FINE.
    """

    frame: FloatArray
    thickness: float
    levels: tuple[Level, ...]
    weight: VertebraWeight
    radius: float

    @cached_property
    def search(self) -> TemplateSearch:
        return TemplateSearch(self.levels[SEARCH], self.weight, self.radius, REACH_MM)

    def serves(self, frame: FloatArray, thickness: float) -> bool:
        """Whether slices of this orientation and thickness can use it: turned by less than 14 degrees, as thick within 0.25 mm."""
        return abs(self.thickness - thickness) < 0.25 and float(np.trace(self.frame.T @ frame)) > 1 + 2 * 0.97


class Solver:
    """Solves for poses around one target of one plan; without memory, but not for two threads at once (it reuses VTK filters)."""

    def __init__(self, volume: Volume, centre: FloatArray, radius: float) -> None:
        self._radius = radius
        self._weight: VertebraWeight = vertebra_weight(volume, centre, radius + REACH_MM)
        wide = radius + 35.0
        self._scales = (
            Scale(4.0, 2.6, wide, wide, 2.0),
            Scale(3.2, 2.6, wide, wide, 1.6),
            Scale(1.6, 1.3, radius + 22, radius + 22, 0.8),
            Scale(0.6, 0.5, radius + 8, radius, 0.6, laplacian=True),
        )
        self._source = Source(volume, centre, 2 * wide)

    def reference(self, frame: FloatArray, thickness: float) -> Reference:
        """The levels for slices with axes `frame` (3, 3: u, v, normal in plan axes), `thickness` mm thick."""
        levels = tuple(Level(self._source, scale, frame, thickness) for scale in self._scales)
        return Reference(frame, thickness, levels, self._weight, self._radius)

    def track(self, reference: Reference, live: Sequence[LiveSlice], pose: Pose) -> Solution | None:
        """The solution next to `pose` (within about 5 mm and 5 degrees); None where the slices miss the target's surroundings."""
        return self._finish(reference, live, self._refine(reference, live, pose, MIDDLE))

    def capture(
        self,
        reference: Reference,
        live: Sequence[LiveSlice],
        near: Pose,
        reach_mm: float = REACH_MM,
        stop: Callable[[], bool] = lambda: False,
    ) -> Solution | None:
        """The best solution from starts around `near`, with its best rival.

        The search goes `reach_mm` across the live slice and 50 mm along its normal. stop: asked before each start; True ends
        the search with what has been found.
        """
        if stop():
            return None
        starts = self._starts(reference, live, near, reach_mm)
        level = reference.levels[COARSE]
        found = self._settled(level, live, starts)
        if (not found or found[0][0] < CLEAR_CORRELATION) and not stop():
            found += self._settled(level, live, tilted(starts, live[0]))
            found.sort(key=lambda item: -item[0])
        if stop():
            return None
        refined: list[tuple[Likeness, Fit]] = []
        for correlation, pose in self._distinct(found)[:RIVALS]:
            if 1 - correlation > max(RIVAL_DIFFERENCE * (1 - found[0][0]), RIVAL_MARGIN):
                break
            closer = self._refine(reference, live, pose, MIDDLE)
            if closer is not None:
                refined.append((self._likeness(reference, live, closer, MIDDLE), closer))
        if not refined:
            return None
        refined.sort(key=lambda item: item[0].misfit)
        best = refined[0][1]
        rival = min((a.misfit for a, f in refined[1:] if apart(f.pose, best.pose)), default=np.inf)
        solution = self._finish(reference, live, best, CAPTURED_PIXELS)
        return None if solution is None else replace(solution, rival=rival)

    def placed(
        self, reference: Reference, live: Sequence[LiveSlice], near: Pose, count: int, depths: tuple[float, float]
    ) -> list[tuple[float, Pose]]:
        """The best places, with the scores of their templates, of slices turned as `near` has it; depths: mm along the normal."""
        patch = self._widely(reference.levels[SEARCH], live, near, REACH_MM)
        return [] if patch is None else self._placed(reference, patch, near.rotation, count, depths)

    def correlation_at(self, reference: Reference, live: Sequence[LiveSlice], pose: Pose) -> float:
        """Of plan and live on the coarse level."""
        return max((found for found, _ in self._together(reference.levels[COARSE], live, [pose], 0)), default=0.0)

    def misfit_from(self, reference: Reference, live: Sequence[LiveSlice], starts: Sequence[Pose], correlation: float) -> float:
        """The misfit on the middle level of the best of what `starts` converge to; infinite where they miss the plan or come to less
        than this correlation on the coarse level."""
        found = self._together(reference.levels[COARSE], live, starts, COMPARING)
        misfit = np.inf
        for reached, pose in self._distinct(found):
            closer = self._refine(reference, live, pose, MIDDLE) if reached > correlation else None
            if closer is not None:
                misfit = min(misfit, self._likeness(reference, live, closer, MIDDLE).misfit)
        return misfit

    def _settled(self, level: Level, live: Sequence[LiveSlice], starts: Sequence[Pose]) -> list[tuple[float, Pose]]:
        """What the starts converge to, the most alike first."""
        found = self._together(level, live, starts, ITERATIONS[COARSE])
        # The weights lie where the starts were: what has been found is compared once more, with weights of its own.
        return self._together(level, live, [pose for _, pose in self._distinct(found)], SETTLING)

    def _together(self, level: Level, live: Sequence[LiveSlice], poses: Sequence[Pose], iterations: int) -> list[tuple[float, Pose]]:
        """The poses refined on one level, the most alike first."""
        chosen = []
        for pose in poses:
            found = self._patches(level, live, pose)
            chosen.append([self._choose(patch, pose, PIXELS[COARSE] // len(found)) for patch in found])
        if not chosen:
            return []
        refined = refine_together(level, chosen, poses, iterations, TOLERANCE_MM[COARSE])
        return sorted((r for r in refined if r[0] > 0), key=lambda item: -item[0])

    def _distinct(self, found: Sequence[tuple[float, Pose]]) -> list[tuple[float, Pose]]:
        """Those, best first, that are no repetition of a better one."""
        result: list[tuple[float, Pose]] = []
        for correlation, pose in found:
            if all(apart(pose, other) for _, other in result):
                result.append((correlation, pose))
        return result

    def _starts(self, reference: Reference, live: Sequence[LiveSlice], near: Pose, reach_mm: float) -> list[Pose]:
        """Where to start, `near` itself included."""
        level = reference.levels[SEARCH]
        patch = self._widely(level, live, near, reach_mm)
        if patch is None:
            return [near]
        return [*(pose for _, pose in self._placed(reference, patch, level.axes @ patch.frame.T, STARTS)), near]

    def _widely(self, level: Level, live: Sequence[LiveSlice], near: Pose, reach_mm: float) -> Patch | None:
        """Of the slice nearest to the target as `near` has it, the pixels in which templates are searched for."""
        about = near.foot
        middle = min(live, key=lambda s: abs(float((s.origin - about) @ s.frame[:, 2])))
        return middle.patch(about, self._radius + reach_mm, level.scale.spacing, level.scale.sigma)

    def _placed(
        self, reference: Reference, patch: Patch, rotation: FloatArray, count: int, depths: tuple[float, float] = (-np.inf, np.inf)
    ) -> list[tuple[float, Pose]]:
        """Where templates are found in a patch, with their scores, as poses of this rotation (3, 3)."""
        normal, found = reference.levels[SEARCH].axes[:, 2], []
        for c in reference.search.candidates(patch, count, depths):
            there = patch.origin + c.column_mm * patch.frame[:, 0] + c.row_mm * patch.frame[:, 1]
            found.append((c.score, Pose(rotation, c.depth * normal - rotation @ there)))
        return found

    def _finish(self, reference: Reference, live: Sequence[LiveSlice], fit: Fit | None, most: int = PIXELS[FINE]) -> Solution | None:
        """The fine level; again, from what has been found, where plan and live differ by more than noise."""
        if fit is None:
            return None
        solution = self._finest(reference, live, fit, most, again=False)
        restless = RESTLESS_MISFIT if any(s.has_metal for s in live) else RESTLESS_WITHOUT_METAL
        for _ in range(PASSES):
            if solution is None or solution.likeness.misfit < restless:
                break
            solution = self._finest(reference, live, solution.fit, most, again=True)
        return solution

    def _finest(self, reference: Reference, live: Sequence[LiveSlice], fit: Fit, most: int, *, again: bool) -> Solution | None:
        """The fine level, with what the middle level shows to be shading taken off the live slice; again: streaks counting less."""
        middle, fine = reference.levels[MIDDLE], reference.levels[FINE]
        compared = compare(middle, self._patches(middle, live, fit.pose), self._weight, fit.pose)
        shades = [shading(c, fit.scale, fine.scale.spacing) for c in compared]
        calms = calm(compared, fit.scale, fine.scale.spacing) if again and compared else []
        clean = [unshaded(p, compared, shades, calms) for p in self._patches(fine, live, fit.pose)]
        last = self._refine_patches(fine, clean, fit.pose, FINE, most)
        return None if last is None else Solution(last, self._likeness(reference, live, last, MIDDLE, compared))

    def _refine(self, reference: Reference, live: Sequence[LiveSlice], pose: Pose, which: int) -> Fit | None:
        level = reference.levels[which]
        return self._refine_patches(level, self._patches(level, live, pose), pose, which, PIXELS[which])

    def _refine_patches(self, level: Level, found: Sequence[Patch], pose: Pose, which: int, most: int) -> Fit | None:
        if not found:
            return None
        chosen = [self._choose(patch, pose, most // len(found)) for patch in found]
        return refine(level, chosen, pose, ITERATIONS[which], TOLERANCE_MM[which])

    def _patches(self, level: Level, live: Sequence[LiveSlice], pose: Pose) -> list[Patch]:
        return patches(live, pose.foot, self._radius, level.scale.spacing, level.scale.sigma)

    def _likeness(
        self, reference: Reference, live: Sequence[LiveSlice], fit: Fit, which: int, before: Sequence[Compared] = ()
    ) -> Likeness:
        level = reference.levels[which]
        compared = compare(level, self._patches(level, live, fit.pose), self._weight, fit.pose, before)
        return likeness(compared, fit.pose.gain, fit.scale)

    def _choose(self, patch: Patch, pose: Pose, most: int) -> Chosen:
        """The pixels that tell most: live edges where the plan has bone near the target."""
        weight = self._weight.at(patch.points(pose.rotation, pose.translation, COARSER))
        columns, rows = patch.size
        weight = weight.reshape(rows // COARSER, columns // COARSER).repeat(COARSER, axis=0).repeat(COARSER, axis=1).ravel()
        weight *= patch.trust
        information = patch.edges() * weight
        most = min(most, len(information) - 1)
        pixels = np.argpartition(information, -most)[-most:]
        pixels = np.sort(pixels[information[pixels] > 0])
        return Chosen(patch, pixels, weight[pixels])


def tilted(starts: Sequence[Pose], live: LiveSlice) -> list[Pose]:
    """The starts turned either way about the slice's columns and rows, about the target's foot on the slice; the last start, which is
    no place found by a template, about the normal as well."""
    result = []
    for pose in starts:
        frame = pose.rotation @ live.frame
        foot = frame[:, 2] * float(frame[:, 2] @ (pose.rotation @ live.origin + pose.translation))
        for axis in (0, 1, 2) if pose is starts[-1] else (0, 1):
            for angle in (-TILT_DEG, TILT_DEG):
                turn = rotation_from_vector(np.radians(angle) * frame[:, axis])
                result.append(Pose(turn @ pose.rotation, turn @ (pose.translation - foot) + foot))
    return result


def apart(a: Pose, b: Pose) -> bool:
    """Whether two poses are different answers rather than the same one before it has converged."""
    turn = np.degrees(np.linalg.norm(vector_from_rotation(a.rotation @ b.rotation.T)))
    there = a.translation - a.rotation @ b.rotation.T @ b.translation
    return bool(np.linalg.norm(there) > SAME_MM or turn > SAME_DEG)
