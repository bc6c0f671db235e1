"""The planning CT as the slices' registration needs it: levels of intensity and gradient around the target.

The levels are laid along the live slices' own axes, so that the slice profile is one blur along one axis. They are made block by
block where slices come to lie: a new tilt or thickness costs what its first frame needs, and breathing the rest little by little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import VTK_FLOAT
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkImagingCore import vtkImageReslice

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.resampling import Float32, blurred, box_taps, gaussian_taps

LOW_HU, HIGH_HU = -200.0, 1500.0  # below: lung and air, which move; above: metal
OUTSIDE = -30000.0  # what a sample outside the level reads
INSIDE_HU = LOW_HU - 1.0  # all samples inside are above, whatever is interpolated with OUTSIDE is below
SOFT_TISSUE_HU = 50.0  # in place of what lies beyond the volume, as far as it takes part in smoothing at all
MISSING = 0.02  # of what a sample is smoothed from may lie beyond the volume
PLANES = 8  # made together


@dataclass(frozen=True)
class Scale:
    """One level, all in mm: grid spacing, in-plane Gaussian smoothing, half width across and half depth along the slices' normal,
    the spacing at which the plan is read to make it (of which the grid spacing is a multiple), and whether it has Laplacians."""

    spacing: float
    sigma: float
    half: float
    depth: float
    thin: float
    laplacian: bool = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """Planes, rows and columns: odd, the target in the middle."""
        across = 2 * int(np.ceil(self.half / self.spacing)) + 1
        return 2 * int(np.ceil(self.depth / self.spacing)) + 1, across, across


class Source:
    """The planning CT, from which levels are made."""

    def __init__(self, volume: Volume, centre: FloatArray, reach: float) -> None:
        """reach: mm around `centre` (LPS), in any direction, that may be asked for."""
        shared = volume.voxels.flags.c_contiguous  # VTK reads such voxels where they are; of others it needs a copy
        self._image = (volume if shared else volume.crop(centre, reach + 2 * float(volume.spacing.max()))).to_vtk()
        self._centre = centre

    def box(self, axes: FloatArray, low: FloatArray, shape: tuple[int, int, int], spacing: float) -> Float32:
        """float32 HU (z, y, x) of a grid along the columns of `axes`, its first sample `low` mm (along them) from the centre;
        OUTSIDE beyond the volume."""
        reslice = vtkImageReslice()
        reslice.SetInputData(self._image)
        reslice.SetOutputScalarType(VTK_FLOAT)
        reslice.SetInterpolationModeToLinear()
        matrix = np.eye(4)
        matrix[:3, :3] = axes
        matrix[:3, 3] = self._centre
        reslice.SetResliceAxesDirectionCosines(1, 0, 0, 0, 1, 0, 0, 0, 1)
        reslice.GetResliceAxes().DeepCopy(matrix.ravel().tolist())
        reslice.SetOutputDirection(1, 0, 0, 0, 1, 0, 0, 0, 1)
        reslice.SetOutputOrigin(*low)
        reslice.SetOutputSpacing(spacing, spacing, spacing)
        reslice.SetOutputExtent(0, shape[2] - 1, 0, shape[1] - 1, 0, shape[0] - 1)
        reslice.SetBackgroundLevel(OUTSIDE)
        reslice.Update()
        return np.array(vtk_to_numpy(reslice.GetOutput().GetPointData().GetScalars()), dtype=np.float32).reshape(shape)


def resample_cube(volume: Volume, centre: FloatArray, axes: FloatArray, half: float, spacing: float) -> Float32:
    """(n, n, n) float32 HU of the cube around `centre` (LPS) whose grid axes are the columns of `axes`; OUTSIDE beyond the volume."""
    n = 2 * int(np.ceil(half / spacing)) + 1
    low = np.full(3, -(n - 1) / 2 * spacing)
    return Source(volume, centre, half * np.sqrt(3.0)).box(axes, low, (n, n, n), spacing)


class Level:
    """A box around the target with four float32 components: intensity, and its gradient (per mm) along the level's own axes; where
    the scale says so a fifth: half the Laplacian across the normal (per mm2), by which a Gaussian of more variance changes it.

    axes (3, 3): the grid's axes as columns, in planning-CT axes. Its outermost samples read OUTSIDE. What has not been asked for
    with `require` holds nothing yet.
    """

    def __init__(self, source: Source, scale: Scale, axes: FloatArray, thickness: float) -> None:
        self.scale = scale
        self.axes = axes
        self.samples: Float32 = np.zeros((*scale.shape, 4 + scale.laplacian), dtype=np.float32)
        self.samples[[0, -1], :, :, 0] = OUTSIDE
        self._source = source
        self._thickness = thickness
        self._made = np.zeros(-(-scale.shape[0] // PLANES), dtype=bool)
        self._samplers: dict[tuple[int, int, float], PlaneSampler] = {}

    @property
    def has_laplacian(self) -> bool:
        return self.scale.laplacian

    @property
    def made_share(self) -> float:
        """The part of it that has been made, 0 to 1."""
        return float(self._made.mean())

    @property
    def middle(self) -> FloatArray:
        """(3,) column, row and plane of the target."""
        return np.array([n // 2 for n in self.scale.shape[::-1]], dtype=np.float64)

    def require(self, low: float, high: float) -> None:
        """Make what is missing of the planes from index `low` to `high`."""
        first, last = int(low) // PLANES, (int(high) + 1) // PLANES
        for block in range(max(first, 0), min(last + 1, len(self._made))):
            if not self._made[block]:
                self._make(block)

    def whole(self) -> Level:
        """The level with all its planes made."""
        self.require(0, self.scale.shape[0])
        return self

    def sampler(self, size: tuple[int, int], pitch: float) -> PlaneSampler:
        """A sampler of planes of `size` (columns, rows) at `pitch` mm, the same one every time."""
        key = (*size, pitch)
        if key not in self._samplers:
            self._samplers[key] = PlaneSampler(self, size, pitch)
        return self._samplers[key]

    def image(self) -> Any:
        """The samples as vtkImageData along the level's own axes, mm from the target; shares their memory."""
        planes, rows, columns = self.scale.shape
        image = vtkImageData()
        image.SetDimensions(columns, rows, planes)
        image.SetSpacing(*[self.scale.spacing] * 3)
        image.SetOrigin(*(-self.middle * self.scale.spacing))
        image.GetPointData().SetScalars(numpy_to_vtk(self.samples.reshape(-1, self.samples.shape[-1]), deep=False))
        return image

    def _make(self, block: int) -> None:
        """Read the plan, blur it by the slice profile along the normal, clip it as live slices are, smooth it, take gradients.

        What would be smoothed from beyond the volume reads OUTSIDE: near its end a mixture would pull the pose.
        """
        scale, planes = self.scale, self.scale.shape[0]
        first, last = max(block * PLANES - 1, 0), min((block + 1) * PLANES + 1, planes)  # a plane more either way, for the gradient
        step = round(scale.spacing / scale.thin)
        # Along the normal a live slice cannot be smoothed; half the in-plane sigma keeps coarse levels smooth enough to converge.
        normal = np.convolve(box_taps(self._thickness, scale.thin), gaussian_taps(0.5 * scale.sigma, scale.thin))
        across = gaussian_taps(scale.sigma, scale.thin)
        margin = np.array([len(across) // 2, len(across) // 2, len(normal) // 2])
        low = np.array([-(scale.shape[1] // 2), -(scale.shape[1] // 2), first - planes // 2]) * scale.spacing - margin * scale.thin
        deep, wide = (step * (n - 1) + 1 + 2 * int(m) for n, m in ((last - first, margin[2]), (scale.shape[1], margin[0])))
        cube = self._source.box(self.axes, low, (deep, wide, wide), scale.thin)
        beyond = cube < OUTSIDE / 2
        cube[beyond] = SOFT_TISSUE_HU
        cube = np.clip(blurred(cube, 0, normal, step), LOW_HU, HIGH_HU)
        cube = blurred(blurred(cube, 1, across, step), 2, across, step)
        start, stop = max(block * PLANES, 1), min((block + 1) * PLANES, planes - 1)
        inner = cube[start - first : stop - first, 1:-1, 1:-1]
        made = self.samples[start:stop]
        made[:, [0, -1], :, 0] = OUTSIDE
        made[:, :, [0, -1], 0] = OUTSIDE
        made = made[:, 1:-1, 1:-1]
        made[..., 0] = inner
        if beyond.any():
            missing = blurred(blurred(blurred(beyond.astype(np.float32), 0, normal, step), 1, across, step), 2, across, step)
            made[..., 0][missing[start - first : stop - first, 1:-1, 1:-1] > MISSING] = OUTSIDE
        half = np.float32(0.5 / scale.spacing)
        near, far = cube[start - first - 1 : stop - first - 1, 1:-1, 1:-1], cube[start - first + 1 : stop - first + 1, 1:-1, 1:-1]
        rows = cube[start - first : stop - first]
        np.multiply(rows[:, 1:-1, 2:] - rows[:, 1:-1, :-2], half, out=made[..., 1])
        np.multiply(rows[:, 2:, 1:-1] - rows[:, :-2, 1:-1], half, out=made[..., 2])
        np.multiply(far - near, half, out=made[..., 3])
        if scale.laplacian:
            around = rows[:, 1:-1, 2:] + rows[:, 1:-1, :-2] + rows[:, 2:, 1:-1] + rows[:, :-2, 1:-1] - 4 * inner
            np.multiply(around, np.float32(0.5 / scale.spacing**2), out=made[..., 4])
        self._made[block] = True


class PlaneSampler:
    """Samples a level on a plane grid; keeps its VTK filter, so that a new pose costs one execution and no set-up."""

    def __init__(self, level: Level, size: tuple[int, int], pitch: float) -> None:
        self._level = level
        self._reach = np.array(size) * pitch
        self._filter = vtkImageReslice()
        self._filter.SetInputData(level.image())
        self._filter.SetInterpolationModeToLinear()
        self._filter.SetOutputDimensionality(2)
        self._filter.SetOutputSpacing(pitch, pitch, 1.0)
        self._filter.SetOutputOrigin(0.0, 0.0, 0.0)
        self._filter.SetOutputExtent(0, size[0] - 1, 0, size[1] - 1, 0, 0)
        self._filter.SetBackgroundLevel(OUTSIDE)
        self._filter.SetResliceAxesDirectionCosines(1, 0, 0, 0, 1, 0, 0, 0, 1)
        self._filter.SetNumberOfThreads(1)  # measured: so small a plane is done before a second thread has started
        self._matrix = self._filter.GetResliceAxes()

    def __call__(self, frame: FloatArray, origin: FloatArray) -> Float32:
        """(rows * columns, 4 or 5) at the plane with axes `frame` (3, 3: u, v, normal) and first pixel `origin`, mm from the target.

        The array is the filter's own: it is overwritten by the next call.
        """
        level = self._level
        axes = np.eye(4)
        axes[:3, :3] = level.axes.T @ frame
        axes[:3, 3] = level.axes.T @ origin
        across, down = axes[2, :2] * self._reach
        ends = [axes[2, 3] + a + d for a in (0.0, across) for d in (0.0, down)]
        level.require(min(ends) / level.scale.spacing + level.middle[2], max(ends) / level.scale.spacing + level.middle[2])
        self._matrix.DeepCopy(axes.ravel().tolist())
        self._filter.Modified()  # blocks made meanwhile have changed the input's memory, which VTK does not see
        self._filter.Update()
        scalars = self._filter.GetOutput().GetPointData().GetScalars()
        return np.frombuffer(scalars, dtype=np.float32).reshape(
            -1, level.samples.shape[-1]
        )  # vtk_to_numpy takes as long as half the reslicing
