"""The log of what people decided during a session: who, what and when; kept in memory and, where one records, in a file."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.translation import tr

logger = logging.getLogger(__name__)


class DecisionLog:
    """Safe to use from any thread. path: JSON lines are appended there and flushed one by one; BadInput where it cannot be opened.

    An entry has at (ISO 8601, local time with its offset), who, what, trajectory, frame (index or null), and what belongs to it.
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], datetime] = lambda: datetime.now().astimezone()) -> None:
        self._clock = clock
        self._entries: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._file: IO[str] | None = None
        if path is not None:
            self.keep_in(path)

    def keep_in(self, path: Path) -> None:
        """From now on in that file too, and what has been decided so far; BadInput where it cannot be written."""
        self.close()
        try:
            file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise BadInput(tr("{path} cannot be written: {why}.").format(path=path, why=error.strerror)) from None
        with self._lock:
            self._file = file
            for entry in self._entries:
                self._write(entry)

    def add(self, who: str, what: str, update: Update | None = None, **details: Any) -> None:
        """Take note of one decision. what: a plain word for programs, "registration-accepted" for one; details: JSON types."""
        entry = {
            "at": self._clock().isoformat(timespec="seconds"),
            "who": who,
            "what": what,
            "trajectory": update.trajectory if update is not None else "",
            "frame": update.frame.index if update is not None and update.frame is not None else None,
            **details,
        }
        with self._lock:
            self._entries.append(entry)
            self._write(entry)

    def _write(self, entry: dict[str, Any]) -> None:
        """A full disk ends the file, not what the person has just decided."""
        if self._file is not None:
            try:
                self._file.write(json.dumps(entry) + "\n")
                self._file.flush()
            except OSError:
                logger.exception("a decision could not be written")
                file, self._file = self._file, None
                with contextlib.suppress(OSError):
                    file.close()

    @property
    def entries(self) -> list[dict[str, Any]]:
        """All so far, the oldest first."""
        with self._lock:
            return list(self._entries)

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                with contextlib.suppress(OSError):
                    self._file.close()
                self._file = None
