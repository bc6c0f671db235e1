"""MRML nodes made of the project's types. Every function is handed the scene."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import VTK_SHORT
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData

from SlicerSpineGuide.geometry import ImagePlane
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.scene.coordinates import ras_from_lps, vtk_matrix

Colour = tuple[float, float, float]

# Safe for the colour-blind, bright on grey CT, and none of red, yellow and cyan: those mean alerts and nothing else.
PLAN_COLOUR: Colour = (0.24, 0.86, 0.52)
INSTRUMENT_COLOUR: Colour = (1.0, 0.45, 0.80)
TARGET_COLOUR: Colour = (1.0, 1.0, 1.0)
BONE_COLOUR: Colour = (0.91, 0.87, 0.78)


def add_volume(scene: Any, name: str, volume: Volume) -> Any:
    """A scalar volume node with the volume's own geometry."""
    columns, rows, slices = volume.size
    image = vtkImageData()
    image.SetDimensions(columns, rows, slices)
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(volume.voxels).ravel(), deep=True))
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    node.SetIJKToRASMatrix(vtk_matrix(ras_from_lps(volume.lps_from_index)))
    node.SetAndObserveImageData(image)
    node.CreateDefaultDisplayNodes()
    return node


class LiveVolume:
    """The live slice as a volume node of one slice; its voxels are written in place, so that an image costs no new memory."""

    def __init__(self, scene: Any, name: str) -> None:
        self.node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
        self.node.SetSaveWithScene(False)
        self.plane: ImagePlane | None = None

    def show(self, pixels: npt.NDArray[np.float32], plane: ImagePlane) -> None:
        """Take over pixels (rows, columns) and plane; the plane as the scanner states it, never changed by a registration."""
        if self.plane is None or self.plane.size != plane.size:
            self._allocate(*plane.size)
        data = self.node.GetImageData()
        scalars = vtk_to_numpy(data.GetPointData().GetScalars())
        np.clip(pixels.ravel(), -32768, 32767, out=scalars, casting="unsafe")
        matrix = plane.lps_from_index
        matrix[:3, 2] *= max(plane.thickness, 0.1)
        was_modifying = self.node.StartModify()
        self.node.SetIJKToRASMatrix(vtk_matrix(ras_from_lps(matrix)))
        self.node.EndModify(was_modifying)
        data.GetPointData().GetScalars().Modified()
        data.Modified()
        self.plane = plane

    def _allocate(self, columns: int, rows: int) -> None:
        image = vtkImageData()
        image.SetDimensions(columns, rows, 1)
        image.AllocateScalars(VTK_SHORT, 1)
        self.node.SetAndObserveImageData(image)
        self.node.CreateDefaultDisplayNodes()
        self.node.GetDisplayNode().SetSaveWithScene(False)


def set_window(volume_node: Any, window_hu: float, level_hu: float) -> None:
    """Display `level_hu` +- half of `window_hu`, and leave it there: an automatic window changes with every image."""
    display = volume_node.GetDisplayNode()
    if display is None:
        return
    display.AutoWindowLevelOff()
    display.SetWindowLevel(window_hu, level_hu)


def add_model(scene: Any, name: str, surface: Any, colour: Colour, *, opacity: float = 1.0, line_px: float = 3.0) -> Any:
    """A model node that shows as a surface in 3D and as its cut in every slice view."""
    node = scene.AddNewNodeByClass("vtkMRMLModelNode", name)
    node.SetAndObservePolyData(surface)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    display.SetColor(*colour)
    display.SetOpacity(opacity)
    display.SetVisibility2D(True)
    display.SetSliceIntersectionThickness(int(line_px))
    display.SetAmbient(0.15)
    return node


def add_shadow(node: Any, opacity: float) -> Any:
    """Also show the whole of a model, faintly, in slice views that do not cut it: where it lies in front of or behind the slice."""
    display = node.GetScene().AddNewNodeByClass("vtkMRMLModelDisplayNode", f"{node.GetName()} shadow")
    display.SetColor(*node.GetDisplayNode().GetColor())
    display.SetSliceDisplayModeToProjection()
    display.SetVisibility3D(False)
    display.SetVisibility2D(True)
    display.SetOpacity(opacity)
    display.SetSliceIntersectionOpacity(opacity)
    node.AddAndObserveDisplayNodeID(display.GetID())
    return display


def add_outline(scene: Any, name: str, transform: Any, colour: Colour, opacity: float, filled: bool) -> Any:
    """A model of lines (and faces) that lies in an image's plane and shows in chosen slice views only; hidden until it has some."""
    node = add_model(scene, name, vtkPolyData(), colour, opacity=opacity, line_px=1.5 if filled else 2.5)
    node.SetAndObserveTransformNodeID(transform.GetID())
    display = node.GetDisplayNode()
    for part in (node, display):
        part.SetSaveWithScene(False)  # what an image of today shows is nothing to come back tomorrow
    display.SetSliceDisplayModeToProjection()
    display.SetSliceIntersectionOpacity(opacity)
    display.SetVisibility3D(False)
    display.SetVisibility(False)
    return node


def add_line(scene: Any, name: str, start_ras: Any, end_ras: Any, colour: Colour) -> Any:
    """A locked markups line without labels or handles."""
    node = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", name)
    node.AddControlPoint(*start_ras)
    node.AddControlPoint(*end_ras)
    node.SetLocked(True)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    display.SetSelectedColor(*colour)
    display.SetColor(*colour)
    display.SetPropertiesLabelVisibility(False)
    display.SetPointLabelsVisibility(False)
    display.SetGlyphScale(0.6)
    display.SetCurveLineSizeMode(display.UseLineDiameter)
    display.SetLineDiameter(0.6)
    display.SetSliceProjection(True)
    display.SetSliceProjectionUseFiducialColor(True)
    display.SetSliceProjectionOpacity(0.7)
    display.SetLineColorFadingStart(1e4)  # one colour, however far from the slice
    display.SetLineColorFadingEnd(2e4)
    display.SetOccludedVisibility(True)
    display.SetOccludedOpacity(0.5)
    return node


def remove_with_displays(node: Any) -> None:
    """Take a node out of its scene with its display nodes, which MRML would leave behind."""
    scene = node.GetScene()
    for display in [node.GetNthDisplayNode(i) for i in range(getattr(node, "GetNumberOfDisplayNodes", int)())]:
        scene.RemoveNode(display)
    scene.RemoveNode(node)


def restrict_to(display: Any, view_ids: list[str]) -> None:
    """Have a display node show in these views only; an empty list means all of them."""
    now = [display.GetNthViewNodeID(i) for i in range(display.GetNumberOfViewNodeIDs())]
    if now == view_ids:
        return
    was_modifying = display.StartModify()
    display.RemoveAllViewNodeIDs()
    for identifier in view_ids:
        display.AddViewNodeID(identifier)
    display.EndModify(was_modifying)
