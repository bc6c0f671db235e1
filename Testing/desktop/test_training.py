"""What a trainee has in the panel: the truth, the debrief, the curves, the instrument in the own hand."""

from __future__ import annotations

from typing import Any

import pytest
from courses import next_image, step_until, wait_until, wait_until_ready

from SlicerSpineGuide.guidance.alerts import sentence


def test_the_truth_stands_beside_the_numbers_of_a_simulated_case(playing: Any) -> None:
    truth = playing.conductor.case.truth().frames[playing.conductor.latest.frame.index]
    assert f"lateral {truth.lateral_mm:.1f} mm" in playing.ui.truthLabel.text


def test_the_debrief_judges_and_compares_with_the_truth(playing: Any) -> None:
    step_until(playing, lambda update: len(update.alerts) > 0)
    next_image(playing)
    playing.ui.stopButton.click()
    playing.ui.debriefButton.click()
    text = playing.ui.debriefBrowser.toPlainText()
    assert "of 100" in text
    index, alert = playing.conductor.report.onsets[0]
    assert f"Image {index + 1}: {sentence(alert)}" in text
    assert "Guidance against the truth" in text
    assert "Not for clinical use" in text


def test_the_curves_of_a_session_are_a_table_with_a_chart(playing: Any, scene: Any) -> None:
    for _ in range(3):
        next_image(playing)
    playing.ui.curvesButton.click()
    table = scene.GetFirstNodeByName("Spine Guide session")
    lateral = table.GetTable().GetColumnByName("Lateral, mm")
    seen = [f["deviation"]["lateral_mm"] for f in playing.conductor.report.frames if f["deviation"] is not None]
    assert [lateral.GetValue(i) for i in range(lateral.GetNumberOfValues())] == pytest.approx(seen)
    chart = scene.GetFirstNodeByClass("vtkMRMLPlotChartNode")
    assert chart.GetNumberOfPlotSeriesNodes() == 3


def test_a_trainee_drives_the_instrument_and_takes_images(opened: Any) -> None:
    ui = opened.ui
    ui.driveButton.click()
    wait_until_ready(opened)
    driving = opened.conductor.driving
    assert driving is not None, ui.messageLabel.text
    assert not ui.startReplayButton.enabled
    ui.driveDepthSpin.value = 30.0
    assert driving.hands.hand.depth_mm == 30.0
    ui.driveEntryHeadSpin.value = 20.0
    assert ui.driveEntryHeadSpin.value != 20.0, "the puncture cannot move once the instrument is in the skin"
    ui.takeImageButton.click()
    assert not ui.takeImageButton.enabled
    wait_until(lambda: opened.conductor.latest.frame is not None, "the image", 90.0)
    wait_until(lambda: ui.takeImageButton.enabled, "the camera")
    assert "1" in ui.driveLabel.text
    assert ui.truthLabel.text == "", "who drives is told afterwards"
    ui.debriefButton.click()
    assert "1 images" in ui.debriefBrowser.toPlainText()
