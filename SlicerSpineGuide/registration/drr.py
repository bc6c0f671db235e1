"""Digitally reconstructed radiographs: line integrals of attenuation through a CT, and how they change as the patient moves.

The projector is Joseph's (P. M. Joseph, IEEE Trans Med Imaging 1982): each ray is sampled where it crosses the slices of the
volume axis it is most nearly parallel to, with linear interpolation inside the slice. Seen from the source, each slice meets an
intermediate image parallel to the slices through a scale and a shift only (Lacroute and Levoy, SIGGRAPH 1994), so that
interpolation of all slices and their sum are two dense matrix products, which any BLAS does at many times the rate of
sample-by-sample resampling. One perspective warp by vtkImageReslice takes the intermediate image to the detector.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, Projection, apply
from SlicerSpineGuide.images import Volume

WATER_PER_MM = 0.02  # linear attenuation of water at the 70 keV or so of a C-arm's beam (NIST XCOM), 1/mm
FloatImage = npt.NDArray[np.float32]
SLICES_PER_BLOCK = 16
GRID_BLOCK = 48


def attenuation(hu: npt.ArrayLike) -> FloatImage:
    """Linear attenuation in 1/mm of CT numbers in HU; nothing attenuates less than vacuum."""
    return np.maximum((np.asarray(hu, dtype=np.float32) + 1000) * np.float32(WATER_PER_MM / 1000), 0)


def window(projection: Projection, centre: npt.ArrayLike, step: float, size: tuple[int, int]) -> Projection:
    """The same C-arm with another grid of pixels on the detector.

    centre: (column, row) in the old grid; step: new pixels' pitch in old pixels; size: columns, rows of the new grid.
    """
    pitch = (projection.pitch[0] * step, projection.pitch[1] * step)
    return Projection(projection.source, projection.to_detector(centre), projection.u, projection.v, pitch, size)


def detector_rays(projection: Projection) -> FloatArray:
    """(3, 3): (column, row, 1) -> vector in mm from the source to that pixel's centre on the detector."""
    across, down = projection.u * projection.pitch[0], projection.v * projection.pitch[1]
    first = projection.detector_centre - across * (projection.size[0] - 1) / 2 - down * (projection.size[1] - 1) / 2
    return np.column_stack((across, down, first - projection.source))


@dataclass(frozen=True, eq=False)
class DepthRadiograph:
    """Line integrals (rows, columns), and the same integrals weighted by depth.

    integral: of the volume's values along each ray, value times mm. moment: of the values times (depth - mean_depth), mm again;
    depth is the distance in mm from the source along the detector's normal.
    """

    integral: FloatImage
    moment: FloatImage
    mean_depth: float


class Projector:
    """Radiographs of one volume of attenuation values, on the CPU.

    values: (slices, rows, columns), in 1/mm for true radiographs, zero outside; lps_from_index (4, 4): (column, row, slice) to
    planning-CT LPS mm. Choose voxels about as large as the detector's pixels seen at the patient: there is no antialiasing.
    """

    def __init__(self, values: npt.ArrayLike, lps_from_index: FloatArray) -> None:
        self.lps_from_index = lps_from_index
        self.index_from_lps = np.linalg.inv(lps_from_index)
        self._values = np.asarray(values, dtype=np.float32)
        self._stacks: dict[int, FloatImage] = {}

    @classmethod
    def of_ct(cls, volume: Volume) -> Projector:
        """Of a CT volume in HU, by `attenuation`."""
        return cls(attenuation(volume.voxels), volume.lps_from_index)

    def render(self, projection: Projection, plan_from_live: FloatArray) -> FloatImage:
        """Line integrals (rows, columns) for the pixels of `projection`, a C-arm in live coordinates.

        ValueError where the detector sees the source's own plane through the volume (no radiograph has that geometry).
        """
        return self._project(projection, plan_from_live, False)[0]

    def render_with_depth(self, projection: Projection, plan_from_live: FloatArray) -> DepthRadiograph:
        """Line integrals together with their first moment in depth; ValueError as for `render`."""
        integral, moment, mean_depth = self._project(projection, plan_from_live, True)
        return DepthRadiograph(integral, moment, mean_depth)

    def inside(self, projection: Projection, plan_from_live: FloatArray) -> DepthRadiograph:
        """The mm of every ray inside the volume's box (its voxels' outer faces), with the moment about their mean depth."""
        to_index = self.index_from_lps @ plan_from_live
        columns, rows = projection.size
        x, y = np.arange(columns, dtype=np.float64), np.arange(rows, dtype=np.float64)[:, None]
        rays = detector_rays(projection)
        enter, leave = np.zeros((rows, columns)), np.full((rows, columns), np.inf)  # as parts of the way to the detector
        for axis, size in enumerate(self._values.shape[::-1]):
            source = apply(to_index, projection.source)[axis]
            rate = (to_index[:3, :3] @ rays)[axis]
            rate = rate[0] * x + rate[1] * y + rate[2]
            rate = np.where(np.abs(rate) < 1e-9, 1e-9, rate)
            faces = (-0.5 - source) / rate, (size - 0.5 - source) / rate
            enter, leave = np.maximum(enter, np.minimum(*faces)), np.minimum(leave, np.maximum(*faces))
        leave = np.maximum(leave, enter)
        length = (leave - enter) * _lengths(rays, x, y)
        depth = (leave + enter) / 2 * projection.source_to_detector
        mean_depth = float((depth * length).sum() / max(float(length.sum()), 1e-9))
        return DepthRadiograph(length.astype(np.float32), (length * (depth - mean_depth)).astype(np.float32), mean_depth)

    def _project(self, projection: Projection, plan_from_live: FloatArray, moment: bool) -> tuple[FloatImage, FloatImage, float]:
        index_from_live = self.index_from_lps @ plan_from_live
        source = apply(index_from_live, projection.source)
        rays = index_from_live[:3, :3] @ detector_rays(projection)
        columns, rows = projection.size
        spacing = np.linalg.norm(self.lps_from_index[:3, :3], axis=0)
        along = int(np.argmax(np.abs(rays @ ((columns - 1) / 2, (rows - 1) / 2, 1)) * spacing))
        b, c = (axis for axis in range(3) if axis != along)
        stack = self._stack(along, c, b)
        slices = np.arange(stack.shape[0], dtype=np.float64)
        corners = np.array([[x, y, 1] for x in (0, columns - 1) for y in (0, rows - 1)], dtype=np.float64)
        reach = corners @ rays[along]
        forwards = (slices - source[along]) * reach[0] > 0
        if reach.min() * reach.max() <= 0 or not forwards.any():
            raise ValueError("the volume does not lie between the source and the detector")
        first, last = np.flatnonzero(forwards)[[0, -1]]
        slices, stack = slices[first : last + 1], stack[first : last + 1]
        middle = slices[len(slices) // 2]
        scale = (slices - source[along]) / (middle - source[along])
        to_plane = np.array([(middle - source[along]) * rays[i] + source[i] * rays[along] for i in (b, c)] + [rays[along]])
        grids = [
            _plane_grid(to_plane[[i, 2]], corners, source[axis], scale, stack.shape[2 - i] - 2, projection.size)
            for i, axis in enumerate((b, c))
        ]
        warp = _Warp(to_plane, grids, projection.size)
        x, y = np.arange(columns, dtype=np.float64), np.arange(rows, dtype=np.float64)[:, None]
        slice_rate = rays[along, 0] * x + rays[along, 1] * y + rays[along, 2]  # slices crossed between source and detector
        per_slice = (_lengths(detector_rays(projection), x, y) / np.abs(slice_rate)).astype(np.float32)
        orders = [None, (slices - middle).astype(np.float32)] if moment else [None]
        planes = _sum_of_slices(stack, scale, grids, (source[b], source[c]), orders)
        warped = warp(planes)
        integral = warped[0] * per_slice
        if not moment:
            return integral, integral, 0.0
        per_depth = projection.source_to_detector / slice_rate
        offset = (middle - source[along]) * per_depth
        mean_depth = float(offset.mean())
        sliced = warped[1] * per_slice
        return integral, (per_depth * sliced + (offset - mean_depth) * integral).astype(np.float32), mean_depth

    def _stack(self, along: int, c: int, b: int) -> FloatImage:
        """The values as slices across index axis `along`, with a rim of zeros around each slice."""
        if along not in self._stacks:
            slices = self._values.transpose(2 - along, 2 - c, 2 - b)
            self._stacks[along] = np.ascontiguousarray(np.pad(slices, ((0, 0), (1, 1), (1, 1))))
        return self._stacks[along]


def _plane_grid(
    to_plane: FloatArray, corners: FloatArray, source: float, scale: FloatArray, voxels: int, size: tuple[int, int]
) -> FloatArray:
    """Coordinates along one axis of the intermediate image: what the detector sees of what the volume covers, as finely."""
    seen = corners @ to_plane[0] / (corners @ to_plane[1])
    covered = source + np.array([[-1.0 - source], [voxels - source]]) / scale
    low, high = max(seen.min(), covered.min()), min(seen.max(), covered.max())
    if high <= low:
        low, high = seen.min(), seen.min() + 1e-3
    centre = np.array([(size[0] - 1) / 2, (size[1] - 1) / 2, 1])
    value, weight = to_plane[0] @ centre, to_plane[1] @ centre
    gradient = (to_plane[0, :2] - value / weight * to_plane[1, :2]) / weight  # index units per detector pixel
    step = max(float(np.abs(gradient).max()), (high - low) / (2 * max(size)), 1e-6)
    return low + (high - low) * np.linspace(0, 1, int(np.ceil((high - low) / step)) + 2)


def _sum_of_slices(
    stack: FloatImage, scale: FloatArray, grids: list[FloatArray], source: tuple[float, float], orders: list[FloatImage | None]
) -> list[FloatImage]:
    """The slices brought to the intermediate grid and summed, once for each weighting by slice: (len(grid 0), len(grid 1)).

    stack: (slices, voxels 1, voxels 0). In blocks of slices and of grid points, so that each product meets only the voxels that
    matter to it, and stays small enough for a BLAS to keep it on one thread: waiting for the BLAS's own threads on a busy machine
    was seen to take a hundred times as long as the work. Blocks of slices run on threads of our own.
    """
    # not more than about a million multiplications in a product, which is where OpenBLAS begins to use threads
    width = GRID_BLOCK if stack.shape[1] <= 200 else GRID_BLOCK // 2

    def of_block(start: int) -> list[FloatImage]:
        some = slice(start, start + SLICES_PER_BLOCK)
        planes = [np.zeros((len(grids[0]), len(grids[1])), dtype=np.float32) for _ in orders]
        across = _interpolation_blocks(grids[0], source[0], scale[some], stack.shape[2], width)
        down = _interpolation_blocks(grids[1], source[1], scale[some], stack.shape[1], width)
        for block0, voxels0, weights0 in across:
            partial = stack[some, :, voxels0] @ weights0
            for plane, order in zip(planes, orders, strict=True):
                if order is not None:
                    partial *= order[some, None, None]
                for block1, voxels1, weights1 in down:
                    plane[block0, block1] = (partial[:, voxels1].transpose(0, 2, 1) @ weights1).sum(axis=0)
        return planes

    starts = range(0, len(stack), SLICES_PER_BLOCK)
    parts = list(_threads().map(of_block, starts)) if len(starts) > 1 else [of_block(0)]
    return [np.sum(planes, axis=0) for planes in zip(*parts, strict=True)]


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1), thread_name_prefix="drr")


def _interpolation_blocks(
    grid: FloatArray, source: float, scale: FloatArray, voxels: int, width: int
) -> list[tuple[slice, slice, FloatImage]]:
    """The linear weights that take each slice's voxels (rim included) to the grid, for blocks of it: grid part, voxels, weights.

    weights: (slices, voxels in that range, grid points of that part).
    """
    x = source + (grid - source) * scale[:, None] + 1  # + 1: the rim
    np.clip(x, 0, voxels - 1.001, out=x)
    low = x.astype(np.intp)
    upper = (x - low).astype(np.float32)
    blocks = []
    for start in range(0, len(grid), width):
        part = slice(start, min(start + width, len(grid)))
        size = part.stop - start
        first, last = int(low[:, part].min()), int(low[:, part].max()) + 2
        weights = np.zeros((len(scale), last - first, size), dtype=np.float32)
        flat = weights.reshape(-1)
        where = (np.arange(len(scale))[:, None] * (last - first) + low[:, part] - first) * size + np.arange(size)
        flat[where] = 1 - upper[:, part]
        flat[where + size] = upper[:, part]
        blocks.append((part, slice(first, last), weights))
    return blocks


def _lengths(rays: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """(rows, columns): distance in mm from the source to each pixel."""
    gram = rays.T @ rays
    square = gram[0, 0] * x * x + gram[1, 1] * y * y + gram[2, 2] + 2 * (gram[0, 1] * x * y + gram[0, 2] * x + gram[1, 2] * y)
    return np.sqrt(square)


class _Warp:
    """Intermediate image (len(grid 0), len(grid 1)) to the detector's pixels: a plane's homography, cubic interpolation."""

    def __init__(self, to_plane: FloatArray, grids: list[FloatArray], size: tuple[int, int]) -> None:
        self.size = size
        self.matrix = np.zeros((4, 4))
        self.matrix[2, 2] = 1
        for row, i in ((0, 1), (1, 0)):
            step = grids[i][1] - grids[i][0]
            self.matrix[row, [0, 1, 3]] = (to_plane[i] - grids[i][0] * to_plane[2]) / step
        self.matrix[3, [0, 1, 3]] = to_plane[2]

    def __call__(self, planes: Sequence[FloatImage]) -> list[FloatImage]:
        from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
        from vtkmodules.vtkCommonDataModel import vtkImageData
        from vtkmodules.vtkCommonTransforms import vtkPerspectiveTransform
        from vtkmodules.vtkImagingCore import vtkImageReslice

        components = np.stack([plane.reshape(-1) for plane in planes], axis=1)
        image = vtkImageData()
        image.SetDimensions(planes[0].shape[1], planes[0].shape[0], 1)
        image.GetPointData().SetScalars(numpy_to_vtk(components, deep=False))
        transform = vtkPerspectiveTransform()
        transform.SetMatrix(self.matrix.ravel())
        reslice = vtkImageReslice()
        reslice.SetInputData(image)
        reslice.SetResliceTransform(transform)
        reslice.SetOutputExtent(0, self.size[0] - 1, 0, self.size[1] - 1, 0, 0)
        reslice.SetOutputSpacing(1, 1, 1)
        reslice.SetOutputOrigin(0, 0, 0)
        reslice.SetInterpolationModeToCubic()
        reslice.SetBackgroundLevel(0)
        reslice.SetNumberOfThreads(1)
        reslice.Update()
        warped = vtk_to_numpy(reslice.GetOutput().GetPointData().GetScalars()).reshape(self.size[1], self.size[0], len(planes))
        return [warped[..., i] for i in range(len(planes))]
