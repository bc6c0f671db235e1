"""Which parts of the plan decide a registration: bone, near the target, since other vertebrae and soft tissue move on their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.reference import OUTSIDE, resample_cube
from SlicerSpineGuide.registration.resampling import Float32, along, gaussian_rows

Points = npt.NDArray[np.floating[Any]]
BONE_HU = 170.0
BONE_SIGMA_MM = 1.6
SOFT_TISSUE = 0.005  # the weight of what is not bone: enough to hold a pose where there is no bone at all
ALONG_SPINE_MM, ACROSS_SPINE_MM = 20.0, 40.0  # where the weight has fallen to half


@dataclass(frozen=True, eq=False)
class VertebraWeight:
    """weights (z, y, x), 0 to 1, on a grid of `spacing` mm in planning-CT axes, its middle at the target."""

    weights: Float32
    bone: Float32
    spacing: float

    def at(self, points: Points) -> Float32:
        """(n,) the weight at points (n, 3), mm from the target (nearest neighbour); 0 outside."""
        return self._lookup(self.weights, points)

    def bone_at(self, points: Points) -> Float32:
        """(n,) how near bone the points are, 0 to 1, however far from the target."""
        return self._lookup(self.bone, points)

    def _lookup(self, grid: Float32, points: Points) -> Float32:
        n = grid.shape[0]
        index = (points * np.float32(1 / self.spacing) + np.float32(n / 2)).astype(np.int32)
        np.clip(index, 0, n - 1, out=index)  # the outermost layer is 0
        flat = index @ np.array([1, n, n * n], dtype=np.int32)
        return np.asarray(grid.ravel().take(flat))


def vertebra_weight(
    volume: Volume, centre: FloatArray, half: float, spacing: float = 1.6, along_mm: float = ALONG_SPINE_MM
) -> VertebraWeight:
    """The weight around `centre` (LPS) of a planning CT: near bone and near the centre high, outside the volume 0.

    along_mm: where along the spine it has fallen to half.
    """
    cube = resample_cube(volume, centre, np.eye(3), half, spacing)
    n = cube.shape[0]
    positions = np.arange(n) * spacing
    smooth = gaussian_rows(positions, n, spacing, BONE_SIGMA_MM)
    bone = (cube > BONE_HU).astype(np.float32)
    for axis in range(3):
        bone = along(axis, smooth, bone)
    near = np.clip(4 * bone, 0, 1)
    z, y, x = np.meshgrid(*(positions - positions[-1] / 2,) * 3, indexing="ij", sparse=True)
    weight = np.maximum(near, SOFT_TISSUE) / (1 + (z / along_mm) ** 4) / (1 + ((x**2 + y**2) / ACROSS_SPINE_MM**2) ** 3)
    inside = (cube > OUTSIDE / 2).astype(np.float32)
    for axis in range(3):
        inside = along(axis, smooth, inside)
    inside[:] = inside > 0.99
    for axis in range(3):
        np.moveaxis(inside, axis, 0)[[0, -1]] = 0
    return VertebraWeight(np.asarray(weight * inside, dtype=np.float32), near * inside, spacing)
