"""What a radiologist, a trainee and a technician do in the panel, with the sample case: the same actions as in the console."""

from __future__ import annotations

import re
import socket
import threading
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from courses import open_sample, start_replay, step_until, wait_until, wait_until_ready
from standin import pythonqt

from SlicerSpineGuide.guidance.types import AlertCode


def next_image(panel: Any) -> Any:
    """Step the replay by one image; its Update."""
    panel.ui.stepButton.click()
    shown = panel.conductor.replay.position
    assert panel.conductor.replay.loop.wait_until_idle(60.0)
    wait_until(lambda: panel.conductor.latest.frame.index == shown, "the next image")
    panel.look()
    return panel.conductor.latest


def rows(listed: Any) -> list[str]:
    return [listed.item(i).text() for i in range(listed.count)]


# --- nothing slow on Qt's thread


def test_a_case_is_read_in_another_thread_while_the_panel_says_what_it_does(panel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from SlicerSpineGuide.desktop import conductor

    threads: list[str] = []
    really = conductor.open_case

    def reading(folder: Path, **options: Any) -> Any:
        threads.append(threading.current_thread().name)
        return really(folder, **options)

    monkeypatch.setattr(conductor, "open_case", reading)
    panel.ui.sampleCaseButton.click()
    assert panel.conductor.case is None, "it was read before the button came back"
    assert panel.ui.busyLabel.text.startswith("Opening ")
    wait_until_ready(panel)
    assert panel.conductor.case is not None
    assert threads != ["MainThread"]
    assert panel.conductor.background.words == ""


def test_a_case_that_is_given_up_while_it_is_read_never_opens(panel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from SlicerSpineGuide.desktop import conductor

    go_on = threading.Event()
    really = conductor.open_case

    def slow(folder: Path, **options: Any) -> Any:
        assert go_on.wait(30.0)
        return really(folder, **options)

    monkeypatch.setattr(conductor, "open_case", slow)
    panel.ui.sampleCaseButton.click()
    panel.ui.cancelButton.click()
    go_on.set()
    panel.conductor.background.wait()
    panel.look()
    assert panel.conductor.case is None
    assert panel.ui.messageLabel.text == ""
    assert panel.ui.openCaseButton.enabled


def test_the_reading_says_how_far_it_is_and_ends_at_the_next_file_when_it_is_given_up(
    panel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pydicom

    from SlicerSpineGuide.plan import planning_ct

    read: list[Any] = []
    half_way, go_on = threading.Event(), threading.Event()

    def one_file(path: Path) -> Any:
        read.append(path)
        if len(read) == 5:
            half_way.set()
            assert go_on.wait(30.0)
        return pydicom.dcmread(path)

    monkeypatch.setattr(planning_ct, "pydicom", types.SimpleNamespace(dcmread=one_file, Dataset=pydicom.Dataset))
    panel.ui.sampleCaseButton.click()
    wait_until(half_way.is_set, "the fifth file")
    panel.look()
    assert 0 < panel.ui.busyBar.value < 100
    panel.ui.cancelButton.click()
    go_on.set()
    panel.conductor.background.wait()
    assert len(read) == 5


def test_where_qt_keeps_pythons_lock_each_look_gives_the_other_threads_a_moment() -> None:
    from SlicerSpineGuide.desktop.breath import Breath

    breath = Breath()
    threading.Event().wait(0.05)
    breath.breathe()
    assert breath.given == 0, "the heart beats: nothing is to be given"
    breath.breathe()  # at once: no beat in between, as where the lock is kept
    before = breath._beats
    breath._seen = breath._beats
    breath.breathe()
    assert breath.given > 0
    assert breath._beats > before, "the other threads ran"
    breath.stop()
    assert not breath._thread.is_alive()


def test_a_session_that_is_given_up_while_it_is_prepared_is_stopped(opened: Any) -> None:
    from SlicerSpineGuide.recording.player import ReplaySession

    made: list[ReplaySession] = []

    def make(case: Any) -> ReplaySession:
        made.append(ReplaySession(case))
        return made[0]

    opened.conductor.start(make)
    opened.ui.cancelButton.click()
    opened.conductor.background.wait()
    opened.look()
    assert not opened.conductor.running
    assert not made or not made[0].loop._thread.is_alive()


def test_what_fails_in_the_background_is_one_sentence(opened: Any) -> None:
    def broken(_case: Any) -> Any:
        raise ZeroDivisionError("a fault of ours")

    opened.conductor.start(broken)
    wait_until_ready(opened)
    wait_until(lambda: "a fault of ours" in opened.ui.messageLabel.text, "the sentence")
    wait_until(lambda: opened.ui.startReplayButton.enabled, "the button to be of use again")


# --- the registration, decided by a person


def test_a_rejected_registration_shows_nothing_until_it_is_registered_anew(playing: Any) -> None:
    assert playing.ui.lateralLabel.text != "–"
    playing.ui.rejectButton.click()
    wait_until(lambda: playing.ui.lateralLabel.text == "–", "the numbers to go")
    assert not playing.conductor.drawing.instrument.GetDisplayNode().GetVisibility()
    assert playing.ui.adviceLabel.text == "Register anew, or move the image, and compare again."
    playing.ui.searchButton.click()
    wait_until(lambda: playing.ui.lateralLabel.text != "–", "the numbers to come back")


def test_where_acceptance_is_asked_for_nothing_is_shown_before_it(playing: Any) -> None:
    playing.ui.askCheck.click()
    wait_until(lambda: playing.ui.lateralLabel.text == "–", "the numbers to go")
    assert "waits to be accepted" in playing.ui.registrationLabel.text
    playing.ui.acceptButton.click()
    wait_until(lambda: playing.ui.lateralLabel.text != "–", "the numbers to come")
    accepted = [row for row in rows(playing.ui.stepsList) if "Registration accepted" in row]
    assert re.search(r"✓.*\d\d:\d\d:\d\d", accepted[0])


def test_one_alert_is_acknowledged_alone(playing: Any) -> None:
    step_until(playing, lambda update: len(update.alerts) > 0)
    codes = [a.code for a in playing.conductor.latest.alerts]
    playing.ui.alertList.setCurrentRow(0)
    first = playing.live_section._listed[0][0]
    playing.ui.acknowledgeButton.click()
    wait_until(lambda: all(a.acknowledged == (a.code is first) for a in playing.conductor.latest.alerts), "one alert silenced")
    assert "(acknowledged)" in rows(playing.ui.alertList)[-1] or len(codes) == 1


# --- steps, marks, limits


def confirm(panel: Any, row: int) -> None:
    panel.ui.stepsList.setCurrentRow(row)
    panel.ui.confirmStepButton.click()


def test_steps_are_confirmed_by_name_taken_back_and_seen_in_the_images(playing: Any) -> None:
    playing.ui.operatorEdit.text = "  Dr.  Martin "
    confirm(playing, 0)
    assert re.match(r"✓  Plan checked  \d\d:\d\d:\d\d Dr. Martin", rows(playing.ui.stepsList)[0])
    assert playing.ui.stepsList.currentRow == 0, "the choice stays"
    confirm(playing, 0)
    assert rows(playing.ui.stepsList)[0].startswith("○  Plan checked")
    assert any("%" in row for row in rows(playing.ui.stepsList)), "the progress of the tip"


def test_the_steps_are_those_of_the_plans_procedure(opened: Any) -> None:
    from SlicerSpineGuide.plan.procedures import procedures

    own = procedures()[opened.conductor.plan.procedure].steps
    assert len(rows(opened.ui.stepsList)) >= len(own) > 0
    assert opened.ui.stepsList.item(0).toolTip() or own[0].label in rows(opened.ui.stepsList)[0]


def test_the_step_of_the_registration_accepts_it_and_one_that_is_seen_cannot_be_confirmed(playing: Any) -> None:
    steps = playing.conductor.steps.rows()
    playing.ui.rejectButton.click()
    wait_until(lambda: playing.conductor.latest.acceptance == "rejected", "the rejection")
    confirm(playing, next(i for i, s in enumerate(steps) if playing.conductor.steps.is_of_registration(s["name"])))
    wait_until(lambda: playing.conductor.latest.acceptance == "accepted", "the acceptance")
    confirm(playing, next(i for i, s in enumerate(steps) if not s["confirm"]))
    assert playing.ui.messageLabel.text == "Choose a step in the list that a person confirms."


def test_a_mark_is_listed_and_gone_to(playing: Any) -> None:
    step_until(playing, lambda update: update.frame.index == 6)
    playing.ui.markButton.click()
    assert any("image 7" in row for row in rows(playing.ui.stepsList))
    step_until(playing, lambda update: update.frame.index == 9)
    playing.sections[0].refresh()
    wait_until(lambda: any("marked at" in row for row in rows(playing.ui.timelineList)), "the mark on the timeline")
    listed = playing.ui.timelineList
    row = next(i for i, text in enumerate(rows(listed)) if "marked at" in text)
    listed.setCurrentRow(row)
    listed.itemClicked(listed.item(row))
    assert playing.conductor.replay.position == 6


def test_limits_are_the_plans_and_changed_ones_are_judged_by(playing: Any) -> None:
    ui = playing.ui
    tolerance = playing.conductor.trajectory.tolerance
    assert (ui.lateralLimitSpin.value, ui.angleLimitSpin.value) == (tolerance.lateral_mm, tolerance.angle_deg)
    assert ui.zoneSelector.count == len(playing.conductor.plan.zones) > 0
    ui.lateralLimitSpin.value = 0.1
    alerted = False
    while not alerted and playing.conductor.replay.position < playing.conductor.replay.length - 1:
        alerted = AlertCode.LATERAL_DEVIATION in {a.code for a in next_image(playing).alerts}
    assert alerted, "a tenth of a millimetre is passed in every case"
    assert playing.conductor.session.thresholds.lateral_mm == 0.1
    ui.zoneLimitSpin.value = 7.5
    wait_until(lambda: 7.5 in playing.conductor.session.thresholds.zone_margin_mm.values(), "the margin")
    ui.planLimitsButton.click()
    assert ui.lateralLimitSpin.value == tolerance.lateral_mm
    wait_until(lambda: playing.conductor.session.thresholds.lateral_mm == tolerance.lateral_mm, "the plan's limits")


# --- sound and pictures


def test_alerts_sound_by_their_priority_unless_sound_is_off(playing: Any) -> None:
    pythonqt.SoundEffect.played.clear()
    step_until(playing, lambda update: len(update.alerts) > 0)
    urgent = playing.conductor.latest.alerts[0].priority
    assert [Path(p).stem for p in pythonqt.SoundEffect.played] == [urgent]
    assert Path(pythonqt.SoundEffect.played[0]).read_bytes().startswith(b"RIFF")


def test_without_the_check_mark_alerts_are_silent(playing: Any) -> None:
    playing.ui.soundCheck.checked = False
    pythonqt.SoundEffect.played.clear()
    step_until(playing, lambda update: len(update.alerts) > 0)
    assert not pythonqt.SoundEffect.played


def test_the_sound_is_tried_with_its_three_priorities(panel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from SlicerSpineGuide.desktop import sounder

    monkeypatch.setattr(sounder, "SIGNALS", {p: replace(s, pulse_s=0.0, pauses_s=()) for p, s in sounder.SIGNALS.items()})
    monkeypatch.setattr(sounder, "GAP_S", 0.01)
    pythonqt.SoundEffect.played.clear()
    panel.ui.testSoundButton.click()
    wait_until(lambda: len(pythonqt.SoundEffect.played) == 3, "three sounds")
    assert [Path(p).stem for p in pythonqt.SoundEffect.played] == ["high", "medium", "low"]


def test_a_picture_shows_the_views_with_their_words(playing: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import qt
    import SimpleITK

    monkeypatch.setattr(qt.QStandardPaths, "writableLocation", lambda _which: str(tmp_path))
    playing.ui.screenshotButton.click()
    (path,) = tmp_path.glob("spine-guide-*.png")
    assert str(path) in playing.ui.messageLabel.text
    pixels = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
    assert pixels.shape[1] > 3 * 600
    assert np.ptp(pixels[:400, :600]) > 200, "the live image is black"


# --- training


def test_the_truth_stands_beside_the_numbers_of_a_simulated_case(playing: Any) -> None:
    truth = playing.conductor.case.truth().frames[playing.conductor.latest.frame.index]
    assert f"lateral {truth.lateral_mm:.1f} mm" in playing.ui.truthLabel.text


def test_the_debrief_judges_and_compares_with_the_truth(playing: Any) -> None:
    for _ in range(3):
        next_image(playing)
    playing.ui.stopButton.click()
    playing.ui.debriefButton.click()
    text = playing.ui.debriefBrowser.toPlainText()
    assert "of 100" in text
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


# --- the path


def test_the_path_is_checked_when_its_section_is_opened(opened: Any) -> None:
    assert rows(opened.ui.findingsList) == []
    opened.ui.pathSection.collapsed = False
    wait_until(lambda: opened.ui.findingsList.count > 0, "the findings")
    assert "Skin entry to target" in opened.ui.pathNumbersLabel.text
    assert any("aorta" in row for row in rows(opened.ui.findingsList))


def test_a_path_is_moved_checked_undone_and_guided_along(opened: Any) -> None:
    ui, conductor = opened.ui, opened.conductor
    planned = conductor.trajectory
    ui.editPathButton.click()
    draft = opened.path_section._draft
    assert not draft.line.GetLocked()
    draft.place(planned.entry + [4.0, 0.0, 0.0], planned.target)
    opened.look()
    wait_until(lambda: ui.findingsList.count > 0, "the findings")
    ui.undoPathButton.click()
    assert np.allclose(draft.points[0], planned.entry)
    draft.place(planned.entry + [4.0, 0.0, 0.0], planned.target)
    opened.look()
    ui.applyPathButton.click()
    assert ui.messageLabel.text == ""
    assert np.allclose(conductor.trajectory.entry, planned.entry + [4.0, 0.0, 0.0])
    start_replay(opened)
    step_until(opened, lambda update: update.deviation is not None)
    assert ui.lateralLabel.text != "–"


def test_a_path_that_leaves_the_ct_is_refused_and_the_plan_stays(opened: Any) -> None:
    planned = opened.conductor.trajectory
    opened.ui.editPathButton.click()
    opened.path_section._draft.place(planned.entry, planned.entry + [0.0, -40.0, 4000.0])
    opened.ui.applyPathButton.click()
    assert opened.ui.messageLabel.text
    assert np.allclose(opened.conductor.trajectory.target, planned.target)


def test_the_plan_sheet_is_written(opened: Any, tmp_path: Path) -> None:
    opened.ui.sheetPathEdit.currentPath = str(tmp_path / "sheet.html")
    opened.ui.saveSheetButton.click()
    wait_until_ready(opened)
    text = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert opened.conductor.plan.patient_id in text
    assert "data:image/png;base64" in text
    assert str(tmp_path / "sheet.html") in opened.ui.messageLabel.text


# --- the technician


@pytest.fixture
def node_tools(panel: Any) -> Any:
    """The tools for remote nodes, open and filled in."""
    panel.ui.peersSection.collapsed = False
    panel.ui.nodeSection.collapsed = False
    wait_until(lambda: panel.ui.receivedLabel.text != "", "the first look")
    return panel


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_remote_node_is_added_checked_and_removed(node_tools: Any) -> None:
    ui = node_tools.ui
    ui.remoteNameEdit.text, ui.remoteAetEdit.text, ui.remoteHostEdit.text = "ct", "CT1", "127.0.0.1"
    ui.remotePortSpin.value = free_port()
    ui.addRemoteButton.click()
    assert ui.messageLabel.text == ""
    wait_until(lambda: rows(ui.remoteList) and "CT1@127.0.0.1" in rows(ui.remoteList)[0], "the node in the list")
    ui.remoteList.setCurrentRow(0)
    ui.checkRemoteButton.click()
    wait_until(lambda: ui.answersLabel.text.startswith("✗"), "the answer of a port where nobody listens")
    ui.remoteList.setCurrentRow(0)
    ui.removeRemoteButton.click()
    wait_until(lambda: rows(ui.remoteList) == [], "the empty list")


def test_an_impossible_remote_node_is_refused_in_one_sentence(node_tools: Any) -> None:
    node_tools.ui.remoteAetEdit.text = "A title that is much too long"
    node_tools.ui.addRemoteButton.click()
    assert "aet" in node_tools.ui.messageLabel.text
    assert rows(node_tools.ui.remoteList) == []


def test_a_caller_that_was_turned_away_is_listed_and_admitted(node_tools: Any) -> None:
    from pynetdicom import AE

    open_sample(node_tools)
    node_tools.ui.portSpin.value = 0
    node_tools.ui.startLiveButton.click()
    wait_until_ready(node_tools)
    live = node_tools.conductor.live
    assert live is not None, node_tools.ui.messageLabel.text
    caller = AE(ae_title="NEWCT")
    caller.add_requested_context("1.2.840.10008.1.1")
    refused = caller.associate("127.0.0.1", live.node_state().port, ae_title="SPINEGUIDE")
    assert refused.is_rejected
    wait_until(lambda: any("NEWCT" in row for row in rows(node_tools.ui.strangersList)), "the stranger")
    node_tools.ui.strangersList.setCurrentRow(0)
    node_tools.ui.admitButton.click()
    assert node_tools.ui.messageLabel.text == ""

    def let_in() -> bool:
        association = caller.associate("127.0.0.1", live.node_state().port, ae_title="SPINEGUIDE")
        established = association.is_established
        association.abort() if established else None
        return bool(established)

    wait_until(let_in, "the node following its settings", 30.0)
    node_tools.ui.stopButton.click()


def test_every_caller_is_admitted_for_a_while_and_the_button_is_red(node_tools: Any) -> None:
    node_tools.ui.promiscuousButton.click()
    wait_until(lambda: "c62828" in node_tools.ui.promiscuousButton.styleSheet, "the warning colour")
    node_tools.ui.promiscuousButton.click()
    wait_until(lambda: node_tools.ui.promiscuousButton.styleSheet == "", "the end of it")


def test_the_node_checks_itself(node_tools: Any) -> None:
    node_tools.ui.checkOwnButton.click()
    wait_until(lambda: "Spool folder" in node_tools.ui.answersLabel.text, "the answers")


def test_the_tools_look_only_while_somebody_can_see_them(panel: Any) -> None:
    looks = panel.remote_section
    looks.show()
    assert looks._looked < 0
    panel.ui.peersSection.collapsed = False
    looks.show()
    assert looks._looked < 0, "the section above is closed"
    panel.ui.nodeSection.collapsed = False
    wait_until(lambda: looks._looked > 0, "a look")
