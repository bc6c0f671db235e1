"""Several browsers may watch, one controls: whose clicks, keys and window size count."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

ABSENT_S = 4.0
logger = logging.getLogger(__name__)
Action = Callable[..., Any]


class Control:
    """The first browser to appear controls until it is silent for some seconds or another takes control by request.

    Browsers name themselves with a random word of their own; this keeps hands from colliding, it is no protection (the token is).
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._actions: dict[str, Action] = {}
        self._seen: dict[str, float] = {}
        self._pages: dict[str, str] = {}
        self.holder = ""

    def add(self, name: str, action: Action) -> None:
        """Let the controlling browser ask for `action` under that name."""
        self._actions[name] = action

    def heard(self, browser: str, page: str = "") -> None:
        """A sign of life and the page it is on; makes the browser the holder where there is none."""
        now = self._clock()
        self._seen[browser] = now
        if page:
            self._pages[browser] = page
        self._seen = {name: at for name, at in self._seen.items() if now - at < ABSENT_S}
        if self.holder not in self._seen:
            self.holder = browser

    def gone(self, browser: str) -> None:
        """The browser closed or left the page."""
        self._seen.pop(browser, None)
        if self.holder == browser:
            self.holder = next(iter(self._seen), "")

    def take(self, browser: str) -> None:
        self.heard(browser)
        self.holder = browser

    def looked_at(self, page: str) -> bool:
        """Whether a browser that is there is on that page."""
        return any(self._pages.get(browser) == page for browser in self._seen)

    @property
    def watching(self) -> int:
        """How many browsers have been heard lately."""
        return len(self._seen)

    def act(self, browser: str, name: str, *arguments: Any) -> Any:
        """Do what the controlling browser asks; another browser's request is ignored."""
        self.heard(browser)
        if browser != self.holder or name not in self._actions:
            return None
        try:
            return self._actions[name](*arguments)
        except Exception:
            logger.exception("the action %s failed", name)
            return None
