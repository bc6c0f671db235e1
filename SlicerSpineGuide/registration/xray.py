"""Registration of C-arm radiographs to the planning CT: from a first guess, or from the last registration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, rigid, rigid_about, vector
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.registration.xray_image import LogRadiograph
from SlicerSpineGuide.registration.xray_levels import prepare_levels
from SlicerSpineGuide.registration.xray_search import candidates
from SlicerSpineGuide.registration.xray_solve import Solution, TagAccuracy, moved, small_motion, solve
from SlicerSpineGuide.registration.xray_view import Level, View
from SlicerSpineGuide.translation import tr

SEARCH_MM = 36.0  # how far from the first guess the target may turn out to be


@dataclass(frozen=True, eq=False)
class XrayPose(Registration):
    """A registration together with each view's own plan_from_live, for drawing on that view and for triangulation.

    They differ from the common one by what the C-arm's tags were off between the views. correlations: one a view.
    """

    view_poses: tuple[FloatArray, ...] = ()
    correlations: tuple[float, ...] = ()


def isocentre_at(target: Sequence[float] | FloatArray) -> FloatArray:
    """The plan_from_live (4, 4) of a C-arm whose isocentre is at the target (3,), planning-CT LPS, and whose angles are as its tags say."""
    return rigid(None, vector(target))


def prepare(volume: Volume, centre: Sequence[float] | FloatArray, tags: TagAccuracy | None = None) -> XrayRegistration:
    """Make the planning CT ready for radiographs of one target: about a second, once for each trajectory.

    volume: the planning CT in HU; centre: the planned target (3,), planning-CT LPS mm; tags: how exactly the C-arm's stated
    geometry holds from shot to shot.
    """
    target = vector(centre)
    return XrayRegistration(prepare_levels(volume, target), target, tags or TagAccuracy())


class XrayRegistration:
    """One planning CT and one target, ready for radiographs. Holds no state of the patient: the same input gives the same answer."""

    def __init__(self, levels: list[Level], centre: FloatArray, tags: TagAccuracy) -> None:
        self.levels, self.centre, self.tags = levels, centre, tags

    def register(self, radiographs: Sequence[Radiograph], start: FloatArray | None = None) -> XrayPose:
        """Where the patient is in radiographs of one position: plan_from_live takes isocentre-centred LPS to planning-CT LPS.

        start: a first guess of it (the last registration, or landmarks); without one the isocentre is taken to be at the target.
        A start that fits at once is only refined; any other is searched around. Radiographs without geometry are left out.
        """
        seen = [LogRadiograph.of(r.pixels, r.projection) for r in radiographs if r.projection is not None]
        if not seen:
            reasons = [r.reason for r in radiographs if r.reason]
            return XrayPose("none", reason=reasons[0] if reasons else tr("There is no radiograph with a known geometry."))
        guess = isocentre_at(self.centre) if start is None else start
        best, rival = self._search(seen, guess)
        return best, rival

    def _search(self, seen: Sequence[LogRadiograph], guess: FloatArray) -> tuple[Solution, Solution | None]:
        coarse, middle, fine = self.levels
        starts = candidates(seen, coarse, self.centre, guess, SEARCH_MM, 5)
        rough = sorted((self._solve(seen, coarse, s, 4) for s in starts), key=lambda s: -s.correlation)
        rough = self._distinct(rough)[:3]
        return rough, None

    def _solve(self, seen: Sequence[LogRadiograph], level: Level, start: FloatArray, iterations: int, slack: float = 6.0) -> Solution:
        views = [View(radiograph, level, self.centre, start, slack) for radiograph in seen]
        return solve(views, start, iterations=iterations, tolerance_mm=level.pixel_mm / 20)

    def _distinct(self, found: list[Solution]) -> list[Solution]:
        kept: list[Solution] = []
        for solution in found:
            if all(np.linalg.norm(small_motion(solution.pose, k.pose, self.centre)[:3]) > 6 for k in kept):
                kept.append(solution)
        return kept
