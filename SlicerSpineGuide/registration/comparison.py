"""Plan and live side by side at a pose: how alike they are, and the smooth differences that are not motion (streaks, contrast)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.registration.gauss_newton import TUKEY, Pose
from SlicerSpineGuide.registration.patches import Patch
from SlicerSpineGuide.registration.reference import HIGH_HU, INSIDE_HU, Level
from SlicerSpineGuide.registration.resampling import Float32, axis_resampling, smooth
from SlicerSpineGuide.registration.vertebra import VertebraWeight

SHADE_SIGMA_MM = 4.0  # differences broader than this are shading, not displaced edges
SHADE_WEIGHT = 0.02  # of evidence for no shading: where nothing is seen there is none
SHADE_SCALE_HU = 300.0  # shading may be this far beyond the other residuals
CALM_SIGMA_MM = 5.0
CALM = 1.5  # times the usual variance: what is no louder counts fully
NORMAL_MEDIAN = 0.6745  # of the size of a normal deviate
MISFIT_SHARE = 0.8
LEAST_WEIGHT = 0.02
LEAST_CONTRAST_HU = 40.0  # with less there is no bone in sight
CLEAR_MISFIT = 0.2  # up to it all of the slice agrees; beyond, blocks tell an image spoilt in places from another anatomy
BLOCK_MM = 8.0  # the size of a bone's edge with its surroundings
EDGE_HU, CLEAREST_EDGE_HU = 40.0, 200.0  # a block's contrast from which it has an edge; a stronger one counts for no more
SPOILT_SHARE = 0.3  # of the edges that streaks may spoil
LEAST_EDGES_MM2 = 900.0  # of blocks with an edge: fewer agree by chance


@dataclass(frozen=True, eq=False)
class Compared:
    """One patch at a pose: plan (n,) in plan HU, residual (n,) live minus plan in live HU, weight (n,) of each pixel."""

    patch: Patch
    plan: Float32
    residual: Float32
    weight: Float32


@dataclass(frozen=True)
class Likeness:
    """How alike plan and live are.

    correlation: weighted. misfit: the residual that MISFIT_SHARE of the weight stays below, so that what an instrument covers does
    not count, as a part of the plan's contrast, 0 for equal images. coverage_mm2: the area compared, by its weight.
    agreement: the correlation that all edges but SPOILT_SHARE reach in their own surroundings; 1 where the misfit is clear without.
    """

    correlation: float
    misfit: float
    coverage_mm2: float
    agreement: float = 1.0


def compare(
    level: Level, patches: Sequence[Patch], weight: VertebraWeight, pose: Pose, before: Sequence[Compared] = ()
) -> list[Compared]:
    """Every patch against the level at `pose`; before: of the same patches at a pose less than a pixel away, for their weights."""
    result = []
    for patch in patches:
        known = next((c.weight for c in before if c.patch is patch), None)
        sampler = level.sampler(patch.size, patch.pitch)
        plan = sampler(pose.rotation @ patch.frame, pose.rotation @ patch.origin + pose.translation)[:, 0].copy()
        weights = weight.at(patch.points(pose.rotation, pose.translation)) * patch.trust if known is None else known
        weights = weights * (plan > INSIDE_HU)
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


def calm(compared: Sequence[Compared], scale: float, spacing: float) -> list[Float32]:
    """Per patch 0 to 1, on a grid as `shading`'s: by how much pixels count whose surroundings differ from the plan more than most do.

    So much is the inverse of the local variance, as least squares has it; streaks are loud in some places and leave others alone.
    """
    squares = [np.square(c.residual - _shade(c, scale)) for c in compared]
    usual = CALM * _weighted_quantile(np.concatenate(squares), np.concatenate([c.weight for c in compared]), 0.5) / NORMAL_MEDIAN**2
    found = []
    for c, square in zip(compared, squares, strict=True):
        columns, rows = (axis_resampling(n, c.patch.pitch, spacing, CALM_SIGMA_MM) for n in c.patch.size)
        everything = (0, len(rows.bands)), (0, len(columns.bands))
        shape = (c.patch.size[1], c.patch.size[0])
        total = smooth(c.weight.reshape(shape), rows, columns, *everything)
        sums = smooth((c.weight * square).reshape(shape), rows, columns, *everything)
        found.append(np.minimum(np.float32(1), np.float32(usual) * total / (sums + np.float32(1e-3))))
    return found


def unshaded(patch: Patch, compared: Sequence[Compared], shades: Sequence[Float32], calms: Sequence[Float32] = ()) -> Patch:
    """`patch` less the shading found on the same slice at another level, where the two overlap, its trust times what `calm` found."""
    for k, (other, shade) in enumerate(zip(compared, shades, strict=True)):
        offset = (patch.origin - other.patch.origin) @ patch.frame / patch.pitch
        if abs(offset[2] * patch.pitch) > 1e-6:
            continue
        column, row = (round(float(o)) for o in offset[:2])
        values = patch.values.reshape(patch.size[1], patch.size[0]).copy()
        trust = patch.trust.reshape(values.shape).copy()
        low, high = max(0, -row), min(values.shape[0], shade.shape[0] - row)
        left, right = max(0, -column), min(values.shape[1], shade.shape[1] - column)
        if high > low and right > left:
            there = slice(low + row, high + row), slice(left + column, right + column)
            values[low:high, left:right] -= shade[there]
            if calms:
                trust[low:high, left:right] *= calms[k][there]
        return replace(patch, values=values.ravel(), trust=trust.ravel())
    return patch


def likeness(compared: Sequence[Compared], gain: float, scale: float) -> Likeness:
    """How alike plan and live are, shading aside; scale: of the fit's residuals, HU."""
    used = [c.weight > LEAST_WEIGHT for c in compared]
    weight = np.concatenate([c.weight[u] for c, u in zip(compared, used, strict=True)]) if compared else np.zeros(0)
    total = float(weight.sum())
    if total < 1.0:
        return Likeness(0.0, HIGH_HU, 0.0, 0.0)
    unshaded_residuals = [c.residual - _shade(c, scale) for c in compared]
    residual = np.concatenate([r[u] for r, u in zip(unshaded_residuals, used, strict=True)])
    plan = np.concatenate([c.plan[u] for c, u in zip(compared, used, strict=True)]) * np.float32(gain)
    live = plan + residual
    plan -= float(weight @ plan) / total
    live -= float(weight @ live) / total
    contrast = float(np.sqrt((weight * plan) @ plan / total + 1e-6))
    correlation = float((weight * plan) @ live) / (total * contrast * float(np.sqrt((weight * live) @ live / total + 1e-6)))
    typical = _weighted_quantile(np.abs(residual), weight, MISFIT_SHARE)
    misfit, coverage = typical / max(contrast, LEAST_CONTRAST_HU), total * compared[0].patch.pitch ** 2
    agreed = 1.0 if misfit <= CLEAR_MISFIT else agreement(compared, unshaded_residuals, gain)
    return Likeness(correlation, misfit, coverage, agreed)


def agreement(compared: Sequence[Compared], residuals: Sequence[Float32], gain: float) -> float:
    """The normalised correlation of plan and live that all edges but SPOILT_SHARE reach, block by block; 0 with too few edges.

    A metal's streaks spoil the blocks that they cross and leave the others as they are; another vertebra, or this one
    elsewhere, agrees in few. residuals: of each of `compared`, live minus plan, without shading.
    """
    blocks = np.concatenate([_blocks(c, r, gain) for c, r in zip(compared, residuals, strict=True)])
    correlation, contrast, area = blocks[blocks[:, 1] > EDGE_HU].T
    if area.sum() < LEAST_EDGES_MM2:
        return 0.0
    return _weighted_quantile(correlation, area * np.minimum(contrast, CLEAREST_EDGE_HU), SPOILT_SHARE)


def _blocks(compared: Compared, residual: Float32, gain: float) -> Float32:
    """(n, 3) of the blocks in which the plan has weight: correlation of plan and live, contrast of the plan (HU), area (mm2)."""
    patch = compared.patch
    side = max(4, round(BLOCK_MM / patch.pitch))
    rows, columns = patch.size[1] // side, patch.size[0] // side

    def cut(values: Float32) -> Float32:
        whole = values.reshape(patch.size[1], patch.size[0])[: rows * side, : columns * side]
        return np.asarray(whole.reshape(rows, side, columns, side).transpose(0, 2, 1, 3).reshape(rows * columns, side * side))

    weight = cut(compared.weight * (compared.weight > LEAST_WEIGHT))
    total = weight.sum(axis=1)
    used = total > LEAST_WEIGHT * side * side
    weight, total = weight[used], total[used]
    plan = cut(compared.plan)[used] * np.float32(gain)
    live = plan + cut(residual)[used]

    def product(a: Float32, b: Float32) -> Float32:
        return np.asarray(np.einsum("nk,nk,nk->n", weight, a, b) / total)

    ones = np.ones_like(plan)
    plan -= product(plan, ones)[:, None]
    live -= product(live, ones)[:, None]
    variance = product(plan, plan)
    correlation = product(plan, live) / np.sqrt(variance * product(live, live) + np.float32(1e-6))
    return np.stack([correlation, np.sqrt(variance), total * np.float32(patch.pitch**2)], axis=1)


def _weighted_quantile(values: npt.NDArray[Any], weights: npt.NDArray[Any], share: float) -> float:
    """The value that this share of the weight stays below."""
    order = np.argsort(values)
    sums = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(sums, share * sums[-1])]])


def _shade(compared: Compared, scale: float) -> Float32:
    """The shading on the patch's own pixels, 0 on the border that no whole block covers."""
    whole = np.zeros((compared.patch.size[1], compared.patch.size[0]), dtype=np.float32)
    found = shading(compared, scale, compared.patch.pitch)
    whole[: found.shape[0], : found.shape[1]] = found
    return whole.ravel()
