"""The trainee's side: the truth beside the numbers, and the debrief."""

from __future__ import annotations

from typing import Any

from SlicerSpineGuide.console.debrief_page import debrief_state
from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.recording.case import CaseFolder, Truth
from SlicerSpineGuide.recording.steps import Steps
from SlicerSpineGuide.recording.training import debrief_against, truth_of, truth_of_frame
from SlicerSpineGuide.room.driving import DrivingSession


class Training:
    """Reads the session's report; writes `truth` and `debrief` into the page's state."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._session: ConsoleSession | None = None
        self._truth: Truth | None = None
        self._steps: Steps | None = None
        state.truth, state.debrief = {"shown": False}, {"shown": False}

    def begin(self, session: ConsoleSession | None) -> None:
        """Another session was opened."""
        case = getattr(session, "case", None)
        self._session, self._truth = session, truth_of(case) if isinstance(case, CaseFolder) else None
        self._state.truth, self._state.debrief = {"shown": False}, {"shown": False}

    def observe(self, update: Update) -> None:
        """The truth of the frame that is shown, where the case has it and the plan's trajectory is the one it is about."""
        told_later = isinstance(self._session, DrivingSession)
        expected = truth_of_frame(None if told_later else self._truth, update)
        if expected is None:
            self._state.truth = {"shown": False}
            return
        names = {"lateral": expected.lateral_mm, "angle": expected.angle_deg, "depth": expected.depth_mm}
        self._state.truth = {"shown": True} | {k: "–" if v is None else f"{v:.1f}".replace("-", "−") for k, v in names.items()}

    def toggle_debrief(self, steps: Steps) -> None:
        """Show the debrief of what has been played so far, or put it away."""
        self._steps = steps
        if self._state.debrief["shown"]:
            self._state.debrief = {"shown": False}
        else:
            self._show_debrief()

    def speak(self) -> None:
        """Another language: what is shown is said anew."""
        if self._state.debrief["shown"]:
            self._show_debrief()

    def _show_debrief(self) -> None:
        report = getattr(self._session, "report", None)
        if report is None or self._session is None or self._steps is None:
            return
        update = self._session.latest
        trajectory = self._session.plan.trajectory(update.trajectory if update is not None and update.trajectory else None)
        truth = self._session.truth if isinstance(self._session, DrivingSession) else self._truth
        frames = report.frames
        result, accuracy = debrief_against(frames, trajectory, truth, self._session.plan.margins_mm)
        times = {frame["index"]: frame["t"] for frame in frames}
        onsets = [(times[index], alert) for index, alert in report.onsets if index in times]
        self._state.debrief = {"shown": True, **debrief_state(result, self._steps.durations(), accuracy, onsets)}
