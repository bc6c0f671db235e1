"""A plan from the scene's own nodes: a volume, a line, a segmentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import slicer
from slicer.i18n import tr as _

from SlicerSpineGuide.desktop import plan_nodes
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import InstrumentSpec
from SlicerSpineGuide.resources import resource_path

Kind = Literal["needle", "trocar", "screw", "tube"]
_KINDS: tuple[Kind, ...] = ("needle", "trocar", "screw", "tube")  # in the order of the form


class PlanSection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        self._procedures = sorted(p.stem for p in resource_path("Procedures").glob("*.json"))
        self._ui.procedureSelector.addItems([name.replace("_", " ").replace("-", " ") for name in self._procedures])
        self._ui.instrumentKind.setCurrentIndex(_KINDS.index("trocar"))
        self._ui.volumeSelector.connect("currentNodeChanged(vtkMRMLNode*)", self._volume_chosen)
        self._ui.lineSelector.connect("currentNodeChanged(vtkMRMLNode*)", self.refresh)
        self._ui.patientIdEdit.connect("textChanged(QString)", self.refresh)
        self._ui.usePlanButton.connect("clicked(bool)", lambda: panel.attempt(self.use))

    def refresh(self) -> None:
        chosen = self._ui.volumeSelector.currentNode() is not None and self._ui.lineSelector.currentNode() is not None
        self._ui.usePlanButton.enabled = chosen and bool(self._ui.patientIdEdit.text.strip())
        self._ui.usePlanButton.toolTip = (
            _("Check the path against the CT and guide along it")
            if self._ui.usePlanButton.enabled
            else _("Choose the planning CT, a path and the patient ID first")
        )

    def use(self) -> None:
        """Make the chosen nodes the open case. BadInput says what does not fit."""
        volume, line = self._ui.volumeSelector.currentNode(), self._ui.lineSelector.currentNode()
        if volume is None or line is None:
            raise BadInput(_("Choose the planning CT and a path first."))
        known = plan_nodes.identity_of(volume)
        identity = plan_nodes.Identity(
            self._ui.patientIdEdit.text.strip(), known.series_instance_uid, known.frame_of_reference_uid, known.patient_position
        )
        planning = plan_nodes.planning_of(volume, identity)
        folder = self._folder()
        zones = plan_nodes.write_zones(self._ui.segmentationSelector.currentNode(), volume, folder, self._ui.marginSpin.value)
        plan = plan_nodes.plan_of(planning, line, self._instrument(), self._procedure(), zones)
        case = plan_nodes.case_of(folder, plan, planning, title=line.GetName())
        self._conductor.use(case, {"planning_volume": volume})

    def _volume_chosen(self, volume: Any) -> None:
        if volume is not None:
            known = plan_nodes.identity_of(volume).patient_id
            self._ui.patientIdEdit.text = known or self._ui.patientIdEdit.text
        self.refresh()

    def _instrument(self) -> InstrumentSpec:
        return InstrumentSpec(
            kind=_KINDS[self._ui.instrumentKind.currentIndex],
            name=self._ui.instrumentName.text,
            diameter_mm=self._ui.diameterSpin.value,
            length_mm=self._ui.lengthSpin.value,
        )

    def _procedure(self) -> str:
        index = self._ui.procedureSelector.currentIndex
        return self._procedures[index] if 0 <= index < len(self._procedures) else ""

    @staticmethod
    def _folder() -> Path:
        """A new folder for the plan and its zones, among Slicer's temporary files."""
        base = Path(slicer.app.temporaryPath) / "SpineGuide"
        number = 1
        while (base / f"plan-{number}").exists():
            number += 1
        folder = base / f"plan-{number}"
        folder.mkdir(parents=True)
        return folder
