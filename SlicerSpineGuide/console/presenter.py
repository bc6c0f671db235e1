"""Puts an Update into the page's state: one place for everything that the browser is told."""

from __future__ import annotations

from typing import Any

from SlicerSpineGuide.console.bullseye import bullseye
from SlicerSpineGuide.console.honest import card, state_of
from SlicerSpineGuide.console.player import player_state
from SlicerSpineGuide.console.readouts import alerts, image_state, numbers
from SlicerSpineGuide.console.session import ConsoleSession, Playback
from SlicerSpineGuide.console.steps import Steps
from SlicerSpineGuide.console.views import captions
from SlicerSpineGuide.console.words import words
from SlicerSpineGuide.guidance.sound import Announcer
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.translation import current_language, set_language


class Presenter:
    """Writes to trame's state; only what changed travels to the browsers."""

    def __init__(self, state: Any, session: ConsoleSession) -> None:
        self._state, self._session = state, session
        state.client_only("page", "me", "sound_on")
        state.page, state.me = "guide", ""
        state.beat, state.frozen, state.layout, state.holder, state.watching = 0, False, "guide", "", 0
        state.sound_on, state.sound, state.marks = False, {"n": 0, "priority": ""}, []
        state.player = {"length": 0}
        self.steps = Steps()
        self._announcer = Announcer()
        state.node = {"text": ""}
        self.speak(current_language())
        self.publish(None)
        self.publish_steps()

    def speak(self, language: str) -> None:
        """The page's fixed words in another language; sentences follow with the next Update."""
        set_language(language)
        self._state.language = current_language()
        self._state.words, self._state.captions = words(), captions()

    def publish(self, update: Update | None) -> None:
        plan = self._session.plan
        trajectory = plan.trajectory(update.trajectory if update is not None and update.trajectory else None)
        state = self._state
        state.num = numbers(update, trajectory)
        state.eye = bullseye(update, trajectory)
        state.img = image_state(update, plan)
        state.card = card(state_of(update, plan), update)
        if update is not None:
            self.steps.observe(update, trajectory)
        else:
            state.alerts = []
        state.view = {
            "title": self._session.case_title,
            "trajectory": trajectory.id,
            "trajectories": [{"id": t.id, "label": t.label or t.id} for t in plan.trajectories],
        }

    def publish_alerts(self, update: Update, now_s: float) -> None:
        """Alerts and their sound, which go on while the picture is held."""
        self._state.alerts = alerts(update)
        priority = self._announcer.due(update.alerts, now_s)
        if priority is not None:
            self._state.sound = {"n": self._state.sound["n"] + 1, "priority": priority}

    def publish_steps(self) -> None:
        self._state.steps, self._state.marks = self.steps.rows(), list(self.steps.marks)
        if isinstance(self._session, Playback):
            report = getattr(self._session, "report", None)
            self._state.player = player_state(self._session, report.frames if report is not None else (), self.steps.marks)

    def broken(self) -> None:
        """Nothing on the screen may be trusted any more: say so, and take the numbers away."""
        self.publish(None)
        self._state.card = card("broken")

    def freeze(self, frozen: bool) -> None:
        """While the picture is held, no number stands beside it: they would be of another moment."""
        self._state.frozen = frozen
        if frozen:
            trajectory = self._session.plan.trajectory(self._state.view["trajectory"])
            self._state.num, self._state.eye = numbers(None, trajectory), bullseye(None, trajectory)

    def node(self) -> None:
        state = self._session.node_state()
        self._state.node = {"text": "" if state is None else str(state.address)}
