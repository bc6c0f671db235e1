"""Case and plan: open a case, choose the path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import qt
from slicer.i18n import tr as _

from SlicerSpineGuide.desktop.sample_data import sample_case


class CaseSection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        self._identifiers: list[str] = []
        self._ui.openCaseButton.connect("clicked(bool)", self._open)
        self._ui.sampleCaseButton.connect("clicked(bool)", lambda: panel.open_case(sample_case()))
        self._ui.closeCaseButton.connect("clicked(bool)", self._conductor.close)
        self._ui.trajectorySelector.connect("activated(int)", self._select)

    def refresh(self) -> None:
        case, trajectory = self._conductor.case, self._conductor.trajectory
        self._ui.closeCaseButton.enabled = case is not None
        self._ui.trajectorySelector.enabled = case is not None
        self._identifiers = [t.id for t in case.plan.trajectories] if case is not None else []
        self._ui.trajectorySelector.clear()
        if case is None or trajectory is None:
            self._ui.caseLabel.text = _("No case is open.")
            return
        self._ui.trajectorySelector.addItems([t.label or t.id for t in case.plan.trajectories])
        self._ui.trajectorySelector.setCurrentIndex(self._identifiers.index(trajectory.id))
        instrument = trajectory.instrument
        self._ui.caseLabel.text = _(
            "{title}. Patient {patient}. {instrument}: {diameter:g} mm thick, {length:g} mm long; path {path:.0f} mm; "
            "tolerance {lateral:g} mm, {angle:g}°. Images recorded: {count}."
        ).format(
            title=case.case.title,
            patient=case.plan.patient_id or _("unknown"),
            instrument=instrument.name,
            diameter=instrument.diameter_mm,
            length=instrument.length_mm,
            path=trajectory.length_mm,
            lateral=trajectory.tolerance.lateral_mm,
            angle=trajectory.tolerance.angle_deg,
            count=len(case.case.frames),
        )

    def _open(self) -> None:
        """The folder or archive that is named; a dropped file's address counts as its path."""
        named = str(self._ui.caseFolderEdit.currentPath).strip()
        if named.startswith("file:"):
            named = str(qt.QUrl(named).toLocalFile())
        self._panel.open_case(Path(named))

    def _select(self, index: int) -> None:
        if 0 <= index < len(self._identifiers):
            self._conductor.select(self._identifiers[index])
