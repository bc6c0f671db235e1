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
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import pydicom

from SlicerSpineGuide.intake.folder_lock import lock_folder
from SlicerSpineGuide.intake.header import Identity
from SlicerSpineGuide.intake.index import is_damage, sound_index, unusable
from SlicerSpineGuide.intake.part10 import file_head
from SlicerSpineGuide.intake.services import Refused, Status

_IN_MEMORY = 4 << 20


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
        self.damaged = False  # the index was found to be; a new start makes it again from the files
        try:
            for part in (folder, folder / "images", folder / "incoming"):
                part.mkdir(parents=True, exist_ok=True)
            self._folder_lock = lock_folder(folder)
            for leftover in (folder / "incoming").iterdir():
                leftover.unlink()
        except OSError as error:
            raise unusable(folder, error) from None
        self._index = sound_index(folder)
        self._recover()

    def close(self) -> None:
        with self._lock:
            self._index.close()
        self._folder_lock.close()

    def free_bytes(self) -> int:
        """Room left on the spool's volume; none where the folder is gone."""
        with contextlib.suppress(OSError):
            return shutil.disk_usage(self.folder).free
        return 0

    def open_object(self) -> Incoming:
        return Incoming(self.folder / "incoming")

    def store(self, incoming: Incoming, identity: Identity, aet: str, address: str, arrived_s: float) -> bool:
        """Write the object to disk and index it; when this returns it survives a crash. True where the same bytes were here before.

        Refused: other bytes under the same SOP Instance UID (the first are kept), or no room.
        """
        try:
            known = self._kept(incoming, identity, aet)
        except OSError as error:
            raise refused_by_disk(error) from None
        wall = time.time()
        skew = None if identity.scanner_s is None else clock_skew_s(identity.scanner_s, wall)
        took_ms = (time.monotonic() - arrived_s) * 1000.0
        with self._using() as index:
            index.execute(
                "INSERT INTO arrivals(image, aet, address, arrived, wall, ms, skew, repeated) VALUES (?,?,?,?,?,?,?,?)",
                (known.number, aet, address, arrived_s, wall, took_ms, skew, known.repeated),
            )
        return known.repeated

    def _kept(self, incoming: Incoming, identity: Identity, aet: str) -> _Known:
        """The image's row: a new one, or that of the same bytes, which count as new again for the rules of retention."""
        while True:
            known = self._known(identity.sop_instance_uid)
            if known is None:
                known = self._enter(self._write(incoming, identity, aet), incoming.size, identity)
            if not known.repeated:
                return known
            if not incoming.same_as(self.folder / known.file, known.size):
                raise Refused(Status.OTHER_BYTES, "Another object with this SOP Instance UID is stored")
            with self._using() as index:
                renewed = index.execute("UPDATE images SET received = ?, seen = 0 WHERE id = ?", (time.time(), known.number))
            if renewed.rowcount:  # else retention has just deleted it
                return known

    def note(self, event: str, aet: str, address: str, detail: str) -> None:
        """One line of the journal; it holds no patient data. A full disk, or the end of the node, loses the line and nothing else."""
        with contextlib.suppress(Refused), self._using() as index:
            index.execute("INSERT INTO journal(wall, event, aet, address, detail) VALUES (?,?,?,?,?)",
                          (time.time(), event, aet[:16], address, detail[:200]))  # fmt: skip
            index.execute("DELETE FROM journal WHERE id <= (SELECT max(id) FROM journal) - 20000")

    def followers(self) -> list[int]:
        """The loopback ports of those who want to be told of arrivals."""
        with self._using() as index:
            return [int(port) for (port,) in index.execute("SELECT port FROM followers")]

    @contextlib.contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        """One transaction; Refused where the disk does not take it, the index is damaged, or the node is ending."""
        with self._lock:
            try:
                with self._index:
                    yield self._index
            except sqlite3.IntegrityError:
                raise
            except sqlite3.Error as error:
                self.damaged |= is_damage(error)
                raise Refused(Status.OUT_OF_RESOURCES, f"The index cannot be used: {error}") from None

    def _known(self, sop_instance_uid: str) -> _Known | None:
        with self._using() as index:
            row = index.execute("SELECT id, file, bytes FROM images WHERE sop_instance_uid = ?", (sop_instance_uid,)).fetchone()
        if row is None:
            return None
        if not (self.folder / row[1]).exists():  # somebody deleted it: it is received anew
            with self._using() as index:
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
        if not folder.is_dir():
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)
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
        with self._using() as index:
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


def clock_skew_s(scanner_s: float, wall_s: float) -> float:
    """The scanner's clock, in local time, against this computer's; scanner_s without a date counts within half a day."""
    apart = scanner_s - (wall_s + time.localtime(wall_s).tm_gmtoff)
    return apart if scanner_s > 86_400.0 else (apart + 43_200.0) % 86_400.0 - 43_200.0


def refused_by_disk(error: OSError) -> Refused:
    """What a sender is told when the disk does not take an object."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return Refused(Status.OUT_OF_RESOURCES, "The disk is full" if full else "The folder for images cannot be written")


def sync_folder(folder: Path) -> None:
    """fsync of a folder, so that the names in it survive a crash; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
