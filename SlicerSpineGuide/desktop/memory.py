"""What the scene keeps of us, so that a saved scene brings the plan, the registration, the instrument and the choices back.

Everything is in the module's parameter node: the plan as its JSON, the identity of the CT, and references to the nodes that
GuidanceScene drew. A registration that comes back is a record of what was, not a position: nothing is shown with it until an
image of today is registered.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from SlicerSpineGuide.desktop.conductor import Conductor
from SlicerSpineGuide.desktop.plan_nodes import Identity, planning_of
from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import Plan
from SlicerSpineGuide.recording.case import Case, CaseFolder

_KEPT = ("planning_volume", "registration", "instrument_pose")
_REDRAWN = ("path", "tube", "target", "instrument", "bone")


def remember(node: Any, conductor: Conductor) -> None:
    """Write the open case and its nodes into the parameter node."""
    case, drawing = conductor.case, conductor.drawing
    was_modifying = node.StartModify()
    if case is None or drawing is None:
        node.UnsetParameter("plan")
    else:
        node.SetParameter("plan", case.plan.model_dump_json(by_alias=True))
        node.SetParameter("case_folder", str(case.folder))
        node.SetParameter("title", case.case.title)
        node.SetParameter("patient_position", case.planning.patient_position)
        node.SetParameter("trajectory", drawing.trajectory.id)
        for name in (*_KEPT, *_REDRAWN):
            referenced = getattr(drawing, name)
            node.SetNodeReferenceID(name, referenced.GetID() if referenced is not None else None)
    node.EndModify(was_modifying)


def recall(node: Any, conductor: Conductor) -> bool:
    """Go on with the case that the parameter node describes; False where it describes none that is still whole.

    BadInput: the plan or the volume in the scene was damaged.
    """
    text, volume = node.GetParameter("plan"), node.GetNodeReference("planning_volume")
    if not text or volume is None:
        return False
    try:
        plan = Plan.model_validate_json(text)
    except ValueError as error:
        raise BadInput(str(error).splitlines()[0]) from None
    identity = Identity(
        plan.patient_id, plan.series_instance_uid, plan.frame_of_reference_uid, node.GetParameter("patient_position") or ""
    )
    folder = Path(node.GetParameter("case_folder") or ".")
    case = CaseFolder(folder, _case_json(folder, node.GetParameter("title") or ""), plan, planning_of(volume, identity))
    adopt = {name: node.GetNodeReference(name) for name in _KEPT if node.GetNodeReference(name) is not None}
    for name in _REDRAWN:
        stale = node.GetNodeReference(name)
        if stale is not None:
            stale.GetScene().RemoveNode(stale)
    conductor.use(case, adopt)
    selected = node.GetParameter("trajectory")
    if selected in [t.id for t in plan.trajectories]:
        conductor.select(selected)
    return True


def _case_json(folder: Path, title: str) -> Case:
    """The case's own list of frames where the folder is still there, else one without frames: for live guidance."""
    try:
        return read_document(Case, folder / "case.json")
    except BadInput:
        return Case(title=title or folder.name, modality="CT", source="recorded")
