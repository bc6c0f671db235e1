"""The surfaces that are drawn: instrument, tolerance tube, target, bone. All in mm; see each for its axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from vtkmodules.vtkCommonTransforms import vtkTransform
from vtkmodules.vtkFiltersCore import (
    vtkAppendPolyData,
    vtkCleanPolyData,
    vtkFlyingEdges3D,
    vtkPolyDataConnectivityFilter,
    vtkPolyDataNormals,
    vtkTubeFilter,
    vtkWindowedSincPolyDataFilter,
)
from vtkmodules.vtkFiltersGeneral import vtkTransformPolyDataFilter
from vtkmodules.vtkFiltersSources import vtkConeSource, vtkCylinderSource, vtkLineSource, vtkSphereSource
from vtkmodules.vtkImagingCore import vtkImageResample
from vtkmodules.vtkImagingGeneral import vtkImageGaussianSmooth

from SlicerSpineGuide.geometry import FloatArray, Vector, unit
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.scene.coordinates import ras_from_lps, vtk_matrix

BONE_HU = 180.0
BONE_SPACING_MM = 1.3
BONE_TRIANGLES = 100_000


def instrument_surface(diameter_mm: float, length_mm: float) -> Any:
    """A closed cylinder of the instrument's true diameter, its tip at the origin and its hub at -length along z.

    The last diameter before the tip is a cone, so that the point is seen where the tip is.
    """
    radius, point = diameter_mm / 2, min(diameter_mm, length_mm / 4)
    shaft = vtkCylinderSource(radius=radius, height=length_mm - point, resolution=32)
    shaft.center = (0, -point - (length_mm - point) / 2, 0)
    tip = vtkConeSource(radius=radius, height=point, resolution=32)
    tip.center, tip.direction = (0, -point / 2, 0), (0, 1, 0)
    both = vtkAppendPolyData()
    both.AddInputConnection(shaft.GetOutputPort())
    both.AddInputConnection(tip.GetOutputPort())
    turned = vtkTransform()
    turned.RotateX(90)  # the sources stand along y
    return _transformed(both, turned)


def pose_along(tip: Vector, axis: Vector) -> FloatArray:
    """(4, 4): the origin to `tip`, z to the unit vector of `axis`; the turn about the axis is free."""
    z = unit(axis)
    x = unit(np.cross(z, np.eye(3)[int(np.argmin(np.abs(z)))]))
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = x, np.cross(z, x), z, tip
    return matrix


def tube_surface(start: Vector, end: Vector, radius_mm: float) -> Any:
    """An open tube about the line from `start` to `end`."""
    line = vtkLineSource()
    line.SetPoint1(*start)
    line.SetPoint2(*end)
    tube = vtkTubeFilter(number_of_sides=36, radius=radius_mm)
    tube.SetInputConnection(line.GetOutputPort())
    tube.Update()
    return tube.GetOutput()


def sphere_surface(centre: Vector, radius_mm: float) -> Any:
    sphere = vtkSphereSource(radius=radius_mm, theta_resolution=24, phi_resolution=24)
    sphere.SetCenter(*centre)
    sphere.Update()
    return sphere.GetOutput()


def bone_surface(volume: Volume, centre_lps: Vector, half_size_mm: float) -> Any:
    """The bone within `half_size_mm` of a point, in RAS: smooth, without crumbs, light enough for a renderer without a GPU.

    Takes a second or two: made once, in a thread of its own.
    """
    part = volume.crop(centre_lps, half_size_mm)
    image = Volume(part.voxels, np.diag([*part.spacing, 1.0])).to_vtk()
    spacing = BONE_SPACING_MM
    surface = _bone_at(image, spacing)
    while surface.GetNumberOfPolys() > BONE_TRIANGLES:
        spacing *= max(1.1, float(np.sqrt(surface.GetNumberOfPolys() / BONE_TRIANGLES)))
        surface = _bone_at(image, spacing)
    place = vtkTransform()
    place.SetMatrix(vtk_matrix(ras_from_lps(part.lps_from_index @ np.diag([*(1 / part.spacing), 1.0]))))
    normals = vtkPolyDataNormals(splitting=False, consistency=False)  # after the placing, which may mirror the faces
    normals.SetInputData(_transformed(surface, place))
    normals.Update()
    return normals.GetOutput()


def _bone_at(image: Any, spacing: float) -> Any:
    coarse = vtkImageResample(dimensionality=3)
    coarse.SetInputData(image)
    for axis, own in enumerate(image.GetSpacing()):
        coarse.SetAxisOutputSpacing(axis, max(spacing, own * 0.99))
    calm = vtkImageGaussianSmooth(dimensionality=3)  # noise and trabeculae would cost triangles and hide the shape
    calm.SetStandardDeviation(0.7)
    calm.SetInputConnection(coarse.GetOutputPort())
    contour = vtkFlyingEdges3D(compute_normals=False, compute_gradients=False, compute_scalars=False)
    contour.SetInputConnection(calm.GetOutputPort())
    contour.SetValue(0, BONE_HU)
    contour.Update()
    parts = vtkPolyDataConnectivityFilter()
    parts.SetExtractionModeToAllRegions()
    parts.SetInputConnection(contour.GetOutputPort())
    parts.Update()
    sizes = [parts.GetRegionSizes().GetValue(i) for i in range(parts.GetNumberOfExtractedRegions())]
    parts.SetExtractionModeToSpecifiedRegions()
    for region, size in enumerate(sizes):
        if size > 0.01 * max(sizes):
            parts.AddSpecifiedRegion(region)
    clean = vtkCleanPolyData()  # the connectivity filter leaves the crumbs' points behind
    clean.SetInputConnection(parts.GetOutputPort())
    smooth = vtkWindowedSincPolyDataFilter(number_of_iterations=12, pass_band=0.1)
    smooth.SetInputConnection(clean.GetOutputPort())
    smooth.Update()
    return smooth.GetOutput()


def _transformed(surface: Any, transform: Any) -> Any:
    move = vtkTransformPolyDataFilter()
    if hasattr(surface, "GetOutputPort"):
        move.SetInputConnection(surface.GetOutputPort())
    else:
        move.SetInputData(surface)
    move.SetTransform(transform)
    move.Update()
    return move.GetOutput()
