"""What a trainee is told: the truth beside the numbers, and the debrief of a session with its comparison against the truth."""

from __future__ import annotations

from collections.abc import Mapping

from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.plan import Plan, Trajectory
from SlicerSpineGuide.recording.case import CaseFolder, Truth, TruthFrame
from SlicerSpineGuide.recording.debrief import Debrief, Frames, debrief
from SlicerSpineGuide.recording.report_model import ReportFrame
from SlicerSpineGuide.recording.score import compare


def truth_of(case: CaseFolder) -> Truth | None:
    """The truth of a case, None where it has none that can be used, or where the path that it is about was corrected since."""
    path = case.folder / "truth.json"
    if not path.is_file():
        return None
    try:
        truth = read_document(Truth, path)
        measured_by = Plan.load(case.folder / "plan.json").trajectory(truth.trajectory)
        guided_by = case.plan.trajectory(truth.trajectory)
    except (BadInput, KeyError):
        return None
    same = measured_by.entry_lps == guided_by.entry_lps and measured_by.target_lps == guided_by.target_lps
    return truth if same else None


def truth_of_frame(truth: Truth | None, update: Update) -> TruthFrame | None:
    """The truth of the frame that is shown; None where there is none, or it is about another of the plan's trajectories."""
    if truth is None or update.frame is None or update.frame.index >= len(truth.frames) or truth.trajectory != update.trajectory:
        return None
    return truth.frames[update.frame.index]


def debrief_against(
    frames: Frames, trajectory: Trajectory, truth: Truth | None, margins_mm: Mapping[str, float] | None = None
) -> tuple[Debrief, list[tuple[str, str]]]:
    """The debrief of report frames, and the rows (what, value) of their comparison with the truth as far as they were played.

    margins_mm: of the plan's zones. A truth about another trajectory is left out; without one there are no rows.
    """
    known = truth if truth is not None and truth.trajectory == trajectory.id else None
    rows: list[tuple[str, str]] = []
    if known is not None and frames:
        played = Truth(trajectory=known.trajectory, frames=known.frames[: frames[-1]["index"] + 1], events=known.events)
        read = [ReportFrame.model_validate(f) for f in frames]
        rows = compare(played, read, trajectory, len(played.frames), margins_mm).rows()
    return debrief(frames, trajectory, known), rows
