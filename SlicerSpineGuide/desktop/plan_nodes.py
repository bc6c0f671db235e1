"""A plan made of the scene's own nodes: any scalar volume, a markups line for the path, a segmentation for the zones.

The volume's geometry is read, never changed. MRML counts in RAS; what leaves this module is LPS.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import slicer
from slicer.i18n import tr as _

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import InstrumentSpec, Plan, PlanningCt, Trajectory, ZoneRef
from SlicerSpineGuide.plan.procedures import Procedure
from SlicerSpineGuide.plan.segmentation import Segmentation
from SlicerSpineGuide.recording.case import Case, CaseFolder, check_plan_against_ct
from SlicerSpineGuide.scene.coordinates import ras_from_lps

ZONES_FILE = "zones/labels.nrrd"
_DICOM_TAGS = {
    "patient_id": "0010,0020",
    "series_instance_uid": "0020,000e",
    "frame_of_reference_uid": "0020,0052",
    "patient_position": "0018,5100",
}


@dataclass(frozen=True)
class Identity:
    """Whose CT it is, as DICOM says it; "" where nobody told."""

    patient_id: str = ""
    series_instance_uid: str = ""
    frame_of_reference_uid: str = ""
    patient_position: str = ""


def identity_of(volume: Any) -> Identity:
    """What Slicer's DICOM database knows of a volume that was loaded through it."""
    uids = (volume.GetAttribute("DICOM.instanceUIDs") or "").split()
    database = getattr(slicer, "dicomDatabase", None)
    if not uids or database is None:
        return Identity()
    return Identity(**{field: str(database.instanceValue(uids[0], tag)).strip() for field, tag in _DICOM_TAGS.items()})


def planning_of(volume: Any, identity: Identity) -> PlanningCt:
    """The planning CT that a scalar volume node holds. BadInput where it has no voxels or lies under a transform."""
    if volume.GetImageData() is None or volume.GetImageData().GetNumberOfPoints() == 0:
        raise BadInput(_("The volume {name} has no voxels: choose another one.").format(name=volume.GetName()))
    if volume.GetParentTransformNode() is not None:
        raise BadInput(_("The volume {name} lies under a transform: take it out or harden it first.").format(name=volume.GetName()))
    voxels = np.array(slicer.util.arrayFromVolume(volume))
    if voxels.ndim != 3:
        raise BadInput(_("The volume {name} is not a scalar volume: choose another one.").format(name=volume.GetName()))
    return PlanningCt(
        Volume(voxels, ras_from_lps(_matrix(volume))),
        identity.patient_id,
        identity.series_instance_uid,
        identity.frame_of_reference_uid,
        identity.patient_position,
    )


def _matrix(volume: Any) -> FloatArray:
    from vtkmodules.vtkCommonMath import vtkMatrix4x4

    matrix = vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    return np.array([[matrix.GetElement(r, c) for c in range(4)] for r in range(4)], dtype=np.float64)


def ends_of(line: Any) -> tuple[FloatArray, FloatArray]:
    """Entry and target (3,) LPS of a markups line: its first and its second control point, in world coordinates."""
    if line.GetNumberOfDefinedControlPoints() < 2:
        raise BadInput(
            _("The line {name} needs two points: the entry at the skin first, then the target.").format(name=line.GetName())
        )
    points = []
    for index in (0, 1):
        position = [0.0, 0.0, 0.0]
        line.GetNthControlPointPositionWorld(index, position)
        points.append(ras_from_lps(np.array(position)))
    return points[0], points[1]


def plan_of(planning: PlanningCt, line: Any, instrument: InstrumentSpec, procedure: str, zones: tuple[ZoneRef, ...]) -> Plan:
    """A plan with one path and the procedure's tolerance. BadInput names what does not fit: an instrument shorter than the path."""
    entry, target = ends_of(line)
    try:
        trajectory = Trajectory(
            id=line.GetName() or "path",
            label=line.GetName(),
            instrument=instrument,
            entry_lps=(float(entry[0]), float(entry[1]), float(entry[2])),
            target_lps=(float(target[0]), float(target[1]), float(target[2])),
        )
    except ValueError as error:
        raise BadInput(_first_sentence(error)) from None
    return Plan(
        patient_id=planning.patient_id,
        series_instance_uid=planning.series_instance_uid,
        frame_of_reference_uid=planning.frame_of_reference_uid,
        procedure=procedure,
        trajectories=(trajectory,),
        zones=zones,
    )


def _first_sentence(error: ValueError) -> str:
    errors = getattr(error, "errors", None)
    return str(errors()[0]["msg"]).removeprefix("Value error, ") if errors else str(error)


@dataclass(frozen=True, eq=False)
class Segments:
    """The visible segments of a segmentation in the CT's own voxels. labels: segment's name -> value in `volume`."""

    volume: Volume
    labels: dict[str, int]

    def write(self, folder: Path) -> Path:
        """The label volume as a file in `folder`; touches no node, so that any thread may write it."""
        import SimpleITK

        path = folder / ZONES_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        SimpleITK.WriteImage(self.volume.to_sitk(), str(path), True)
        return path

    def zones(self, procedure: Procedure | None, margin_mm: float) -> tuple[ZoneRef, ...]:
        """A zone for each segment that is no vertebra. The procedure's margin where it names the structure, else `margin_mm`."""
        vertebrae = Segmentation(Path(ZONES_FILE), self.labels).levels.values()
        margins = {_plain(zone.name): zone.margin_mm for zone in procedure.zones} if procedure is not None else {}
        return tuple(
            ZoneRef(name=name, file=ZONES_FILE, label=label, margin_mm=margins.get(_plain(name), margin_mm))
            for name, label in self.labels.items()
            if label not in vertebrae
        )


def _plain(name: str) -> str:
    """A structure's name as procedures and segmentations both write it."""
    return name.strip().lower().replace("_", " ")


def segments_of(segmentation: Any | None, volume: Any) -> Segments | None:
    """The segments of a segmentation node in the voxels of `volume`, None without a node. BadInput where none is visible."""
    if segmentation is None:
        return None
    scene = volume.GetScene()
    labels = scene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "Spine Guide zones")
    try:
        done = slicer.vtkSlicerSegmentationsModuleLogic.ExportVisibleSegmentsToLabelmapNode(segmentation, labels, volume)
        if not done or labels.GetImageData() is None:
            raise BadInput(_("The segmentation {name} has no visible segment.").format(name=segmentation.GetName()))
        voxels = np.array(slicer.util.arrayFromVolume(labels)).astype(np.uint8)
        made = Volume(voxels, ras_from_lps(_matrix(labels)))
    finally:
        colours = labels.GetDisplayNode().GetColorNode() if labels.GetDisplayNode() else None
        scene.RemoveNode(labels)
        if colours is not None and colours.GetName() and "Spine Guide zones" in colours.GetName():
            scene.RemoveNode(colours)
    return Segments(made, {name: index + 1 for index, name in enumerate(_segment_names(segmentation))})


def _segment_names(segmentation: Any) -> list[str]:
    display, segments = segmentation.GetDisplayNode(), segmentation.GetSegmentation()
    identifiers = [segments.GetNthSegmentID(i) for i in range(segments.GetNumberOfSegments())]
    shown = [i for i in identifiers if display is None or display.GetSegmentVisibility(i)]
    return [segments.GetSegment(i).GetName() for i in shown]


def case_of(folder: Path, plan: Plan, planning: PlanningCt, title: str) -> CaseFolder:
    """A case for live guidance with plan.json written into `folder`. BadInput where the plan does not fit the CT."""
    check_plan_against_ct(plan, planning, folder / "plan.json")
    folder.mkdir(parents=True, exist_ok=True)
    plan.save(folder / "plan.json")
    return CaseFolder(folder, Case(title=title, modality="CT", source="recorded"), plan, planning)
