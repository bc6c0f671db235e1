"""The path in the panel: checked, moved, undone, guided along, printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from courses import rows, start_replay, step_until, wait_until, wait_until_ready


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
    opened.look()
    ui.redoPathButton.click()
    assert np.allclose(draft.points[0], planned.entry + [4.0, 0.0, 0.0])
    opened.look()
    ui.undoPathButton.click()
    draft.place(planned.entry + [4.0, 0.0, 0.0], planned.target)
    opened.look()
    ui.redoPathButton.click()
    assert np.allclose(draft.points[0], planned.entry + [4.0, 0.0, 0.0]), "a move of one's own ends what could be brought back"
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


def test_the_plan_is_saved_with_the_path_as_it_is_now(opened: Any, tmp_path: Path) -> None:
    from SlicerSpineGuide.plan import Plan

    ui, planned = opened.ui, opened.conductor.trajectory
    ui.savePlanButton.click()
    assert "Name the sheet's file first." in ui.messageLabel.text
    ui.editPathButton.click()
    opened.path_section._draft.place(planned.entry + [4.0, 0.0, 0.0], planned.target)
    ui.sheetPathEdit.currentPath = str(tmp_path / "sheet.html")
    ui.savePlanButton.click()
    saved = Plan.load(tmp_path / "sheet.json").trajectory(planned.id)
    assert np.allclose(saved.entry, planned.entry + [4.0, 0.0, 0.0])
    assert str(tmp_path / "sheet.json") in ui.messageLabel.text


def test_a_corrected_path_is_driven_and_the_cases_truth_leaves_the_screen(opened: Any) -> None:
    ui, planned = opened.ui, opened.conductor.trajectory
    ui.editPathButton.click()
    opened.path_section._draft.place(planned.entry + [4.0, 0.0, 0.0], planned.target)
    ui.applyPathButton.click()
    start_replay(opened)
    step_until(opened, lambda update: update.deviation is not None)
    assert ui.truthLabel.text == ""
    assert not ui.scoreButton.enabled
    ui.stopButton.click()
    ui.driveButton.click()
    wait_until_ready(opened)
    driven = opened.conductor.driving.hands._room.trajectory
    assert np.allclose(driven.entry, planned.entry + [4.0, 0.0, 0.0])
    ui.stopButton.click()
