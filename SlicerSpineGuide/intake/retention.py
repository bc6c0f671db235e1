"""How long received images stay and how much room they take.

Deleted are, oldest first, images that have been shown (handed to a guide) and are older than the configured days, or that are in
the way when all take more room than allowed. What nobody has looked at stays, and so does what came within the hour: the examination
is still on, and a recording takes its own copies of its images as they come.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.config import Retention
from SlicerSpineGuide.intake.folder_lock import lock_folder
from SlicerSpineGuide.translation import tr

_DAY_S = 86_400.0
_KEEP_ARRIVALS_S = 90 * _DAY_S
_STILL_NEEDED_S = 3600.0


@dataclass(frozen=True)
class Use:
    """What a spool and its sessions hold. unseen: images nobody has looked at; doomed: images the rules delete now."""

    images: int
    used_bytes: int
    unseen: int
    doomed: int
    doomed_bytes: int
    doomed_tomorrow: int

    def warning(self, rules: Retention) -> str:
        """A sentence while images are about to be deleted, or cannot be though they should; "" otherwise."""
        if self.used_bytes - self.doomed_bytes > rules.max_bytes:
            return tr(
                "Received images take {used:.1f} of {allowed:.1f} GB; nobody has looked at them, or they just came: move some away."
            ).format(used=self.used_bytes / 1e9, allowed=rules.max_bytes / 1e9)
        if self.used_bytes > rules.warn_fraction * rules.max_bytes:
            return tr("Received images take {used:.1f} of {allowed:.1f} GB; after that the oldest are deleted.").format(
                used=self.used_bytes / 1e9, allowed=rules.max_bytes / 1e9
            )
        if self.doomed_tomorrow:
            return tr("{n} images are older than allowed by tomorrow and will be deleted.").format(n=self.doomed_tomorrow)
        return ""


@dataclass(frozen=True)
class _Image:
    spool: Path
    number: int
    file: Path
    size: int
    received: float
    seen: bool


def sweep(root: Path, rules: Retention, now: float | None = None, dry_run: bool = False) -> Use:
    """Apply the rules to every spool below `root`; what they held before. dry_run: delete nothing."""
    moment = time.time() if now is None else now
    images = sorted((image for spool in spools(root) for image in _images(spool)), key=lambda i: i.received)
    used = sum(i.size for i in images)
    doomed, kept_bytes = [], used
    for image in images:
        too_old = image.received < moment - rules.days * _DAY_S
        in_use = image.received > moment - _STILL_NEEDED_S
        if image.seen and not in_use and (too_old or kept_bytes > rules.max_bytes):
            doomed.append(image)
            kept_bytes -= image.size
    tomorrow = [i for i in images if i.seen and i not in doomed and i.received < moment - (rules.days - 1) * _DAY_S]
    if not dry_run:
        today = time.strftime("%Y-%m-%d")
        doomed = [image for image in doomed if _delete(image, today)]
        for spool in list(spools(root)):
            _trim(spool, moment)
            if spool != root and not _images(spool) and (spool / "index.sqlite").stat().st_mtime < moment - rules.days * _DAY_S:
                _remove(spool)
    return Use(len(images), used, sum(not i.seen for i in images), len(doomed), sum(i.size for i in doomed), len(tomorrow))


def spools(root: Path) -> Iterator[Path]:
    """The spool at `root` and those of its sessions, oldest session first."""
    for folder in (root, *sorted((root / "sessions").glob("*"))):
        if (folder / "index.sqlite").is_file():
            yield folder


def _images(spool: Path) -> list[_Image]:
    with contextlib.closing(sqlite3.connect(spool / "index.sqlite", timeout=10.0)) as index:
        try:
            rows = index.execute("SELECT id, file, bytes, received, seen FROM images").fetchall()
        except sqlite3.DatabaseError:
            return []
    return [_Image(spool, int(r[0]), spool / r[1], int(r[2]), float(r[3]), bool(r[4])) for r in rows]


def _delete(image: _Image, today: str) -> bool:
    """Whether it is gone. First the file, then its row: a row without a file is received anew, a file without a row comes back.

    Not where it came again in the meantime, nor where its file is held open (Windows) or cannot be deleted.
    """
    with contextlib.closing(sqlite3.connect(image.spool / "index.sqlite", timeout=10.0, isolation_level=None)) as index:
        index.execute("BEGIN IMMEDIATE")
        same = "id = ? AND seen = 1 AND received = ?", (image.number, image.received)
        try:
            if index.execute(f"SELECT 1 FROM images WHERE {same[0]}", same[1]).fetchone() is None:
                return False
            image.file.unlink(missing_ok=True)
            index.execute("DELETE FROM images WHERE id = ?", (image.number,))
            index.execute("COMMIT")
        except OSError:
            return False
    if image.file.parent.name != today:  # that one the node is about to write into
        with contextlib.suppress(OSError):
            image.file.parent.rmdir()
    return True


def _remove(spool: Path) -> None:
    """The empty spool of an old session, unless a node uses it."""
    with contextlib.suppress(BadInput, OSError):
        lock = lock_folder(spool)
        try:
            shutil.rmtree(spool)
        finally:
            lock.close()


def _trim(spool: Path, moment: float) -> None:
    """Forget the receptions of images that are gone, after a while."""
    with (
        contextlib.suppress(sqlite3.DatabaseError),
        contextlib.closing(sqlite3.connect(spool / "index.sqlite", timeout=10.0)) as index,
        index,
    ):
        index.execute("DELETE FROM arrivals WHERE wall < ? AND image NOT IN (SELECT id FROM images)", (moment - _KEEP_ARRIVALS_S,))
