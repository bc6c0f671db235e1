"""The index of a spool: which objects arrived, in which order, from whom; and the journal. One SQLite file beside the images.

It can be made again from the images, so one that is damaged is put aside instead of stopping the node.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.translation import tr

_SCHEMA = """
CREATE TABLE IF NOT EXISTS images(
  id INTEGER PRIMARY KEY, sop_instance_uid TEXT NOT NULL UNIQUE, sop_class_uid TEXT NOT NULL, transfer_syntax TEXT NOT NULL,
  series_instance_uid TEXT NOT NULL, file TEXT NOT NULL, bytes INTEGER NOT NULL, received REAL NOT NULL,
  seen INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS arrivals(
  id INTEGER PRIMARY KEY AUTOINCREMENT, image INTEGER NOT NULL, aet TEXT NOT NULL, address TEXT NOT NULL, arrived REAL NOT NULL,
  wall REAL NOT NULL, ms REAL NOT NULL, skew REAL, repeated INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS journal(
  id INTEGER PRIMARY KEY AUTOINCREMENT, wall REAL NOT NULL, event TEXT NOT NULL, aet TEXT NOT NULL, address TEXT NOT NULL,
  detail TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS followers(port INTEGER PRIMARY KEY, since REAL NOT NULL);
"""


def create_index(folder: Path) -> sqlite3.Connection:
    """A connection to a spool's index, made where there is none; for any one thread at a time. BadInput: it cannot be used."""
    try:
        return _connected(folder)
    except (OSError, sqlite3.Error) as error:
        raise unusable(folder, error) from None


def sound_index(folder: Path) -> sqlite3.Connection:
    """The index for the one who owns the spool, who makes the rows of a damaged one again. BadInput: it cannot be used."""
    try:
        if not _is_damaged(folder):
            return _connected(folder)
        aside = time.strftime("index-damaged-%Y%m%dT%H%M%S.sqlite")
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                (folder / f"index.sqlite{suffix}").replace(folder / f"{aside}{suffix}")
        return _connected(folder)
    except (OSError, sqlite3.Error) as error:
        raise unusable(folder, error) from None


def _is_damaged(folder: Path) -> bool:
    try:
        with contextlib.closing(_connected(folder)) as index:
            return bool(index.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
    except sqlite3.Error as error:
        if is_damage(error):
            return True
        raise


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the index's own bytes are wrong (SQLITE_CORRUPT, SQLITE_NOTADB), not the disk under it or another who holds it."""
    return type(error) is sqlite3.DatabaseError


def unusable(folder: Path, error: Exception) -> BadInput:
    """The sentence about a folder for received images that cannot be used."""
    why = getattr(error, "strerror", None) or error
    text = tr("The folder {path} for received images cannot be used ({why}): make it writable, or choose another as spool.")
    return BadInput(text.format(path=folder, why=why))


def _connected(folder: Path) -> sqlite3.Connection:
    folder.mkdir(parents=True, exist_ok=True)
    index = sqlite3.connect(folder / "index.sqlite", timeout=10.0, check_same_thread=False)
    try:
        index.execute("PRAGMA journal_mode=WAL")
        index.execute("PRAGMA synchronous=NORMAL")
        index.executescript(_SCHEMA)
    except sqlite3.Error:
        index.close()
        raise
    return index
