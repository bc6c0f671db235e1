"""Registration by hand in the panel: the start moved and turned, and landmarks clicked in the views."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from courses import rows, wait_until

from SlicerSpineGuide.desktop import layouts

MARKS = ((200, 150), (430, 150), (320, 330), (250, 300))  # pixels


def click(widget: Any, x: int, y: int) -> None:
    """As Slicer's view gets it from Qt."""
    interactor = widget.sliceView().renderWindow().GetInteractor()
    interactor.SetEventPosition(x, y)
    interactor.InvokeEvent("LeftButtonPressEvent")
    interactor.InvokeEvent("LeftButtonReleaseEvent")


@pytest.fixture
def marking(playing: Any) -> Any:
    """Marking landmarks, with the view along the path looking where the live view looks."""
    live, plan = layouts.slice_widget(layouts.LIVE), layouts.slice_widget(layouts.ALONG)
    plan.mrmlSliceNode().GetSliceToRAS().DeepCopy(live.mrmlSliceNode().GetSliceToRAS())
    plan.mrmlSliceNode().SetFieldOfView(*live.mrmlSliceNode().GetFieldOfView())
    plan.mrmlSliceNode().SetDimensions(*live.mrmlSliceNode().GetDimensions())
    plan.mrmlSliceNode().UpdateMatrices()
    playing.ui.pickButton.click()
    return playing


def mark_pairs(panel: Any, shift_px: int = 0) -> None:
    live, plan = layouts.slice_widget(layouts.LIVE), layouts.slice_widget(layouts.ALONG)
    for x, y in MARKS:
        click(live, x, y)
        click(plan, x + shift_px, y)


def test_presses_move_and_turn_the_start_and_the_image_answers(playing: Any) -> None:
    ui = playing.ui
    ui.nudgeL.click()
    ui.nudgeL.click()
    ui.nudgeSelector.setCurrentIndex(1)
    ui.nudgeH.click()
    ui.nudgeSelector.setCurrentIndex(2)
    ui.nudgeA.click()
    assert ui.handLabel.text.startswith("The start was moved: L 2 mm, 1° about A, H 5 mm")
    wait_until(lambda: "The image locks" in ui.handLabel.text or "does not" in ui.handLabel.text, "the image's answer")
    assert playing.conductor.latest.registration.status in ("locked", "uncertain", "lost")


def test_landmark_pairs_at_the_same_places_start_the_registration_where_it_was(marking: Any) -> None:
    before = marking.conductor.latest.registration.plan_from_live
    mark_pairs(marking)
    assert rows(marking.ui.pairsList) == [f"{n}: marked in the image and in the plan" for n in range(1, 5)]
    marking.ui.useMarksButton.click()
    wait_until(lambda: "The image locks" in marking.ui.handLabel.text, "the image's answer")
    moved = re.search(r"locks (\d+\.\d) mm", marking.ui.handLabel.text)
    assert moved is not None and float(moved[1]) < 1.0
    after = marking.conductor.latest.registration.plan_from_live
    target = np.append(marking.conductor.trajectory.target, 1.0)
    assert np.linalg.norm((after @ np.linalg.inv(before) @ target - target)[:3]) < 1.0


def test_the_marks_are_drawn_and_a_click_does_not_move_the_view(marking: Any, scene: Any) -> None:
    live = layouts.slice_widget(layouts.LIVE).mrmlSliceNode()
    before = str(live.GetSliceToRAS()), tuple(live.GetFieldOfView()), scene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    mark_pairs(marking)
    for name in ("Landmarks in the plan", "Landmarks in the live image"):
        assert scene.GetFirstNodeByName(name).GetNumberOfControlPoints() == len(MARKS)
    assert (str(live.GetSliceToRAS()), tuple(live.GetFieldOfView())) == before[:2]


def test_too_few_pairs_are_refused_in_one_sentence_and_marks_are_taken_back(marking: Any) -> None:
    live = layouts.slice_widget(layouts.LIVE)
    click(live, 200, 150)
    assert rows(marking.ui.pairsList) == ["1: mark it in the plan as well"]
    marking.ui.useMarksButton.click()
    assert "Landmarks come in pairs" in marking.ui.handLabel.text
    click(layouts.slice_widget(layouts.ALONG), 200, 150)
    marking.ui.useMarksButton.click()
    assert marking.ui.handLabel.text == "1 landmark pairs do not fix a position: mark at least 3."
    marking.ui.undoMarkButton.click()
    assert marking.ui.pairsList.count == 0
    click(live, 200, 150)
    marking.ui.undoMarkButton.click()
    assert rows(marking.ui.pairsList) == []
    assert not marking.ui.useMarksButton.enabled
    mark_pairs(marking)
    marking.ui.dropMarksButton.click()
    assert rows(marking.ui.pairsList) == []


def test_clicks_mark_nothing_once_the_button_is_up_or_the_session_is_over(marking: Any, scene: Any) -> None:
    marking.ui.pickButton.click()
    click(layouts.slice_widget(layouts.LIVE), 200, 150)
    assert rows(marking.ui.pairsList) == []
    marking.ui.pickButton.click()
    click(layouts.slice_widget(layouts.LIVE), 200, 150)
    marking.ui.stopButton.click()
    assert not marking.ui.pickButton.checked
    assert rows(marking.ui.pairsList) == []
    assert scene.GetFirstNodeByName("Landmarks in the plan") is None
    interactor = layouts.slice_widget(layouts.LIVE).sliceView().renderWindow().GetInteractor()
    click(layouts.slice_widget(layouts.LIVE), 200, 150)
    assert interactor is not None
    assert rows(marking.ui.pairsList) == []
