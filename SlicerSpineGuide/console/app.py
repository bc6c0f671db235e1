"""The console: a web server with its own loop, which reads the session's latest Update and draws it."""

from __future__ import annotations

import asyncio
import itertools
import socket
from typing import Any

from SlicerSpineGuide.console.graphics import check_graphics, quiet_vtk, silence_output_window
from SlicerSpineGuide.console.session import ConsoleSession, WatchesNode
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.translation import tr

PERIOD_S = 0.05
NODE_PERIOD_S = 0.5
_numbers = itertools.count()


class Console:
    """Serves the session's pages on http://host:port until it is interrupted; port 0 takes a free one.

    BadInput where the port is taken or a graphics library is missing.
    """

    def __init__(self, session: ConsoleSession, *, host: str = "127.0.0.1", port: int = 0, open_browser: bool = True) -> None:
        check_graphics()
        quiet_vtk()
        self._session, self._host, self._port, self._open_browser = session, host, _free_port(host, port), open_browser
        self._shown: Update | None = None
        self._build()

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
        from trame.app import get_server
        from trame_slicer import module as trame_slicer_module
        from trame_slicer.core import SlicerApp

        from SlicerSpineGuide.console.guide_page import build_page, live_overlay
        from SlicerSpineGuide.console.views import ConsoleViews
        from SlicerSpineGuide.scene import GuidanceScene

        self._server = get_server(f"spineguide-{next(_numbers)}", client_type="vue3")
        self._server.enable_module(trame_slicer_module)
        self._state = self._server.state
        self._state.trame__title = "SpineGuide"
        self._app = SlicerApp()
        silence_output_window()
        self._fill_words()
        self._publish(None)
        self._views = ConsoleViews(self._server, self._app, live_overlay)
        self._scene = GuidanceScene(self._app.scene, self._session.planning, self._session.plan)
        self._views.lend(self._scene)
        self._views.manager.set_layout("guide")
        build_page(self._server, self._views.manager)
        self._server.trigger("acknowledge")(self._acknowledge)
        self._server.trigger("select_trajectory")(self._session.select_trajectory)
        self._server.controller.on_server_ready.add(self._ready)

    def _ready(self, **_: Any) -> None:
        from trame.app.asynchronous import create_task

        _announce(self.address, self._open_browser)
        create_task(self._bone())
        create_task(self._follow())

    async def _bone(self) -> None:
        surface = await asyncio.get_running_loop().run_in_executor(None, self._scene.make_bone)
        self._scene.show_bone(surface)

    async def _follow(self) -> None:
        """The console's own loop: it only reads, so that guidance never waits for a screen."""
        next_node = 0.0
        clock = asyncio.get_running_loop().time
        while True:
            if clock() >= next_node:
                next_node = clock() + NODE_PERIOD_S
                if isinstance(self._session, WatchesNode):
                    self._session.watch_node()
                with self._state:
                    self._state.node = _node(self._session)
                    self._state.beat = int(2 * clock())
            self._draw()
            await asyncio.sleep(PERIOD_S)

    def _draw(self) -> None:
        self._scene.resized()
        update = self._session.latest
        if update is None or update is self._shown:
            return
        former, self._shown = self._shown, update
        if former is None or former.trajectory != update.trajectory:
            self._scene.show(update)
            self._views.look(self._scene)
        else:
            self._scene.show(update)
        with self._state:
            self._publish(update)

    def _publish(self, update: Update | None) -> None:
        from SlicerSpineGuide.console.bullseye import bullseye
        from SlicerSpineGuide.console.readouts import alerts, image_state, numbers

        plan = self._session.plan
        trajectory = plan.trajectory(update.trajectory if update is not None and update.trajectory else None)
        self._state.num = numbers(update, trajectory)
        self._state.eye = bullseye(update, trajectory)
        self._state.alerts = alerts(update)
        self._state.img = image_state(update, plan)
        self._state.view = {
            "title": self._session.case_title,
            "trajectory": trajectory.id,
            "trajectories": [{"id": t.id, "label": t.label or t.id} for t in plan.trajectories],
        }

    def _fill_words(self) -> None:
        from SlicerSpineGuide.console.guide_page import words
        from SlicerSpineGuide.console.views import captions

        self._state.words, self._state.captions = words(), captions()
        self._state.node, self._state.beat = {"text": ""}, 0

    def _acknowledge(self, code: str) -> None:
        self._session.acknowledge(AlertCode(code))


def _node(session: ConsoleSession) -> dict[str, str]:
    state = session.node_state()
    return {"text": "" if state is None else str(state.address)}


def _free_port(host: str, port: int) -> int:
    """`port`, or a free one for 0; BadInput where it cannot be listened on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(
                tr("The console cannot listen on {host}:{port} ({why}): choose another --port, or 0 for a free one.").format(
                    host=host, port=port, why=error.strerror or error
                )
            ) from None
        return int(probe.getsockname()[1])


def _announce(address: str, open_browser: bool) -> None:
    import webbrowser

    from rich.console import Console as Terminal

    terminal = Terminal(highlight=False, soft_wrap=True)
    terminal.print(tr("The console is at {address}").format(address=address))
    if not open_browser:
        return
    try:
        opened = webbrowser.open(address)
    except webbrowser.Error:
        opened = False
    if not opened:
        terminal.print(tr("No browser was found here: open that address in one."))
