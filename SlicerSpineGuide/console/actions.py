"""What the controlling browser can ask for, by name."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from SlicerSpineGuide.console.node_page import NodePage
from SlicerSpineGuide.console.registering import Registering
from SlicerSpineGuide.console.session import ConsoleSession, Playback
from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.recording.case import CaseFolder
from SlicerSpineGuide.recording.timeline import SPEEDS
from SlicerSpineGuide.room.driving import DrivingSession

if TYPE_CHECKING:
    from SlicerSpineGuide.console.app import Console

KEYS = {
    "a": "acknowledge_first",
    "f": "freeze",
    "b": "window",
    "m": "mark",
    "s": "screenshot",  # done by the browser itself
    "1": "layout guide",
    "2": "layout all",
    "3": "layout live",
    "4": "layout xray",
    "p": "confirm plan",
    "r": "accept",
    "x": "reject",
    "t": "confirm target",
    " ": "play_pause",
    "ArrowRight": "arrow right",
    "ArrowLeft": "arrow left",
    "ArrowUp": "arrow up",
    "ArrowDown": "arrow down",
    "+": "drive advance 1",
    "-": "drive advance -1",
    "i": "take_image",
    "PageDown": "acknowledge_first",  # what many foot pedals send
    "PageUp": "freeze",
}


class Actions:
    """Registers every action with the console's Control."""

    def __init__(self, console: Console) -> None:
        self._console = console
        for name in (n for n in dir(self) if not n.startswith("_")):
            console.control.add(name, getattr(self, name))

    def acknowledge(self, code: str) -> None:
        if self._session is not None:
            self._session.acknowledge(AlertCode(code))

    def acknowledge_first(self) -> None:
        waiting = [a for a in self._console.state.alerts if not a["acknowledged"]]
        if waiting:
            self.acknowledge(waiting[0]["code"])

    def select_trajectory(self, trajectory_id: str) -> None:
        if self._session is not None:
            self._session.select_trajectory(trajectory_id)

    def layout(self, name: str) -> None:
        self._console.views.choose(name)
        self._console.state.layout = name

    def language(self, language: str) -> None:
        self._console.presenter.speak(language)
        self._console.say_again()

    def freeze(self) -> None:
        """Hold the picture, or go on with what is there now."""
        held = not self._console.state.frozen
        self._console.presenter.freeze(held)
        if not held:
            self._console.say_again()

    def window(self) -> None:
        if self._console.scene is not None:
            self._console.scene.next_window()

    def xray_blend(self, percent: float) -> None:
        self._console.xray_check.choose(self._console.scene, blend=percent)

    def xray_outline(self, on: bool) -> None:
        self._console.xray_check.choose(self._console.scene, outlined=on)

    def confirm(self, step: str) -> None:
        """A step of the list; of the registration's, the registration itself is accepted."""
        steps = self._console.presenter.steps
        if steps.is_of_registration(step):
            self.accept()
            return
        steps.confirm(step, self._hand.who)
        self._console.presenter.publish_steps()

    def operator(self, name: str) -> None:
        self._hand.operator(name)

    def accept(self) -> None:
        """Accept the registration that is shown, or that was rejected before."""
        if self._hand.accept():
            self._console.presenter.steps.accept_registration(self._hand.who)
            self._console.presenter.publish_steps()

    def reject(self) -> None:
        """The registration is wrong: no position until it is accepted after all, or registered again."""
        self._hand.reject()
        self._console.presenter.steps.reject_registration()
        self._console.presenter.publish_steps()

    def register_again(self) -> None:
        self._hand.search()

    def ask_first(self, asks: bool) -> None:
        self._hand.ask_first(asks)

    def nudge(self, towards: str, mm: float = 1.0) -> None:
        self._hand.nudge(towards, float(mm))

    def turn(self, about: str, degrees: float = 1.0) -> None:
        self._hand.turn(about, float(degrees))

    def pick_mode(self, on: bool) -> None:
        self._hand.pick_mode(on)

    def landmarks_undo(self) -> None:
        self._hand.undo_mark()

    def landmarks_clear(self) -> None:
        self._hand.drop_marks()

    def landmarks_use(self) -> None:
        self._hand.use_marks()

    def change_limits(self, given: dict[str, str]) -> None:
        self._console.presenter.limits.change(given, self._hand.who)

    def mark(self) -> None:
        self._console.presenter.steps.mark(self._latest)
        self._console.presenter.publish_steps()

    async def record(self) -> None:
        """Start or stop recording what arrives as a case."""
        await self._console.presenter.record.switch(self._hand.who)

    async def open(self, path: str) -> None:
        """Open the case in a folder or archive on the machine that the console runs on."""
        if path.strip():
            await self._console.open(Path(path.strip()).expanduser())

    async def drive_yourself(self) -> None:
        """Replace the session by one with the instrument in the trainee's hand, in the open case."""
        case = getattr(self._session, "case", None)
        if isinstance(case, CaseFolder):
            trajectory = (self._latest.trajectory or None) if self._latest is not None else None
            await self._console.open_made(lambda: DrivingSession(case, trajectory=trajectory))

    def drive(self, what: str, amount: float) -> None:
        """Move the instrument, the puncture or the slices; see DrivingSession.move."""
        if isinstance(self._session, DrivingSession):
            self._session.move(what, float(amount))
            self._console.presenter.publish_drive()

    def lean(self, towards: str, degrees: float) -> None:
        """Hold the instrument at that angle against the plan."""
        if isinstance(self._session, DrivingSession):
            hand = self._session.hands.hand
            self.drive(towards, float(degrees) - (hand.head_deg if towards == "head" else hand.left_deg))

    async def take_image(self) -> None:
        session = self._session
        if isinstance(session, DrivingSession) and not self._console.state.drive["busy"]:
            with self._console.state:
                self._console.state.drive = session.state() | {"busy": True}
            await asyncio.get_running_loop().run_in_executor(None, session.take)
            with self._console.state:
                self._console.presenter.publish_drive()

    def arrow(self, key: str) -> None:
        """By hand the arrows lean the instrument by half a degree; in a played case the right one goes to the next image."""
        if isinstance(self._session, DrivingSession):
            towards, degrees = {"up": ("head", 0.5), "down": ("head", -0.5), "left": ("left", 0.5), "right": ("left", -0.5)}[key]
            self.drive(towards, degrees)
        elif key == "right":
            self.step()

    def upload_begin(self) -> None:
        self._console.uploads.begin()

    async def upload_end(self) -> None:
        """Open what the browser has sent over HTTP since upload_begin."""
        await self._console.open(self._console.uploads.finish())

    def debrief(self) -> None:
        self._console.presenter.training.toggle_debrief(self._console.presenter.steps)

    def node_admit(self, aet: str) -> None:
        self._nodes.admit(aet)

    def node_add(self, form: dict[str, str]) -> None:
        self._nodes.add(form)

    def node_remove(self, name: str) -> None:
        self._nodes.remove(name)

    def node_promiscuous(self, on: bool) -> None:
        self._nodes.promiscuous(on)

    async def node_check(self, name: str) -> None:
        await self._nodes.check(name)

    def node_import(self, text: str) -> None:
        self._nodes.take_settings(text)

    def node_settings(self) -> str:
        return self._nodes.settings()

    def node_conformance(self) -> str:
        return self._nodes.conformance()

    def plan_edit(self) -> None:
        self._console.presenter.planning.edit()

    def plan_undo(self) -> None:
        self._console.presenter.planning.undo()

    def plan_redo(self) -> None:
        self._console.presenter.planning.redo()

    async def plan_segmentation(self, path: str) -> None:
        await self._console.presenter.planning.segmentation(path)

    async def plan_propose(self, level: str, side: str, instrument: str) -> None:
        await self._console.presenter.planning.propose(level, side, instrument)

    def plan_take(self, index: int) -> None:
        self._console.presenter.planning.take(int(index))

    async def plan_sheet(self) -> str:
        return await self._console.presenter.planning.sheet()

    def plan_discard(self) -> None:
        self._console.presenter.planning.discard()

    def plan_json(self) -> str:
        return self._console.presenter.planning.plan_json()

    def plan_markups(self) -> str:
        return self._console.presenter.planning.markups_json()

    def play_pause(self) -> None:
        player = self._player
        if player is not None:
            (player.pause if player.playing else player.play)()

    def step(self) -> None:
        if self._player is not None:
            self._player.step()

    def seek(self, index: int) -> None:
        if self._player is not None:
            self._player.seek(int(index))

    def speed(self, speed: float) -> None:
        if self._player is not None and speed in SPEEDS:
            self._player.set_speed(speed)

    @property
    def _session(self) -> ConsoleSession | None:
        return self._console.session

    @property
    def _hand(self) -> Registering:
        return self._console.presenter.hand

    @property
    def _nodes(self) -> NodePage:
        return self._console.presenter.nodes

    @property
    def _latest(self) -> Update | None:
        return self._session.latest if self._session is not None else None

    @property
    def _player(self) -> Playback | None:
        return self._session if isinstance(self._session, Playback) else None
