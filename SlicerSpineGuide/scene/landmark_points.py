"""Landmarks that a person marks for the registration: the plan's in planning coordinates, the live image's with the live image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.scene.coordinates import ras_from_lps, vtk_matrix
from SlicerSpineGuide.scene.nodes import Colour, remove_with_displays

PLAN_MARK: Colour = (0.55, 0.72, 1.0)
LIVE_MARK: Colour = (1.0, 0.62, 0.28)


class LandmarkPoints:
    """Two numbered point lists in a scene; the live one observes the registration transform."""

    def __init__(self, scene: Any, registration: Any) -> None:
        self.plan = _points(scene, "Landmarks in the plan", PLAN_MARK)
        self.live = _points(scene, "Landmarks in the live image", LIVE_MARK)
        self.live.SetAndObserveTransformNodeID(registration.GetID())

    def show(self, plan: Sequence[FloatArray | None], live: Sequence[FloatArray | None]) -> None:
        """The points (3,) in plan and live LPS mm, in the order of their pairs; None where one is not marked yet."""
        for node, points in ((self.plan, plan), (self.live, live)):
            was_modifying = node.StartModify()
            node.RemoveAllControlPoints()
            for number, point in enumerate(points, 1):
                if point is not None:
                    node.AddControlPoint(*ras_from_lps(point), str(number))
            node.EndModify(was_modifying)

    def remove(self) -> None:
        for node in (self.plan, self.live):
            if node.GetScene() is not None:
                remove_with_displays(node)


def picked_point(slice_node: Any, x: float, y: float) -> FloatArray:
    """The world point (3,), planning-CT LPS mm, under pixel (x, y) of a slice view, y upward as VTK counts."""
    return ras_from_lps(vtk_point(slice_node.GetXYToRAS(), x, y))


def vtk_point(matrix: Any, x: float, y: float) -> tuple[float, float, float]:
    """A vtkMatrix4x4 applied to (x, y, 0)."""
    a, b, c, _ = matrix.MultiplyPoint((x, y, 0.0, 1.0))
    return float(a), float(b), float(c)


def live_from_plan(registration: Any, point: FloatArray) -> FloatArray:
    """Where a world point lies in live coordinates, by the transform node that the live image hangs on (LPS mm)."""
    matrix = vtk_matrix([[float(i == j) for j in range(4)] for i in range(4)])
    registration.GetMatrixTransformFromParent(matrix)
    a, b, c, _ = matrix.MultiplyPoint((*ras_from_lps(point), 1.0))
    return ras_from_lps((a, b, c))


def _points(scene: Any, name: str, colour: Colour) -> Any:
    node = scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", name)
    node.SetLocked(True)
    node.SetSaveWithScene(False)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    display.SetSelectedColor(*colour)
    display.SetColor(*colour)
    display.SetGlyphScale(2.4)
    display.SetTextScale(4.0)
    display.SetPointLabelsVisibility(True)
    display.SetSliceProjection(True)
    display.SetSliceProjectionUseFiducialColor(True)
    display.SetSliceProjectionOpacity(0.5)
    return node
