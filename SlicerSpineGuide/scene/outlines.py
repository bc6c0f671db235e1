"""What a projection shows of a cylinder and a line: their outlines on the detector, as surfaces in live coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData

from SlicerSpineGuide.geometry import FloatArray, Projection, Vector
from SlicerSpineGuide.scene.coordinates import ras_from_lps
from SlicerSpineGuide.scene.shapes import pose_along

_RING = np.linspace(0, 2 * np.pi, 24, endpoint=False)


def cylinder_outline(projection: Projection, tip: Vector, axis: Vector, diameter_mm: float, length_mm: float) -> FloatArray:
    """(n, 2) pixels around a cylinder that ends at `tip` (live LPS), in perspective: convex, because the cylinder is.

    The last diameter before the tip is a cone, as in the instrument's surface.
    """
    point = min(diameter_mm, length_mm / 4)
    circle = np.stack([np.cos(_RING), np.sin(_RING)], axis=1) * diameter_mm / 2
    rings = [np.column_stack([circle, np.full(len(circle), z)]) for z in (-length_mm, -point)]
    pose = pose_along(tip, axis)
    corners = np.vstack([*rings, [[0.0, 0.0, 0.0]]]) @ pose[:3, :3].T + pose[:3, 3]
    return convex_hull(projection.project(corners))


def ring(projection: Projection, centre: Vector, axis: Vector, diameter_mm: float) -> FloatArray:
    """(n, 2) pixels of a circle about `centre` (live LPS), across the axis, in perspective."""
    circle = np.stack([np.cos(_RING), np.sin(_RING), 0 * _RING], axis=1) * diameter_mm / 2
    pose = pose_along(centre, axis)
    return projection.project(circle @ pose[:3, :3].T + pose[:3, 3])


def convex_hull(points: FloatArray) -> FloatArray:
    """The corners (m, 2) of the convex hull of points (n, 2), in order (Andrew's monotone chain)."""
    ordered = points[np.lexsort((points[:, 1], points[:, 0]))]

    def half(chain: FloatArray) -> list[FloatArray]:
        kept: list[FloatArray] = []
        for p in chain:
            while len(kept) > 1 and _turn(kept[-2], kept[-1], p) <= 0:
                kept.pop()
            kept.append(p)
        return kept[:-1]

    return np.array(half(ordered) + half(ordered[::-1]))


def _turn(a: FloatArray, b: FloatArray, c: FloatArray) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def on_detector(projection: Projection, outlines: list[FloatArray], filled: bool) -> Any:
    """vtkPolyData in RAS on the detector: pixel outlines (n, 2) as closed lines, and filled; of two points an open line."""
    points, lines, faces = vtkPoints(), vtkCellArray(), vtkCellArray()
    for outline in outlines:
        corners = [points.InsertNextPoint(*p) for p in ras_from_lps(projection.to_detector(outline))]
        ring = corners if len(corners) < 3 else [*corners, corners[0]]
        lines.InsertNextCell(len(ring), ring)
        if filled and len(corners) > 2:
            faces.InsertNextCell(len(corners), corners)
    data = vtkPolyData()
    data.SetPoints(points)
    data.SetLines(lines)
    if filled:
        data.SetPolys(faces)
    return data
