"""The durable spool: received objects as DICOM files on disk, and the index that tells in which order they arrived.

    spool/index.sqlite      images (one row an object), arrivals (one row a reception, repeated ones too), journal, followers
    spool/images/DATE/*.dcm preamble, file meta, and the data set's bytes as received, under names of our own
    spool/incoming/         half-written files; emptied when the node starts

An object is stored when its file, its folder and its row are written; only then it is acknowledged. The files are the truth: rows
that a crash lost are made again from them.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import pydicom

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.folder_lock import lock_folder
from SlicerSpineGuide.intake.header import Identity
from SlicerSpineGuide.intake.part10 import file_head
from SlicerSpineGuide.intake.services import Refused, Status
from SlicerSpineGuide.translation import tr

_IN_MEMORY = 32 << 20
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


class Incoming:
    """The bytes of one object on their way in: in memory, a large one in an unnamed file that ends with the process."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=str(folder))  # noqa: SIM115 closed by discard()
        self.size = 0

    def write(self, data: memoryview) -> None:
        """Append; Refused where there is no room."""
        try:
            self._file.write(data)
        except OSError as error:
            raise refused_by_disk(error) from None
        self.size += len(data)

    @property
    def data(self) -> BinaryIO:
        return cast(BinaryIO, self._file)

    def same_as(self, path: Path, size: int) -> bool:
        """Whether the last `size` bytes of the file at `path`, the data set in it, are these."""
        if size != self.size:
            return False
        self._file.seek(0)
        with path.open("rb") as file:
            file.seek(-size, os.SEEK_END)
            while part := file.read(1 << 20):
                if part != self._file.read(len(part)):
                    return False
        return True

    def discard(self) -> None:
        self._file.close()


@dataclass(frozen=True)
class Arrival:
    """One reception of an object. number grows with every one; arrived_s: time.monotonic() of this machine; wall_s: since 1970."""

    number: int
    path: Path
    sop_instance_uid: str
    aet: str
    arrived_s: float
    wall_s: float
    repeated: bool


@dataclass(frozen=True)
class _Known:
    """An image's row. repeated: it was there before."""

    number: int
    file: str
    size: int
    repeated: bool


class Spool:
    """The node's side of the spool; one instance owns the folder, and may be used from many threads."""

    def __init__(self, folder: Path) -> None:
        """Open or create; BadInput where the folder cannot be written, or another process owns it."""
        self.folder = folder
        self._lock = threading.Lock()
        self._folders: set[Path] = set()
        try:
            for part in (folder, folder / "images", folder / "incoming"):
                part.mkdir(parents=True, exist_ok=True)
            self._folder_lock = lock_folder(folder)
            for leftover in (folder / "incoming").iterdir():
                leftover.unlink()
        except OSError as error:
            raise _unusable(folder, error) from None
        self._index = create_index(folder)
        self._recover()

    def close(self) -> None:
        with self._lock:
            self._index.close()
        self._folder_lock.close()

    def free_bytes(self) -> int:
        """Room left on the spool's volume."""
        return shutil.disk_usage(self.folder).free

    def open_object(self) -> Incoming:
        return Incoming(self.folder / "incoming")

    def store(self, incoming: Incoming, identity: Identity, aet: str, address: str, arrived_s: float) -> bool:
        """Write the object to disk and index it; when this returns it survives a crash. True where the same bytes were here before.

        Refused: other bytes under the same SOP Instance UID (the first are kept), or no room.
        """
        known = self._known(identity.sop_instance_uid)
        try:
            if known is None:
                known = self._enter(self._write(incoming, identity, aet), incoming.size, identity)
            if known.repeated and not incoming.same_as(self.folder / known.file, known.size):
                raise Refused(Status.OTHER_BYTES, "Another object with this SOP Instance UID is stored")
        except OSError as error:
            raise refused_by_disk(error) from None
        wall = time.time()
        skew = None if identity.scanner_s is None else identity.scanner_s - (wall - time.timezone)
        took_ms = (time.monotonic() - arrived_s) * 1000.0
        with self._writing() as index:
            index.execute(
                "INSERT INTO arrivals(image, aet, address, arrived, wall, ms, skew, repeated) VALUES (?,?,?,?,?,?,?,?)",
                (known.number, aet, address, arrived_s, wall, took_ms, skew, known.repeated),
            )
        return known.repeated

    def note(self, event: str, aet: str, address: str, detail: str) -> None:
        """One line of the journal; it holds no patient data. A full disk, or the end of the node, loses the line and nothing else."""
        with contextlib.suppress(Refused, sqlite3.ProgrammingError), self._writing() as index:
            index.execute("INSERT INTO journal(wall, event, aet, address, detail) VALUES (?,?,?,?,?)",
                          (time.time(), event, aet[:16], address, detail[:200]))  # fmt: skip
            index.execute("DELETE FROM journal WHERE id <= (SELECT max(id) FROM journal) - 20000")

    def followers(self) -> list[int]:
        """The loopback ports of those who want to be told of arrivals."""
        with self._lock:
            return [int(port) for (port,) in self._index.execute("SELECT port FROM followers")]

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; Refused where the disk does not take it."""
        with self._lock:
            try:
                with self._index:
                    yield self._index
            except sqlite3.OperationalError as error:
                raise Refused(Status.OUT_OF_RESOURCES, f"The index cannot be written: {error}") from None

    def _known(self, sop_instance_uid: str) -> _Known | None:
        with self._lock:
            row = self._index.execute("SELECT id, file, bytes FROM images WHERE sop_instance_uid = ?", (sop_instance_uid,)).fetchone()
        if row is None:
            return None
        if not (self.folder / row[1]).exists():  # somebody deleted it: it is received anew
            with self._writing() as index:
                index.execute("DELETE FROM images WHERE id = ?", (row[0],))
            return None
        return _Known(int(row[0]), str(row[1]), int(row[2]), True)

    def _write(self, incoming: Incoming, identity: Identity, aet: str) -> Path:
        """A temporary file on the same volume, its fsync, the rename, and the fsync of the folder."""
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}.dcm"
        folder = self._day_folder()
        temporary, path = self.folder / "incoming" / name, folder / name
        try:
            with temporary.open("xb") as file:
                file.write(file_head(identity, aet))
                incoming.data.seek(0)
                shutil.copyfileobj(incoming.data, file, 1 << 20)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        sync_folder(folder)
        return path

    def _day_folder(self) -> Path:
        folder = self.folder / "images" / time.strftime("%Y-%m-%d")
        if folder not in self._folders:
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)
            self._folders.add(folder)
        return folder

    def _enter(self, path: Path, size: int, identity: Identity) -> _Known:
        """The image's row; where another thread was first with this UID, that one's."""
        try:
            return _Known(self._insert(path, size, identity, time.time()), self._relative(path), size, False)
        except sqlite3.IntegrityError:
            path.unlink()
            known = self._known(identity.sop_instance_uid)
            assert known is not None
            return known
        except Refused:
            path.unlink()
            raise

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _insert(self, path: Path, size: int, identity: Identity, received: float) -> int:
        with self._writing() as index:
            cursor = index.execute(
                "INSERT INTO images(sop_instance_uid, sop_class_uid, transfer_syntax, series_instance_uid, file, bytes, received)"
                " VALUES (?,?,?,?,?,?,?)",
                (identity.sop_instance_uid, identity.sop_class_uid, identity.transfer_syntax, identity.series_instance_uid,
                 self._relative(path), size, received),
            )  # fmt: skip
        return int(cursor.lastrowid or 0)

    def _recover(self) -> None:
        """Rows for files that a crash left without one; a file that is damaged is left alone and not indexed."""
        indexed = {row[0] for row in self._index.execute("SELECT file FROM images")}
        for path in sorted((self.folder / "images").glob("*/*.dcm")):
            if self._relative(path) in indexed:
                continue
            try:
                head = pydicom.dcmread(path, stop_before_pixels=True)
                meta = head.file_meta
                start = 144 + int(meta.FileMetaInformationGroupLength)
                identity = Identity(
                    str(meta.MediaStorageSOPClassUID),
                    str(meta.MediaStorageSOPInstanceUID),
                    str(meta.TransferSyntaxUID),
                    str(head.get("SeriesInstanceUID", "")),
                )
                stat = path.stat()
                image = self._insert(path, stat.st_size - start, identity, stat.st_mtime)
                self._index.execute(
                    "INSERT INTO arrivals(image, aet, address, arrived, wall, ms, skew, repeated) VALUES (?,?,'',?,?,0,NULL,0)",
                    (image, str(meta.get("SourceApplicationEntityTitle", "")), time.monotonic(), stat.st_mtime),
                )
                self._index.commit()
            except sqlite3.IntegrityError:
                path.unlink()  # written twice, and the crash came before the second was taken back
            except Exception:  # whatever is wrong with a foreign or damaged file, the node starts
                continue


def create_index(folder: Path) -> sqlite3.Connection:
    """A connection to a spool's index, made where there is none; from any one thread at a time. BadInput: it cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        index = sqlite3.connect(folder / "index.sqlite", timeout=10.0, check_same_thread=False)
        index.execute("PRAGMA journal_mode=WAL")
        index.execute("PRAGMA synchronous=NORMAL")
        index.executescript(_SCHEMA)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(folder, error) from None
    return index


def _unusable(folder: Path, error: Exception) -> BadInput:
    return BadInput(tr("The folder {path} for received images cannot be used: {why}.").format(path=folder, why=error))


def refused_by_disk(error: OSError) -> Refused:
    """What a sender is told when the disk does not take an object."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return Refused(Status.OUT_OF_RESOURCES, "The disk is full" if full else "The folder for images cannot be written")


def sync_folder(folder: Path) -> None:
    """fsync of a folder, so that the names in it survive a crash; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
