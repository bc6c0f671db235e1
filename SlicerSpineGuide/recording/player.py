"""Replay at a person's pace: play, pause, step, seek, and speed, through the same live loop as in the room."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.recording.case import CaseFolder
from SlicerSpineGuide.recording.replay import read_frame
from SlicerSpineGuide.recording.session import Session

MIN_SPEED, MAX_SPEED = 0.25, 8.0


class CaseClock:
    """The case's own time: runs at `speed` while playing, stands still while paused. Safe to read from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._at, self._since, self._speed, self._running = 0.0, clock(), 1.0, False

    def __call__(self) -> float:
        with self._lock:
            return self._now()

    def set(self, *, at: float | None = None, speed: float | None = None, running: bool | None = None) -> None:
        """Change any of the time, the speed, and whether it runs."""
        with self._lock:
            self._at = self._now() if at is None else at
            self._since = self._clock()
            self._speed = self._speed if speed is None else speed
            self._running = self._running if running is None else running

    def _now(self) -> float:
        return self._at + (self._clock() - self._since) * self._speed * self._running


class ReplaySession(Session):
    """A recorded case, played into the live loop. Starts paused on the first frame unless `play` is called."""

    def __init__(self, case: CaseFolder) -> None:
        self._case_clock = CaseClock()
        super().__init__(case, "newest", self._case_clock)
        self._times = [frame.t for frame in case.case.frames]
        self._next = 0  # the frame to be offered next
        self._playing = False
        self._stopping = False
        self.speed = 1.0
        self.problem = ""
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)

    @property
    def playing(self) -> bool:
        return self._playing

    @property
    def position(self) -> int:
        """The index of the frame that is shown."""
        return max(0, self._next - 1)

    @property
    def length(self) -> int:
        return len(self._times)

    def start(self) -> None:
        super().start()
        self._thread.start()
        self.seek(0)

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(5.0)
        super().stop()

    def play(self) -> None:
        """Go on from where it stands; from the start when it stands at the end."""
        if self._next >= self.length:
            self.seek(0)
        self._set_playing(True)

    def pause(self) -> None:
        self._set_playing(False)

    def step(self) -> None:
        """Show the next frame and stand still."""
        self.pause()
        with self._changed:
            if self._next < self.length:
                self._offer_next()

    def seek(self, index: int) -> None:
        """Show frame `index`: as if the case began there, registration searched for anew and no alert carried over."""
        index = min(max(0, index), self.length - 1)
        with self._changed:
            self.loop.rewind()
            self._next = index
            self._offer_next()
            self._changed.notify_all()

    def set_speed(self, speed: float) -> None:
        self.speed = min(max(MIN_SPEED, speed), MAX_SPEED)
        self._case_clock.set(speed=self.speed)

    def _set_playing(self, playing: bool) -> None:
        with self._changed:
            self._playing = playing
            self._case_clock.set(running=playing)
            self._changed.notify_all()

    def _offer_next(self) -> None:
        index, self._next = self._next, self._next + 1
        self._case_clock.set(at=self._times[index])
        try:
            self.loop.offer(read_frame(self.case, index))
        except BadInput as error:
            self.problem = str(error)
            self._playing = False
            self._case_clock.set(running=False)

    def _run(self) -> None:
        with self._changed:
            while not self._stopping:
                if not self._playing:
                    self._changed.wait()
                elif self._next >= self.length:
                    self._playing = False
                    self._case_clock.set(running=False)
                else:
                    wait = (self._times[self._next] - self._case_clock()) / self.speed
                    if wait > 0:
                        self._changed.wait(wait)
                    else:
                        self._offer_next()
