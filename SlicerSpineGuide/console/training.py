"""The trainee's side: the truth beside the numbers, and the debrief."""

from __future__ import annotations

from typing import Any

from SlicerSpineGuide.console.debrief_page import debrief_state
from SlicerSpineGuide.console.driving import DrivingSession
from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.recording.case import CaseFolder, Truth
from SlicerSpineGuide.recording.debrief import debrief
from SlicerSpineGuide.recording.report_model import ReportFrame
from SlicerSpineGuide.recording.score import compare


def truth_of(session: ConsoleSession | None) -> Truth | None:
    """The truth of the session's case, None where it has none that can be used."""
    case = getattr(session, "case", None)
    path = case.folder / "truth.json" if isinstance(case, CaseFolder) else None
    if path is None or not path.is_file():
        return None
    try:
        return read_document(Truth, path)
    except BadInput:
        return None


class Training:
    """Reads the session's report; writes `truth` and `debrief` into the page's state."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._truth: Truth | None = None
        state.truth, state.debrief = {"shown": False}, {"shown": False}

    def begin(self, session: ConsoleSession | None) -> None:
        """Another session was opened."""
        self._session, self._truth = session, truth_of(session)
        self._state.truth, self._state.debrief = {"shown": False}, {"shown": False}

    def observe(self, update: Update) -> None:
        """The truth of the frame that is shown, where the case has it and the plan's trajectory is the one it is about."""
        truth, frame = None if isinstance(self._session, DrivingSession) else self._truth, update.frame  # a trainee is told later
        if truth is None or frame is None or frame.index >= len(truth.frames) or truth.trajectory != update.trajectory:
            self._state.truth = {"shown": False}
            return
        expected = truth.frames[frame.index]
        names = {"lateral": expected.lateral_mm, "angle": expected.angle_deg, "depth": expected.depth_mm}
        self._state.truth = {"shown": True} | {k: "–" if v is None else f"{v:.1f}".replace("-", "−") for k, v in names.items()}

    def toggle_debrief(self, steps: list[dict[str, Any]]) -> None:
        """Show the debrief of what has been played so far, or put it away."""
        report = getattr(self._session, "report", None)
        if self._state.debrief["shown"] or report is None or self._session is None:
            self._state.debrief = {"shown": False}
            return
        frames = report.frames
        update = self._session.latest
        trajectory = self._session.plan.trajectory(update.trajectory if update is not None and update.trajectory else None)
        known = self._session.truth if isinstance(self._session, DrivingSession) else self._truth
        truth = known if known is not None and known.trajectory == trajectory.id else None
        accuracy: list[tuple[str, str]] = []
        if truth is not None and frames:
            played = Truth(trajectory=truth.trajectory, frames=truth.frames[: frames[-1]["index"] + 1], events=truth.events)
            read = [ReportFrame.model_validate(f) for f in frames]
            accuracy = compare(played, read, trajectory, len(played.frames)).rows()
        self._state.debrief = {"shown": True, **debrief_state(debrief(frames, trajectory, truth), steps, accuracy)}
