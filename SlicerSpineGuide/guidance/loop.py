"""The live loop: one worker thread between the intake and the screens."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from SlicerSpineGuide.guidance.guide import Guide, RoomState
from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.intake.frame import Frame
from SlicerSpineGuide.tracking.external import ExternalInstrument

TICK_S = 0.1
SETTLE_S = 0.2  # how long a frame that is still growing may keep the former frame's position on the screen
logger = logging.getLogger(__name__)


class LiveLoop:
    """Runs frames through a Guide: frames are offered from any thread, Updates are read from any thread.

    order "newest": the newest frame first, what is overtaken is counted as skipped (for a screen). order "every": each frame in
    its turn (for a report). Between frames the watchdog runs ten times a second. `listeners` are called on the loop's thread with
    every Update and must not block; one that fails is logged, the loop goes on.
    """

    def __init__(
        self,
        guide: Guide,
        listeners: tuple[Callable[[Update], None], ...] = (),
        order: Literal["newest", "every"] = "newest",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guide, self._listeners, self._order, self._clock = guide, listeners, order, clock
        self._pending: dict[int, Frame] = {}
        self._requests: list[Callable[[Guide], None]] = []
        self._wake = threading.Condition()
        self._stopping = False
        self._busy = False
        self._skipped = 0
        self._processed = -1
        self._latest = guide.tick(clock())
        self._held: Update | None = None
        self._held_since = 0.0
        self._images, self._images_before = 0, 0  # of the newest frame, and of the one before it
        self._thread = threading.Thread(target=self._run, name="live-loop", daemon=True)

    @property
    def latest(self) -> Update:
        """The newest Update; never waits."""
        return self._latest

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop after the frame in hand; waits for at most 5 s."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(5.0)

    def offer(self, frame: Frame) -> None:
        """Hand over a frame, or a frame that has grown; never waits for the processing."""
        with self._wake:
            self._pending[frame.index] = frame
            self._wake.notify_all()

    def request(self, action: Callable[[Guide], None]) -> None:
        """Have the loop's thread do something to its Guide before the next frame (select, nudge, acknowledge)."""
        with self._wake:
            self._requests.append(action)
            self._wake.notify_all()

    def acknowledge(self, code: AlertCode) -> None:
        self.request(lambda guide: guide.acknowledge(code))

    def change_thresholds(self, changed: Callable[[Thresholds], Thresholds]) -> None:
        """Judge the trajectory in hand by other limits, from the next frame on; changes that follow each other add up."""

        def change(guide: Guide) -> None:
            guide.thresholds = changed(guide.thresholds)

        self.request(change)

    def use_tool(self, tool: ExternalInstrument | None) -> None:
        """Guide a tracked tool in place of the instrument in the images; None: that again."""
        self.request(lambda guide: guide.use_tool(tool))

    def select(self, trajectory_id: str) -> None:
        self.request(lambda guide: guide.select(trajectory_id))

    def rewind(self) -> None:
        """Forget all frames: the next one offered, whatever its index, is the first of a new course of events."""

        def restart(guide: Guide) -> None:
            guide.select(guide.trajectory.id)
            self._processed = -1

        with self._wake:
            self._pending.clear()
            self._processed = -1
        self.request(restart)

    def room_state(self, state: RoomState) -> None:
        """Tell the guide about the node and the disk."""

        def tell(guide: Guide) -> None:
            guide.room = state

        self.request(tell)

    def wait_until_idle(self, timeout_s: float) -> bool:
        """Wait until no frame is pending or in work; False if that takes longer."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._pending and not self._busy, timeout_s)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._busy = False
                self._wake.notify_all()
                self._wake.wait_for(lambda: self._stopping or self._pending or self._requests, TICK_S)
                if self._stopping:
                    return
                requests, self._requests = self._requests, []
                frame = self._next_frame()
                self._busy = frame is not None
            for request in requests:
                self._guarded(request, self._guide)
            self._step(frame)

    def _next_frame(self) -> Frame | None:
        if not self._pending:
            return None
        if self._order == "every":
            frame = self._pending.pop(min(self._pending))
            return frame if frame.index >= self._processed else None
        newest = self._pending.pop(max(self._pending))
        self._skipped += sum(index > self._processed for index in self._pending)
        self._pending.clear()
        return newest if newest.index >= self._processed else None

    def _step(self, frame: Frame | None) -> None:
        if frame is None:
            self._between_frames()
            return
        if frame.index != self._processed:
            self._images_before = self._images
        self._processed, self._images = frame.index, len(frame.images)
        update = self._process(frame)
        growing = self._images < self._images_before and self._order == "newest"
        if growing and update.hidden_reason and not self._latest.hidden_reason:
            self._held, self._held_since = update, time.monotonic()  # its sisters may bring the tip: do not flicker
        else:
            self._publish(update)

    def _between_frames(self) -> None:
        if self._held is None:
            self._publish(self._guide.tick(self._clock()))
        elif time.monotonic() - self._held_since > SETTLE_S:
            self._publish(self._held)

    def _publish(self, update: Update) -> None:
        self._held = None
        self._latest = replace(update, skipped=self._skipped)
        for listener in self._listeners:
            self._guarded(listener, self._latest)

    def _process(self, frame: Frame) -> Update:
        arrived = frame.newest.arrived_s
        try:
            # On a screen an image ages from its arrival, however long it waited; for a report each has its turn.
            update = self._guide.process(frame, self._clock(), arrived if self._order == "newest" else None)
        except Exception as error:  # whatever it was, no old position may stay on the screen
            logger.error("frame %d could not be processed: %r", frame.index, error, exc_info=logger.isEnabledFor(logging.DEBUG))
            update = self._guide.give_up(frame, self._clock())
        now = self._clock()
        if self._order == "newest" and self._guide.stale(now):
            update = replace(self._guide.tick(now), of_frame=True, times=update.times)
        return replace(update, times=replace(update.times, total=1e3 * (now - arrived)))

    @staticmethod
    def _guarded(function: Callable[..., None], *arguments: object) -> None:
        try:
            function(*arguments)
        except Exception as error:
            logger.error("the live loop goes on without %s: %r", function, error, exc_info=logger.isEnabledFor(logging.DEBUG))
