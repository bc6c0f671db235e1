"""Robust Gauss-Newton: the rigid motion, gain and offset that make the plan's level look like the live patches.

Forward additive scheme of Lucas and Kanade (Baker and Matthews 2004, IJCV 56:221) with Tukey's biweight (Holland and Welsch 1977).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, rotation_from_vector
from SlicerSpineGuide.registration.patches import Patch
from SlicerSpineGuide.registration.reference import OUTSIDE, Float32, Level

TUKEY = 4.685
SCALE_FLOOR_HU = 4.0
GAIN_SIGMA, OFFSET_SIGMA_HU = 0.15, 60.0
LEVER_MM = 40.0  # where a rotation's step is judged


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
class Fit:
    """A pose with the normal equations (8, 8) at its end, the robust scale of the residuals in HU and how many pixels took part."""

    pose: Pose
    normal: FloatArray
    scale: float
    count: int
    weight: float  # sum of all weights
    iterations: int


def refine(
    level: Level,
    patches: Sequence[Patch],
    selections: Sequence[np.ndarray],
    weights: Sequence[Float32],
    pose: Pose,
    iterations: int,
    tolerance_mm: float,
) -> Fit | None:
    """Iterate from `pose` until a step moves no point within 40 mm of the target by more than `tolerance_mm`.

    selections: per patch, the indices (k,) of the pixels to use; weights: their (k,) plan weights. None where too few pixels
    overlap the plan.
    """
    samplers = [level.resampler(p.size, p.pitch) for p in patches]
    points = np.concatenate([p.points()[s] for p, s in zip(patches, selections, strict=True)]).astype(np.float32)
    values = np.concatenate([p.values[s] for p, s in zip(patches, selections, strict=True)])
    plan_weight = np.concatenate(list(weights))
    if len(values) < 60:
        return None
    jacobian = np.empty((len(values), 8), dtype=np.float32)
    jacobian[:, 7] = 1.0
    for done in range(1, iterations + 1):  # noqa: B007
        sampled = np.concatenate(
            [
                sampler(pose.rotation @ p.frame, pose.rotation @ p.origin + pose.translation).take(s, axis=0)
                for sampler, p, s in zip(samplers, patches, selections, strict=True)
            ]
        )
        intensity = sampled[:, 0]
        weight = plan_weight * (intensity > OUTSIDE / 2)
        inside = weight > 0
        count = int(np.count_nonzero(inside))
        if count < 60:
            return None
        residual = values - np.float32(pose.gain) * intensity - np.float32(pose.offset)
        scale = max(1.4826 * float(np.median(np.abs(residual[inside]))), SCALE_FLOOR_HU)
        tukey = 1 - np.square(residual / np.float32(TUKEY * scale))
        weight *= np.square(np.maximum(tukey, 0))
        fill_jacobian(jacobian, points, sampled, pose)
        weighted = jacobian * weight[:, None]
        normal = (weighted.T @ jacobian).astype(np.float64)
        gradient = (weighted.T @ residual).astype(np.float64)
        prior = np.zeros(8)
        prior[6:] = scale**2 / GAIN_SIGMA**2, scale**2 / OFFSET_SIGMA_HU**2
        gradient[6] -= prior[6] * (pose.gain - 1)
        gradient[7] -= prior[7] * pose.offset
        damped = normal + np.diag(prior + 1e-4 * np.diag(normal) + 1e-9)
        step = np.linalg.solve(damped, gradient)
        length = np.linalg.norm(step[:3]) + LEVER_MM * np.linalg.norm(step[3:6])
        if length > 12.0:
            step[:6] *= 12.0 / length
        pose = pose.moved(step)
        if length < tolerance_mm:
            break
    return Fit(pose, normal, scale, count, float(weight.sum()), done)


def fill_jacobian(jacobian: Float32, points: Float32, sampled: Float32, pose: Pose) -> None:
    """d(gain * plan HU + offset) by (t, w, gain, offset), into the (n, 8) array whose last column is already 1."""
    y = points @ pose.rotation.T.astype(np.float32) + pose.translation.astype(np.float32)
    g = sampled[:, 1:] * np.float32(pose.gain)
    jacobian[:, :3] = g
    jacobian[:, 3] = y[:, 1] * g[:, 2] - y[:, 2] * g[:, 1]
    jacobian[:, 4] = y[:, 2] * g[:, 0] - y[:, 0] * g[:, 2]
    jacobian[:, 5] = y[:, 0] * g[:, 1] - y[:, 1] * g[:, 0]
    jacobian[:, 6] = sampled[:, 0]
