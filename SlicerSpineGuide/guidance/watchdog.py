"""The stale watchdog: how old the newest image is, and whether that is too old to show a position with it."""

from __future__ import annotations

from collections import deque
from statistics import median

UNKNOWN_PACE_S = 2.0  # patience before a second frame has told the pace
RUNNING_HZ = 2.0  # from here on the images run, and a gap means that they have stopped
RUNNING_S = 1.0
SLOW_GAPS = 2.5  # slower: as many times the usual gap ...
SLOWEST_S = 10.0  # ... but never longer than this
REMEMBERED_GAPS = 9


class StaleWatchdog:
    """Fed with the times at which images arrived; every time is in seconds on one monotonic clock of the caller's.

    The patience follows the pace: 1 s while images run at 2 a second or faster, 2.5 usual (median) gaps but at most 10 s where
    they come one by one. Before a second frame there is no pace, and 2 s it is. Images that stop being fed to it become stale
    whatever the reason: it needs no message from the room.
    """

    def __init__(self) -> None:
        self._index: int | None = None
        self._started_s = 0.0
        self._newest_s: float | None = None
        self._gaps: deque[float] = deque(maxlen=REMEMBERED_GAPS)

    def frame(self, index: int, now_s: float) -> None:
        """A frame has arrived, or the frame of that index has grown: the image is new either way, the pace counts frames."""
        self._newest_s = now_s
        if index == self._index:
            return
        if self._index is not None and now_s - self._started_s < SLOWEST_S:  # a longer pause is a pause, not a pace
            self._gaps.append(now_s - self._started_s)
        self._index, self._started_s = index, now_s

    @property
    def rate_hz(self) -> float:
        """Frames per second, from the usual gap; 0 before there is one."""
        gap = median(self._gaps) if self._gaps else 0.0
        return 1.0 / gap if gap > 0 else 0.0

    @property
    def stale_after_s(self) -> float:
        """The age from which on the newest image is stale."""
        rate = self.rate_hz
        if rate <= 0:
            return UNKNOWN_PACE_S
        return RUNNING_S if rate >= RUNNING_HZ else min(SLOW_GAPS / rate, SLOWEST_S)

    def image_age_s(self, now_s: float) -> float:
        """Seconds since the newest image; 0 before the first."""
        return 0.0 if self._newest_s is None else max(0.0, now_s - self._newest_s)

    def stale(self, now_s: float) -> bool:
        """Whether the newest image is too old; False before the first, when there is nothing to be stale."""
        return self._newest_s is not None and self.image_age_s(now_s) >= self.stale_after_s
