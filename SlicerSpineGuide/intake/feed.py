"""The guide's side of the spool: follows the index, decodes what arrives, groups it, and hands frames on.

The node rings a bell, a datagram on the loopback that carries nothing; what arrived is read from the index, so nothing is lost
when a bell is, and whoever rings it falsely gains nothing.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.config import NodeConfig
from SlicerSpineGuide.intake.decode import read_live_images
from SlicerSpineGuide.intake.frame import Frame, LiveImage
from SlicerSpineGuide.intake.frames import FrameGrouper
from SlicerSpineGuide.intake.index import create_index
from SlicerSpineGuide.intake.spool import Arrival
from SlicerSpineGuide.translation import tr

_LOOK_EVERY_S = 0.25
_CHORES_EVERY_S = 0.5
_DECODERS = 2
_NICENESS = -10
_AHEAD = 8  # images decoded ahead of the one that is due
_BATCH = 64

_ARRIVALS = (
    "SELECT a.id, i.file, i.sop_instance_uid, a.aet, a.arrived, a.wall, a.repeated FROM arrivals a JOIN images i ON i.id = a.image"
    " WHERE a.id > ? ORDER BY a.id LIMIT ?"
)


class LiveFeed:
    """Follows one spool in threads of its own; `on_frame` and `on_problem` are called from one of them, never at the same time.

    on_frame(frame): a new frame, or one that has grown (same index). on_problem(sentence): an image that cannot be used, or that the
    node refused. Only what arrives after the feed was made is handed on, unless `catch_up`.
    """

    def __init__(
        self,
        config: NodeConfig,
        on_frame: Callable[[Frame], None],
        on_problem: Callable[[str], None] = lambda sentence: None,
        catch_up: bool = False,
    ) -> None:
        """config: the node's, whose spool is followed; the node may start before or after. BadInput: the spool cannot be used."""
        self._spool, self._on_frame, self._on_problem = config.spool, on_frame, on_problem
        self._index = create_index(config.spool)
        self._made = _made(config.spool)
        self._bell = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._bell.bind(("127.0.0.1", 0))
        self._bell.settimeout(_LOOK_EVERY_S)
        self._last = 0 if catch_up else self._newest("arrivals")
        self._last_note = self._newest("journal")
        self._grouper = FrameGrouper()
        self._seen: list[str] = []
        self._complaint = ""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-feed", daemon=True)

    def start(self) -> None:
        self._follow(True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the image that is being handed on; nothing is called after this returns."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._bell.sendto(b"!", self._bell.getsockname())
        if self._thread.is_alive():
            self._thread.join()
        with contextlib.suppress(sqlite3.Error):
            self._follow(False)
        self._index.close()
        self._bell.close()

    def _run(self) -> None:
        if sys.platform != "win32":
            with contextlib.suppress(OSError):  # where the system lets us: this thread is short, the guide's work is not
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        with ThreadPoolExecutor(_DECODERS, "decode") as pool:
            chores_at = time.monotonic()
            while not self._stopped.is_set():
                arrivals: list[Arrival] = []
                try:
                    arrivals = self._arrivals()
                    self._pass_on(pool, arrivals)
                    if time.monotonic() >= chores_at:  # what may wait does not delay an image
                        chores_at = time.monotonic() + _CHORES_EVERY_S
                        self._chores()
                except (sqlite3.Error, BadInput) as error:
                    self._complain(error)
                if not arrivals:
                    self._await_bell()
            with contextlib.suppress(sqlite3.Error, BadInput):
                self._chores()

    def _await_bell(self) -> None:
        with contextlib.suppress(TimeoutError, OSError):
            self._bell.recv(16)

    def _pass_on(self, pool: ThreadPoolExecutor, arrivals: list[Arrival]) -> None:
        """Decode, of several a few ahead, and hand on in order of arrival."""
        if len(arrivals) == 1:  # the usual case: no other thread needs to be woken
            self._hand_on(arrivals[0], _decode(arrivals[0]))
            return
        ahead: deque[tuple[Arrival, Future[_Decoded]]] = deque()
        rest = deque(arrivals)
        while (rest or ahead) and not self._stopped.is_set():
            while rest and len(ahead) < _AHEAD:
                ahead.append((rest[0], pool.submit(_decode, rest.popleft())))
            arrival, decoded = ahead.popleft()
            self._hand_on(arrival, decoded.result())

    def _hand_on(self, arrival: Arrival, decoded: _Decoded) -> None:
        if decoded.problem:
            self._on_problem(decoded.problem)
        for image in decoded.images:
            try:
                frame = self._grouper.add(image, decoded.ms / len(decoded.images))
                if frame is not None:
                    self._on_frame(frame)
            except Exception as error:  # whatever is wrong with one image, the next one is handed on
                text = tr("{path} could not be used ({why}): look into it, and send it again.")
                self._on_problem(text.format(path=arrival.path, why=f"{type(error).__name__}: {error}"))
        self._seen.append(arrival.sop_instance_uid)

    def _chores(self) -> None:
        """Tell the refusals; and note what was handed to somebody, which may one day be deleted (retention.py)."""
        self._follow_anew()
        self._pass_on_refusals()
        if self._seen:
            with self._index as index:
                index.executemany("UPDATE images SET seen = 1 WHERE sop_instance_uid = ?", [(uid,) for uid in self._seen])
            self._seen.clear()

    def _arrivals(self) -> list[Arrival]:
        rows = self._index.execute(_ARRIVALS, (self._last, _BATCH)).fetchall()
        if rows:
            self._last = int(rows[-1][0])
        return [Arrival(int(r[0]), self._spool / r[1], r[2], r[3], float(r[4]), float(r[5]), bool(r[6])) for r in rows]

    def _pass_on_refusals(self) -> None:
        rows = self._index.execute(
            "SELECT id, aet, detail FROM journal WHERE id > ? AND event = 'refused' ORDER BY id LIMIT ?", (self._last_note, _BATCH)
        ).fetchall()
        for number, aet, detail in rows:
            self._last_note = int(number)
            self._on_problem(tr("An image from {aet} was refused: {why}.").format(aet=aet, why=detail))

    def _newest(self, table: str) -> int:
        return int(self._index.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])

    def _follow_anew(self) -> None:
        """Where the index was damaged and the node has made another one, follow that; what it made anew is not shown again."""
        if (made := _made(self._spool)) in (self._made, None):
            return
        self._index.close()
        self._index, self._made, self._complaint = create_index(self._spool), made, ""
        self._last, self._last_note = self._newest("arrivals"), self._newest("journal")
        self._follow(True)

    def _complain(self, error: Exception) -> None:
        """Say once that the index cannot be read, and look whether there is another."""
        if str(error) != self._complaint:
            self._complaint = str(error)
            self._on_problem(tr("The index of {path} cannot be read: {why}.").format(path=self._spool, why=error))
        with contextlib.suppress(sqlite3.Error, BadInput):
            self._follow_anew()

    def _follow(self, on: bool) -> None:
        port = self._bell.getsockname()[1]
        with self._index as index:
            if on:
                index.execute("INSERT OR REPLACE INTO followers VALUES (?, ?)", (port, time.time()))
            else:
                index.execute("DELETE FROM followers WHERE port = ?", (port,))


def _made(spool: Path) -> tuple[int, int] | None:
    """Which file the index is; None while there is none."""
    with contextlib.suppress(OSError):
        stat = (spool / "index.sqlite").stat()
        return stat.st_dev, stat.st_ino
    return None


class _Decoded:
    def __init__(self, images: tuple[LiveImage, ...], ms: float, problem: str = "") -> None:
        self.images, self.ms, self.problem = images, ms, problem


def _decode(arrival: Arrival) -> _Decoded:
    started = time.perf_counter()
    try:
        images = read_live_images(arrival.path, arrival.arrived_s)
    except BadInput as error:
        return _Decoded((), 0.0, str(error))
    return _Decoded(images, (time.perf_counter() - started) * 1000.0)
