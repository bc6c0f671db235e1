"""Recording on the page: started and stopped by a person, said where it goes and why it ended; and the cases that there are."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.config import default_home
from SlicerSpineGuide.recording.recording import RecordingState, recorded_cases
from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.translation import anew


@runtime_checkable
class Records(Protocol):
    """A session of which a case can be recorded; see recording.session.LiveSession."""

    @property
    def recording(self) -> RecordingState: ...
    def start_recording(self, who: str = "") -> None: ...
    def stop_recording(self, who: str = "") -> None: ...


class RecordControl:
    """Writes `recording` (what runs) and `cases` (what can be opened) into the page's state."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._busy = False
        self.begin(None)

    def begin(self, session: ConsoleSession | None) -> None:
        self._session = session if isinstance(session, Records) else None
        self.follow()
        self.list_cases()

    def follow(self) -> None:
        """Show how the recording stands."""
        now = self._session.recording if self._session is not None else RecordingState()
        self._state.recording = {
            "can": self._session is not None,
            "on": now.on,
            "busy": self._busy,
            "images": now.images,
            "folder": str(now.folder or ""),
            "problem": anew(now.problem),
        }

    def list_cases(self) -> None:
        """What the Training page offers to open: the user's recordings, then the cases that came with the product."""
        samples = sorted(path.parent for path in Path(resource_path("Cases")).glob("*/case.json"))
        self._state.cases = [{"path": str(path), "name": path.name} for path in (*recorded_cases(default_home()), *samples)]

    async def switch(self, who: str) -> None:
        """Start recording, or stop; a planning CT takes its time to be copied, so in another thread."""
        session = self._session
        if session is None or self._busy:
            return
        self._busy = True
        with self._state:
            self.follow()
        action = session.stop_recording if session.recording.on else session.start_recording
        try:
            await asyncio.get_running_loop().run_in_executor(None, action, who)
        except BadInput:
            pass  # stands in session.recording.problem
        finally:
            self._busy = False
            with self._state:
                self.follow()
                self.list_cases()
