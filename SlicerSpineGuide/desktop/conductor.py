"""The case that is open, the session that runs it and what is drawn of it. Knows no widget; used on the main thread only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from SlicerSpineGuide.geometry import Vector, rigid
from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.plan import Plan, Trajectory
from SlicerSpineGuide.recording.case import CaseFolder, open_case
from SlicerSpineGuide.recording.player import ReplaySession
from SlicerSpineGuide.recording.report import ReportBuilder
from SlicerSpineGuide.recording.session import LiveSession, Session
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.scene import GuidanceScene
from SlicerSpineGuide.tracking.instrument import Instrument

NUDGE_MM = 1.0


class Conductor:
    """State changes are told to `changed`, which a screen sets."""

    def __init__(self, scene: Any) -> None:
        self._scene = scene
        self.changed: Callable[[], None] = lambda: None
        self.case: CaseFolder | None = None
        self.session: Session | None = None
        self.drawing: GuidanceScene | None = None
        self.report: ReportBuilder | None = None  # of the session that runs, or of the last one
        self.frozen = False
        self._drawn: Update | None = None
        self._worker: ThreadPoolExecutor | None = None
        self._bone: Future[Any] | None = None

    # --- the case

    @property
    def plan(self) -> Plan | None:
        return self.case.plan if self.case is not None else None

    @property
    def trajectory(self) -> Trajectory | None:
        return self.drawing.trajectory if self.drawing is not None else None

    def open_folder(self, folder: Path) -> None:
        """Open a case folder: for replay where it has live images, else for live guidance. BadInput says what is wrong with it."""
        has_images = (folder / "case.json").is_file()
        self.use(open_case(folder, live=has_images))

    def use(self, case: CaseFolder, adopt: Mapping[str, Any] | None = None) -> None:
        """Make `case` the open one and draw its plan; the former is closed. `adopt`: nodes to go on with."""
        self.close()
        self.case = case
        self.drawing = GuidanceScene(self._scene, case.planning, case.plan, adopt)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="bone-surface")
        self._bone = self._worker.submit(self.drawing.make_bone)
        self.changed()

    def close(self) -> None:
        """Stop what runs and take the case out of the scene."""
        self.stop()
        if self.drawing is not None:
            self.drawing.remove()
        self.forget()

    def forget(self) -> None:
        """Let go of the case without touching the scene, which is being emptied by somebody else."""
        self.stop()
        if self._worker is not None:
            self._worker.shutdown(wait=True, cancel_futures=True)
        self.case = self.drawing = self._worker = self._bone = self._drawn = None
        self.changed()

    # --- the session

    @property
    def running(self) -> bool:
        return self.session is not None

    @property
    def replay(self) -> ReplaySession | None:
        return self.session if isinstance(self.session, ReplaySession) else None

    @property
    def live(self) -> LiveSession | None:
        return self.session if isinstance(self.session, LiveSession) else None

    def start(self, session: Session) -> None:
        """Run a session of the open case. BadInput (a port in use, for one) leaves nothing running."""
        self.stop()
        if self.trajectory is not None:
            session.select_trajectory(self.trajectory.id)
        session.start()
        self.session, self.report, self.frozen, self._drawn = session, session.report, False, None
        self.changed()

    def start_replay(self) -> None:
        assert self.case is not None
        self.start(ReplaySession(self.case))

    def stop(self) -> None:
        """Stop the session; nothing that it showed stays."""
        if self.session is None:
            return
        session, self.session = self.session, None
        session.stop()
        if self.drawing is not None:
            self.drawing.show(_nothing(self.drawing.trajectory.id))
        self._drawn = None
        self.changed()

    def select(self, trajectory_id: str) -> None:
        """Guide along another path of the plan."""
        if self.drawing is not None:
            self.drawing.select_trajectory(trajectory_id)
        if self.session is not None:
            self.session.select_trajectory(trajectory_id)
        self.changed()

    def acknowledge_all(self) -> None:
        for alert in self.latest.alerts if self.latest is not None else ():
            if not alert.acknowledged:
                self.acknowledge(alert.code)

    def acknowledge(self, code: AlertCode) -> None:
        if self.session is not None:
            self.session.acknowledge(code)

    def search_again(self) -> None:
        """Forget the registration: the next image is searched for over the whole capture range."""
        if self.session is not None:
            self.session.register_again()

    def nudge(self, direction: Vector) -> None:
        """Start the next registration 1 mm further along an LPS direction: for a registration that settled beside the truth."""
        update = self.latest
        if self.session is None or update is None or update.registration.plan_from_live is None:
            return
        self.session.register_again(rigid(translation=np.asarray(direction) * NUDGE_MM) @ update.registration.plan_from_live)

    # --- the moment

    @property
    def latest(self) -> Update | None:
        return self.session.latest if self.session is not None else None

    def poll(self) -> Update | None:
        """Draw the newest Update if it is another one than last time; never waits. Returns the newest, None where none runs."""
        self._take_bone()
        update = self.latest
        if update is not None and update is not self._drawn and not self.frozen and self.drawing is not None:
            self.drawing.show(update)
            self._drawn = update
        return update

    def _take_bone(self) -> None:
        if self._bone is not None and self._bone.done() and self.drawing is not None:
            surface, self._bone = self._bone.result(), None
            self.drawing.show_bone(surface)


def _nothing(trajectory_id: str) -> Update:
    """An Update of which nothing may be drawn."""
    return Update(None, Registration("none"), Instrument(False), None, (), "", trajectory_id, 0.0)
