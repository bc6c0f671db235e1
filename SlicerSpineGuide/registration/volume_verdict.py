"""Whether a volume's registration can be relied on, by the same measures as a slice's."""

from __future__ import annotations

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, inverse
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.comparison import LEAST_CONTRAST_HU, MISFIT_SHARE
from SlicerSpineGuide.registration.reference import HIGH_HU, LOW_HU, OUTSIDE, resample_cube
from SlicerSpineGuide.registration.resampling import along, gaussian_rows
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.registration.verdict import LOCKED_QUALITY, LOST_QUALITY, quality_of_misfit
from SlicerSpineGuide.registration.vertebra import VertebraWeight
from SlicerSpineGuide.translation import tr

SPACING_MM, SIGMA_MM = 1.6, 1.3
LEAST_COVERAGE_MM3 = 3000.0
VOXEL_FACTOR = 10.0  # neighbouring voxels are not independent: the residual counts for so much more, as a standard deviation


def judge_volume(
    live: Volume, plan: Volume, centre: FloatArray, weight: VertebraWeight, plan_from_live: FloatArray, *, ambiguous: bool
) -> Registration:
    """The registration with its status, covariance and quality, from plan and live on one grid around `centre`."""
    n = weight.weights.shape[0]
    half = (n - 1) / 2 * weight.spacing
    live_from_plan = inverse(plan_from_live)
    there = live_from_plan[:3, :3] @ centre + live_from_plan[:3, 3]
    fixed = _prepared(plan, centre, np.eye(3), half, weight.spacing)
    moving = _prepared(live, there, live_from_plan[:3, :3], half, weight.spacing)
    weights = weight.weights * (fixed > OUTSIDE / 2) * (moving > OUTSIDE / 2)
    used = weights > 0.02
    w, a, b = (part[used].astype(np.float64) for part in (weights, fixed, moving))
    if w.sum() * weight.spacing**3 < LEAST_COVERAGE_MM3:
        return Registration("lost", centre=centre, reason=tr("The new CT does not show the target's vertebra."))
    mean_a, mean_b = w @ a / w.sum(), w @ b / w.sum()
    contrast = np.sqrt(w @ (a - mean_a) ** 2 / w.sum())
    gain = (w @ ((a - mean_a) * (b - mean_b))) / (w @ (a - mean_a) ** 2 + 1e-6)
    residual = np.abs(b - mean_b - gain * (a - mean_a))
    order = np.argsort(residual)
    share = np.cumsum(w[order])
    typical = float(residual[order[np.searchsorted(share, MISFIT_SHARE * share[-1])]])
    how_good = quality_of_misfit(typical / max(float(abs(gain) * contrast), LEAST_CONTRAST_HU))
    if how_good < LOST_QUALITY or gain < 0.3:
        return Registration("lost", centre=centre, quality=how_good, reason=tr("The new CT matches the plan nowhere near the target."))
    spread = _covariance(fixed, weight, used, w, VOXEL_FACTOR * typical)
    reason = ""
    if how_good < LOCKED_QUALITY:
        reason = tr("The new CT matches the plan only roughly.")
    elif ambiguous:
        reason = tr("Another place in the new CT matches about as well.")
    return Registration("uncertain" if reason else "locked", plan_from_live, spread, centre, how_good, reason)


def _prepared(volume: Volume, centre: FloatArray, axes: FloatArray, half: float, spacing: float) -> np.ndarray:
    """(n, n, n) float32 around `centre` along `axes` (columns), clipped and smoothed; OUTSIDE where the volume ends."""
    cube = resample_cube(volume, centre, axes, half, spacing)
    outside = cube <= OUTSIDE / 2
    cube = np.clip(cube, LOW_HU, HIGH_HU)
    n = cube.shape[0]
    rows = gaussian_rows(np.arange(n) * spacing, n, spacing, SIGMA_MM)
    for axis in range(3):
        cube = along(axis, rows, cube)
    cube[outside] = OUTSIDE
    return cube


def _covariance(fixed: np.ndarray, weight: VertebraWeight, used: np.ndarray, w: FloatArray, sigma_hu: float) -> FloatArray:
    """(6, 6) of (t, w) about the centre: residuals of `sigma_hu` through the plan's gradients, neighbouring voxels being one."""
    n = fixed.shape[0]
    slopes = [np.gradient(fixed, weight.spacing, axis=k)[used].astype(np.float64) for k in (2, 1, 0)]
    z, y, x = (((i - (n - 1) / 2) * weight.spacing).astype(np.float64) for i in np.nonzero(used))
    gx, gy, gz = slopes
    jacobian = np.stack([gx, gy, gz, y * gz - z * gy, z * gx - x * gz, x * gy - y * gx])
    normal = (jacobian * w) @ jacobian.T
    return np.asarray(np.linalg.inv(normal + np.diag([1e-6] * 3 + [1e-3] * 3)) * sigma_hu**2)
