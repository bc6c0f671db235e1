"""Whose turn it is to be drawn: the live image at once, the other views one by one between two images."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import Protocol

from trame_slicer.views import ScheduledRenderStrategy

STREAM_S = 0.3  # so long after an image the next one is expected
AFTER_SENDING_S = 0.005  # time for the live picture to be handed to the network
SHARE = 0.04  # of the time, for each of the other views: a GPU draws the 3D view four times a second, a processor every two seconds


class Turns:
    """All views are drawn by one thread: one that is drawn while an image arrives holds it up for tens of milliseconds.

    While images stream in, the other views wait until a live picture is on its way, then one of them is drawn: of those whose
    period has passed the one that waited longest. Nothing is queued: a view that asked ten times is drawn once.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._image_s = -STREAM_S
        self._waiting: dict[InTurn, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def image(self) -> None:
        """An image has come and is about to be drawn."""
        self._image_s = self._clock()

    def sent(self) -> None:
        """A live picture is on its way: another view may be drawn."""
        if self._waiting:
            asyncio.get_running_loop().call_later(AFTER_SENDING_S, self._one)

    def ask(self, view: InTurn) -> None:
        """A view wants to be drawn: now where no image is expected, else in its turn."""
        rest = self._image_s + STREAM_S - self._clock()
        if rest <= 0:
            view.draw(self._clock())
            return
        self._waiting[view] = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(rest, self._at_rest)

    def _one(self) -> None:
        now = self._clock()
        ready = next((view for view in self._waiting if now - view.drawn_s >= view.period_s), None)
        if ready is not None:
            del self._waiting[ready]
            ready.draw(now)

    def _at_rest(self) -> None:
        """No image has come for a while: whoever waits is drawn."""
        self._timer = None
        waiting, self._waiting = self._waiting, {}
        for view in waiting:
            self.ask(view)


class Draws(Protocol):
    """What draws a view. took_s: how long its last picture took."""

    took_s: float

    def schedule_render(self) -> None: ...


class InTurn(ScheduledRenderStrategy):  # type: ignore[misc]
    """Asks for its turn where a view would be drawn at once. least_s: between two pictures while images stream, at least."""

    def __init__(self, turns: Turns, painter: Draws, least_s: float) -> None:
        super().__init__()
        self._turns, self._painter, self._least_s = turns, painter, least_s
        self.drawn_s = -math.inf

    @property
    def period_s(self) -> float:
        """From one picture to the next while images stream: the longer, the longer the view takes to draw."""
        return max(self._least_s, self._painter.took_s / SHARE)

    def schedule_render(self) -> None:
        self._turns.ask(self)

    def draw(self, now_s: float) -> None:
        self.drawn_s = now_s
        self._painter.schedule_render()
