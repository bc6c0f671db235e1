"""Zones to stay out of: the exact signed distance from any point to a zone's surface.

A zone is a closed surface: the boundary, halfway between voxel centres, of a label in a label volume or of a segment in a DICOM
SEG; or a mesh. The distance is to the surface itself (vtkImplicitPolyDataDistance; sign by angle-weighted pseudo-normals,
Baerentzen and Aanaes 2005), so it is exact whatever the voxels' size; the locator is built once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkDoubleArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import (
    vtkCleanPolyData,
    vtkFeatureEdges,
    vtkFlyingEdges3D,
    vtkImplicitPolyDataDistance,
    vtkTriangleFilter,
)
from vtkmodules.vtkIOGeometry import vtkOBJReader, vtkSTLReader
from vtkmodules.vtkIOLegacy import vtkPolyDataReader
from vtkmodules.vtkIOPLY import vtkPLYReader
from vtkmodules.vtkIOXML import vtkXMLPolyDataReader

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, apply
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.label_volume import demand_inside, read_label
from SlicerSpineGuide.plan.model import Plan, ZoneRef
from SlicerSpineGuide.plan.planning_ct import PlanningCt
from SlicerSpineGuide.translation import tr

MESH_READERS: dict[str, Any] = {
    ".stl": vtkSTLReader,
    ".ply": vtkPLYReader,
    ".obj": vtkOBJReader,
    ".vtk": vtkPolyDataReader,
    ".vtp": vtkXMLPolyDataReader,
}

_COARSE_MM = 16.0
FOUND_TO_MM = 0.1  # how closely the nearest place is found
_FINE_PART = 0.02  # of a distance that is large
FEW_POINTS = 8  # so many are faster one by one than as an array handed to VTK
_SURFACE_MM = 0.01


class Zone:
    """One zone: its name, its margin (mm) and its closed surface (vtkPolyData, planning-CT LPS mm).

    Distances are for one thread at a time: the locator keeps scratch memory.
    """

    def __init__(self, name: str, margin_mm: float, surface: Any) -> None:
        self.name = name
        self.margin_mm = margin_mm
        self.surface = surface
        self._function = vtkImplicitPolyDataDistance()
        self._function.SetInput(surface)
        self._sign = 1.0
        outside = np.array(surface.GetBounds())[1::2] + 10.0
        if self.distance(outside[None])[0] < 0:  # the triangles are wound inwards
            self._sign = -1.0

    def distance(self, points: npt.ArrayLike) -> FloatArray:
        """Signed distances (N,) in mm of LPS points (N, 3) to the zone's surface, negative inside."""
        p = np.ascontiguousarray(points, dtype=np.float64).reshape(-1, 3)
        if len(p) <= FEW_POINTS:
            return self._sign * np.array([self._function.EvaluateFunction(point) for point in p.tolist()])
        result = vtkDoubleArray()
        self._function.EvaluateFunction(numpy_to_vtk(p), result)
        return self._sign * np.array(vtk_to_numpy(result), dtype=np.float64).reshape(-1)

    def outward(self, point: npt.ArrayLike) -> FloatArray:
        """The unit vector (3,) in which the signed distance grows fastest at an LPS point (3,)."""
        gradient = [0.0, 0.0, 0.0]
        self._function.EvaluateGradient([float(c) for c in np.asarray(point)], gradient)
        length = float(np.linalg.norm(gradient))
        return self._sign * np.array(gradient) / length if length > 0 else np.zeros(3)

    def nearest(self, start: FloatArray, direction: FloatArray, length: float) -> tuple[float, float]:
        """The smallest signed distance (mm) on a segment, and how far from `start` (mm) along it that is.

        start (3,) LPS, direction (3,) a unit vector, length >= 0 mm. Exact to 0.1 mm or 2 %: a distance changes by at most 1 mm per
        mm, so a stretch whose ends are too far away to hold a smaller one is left out, the others are halved (Piyavskii 1972).
        """
        places = np.linspace(0.0, length, max(2, round(length / _COARSE_MM) + 1))
        values = self.distance(start + places[:, None] * direction)
        while True:
            gaps = np.diff(places)
            lowest = (values[:-1] + values[1:] - gaps) / 2
            least = float(values.min())
            split = np.flatnonzero(lowest < least - max(FOUND_TO_MM, _FINE_PART * least))
            if not len(split):
                best = int(values.argmin())
                return float(values[best]), float(places[best])
            middle = places[split] + gaps[split] / 2
            places = np.insert(places, split + 1, middle)
            values = np.insert(values, split + 1, self.distance(start + middle[:, None] * direction))

    def entered_after(self, start: FloatArray, direction: FloatArray, length: float) -> float | None:
        """How far (mm) from `start` along `direction` the zone begins: 0 inside, None where it does not within `length`."""
        travelled = 0.0
        while travelled <= length:
            distance = float(self.distance((start + travelled * direction)[None])[0])
            if distance < _SURFACE_MM:
                return travelled
            travelled += distance  # nothing is nearer than that (sphere tracing, Hart 1996)
        return None


def load_zones(plan: Plan, case_folder: Path, planning: PlanningCt) -> tuple[Zone, ...]:
    """The plan's zones, in the plan's order: label volumes, DICOM SEG, or meshes (.stl, .ply, .obj, .vtk, .vtp) in LPS mm.

    BadInput names the file: it is missing or unreadable, has no such label, is no closed surface, or is not in the planning CT's
    space.
    """
    return tuple(_load(ref, case_folder / ref.file, planning) for ref in plan.zones)


def _load(ref: ZoneRef, path: Path, planning: PlanningCt) -> Zone:
    if path.suffix.lower() in MESH_READERS:
        return Zone(ref.name, ref.margin_mm, read_mesh(path, planning))
    return Zone(ref.name, ref.margin_mm, surface_of(read_label(path, ref.label, planning)))


def read_mesh(path: Path, planning: PlanningCt) -> Any:
    """The closed surface (vtkPolyData) in a mesh file, in LPS mm (3D Slicer's default); its triangles may face either way.

    BadInput names the file: missing, unreadable, not closed, or not in the planning CT's space.
    """
    if not path.is_file():
        raise BadInput(tr("{path} is missing: a zone of the plan refers to it.").format(path=path))
    reader = MESH_READERS[path.suffix.lower()]()
    reader.SetFileName(str(path))
    triangles, clean = vtkTriangleFilter(), vtkCleanPolyData()  # STL repeats each point for every triangle
    triangles.SetInputConnection(reader.GetOutputPort())
    clean.SetInputConnection(triangles.GetOutputPort())
    clean.Update()
    surface = vtkPolyData()
    surface.DeepCopy(clean.GetOutput())
    if surface.GetNumberOfPolys() == 0:
        raise BadInput(tr("{path} holds no surface: export the zone as a closed mesh or a label volume.").format(path=path))
    open_edges = vtkFeatureEdges()
    open_edges.SetInputData(surface)
    open_edges.FeatureEdgesOff()
    open_edges.ManifoldEdgesOff()
    open_edges.Update()
    if open_edges.GetOutput().GetNumberOfCells():
        raise BadInput(tr("{path} is not a closed surface: without an inside there is no clearance.").format(path=path))
    demand_inside(path, np.array(vtk_to_numpy(surface.GetPoints().GetData()), dtype=np.float64), planning)
    return surface


def surface_of(mask: Volume) -> Any:
    """The closed surface (vtkPolyData, LPS mm) of a mask (voxels 0 or 1), halfway between the voxels inside and outside."""
    padded = np.pad(mask.voxels, 1).astype(np.uint8)
    matrix = mask.lps_from_index.copy()
    matrix[:3, 3] = apply(matrix, (-1, -1, -1))
    edges = vtkFlyingEdges3D()
    edges.SetInputData(Volume(padded, matrix).to_vtk())
    edges.SetValue(0, 0.5)
    edges.ComputeNormalsOff()
    edges.ComputeScalarsOff()
    edges.Update()
    return edges.GetOutput()
