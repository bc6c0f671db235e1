"""Many starts refined together on a coarse level, so that capture pays for NumPy's calls once and not for each start.

The same robust Gauss-Newton as for one pose, its arrays with the starts as their first axis.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.registration.gauss_newton import (
    GAIN_SIGMA,
    LEAST_PIXELS,
    LEVER_MM,
    LONGEST_STEP_MM,
    OFFSET_SIGMA_HU,
    SCALE_FLOOR_HU,
    TUKEY,
    Chosen,
    Pose,
)
from SlicerSpineGuide.registration.reference import INSIDE_HU, Level
from SlicerSpineGuide.registration.resampling import Float32

Bools = npt.NDArray[np.bool_]


def refine_together(
    level: Level, chosen: Sequence[Sequence[Chosen]], poses: Sequence[Pose], iterations: int, tolerance_mm: float
) -> list[tuple[float, Pose]]:
    """Per start its weighted correlation with the plan, -1 to 1, and its pose after at most `iterations` steps.

    chosen: per start the patches' pixels, one Chosen per slice. A start whose pixels miss the plan has -1.
    """
    starts = _Starts(level, chosen, poses)
    everywhere = np.flatnonzero(starts.count >= LEAST_PIXELS)
    active = everywhere
    for _ in range(iterations):
        if not len(active):
            break
        jacobian, inside = starts.sampled(active)
        length = starts.step(active, jacobian, inside)
        active = active[(length >= tolerance_mm) & (np.count_nonzero(inside, axis=1) >= LEAST_PIXELS)]
    found = np.full(len(poses), -1.0)
    if len(everywhere):
        found[everywhere] = starts.correlations(everywhere, *starts.sampled(everywhere))
    return [(float(found[k]), starts.pose(k)) for k in range(len(poses))]


class _Starts:
    """The starts' pixels, padded to equally many with weights of 0, and where each start has got to."""

    def __init__(self, level: Level, chosen: Sequence[Sequence[Chosen]], poses: Sequence[Pose]) -> None:
        self._level = level
        self.count = np.array([sum(len(c.pixels) for c in parts) for parts in chosen])
        shape = len(poses), max(int(self.count.max(initial=0)), 1)
        self._points = np.zeros((shape[0], 3, shape[1]), dtype=np.float32)
        self._values = np.zeros(shape, dtype=np.float32)
        self._weights = np.zeros(shape, dtype=np.float32)
        for k, parts in enumerate(chosen):
            done = 0
            for c in parts:
                where = slice(done, done + len(c.pixels))
                down, across = np.divmod(c.pixels, c.patch.size[0])
                steps = np.stack([across, down]).astype(np.float32) * np.float32(c.patch.pitch)
                across_slice, first = c.patch.frame[:, :2].astype(np.float32), c.patch.origin[:, None].astype(np.float32)
                self._points[k, :, where] = across_slice @ steps + first
                self._values[k, where] = c.patch.values[c.pixels]
                self._weights[k, where] = c.weights
                done = where.stop
        self._rotation = np.stack([p.rotation for p in poses])
        self._translation = np.stack([p.translation for p in poses])
        self._gain = np.array([p.gain for p in poses])
        self._offset = np.array([p.offset for p in poses])
        planes, rows, columns = level.scale.shape
        self._last = np.array([[columns - 1], [rows - 1], [planes - 1]], dtype=np.float32)
        self._strides = np.array([1, columns, columns * rows], dtype=np.float32)

    def pose(self, k: int) -> Pose:
        return Pose(self._rotation[k], self._translation[k], float(self._gain[k]), float(self._offset[k]))

    def sampled(self, active: npt.NDArray[np.intp]) -> tuple[Float32, Bools]:
        """The jacobian (a, 8, n) by (t, w, gain, offset) along the level's axes, whose row 6 is the plan's HU, and which pixels lie
        inside (a, n).

        The plan is read to first order from the nearest sample: so smooth a level is as exact that way as between eight of them.
        """
        level = self._level
        turned = level.axes.T @ self._rotation[active]
        shift = self._translation[active] @ level.axes
        place = turned.astype(np.float32) @ self._points[active] + shift.astype(np.float32)[:, :, None]
        index = place * np.float32(1 / level.scale.spacing) + level.middle.astype(np.float32)[:, None]
        nearest = np.rint(index)
        inside = ((nearest > 0) & (nearest < self._last)).all(axis=1) & (self._weights[active] > 0)
        np.clip(nearest, 0, self._last, out=nearest)
        level.require(float(nearest[:, 2].min()), float(nearest[:, 2].max()))
        found = level.samples.reshape(-1, level.samples.shape[-1]).take((self._strides @ nearest).astype(np.int32), axis=0)
        index -= nearest
        index *= np.float32(level.scale.spacing)
        jacobian = np.empty((len(active), 8, index.shape[2]), dtype=np.float32)
        jacobian[:, 6] = found[..., 0]
        for k in range(3):
            jacobian[:, 6] += found[..., 1 + k] * index[:, k]
            np.multiply(found[..., 1 + k], self._gain[active, None].astype(np.float32), out=jacobian[:, k])
        (px, py, pz), (gx, gy, gz) = place.swapaxes(0, 1), jacobian[:, :3].swapaxes(0, 1)
        jacobian[:, 3] = py * gz - pz * gy
        jacobian[:, 4] = pz * gx - px * gz
        jacobian[:, 5] = px * gy - py * gx
        jacobian[:, 7] = 1.0
        inside &= found[..., 0] > INSIDE_HU
        return jacobian, inside

    def correlations(self, active: npt.NDArray[np.intp], jacobian: Float32, inside: Bools) -> Float32:
        """(a,) of plan and live by the plan's weights; -1 where too few pixels overlap."""
        weight = self._weights[active] * inside
        total = weight.sum(axis=1, keepdims=True) + np.float32(1e-6)
        plan = np.where(inside, jacobian[:, 6], np.float32(0))
        a, b = (v - (weight * v).sum(axis=1, keepdims=True) / total for v in (plan, self._values[active]))
        across, own, other = ((weight * p).sum(axis=1) for p in (a * b, a * a, b * b))
        found = across / np.sqrt(own * other + np.float32(1e-6))
        return np.where(np.count_nonzero(inside, axis=1) >= LEAST_PIXELS, found, np.float32(-1))

    def step(self, active: npt.NDArray[np.intp], jacobian: Float32, inside: Bools) -> FloatArray:
        """Move the active starts by one step; how far, in mm, it moved points 40 mm from the target."""
        gain, offset = self._gain[active], self._offset[active]
        residual = self._values[active] - gain.astype(np.float32)[:, None] * jacobian[:, 6] - offset.astype(np.float32)[:, None]
        size = np.where(inside, np.abs(residual), np.inf)
        half = np.maximum(np.count_nonzero(inside, axis=1), 1) // 2
        scale = np.maximum(1.4826 * np.take_along_axis(np.sort(size, axis=1), half[:, None], axis=1), SCALE_FLOOR_HU)
        scale = np.where(np.isfinite(scale), scale, SCALE_FLOOR_HU)
        weight = np.maximum(1 - np.square(size * (1 / (TUKEY * scale)).astype(np.float32)), 0)
        weight = np.square(weight) * self._weights[active]
        residual[~inside] = 0
        weighted = jacobian * weight[:, None]
        normal = (weighted @ jacobian.swapaxes(1, 2)).astype(np.float64)
        gradient = (weighted @ residual[:, :, None])[..., 0].astype(np.float64)
        damping = 1e-4 * np.diagonal(normal, axis1=1, axis2=2) + 1e-9
        for row, value, sigma in ((6, gain - 1, GAIN_SIGMA), (7, offset, OFFSET_SIGMA_HU)):
            damping[:, row] += scale[:, 0] ** 2 / sigma**2
            gradient[:, row] -= scale[:, 0] ** 2 / sigma**2 * value
        normal += damping[:, :, None] * np.eye(8)
        step = np.linalg.solve(normal, gradient[:, :, None])[..., 0]
        length = np.linalg.norm(step[:, :3], axis=1) + LEVER_MM * np.linalg.norm(step[:, 3:6], axis=1)
        step[:, :6] *= np.minimum(1, LONGEST_STEP_MM / np.maximum(length, 1e-9))[:, None]
        self._move(active, step)
        return length

    def _move(self, active: npt.NDArray[np.intp], step: FloatArray) -> None:
        axes = self._level.axes
        turn = _rotations(step[:, 3:6] @ axes.T)
        self._rotation[active] = turn @ self._rotation[active]
        self._translation[active] = (turn @ self._translation[active][:, :, None])[..., 0] + step[:, :3] @ axes.T
        self._gain[active] = np.clip(self._gain[active] + step[:, 6], 0.5, 2.0)
        self._offset[active] += step[:, 7]


def _rotations(vectors: FloatArray) -> FloatArray:
    """(k, 3, 3) rotations about rotation vectors (k, 3), by Rodrigues' formula."""
    angle = np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)[:, None, None]
    x, y, z = vectors.T
    nil = np.zeros_like(x)
    cross = np.stack([nil, -z, y, z, nil, -x, -y, x, nil], axis=1).reshape(-1, 3, 3) / angle
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)
