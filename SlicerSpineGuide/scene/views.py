"""Where slice views and the 3D camera look. Matrices are (4, 4) RAS, columns right, up, normal, centre of the view."""

from __future__ import annotations

from typing import Any

import numpy as np
from slicer import vtkMRMLSliceLogic

from SlicerSpineGuide.geometry import FloatArray, ImagePlane, Vector, apply, rotate, unit
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.scene.coordinates import ras_from_lps, vtk_matrix


def view_matrix(right: Vector, up: Vector, centre: Vector) -> FloatArray:
    """The RAS view matrix of LPS directions and centre."""
    x = unit(right)
    y = unit(np.asarray(up) - x * (np.asarray(up) @ x))
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = x, y, np.cross(x, y), centre
    return ras_from_lps(matrix)


def live_view(plane: ImagePlane, plan_from_live: FloatArray, centre_live: Vector) -> FloatArray:
    """The live slice as the scanner shows it, columns to the right and rows downward, whatever its tilt.

    centre_live: the LPS point of the live slice in the middle of the view; points off the plane are dropped onto it.
    """
    offset = np.asarray(centre_live) - plane.origin
    on_plane = np.asarray(centre_live) - plane.normal * (offset @ plane.normal)
    return view_matrix(rotate(plan_from_live, plane.u), rotate(plan_from_live, -plane.v), apply(plan_from_live, on_plane))


def along_path_view(trajectory: Trajectory, turn_deg: float = 0.0) -> FloatArray:
    """A plane that contains the planned path, the path pointing down the view.

    At 0 degrees the plane also contains the patient's cranio-caudal axis as nearly as it can (a sagittal-oblique plane for a
    posterior path); at 90 degrees it stands across it (an axial-oblique plane).
    """
    down = trajectory.direction
    head = np.array([0.0, 0.0, 1.0])
    right = head - down * (head @ down)
    if np.linalg.norm(right) < 0.2:  # the path runs along the body: take the patient's left instead
        right = np.array([1.0, 0.0, 0.0]) - down * down[0]
    right = unit(right)
    side = np.cross(right, -down)
    angle = np.radians(turn_deg)
    return view_matrix(np.cos(angle) * right + np.sin(angle) * side, -down, (trajectory.entry + trajectory.target) / 2)


def across_path_view(trajectory: Trajectory, depth_mm: float) -> FloatArray:
    """Down the path: the plane across it, `depth_mm` before the target, the patient's head up (as nearly as it can)."""
    look = trajectory.direction
    head = np.array([0.0, 0.0, 1.0])
    up = head - look * (head @ look)
    if np.linalg.norm(up) < 0.2:
        up = np.array([0.0, -1.0, 0.0]) + look * look[1]
    up = unit(up)
    return view_matrix(np.cross(look, up), up, trajectory.target - look * depth_mm)


def aim(slice_node: Any, matrix: FloatArray, field_mm: float | None = None) -> None:
    """Point a slice view; with `field_mm`, the shorter side of the view shows so much."""
    was_modifying = slice_node.StartModify()
    slice_node.GetSliceToRAS().DeepCopy(vtk_matrix(matrix))
    slice_node.UpdateMatrices()
    if field_mm is not None:
        columns, rows, _ = slice_node.GetDimensions()
        scale = field_mm / max(1, min(columns, rows))
        slice_node.SetFieldOfView(columns * scale, rows * scale, 1.0)
    slice_node.EndModify(was_modifying)


def set_background(slice_node: Any, volume_node: Any | None) -> None:
    """Show a volume in a slice view, and nothing over it; None shows nothing."""
    composite = vtkMRMLSliceLogic.GetSliceCompositeNode(slice_node)
    if composite is not None:
        composite.SetBackgroundVolumeID(volume_node.GetID() if volume_node is not None else None)
        composite.SetForegroundVolumeID(None)
        composite.SetLabelVolumeID(None)


def look_at_path(camera_node: Any, trajectory: Trajectory) -> None:
    """The 3D camera behind the entry and above it, the whole path in sight."""
    direction, head = trajectory.direction, np.array([0.0, 0.0, 1.0])
    side = np.cross(direction, head) if np.linalg.norm(np.cross(direction, head)) > 0.2 else np.array([1.0, 0.0, 0.0])
    back = unit(-direction + 0.9 * unit(side) + 0.55 * head)
    focus = trajectory.target - 0.25 * trajectory.length_mm * direction
    position = focus + back * (2.2 * trajectory.length_mm + 130.0)
    camera_node.SetFocalPoint(*ras_from_lps(focus))
    camera_node.SetPosition(*ras_from_lps(position))
    camera_node.SetViewUp(*ras_from_lps(head))
    camera_node.ResetClippingRange()
