"""Whether a pose can be relied on: how sure each degree of freedom is, and the status with its reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.registration.comparison import CLEAR_MISFIT, Likeness
from SlicerSpineGuide.registration.gauss_newton import Fit
from SlicerSpineGuide.registration.result import Status
from SlicerSpineGuide.translation import tr

NOISE_FACTOR = 2.0  # smoothed neighbouring pixels are not independent: their noise counts for more, as a standard deviation
SCATTER_FACTOR = 2.0  # streaks and tissue pull together beyond a neighbourhood as well: both from the calibration
FLOOR_MM, FLOOR_DEG = 0.01, 0.03  # what interpolation leaves, however little the noise
BLUR_MM = 0.06  # per mm2 by which the kernels differ: the difference is modelled to first order only
BLUR_LEVER_MM = 20.0  # the same as an angle, at the edge of a vertebra
USUAL_COHERENCE = 3.5  # of noise and interpolation; where tissue slides or streaks cross it is up to 20
HALF_QUALITY_MISFIT = 0.27  # between what right and what wrong poses reach; docs/registration.md shows both
HALF_QUALITY_DISAGREEMENT = 0.043  # likewise for 1 - agreement of blocks, where streaks spoil a part of the slice
LOCKED_QUALITY, LOST_QUALITY = 0.75, 0.3
RIVAL_RATIO = 1.5  # a second pose whose misfit is less than this many times the best one's explains the image about as well
LOCKED_SIGMA_MM, LOCKED_SIGMA_DEG = 0.35, 1.0  # along and about the worst axis
LEAST_COVERAGE_MM2 = 200.0


@dataclass(frozen=True, eq=False)
class Solution:
    """A converged fit and how alike plan and live are at it; rival: the misfit of the best other pose, infinite where none
    was found or sought."""

    fit: Fit
    likeness: Likeness
    rival: float = np.inf


def quality(likeness: Likeness) -> float:
    """0 to 1 of a slice's registration: by all of it, or by most of its edges where streaks spoil the others."""
    by_edges = 1 / (1 + ((1 - likeness.agreement) / HALF_QUALITY_DISAGREEMENT) ** 2) if likeness.misfit > CLEAR_MISFIT else 0.0
    return max(quality_of_misfit(likeness.misfit), by_edges)


def quality_of_misfit(misfit: float) -> float:
    """0 to 1: one half at the misfit that parts right from wrong poses."""
    return 1 / (1 + (misfit / HALF_QUALITY_MISFIT) ** 4)


def covariance(solution: Solution) -> FloatArray:
    """(6, 6) of (t, w), mm and rad, in planning-CT axes about the target; gain, offset and blur marginalised out.

    Noise from the scale of the fit's residuals through the normal equations; streaks and tissue from how the residuals of a
    neighbourhood pull together (a cluster-robust covariance); a floor for interpolation and kernel. Where they pull together
    more than noise does, something moves or shades smoothly, of which a rigid fit takes up the larger part and leaves the
    residuals the smaller: then more is added, in all directions. Calibrated against known poses by
    Testing/benchmarks/registration_uncertainty.py.
    """
    fit = solution.fit
    damping = np.array([1e-6] * 3 + [1e-3] * 3 + [1e-3, 1e-6, 1e-6])[: len(fit.normal)]
    inverse = np.linalg.inv(fit.normal + np.diag(damping))
    noise = (NOISE_FACTOR * fit.scale) ** 2 * inverse
    pulls = SCATTER_FACTOR**2 * inverse @ fit.scatter @ inverse
    coherence = float(np.trace((inverse @ fit.scatter)[:6, :6])) / (6 * fit.scale**2)
    unseen = max(0.0, (coherence / USUAL_COHERENCE) ** 2 - 1)
    for part in (slice(0, 3), slice(3, 6)):
        pulls[part, part] += unseen * np.trace(pulls[part, part]) / 3 * np.eye(3)
    kernel = BLUR_MM * abs(fit.blur)
    floor = [FLOOR_MM + kernel] * 3 + [np.radians(FLOOR_DEG) + kernel / BLUR_LEVER_MM] * 3
    return np.asarray((noise + pulls)[:6, :6] + np.diag(np.square(floor)))


def judge(solution: Solution, spread: FloatArray) -> tuple[Status, str]:
    """The status of a solution whose covariance is `spread` (6, 6), and why it is not locked."""
    alike = solution.likeness
    how_good = quality(alike)
    if how_good < LOST_QUALITY or alike.coverage_mm2 < LEAST_COVERAGE_MM2:
        return "lost", tr("The live slice matches the plan nowhere near the target.")
    if how_good < LOCKED_QUALITY:
        return "uncertain", tr("The live slice matches the plan only roughly.")
    if solution.rival < RIVAL_RATIO * alike.misfit:
        return "uncertain", tr("Another place in the plan matches about as well.")
    sigma_mm = float(np.sqrt(np.linalg.eigvalsh(spread[:3, :3]).max()))
    sigma_deg = float(np.degrees(np.sqrt(np.linalg.eigvalsh(spread[3:, 3:]).max())))
    if sigma_mm > LOCKED_SIGMA_MM or sigma_deg > LOCKED_SIGMA_DEG:
        text = tr("The slice does not tell the position exactly enough: {mm:.1f} mm, {deg:.1f} degrees.")
        return "uncertain", text.format(mm=sigma_mm, deg=sigma_deg)
    return "locked", ""
