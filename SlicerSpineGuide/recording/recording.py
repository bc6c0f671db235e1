"""A running session's recording: switched on and off by a person, and never in the way of guidance."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.frame import Frame
from SlicerSpineGuide.recording.case import CaseFolder
from SlicerSpineGuide.recording.recorder import CaseRecorder, reason_of
from SlicerSpineGuide.translation import tr

SPARE_BYTES = 200_000_000  # for images, beside the planning CT, before a recording is begun
PARTS = ("planning", "zones")


@dataclass(frozen=True)
class RecordingState:
    """folder: where it is written, or was written last; images: how many there are; problem: why it ended or did not begin."""

    on: bool = False
    folder: Path | None = None
    images: int = 0
    problem: str = ""


class Recording:
    """Records a session's frames as a case, from `start` to `stop`; safe to use from any thread, reading `state` never waits.

    A disk that is full ends the recording with a sentence in `state.problem`; nothing is raised from `add`.
    """

    def __init__(self, case: CaseFolder) -> None:
        self._case = case
        self._recorder: CaseRecorder | None = None
        self._lock = threading.Lock()
        self._own = False
        self.state = RecordingState()

    def start(self, folder: Path, own: bool = False) -> None:
        """Begin a new case in `folder`; copies the planning CT, so not for a thread that must not wait. own: nobody else's folder,
        which goes where no image comes.

        BadInput where one is being recorded already, where there is no room, or where `folder` cannot be written.
        """
        if self.state.on:
            raise BadInput(tr("A recording is running already."))
        new = not folder.exists()
        try:
            self._check_room(folder)
            recorder = CaseRecorder(folder, self._case)
        except BadInput as error:
            if new:
                shutil.rmtree(folder, ignore_errors=True)
            self.state = RecordingState(problem=str(error))
            raise
        with self._lock:
            self._recorder, self._own, self.state = recorder, own, RecordingState(True, folder)

    def add(self, frame: Frame) -> None:
        """Store a frame, if a recording is running."""
        with self._lock:
            recorder = self._recorder
            if recorder is None:
                return
            try:
                recorder.add(frame)
                self.state = replace(self.state, images=recorder.images)
            except OSError as error:
                self._recorder = None
                with contextlib.suppress(OSError):
                    recorder.close()
                text = tr("The recording ended after {n} images: {why}. Free space on the disk of {path}.")
                problem = text.format(n=recorder.images, why=reason_of(error), path=self.state.folder)
                self.state = replace(self.state, on=False, problem=problem)

    def stop(self, problem: str = "") -> None:
        """End the case that is being recorded. problem: what ended it, where no person did."""
        with self._lock:
            recorder, self._recorder = self._recorder, None
            if recorder is None:
                return
            folder = self.state.folder
            try:
                recorder.close()
            except OSError as error:
                problem = tr("{path} cannot be written: {why}.").format(path=folder, why=reason_of(error))
            if not recorder.images and self._own and folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
                folder, problem = None, problem or tr("Nothing was recorded: no image arrived.")
            self.state = RecordingState(False, folder, recorder.images, problem)

    def _check_room(self, folder: Path) -> None:
        """BadInput where the disk has no room for the planning CT and some images."""
        there = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
        files = [f for part in PARTS for f in (self._case.folder / part).rglob("*") if f.is_file()]
        needed = SPARE_BYTES + sum(f.stat().st_size for f in files)
        free = shutil.disk_usage(there).free
        if free < needed:
            text = tr("{path} has {free:.1f} GB free, and a recording needs {needed:.1f} GB to begin with: free space there.")
            raise BadInput(text.format(path=there, free=free / 1e9, needed=needed / 1e9))


def new_folder(home: Path, now: Callable[[], datetime] = datetime.now) -> Path:
    """Where a recording that begins now goes: a folder of its own in `home`/recordings, named after the moment."""
    name = f"{now():%Y-%m-%d-%H%M%S}"
    names = (name, *(f"{name}-{n}" for n in range(2, 100)))
    return next(path for n in names if not (path := home / "recordings" / n).exists())


def recorded_cases(home: Path, limit: int = 40) -> list[Path]:
    """The cases in `home`/recordings, the newest first."""
    with contextlib.suppress(OSError):
        return sorted((f.parent for f in (home / "recordings").glob("*/case.json")), reverse=True)[:limit]
    return []
