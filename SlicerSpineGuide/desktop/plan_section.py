"""A plan from the scene's own nodes: a volume, a line, a segmentation; or a path that is proposed in a segmented vertebra."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import slicer
from slicer.i18n import tr as _

from SlicerSpineGuide.desktop import plan_nodes
from SlicerSpineGuide.desktop.background import Progress
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import InstrumentSpec
from SlicerSpineGuide.plan.catalogue import families
from SlicerSpineGuide.plan.planner import Planner
from SlicerSpineGuide.plan.procedures import Procedure, procedures
from SlicerSpineGuide.plan.proposals import Proposal
from SlicerSpineGuide.plan.segmentation import Segmentation
from SlicerSpineGuide.recording.case import CaseFolder
from SlicerSpineGuide.scene.coordinates import ras_from_lps
from SlicerSpineGuide.translation import tr

Kind = Literal["needle", "trocar", "screw", "tube"]
_KINDS: tuple[Kind, ...] = ("needle", "trocar", "screw", "tube")  # in the order of the form
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")


class PlanSection:
    """The form's plain fields are connected to the parameter node; the two lists that follow the procedure are kept here."""

    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        ui = self._ui
        self._procedures = list(procedures().values())
        ui.procedureSelector.addItems([tr(p.label) for p in self._procedures])
        self._catalogue: list[InstrumentSpec] = []
        self._levels: list[str] = []
        self._proposals: list[Proposal] = []
        ui.procedureSelector.connect("activated(int)", self._procedure_chosen)
        ui.catalogueSelector.connect("activated(int)", self._model_chosen)
        ui.instrumentKind.connect("activated(int)", self._kind_chosen)
        ui.volumeSelector.connect("currentNodeChanged(vtkMRMLNode*)", self._volume_chosen)
        ui.lineSelector.connect("currentNodeChanged(vtkMRMLNode*)", self.refresh)
        ui.segmentationSelector.connect("currentNodeChanged(vtkMRMLNode*)", self.refresh)
        ui.patientIdEdit.connect("textChanged(QString)", self.refresh)
        ui.usePlanButton.connect("clicked(bool)", lambda: panel.attempt(self.use))
        ui.proposeButton.connect("clicked(bool)", lambda: panel.attempt(self.propose))
        ui.proposalsList.connect("currentRowChanged(int)", self._draw_proposal)

    def load(self, state: Any) -> None:
        """Take over what the parameter node has of the lists: the rest of the form is connected to it."""
        identifiers = [p.id for p in self._procedures]
        self._ui.procedureSelector.setCurrentIndex(identifiers.index(state.procedure) if state.procedure in identifiers else 0)
        self._ui.instrumentKind.setCurrentIndex(_KINDS.index(state.kind) if state.kind in _KINDS else 0)
        self._list_catalogue()
        self.refresh()

    def refresh(self) -> None:
        ui = self._ui
        volume, segmentation = ui.volumeSelector.currentNode(), ui.segmentationSelector.currentNode()
        ready = volume is not None and ui.lineSelector.currentNode() is not None and bool(ui.patientIdEdit.text.strip())
        ui.usePlanButton.enabled = ready
        ui.usePlanButton.toolTip = (
            _("Check the path against the CT and guide along it")
            if ready
            else _("Choose the planning CT, a path and the patient ID first")
        )
        levels = _levels_of(segmentation)
        if levels != self._levels:
            self._levels = levels
            ui.levelSelector.clear()
            ui.levelSelector.addItems(levels)
        for widget in (ui.levelSelector, ui.sideSelector, ui.proposeButton):
            widget.enabled = volume is not None and bool(levels)

    def use(self) -> None:
        """Make the chosen nodes the open case. BadInput says what does not fit, here or when the background has looked."""
        volume, line = self._ui.volumeSelector.currentNode(), self._ui.lineSelector.currentNode()
        if volume is None or line is None:
            raise BadInput(_("Choose the planning CT and a path first."))
        planning = plan_nodes.planning_of(volume, self._identity(volume))
        segments = plan_nodes.segments_of(self._ui.segmentationSelector.currentNode(), volume)
        procedure = self._procedure()
        zones = segments.zones(procedure, self._ui.marginSpin.value) if segments is not None else ()
        plan = plan_nodes.plan_of(planning, line, self._instrument(), procedure.id, zones)
        title, folder = line.GetName(), self._folder()

        def make(progress: Progress) -> CaseFolder:
            progress(0.2)
            if segments is not None:
                segments.write(folder)
            progress(0.7)
            return plan_nodes.case_of(folder, plan, planning, title)

        self._conductor.background.run(
            _("Checking the plan"), make, lambda case: self._conductor.use(case, {"planning_volume": volume})
        )
        self._conductor.changed()

    def propose(self) -> None:
        """Search for paths in the chosen vertebra; the list shows them when they are found."""
        volume = self._ui.volumeSelector.currentNode()
        segments = plan_nodes.segments_of(self._ui.segmentationSelector.currentNode(), volume)
        if volume is None or segments is None or not self._levels:
            raise BadInput(_("Choose the planning CT and a segmentation with vertebrae first."))
        planning = plan_nodes.planning_of(volume, self._identity(volume))
        level, side = self._levels[self._ui.levelSelector.currentIndex], _SIDES[self._ui.sideSelector.currentIndex]
        procedure, instrument, folder = self._procedure().id, self._instrument(), self._folder()

        def search(progress: Progress) -> list[Proposal]:
            progress(0.1)
            planner = Planner(planning, Segmentation(segments.write(folder), segments.labels))
            progress(0.3)
            return planner.propose(procedure, level, side, instrument=instrument)

        self._conductor.background.run(_("Searching for paths"), search, self._list_proposals)
        self._conductor.changed()

    def _list_proposals(self, proposals: list[Proposal]) -> None:
        self._proposals = proposals
        listed = self._ui.proposalsList
        listed.blockSignals(True)
        listed.clear()
        listed.addItems([_proposal_text(p) for p in proposals])
        listed.setCurrentRow(-1)
        listed.blockSignals(False)
        self._conductor.changed()

    def _draw_proposal(self, row: int) -> None:
        """The chosen proposal as a line of the scene, chosen as the path: to be looked at, corrected, and used as plan."""
        if not 0 <= row < len(self._proposals):
            return
        trajectory = self._proposals[row].trajectory
        line = slicer.mrmlScene.GetFirstNodeByName(trajectory.id)
        if line is None or not line.IsA("vtkMRMLMarkupsLineNode"):
            line = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", trajectory.id)
        line.RemoveAllControlPoints()
        for point in (trajectory.entry, trajectory.target):
            line.AddControlPoint(*ras_from_lps(point))
        self._ui.lineSelector.setCurrentNode(line)
        self._fill_in(trajectory.instrument)

    def _identity(self, volume: Any) -> plan_nodes.Identity:
        known = plan_nodes.identity_of(volume)
        return plan_nodes.Identity(
            self._ui.patientIdEdit.text.strip(), known.series_instance_uid, known.frame_of_reference_uid, known.patient_position
        )

    def _volume_chosen(self, volume: Any) -> None:
        if volume is not None:
            known = plan_nodes.identity_of(volume).patient_id
            self._ui.patientIdEdit.text = known or self._ui.patientIdEdit.text
        self.refresh()

    def _procedure_chosen(self) -> None:
        self._panel.state.procedure = self._procedure().id
        self._list_catalogue()

    def _kind_chosen(self, index: int) -> None:
        self._panel.state.kind = _KINDS[index]

    def _list_catalogue(self) -> None:
        chosen = [families()[identifier] for identifier in self._procedure().instruments]
        self._catalogue = [f.instrument(m.name, length) for f in chosen for m in f.models for length in m.lengths_mm]
        self._ui.catalogueSelector.clear()
        self._ui.catalogueSelector.addItems([f"{i.name}, {i.diameter_mm:g} × {i.length_mm:g} mm" for i in self._catalogue])
        self._ui.catalogueSelector.setCurrentIndex(-1)

    def _model_chosen(self, index: int) -> None:
        self._fill_in(self._catalogue[index])

    def _fill_in(self, instrument: InstrumentSpec) -> None:
        ui = self._ui
        ui.instrumentKind.setCurrentIndex(_KINDS.index(instrument.kind))
        self._panel.state.kind = instrument.kind
        ui.instrumentName.text = instrument.name
        ui.diameterSpin.value, ui.lengthSpin.value = instrument.diameter_mm, instrument.length_mm

    def _instrument(self) -> InstrumentSpec:
        return InstrumentSpec(
            kind=_KINDS[self._ui.instrumentKind.currentIndex],
            name=self._ui.instrumentName.text,
            diameter_mm=self._ui.diameterSpin.value,
            length_mm=self._ui.lengthSpin.value,
        )

    def _procedure(self) -> Procedure:
        return self._procedures[max(0, self._ui.procedureSelector.currentIndex)]

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


def _levels_of(segmentation: Any | None) -> list[str]:
    """The vertebral levels that the segments are named by."""
    if segmentation is None:
        return []
    segments = segmentation.GetSegmentation()
    names = [segments.GetNthSegment(i).GetName() for i in range(segments.GetNumberOfSegments())]
    return sorted(Segmentation(Path(), dict.fromkeys(names, 1)).levels)


def _proposal_text(proposal: Proposal) -> str:
    return _(
        "{bone:.1f} mm to the bone's surface; {oblique:.0f}° oblique, {tilt:+.0f}° cranio-caudal, {path:.0f} mm from the skin"
    ).format(
        bone=proposal.bone_clearance_mm,
        oblique=proposal.angles.in_plane_deg,
        tilt=proposal.angles.cranio_caudal_deg,
        path=proposal.angles.skin_to_target_mm,
    )
