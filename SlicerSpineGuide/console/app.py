"""The console: a web server with its own loop, which reads the session's latest Update and draws it."""

from __future__ import annotations

import asyncio
import base64
import itertools
import logging
import os
import time
from typing import Any

from SlicerSpineGuide.console.address import announce, free_port
from SlicerSpineGuide.console.control import Control
from SlicerSpineGuide.console.graphics import check_graphics, quiet_vtk, silence_output_window
from SlicerSpineGuide.console.session import ConsoleSession, WatchesNode
from SlicerSpineGuide.guidance.signals import SIGNALS
from SlicerSpineGuide.guidance.sound import burst
from SlicerSpineGuide.guidance.types import Update
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
        self.session, self._host, self._port, self._open_browser = session, host, free_port(host, port), open_browser
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
        self.session.start()
        try:
            self._server.start(
                port=self._port, host=self._host, open_browser=False, show_connection_info=False, disable_logging=True, timeout=0
            )
        finally:
            self.session.stop()

    def _build(self) -> None:
        os.environ.setdefault("TRAME_ARGS", "")  # trame would read our command line as its own
        from trame.app import get_server
        from trame_slicer import module as trame_slicer_module
        from trame_slicer.core import SlicerApp

        from SlicerSpineGuide.console.pages import build_pages
        from SlicerSpineGuide.console.presenter import Presenter
        from SlicerSpineGuide.console.views import ConsoleViews
        from SlicerSpineGuide.scene import GuidanceScene

        self._server = get_server(f"spineguide-{next(_instances)}", client_type="vue3")
        self._server.enable_module(trame_slicer_module)
        assets = str(resource_path("UI/console"))
        self._server.enable_module(
            {"serve": {"spineguide": assets}, "scripts": ["spineguide/console.js"], "styles": ["spineguide/console.css"]}
        )
        self.state = self._server.state
        self.state.trame__title = "SpineGuide"
        self._app = SlicerApp()
        silence_output_window()
        self.presenter = Presenter(self.state, self.session)
        self.views = ConsoleViews(self._server, self._app, self.control)
        self.scene = GuidanceScene(self._app.scene, self.session.planning, self.session.plan)
        self.views.lend(self.scene)
        self.views.manager.set_layout("guide")
        build_pages(self._server, self.views.manager)
        self._server.controller.on_server_ready.add(self._ready)

    def _add_actions(self) -> None:
        from SlicerSpineGuide.console.actions import KEYS, Actions

        Actions(self)
        self.state.keys = KEYS
        for name, function in {
            "act": self.control.act,
            "alive": self.control.heard,
            "gone": self.control.gone,
            "take_control": self._take_control,
            "burst": _burst,
        }.items():
            self._server.trigger(name)(function)

    def _take_control(self, browser: str) -> None:
        self.control.take(browser)
        self.views.follow_holder()

    def _ready(self, **_: Any) -> None:
        from trame.app.asynchronous import create_task

        announce(self.address, self._open_browser)
        create_task(self._bone())
        create_task(self._follow())

    async def _bone(self) -> None:
        surface = await asyncio.get_running_loop().run_in_executor(None, self.scene.make_bone)
        self.scene.show_bone(surface)

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
        if isinstance(self.session, WatchesNode):
            self.session.watch_node()
        with self.state:
            self.presenter.node()
            self.presenter.publish_steps()
            self.state.beat = (self.state.beat + 1) % 1_000_000
            self.state.holder, self.state.watching = self.control.holder, self.control.watching

    def _draw(self) -> None:
        self.scene.resized()
        update = self.session.latest
        if update is None:
            return
        with self.state:
            self.presenter.publish_alerts(update, time.monotonic())
        if update is self._shown or self.state.frozen:
            return
        former, self._shown = self._shown, update
        self.scene.show(update)
        if former is None or former.trajectory != update.trajectory:
            self.views.look(self.scene)
        self._broken = False
        with self.state:
            self.presenter.publish(update)

    def _fail(self) -> None:
        """Whatever went wrong, no old position may stay on the screen."""
        if self._broken:
            return
        self._broken = True
        self.scene.hide_position()
        with self.state:
            self.presenter.broken()


def _burst(priority: str) -> str:
    """The sound of a priority, base64."""
    return base64.b64encode(burst(priority)).decode() if priority in SIGNALS else ""  # type: ignore[arg-type]
