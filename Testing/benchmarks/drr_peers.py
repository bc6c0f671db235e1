"""Radiographs by other people's projectors: RTK (itk-rtk) and plastimatch, for fixed images and for comparison.

Both are optional: ``pip install itk-rtk plastimatch`` in the environment that runs the benchmark (Debian's plastimatch will do).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, Projection, apply, rotate
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.drr import FloatImage, detector_rays


def in_plan(projection: Projection, plan_from_live: FloatArray) -> Projection:
    """The same C-arm in planning-CT coordinates."""
    return Projection(
        apply(plan_from_live, projection.source),
        apply(plan_from_live, projection.detector_centre),
        rotate(plan_from_live, projection.u),
        rotate(plan_from_live, projection.v),
        projection.pitch,
        projection.size,
    )


class ResliceSlab:
    """vtkImageReslice, a perspective slab sum: output depth runs in 1/t along the ray, so that one homogeneous matrix does it."""

    name = "vtkImageReslice, slab"

    def __init__(self, attenuation: FloatImage, lps_from_index: FloatArray) -> None:
        self._volume = Volume(np.ascontiguousarray(attenuation, dtype=np.float32), lps_from_index)
        size = np.array(self._volume.size)
        corners = np.array(list(np.ndindex(2, 2, 2))) * (size - 1)
        self._corners = apply(lps_from_index, corners)

    def render(self, projection: Projection) -> FloatImage:
        """Line integrals (rows, columns), a sample about every mm; projection in planning-CT coordinates."""
        from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
        from vtkmodules.vtkCommonDataModel import vtkImageData
        from vtkmodules.vtkCommonTransforms import vtkPerspectiveTransform
        from vtkmodules.vtkImagingCore import vtkImageReslice

        sid, rays = projection.source_to_detector, detector_rays(projection)
        depths = (self._corners - projection.source) @ projection.normal
        inverse_depth = np.linspace(sid / depths.max(), sid / depths.min(), int(np.ptp(depths)) + 1)
        matrix = np.zeros((4, 4))  # homogeneous (column, row, sample) -> voxel index
        to_index = np.linalg.inv(self._volume.lps_from_index)
        source = np.append(projection.source, 1)
        step = inverse_depth[1] - inverse_depth[0]
        matrix[:3, :2], matrix[:3, 3] = rays[:, :2], rays[:, 2]
        matrix[:, 2] += source * step
        matrix[:, 3] += source * inverse_depth[0]
        image = vtkImageData()
        image.SetDimensions(*self._volume.size)
        image.GetPointData().SetScalars(numpy_to_vtk(self._volume.voxels.reshape(-1), deep=False))
        transform = vtkPerspectiveTransform()
        transform.SetMatrix((to_index @ matrix).ravel())
        reslice = vtkImageReslice()
        reslice.SetInputData(image)
        reslice.SetResliceTransform(transform)
        reslice.SetOutputExtent(0, projection.size[0] - 1, 0, projection.size[1] - 1, 0, len(inverse_depth) - 1)
        reslice.SetOutputSpacing(1, 1, 1)
        reslice.SetOutputOrigin(0, 0, 0)
        reslice.SetInterpolationModeToLinear()
        reslice.Update()
        columns, rows = projection.size
        samples = vtk_to_numpy(reslice.GetOutput().GetPointData().GetScalars()).reshape(len(inverse_depth), -1)
        weights = (step / inverse_depth**2).astype(np.float32)
        x, y = np.meshgrid(np.arange(columns), np.arange(rows))
        length = np.linalg.norm(rays[:, 0] * x[..., None] + rays[:, 1] * y[..., None] + rays[:, 2], axis=-1)
        return np.asarray((weights @ samples).reshape(rows, columns) * length, dtype=np.float32)


class Rtk:
    """RTK's Joseph projector. ImportError without itk-rtk."""

    name = "RTK Joseph"

    def __init__(self, attenuation: FloatImage, lps_from_index: FloatArray) -> None:
        import itk
        from itk import RTK

        self._itk, self._rtk = itk, RTK
        volume = Volume(attenuation, lps_from_index)
        self._image = itk.image_from_array(np.ascontiguousarray(attenuation, dtype=np.float32))
        self._image.SetSpacing([float(s) for s in volume.spacing])
        self._image.SetOrigin([float(c) for c in lps_from_index[:3, 3]])
        self._image.SetDirection(itk.matrix_from_array(lps_from_index[:3, :3] / volume.spacing))

    def render(self, projection: Projection) -> FloatImage:
        """Line integrals (rows, columns); projection in planning-CT coordinates."""
        rtk, kind = self._rtk, self._itk.Image[self._itk.F, 3]
        geometry = rtk.ThreeDCircularProjectionGeometry.New()
        place: list[Any] = [[float(c) for c in v] for v in (projection.source, projection.detector_centre, projection.u, projection.v)]
        geometry.AddProjection(*place)
        columns, rows = projection.size
        empty = rtk.ConstantImageSource[kind].New()
        empty.SetOrigin([-(columns - 1) / 2 * projection.pitch[0], -(rows - 1) / 2 * projection.pitch[1], 0.0])
        empty.SetSpacing([projection.pitch[0], projection.pitch[1], 1.0])
        empty.SetSize([columns, rows, 1])
        joseph = rtk.JosephForwardProjectionImageFilter[kind, kind].New()
        joseph.SetInput(0, empty.GetOutput())
        joseph.SetInput(1, self._image)
        joseph.SetGeometry(geometry)
        joseph.Update()
        return np.asarray(self._itk.array_from_image(joseph.GetOutput())[0], dtype=np.float32)


class Plastimatch:
    """plastimatch drr, exact ray tracing (Siddon). FileNotFoundError without the program."""

    name = "plastimatch, exact"

    def __init__(self, attenuation: FloatImage, lps_from_index: FloatArray) -> None:
        program = shutil.which("plastimatch")
        if program is None:
            raise FileNotFoundError("plastimatch")
        self._program = program
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name)
        values, matrix = _axis_aligned(attenuation, lps_from_index)
        sitk.WriteImage(Volume(values, matrix).to_sitk(), str(self._path / "ct.mha"))
        self.own_ms = 0.0  # what the program itself says the last radiograph took, reading and writing left out

    def render(self, projection: Projection) -> FloatImage:
        """Line integrals (rows, columns); projection in planning-CT coordinates, its principal point in the detector's centre."""
        columns, rows = projection.size
        width, height = columns * projection.pitch[0], rows * projection.pitch[1]
        sid = projection.source_to_detector
        isocentre = projection.source + projection.normal * sid / 2
        options = {
            "-r": f"{columns} {rows}",
            "-z": f"{width} {height}",
            "-o": " ".join(map(str, isocentre)),
            "-n": " ".join(map(str, -projection.normal)),
            "--vup": " ".join(map(str, -projection.v)),
            "--sad": str(sid / 2),
            "--sid": str(sid),
            "-c": f"{(columns - 1) / 2} {(rows - 1) / 2}",
            "-P": "none",
            "-t": "pfm",
            "-i": "exact",
            "-I": str(self._path / "ct.mha"),
            "-O": str(self._path / "drr"),
        }
        arguments = [part for option in options.items() for part in option]
        done = subprocess.run([self._program, "drr", *arguments], capture_output=True, text=True, check=True, timeout=300)
        stated = re.findall(r"([0-9.]+) *(?:secs|seconds)", done.stdout)
        self.own_ms = 1000 * float(stated[0]) if stated else 0.0
        (written,) = self._path.glob("drr*.pfm")
        _header, size, scale, data = written.read_bytes().split(b"\n", 3)
        written.unlink()
        image = np.frombuffer(data, dtype="<f4" if float(scale) < 0 else ">f4")
        written_columns, written_rows = (int(n) for n in size.split())
        return np.array(image.reshape(written_rows, written_columns)[:, ::-1] * 10, dtype=np.float32)  # mirrored, and per centimetre


def _axis_aligned(values: FloatImage, lps_from_index: FloatArray) -> tuple[FloatImage, FloatArray]:
    """The same volume with its axes along L, P and S: plastimatch's projector takes no other."""
    matrix = lps_from_index.copy()
    if np.abs(matrix[:3, :3] - np.diag(np.diag(matrix[:3, :3]))).max() > 1e-6:
        raise ValueError("the volume is oblique")
    for axis in range(3):
        if matrix[axis, axis] < 0:
            values = np.flip(values, 2 - axis)
            matrix[axis, 3] += matrix[axis, axis] * (values.shape[2 - axis] - 1)
            matrix[axis, axis] *= -1
    return np.ascontiguousarray(values, dtype=np.float32), matrix
