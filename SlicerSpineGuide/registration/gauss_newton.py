"""Robust Gauss-Newton: the rigid motion, gain and offset (and, last, blur) that make the plan's level look like the live patches.

Forward additive scheme of Lucas and Kanade (Baker and Matthews 2004, IJCV 56:221) with Tukey's biweight (Holland and Welsch 1977).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, rotation_from_vector
from SlicerSpineGuide.registration.patches import Patch
from SlicerSpineGuide.registration.reference import INSIDE_HU, Level
from SlicerSpineGuide.registration.resampling import Float32

TUKEY = 4.685
SCALE_FLOOR_HU = 4.0
GAIN_SIGMA, OFFSET_SIGMA_HU = 0.15, 60.0  # how far kernels, contrast and calibration move the HU of plan and live apart
BLUR_SIGMA_MM2 = 1.0  # how far kernels differ, as a variance
LEVER_MM = 40.0  # where a rotation's step is judged
LONGEST_STEP_MM = 12.0
LEAST_PIXELS = 60
PRODUCT = 2048  # pixels in one matrix product: with more, BLAS wakes other threads, which takes longer than the product
NEIGHBOURHOOD_MM = 8.0  # residuals nearer to each other than this are not independent
REWEIGHTED, SETTLED_MM = 3, 0.01  # how often per linearisation of the fine level, unless the step is smaller


@dataclass(frozen=True, eq=False)
class Pose:
    """y = rotation @ x + translation: live to plan, both in mm from the target; then live HU = gain * plan HU + offset."""

    rotation: FloatArray
    translation: FloatArray
    gain: float = 1.0
    offset: float = 0.0

    @property
    def foot(self) -> FloatArray:
        """(3,) where the target lies in live axes."""
        return np.asarray(-self.rotation.T @ self.translation)

    def moved(self, step: FloatArray) -> Pose:
        """The pose followed by a small motion (t, w) about the target and a change of gain and offset, (8 or more,)."""
        turn = rotation_from_vector(step[3:6])
        gain = min(max(self.gain + float(step[6]), 0.5), 2.0)
        return Pose(turn @ self.rotation, turn @ self.translation + step[:3], gain, self.offset + float(step[7]))


@dataclass(frozen=True, eq=False)
class Chosen:
    """A patch, the indices (k,) of its pixels that take part, and their weights (k,) by the plan."""

    patch: Patch
    pixels: npt.NDArray[np.intp]
    weights: Float32


@dataclass(frozen=True, eq=False)
class Fit:
    """A pose, the normal equations (p, p) of its last step, the robust scale of the residuals in HU and the pixels that took part.

    The normal equations are of (t, w, gain, offset), in planning-CT axes, of a fine fit also of the blur; blur: how much smoother the
    live kernel is than the plan's, as a variance in mm2. scatter (p, p), of a fine fit: how much the residuals of one
    neighbourhood pull together on these parameters, summed as squares.
    """

    pose: Pose
    normal: FloatArray
    scale: float
    pixels: int
    iterations: int
    blur: float
    scatter: FloatArray


def refine(level: Level, chosen: Sequence[Chosen], pose: Pose, iterations: int, tolerance_mm: float) -> Fit | None:
    """Iterate from `pose` until a step moves no point within 40 mm of the target by more than `tolerance_mm`.

    Where the level has Laplacians, the difference in sharpness of plan and live is solved for as well: to first order it is a share of
    the plan's Laplacian in the slice. None where too few pixels overlap the plan.
    """
    count = sum(len(c.pixels) for c in chosen)
    if count < LEAST_PIXELS:
        return None
    samples = _Samples(level, chosen)
    values = np.concatenate([c.patch.values.take(c.pixels) for c in chosen])
    plan_weight = np.concatenate([c.weights for c in chosen])
    jacobian = np.empty((8 + level.has_laplacian, count), dtype=np.float32)
    jacobian[7] = 1.0
    for done in range(1, iterations + 1):  # noqa: B007
        inside = samples.fill(jacobian, pose)
        overlap = int(np.count_nonzero(inside))
        if overlap < LEAST_PIXELS:
            return None
        residual = values - (np.float32(pose.gain) * jacobian[6] + np.float32(pose.offset))
        total = np.zeros(len(jacobian))
        for _ in range(REWEIGHTED if level.has_laplacian else 1):
            left = residual - total.astype(np.float32) @ jacobian if total.any() else residual
            scale, weight = _weigh(left, plan_weight, inside)
            normal, step = _step(jacobian, weight, left, pose, scale)
            total += step
            if _length(step) < SETTLED_MM:
                break
        length = _length(total)
        if length > LONGEST_STEP_MM:
            total[:6] *= LONGEST_STEP_MM / length
        pose = pose.moved(np.concatenate([level.axes @ total[:3], level.axes @ total[3:6], total[6:]]))
        if length < tolerance_mm:
            break
    turn = np.eye(len(jacobian))
    turn[:3, :3] = turn[3:6, 3:6] = level.axes
    scatter = _scatter(jacobian, weight * left, chosen) if level.has_laplacian else np.zeros_like(normal)
    return Fit(pose, turn @ normal @ turn.T, scale, overlap, done, float(total[8:].sum()), turn @ scatter @ turn.T)


class _Samples:
    """The plan at the chosen pixels, interpolated linearly.

    Only these pixels are looked up: measured, a quarter of the time of reslicing all the patch.
    """

    def __init__(self, level: Level, chosen: Sequence[Chosen]) -> None:
        self._level, self._chosen = level, chosen
        count = sum(len(c.pixels) for c in chosen)
        planes, rows, columns = level.scale.shape
        self._last = np.array([[columns - 2], [rows - 2], [planes - 2]], dtype=np.float32)
        self._strides = np.array([1, columns, columns * rows], dtype=np.float32)  # exact: there are fewer than 2^24 samples
        x, y, z = np.meshgrid([0, 1], [0, columns], [0, columns * rows], indexing="ij")
        self._corners = (x + y + z).reshape(8, 1).astype(np.int32)
        self._live = []
        for c in chosen:
            down, across = np.divmod(c.pixels, c.patch.size[0])
            self._live.append(np.stack([across, down]).astype(np.float32) * np.float32(c.patch.pitch))
        self._index = np.empty((3, count), dtype=np.float32)
        self._shares = np.empty((2, 2, 2, count), dtype=np.float32)

    def fill(self, jacobian: Float32, pose: Pose) -> npt.NDArray[np.bool_]:
        """The jacobian (8 or 9, n) of gain * plan HU + offset by (t, w, gain, offset and blur), in the level's axes, at `pose`.

        Its row 6 is the plan's HU; its row 7 is 1 already. Returned: which pixels lie inside the plan.
        """
        level, index = self._level, self._index
        self._locate(pose)
        low = np.floor(index)
        np.maximum(low, 0, out=low)
        np.minimum(low, self._last, out=low)
        level.require(float(low[2].min()), float(low[2].max()) + 1)
        part = np.clip(index - low, 0, 1)
        rest = 1 - part
        x, y, z = (np.stack([r, p]) for r, p in zip(rest, part, strict=True))
        np.multiply(x[:, None, None], (y[:, None] * z[None])[None], out=self._shares)
        found = level.samples.reshape(-1, level.samples.shape[-1]).take((self._strides @ low).astype(np.int32) + self._corners, axis=0)
        sampled = np.einsum("kn,knc->nc", self._shares.reshape(8, -1), found).T
        np.multiply(sampled[1:4], np.float32(pose.gain), out=jacobian[:3])
        index -= level.middle.astype(np.float32)[:, None]
        index *= np.float32(level.scale.spacing)
        px, py, pz = index
        gx, gy, gz = jacobian[:3]
        jacobian[3] = py * gz - pz * gy
        jacobian[4] = pz * gx - px * gz
        jacobian[5] = px * gy - py * gx
        jacobian[6] = sampled[0]
        inside = np.asarray(sampled[0] > INSIDE_HU)
        if level.has_laplacian:
            np.multiply(sampled[4], np.float32(pose.gain), out=jacobian[8])
        return inside

    def _locate(self, pose: Pose) -> None:
        """The pixels' indices (3, n) in the level."""
        level = self._level
        turned, shift = level.axes.T @ pose.rotation, level.axes.T @ pose.translation
        done = 0
        for c, live in zip(self._chosen, self._live, strict=True):
            part = self._index[:, done : done + live.shape[1]]
            across = turned @ c.patch.frame[:, :2] / level.scale.spacing
            origin = (turned @ c.patch.origin + shift) / level.scale.spacing + level.middle
            np.matmul(across.astype(np.float32), live, out=part)
            part += origin.astype(np.float32)[:, None]
            done += live.shape[1]


def _weigh(residual: Float32, plan_weight: Float32, inside: npt.NDArray[np.bool_]) -> tuple[float, Float32]:
    """The robust scale of the residuals, HU, and the weights: Tukey's, times the plan's."""
    size = np.abs(residual)
    within = size if inside.all() else size[inside]
    half = len(within) // 2
    scale = max(1.4826 * float(np.partition(within, half)[half]), SCALE_FLOOR_HU)
    size *= np.float32(1 / (TUKEY * scale))
    np.square(size, out=size)
    weight = np.maximum(1 - size, 0)
    weight *= weight
    weight *= plan_weight
    weight *= inside
    return scale, weight


def _step(jacobian: Float32, weight: Float32, residual: Float32, pose: Pose, scale: float) -> tuple[FloatArray, FloatArray]:
    """The normal equations (p, p) and their step (p,), lightly damped, with the prior that gain is near 1, offset and blur near 0."""
    weighted = jacobian * weight
    normal = np.zeros((len(jacobian), len(jacobian)))
    for first in range(0, len(weight), PRODUCT):
        normal += weighted[:, first : first + PRODUCT] @ jacobian[:, first : first + PRODUCT].T
    gradient = np.asarray(weighted @ residual, dtype=np.float64)
    damping = 1e-4 * normal.diagonal() + 1e-9
    for row, value, sigma in ((6, pose.gain - 1, GAIN_SIGMA), (7, pose.offset, OFFSET_SIGMA_HU), (8, 0.0, BLUR_SIGMA_MM2)):
        if row < len(normal):
            damping[row] += scale**2 / sigma**2
            gradient[row] -= scale**2 / sigma**2 * value
    return normal, np.asarray(np.linalg.solve(normal + np.diag(damping), gradient), dtype=np.float64)


def _scatter(jacobian: Float32, pull: Float32, chosen: Sequence[Chosen]) -> FloatArray:
    """The sum over blocks of the slices of the outer products of their gradients: pull (n,) is weight times residual.

    The inner part of a cluster-robust covariance (Liang and Zeger 1986, Biometrika 73:13), which knows that streaks are not
    independent from pixel to pixel.
    """
    blocks, first = [], 0
    for c in chosen:
        found = _neighbourhoods(c.patch.size, c.patch.pitch)
        blocks.append(found.take(c.pixels) + first)
        first += int(found[-1]) + 1
    where = np.concatenate(blocks)
    sums = np.stack([np.bincount(where, row, first) for row in jacobian * pull])
    return np.asarray(sums @ sums.T)


@lru_cache(maxsize=64)
def _neighbourhoods(size: tuple[int, int], pitch: float) -> npt.NDArray[np.intp]:
    """(rows * columns,) the number of the block in which each pixel of a patch lies."""
    side = max(1, round(NEIGHBOURHOOD_MM / pitch))
    rows, columns = np.arange(size[1]) // side, np.arange(size[0]) // side
    return np.asarray(rows[:, None] * (columns[-1] + 1) + columns, dtype=np.intp).ravel()


def _length(step: FloatArray) -> float:
    """How far, in mm, a step moves points 40 mm from the target, at most."""
    return float(np.linalg.norm(step[:3]) + LEVER_MM * np.linalg.norm(step[3:6]))
