"""Room for the other threads: where Qt's own loop keeps Python's lock while it waits for events, nothing else in Python runs.

Whether it does depends on how Slicer's PythonQt was built. A heartbeat tells: where it stands still between two looks, each look
gives the lock away for a moment; where it beats, nothing is given and nothing costs.
"""

from __future__ import annotations

import threading

BEAT_S = 0.005
GIVEN_S = 0.02  # of the 50 ms between two looks


class Breath:
    """`breathe` is called on Qt's thread, from the timer."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._beats = 0
        self._seen = -1
        self.given = 0  # how often the lock was given away
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()

    def breathe(self) -> None:
        """Give the other threads a moment if they had none since the last time."""
        if self._beats == self._seen:
            self.given += 1
            self._stopped.wait(GIVEN_S)
        self._seen = self._beats

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(1.0)

    def _beat(self) -> None:
        while not self._stopped.wait(BEAT_S):
            self._beats += 1
