"""The registration in a person's hands, on the page: clicks and buttons go to `scene.by_hand`, what it says goes to `hand`."""

from __future__ import annotations

from typing import Any

from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.scene import GuidanceScene
from SlicerSpineGuide.scene.by_hand import ByHand, Registers
from SlicerSpineGuide.translation import anew


class Registering:
    """Owns who is at work and the by-hand start of the session; writes `hand` into the page's state."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._operator = ""
        self._hand = ByHand()
        self.begin(None, None)

    def begin(self, session: ConsoleSession | None, scene: GuidanceScene | None) -> None:
        """Another session: nothing by hand of the former stays but who is working."""
        self._hand.close()
        self._session = session
        self._hand = ByHand(session if isinstance(session, Registers) else None, scene)
        self._publish()

    @property
    def who(self) -> str:
        return self._operator

    def operator(self, name: str) -> None:
        """Who works at the console, as the steps and the log name them."""
        self._operator = " ".join(name.split())[:24]
        self._publish()

    def accept(self) -> bool:
        """Accept the registration that there is: locked, or rejected before. Whether there is one."""
        accepted = self._hand.accept(self._operator)
        self._publish()
        return accepted

    def reject(self) -> None:
        self._hand.reject(self._operator)

    def search(self) -> None:
        """Register the newest image again, from nothing."""
        self._hand.search(self._operator)
        self._publish()

    def ask_first(self, asks: bool) -> None:
        """Whether nothing is guided before a person has accepted the registration."""
        self._hand.ask_first(asks, self._operator)
        self._publish()

    def nudge(self, towards: str, mm: float) -> None:
        """Move the start by so many mm towards a side of the patient."""
        self._hand.nudge(towards, mm, self._operator)
        self._publish()

    def turn(self, about: str, degrees: float) -> None:
        """Turn the start about an axis of the patient through the target."""
        self._hand.turn(about, degrees, self._operator)
        self._publish()

    def speak(self) -> None:
        """Another language: what the image said is said anew."""
        self._publish()

    def follow(self, update: Update) -> None:
        """Take note of what the image said to the last request."""
        if self._hand.follow(update) or update.acceptance != self._state.hand["acceptance"]:
            self._publish(update)

    def pick_mode(self, on: bool) -> None:
        """While it is on, a click in a view marks a landmark instead of moving the picture."""
        self._hand.pick_mode(on)
        self._publish()

    @property
    def picking(self) -> bool:
        return self._hand.picking

    def picked(self, slice_node: Any, x: float, y: float, live_number: int | None) -> None:
        """A click at pixel (x, y) of a slice view. live_number: which live image the view shows, None for a planning view."""
        self._hand.picked(slice_node, x, y, live_number)
        self._publish()

    def undo_mark(self) -> None:
        """Take the last mark back."""
        self._hand.undo_mark()
        self._publish()

    def drop_marks(self) -> None:
        self._hand.drop_marks()
        self._publish()

    def use_marks(self) -> None:
        """Register the newest image from where the landmarks put it."""
        self._hand.use_marks(self._operator)
        self._publish()

    def _publish(self, update: Update | None = None) -> None:
        session, hand = self._session, self._hand
        latest = update if update is not None else session.latest if session is not None else None
        self._state.hand = {
            "operator": self._operator,
            "asks": bool(getattr(session, "asks", False)),
            "acceptance": latest.acceptance if latest is not None else "accepted",
            "moved": hand.moved,
            "answer": anew(hand.answer),
            "problem": anew(hand.problem),
            "picking": hand.picking,
            "pairs": [{"n": n, "live": m.live is not None, "plan": m.plan is not None} for n, m in enumerate(hand.marks, 1)],
        }
