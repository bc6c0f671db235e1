"""Robust Gauss-Newton: the rigid motion, gain and offset that make the plan's level look like the live patches.

Forward additive scheme of Lucas and Kanade (Baker and Matthews 2004, IJCV 56:221) with Tukey's biweight (Holland and Welsch 1977).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, rotation_from_vector
from SlicerSpineGuide.registration.patches import Patch
from SlicerSpineGuide.registration.reference import OUTSIDE, Level, PlaneSampler
from SlicerSpineGuide.registration.resampling import Float32

TUKEY = 4.685
SCALE_FLOOR_HU = 4.0
GAIN_SIGMA, OFFSET_SIGMA_HU = 0.15, 60.0  # how far kernels, contrast and calibration move the HU of plan and live apart
LEVER_MM = 40.0  # where a rotation's step is judged
LONGEST_STEP_MM = 12.0
LEAST_PIXELS = 60


@dataclass(frozen=True, eq=False)
class Pose:
    """y = rotation @ x + translation: live to plan, both in mm from the target; then live HU = gain * plan HU + offset."""

    rotation: FloatArray
    translation: FloatArray
    gain: float = 1.0
    offset: float = 0.0

    def moved(self, step: FloatArray) -> Pose:
        """The pose followed by a small motion (t, w) about the target and a change of gain and offset, (8,)."""
        turn = rotation_from_vector(step[3:6])
        gain = float(np.clip(self.gain + step[6], 0.5, 2.0))
        return Pose(turn @ self.rotation, turn @ self.translation + step[:3], gain, self.offset + float(step[7]))


@dataclass(frozen=True, eq=False)
class Chosen:
    """A patch, the indices (k,) of its pixels that take part, and their weights (k,) by the plan."""

    patch: Patch
    pixels: npt.NDArray[np.intp]
    weights: Float32


@dataclass(frozen=True, eq=False)
class Fit:
    """A pose, the normal equations (8, 8) of its last step, the robust scale of the residuals in HU and the pixels that took part."""

    pose: Pose
    normal: FloatArray
    scale: float
    pixels: int
    iterations: int


def refine(level: Level, chosen: Sequence[Chosen], pose: Pose, iterations: int, tolerance_mm: float) -> Fit | None:
    """Iterate from `pose` until a step moves no point within 40 mm of the target by more than `tolerance_mm`.

    None where too few pixels overlap the plan.
    """
    count = sum(len(c.pixels) for c in chosen)
    if count < LEAST_PIXELS:
        return None
    samplers = [level.sampler(c.patch.size, c.patch.pitch) for c in chosen]
    values = np.concatenate([c.patch.values.take(c.pixels) for c in chosen])
    plan_weight = np.concatenate([c.weights for c in chosen])
    # Live points before the motion, mm from the target.
    points = np.concatenate([c.patch.points(np.eye(3), np.zeros(3)).take(c.pixels, axis=0) for c in chosen])
    jacobian = np.empty((8, count), dtype=np.float32)
    jacobian[7] = 1.0
    for done in range(1, iterations + 1):  # noqa: B007
        sampled = np.concatenate([_sample(s, c, pose) for s, c in zip(samplers, chosen, strict=True)]).T
        residual = values - (np.float32(pose.gain) * sampled[0] + np.float32(pose.offset))
        inside = sampled[0] > OUTSIDE / 2
        overlap = int(np.count_nonzero(inside))
        if overlap < LEAST_PIXELS:
            return None
        size = np.abs(residual)
        within = size if overlap == count else size[inside]
        scale = max(1.4826 * float(np.partition(within, overlap // 2)[overlap // 2]), SCALE_FLOOR_HU)
        weight = np.maximum(1 - np.square(size * np.float32(1 / (TUKEY * scale))), 0)
        weight *= weight
        weight *= plan_weight
        if overlap < count:
            weight *= inside
        _fill(jacobian, points, sampled, pose)
        weighted = jacobian * weight
        normal = np.asarray(weighted @ jacobian.T, dtype=np.float64)
        step = _solve(normal, np.asarray(weighted @ residual, dtype=np.float64), pose, scale)
        length = float(np.linalg.norm(step[:3]) + LEVER_MM * np.linalg.norm(step[3:6]))
        if length > LONGEST_STEP_MM:
            step[:6] *= LONGEST_STEP_MM / length
        pose = pose.moved(step)
        if length < tolerance_mm:
            break
    return Fit(pose, normal, scale, overlap, done)


def _sample(sampler: PlaneSampler, chosen: Chosen, pose: Pose) -> Float32:
    patch = chosen.patch
    plane = sampler(pose.rotation @ patch.frame, pose.rotation @ patch.origin + pose.translation)
    return np.asarray(plane.take(chosen.pixels, axis=0))


def _fill(jacobian: Float32, points: Float32, sampled: Float32, pose: Pose) -> None:
    """d(gain * plan HU + offset) by (t, w, gain, offset), into the (8, n) array whose last row is already 1."""
    x, y, z = pose.rotation.astype(np.float32) @ points.T + pose.translation.astype(np.float32)[:, None]
    gx, gy, gz = np.multiply(sampled[1:], np.float32(pose.gain), out=jacobian[:3])
    jacobian[3] = y * gz - z * gy
    jacobian[4] = z * gx - x * gz
    jacobian[5] = x * gy - y * gx
    jacobian[6] = sampled[0]


def _solve(normal: FloatArray, gradient: FloatArray, pose: Pose, scale: float) -> FloatArray:
    """The step (8,), lightly damped, with the prior that gain is near 1 and offset near 0."""
    prior = np.zeros(8)
    prior[6:] = scale**2 / GAIN_SIGMA**2, scale**2 / OFFSET_SIGMA_HU**2
    gradient[6] -= prior[6] * (pose.gain - 1)
    gradient[7] -= prior[7] * pose.offset
    return np.asarray(np.linalg.solve(normal + np.diag(prior + 1e-4 * normal.diagonal() + 1e-9), gradient), dtype=np.float64)
