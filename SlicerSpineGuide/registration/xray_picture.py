"""What to draw over a radiograph so that a registration can be checked by eye: the CT's own radiograph, and its bone's outline."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, Projection, apply
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.registration.drr import FloatImage, Projector, window
from SlicerSpineGuide.registration.drr_gpu import GpuProjector, is_accelerated
from SlicerSpineGuide.registration.xray_image import LogRadiograph
from SlicerSpineGuide.registration.xray_levels import binned, finest_level, without_table

BONE_HU = 180.0
OUTLINED_RADIUS_MM = 28.0
LEAST_BONE_MM = 5.0  # on a ray, where the outline is drawn
LEAST_RING_MM = 25.0  # shorter outlines are specks
LARGEST = 256
GPU_VOXEL_MM = 1.0


@dataclass(frozen=True, eq=False)
class XrayPicture:
    """What a radiograph should look like by its registration.

    drr (rows, columns): in the radiograph's own pixel values, on the grid of `projection`, which is the radiograph's detector with
    coarser pixels. outlines: closed lines around the bone near the target, (n, 2) columns and rows of that grid.
    """

    drr: FloatImage
    projection: Projection
    outlines: tuple[FloatArray, ...]


class XrayPictures:
    """One planning CT and one target, ready to be drawn as radiographs; about a second of preparation. Used from one thread."""

    def __init__(self, volume: Volume, target: FloatArray) -> None:
        """volume: HU; target (3,): planning-CT LPS."""
        self._level = finest_level(volume, target)
        self._bone = bone_shadow(volume, target)
        self._gpu = GpuProjector.of_ct(without_table(binned(volume, GPU_VOXEL_MM))) if is_accelerated() else None

    def picture(self, radiograph: Radiograph, plan_from_live: FloatArray, *, ends_in_air: bool = False) -> XrayPicture:
        """The picture of one view; plan_from_live, ends_in_air: of that view (`XrayPose.view_poses`, `XrayPose.ends_in_air`).

        At most 256 pixels each way over the whole image, twice that on a graphics processor. ValueError where the radiograph has no
        geometry.
        """
        if radiograph.projection is None:
            raise ValueError("a radiograph without geometry has no DRR")
        seen = LogRadiograph.of(radiograph.pixels, radiograph.projection)
        columns, rows = seen.projection.size
        step = max(1.0, max(columns, rows) / (LARGEST if self._gpu is None else 2 * LARGEST))
        grid = window(seen.projection, ((columns - 1) / 2, (rows - 1) / 2), step, (int(columns / step), int(rows / step)))
        level = replace(self._level, ends_in_air=ends_in_air)
        drr = level.render(grid, plan_from_live) if self._gpu is None else self._gpu.render(grid, plan_from_live)
        gain, offset = _match(drr, seen.resample(grid))
        outlines = rings(self._bone.render(grid, plan_from_live), LEAST_BONE_MM, LEAST_RING_MM / _pixel_mm(grid))
        return XrayPicture(np.exp(-(gain * drr + offset)).astype(np.float32), grid, outlines)


def _match(drr: FloatImage, fixed: LogRadiograph) -> tuple[float, float]:
    """Gain and offset that take the DRR's line integrals to the radiograph's, robustly: scatter and hardening lessen the gain."""
    keep = fixed.exposed > 0
    x, y = drr[keep].astype(np.float64), fixed.values[keep].astype(np.float64)
    gain, offset = 1.0, float(np.median(y)) if len(y) else 0.0
    weight = np.ones(len(x))
    for _ in range(5 if len(x) > 100 else 0):
        mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
        gain = float(np.clip(np.sum(weight * (x - mean_x) * (y - mean_y)) / max(np.sum(weight * (x - mean_x) ** 2), 1e-9), 0.1, 3.0))
        offset = float(mean_y - gain * mean_x)
        error = y - gain * x - offset
        weight = 1 / (1 + (error / (2 * np.median(np.abs(error)) + 1e-6)) ** 2)
    return gain, offset


def _pixel_mm(grid: Projection) -> float:
    """A pixel's size at the isocentre, about."""
    return grid.pitch[0] * float(np.linalg.norm(grid.source)) / grid.source_to_detector


def bone_shadow(volume: Volume, target: FloatArray, radius_mm: float = OUTLINED_RADIUS_MM) -> Projector:
    """A projector of the bone within radius_mm of the target alone: its radiograph is mm of bone on each ray, whose level lines
    outline the vertebra."""
    near = volume.crop(target, radius_mm)
    index = np.stack(np.meshgrid(*(np.arange(n) for n in near.voxels.shape), indexing="ij"), axis=-1)[..., ::-1]
    inside = np.linalg.norm(apply(near.lps_from_index, index) - target, axis=-1) < radius_mm
    return Projector((near.voxels > BONE_HU) & inside, near.lps_from_index)


def rings(image: FloatImage, level: float, least_length: float) -> tuple[FloatArray, ...]:
    """The closed level lines of an image (rows, columns), each (n, 2) columns and rows, at least `least_length` pixels long.

    Holes are left out: a thin-walled vertebra is outlined, not drawn.
    """
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkFiltersCore import vtkFlyingEdges2D, vtkStripper

    framed = np.ascontiguousarray(np.pad(image, 1), dtype=np.float32)  # so that what leaves the image is closed at its border
    data = vtkImageData()
    data.SetDimensions(framed.shape[1], framed.shape[0], 1)
    data.GetPointData().SetScalars(numpy_to_vtk(framed.ravel(), deep=False))
    edges, stripper = vtkFlyingEdges2D(), vtkStripper()
    edges.SetInputData(data)
    edges.SetValue(0, level)
    stripper.SetInputConnection(edges.GetOutputPort())
    stripper.JoinContiguousSegmentsOn()
    stripper.SetMaximumLength(1_000_000)
    stripper.Update()
    lines = stripper.GetOutput()
    if not lines.GetNumberOfPoints():
        return ()
    points = vtk_to_numpy(lines.GetPoints().GetData())[:, :2].astype(np.float64) - 1
    offsets = vtk_to_numpy(lines.GetLines().GetOffsetsArray())
    cells = vtk_to_numpy(lines.GetLines().GetConnectivityArray())
    found = [points[cells[a:b]] for a, b in zip(offsets[:-1], offsets[1:], strict=True)]
    long = [ring for ring in found if np.linalg.norm(np.diff(ring, axis=0), axis=1).sum() >= least_length]
    return tuple(ring for ring in long if not any(_around(ring[0], other) for other in long if other is not ring))


def _around(point: FloatArray, ring: FloatArray) -> bool:
    """Whether a closed line goes round a point (the even-odd rule)."""
    x, y = (ring - point).T
    crosses = (y[:-1] > 0) != (y[1:] > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x[:-1] - y[:-1] * (x[1:] - x[:-1]) / (y[1:] - y[:-1])
    return bool(np.count_nonzero(crosses & (at > 0)) % 2)
