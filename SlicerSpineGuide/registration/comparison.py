"""Plan and live side by side at a pose: how alike they are, and the smooth differences that are not motion (streaks, contrast)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from SlicerSpineGuide.registration.gauss_newton import TUKEY, Pose
from SlicerSpineGuide.registration.patches import Patch
from SlicerSpineGuide.registration.reference import OUTSIDE, Level
from SlicerSpineGuide.registration.resampling import Float32, axis_resampling, smooth
from SlicerSpineGuide.registration.vertebra import VertebraWeight

SHADE_SIGMA_MM = 5.0  # differences broader than this are shading, not displaced edges
SHADE_WEIGHT = 0.02  # of evidence for no shading: where nothing is seen there is none
SHADE_SCALE_HU = 150.0  # shading may be this far beyond the other residuals
ALIKE_HU = 75.0


@dataclass(frozen=True, eq=False)
class Compared:
    """One patch at a pose: plan (n,) in plan HU, residual (n,) live minus plan in live HU, weight (n,) of each pixel."""

    patch: Patch
    plan: Float32
    residual: Float32
    weight: Float32


@dataclass(frozen=True)
class Likeness:
    """correlation: weighted, of plan and live; alike: the share of the weight where they differ by less than ALIKE_HU;
    coverage_mm2: the area that took part, by its weight."""

    correlation: float
    alike: float
    coverage_mm2: float


def compare(level: Level, patches: Sequence[Patch], weight: VertebraWeight, pose: Pose) -> list[Compared]:
    """Every patch against the level at `pose`."""
    result = []
    for patch in patches:
        sampler = level.sampler(patch.size, patch.pitch)
        plan = sampler(pose.rotation @ patch.frame, pose.rotation @ patch.origin + pose.translation)[:, 0].copy()
        weights = weight.at(patch.points(pose.rotation, pose.translation)) * (patch.valid & (plan > OUTSIDE / 2))
        residual = patch.values - (np.float32(pose.gain) * plan + np.float32(pose.offset))
        result.append(Compared(patch, plan, residual, weights))
    return result


def shading(compared: Compared, scale: float, spacing: float) -> Float32:
    """The smooth part of the residuals, on a grid of `spacing` mm from the patch's first pixel, whole blocks (rows, columns)."""
    patch = compared.patch
    robust = np.maximum(1 - np.square(compared.residual / np.float32(TUKEY * scale + SHADE_SCALE_HU)), 0)
    evidence = robust * robust * compared.weight
    columns, rows = (axis_resampling(n, patch.pitch, spacing, SHADE_SIGMA_MM) for n in patch.size)
    shape = (patch.size[1], patch.size[0])
    everything = (0, len(rows.bands)), (0, len(columns.bands))
    total = smooth(evidence.reshape(shape), rows, columns, *everything)
    sums = smooth((evidence * compared.residual).reshape(shape), rows, columns, *everything)
    return np.asarray(sums / (total + np.float32(SHADE_WEIGHT)))


def unshaded(patch: Patch, compared: Sequence[Compared], shades: Sequence[Float32]) -> Patch:
    """`patch` less the shading found on the same slice at another level, where the two overlap."""
    for other, shade in zip(compared, shades, strict=True):
        offset = (patch.origin - other.patch.origin) @ patch.frame / patch.pitch
        if abs(offset[2] * patch.pitch) > 1e-6:
            continue
        column, row = (round(float(o)) for o in offset[:2])
        values = patch.values.reshape(patch.size[1], patch.size[0]).copy()
        low, high = max(0, -row), min(values.shape[0], shade.shape[0] - row)
        left, right = max(0, -column), min(values.shape[1], shade.shape[1] - column)
        if high > low and right > left:
            values[low:high, left:right] -= shade[low + row : high + row, left + column : right + column]
        return replace(patch, values=values.ravel())
    return patch


def likeness(compared: Sequence[Compared], gain: float, scale: float) -> Likeness:
    """How alike plan and live are, shading aside."""
    if not compared:
        return Likeness(0.0, 0.0, 0.0)
    residuals = []
    for c in compared:
        shade = np.zeros((c.patch.size[1], c.patch.size[0]), dtype=np.float32)
        found = shading(c, scale, c.patch.pitch)
        shade[: found.shape[0], : found.shape[1]] = found
        residuals.append(c.residual - shade.ravel())
    residual, plan, weight = (
        np.concatenate(residuals),
        np.concatenate([c.plan for c in compared]),
        np.concatenate([c.weight for c in compared]),
    )
    total = float(weight.sum())
    coverage = total * compared[0].patch.pitch ** 2
    if coverage < 1.0:
        return Likeness(0.0, 0.0, coverage)
    plan = plan * np.float32(gain)
    live = plan + residual
    plan -= float(weight @ plan) / total
    live -= float(weight @ live) / total
    correlation = float((weight * plan) @ live) / float(np.sqrt(float((weight * plan) @ plan) * float((weight * live) @ live) + 1e-6))
    alike = float(weight @ (np.abs(residual) < ALIKE_HU)) / total
    return Likeness(correlation, alike, coverage)
