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
from SlicerSpineGuide.scene.nodes import remove_with_displays

_KEPT = ("planning_volume", "registration", "instrument_pose")
_REDRAWN = ("path", "tube", "target", "instrument", "bone")


def remember(state: Any, conductor: Conductor) -> None:
    """Write the open case and its nodes into the parameter node (a SpineGuideParameterNode); a value that stands is not written."""
    case, drawing = conductor.case, conductor.drawing
    was_modifying = state.StartModify()
    if case is None or drawing is None:
        _write(state, "plan", "")
    else:
        _write(state, "plan", case.plan.model_dump_json(by_alias=True))
        _write(state, "case_folder", str(case.folder))
        _write(state, "title", case.case.title)
        _write(state, "patient_position", case.planning.patient_position)
        _write(state, "trajectory", drawing.trajectory.id)
        _write(state, "keeps_volume", drawing.keeps_volume)
        for name in (*_KEPT, *_REDRAWN):
            _write(state, name, getattr(drawing, name))
    state.EndModify(was_modifying)


def _write(state: Any, name: str, value: Any) -> None:
    if getattr(state, name) != value:
        setattr(state, name, value)


def recall(state: Any, conductor: Conductor) -> bool:
    """Go on with the case that the parameter node describes; False where it describes none that is still whole.

    BadInput: the plan or the volume in the scene was damaged.
    """
    text, volume = state.plan, state.planning_volume
    if not text or volume is None:
        return False
    try:
        plan = Plan.model_validate_json(text)
    except ValueError as error:
        raise BadInput(str(error).splitlines()[0]) from None
    identity = Identity(plan.patient_id, plan.series_instance_uid, plan.frame_of_reference_uid, state.patient_position)
    folder = Path(state.case_folder or ".")
    case = CaseFolder(folder, _case_json(folder, state.title), plan, planning_of(volume, identity))
    selected, keeps_volume = state.trajectory, state.keeps_volume
    adopt = {name: getattr(state, name) for name in _KEPT if getattr(state, name) is not None}
    for name in _REDRAWN:
        stale = getattr(state, name)
        if stale is not None and stale.GetScene() is not None:
            remove_with_displays(stale)
    conductor.use(case, adopt)
    assert conductor.drawing is not None
    conductor.drawing.keeps_volume = keeps_volume
    if selected in [t.id for t in plan.trajectories]:
        conductor.select(selected)
    return True


def _case_json(folder: Path, title: str) -> Case:
    """The case's own list of frames where the folder is still there, else one without frames: for live guidance."""
    try:
        return read_document(Case, folder / "case.json")
    except BadInput:
        return Case(title=title or folder.name, modality="CT", source="recorded")
