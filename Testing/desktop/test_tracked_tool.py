"""A tracked transform in the scene is guided: the session that runs takes it in place of the instrument in the images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from courses import open_sample

from SlicerSpineGuide.scene.coordinates import ras_from_lps, vtk_matrix

Until = Callable[..., None]


class Session:
    """Remembers the tools that it was given."""

    def __init__(self) -> None:
        self.tools: list[Any] = []

    def use_tool(self, tool: Any) -> None:
        self.tools.append(tool)


def test_the_running_session_guides_the_transform_that_is_followed(scene: Any) -> None:
    from SlicerSpineGuide.desktop.tracked import TrackedTool

    tracked, session = TrackedTool(clock=lambda: 0.0), Session()
    tracked.serve(session)
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "NeedleTip")
    tracked.follow(transform)
    tracked.follow(None)
    none, followed, given_up = session.tools
    assert none is None and given_up is None
    assert followed.already_in_plan and followed.age_s(0.0) == 0.0


def test_a_session_that_starts_later_is_given_the_tool_that_is_already_followed(scene: Any) -> None:
    from SlicerSpineGuide.desktop.tracked import TrackedTool

    tracked, session = TrackedTool(clock=lambda: 0.0), Session()
    tracked.follow(scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "NeedleTip"))
    tracked.serve(session)
    assert [tool is not None for tool in session.tools] == [True]
    tracked.serve(None)
    assert np.isfinite(session.tools[0].age_s(0.0))


def test_a_tracked_transform_is_measured_against_the_path_with_its_plus_minus(panel: Any, scene: Any) -> None:
    open_sample(panel)
    trajectory = panel.conductor.trajectory
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "NeedleTip")
    side = np.cross(trajectory.direction, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    pose = np.eye(4)
    pose[:3, 2] = trajectory.direction
    pose[:3, 0] = side
    pose[:3, 1] = np.cross(trajectory.direction, side)
    pose[:3, 3] = trajectory.target - 10.0 * trajectory.direction + 3.0 * side
    transform.SetMatrixTransformToParent(vtk_matrix(ras_from_lps(pose)))
    panel.ui.trackedSelector.setCurrentNode(transform)
    panel.look()
    assert panel.ui.trackedLabel.text == "NeedleTip: lateral 3.0 ± 2.0 mm, angle 0.0 ± 1.2°, to target 10.0 ± 2.0 mm"


def test_a_tracked_transform_that_is_not_renewed_is_not_shown_as_current(panel: Any, scene: Any) -> None:
    from SlicerSpineGuide.desktop.tracked import TrackedTool

    open_sample(panel)
    now = [0.0]
    tool = TrackedTool(clock=lambda: now[0])
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "NeedleTip")
    tool.follow(transform)
    assert "lateral" in tool.describe(panel.conductor.trajectory)
    now[0] = 5.0
    assert tool.describe(panel.conductor.trajectory) == "NeedleTip: The tracked tool's last position is 5.0 s old."
    transform.SetMatrixTransformToParent(vtk_matrix(np.eye(4)))
    transform.TransformModified()
    assert "lateral" in tool.describe(panel.conductor.trajectory)
    transform.SetMatrixTransformToParent(vtk_matrix(np.diag([2.0, 2.0, 2.0, 1.0])))
    assert "not a rotation" in tool.describe(panel.conductor.trajectory)
    tool.follow(None)
    assert tool.describe(panel.conductor.trajectory) == ""
