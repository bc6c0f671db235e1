"""Recording a session as a case folder: the bytes as received, written as they come."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.frame import Frame
from SlicerSpineGuide.recording.case import Case, CaseFolder, CaseFrame
from SlicerSpineGuide.translation import tr

SHARE = 0.02  # of the time, at most, goes into writing case.json


class CaseRecorder:
    """Writes a new case folder: plan, planning CT and zones at once, then every frame's files as they arrive.

    case.json is rewritten after each frame while that is quick, and in a long session as often as takes SHARE of the time, so that
    what was received is a whole case whenever recording ends; `close` writes the last of it. Called from one thread at a time.
    BadInput where the folder exists and is not empty, or cannot be written.
    """

    def __init__(self, folder: Path, source: CaseFolder, clock: Callable[[], float] = time.monotonic) -> None:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BadInput(tr("{path} is not empty: give a new folder to record into.").format(path=folder))
        self._folder, self._title = folder, source.case.title
        self._attribution = source.case.attribution
        self._modality, self._clock = source.case.modality, clock
        self._due = clock()  # when case.json may be written again
        self._behind = False  # whether it lacks frames
        self._files: dict[str, str] = {}  # SOP Instance UID -> file name in the case
        self._frames: dict[int, CaseFrame] = {}
        try:
            (folder / "live").mkdir(parents=True)
            source.plan.save(folder / "plan.json")  # as it is guided by, which the file may no longer say
            for part in ("planning", "zones"):
                if (source.folder / part).is_dir():
                    shutil.copytree(source.folder / part, folder / part)
        except OSError as error:
            raise BadInput(tr("{path} cannot be recorded into: {why}.").format(path=folder, why=error.strerror)) from None

    def add(self, frame: Frame) -> None:
        """Store a frame, or what a frame has grown by."""
        names = []
        for image in frame.images:
            if image.sop_instance_uid not in self._files:
                name = f"live/{len(self._files) + 1:06d}.dcm"
                shutil.copyfile(image.path, self._folder / name)
                self._files[image.sop_instance_uid] = name
            names.append(self._files[image.sop_instance_uid])
        self._frames[frame.index] = CaseFrame(files=tuple(names), t=frame.t)
        self._modality, self._behind = frame.modality, True  # the folder that was guided by may have had no case.json
        started = self._clock()
        if started >= self._due:
            self._save()
            self._due = self._clock() + (self._clock() - started) / SHARE

    def close(self) -> None:
        """Write what case.json lacks."""
        if self._behind:
            self._save()

    def _save(self) -> None:
        case = Case(
            title=self._title,
            modality=self._modality,
            source="recorded",
            attribution=self._attribution,
            frames=tuple(self._frames[index] for index in sorted(self._frames)),
        )
        temporary = self._folder / "case.json.part"
        case.save(temporary)
        temporary.replace(self._folder / "case.json")
        self._behind = False
