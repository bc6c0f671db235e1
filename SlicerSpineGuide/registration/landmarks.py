"""Registration by hand: landmark pairs in closed form, and small nudges of a pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, Vector, apply, rigid, rigid_about
from SlicerSpineGuide.translation import tr

LEAST_SPREAD_MM = 5.0  # of the landmarks across the line that fits them best


@dataclass(frozen=True, eq=False)
class LandmarkFit:
    """plan_from_live (4, 4), and residuals_mm (n,): how far each live landmark lies from its partner after it."""

    plan_from_live: FloatArray
    residuals_mm: FloatArray

    @property
    def rms_mm(self) -> float:
        """The fiducial registration error: the root mean square of the residuals."""
        return float(np.sqrt(np.mean(self.residuals_mm**2)))


def fit_landmarks(live: npt.ArrayLike, plan: npt.ArrayLike) -> LandmarkFit:
    """The rigid motion that takes live LPS landmarks (n, 3) to their partners in the plan (n, 3) with least squared error.

    Arun, Huang and Blostein 1987, IEEE PAMI 9:698, with Umeyama's rule against reflections (1991, PAMI 13:376). BadInput: not the
    same number, fewer than three pairs, or all in one line.
    """
    a, b = (np.asarray(p, dtype=np.float64) for p in (live, plan))
    if a.ndim != 2 or a.shape[1:] != (3,) or a.shape != b.shape:
        raise BadInput(tr("Landmarks come in pairs of points: mark each one in the live image and in the plan."))
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise BadInput(tr("A landmark has no position: mark it again."))
    if len(a) < 3:
        raise BadInput(tr("{n} landmark pairs do not fix a position: mark at least 3.").format(n=len(a)))
    for points in (a, b):
        spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) / np.sqrt(len(points))
        if spread[1] < LEAST_SPREAD_MM:
            raise BadInput(tr("The landmarks lie in one line, so the turn about it is open: mark one more beside it."))
    u, _, vt = np.linalg.svd((b - b.mean(axis=0)).T @ (a - a.mean(axis=0)))
    rotation = u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))]) @ vt
    matrix = rigid(rotation, b.mean(axis=0) - rotation @ a.mean(axis=0))
    return LandmarkFit(matrix, np.linalg.norm(apply(matrix, a) - b, axis=1))


def nudge(
    plan_from_live: FloatArray, centre: Vector, translation_mm: Vector = (0, 0, 0), rotation_deg: Vector = (0, 0, 0)
) -> FloatArray:
    """`plan_from_live` (4, 4) followed by a small motion along, and about, the plan's L, P and S axes through `centre` (LPS mm)."""
    return np.asarray(rigid_about(centre, np.radians(np.asarray(rotation_deg, dtype=np.float64)), translation_mm) @ plan_from_live)
