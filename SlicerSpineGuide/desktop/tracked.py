"""An instrument that another device tracks: any linear transform in the scene, for one as OpenIGTLink brings them.

Slicer's tracked tools have their tip in the origin and their shaft along -Z, so the axis from the hub to the tip is +Z. The world
of the scene is the planning CT; a tracker that knows the live patient only is put under the registration's transform.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import slicer
from slicer.i18n import tr as _
from vtkmodules.vtkCommonMath import vtkMatrix4x4

from SlicerSpineGuide.desktop.readout import number
from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.guidance.deviation import measure
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.recording.session import Session
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.scene.coordinates import ras_from_lps
from SlicerSpineGuide.tracking.external import ExternalInstrument

STALE_AFTER_S = 1.0


class TrackedTool:
    """Follows one transform node; a position that is not renewed is not shown any more.

    While it follows one, the session that it serves guides this tool in place of the instrument in the images: deviation, clearance,
    alerts and drawing are the tool's.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._node: Any = None
        self._observation = 0
        self._tool = ExternalInstrument()
        self._session: Session | None = None

    def serve(self, session: Session | None) -> None:
        """The session that is to guide the tool from now on."""
        self._session = session
        self._hand_over()

    def follow(self, node: Any | None) -> None:
        """Observe another transform node, or none."""
        if self._node is not None:
            self._node.RemoveObserver(self._observation)
        self._node = node
        self._tool = ExternalInstrument(stale_after_s=STALE_AFTER_S, already_in_plan=True, clock=self._clock)
        if node is not None:
            self._observation = node.AddObserver(slicer.vtkMRMLTransformNode.TransformModifiedEvent, self._moved)
            self._moved()
        self._hand_over()

    def _hand_over(self) -> None:
        if self._session is not None:
            self._session.use_tool(self._tool if self._node is not None else None)

    def describe(self, trajectory: Trajectory | None) -> str:
        """The tool against the planned path, as one line; the reason where it has no position now; "" where none is followed."""
        if self._node is None or trajectory is None:
            return ""
        placed = Registration("locked", np.eye(4), np.zeros((6, 6)))
        instrument = self._tool.track(placed, self._clock())
        if not instrument.visible:
            return f"{self._node.GetName()}: {instrument.reason}"
        deviation = measure(instrument, placed, trajectory)
        return _("{name}: lateral {lateral}, angle {angle}, to target {depth}").format(
            name=self._node.GetName(),
            lateral=number(deviation.lateral_mm, deviation.lateral_pm_mm, "mm"),
            angle=number(deviation.angle_deg, deviation.angle_pm_deg, "°"),
            depth=number(deviation.depth_mm, deviation.depth_pm_mm, "mm"),
        )

    def _moved(self, *_event: Any) -> None:
        self._tool.update(lps_from_tool(self._node), self._clock())


def lps_from_tool(transform: Any) -> FloatArray:
    """(4, 4): from the tool's own coordinates to planning-CT LPS mm."""
    matrix = vtkMatrix4x4()
    transform.GetMatrixTransformToWorld(matrix)
    ras = np.array([[matrix.GetElement(r, c) for c in range(4)] for r in range(4)], dtype=np.float64)
    return ras_from_lps(ras)
