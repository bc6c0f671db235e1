"""Path lengths of X-rays through a patient and through metal: what the virtual C-arm's beam meets.

Joseph's method (IEEE Trans Med Imaging 1, 1982) in NumPy: rays step from plane to plane of the volume's main direction and
interpolate in the plane. The code that registers radiographs draws its own by other means.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, Projection, apply
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.room.metal import Metal

BONE_FROM_HU = 120.0  # below: water of some density; above: mixed with cortical bone, which is all there is from BONE_ONLY_HU on
BONE_ONLY_HU = 1600.0
WATER_AT_BONE = 1.12
BONE_TO_WATER_AT_CT = 2.60  # attenuation of cortical bone over water's at a CT's effective energy, 70 keV
METAL_STEP_MM = 0.15
MERGED_MM = 1.1  # planes thinner than that are marched through together
THREADS = 2
RAYS_AT_ONCE = 8192  # few enough that they stay in the processor's cache


class Attenuator:
    """A patient as two materials: water-equivalent and cortical bone, as fractions of their normal density."""

    def __init__(self, volume: Volume) -> None:
        """volume: HU, planning LPS."""
        hu = np.pad(np.asarray(volume.voxels, dtype=np.float32), 1, constant_values=-1000.0)
        bone = np.clip((hu - BONE_FROM_HU) / (BONE_ONLY_HU - BONE_FROM_HU), 0, None)
        water = np.where(bone > 0, WATER_AT_BONE * np.clip(1 - bone, 0, None), np.clip(1 + hu / 1000, 0, None))
        solid = np.clip(1 + hu / 1000 - water, 0, None) / BONE_TO_WATER_AT_CT
        self._materials = (water + 1j * np.where(bone > 0, solid, 0)).astype(np.complex64).transpose(2, 1, 0)
        shifted = volume.lps_from_index.copy()
        shifted[:3, 3] = apply(shifted, (-1, -1, -1))
        self._index_from_lps: FloatArray = np.linalg.inv(shifted).astype(np.float64)
        self._by_axis: dict[int, tuple[npt.NDArray[np.complex64], int]] = {}

    def path_mm(self, source: FloatArray, points: FloatArray) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Millimetres of water and of cortical bone between `source` (3,) and detector points (rows, columns, 3), planning LPS."""
        start = apply(self._index_from_lps, source)
        ends = points.reshape(-1, 3)
        direction = (ends - source) @ self._index_from_lps[:3, :3].T
        axis = int(np.argmax(np.abs(direction.mean(axis=0))))
        others = [i for i in range(3) if i != axis]
        planes, merged = self._planes(axis)
        step_mm = (merged * np.linalg.norm(ends - source, axis=1) / np.abs(direction[:, axis])).astype(np.float32)
        slope = (direction[:, others] / direction[:, axis : axis + 1]).T.astype(np.float32)
        middle = start[axis] - (merged - 1) / 2  # of the first merged plane, from the source
        first = [start[o] - middle * s for o, s in zip(others, slope, strict=True)]
        with ThreadPoolExecutor(THREADS) as pool:
            parts = np.array_split(np.arange(len(ends)), max(THREADS, len(ends) // RAYS_AT_ONCE))
            sums = pool.map(lambda part: _march(planes, [f[part] for f in first], [s[part] * merged for s in slope]), parts)
            total = np.concatenate(list(sums)) * step_mm
        shape = points.shape[:2]
        return total.real.reshape(shape), total.imag.reshape(shape)

    def _planes(self, axis: int) -> tuple[npt.NDArray[np.complex64], int]:
        """The volume with `axis` (0 columns, 1 rows, 2 slices) first, the others in order; and how many thin planes make one."""
        if axis not in self._by_axis:
            merged = max(1, round(MERGED_MM * float(np.linalg.norm(self._index_from_lps[axis, :3]))))
            planes = _with_air(np.moveaxis(self._materials, axis, 0), merged)
            self._by_axis[axis] = np.ascontiguousarray(planes.reshape(-1, merged, *planes.shape[1:]).mean(axis=1)), merged
        return self._by_axis[axis]


def _with_air(planes: npt.NDArray[np.complex64], multiple: int) -> npt.NDArray[np.complex64]:
    """With planes of air at the end, until their number is a multiple."""
    return np.pad(planes, ((0, -len(planes) % multiple), (0, 0), (0, 0)))


def _march(
    planes: npt.NDArray[np.complex64], first: list[npt.NDArray[Any]], slope: list[npt.NDArray[np.float32]]
) -> npt.NDArray[np.complex64]:
    """The sum over all planes of what rays meet at indices first + number * slope, bilinear; outside the volume is air."""
    a, b = (np.ascontiguousarray(f, dtype=np.float32) for f in first)
    height, width = planes.shape[1:]
    total = np.zeros(len(a), dtype=np.complex64)
    for number, plane in enumerate(planes):
        row, column = np.clip(a + number * slope[0], 0, height - 1.001), np.clip(b + number * slope[1], 0, width - 1.001)
        corner = row.astype(np.int32)
        row -= corner
        left = column.astype(np.int32)
        column -= left
        corner *= width
        corner += left
        flat = plane.ravel()
        near, far = flat.take(corner), flat[width:].take(corner)
        near += column * (flat[1:].take(corner) - near)
        far += column * (flat[width + 1 :].take(corner) - far)
        far -= near
        far *= row
        total += near
        total += far
    return total


def metal_path_mm(metals: Sequence[Metal], source: FloatArray, points: FloatArray) -> npt.NDArray[np.float64]:
    """Millimetres of metal between `source` (3,) and detector points (rows, columns, 3); all in one coordinate system."""
    shape = points.shape[:2]
    total = np.zeros(shape[0] * shape[1])
    offset = points.reshape(-1, 3) - source
    directions = offset / np.linalg.norm(offset, axis=1, keepdims=True)
    for metal in metals:
        near, closest, half = _rays_near(metal, source, directions)
        if not len(near):
            continue
        steps = np.arange(-half, half, METAL_STEP_MM) + METAL_STEP_MM / 2
        for part in np.array_split(np.arange(len(near)), max(1, len(near) * len(steps) // 2_000_000)):
            along = closest[part, None] + steps
            samples = source + along[..., None] * directions[near[part]][:, None, :]
            total[near[part]] += metal.inside(samples.reshape(-1, 3)).reshape(along.shape).sum(axis=1) * METAL_STEP_MM
    return total.reshape(shape)


def _rays_near(metal: Metal, source: FloatArray, directions: FloatArray) -> tuple[npt.NDArray[np.intp], FloatArray, float]:
    """The rays that may meet the instrument, where along each it comes nearest to the axis, and how far from there to look."""
    to_tip = metal.tip - source
    cosine = directions @ metal.axis
    sine2 = np.maximum(1 - cosine**2, 1e-9)
    closest = (directions @ to_tip - cosine * (metal.axis @ to_tip)) / sine2
    behind = -((source + closest[:, None] * directions - metal.tip) @ metal.axis)
    behind = np.clip(behind, 0, metal.length_mm)
    on_axis = metal.tip - behind[:, None] * metal.axis
    closest = np.einsum("ij,ij->i", on_axis - source, directions)
    distance = np.linalg.norm(source + closest[:, None] * directions - on_axis, axis=1)
    near = np.flatnonzero(distance < metal.reach_mm + 0.5)
    if not len(near):
        return near, closest[near], 0.0
    half = float(np.min([metal.length_mm, (metal.reach_mm + 1.0) / np.sqrt(sine2[near].min())])) + 1.0
    return near, closest[near], half


def detector_points(projection: Projection) -> FloatArray:
    """(rows, columns, 3): the centres of the detector's pixels, in the projection's coordinates."""
    columns, rows = np.meshgrid(np.arange(projection.size[0]), np.arange(projection.size[1]))
    return projection.to_detector(np.stack([columns, rows], axis=-1))
