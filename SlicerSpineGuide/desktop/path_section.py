"""Check and correct the path: findings and numbers, ends that can be dragged, the corrected plan, the sheet to print.

Guidance keeps to the plan that was opened until the person guides along the corrected one.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

import slicer
from slicer.i18n import tr as _

from SlicerSpineGuide.desktop import layouts
from SlicerSpineGuide.desktop.background import Background, Progress
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import Plan, Trajectory
from SlicerSpineGuide.plan.findings import Finding
from SlicerSpineGuide.plan.planner import Planner
from SlicerSpineGuide.plan.review import with_trajectory
from SlicerSpineGuide.plan.zones import load_zones
from SlicerSpineGuide.recording.case import CaseFolder
from SlicerSpineGuide.scene.draft import PathDraft
from SlicerSpineGuide.scene.nodes import restrict_to

_MARKS = {"refuse": "✗", "warn": "!", "note": "✓"}


class PathSection:
    """Owns the draft of the selected path; checks run in a thread of their own, and only while the section is open."""

    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        ui = self._ui
        self._checks = Background()
        self._planner: Planner | None = None
        self._planned: CaseFolder | None = None
        self._reading = Lock()
        self._draft: PathDraft | None = None
        self._about: tuple[Any, str] | None = None  # the drawing and the path that are shown
        self._checked = False
        ui.pathSection.connect("toggled(bool)", self.refresh)
        ui.editPathButton.connect("toggled(bool)", self._edit)
        ui.undoPathButton.connect("clicked(bool)", self._undo)
        ui.redoPathButton.connect("clicked(bool)", self._redo)
        ui.discardPathButton.connect("clicked(bool)", self._discard)
        ui.applyPathButton.connect("clicked(bool)", lambda: panel.attempt(self._apply))
        ui.saveSheetButton.connect("clicked(bool)", lambda: panel.attempt(self._save_sheet))
        ui.savePlanButton.connect("clicked(bool)", lambda: panel.attempt(self._save_plan))

    def refresh(self) -> None:
        """Another case or path: the draft of the former is gone, and the path is checked if somebody looks."""
        ui, conductor = self._ui, self._conductor
        trajectory = conductor.trajectory
        about = (conductor.drawing, trajectory.id) if trajectory is not None else None
        if about != self._about:
            self._about, self._checked = about, False
            self._drop_draft()
            self._say({}, [])
        for button in (ui.editPathButton, ui.saveSheetButton, ui.savePlanButton):
            button.enabled = trajectory is not None
        for button in (ui.undoPathButton, ui.redoPathButton, ui.discardPathButton, ui.applyPathButton):
            button.enabled = self._draft is not None
        if trajectory is not None and not self._checked and not ui.pathSection.collapsed:
            self._checked = True
            self._check(trajectory)

    def show(self) -> None:
        """Follow the ends that a person drags, and take up what the check has found; never waits."""
        self._panel.attempt_quietly(self._checks.poll)
        draft = self._draft
        if draft is not None and draft.line.GetScene() is not None and draft.moved():
            self._check_draft()

    def cleanup(self) -> None:
        self._checks.close()
        self._drop_draft()

    # --- the draft

    def _edit(self, on: bool) -> None:
        trajectory = self._conductor.trajectory
        if self._draft is None and on and trajectory is not None:
            self._draft = PathDraft(slicer.mrmlScene, trajectory)
            restrict_to(self._draft.line.GetDisplayNode(), _views_of_the_plan())
        if self._draft is not None:
            self._draft.unlock(on)
        self.refresh()

    def _undo(self) -> None:
        if self._draft is not None:
            self._draft.undo()
        self._check_draft()

    def _redo(self) -> None:
        if self._draft is not None:
            self._draft.redo()
        self._check_draft()

    def _check_draft(self) -> None:
        """Check the path as it was dragged; one that is none is said as a finding."""
        if self._draft is None:
            return
        try:
            self._check(self._draft.trajectory)
        except ValueError as error:
            self._say({}, [Finding("", "PATH", "refuse", _first_sentence(error))])

    def _discard(self) -> None:
        planned = self._conductor.trajectory
        if self._draft is not None and planned is not None:
            self._draft.place(planned.entry, planned.target)

    def _apply(self) -> None:
        """Make the corrected path the plan's. BadInput where it is none (too short, outside the CT, too long for the instrument)."""
        case, draft = self._conductor.case, self._draft
        if case is None or draft is None:
            return
        try:
            plan = with_trajectory(case.plan, draft.trajectory)
        except ValueError as error:
            raise BadInput(_first_sentence(error)) from None
        for point in (draft.trajectory.entry, draft.trajectory.target):
            if not case.planning.volume.contains(point):
                raise BadInput(_("The corrected path leaves the planning CT: move its ends into it."))
        chosen = draft.trajectory.id
        self._drop_draft()
        self._conductor.correct(replace(case, plan=plan))
        self._conductor.select(chosen)

    def _drop_draft(self) -> None:
        draft, self._draft = self._draft, None
        if draft is not None:
            draft.remove()
        if self._ui.editPathButton.checked:
            self._ui.editPathButton.checked = False

    # --- the check

    def _check(self, trajectory: Trajectory) -> None:
        case: CaseFolder = self._conductor.case
        plan = with_trajectory(case.plan, trajectory)

        def look(_progress: Progress) -> tuple[dict[str, str], list[Finding]]:
            with self._reading:
                planner = self._asked(case)
                findings = [f for f in planner.check(plan) if f.trajectory in ("", trajectory.id)]
                return planner.numbers(trajectory), findings

        self._checks.run(_("Checking the path"), look, lambda found: self._say(*found))

    def _asked(self, case: CaseFolder) -> Planner:
        """The planner of a case, which keeps what it has read off the CT; on a worker's thread that has the lock."""
        if self._planner is None or self._planned is not case:
            self._planner, self._planned = Planner(case.planning, zones=load_zones(case.plan, case.folder, case.planning)), case
        return self._planner

    def _say(self, numbers: dict[str, str], findings: list[Finding]) -> None:
        self._ui.pathNumbersLabel.text = "\n".join(f"{what}: {value}" for what, value in numbers.items())
        self._ui.findingsList.clear()
        self._ui.findingsList.addItems([f"{_MARKS[f.severity]}  {f.message}" for f in findings])

    def _save_plan(self) -> None:
        path = self._named().with_suffix(".json")
        try:
            self._plan_with_draft().save(path)
        except OSError as error:
            raise BadInput(_("{path} cannot be written: {why}.").format(path=path, why=error.strerror)) from None
        self._panel.note(_("The plan is in {path}.").format(path=path))

    def _named(self) -> Path:
        text = str(self._ui.sheetPathEdit.currentPath).strip()
        if not text:
            raise BadInput(_("Name the sheet's file first."))
        path = Path(text)
        if not path.parent.is_dir():
            raise BadInput(_("{path} cannot be written: its folder does not exist.").format(path=path))
        return path

    def _save_sheet(self) -> None:
        path = self._named()
        case, plan = self._conductor.case, self._plan_with_draft()

        def write(progress: Progress) -> str:
            with self._reading:
                planner = self._asked(case)
                progress(0.3)
                path.write_text(planner.sheet(plan), encoding="utf-8")
            return str(path)

        self._conductor.background.run(_("Writing the plan sheet"), write, self._sheet_written)
        self._conductor.changed()

    def _sheet_written(self, path: str) -> None:
        self._panel.note(_("The plan sheet is in {path}.").format(path=path))

    def _plan_with_draft(self) -> Plan:
        case = self._conductor.case
        return with_trajectory(case.plan, self._draft.trajectory) if self._draft is not None else case.plan


def _views_of_the_plan() -> list[str]:
    """The views in which a draft may be seen: not those of the live image, where the patient lies as he lies."""
    scene = slicer.mrmlScene
    kinds = ("vtkMRMLSliceNode", "vtkMRMLViewNode")
    every = [scene.GetNthNodeByClass(i, kind) for kind in kinds for i in range(scene.GetNumberOfNodesByClass(kind))]
    return [node.GetID() for node in every if node.GetLayoutName() not in (layouts.LIVE, layouts.SECOND)]


def _first_sentence(error: ValueError) -> str:
    errors = getattr(error, "errors", None)
    return str(errors()[0]["msg"]).removeprefix("Value error, ") if errors else str(error)
