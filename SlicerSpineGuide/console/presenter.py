"""Puts an Update into the page's state: one place for everything that the browser is told."""

from __future__ import annotations

from typing import Any

from SlicerSpineGuide.console.bullseye import bullseye
from SlicerSpineGuide.console.guide_page import words
from SlicerSpineGuide.console.honest import card, state_of
from SlicerSpineGuide.console.readouts import alerts, image_state, numbers
from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.console.views import captions
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.translation import current_language, set_language

KEYS = {"a": "acknowledge_first", "f": "freeze", "1": "layout guide", "2": "layout four", "3": "layout live", "b": "window"}


class Presenter:
    """Writes to trame's state; only what changed travels to the browsers."""

    def __init__(self, state: Any, session: ConsoleSession) -> None:
        self._state, self._session = state, session
        state.client_only("page", "me")
        state.page, state.me = "guide", ""
        state.beat, state.frozen, state.layout, state.holder, state.watching = 0, False, "guide", "", 0
        state.keys = KEYS
        state.node = {"text": ""}
        self.speak(current_language())
        self.publish(None)

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
        state.alerts = alerts(update)
        state.img = image_state(update, plan)
        state.card = card(state_of(update, plan), update)
        state.view = {
            "title": self._session.case_title,
            "trajectory": trajectory.id,
            "trajectories": [{"id": t.id, "label": t.label or t.id} for t in plan.trajectories],
        }

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
