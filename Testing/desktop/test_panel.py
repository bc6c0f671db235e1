"""The panel on the stand-in, with the sample case: every button, and every state that a person can be in."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from courses import open_sample, start_replay, step_until, wait_until_ready

from SlicerSpineGuide.desktop import layouts

Until = Callable[..., None]


def enabled(panel: Any, *names: str) -> list[bool]:
    return [getattr(panel.ui, name).enabled for name in names]


def test_without_a_case_only_opening_one_is_offered(panel: Any) -> None:
    assert panel.ui.caseLabel.text == "No case is open."
    assert enabled(panel, "openCaseButton", "sampleCaseButton") == [True, True]
    closed = ["closeCaseButton", "startLiveButton", "demoButton", "stopButton", "startReplayButton", "playButton", "saveReportButton"]
    assert not any(enabled(panel, *closed))
    assert panel.ui.alertLabel.text == "No guidance is running."


def test_the_sample_case_opens_with_its_plan_drawn_in_slicers_views(opened: Any, scene: Any) -> None:
    assert "Patient" in opened.ui.caseLabel.text
    assert opened.ui.trajectorySelector.count == len(opened.conductor.plan.trajectories)
    assert scene.GetFirstNodeByName("Planning CT") is not None
    assert scene.GetFirstNodeByName("Planned path").GetNumberOfControlPoints() == 2
    along = layouts.slice_widget(layouts.ALONG)
    background = along.sliceLogic().GetSliceCompositeNode().GetBackgroundVolumeID()
    assert background == opened.conductor.drawing.planning_volume.GetID()


def test_a_folder_that_is_no_case_is_answered_in_one_sentence(panel: Any, tmp_path: Path) -> None:
    panel.ui.caseFolderEdit.currentPath = str(tmp_path / "nowhere")
    panel.ui.openCaseButton.click()
    wait_until_ready(panel)
    assert "nowhere" in panel.ui.messageLabel.text
    assert "Traceback" not in panel.ui.messageLabel.text
    assert panel.conductor.case is None


def test_a_replay_shows_numbers_image_and_instrument(playing: Any) -> None:
    assert playing.ui.lateralLabel.text.endswith("mm")
    assert playing.ui.angleLabel.text.endswith("°")
    assert playing.ui.registrationLabel.text.startswith("locked")
    assert playing.conductor.drawing.instrument.GetDisplayNode().GetVisibility()
    assert any("Lateral" in words for words in playing.views.words)
    live = layouts.slice_widget(layouts.LIVE)
    assert live.sliceLogic().GetSliceCompositeNode().GetBackgroundVolumeID() == playing.conductor.drawing.live.node.GetID()


def test_stopping_leaves_no_position_behind(playing: Any) -> None:
    playing.ui.stopButton.click()
    assert [playing.ui.lateralLabel.text, playing.ui.angleLabel.text, playing.ui.depthLabel.text] == ["–"] * 3
    assert not playing.conductor.drawing.instrument.GetDisplayNode().GetVisibility()
    assert playing.views.words == ["No guidance is running.\n\n"]
    wait_until_ready(playing)
    assert enabled(playing, "startReplayButton", "stopButton") == [True, False]


def test_a_replay_is_played_paused_stepped_sought_and_slowed(playing: Any, until: Until) -> None:
    session = playing.conductor.replay
    playing.ui.speedSelector.activated(0)
    assert session.speed == 0.25
    playing.ui.playButton.click()
    assert session.playing
    playing.ui.playButton.click()
    assert not session.playing
    at = session.position
    playing.ui.stepButton.click()
    assert session.position == at + 1
    playing.ui.positionSlider.sliderMoved(2)
    assert session.position == 2
    until(lambda: playing.ui.positionLabel.text.startswith("Image 3 of"), "the position label")
    assert playing.ui.positionSlider.value == 2


def test_an_alert_stays_in_the_panel_and_in_the_view_when_it_is_acknowledged(playing: Any, until: Until) -> None:
    step_until(playing, lambda update: bool(update.alerts))
    message = playing.ui.alertLabel.text
    assert message == playing.conductor.latest.alerts[0].message
    assert "background" in playing.ui.alertLabel.styleSheet
    assert any(message in words for words in playing.views.words)
    playing.ui.acknowledgeButton.click()
    until(lambda: all("acknowledged" in playing.ui.alertList.item(i).text() for i in range(playing.ui.alertList.count)), "silence")
    until(lambda: playing.ui.alertLabel.text == f"{message} (acknowledged)", "an alert that is silenced and not hidden")
    assert "background" in playing.ui.alertLabel.styleSheet
    assert any(playing.ui.alertLabel.text in words for words in playing.views.words)


def test_frozen_views_stand_still_and_say_so_while_the_numbers_go_on(playing: Any, until: Until) -> None:
    drawing = playing.conductor.drawing
    playing.ui.freezeButton.click()
    stamp = drawing.live.node.GetImageData().GetMTime()
    at = playing.ui.imageLabel.text.split(",")[0]
    playing.ui.stepButton.click()
    until(lambda: playing.ui.imageLabel.text.split(",")[0] != at, "the next image's number")
    assert any("frozen" in words for words in playing.views.words)
    assert drawing.live.node.GetImageData().GetMTime() == stamp
    playing.ui.freezeButton.click()
    until(lambda: drawing.live.node.GetImageData().GetMTime() != stamp, "the view going on")


def test_registering_anew_starts_from_nothing(playing: Any, until: Until) -> None:
    playing.ui.searchButton.click()
    playing.ui.stepButton.click()
    shown = playing.conductor.replay.position
    until(lambda: playing.conductor.latest.frame.index == shown, "the next image")
    assert playing.conductor.latest.registration.status == "locked"


def test_a_nudge_moves_the_start_of_the_registration_and_it_settles_again(playing: Any, until: Until) -> None:
    before = playing.conductor.latest.registration.plan_from_live
    playing.ui.nudgeL.click()
    playing.ui.stepButton.click()
    shown = playing.conductor.replay.position
    until(lambda: playing.conductor.latest.frame.index == shown, "the next image")
    after = playing.conductor.latest.registration
    assert after.status == "locked"
    assert abs(after.plan_from_live[:3, 3] - before[:3, 3]).max() < 15.0


def test_the_window_goes_round(opened: Any) -> None:
    display = opened.conductor.drawing.planning_volume.GetDisplayNode()
    seen = []
    for _ in range(3):
        seen.append(display.GetWindow())
        opened.ui.windowButton.click()
    assert len(set(seen)) == 3
    assert display.GetWindow() == seen[0]


def test_a_replayed_session_is_scored_against_the_truth(playing: Any) -> None:
    playing.ui.stopButton.click()
    assert playing.ui.scoreButton.enabled
    playing.ui.scoreButton.click()
    assert "frames locked: " in playing.ui.scoreLabel.text


def test_the_report_of_a_session_is_written(playing: Any, tmp_path: Path) -> None:
    playing.ui.stopButton.click()
    playing.ui.reportPathEdit.currentPath = str(tmp_path / "report.json")
    playing.ui.saveReportButton.click()
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["schema"] == "spineguide-report"
    assert len(report["frames"]) > 0
    assert str(len(report["frames"])) in playing.ui.reportLabel.text


def test_a_report_without_a_name_or_a_folder_is_refused(playing: Any, tmp_path: Path) -> None:
    playing.ui.saveReportButton.click()
    assert playing.ui.messageLabel.text == "Name the report file first."
    playing.ui.reportPathEdit.currentPath = str(tmp_path / "nowhere" / "report.json")
    playing.ui.saveReportButton.click()
    assert "its folder does not exist" in playing.ui.messageLabel.text


def test_live_guidance_runs_on_a_real_association(opened: Any, until: Until) -> None:
    opened.ui.demoButton.click()
    wait_until_ready(opened)
    assert opened.ui.messageLabel.text == ""
    until(lambda: opened.ui.lateralLabel.text != "–", "a position from the network", 90.0)
    assert opened.ui.nodeLabel.text.startswith("Listening as SPINEGUIDE@127.0.0.1:")
    assert enabled(opened, "aeTitleEdit", "startLiveButton") == [False, False]
    opened.ui.stopButton.click()
    assert enabled(opened, "aeTitleEdit", "startLiveButton") == [True, True]


def test_a_port_in_use_is_answered_in_one_sentence_and_nothing_runs(opened: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        opened.ui.portSpin.value = taken.getsockname()[1]
        opened.ui.startLiveButton.click()
        wait_until_ready(opened)
    assert str(opened.ui.portSpin.value) in opened.ui.messageLabel.text
    assert not opened.conductor.running


def test_an_impossible_ae_title_is_answered_in_one_sentence(opened: Any) -> None:
    opened.ui.aeTitleEdit.text = ""
    opened.ui.startLiveButton.click()
    assert opened.ui.messageLabel.text
    assert not opened.conductor.running


def test_layouts_are_chosen_and_the_users_own_comes_back(opened: Any, app: Any) -> None:
    opened.ui.layoutSelector.activated(1)
    assert app.layoutManager().layout == layouts.FLUOROSCOPY
    opened.ui.layoutSelector.activated(0)
    assert app.layoutManager().layout == layouts.CT
    opened.ui.closeCaseButton.click()
    assert app.layoutManager().layout not in (layouts.CT, layouts.FLUOROSCOPY)


def test_a_fluoroscopy_case_opens_in_its_own_layout_with_both_projections(panel: Any, app: Any) -> None:
    from SlicerSpineGuide.desktop.sample_data import sample_cases

    open_sample(panel, sample_cases()[-1][0])
    assert panel.conductor.case.case.modality == "XA"
    assert app.layoutManager().layout == layouts.FLUOROSCOPY
    assert panel.ui.layoutSelector.currentIndex == 1
    start_replay(panel)
    step_until(panel, lambda update: update.frame is not None and len(update.frame.radiographs) == 2)
    shown = {
        layouts.slice_widget(n).sliceLogic().GetSliceCompositeNode().GetBackgroundVolumeID() for n in (layouts.LIVE, layouts.SECOND)
    }
    assert None not in shown
    assert len(shown) == 2


def test_the_live_view_can_follow_the_instrument(playing: Any) -> None:
    live = layouts.slice_widget(layouts.LIVE)
    playing.ui.followSelector.activated(1)
    planning = playing.conductor.drawing.planning_volume.GetID()
    assert live.sliceLogic().GetSliceCompositeNode().GetBackgroundVolumeID() == planning
    playing.ui.followSelector.activated(0)
    assert live.sliceLogic().GetSliceCompositeNode().GetBackgroundVolumeID() != planning


def test_another_path_of_the_plan_is_selected(opened: Any) -> None:
    last = len(opened.conductor.plan.trajectories) - 1
    opened.ui.trajectorySelector.activated(last)
    assert opened.conductor.trajectory.id == opened.conductor.plan.trajectories[last].id


def test_closing_the_case_takes_its_nodes_out_of_the_scene(opened: Any, scene: Any) -> None:
    opened.ui.closeCaseButton.click()
    for name in ("Planning CT", "Planned path", "Live image", "Instrument", "Planning CT from live image", "Tolerance", "Target"):
        assert scene.GetFirstNodeByName(name) is None, name
    assert opened.ui.caseLabel.text == "No case is open."


def test_keys_are_named_on_the_buttons(panel: Any) -> None:
    assert "(F6)" in panel.ui.acknowledgeButton.toolTip
    assert "(F9)" in panel.ui.playButton.toolTip
