"""How good a pose is: how alike plan and live are at it, and how sure each degree of freedom is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.registration.gauss_newton import Fit, Pose
from SlicerSpineGuide.registration.patches import Patch
from SlicerSpineGuide.registration.reference import OUTSIDE, Float32, Level
from SlicerSpineGuide.registration.vertebra import VertebraWeight

NOISE_CORRELATION = 6.0  # smoothed neighbouring pixels are not independent: the covariance's factor, from the calibration table


@dataclass(frozen=True)
class Likeness:
    """correlation: weighted, of plan and live around the target; coverage: the weight that took part, in mm2 of full weight."""

    correlation: float
    coverage_mm2: float


def likeness(level: Level, patches: Sequence[Patch], weight: VertebraWeight, pose: Pose) -> Likeness:
    """How alike the level at `pose` and the patches are."""
    if not patches:
        return Likeness(0.0, 0.0)
    weights: list[Float32] = []
    lives: list[Float32] = []
    plans: list[Float32] = []
    for p in patches:
        origin = pose.rotation @ p.origin + pose.translation
        sampled = level.resampler(p.size, p.pitch)(pose.rotation @ p.frame, origin)[:, 0]
        w = weight.at(p.points() @ pose.rotation.T + pose.translation) * p.valid * (sampled > OUTSIDE / 2)
        weights.append(w)
        lives.append(p.values)
        plans.append(sampled)
    w, a, b = (np.asarray(np.concatenate(x), dtype=np.float64) for x in (weights, lives, plans))
    total = w.sum()
    coverage = float(total * patches[0].pitch ** 2)
    if coverage < 1.0:
        return Likeness(0.0, coverage)
    a -= (w @ a) / total
    b -= (w @ b) / total
    correlation = float((w * a) @ b) / float(np.sqrt(((w * a) @ a + 1e-9) * ((w * b) @ b + 1e-9)))
    return Likeness(correlation, coverage)


def covariance(fit: Fit) -> FloatArray:
    """(6, 6) of (t, w), mm and rad, in planning-CT axes about the target, gain and offset marginalised out."""
    damped = fit.normal + np.diag([1e-6] * 3 + [1e-3] * 3 + [1e-3, 1e-6])
    full = np.linalg.inv(damped) * fit.scale**2 * NOISE_CORRELATION
    return np.asarray(full[:6, :6])
