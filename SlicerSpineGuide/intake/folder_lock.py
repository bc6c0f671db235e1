"""One process at a time in a folder: a lock that the operating system takes back when the process ends, however it ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.translation import tr


def lock_folder(folder: Path) -> IO[str]:
    """Held until it is closed; BadInput where another process holds it."""
    file = (folder / "node.lock").open("a+")
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        text = tr("spool: {folder} is used by another node: stop that node, or give this one another spool folder.")
        raise BadInput(text.format(folder=folder)) from None
    return file
