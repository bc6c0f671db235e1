"""Opening another case while the console runs: a folder on this machine, or what a browser dropped on the page."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.recording.player import ReplaySession
from SlicerSpineGuide.translation import tr

MAX_BYTES = 4 << 30
MAX_FILES = 20_000


def open_session(path: Path) -> ReplaySession:
    """The case in a folder, or in a zip archive of one, ready to be played; BadInput says what is wrong with it."""
    if path.suffix.lower() == ".zip":
        path = unpack(path, Path(tempfile.mkdtemp(prefix="spineguide-case-")))
    return ReplaySession(open_case(case_root(path)))


def case_root(folder: Path) -> Path:
    """The folder that holds case.json: the folder itself, or the one inside it (archives mostly wrap one)."""
    if (folder / "case.json").is_file() or not folder.is_dir():
        return folder
    inside = [p.parent for p in sorted(folder.glob("*/case.json"))]
    return inside[0] if len(inside) == 1 else folder


def unpack(archive: Path, target: Path) -> Path:
    """Unpack a zip archive from outside; BadInput where it is none, leads out of its folder or grows beyond measure."""
    try:
        with zipfile.ZipFile(archive) as file:
            members = file.infolist()
            if len(members) > MAX_FILES or sum(m.file_size for m in members) > MAX_BYTES:
                raise BadInput(tr("{path} unpacks to too much: open the case folder itself.").format(path=archive.name))
            for member in members:
                safe_relative(member.filename)
            file.extractall(target)
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise BadInput(tr("{path} cannot be unpacked: {why}.").format(path=archive.name, why=error)) from None
    return target


def safe_relative(name: str) -> PurePosixPath:
    """`name` as a path below a folder; BadInput where it leads elsewhere."""
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
        raise BadInput(tr("{name} is not a path inside a case folder.").format(name=name))
    return path


class Uploads:
    """Receives dropped files over HTTP into a temporary folder: one upload at a time, the controlling browser's."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._bytes = 0

    def begin(self) -> None:
        self.discard()
        self._folder, self._bytes = Path(tempfile.mkdtemp(prefix="spineguide-upload-")), 0

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

    def discard(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
