"""The registration in a person's hands: accept, reject, register again, move the start, mark landmarks; what the image said to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from SlicerSpineGuide.console.session import ConsoleSession, Registers
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.registration.by_hand import TOWARDS, Marked, Nudged, apart, assumed_pose, start_from_landmarks
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.scene import GuidanceScene
from SlicerSpineGuide.scene.landmark_points import LandmarkPoints, live_from_plan, picked_point
from SlicerSpineGuide.translation import tr

STEPS_MM_DEG = (1.0, 5.0)
MOST_PAIRS = 12


class Registering:
    """Owns the by-hand start and the landmarks; writes `hand` into the page's state. What is decided goes to the session."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._operator = ""
        self._points: LandmarkPoints | None = None
        self.begin(None, None)

    def begin(self, session: ConsoleSession | None, scene: GuidanceScene | None) -> None:
        """Another session: nothing by hand of the former stays but who is working."""
        if self._points is not None:
            self._points.remove()
        self._session, self._scene, self._points = session, scene, None
        self._nudged: Nudged | None = None
        self._known: FloatArray | None = None  # the last pose that was found
        self._trajectory = ""
        self._asked: Registration | None = None  # the registration at the last request: another one is the answer to it
        self._former: FloatArray | None = None
        self._answer = self._problem = ""
        self._marks: list[Marked] = []
        self._picking = False
        self._publish()

    @property
    def who(self) -> str:
        return self._operator

    def operator(self, name: str) -> None:
        """Who works at the console, as the steps and the log name them."""
        self._operator = " ".join(name.split())[:24]
        self._publish()

    def accept(self, update: Update | None) -> bool:
        """Accept the registration that there is: locked, or rejected before. Whether there is one."""
        session = self._session
        good = update is not None and (update.registration.status == "locked" or update.acceptance == "rejected")
        if not good or not isinstance(session, Registers):
            return False
        session.accept_registration(self._operator)
        self._settle()
        return True

    def reject(self) -> None:
        if isinstance(self._session, Registers):
            self._session.reject_registration(self._operator)

    def search(self) -> None:
        """Register the newest image again, from nothing."""
        self._settle()
        self._ask(None, "search")

    def ask_first(self, asks: bool) -> None:
        """Whether nothing is guided before a person has accepted the registration."""
        if isinstance(self._session, Registers):
            self._session.ask_for_acceptance(bool(asks), self._operator)
            self._publish()

    def nudge(self, towards: str, amount: float, update: Update | None) -> None:
        """Move the start by so many mm towards a side of the patient, on from where it is, and have the image judge it."""
        start = self._start(update)
        if start is not None and towards in TOWARDS and abs(amount) in STEPS_MM_DEG:
            self._nudged = start.move(towards, amount)
            self._ask(self._nudged.pose, self._moved())

    def turn(self, about: str, degrees: float, update: Update | None) -> None:
        """Turn the start about an axis of the patient through the target, and have the image judge it."""
        start = self._start(update)
        if start is not None and about in TOWARDS and abs(degrees) in STEPS_MM_DEG:
            self._nudged = start.turn(about, degrees)
            self._ask(self._nudged.pose, self._moved())

    def follow(self, update: Update) -> None:
        """Take note of what the image said to the last request."""
        registration = update.registration
        if update.trajectory != self._trajectory:
            self._trajectory, self._nudged, self._known, self._asked, self._answer = update.trajectory, None, None, None, ""
        if self._asked is not None and registration is not self._asked and update.acceptance != "rejected":
            self._asked = None
            self._answer = self._judgement(registration)
            self._publish()
        if registration.plan_from_live is not None:
            self._known = registration.plan_from_live
        if update.acceptance != self._state.hand["acceptance"]:
            self._publish(update)

    # --- landmarks

    def pick_mode(self, on: bool) -> None:
        """While it is on, a click in a view marks a landmark instead of moving the picture."""
        self._picking = bool(on) and self._scene is not None
        if self._picking and self._points is None and self._scene is not None:
            self._points = LandmarkPoints(self._scene.scene, self._scene.registration)
        self._publish()

    @property
    def picking(self) -> bool:
        return self._picking

    def picked(self, slice_node: Any, x: float, y: float, live_number: int | None) -> None:
        """A click at pixel (x, y) of a slice view. live_number: which live image the view shows, None for a planning view."""
        if self._scene is None or self._session is None or len(self._marks) > MOST_PAIRS:
            return
        point = picked_point(slice_node, x, y)
        if live_number is None:
            self._mark(plan=point)
            return
        update = self._session.latest
        frame = update.frame if update is not None else None
        if frame is None or live_number >= len(frame.images) or self._state.card["state"] in ("wrong_patient", "stale", "no_image"):
            self._problem = tr("There is no current live image to mark a landmark in.")
            self._publish()
            return
        image = frame.images[live_number].image
        projection = image.projection if isinstance(image, Radiograph) else None
        if isinstance(image, Radiograph) and projection is None:
            self._problem = tr("The image does not say where the C-arm stood: landmarks in it have no place.")
            self._publish()
            return
        self._mark(live=live_from_plan(self._scene.registration, point), projection=projection)

    def undo_mark(self) -> None:
        """Take the last mark back."""
        if self._marks:
            self._marks.pop()
        self._show_marks()

    def drop_marks(self) -> None:
        self._marks = []
        self._show_marks()

    def use_marks(self) -> None:
        """Register the newest image from where the landmarks put it; what keeps them from fixing a position is said."""
        session = self._session
        if session is None:
            return
        target = session.plan.trajectory(self._trajectory or None).target
        try:
            start = start_from_landmarks(self._marks, target)
        except BadInput as error:
            self._problem = str(error)
            self._publish()
            return
        self._problem = ""
        self._nudged = Nudged(start.pose, target)
        rms = float(np.sqrt(np.mean(start.residuals_mm**2)))
        self._ask(start.pose, tr("{n} landmark pairs, {mm:.1f} mm apart after it").format(n=len(start.residuals_mm), mm=rms))

    def _mark(self, **marked: Any) -> None:
        """Complete the pair that waits for this side, or begin another."""
        waiting = next((i for i, m in enumerate(self._marks) if getattr(m, "live" if "live" in marked else "plan") is None), None)
        if waiting is None:
            self._marks.append(Marked(**marked))
        else:
            had = self._marks[waiting]
            self._marks[waiting] = Marked(**({"live": had.live, "plan": had.plan, "projection": had.projection} | marked))
        self._problem = ""
        self._show_marks()

    def _show_marks(self) -> None:
        if self._points is not None:
            self._points.show([m.plan for m in self._marks], [m.live for m in self._marks])
        self._publish()

    # --- the start

    def _start(self, update: Update | None) -> Nudged | None:
        """Where to go on from: the start as it was moved so far, else the pose that is known."""
        if self._session is None or update is None or update.frame is None:
            return None
        if self._nudged is not None:
            return self._nudged
        target = self._session.plan.trajectory(update.trajectory).target
        pose = update.registration.plan_from_live if update.registration.plan_from_live is not None else self._known
        return Nudged(assumed_pose(target, update.frame.modality == "XA") if pose is None else pose, target)

    def _ask(self, pose: FloatArray | None, how: str) -> None:
        session = self._session
        if not isinstance(session, Registers) or session.latest is None:
            return
        self._asked, self._former = session.latest.registration, self._known
        self._answer = tr("The image is being asked …")
        session.register_again(pose, self._operator, how)
        self._publish()

    def _settle(self) -> None:
        """Accepted, or searched for anew: what was moved by hand is done with."""
        self._nudged, self._answer = None, ""
        self._publish()

    def _moved(self) -> str:
        """The start's way in words: "L 3 mm, H 1 mm, 2° about A"."""
        if self._nudged is None:
            return ""
        parts = []
        for k, (positive, negative) in enumerate((("L", "R"), ("P", "A"), ("H", "F"))):
            mm, degrees = float(self._nudged.moved_mm[k]), float(self._nudged.turned_deg[k])
            if mm:
                parts.append(f"{tr(positive) if mm > 0 else tr(negative)} {abs(mm):g} mm")
            if degrees:
                parts.append(tr("{deg:g}° about {axis}").format(deg=abs(degrees), axis=tr(positive) if degrees > 0 else tr(negative)))
        return ", ".join(parts)

    def _judgement(self, found: Registration) -> str:
        if found.status == "locked" and found.plan_from_live is not None:
            if self._former is None or self._session is None:
                return tr("The image locks on it.")
            target = self._session.plan.trajectory(self._trajectory or None).target
            off = apart(self._former, found.plan_from_live, target)
            text = tr("The image locks {mm:.1f} mm and {deg:.1f}° from where it was before.")
            return text.format(mm=off.mm, deg=off.degrees)
        if found.status == "uncertain":
            return tr("The image does not decide: uncertain.")
        return tr("The image does not fit from there: {why}").format(why=found.reason or tr("lost"))

    def _publish(self, update: Update | None = None) -> None:
        session = self._session
        latest = update if update is not None else session.latest if session is not None else None
        self._state.hand = {
            "operator": self._operator,
            "asks": bool(getattr(session, "asks", False)),
            "acceptance": latest.acceptance if latest is not None else "accepted",
            "moved": self._moved(),
            "answer": self._answer,
            "problem": self._problem,
            "picking": self._picking,
            "pairs": [{"n": n, "live": m.live is not None, "plan": m.plan is not None} for n, m in enumerate(self._marks, 1)],
        }
