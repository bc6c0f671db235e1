"""The technician's page: what the scanner must be told, how far the connection is, who was turned away, and each remote node."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake import NodeConfig
from SlicerSpineGuide.intake.answers import Answer
from SlicerSpineGuide.intake.checks import check_own, check_remote
from SlicerSpineGuide.intake.desk import NodeDesk
from SlicerSpineGuide.intake.node_view import answer_row, log_rows, node_view
from SlicerSpineGuide.intake.overview import overview
from SlicerSpineGuide.translation import anew

PERIOD_S = 2.0


class NodePage:
    """Looks at the node in another thread while a browser is on the page; changes go through the settings file.

    `state.nodes` is what the page shows. A node that a session started with settings of its own (no file) is shown, not changed.
    """

    def __init__(self, state: Any) -> None:
        self._state = state
        self._session: ConsoleSession | None = None
        self._looked = 0.0
        self._busy = False
        self._problem = ""
        self._answered: tuple[str, bool, list[Answer]] = "", False, []
        state.nodes = {"ready": False}
        self._say()

    def begin(self, session: ConsoleSession | None) -> None:
        self._session, self._looked = session, 0.0

    def speak(self) -> None:
        """Another language: look again at once, and say anew what was said."""
        self._looked = 0.0
        self._say()

    async def refresh(self) -> None:
        """Look again if the last look is old enough; never more than one look at a time."""
        if self._busy or time.monotonic() - self._looked < PERIOD_S:
            return
        self._busy = True
        try:
            desk, running = self._desk(), self._running()
            config = desk.config
            look = await asyncio.get_running_loop().run_in_executor(
                None, lambda: node_view(overview(config), running, log_rows(config))
            )
            with self._state:
                self._state.nodes = look | {"writable": desk.path is not None}
        except (BadInput, OSError) as error:
            with self._state:
                self._state.nodes, self._problem = {"ready": False}, str(error)
                self._say()
        finally:
            self._looked, self._busy = time.monotonic(), False

    def change(self, action: Callable[[NodeDesk], None]) -> None:
        """Change the settings file; what is wrong is said on the page."""
        try:
            action(self._desk())
        except BadInput as error:
            self._problem = str(error)
        else:
            self._problem, self._looked = "", 0.0
        self._say()

    def admit(self, aet: str) -> None:
        self.change(lambda desk: desk.admit(aet))

    def add(self, form: Mapping[str, Any]) -> None:
        self.change(lambda desk: desk.add(form))

    def remove(self, name: str) -> None:
        self.change(lambda desk: desk.remove(name))

    def promiscuous(self, on: bool) -> None:
        self.change(lambda desk: desk.promiscuous(on))

    def take_settings(self, text: str) -> None:
        self.change(lambda desk: desk.take_settings(text))

    def settings(self) -> str:
        return self._desk().settings()

    def conformance(self) -> str:
        return self._desk().conformance()

    async def check(self, name: str) -> None:
        """Check a remote node, or with "" this one; answers appear one after the other."""
        rows: list[Answer] = []
        self._answers(name, True, rows)
        try:
            config = self._desk().config
            steps = iter(check_remote(config.node(name), config) if name else check_own(config))
            loop = asyncio.get_running_loop()
            while (answer := await loop.run_in_executor(None, next, steps, None)) is not None:
                rows.append(answer)
                self._answers(name, True, rows)
        except BadInput as error:
            rows.append(Answer(name, False, str(error)))
        self._answers(name, False, rows)

    def _answers(self, name: str, busy: bool, rows: list[Answer]) -> None:
        self._answered = name, busy, list(rows)
        with self._state:
            self._say()

    def _say(self) -> None:
        """What is wrong, and what was answered, in the language of the page."""
        name, busy, rows = self._answered
        self._state.node_problem = anew(self._problem)
        said = [{key: anew(text) for key, text in answer_row(row).items()} for row in rows]
        self._state.node_answers = {"name": name, "busy": busy, "rows": said}

    def _desk(self) -> NodeDesk:
        own = getattr(self._session, "config", None)
        return NodeDesk(own if isinstance(own, NodeConfig) else None, self._running())

    def _running(self) -> Any | None:
        return self._session.node_state() if self._session is not None else None
