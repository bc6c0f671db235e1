"""Pixels with a place: the planning volume and live slices, and their VTK and SimpleITK forms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, ImagePlane, apply
from SlicerSpineGuide.translation import tr

AIR_HU = -1024.0


@dataclass(frozen=True, eq=False)
class Volume:
    """A CT volume: voxels (slices, rows, columns) in HU; lps_from_index (4, 4) takes (column, row, slice) to LPS mm."""

    voxels: npt.NDArray[Any]
    lps_from_index: FloatArray

    @property
    def spacing(self) -> FloatArray:
        """(3,) mm between columns, rows and slices."""
        return np.asarray(np.sqrt((self.lps_from_index[:3, :3] ** 2).sum(axis=0)), dtype=np.float64)

    @property
    def index_from_lps(self) -> FloatArray:
        return np.asarray(np.linalg.inv(self.lps_from_index), dtype=np.float64)

    @property
    def size(self) -> tuple[int, int, int]:
        """Columns, rows, slices."""
        slices, rows, columns = self.voxels.shape
        return columns, rows, slices

    def contains(self, point: npt.ArrayLike) -> bool:
        """Whether an LPS point (3,) lies inside the outermost voxels."""
        index = apply(self.index_from_lps, point)
        return bool(np.all(index >= -0.5) and np.all(index <= np.array(self.size) - 0.5))

    def sample(self, points: npt.ArrayLike) -> FloatArray:
        """Trilinear values (...) at LPS points (..., 3); beyond the outermost voxel centres the value of the nearest of them."""
        columns, rows, slices = self.size
        last = np.array(self.size) - 1
        index = np.clip(apply(self.index_from_lps, points), 0, last)
        low = np.minimum(index.astype(np.intp), np.maximum(last - 1, 0))
        fx, fy, fz = np.moveaxis(index - low, -1, 0)
        first = (low[..., 2] * rows + low[..., 1]) * columns + low[..., 0]
        values = self.voxels.reshape(-1)
        x, y, z = int(columns > 1), columns * (rows > 1), columns * rows * (slices > 1)

        def along_columns(offset: int) -> FloatArray:
            left = values[first + offset].astype(np.float64)
            return left + fx * (values[first + (offset + x)] - left)

        near, far = along_columns(0), along_columns(z)
        near += fy * (along_columns(y) - near)
        far += fy * (along_columns(y + z) - far)
        return near + fz * (far - near)

    def crop(self, centre: npt.ArrayLike, half_size_mm: npt.ArrayLike) -> Volume:
        """The part within half_size_mm (scalar or (3,), along the volume's own axes) of an LPS point, in place: no resampling."""
        index = apply(self.index_from_lps, centre)
        reach = np.broadcast_to(np.asarray(half_size_mm, dtype=np.float64), (3,)) / self.spacing
        low = np.clip(np.floor(index - reach), 0, np.array(self.size) - 1).astype(int)
        high = np.clip(np.ceil(index + reach) + 1, low + 1, self.size).astype(int)
        matrix = self.lps_from_index.copy()
        matrix[:3, 3] = apply(self.lps_from_index, low)
        (x0, y0, z0), (x1, y1, z1) = low, high
        return Volume(self.voxels[z0:z1, y0:y1, x0:x1], matrix)

    def slices(self, wanted: Iterable[int] | None = None) -> list[Slice]:
        """Its slices (of index `wanted`, or all) as live slices are handed over, each as thick as they lie apart."""
        u, v, _ = (self.lps_from_index[:3, :3] / self.spacing).T
        columns, rows, count = self.size
        pitch = float(self.spacing[0]), float(self.spacing[1])
        result = []
        for k in range(count) if wanted is None else wanted:
            place = self.lps_from_index[:3, 3] + k * self.lps_from_index[:3, 2]
            plane = ImagePlane(place, u, v, pitch, (columns, rows), float(self.spacing[2]))
            result.append(Slice(np.asarray(self.voxels[k], dtype=np.float32), plane))
        return result

    def to_sitk(self) -> Any:
        """The same volume as a SimpleITK image (a copy)."""
        import SimpleITK as sitk

        image = sitk.GetImageFromArray(np.ascontiguousarray(self.voxels))
        image.SetSpacing([float(s) for s in self.spacing])
        image.SetOrigin([float(c) for c in self.lps_from_index[:3, 3]])
        image.SetDirection([float(c) for c in (self.lps_from_index[:3, :3] / self.spacing).ravel()])
        return image

    @classmethod
    def of(cls, image: Any) -> Volume:
        """Any of the forms that an image comes in: a Volume, a SimpleITK image or vtkImageData. BadInput where it is none of these."""
        if isinstance(image, Volume):
            return image
        if hasattr(image, "GetDirectionMatrix"):
            return cls.from_vtk(image)
        if hasattr(image, "GetPixelIDValue"):
            return cls.from_sitk(image)
        text = tr(
            "A CT volume is a Volume, a SimpleITK image or a vtkImageData, not a {kind}: give an array its geometry with Volume."
        )
        raise BadInput(text.format(kind=type(image).__name__))

    @classmethod
    def from_sitk(cls, image: Any) -> Volume:
        """From a SimpleITK image, whose physical coordinates are LPS."""
        import SimpleITK as sitk

        matrix = np.eye(4)
        matrix[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
        matrix[:3, 3] = image.GetOrigin()
        return cls(sitk.GetArrayFromImage(image), matrix)

    @classmethod
    def from_vtk(cls, image: Any) -> Volume:
        """From vtkImageData with one component in LPS mm, its direction matrix included; shares its memory.

        The images of Slicer's volume nodes carry no geometry of their own: hand their IJKToRAS over, times diag(-1, -1, 1, 1), with
        `Volume(voxels, lps_from_index)`.
        """
        from vtkmodules.util.numpy_support import vtk_to_numpy

        columns, rows, slices = image.GetDimensions()
        scalars = image.GetPointData().GetScalars()
        if scalars is None or scalars.GetNumberOfComponents() != 1:
            raise BadInput(tr("A CT volume has one value per voxel: this VTK image has none or several."))
        direction = image.GetDirectionMatrix()
        turn = np.array([[direction.GetElement(i, j) for j in range(3)] for i in range(3)])
        matrix = np.eye(4)
        matrix[:3, :3] = turn * np.array(image.GetSpacing())
        # VTK's index counts from the extent's first voxel, its origin from index 0.
        first = np.array(image.GetExtent()[::2], dtype=np.float64)
        matrix[:3, 3] = np.array(image.GetOrigin()) + matrix[:3, :3] @ first
        return cls(vtk_to_numpy(scalars).reshape(slices, rows, columns), matrix)

    def to_vtk(self) -> Any:
        """The same volume as vtkImageData in LPS, with origin, spacing and direction matrix (shares memory where it can)."""
        from vtkmodules.util.numpy_support import numpy_to_vtk
        from vtkmodules.vtkCommonDataModel import vtkImageData

        image = vtkImageData()
        image.SetDimensions(*self.size)
        image.SetSpacing(*self.spacing)
        image.SetOrigin(*self.lps_from_index[:3, 3])
        image.SetDirectionMatrix(*(self.lps_from_index[:3, :3] / self.spacing).ravel())
        image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(self.voxels).ravel(), deep=False))
        return image


@dataclass(frozen=True, eq=False)
class Slice:
    """One CT slice: pixels (rows, columns) float32 HU, and where they are in live patient coordinates."""

    pixels: npt.NDArray[np.float32]
    plane: ImagePlane
