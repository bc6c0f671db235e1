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
        self._first_s: float | None = None  # when the first frame arrived; the case counts from there
        self._files: dict[str, str] = {}  # SOP Instance UID -> file name in the case
        self._frames: dict[int, CaseFrame] = {}
        try:
            (folder / "live").mkdir(parents=True)
            source.plan.save(folder / "plan.json")  # as it is guided by, which the file may no longer say
            for part in ("planning", "zones"):
                if (source.folder / part).is_dir():
                    shutil.copytree(source.folder / part, folder / part)
        except OSError as error:
            raise BadInput(tr("{path} cannot be recorded into: {why}.").format(path=folder, why=reason_of(error))) from None

    @property
    def images(self) -> int:
        """How many images have been written."""
        return len(self._files)

    def add(self, frame: Frame) -> None:
        """Store a frame, or what a frame has grown by. OSError where the disk takes no more; what was written before stays whole."""
        if self._first_s is None:
            self._first_s = frame.t
        names = []
        for image in frame.images:
            if image.sop_instance_uid not in self._files:
                name = f"live/{len(self._files) + 1:06d}.dcm"
                try:
                    shutil.copyfile(image.path, self._folder / name)
                except OSError:
                    (self._folder / name).unlink(missing_ok=True)
                    raise
                self._files[image.sop_instance_uid] = name
            names.append(self._files[image.sop_instance_uid])
        self._frames[frame.index] = CaseFrame(files=tuple(names), t=max(0.0, frame.t - self._first_s))
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


def reason_of(error: OSError) -> str:
    """Why the system refused, in its words; of a folder that could not be copied, the first file's reason."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        return str(error.args[0][0][2])
    return error.strerror or str(error)
