"""The console: a web server with its own loop, which reads the session's latest Update and draws it."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
from typing import Any

from SlicerSpineGuide.console.address import announce, free_port
from SlicerSpineGuide.console.control import Control
from SlicerSpineGuide.console.graphics import check_graphics, quiet_vtk, silence_output_window
from SlicerSpineGuide.console.session import ConsoleSession, WatchesNode
from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.resources import resource_path

PERIOD_S = 0.05
SLOW_PERIOD_S = 0.4
_instances = itertools.count()
logger = logging.getLogger(__name__)


class Console:
    """Serves the session's pages on http://host:port until it is interrupted; port 0 takes a free one.

    BadInput where the port is taken or a graphics library is missing.
    """

    def __init__(self, session: ConsoleSession, *, host: str = "127.0.0.1", port: int = 0, open_browser: bool = True) -> None:
        check_graphics()
        quiet_vtk()
        self._session, self._host, self._port, self._open_browser = session, host, free_port(host, port), open_browser
        self._shown: Update | None = None
        self._broken = False
        self.control = Control()
        self._build()
        self._add_actions()

    @property
    def address(self) -> str:
        return f"http://{self._host}:{self._port}"

    def run(self) -> None:
        """Start the session, serve until interrupted, stop the session."""
        self._session.start()
        try:
            self._server.start(
                port=self._port, host=self._host, open_browser=False, show_connection_info=False, disable_logging=True, timeout=0
            )
        finally:
            self._session.stop()

    def _build(self) -> None:
        os.environ.setdefault("TRAME_ARGS", "")  # trame would read our command line as its own
        from trame.app import get_server
        from trame_slicer import module as trame_slicer_module
        from trame_slicer.core import SlicerApp

        from SlicerSpineGuide.console.guide_page import build_page
        from SlicerSpineGuide.console.presenter import Presenter
        from SlicerSpineGuide.console.views import ConsoleViews
        from SlicerSpineGuide.scene import GuidanceScene

        self._server = get_server(f"spineguide-{next(_instances)}", client_type="vue3")
        self._server.enable_module(trame_slicer_module)
        assets = str(resource_path("UI/console"))
        self._server.enable_module(
            {"serve": {"spineguide": assets}, "scripts": ["spineguide/console.js"], "styles": ["spineguide/console.css"]}
        )
        self._state = self._server.state
        self._state.trame__title = "SpineGuide"
        self._app = SlicerApp()
        silence_output_window()
        self._presenter = Presenter(self._state, self._session)
        self._views = ConsoleViews(self._server, self._app, self.control)
        self._scene = GuidanceScene(self._app.scene, self._session.planning, self._session.plan)
        self._views.lend(self._scene)
        self._views.manager.set_layout("guide")
        build_page(self._server, self._views.manager)
        self._server.controller.on_server_ready.add(self._ready)

    def _add_actions(self) -> None:
        control, server = self.control, self._server
        server.trigger("act")(control.act)
        server.trigger("alive")(control.heard)
        server.trigger("gone")(control.gone)
        server.trigger("take_control")(self._take_control)
        control.add("acknowledge", lambda code: self._session.acknowledge(AlertCode(code)))
        control.add("acknowledge_first", self._acknowledge_first)
        control.add("select_trajectory", self._session.select_trajectory)
        control.add("layout", self._set_layout)
        control.add("language", self._set_language)
        control.add("freeze", lambda: self._presenter.freeze(not self._state.frozen))
        control.add("window", lambda: self._scene.next_window())

    def _take_control(self, browser: str) -> None:
        self.control.take(browser)
        self._views.follow_holder()

    def _ready(self, **_: Any) -> None:
        from trame.app.asynchronous import create_task

        announce(self.address, self._open_browser)
        create_task(self._bone())
        create_task(self._follow())

    async def _bone(self) -> None:
        surface = await asyncio.get_running_loop().run_in_executor(None, self._scene.make_bone)
        self._scene.show_bone(surface)

    async def _follow(self) -> None:
        """The console's own loop: it only reads, so that guidance never waits for a screen."""
        clock = asyncio.get_running_loop().time
        next_slow = 0.0
        while True:
            try:
                if clock() >= next_slow:
                    next_slow = clock() + SLOW_PERIOD_S
                    self._now_and_then()
                self._draw()
            except Exception:
                logger.exception("the console could not draw")
                self._fail()
            await asyncio.sleep(PERIOD_S)

    def _now_and_then(self) -> None:
        if isinstance(self._session, WatchesNode):
            self._session.watch_node()
        with self._state:
            self._presenter.node()
            self._state.beat = (self._state.beat + 1) % 1_000_000
            self._state.holder, self._state.watching = self.control.holder, self.control.watching

    def _draw(self) -> None:
        self._scene.resized()
        update = self._session.latest
        if update is None or update is self._shown or self._state.frozen:
            return
        former, self._shown = self._shown, update
        self._scene.show(update)
        if former is None or former.trajectory != update.trajectory:
            self._views.look(self._scene)
        self._broken = False
        with self._state:
            self._presenter.publish(update)

    def _fail(self) -> None:
        """Whatever went wrong, no old position may stay on the screen."""
        if self._broken:
            return
        self._broken = True
        self._scene.hide_position()
        with self._state:
            self._presenter.broken()

    def _acknowledge_first(self) -> None:
        waiting = [a for a in self._state.alerts if not a["acknowledged"]]
        if waiting:
            self._session.acknowledge(AlertCode(waiting[0]["code"]))

    def _set_layout(self, name: str) -> None:
        self._state.layout = name
        self._views.manager.set_layout(name)

    def _set_language(self, language: str) -> None:
        self._presenter.speak(language)
