"""An instrument that another device tracks: any linear transform in the scene, for one as OpenIGTLink brings them."""

from __future__ import annotations

from typing import Any

import numpy as np
from slicer.i18n import tr as _
from vtkmodules.vtkCommonMath import vtkMatrix4x4

from SlicerSpineGuide.desktop.readout import number
from SlicerSpineGuide.geometry import angle_deg, distance_to_line, unit
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.scene.coordinates import ras_from_lps


def tip_and_axis(transform: Any) -> tuple[Any, Any]:
    """Tip (3,) and unit axis (3,) from the hub to the tip, planning-CT LPS mm.

    Slicer's tracked tools have their tip in the origin and their shaft along -Z, so the axis points along +Z.
    """
    matrix = vtkMatrix4x4()
    transform.GetMatrixTransformToWorld(matrix)
    tip = [matrix.GetElement(r, 3) for r in range(3)]
    axis = [matrix.GetElement(r, 2) for r in range(3)]
    return ras_from_lps(np.array(tip)), unit(ras_from_lps(np.array(axis)))


def describe(transform: Any, trajectory: Trajectory) -> str:
    """The tracked tool against the planned path in the planning CT, as one line; what is not registered is not hidden here:
    the transform's own parent decides what it means.
    """
    tip, axis = tip_and_axis(transform)
    direction = trajectory.direction
    return _("{name}: lateral {lateral}, angle {angle}, to target {depth}").format(
        name=transform.GetName(),
        lateral=number(distance_to_line(tip, trajectory.target, direction), 0.0, "mm"),
        angle=number(angle_deg(axis, direction), 0.0, "°"),
        depth=number(float((trajectory.target - tip) @ direction), 0.0, "mm"),
    )
