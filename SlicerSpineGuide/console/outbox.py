"""What waits to be sent to each browser, so that one that stopped reading (a sleeping laptop, a lost cable) holds up no other."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from aiohttp import web

PATIENCE_S = 2.0  # a browser that takes nothing for so long is let go: what it shows is old, and its page comes back by itself

_request: ContextVar[web.Request | None] = ContextVar("request", default=None)


class Outbox:
    """Stands in for a browser's WebSocketResponse towards wslink, which sends to one browser after the other and waits for each."""

    def __init__(self, socket: Any, transport: asyncio.Transport | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._socket, self._transport, self._clock = socket, transport, clock
        self._waiting: deque[tuple[float, bytes]] = deque()  # when it was handed in, what
        self._work: asyncio.Task[None] | None = None

    @property
    def closed(self) -> bool:
        return bool(self._socket.closed)

    async def close(self, *args: Any, **kwargs: Any) -> None:
        self.stop()
        await self._socket.close(*args, **kwargs)

    async def send_bytes(self, message: bytes) -> None:
        """Hand in: it is sent in its turn. Never waits, never raises."""
        if self._transport is None or self._transport.is_closing():
            return
        now = self._clock()
        self._waiting.append((now, message))
        if now - self._waiting[0][0] > PATIENCE_S:
            self.stop()
            self._transport.abort()
        elif self._work is None or self._work.done():
            self._work = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # it has left meanwhile; who reads from it is told by aiohttp
            while self._waiting:
                await self._socket.send_bytes(self._waiting[0][1])
                self._waiting.popleft()

    def stop(self) -> None:
        self._waiting.clear()
        if self._work is not None:
            self._work.cancel()


class Outboxes(dict[str, Any]):
    """wslink's table of connections, in which each browser has its outbox."""

    def __setitem__(self, browser: str, socket: Any) -> None:
        request = _request.get()
        super().__setitem__(browser, Outbox(socket, request.transport if request is not None else None))

    def __delitem__(self, browser: str) -> None:
        self[browser].stop()
        super().__delitem__(browser)


def give_outboxes(wslink_server: Any) -> None:
    """Before the server listens: every browser that joins gets an outbox of its own."""

    @web.middleware
    async def remember(request: web.Request, handler: Any) -> Any:
        _request.set(request)
        return await handler(request)

    wslink_server.app.middlewares.append(remember)
    for handler in wslink_server._ws_handlers:
        handler.connections = Outboxes()
