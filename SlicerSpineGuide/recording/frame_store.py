"""Report entries by frame, on disk: a session of hours costs eight bytes of memory a frame."""

from __future__ import annotations

import json
import tempfile
from array import array
from collections.abc import Iterator
from typing import Any

_NONE = -1


class FrameStore:
    """Appends each entry as a line to a nameless temporary file; the entry that was written last for a frame counts.

    Not thread-safe: ReportBuilder's lock keeps its threads apart. The file is gone with the store.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="spineguide-report-")  # noqa: SIM115 (open as long as the store is there)
        self._places = array("q")  # of the entry of each frame, by its index
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, index: int, entry: dict[str, Any]) -> None:
        """Keep the entry of frame `index` (0 or more), instead of a former one. OSError where there is no room; all stays then."""
        place = self._file.seek(0, 2)
        self._file.write(json.dumps(entry, separators=(",", ":")).encode() + b"\n")
        self._file.flush()
        if index >= len(self._places):
            self._places.extend([_NONE] * (index + 1 - len(self._places)))
        self._count += self._places[index] == _NONE
        self._places[index] = place

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The entries in order of their frames, read one by one."""
        for place in self._places:
            if place != _NONE:
                self._file.seek(place)
                yield json.loads(self._file.readline())
