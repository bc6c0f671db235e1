"""The planning CT as the slices' registration needs it: levels of intensity and gradient around the target.

The levels are laid along the live slices' own axes, so that the slice profile is one blur along one axis, and every iteration is
one vtkImageReslice of a four-component image (intensity, gradient in planning-CT axes).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import VTK_FLOAT
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkImagingCore import vtkImageReslice

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.resampling import Float32, along, gaussian_rows, profile_rows

LOW_HU, HIGH_HU = -200.0, 1500.0  # below: lung and air, which move; above: metal
OUTSIDE = -30000.0  # what a sample outside the level reads


@dataclass(frozen=True)
class Scale:
    """One level: grid spacing, in-plane Gaussian smoothing and half size of the cube around the target, all in mm."""

    spacing: float
    sigma: float
    half: float


@dataclass(frozen=True, eq=False)
class Level:
    """A cube around the target with four float32 components: intensity, and its gradient (per mm) along L, P, S.

    axes (3, 3): the grid's axes as columns, in planning-CT axes. Coordinates are mm from the target.
    """

    scale: Scale
    axes: FloatArray
    samples: Float32  # (z, y, x, 4)
    image: vtkImageData
    samplers: dict[tuple[int, int, float], PlaneSampler] = field(default_factory=dict)

    def sampler(self, size: tuple[int, int], pitch: float) -> PlaneSampler:
        """A sampler of planes of `size` (columns, rows) at `pitch` mm, the same one every time."""
        key = (*size, pitch)
        if key not in self.samplers:
            self.samplers[key] = PlaneSampler(self, size, pitch)
        return self.samplers[key]


class PlaneSampler:
    """Samples a level on a plane grid; keeps its VTK filter, so that a new pose costs one execution and no set-up."""

    def __init__(self, level: Level, size: tuple[int, int], pitch: float) -> None:
        self._axes = level.axes
        self._filter = vtkImageReslice()
        self._filter.SetInputData(level.image)
        self._filter.SetInterpolationModeToLinear()
        self._filter.SetOutputDimensionality(2)
        self._filter.SetOutputSpacing(pitch, pitch, 1.0)
        self._filter.SetOutputOrigin(0.0, 0.0, 0.0)
        self._filter.SetOutputExtent(0, size[0] - 1, 0, size[1] - 1, 0, 0)
        self._filter.SetBackgroundColor(OUTSIDE, 0.0, 0.0, 0.0)
        self._filter.SetResliceAxesDirectionCosines(1, 0, 0, 0, 1, 0, 0, 0, 1)
        self._filter.SetNumberOfThreads(1)  # measured: so small a plane is done before a second thread has started
        self._matrix = self._filter.GetResliceAxes()

    def __call__(self, frame: FloatArray, origin: FloatArray) -> Float32:
        """(rows * columns, 4) at the plane with axes `frame` (3, 3: u, v, normal) and first pixel `origin`, mm from the target.

        The array is the filter's own: it is overwritten by the next call.
        """
        axes = np.eye(4)
        axes[:3, :3] = self._axes.T @ frame
        axes[:3, 3] = self._axes.T @ origin
        self._matrix.DeepCopy(axes.ravel().tolist())
        self._filter.Update()
        scalars = self._filter.GetOutput().GetPointData().GetScalars()
        return np.frombuffer(scalars, dtype=np.float32).reshape(-1, 4)  # vtk_to_numpy takes as long as half the reslicing


def resample_cube(volume: Volume, centre: FloatArray, axes: FloatArray, half: float, spacing: float) -> Float32:
    """(n, n, n) float32 HU of the cube around `centre` (LPS) whose grid axes are the columns of `axes`; -inf outside the volume."""
    n = 2 * int(np.ceil(half / spacing)) + 1
    low = -(n - 1) / 2 * spacing
    own_axes = volume.lps_from_index[:3, :3] / volume.spacing
    crop = volume.crop(centre, half * np.abs(own_axes.T @ axes).sum(axis=1) + 2 * float(volume.spacing.max()))
    reslice = vtkImageReslice()
    reslice.SetInputData(crop.to_vtk())
    reslice.SetOutputScalarType(VTK_FLOAT)
    reslice.SetInterpolationModeToLinear()
    matrix = np.eye(4)
    matrix[:3, :3] = axes
    matrix[:3, 3] = centre
    reslice.SetResliceAxesDirectionCosines(1, 0, 0, 0, 1, 0, 0, 0, 1)
    reslice.GetResliceAxes().DeepCopy(matrix.ravel().tolist())
    reslice.SetOutputDirection(1, 0, 0, 0, 1, 0, 0, 0, 1)
    reslice.SetOutputOrigin(low, low, low)
    reslice.SetOutputSpacing(spacing, spacing, spacing)
    reslice.SetOutputExtent(0, n - 1, 0, n - 1, 0, n - 1)
    reslice.SetBackgroundLevel(OUTSIDE)
    reslice.Update()
    return np.array(vtk_to_numpy(reslice.GetOutput().GetPointData().GetScalars()), dtype=np.float32).reshape(n, n, n)


def make_level(thin: Float32, thin_spacing: float, scale: Scale, axes: FloatArray, thickness: float) -> Level:
    """A level from the cube `thin` (clipped HU on a finer grid, same centre): profile along z, Gaussian in the plane, gradient."""
    n = 2 * int(np.ceil(scale.half / scale.spacing)) + 1
    count = thin.shape[0]
    positions = (np.arange(n) - (n - 1) / 2) * scale.spacing + (count - 1) / 2 * thin_spacing
    across = gaussian_rows(positions, count, thin_spacing, scale.sigma)
    # Along the normal a live slice cannot be smoothed; half the in-plane sigma keeps coarse levels smooth enough to converge.
    normal = gaussian_rows(positions, count, thin_spacing, 0.5 * scale.sigma) @ profile_rows(count, thin_spacing, thickness)
    cube = along(0, normal, thin)
    cube = np.clip(cube, LOW_HU, HIGH_HU)
    cube = along(2, across, along(1, across, cube))
    samples = np.empty((*cube.shape, 4), dtype=np.float32)
    samples[..., 0] = cube
    slopes = [np.gradient(cube, scale.spacing, axis=a) for a in (2, 1, 0)]
    for lps in range(3):
        samples[..., 1 + lps] = sum(np.float32(axes[lps, a]) * slopes[a] for a in range(3))
    return Level(scale, axes, samples, _image(samples, scale.spacing))


def _image(samples: Float32, spacing: float) -> Any:
    depth, rows, columns, parts = samples.shape
    image = vtkImageData()
    image.SetDimensions(columns, rows, depth)
    image.SetSpacing(spacing, spacing, spacing)
    image.SetOrigin(*(-(n - 1) / 2 * spacing for n in (columns, rows, depth)))
    image.GetPointData().SetScalars(numpy_to_vtk(samples.reshape(-1, parts), deep=False))
    return image
