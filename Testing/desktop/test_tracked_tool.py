"""A tracked transform in the scene is guided: the session that runs takes it in place of the instrument in the images."""

from __future__ import annotations

from typing import Any

import numpy as np


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
