"""A case folder in a zip archive from outside: unpacked with care, and the case found in it."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.translation import tr

MAX_BYTES = 4 << 30
MAX_FILES = 20_000


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


def holds_case(archive: Path) -> bool:
    """Whether it looks like a case: a case.json at its top, or in the one folder that it wraps."""
    try:
        with zipfile.ZipFile(archive) as file:
            names = file.namelist()
    except (zipfile.BadZipFile, OSError):
        return False
    return any(PurePosixPath(name).name == "case.json" and len(PurePosixPath(name).parts) <= 2 for name in names)


def safe_relative(name: str) -> PurePosixPath:
    """`name` as a path below a folder; BadInput where it leads elsewhere."""
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
        raise BadInput(tr("{name} is not a path inside a case folder.").format(name=name))
    return path
