"""The registration in a person's hands: accept, reject, search anew, move the start, mark landmarks; and what the image said to it.

The same for every screen: a screen hands in clicks and shows `marks`, `moved`, `answer` and `problem`.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.plan import Plan
from SlicerSpineGuide.registration.by_hand import TOWARDS, Marked, Nudged, apart, assumed_pose, start_from_landmarks
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.scene.guidance_scene import GuidanceScene
from SlicerSpineGuide.scene.landmark_points import LandmarkPoints, live_from_plan, picked_point
from SlicerSpineGuide.scene.state import state_of
from SlicerSpineGuide.translation import tr

STEPS_MM_DEG = (1.0, 5.0)
MOST_PAIRS = 12
NOT_CURRENT = ("wrong_patient", "stale", "no_image")


@runtime_checkable
class Registers(Protocol):
    """A session whose registration a person can accept, reject and start anew, from a pose (plan_from_live) or from nothing.

    who: the name that is logged; asks: whether nothing is guided before a registration is accepted.
    """

    asks: bool

    @property
    def plan(self) -> Plan: ...
    @property
    def latest(self) -> Update | None: ...
    def register_again(self, pose: FloatArray | None, who: str = "", how: str = "") -> None: ...
    def accept_registration(self, who: str = "") -> None: ...
    def reject_registration(self, who: str = "") -> None: ...
    def ask_for_acceptance(self, asks: bool, who: str = "") -> None: ...


class ByHand:
    """Of one session and the scene that shows it (None before there is one). What cannot be done leaves everything as it was."""

    def __init__(self, session: Registers | None = None, scene: GuidanceScene | None = None) -> None:
        self._session, self._scene = session, scene
        self._points: LandmarkPoints | None = None
        self._nudged: Nudged | None = None
        self._known: FloatArray | None = None  # the last pose that was found
        self._trajectory = ""
        self._asked: Registration | None = None  # the registration at the last request: another one is the answer to it
        self._former: FloatArray | None = None
        self.answer = self.problem = ""
        self.marks: list[Marked] = []
        self.picking = False

    def close(self) -> None:
        """Take the landmarks out of the scene."""
        if self._points is not None:
            self._points.remove()
            self._points = None

    # --- decisions

    def accept(self, who: str = "") -> bool:
        """Accept the registration that there is: locked, or rejected before. Whether there is one."""
        update = self._latest
        good = update is not None and (update.registration.status == "locked" or update.acceptance == "rejected")
        if not good or self._session is None:
            return False
        self._session.accept_registration(who)
        self._settle()
        return True

    def reject(self, who: str = "") -> None:
        if self._session is not None:
            self._session.reject_registration(who)

    def search(self, who: str = "") -> None:
        """Register the newest image again, from nothing."""
        self._settle()
        self._ask(None, "search", who)

    def ask_first(self, asks: bool, who: str = "") -> None:
        """Whether nothing is guided before a person has accepted the registration."""
        if self._session is not None:
            self._session.ask_for_acceptance(bool(asks), who)

    def nudge(self, towards: str, mm: float, who: str = "") -> None:
        """Move the start by so many mm towards a side of the patient, on from where it is, and have the image judge it."""
        start = self._start()
        if start is not None and towards in TOWARDS and abs(mm) in STEPS_MM_DEG:
            self._nudged = start.move(towards, mm)
            self._ask(self._nudged.pose, self.moved, who)

    def turn(self, about: str, degrees: float, who: str = "") -> None:
        """Turn the start about an axis of the patient through the target, and have the image judge it."""
        start = self._start()
        if start is not None and about in TOWARDS and abs(degrees) in STEPS_MM_DEG:
            self._nudged = start.turn(about, degrees)
            self._ask(self._nudged.pose, self.moved, who)

    def follow(self, update: Update) -> bool:
        """Take note of what the image said to the last request; whether it has just said it."""
        registration, answered = update.registration, False
        if update.trajectory != self._trajectory:
            self._trajectory, self._nudged, self._known, self._asked, self.answer = update.trajectory, None, None, None, ""
        if self._asked is not None and registration is not self._asked and update.acceptance != "rejected":
            self._asked, answered = None, True
            self.answer = self._judgement(registration)
        if registration.plan_from_live is not None:
            self._known = registration.plan_from_live
        return answered

    @property
    def moved(self) -> str:
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

    # --- landmarks

    def pick_mode(self, on: bool) -> None:
        """While it is on, a click in a view marks a landmark instead of moving the picture."""
        self.picking = bool(on) and self._scene is not None and self._session is not None
        if self.picking and self._points is None and self._scene is not None:
            self._points = LandmarkPoints(self._scene.scene, self._scene.registration)

    def picked(self, slice_node: Any, x: float, y: float, live_number: int | None) -> None:
        """A click at pixel (x, y) of a slice view. live_number: which live image the view shows, None for a planning view."""
        if self._scene is None or self._session is None or len(self.marks) > MOST_PAIRS:
            return
        point = picked_point(slice_node, x, y)
        if live_number is None:
            self._mark(plan=point)
            return
        update = self._latest
        frame = update.frame if update is not None else None
        current = state_of(update, self._session.plan) not in NOT_CURRENT
        if frame is None or live_number >= len(frame.images) or not current:
            self.problem = tr("There is no current live image to mark a landmark in.")
            return
        image = frame.images[live_number].image
        projection = image.projection if isinstance(image, Radiograph) else None
        if isinstance(image, Radiograph) and projection is None:
            self.problem = tr("The image does not say where the C-arm stood: landmarks in it have no place.")
            return
        self._mark(live=live_from_plan(self._scene.registration, point), projection=projection)

    def undo_mark(self) -> None:
        """Take the last mark back."""
        if self.marks:
            self.marks.pop()
        self._show_marks()

    def drop_marks(self) -> None:
        self.marks = []
        self._show_marks()

    def use_marks(self, who: str = "") -> None:
        """Register the newest image from where the landmarks put it; what keeps them from fixing a position is said."""
        session = self._session
        if session is None:
            return
        target = session.plan.trajectory(self._trajectory or None).target
        try:
            start = start_from_landmarks(self.marks, target)
        except BadInput as error:
            self.problem = str(error)
            return
        self.problem = ""
        self._nudged = Nudged(start.pose, target)
        rms = float(np.sqrt(np.mean(start.residuals_mm**2)))
        self._ask(start.pose, tr("{n} landmark pairs, {mm:.1f} mm apart after it").format(n=len(start.residuals_mm), mm=rms), who)

    def _mark(self, **marked: Any) -> None:
        """Complete the pair that waits for this side, or begin another."""
        waiting = next((i for i, m in enumerate(self.marks) if getattr(m, "live" if "live" in marked else "plan") is None), None)
        if waiting is None:
            self.marks.append(Marked(**marked))
        else:
            had = self.marks[waiting]
            self.marks[waiting] = Marked(**({"live": had.live, "plan": had.plan, "projection": had.projection} | marked))
        self.problem = ""
        self._show_marks()

    def _show_marks(self) -> None:
        if self._points is not None:
            self._points.show([m.plan for m in self.marks], [m.live for m in self.marks])

    # --- the start

    @property
    def _latest(self) -> Update | None:
        return self._session.latest if self._session is not None else None

    def _start(self) -> Nudged | None:
        """Where to go on from: the start as it was moved so far, else the pose that is known."""
        update = self._latest
        if self._session is None or update is None or update.frame is None:
            return None
        if self._nudged is not None:
            return self._nudged
        target = self._session.plan.trajectory(update.trajectory).target
        pose = update.registration.plan_from_live if update.registration.plan_from_live is not None else self._known
        return Nudged(assumed_pose(target, update.frame.modality == "XA") if pose is None else pose, target)

    def _ask(self, pose: FloatArray | None, how: str, who: str) -> None:
        update = self._latest
        if self._session is None or update is None:
            return
        self._asked, self._former = update.registration, self._known
        self.answer = tr("The image is being asked …")
        self._session.register_again(pose, who, how)

    def _settle(self) -> None:
        """Accepted, or searched for anew: what was moved by hand is done with."""
        self._nudged, self.answer = None, ""

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
