"""The console: a web server with its own loop, which reads the session's latest Update and draws it."""

from __future__ import annotations

import asyncio
import base64
import itertools
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from SlicerSpineGuide.console.address import announce, free_port
from SlicerSpineGuide.console.control import Control
from SlicerSpineGuide.console.graphics import check_graphics, quiet_vtk, silence_output_window
from SlicerSpineGuide.console.memory import trimmer
from SlicerSpineGuide.console.opening import TemporaryCases, Uploads, open_session
from SlicerSpineGuide.console.serving import Access, attach
from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.signals import SIGNALS
from SlicerSpineGuide.guidance.sound import burst
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.resources import resource_path

LOOK_S = 0.01  # how often it is looked whether an image has come
PERIOD_S = 0.05
SLOW_PERIOD_S = 0.4
TRIM_PERIOD_S = 30.0
MARKABLE = {"live": 0, "second": 1, "along": None, "side": None, "across": None}  # the live image that a view shows, None: the plan
_instances = itertools.count()
logger = logging.getLogger(__name__)


class Console:
    """Serves a session's pages until it is interrupted; port 0 takes a free one, session None waits for a case to be opened.

    Beyond loopback a certificate and its key are needed, and the printed address carries a token. BadInput where the port is taken,
    the certificate is missing or a graphics library is.
    """

    def __init__(
        self,
        session: ConsoleSession | None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        open_browser: bool = True,
        certificate: Path | None = None,
        key: Path | None = None,
        token: str | None = None,
    ) -> None:
        check_graphics()
        quiet_vtk()
        self._access = Access(host, certificate, key, token)
        self._host, self._port, self._open_browser = host, free_port(host, port), open_browser
        self.session = session
        self.scene: Any | None = None
        self.control, self.temporary = Control(), TemporaryCases()
        self.uploads = Uploads(self.temporary)
        self._shown: Update | None = None
        self._broken = self._resay = False
        self._modality = "CT"
        self._build()

    @property
    def address(self) -> str:
        return self._access.address(self._port)

    def run(self) -> None:
        """Start the session, serve until interrupted, stop the session."""
        try:
            if self.session is not None:
                self.session.start()
            self._server.start(
                port=self._port, host=self._host, open_browser=False, show_connection_info=False, disable_logging=True, timeout=0
            )
        finally:
            if self.session is not None:
                self.session.stop()
            self.temporary.keep_only(None)

    async def open(self, path: Path) -> None:
        """Replace the session by the case in a folder or archive; what is wrong with it is said on the page."""
        await self.open_made(lambda: open_session(path, self.temporary))

    async def open_made(self, make: Callable[[], ConsoleSession]) -> None:
        """Replace the session by one that `make` returns, off this loop; its BadInput is said on the page."""
        with self.state:
            self.presenter.say_opening(True, "")
        problem = ""
        try:
            session = await asyncio.get_running_loop().run_in_executor(None, make)
        except BadInput as error:
            problem = str(error)
            self._clear_away(self.session)
        else:
            await self.switch_to(session)
        with self.state:
            self.presenter.say_opening(False, problem)

    async def switch_to(self, session: ConsoleSession) -> None:
        """Stop the session that runs, show another one and start it."""
        former, self.session = self.session, None
        if self.scene is not None:
            self.scene.remove()
            self.scene = None
        if former is not None:
            await asyncio.get_running_loop().run_in_executor(None, former.stop)
        self._clear_away(session)
        self._set_stage(session)
        await asyncio.get_running_loop().run_in_executor(None, session.start)
        self.session = session
        await self._bone()

    def _clear_away(self, session: ConsoleSession | None) -> None:
        """What was unpacked goes, unless the case that is open lies there."""
        case = getattr(session, "case", None)
        self.temporary.keep_only(getattr(case, "folder", None))

    def say_again(self) -> None:
        """Another language: what was said of the Update that is shown is said anew."""
        self._resay, self._broken = True, False
        if self.state.frozen:
            self.presenter.freeze(True)
        elif self.session is None:
            self.presenter.publish(None)

    def _build(self) -> None:
        os.environ.setdefault("TRAME_ARGS", "")  # trame would read our command line as its own
        from trame.app import get_server
        from trame_slicer import module as trame_slicer_module
        from trame_slicer.core import SlicerApp

        from SlicerSpineGuide.console.actions import KEYS, Actions
        from SlicerSpineGuide.console.pages import build_pages
        from SlicerSpineGuide.console.presenter import Presenter
        from SlicerSpineGuide.console.views import ConsoleViews
        from SlicerSpineGuide.console.xray_check import XrayCheck

        self._server = get_server(f"spineguide-{next(_instances)}", client_type="vue3")
        self._server.enable_module(trame_slicer_module)
        assets = str(resource_path("UI/console"))
        self._server.enable_module(
            {"serve": {"spineguide": assets}, "styles": ["spineguide/console.css"]}
        )  # after the others', above them
        self.state = self._server.state
        self.state.trame__title, self.state.keys = "SpineGuide", KEYS
        self._slicer = SlicerApp()
        silence_output_window()
        self.presenter, self.xray_check = Presenter(self.state), XrayCheck(self.state)
        self.views = ConsoleViews(self._server, self._slicer, self.control, self._picked)
        self.views.manager.set_layout("guide")
        build_pages(self._server, self.views.manager)
        Actions(self)
        self._add_triggers()
        if self.session is not None:
            self._set_stage(self.session)
        self._server.controller.on_server_bind.add(self._bind)
        self._server.controller.on_server_ready.add(self._ready)

    def _set_stage(self, session: ConsoleSession) -> None:
        """A new scene for a session's plan, seen by all views."""
        from SlicerSpineGuide.scene import GuidanceScene

        self._shown, self._broken = None, False
        self.scene = GuidanceScene(self._slicer.scene, session.planning, session.plan)
        self.views.lend(self.scene)
        with self.state:
            self.presenter.begin(session, self.scene)
            self.xray_check.begin()

    def _add_triggers(self) -> None:
        for name, function in {
            "act": self.control.act,
            "alive": self.control.heard,
            "gone": self.control.gone,
            "take_control": self._take_control,
            "burst": _burst,
        }.items():
            self._server.trigger(name)(function)

    def _bind(self, wslink_server: Any) -> None:
        attach(wslink_server, self._access, self.uploads, lambda browser: browser == self.control.holder)

    def _picked(self, tag: str, x: float, y: float) -> bool:
        """A click in a view, while landmarks are being marked: taken, so that the view does not move."""
        if not self.presenter.hand.picking or tag not in MARKABLE:
            return False
        with self.state:
            self.presenter.hand.picked(self.views.node(tag), x, y, MARKABLE[tag])
        return True

    def _take_control(self, browser: str) -> None:
        self.control.take(browser)
        self.views.follow_holder()

    def _ready(self, **_: Any) -> None:
        from trame.app.asynchronous import create_task

        announce(self.address, self._open_browser)
        create_task(self._bone())
        create_task(self._follow())

    async def _bone(self) -> None:
        if self.scene is None:
            return
        makes_it = self.scene.make_bone
        surface = await asyncio.get_running_loop().run_in_executor(None, makes_it)
        if self.scene is not None and self.scene.make_bone == makes_it:  # not another case's by now
            self.scene.show_bone(surface)

    async def _follow(self) -> None:
        """The console's own loop: it only reads, so that guidance never waits for a screen."""
        from trame.app.asynchronous import create_task

        loop = asyncio.get_running_loop()
        clock, give_back = loop.time, trimmer()
        next_look, next_slow, next_trim = 0.0, 0.0, loop.time() + TRIM_PERIOD_S
        while True:
            await asyncio.sleep(LOOK_S)
            if clock() < next_look and not self._image_waits:
                continue
            next_look = clock() + PERIOD_S
            try:
                self._draw()
                if clock() >= next_slow:
                    next_slow = clock() + SLOW_PERIOD_S
                    self._now_and_then()
                    if self.control.looked_at("node"):
                        create_task(self.presenter.nodes.refresh())
                    self._serve_plan_page()
                    create_task(self.presenter.planning.follow())
                if clock() >= next_trim:
                    next_trim = clock() + TRIM_PERIOD_S
                    loop.run_in_executor(None, give_back)
                create_task(self.xray_check.follow(self._shown, self.session, self.scene))
            except Exception:
                logger.exception("the console could not draw")
                self._fail()

    @property
    def _image_waits(self) -> bool:
        """Whether an image has come that is not drawn yet."""
        update = self.session.latest if self.session is not None else None
        shown = self._shown.frame if self._shown is not None else None
        return update is not None and update.frame is not shown and not self.state.frozen

    def _serve_plan_page(self) -> None:
        wanted = self.control.looked_at("plan") and self.scene is not None
        self.views.draw_plan_page(wanted)
        if wanted and self.scene is not None:
            with self.state:
                self.presenter.planning.show(self._slicer.scene, self.scene.trajectory, *self.views.plan_nodes())
        else:
            self.presenter.planning.look_away()

    def _now_and_then(self) -> None:
        with self.state:
            self.presenter.node()
            self.presenter.record.follow()
            self.presenter.publish_steps()
            self.state.beat = (self.state.beat + 1) % 1_000_000
            self.state.holder, self.state.watching = self.control.holder, self.control.watching

    def _draw(self) -> None:
        if self.session is None or self.scene is None:
            return
        self.scene.resized()
        update = self.session.latest
        if update is None:
            return
        with self.state:
            self.presenter.publish_alerts(update, time.monotonic())
        if self.state.frozen or (update is self._shown and not self._resay):
            return
        if self._image_waits:
            self.views.turns.image()
        former, self._shown, self._resay = self._shown, update, False
        self._follow_modality(update)
        self.scene.show(update)
        if former is None or former.trajectory != update.trajectory:
            self.views.look(self.scene)
        self._broken = False
        with self.state:
            self.presenter.publish(update)

    def _follow_modality(self, update: Update) -> None:
        """The first X-ray image brings the X-ray layout, the first CT slice the CT layout; after that the user chooses."""
        modality = update.frame.modality if update.frame is not None else self._modality
        if modality != self._modality:
            self._modality = modality
            self.views.show_modality(modality)
            self.state.layout = "xray" if modality == "XA" else "guide"
            self.views.choose(self.state.layout)

    def _fail(self) -> None:
        """Whatever went wrong, no old position may stay on the screen."""
        if self._broken:
            return
        self._broken = True
        if self.scene is not None:
            self.scene.hide_position()
        with self.state:
            self.presenter.broken()


def _burst(priority: str) -> str:
    """The sound of a priority, base64."""
    return base64.b64encode(burst(priority)).decode() if priority in SIGNALS else ""  # type: ignore[arg-type]
