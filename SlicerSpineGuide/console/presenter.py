"""Puts an Update into the page's state: one place for everything that the browser is told."""

from __future__ import annotations

from typing import Any

from SlicerSpineGuide.console.honest import card
from SlicerSpineGuide.console.limits import Limits
from SlicerSpineGuide.console.node_page import NodePage
from SlicerSpineGuide.console.planning_page import PlanningPage
from SlicerSpineGuide.console.readouts import alerts, image_state, numbers
from SlicerSpineGuide.console.record_control import RecordControl
from SlicerSpineGuide.console.registering import Registering
from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.console.training import Training
from SlicerSpineGuide.console.views import captions
from SlicerSpineGuide.console.words import words
from SlicerSpineGuide.guidance.sound import Announcer
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.recording.player import ReplaySession
from SlicerSpineGuide.recording.steps import Steps
from SlicerSpineGuide.recording.timeline import NO_PLAYER, player_state
from SlicerSpineGuide.room.driving import NOT_DRIVING, DrivingSession
from SlicerSpineGuide.scene import GuidanceScene
from SlicerSpineGuide.scene.bullseye import bullseye
from SlicerSpineGuide.scene.state import state_of
from SlicerSpineGuide.translation import anew, current_language, set_language, tr


class Presenter:
    """Writes to trame's state; only what changed travels to the browsers."""

    def __init__(self, state: Any) -> None:
        self._state = state
        state.client_only("page", "me", "sound_on", "hand_step")
        state.page, state.me, state.hand_step = "guide", "", 1
        state.beat, state.frozen, state.layout, state.holder, state.watching = 0, False, "guide", "", 0
        state.sound_on, state.sound = False, {"n": 0, "priority": ""}
        self._opening = (False, "")
        self.training, self.nodes, self.planning = Training(state), NodePage(state), PlanningPage(state)
        self.record = RecordControl(state)
        state.card = card("")
        self.hand, self.limits = Registering(state), Limits(state)
        self.speak(current_language())
        self.begin(None)

    def begin(self, session: ConsoleSession | None, scene: GuidanceScene | None = None) -> None:
        """Another session, or none: nothing of the former stays."""
        self._session = session
        self.steps = Steps(session.plan if session is not None else None)
        self._announcer = Announcer()
        self._state.frozen = False
        self.hand.begin(session, scene)
        self.limits.begin(session)
        self.training.begin(session)
        self.nodes.begin(session)
        self.planning.begin(session)
        self.record.begin(session)
        self.publish(None)
        self.publish_steps()
        self.publish_drive()
        self.node()

    def speak(self, language: str) -> None:
        """All texts in another language; the alerts that are on follow with the next look at them."""
        set_language(language)
        self._state.language = current_language()
        self._state.words, self._state.captions = words(), captions()
        self.planning.speak()
        self.nodes.speak()
        self.training.speak()
        self.limits.speak()
        self.hand.speak()
        self.say_opening()

    def say_opening(self, busy: bool | None = None, problem: str | None = None) -> None:
        """How the opening of a case goes; None: as it was, in the language of the page."""
        self._opening = (self._opening[0] if busy is None else busy, self._opening[1] if problem is None else problem)
        self._state.opening = {"busy": self._opening[0], "problem": anew(self._opening[1])}

    def trajectory(self, update: Update | None) -> Trajectory | None:
        """The trajectory that an Update is about; the plan's first without one."""
        if self._session is None:
            return None
        return self._session.plan.trajectory(update.trajectory if update is not None and update.trajectory else None)

    def publish(self, update: Update | None) -> None:
        """Numbers, drawing, image state and honest state; None takes everything away."""
        plan = self._session.plan if self._session is not None else None
        trajectory = self.trajectory(update)
        state = self._state
        state.num = numbers(update, trajectory)
        state.eye = bullseye(update, trajectory)
        state.img = image_state(update, plan)
        state.card = card(state_of(update, plan), update)
        if update is not None and trajectory is not None:
            self.steps.observe(update, trajectory)
            self.hand.follow(update)
            self.limits.follow(update)
            self.training.observe(update)
        else:
            state.alerts = []
        state.view = {
            "title": self._session.case_title if self._session is not None else "",
            "trajectory": trajectory.id if trajectory is not None else "",
            "trajectories": [{"id": t.id, "label": t.label or t.id} for t in plan.trajectories] if plan is not None else [],
        }

    def publish_alerts(self, update: Update, now_s: float) -> None:
        """Alerts and their sound, which go on while the picture is held."""
        self._state.alerts = alerts(update)
        priority = self._announcer.due(update.alerts, now_s)
        if priority is not None:
            self._state.sound = {"n": self._state.sound["n"] + 1, "priority": priority}

    def publish_steps(self) -> None:
        self._state.steps, self._state.marks = self.steps.rows(), list(self.steps.marks)
        report = getattr(self._session, "report", None)
        if isinstance(self._session, ReplaySession) and report is not None:
            self._state.player = player_state(self._session, report.onsets, self.steps.marks)
        else:
            self._state.player = NO_PLAYER

    def publish_drive(self) -> None:
        """The hand of a trainee who drives the instrument."""
        self._state.drive = self._session.state() if isinstance(self._session, DrivingSession) else NOT_DRIVING

    def broken(self) -> None:
        """Nothing on the screen may be trusted any more: say so, and take the numbers away."""
        self.publish(None)
        self._state.card = card("broken")

    def freeze(self, frozen: bool) -> None:
        """While the picture is held, no number stands beside it: they would be of another moment."""
        self._state.frozen = frozen
        if frozen and self._session is not None:
            trajectory = self._session.plan.trajectory(self._state.view["trajectory"])
            self._state.num, self._state.eye = numbers(None, trajectory), bullseye(None, trajectory)
            self._state.img = image_state(None, self._session.plan) | {"index": self._state.img["index"]}

    def node(self) -> None:
        """The DICOM node in the status line."""
        state = self._session.node_state() if self._session is not None else None
        text = "" if state is None else str(state.address) if state.running else tr("does not answer")
        self._state.node = {"text": text}
