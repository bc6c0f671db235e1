"""Opening another case while the console runs: a folder on this machine, or what a browser dropped on the page."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.recording.archive import MAX_BYTES, case_root, safe_relative, unpack
from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.recording.player import ReplaySession
from SlicerSpineGuide.translation import tr


class TemporaryCases:
    """The folders that cases were unpacked or uploaded into; they go with the case. Safe to use from any thread."""

    def __init__(self) -> None:
        self._folders: set[Path] = set()

    def make(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="spineguide-case-"))
        self._folders.add(folder)
        return folder

    def keep_only(self, case: Path | None) -> None:
        """Remove all but the one that the open case lies in."""
        for folder in list(self._folders):
            if case is None or not case.is_relative_to(folder):
                shutil.rmtree(folder, ignore_errors=True)
                self._folders.discard(folder)


def open_session(path: Path, temporary: TemporaryCases) -> ReplaySession:
    """The case in a folder, or in a zip archive of one, ready to be played; BadInput says what is wrong with it."""
    if path.suffix.lower() == ".zip":
        path = unpack(path, temporary.make())
    return ReplaySession(open_case(case_root(path)))


class Uploads:
    """Receives dropped files over HTTP into a temporary folder: one upload at a time, the controlling browser's."""

    def __init__(self, temporary: TemporaryCases) -> None:
        self._temporary = temporary
        self._folder: Path | None = None
        self._bytes = 0

    def begin(self) -> None:
        self._folder, self._bytes = self._temporary.make(), 0

    async def write(self, name: str, content: Any) -> None:
        """One file; `content` is an aiohttp StreamReader. BadInput for a path that leads out, or for too much."""
        if self._folder is None:
            raise BadInput(tr("Nothing is being uploaded."))
        path = self._folder / safe_relative(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            async for chunk in content.iter_chunked(1 << 18):
                self._bytes += len(chunk)
                if self._bytes > MAX_BYTES:
                    raise BadInput(tr("{path} is too large to be uploaded: open the case folder itself.").format(path=name))
                file.write(chunk)

    def finish(self) -> Path:
        """What was uploaded: the archive, or the folder. The caller opens it."""
        if self._folder is None:
            raise BadInput(tr("Nothing was uploaded."))
        folder, self._folder = self._folder, None
        archives = list(folder.glob("*.zip"))
        return archives[0] if len(archives) == 1 and len(list(folder.iterdir())) == 1 else folder
