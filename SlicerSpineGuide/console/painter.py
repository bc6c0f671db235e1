"""Draws one view and sends its picture in the same turn of the console's loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from trame_rca.encoders import RcaImageEncoder

Push = Callable[[bytes, dict[str, Any]], None]


class Painter:
    """A scheduler (trame-rca's RcaRenderSchedulerProtocol) without a queue: however often it is asked, the view is drawn once.

    trame-rca's own encodes a picture in another thread and sends it some turns of the loop later; on a busy machine each of
    these waits until the next image has been drawn. Here nothing comes between drawing and sending, and a picture is never
    sent after a newer one was drawn. target_fps: pictures a second, at most. took_s: how long the last picture took.
    """

    def __init__(self, rca: Any, push: Push, target_fps: float, quality: int) -> None:
        """rca: the view's RcaWindow. push(content, meta): hands a JPEG of `quality` (1 to 100) to the network."""
        self._rca, self._push, self.target_fps, self._quality = rca, push, target_fps, quality
        self._timer: asyncio.TimerHandle | None = None
        self._drawn_s = -1.0
        self.took_s = 0.0

    @property
    def rca(self) -> Any:
        return self._rca

    def set_push_callback(self, callback: Push) -> None:
        self._push = callback

    def schedule_render(self) -> None:
        """Draw in the next turn of the loop, or as soon as the time between two pictures has passed."""
        if self._timer is not None:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # the page is still being built: a browser that joins tells its size and is drawn for then
            return
        self._timer = loop.call_later(max(0.0, self._drawn_s + 1 / self.target_fps - time.monotonic()), self._draw)

    def _draw(self) -> None:
        self._timer = None
        self._drawn_s = time.monotonic()
        pixels, columns, rows = self._rca.img_cols_rows
        content, meta, _ = RcaImageEncoder.TURBO_JPEG.encode(pixels, columns, rows, self._quality)
        self.took_s = time.monotonic() - self._drawn_s
        self._push(content, meta)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def reset(self) -> None:
        """Nothing that is sent depends on what was sent before."""
