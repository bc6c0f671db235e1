"""The case that is open, the session that runs it and what is drawn of it. Knows no widget; used on the main thread only."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.desktop.background import Background, Progress
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.plan import Plan, Trajectory
from SlicerSpineGuide.recording.archive import case_root, unpack
from SlicerSpineGuide.recording.case import CaseFolder, open_case
from SlicerSpineGuide.recording.player import ReplaySession
from SlicerSpineGuide.recording.report import ReportBuilder
from SlicerSpineGuide.recording.session import LiveSession, Session
from SlicerSpineGuide.recording.steps import Steps
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.room.driving import DrivingSession
from SlicerSpineGuide.scene import GuidanceScene
from SlicerSpineGuide.scene.by_hand import ByHand
from SlicerSpineGuide.tracking.instrument import Instrument


class Conductor:
    """State changes are told to `changed`, which a screen sets. What takes seconds runs in `background`, which `poll` looks at."""

    def __init__(self, scene: Any) -> None:
        self._scene = scene
        self.changed: Callable[[], None] = lambda: None
        self.background = Background()
        self.case: CaseFolder | None = None
        self.session: Session | None = None
        self.drawing: GuidanceScene | None = None
        self.report: ReportBuilder | None = None  # of the session that runs, or of the last one
        self.steps = Steps()
        self.hand = ByHand()
        self.operator = ""  # who works here, as the steps and the log name them
        self.frozen = False
        self._drawn: Update | None = None
        self._bone_maker: ThreadPoolExecutor | None = None
        self._bone: Future[Any] | None = None

    # --- the case

    @property
    def plan(self) -> Plan | None:
        return self.case.plan if self.case is not None else None

    @property
    def trajectory(self) -> Trajectory | None:
        return self.drawing.trajectory if self.drawing is not None else None

    def open_folder(self, folder: Path) -> None:
        """Open a case folder, or a zip archive of one: for replay where it has live images, else for live guidance.

        `poll` raises what is wrong with it.
        """

        def read(progress: Progress) -> CaseFolder:
            zipped = folder.suffix.lower() == ".zip" and not folder.is_dir()
            root = case_root(unpack(folder, Path(tempfile.mkdtemp(prefix="spineguide-case-"))) if zipped else folder)
            return open_case(root, live=(root / "case.json").is_file(), progress=progress)

        self.background.run(_("Opening {name}").format(name=folder.name or folder), read, self.use)
        self.changed()

    def use(self, case: CaseFolder, adopt: Mapping[str, Any] | None = None) -> None:
        """Make `case` the open one and draw its plan; the former is closed. `adopt`: nodes to go on with."""
        self._put_away()
        self.case = case
        self.steps = Steps(case.plan)
        self.drawing = GuidanceScene(self._scene, case.planning, case.plan, adopt)
        self._bone_maker = ThreadPoolExecutor(1, thread_name_prefix="bone-surface")
        self._bone = self._bone_maker.submit(self.drawing.make_bone)
        self.changed()

    def correct(self, case: CaseFolder) -> None:
        """Go on with a corrected plan on the same CT, whose node stays as it is; what runs is stopped."""
        drawing = self.drawing
        assert drawing is not None
        keeps, drawing.keeps_volume = drawing.keeps_volume, True
        self.use(case, {"planning_volume": drawing.planning_volume})
        assert self.drawing is not None
        self.drawing.keeps_volume = keeps

    def close(self) -> None:
        """Stop what runs and take the case out of the scene."""
        self._put_away()
        self.changed()

    def forget(self) -> None:
        """Let go of the case without touching the scene, which is being emptied by somebody else; waits for what runs."""
        self._let_go()
        self.background.wait()
        self.changed()

    def dispose(self) -> None:
        """The end: nothing of ours runs any more, and what is drawn anew by whoever goes on with the case is out of the scene."""
        self.changed = lambda: None
        drawing = self.drawing
        self.hand.close()
        self._let_go()
        if drawing is not None:
            drawing.withdraw()
        self.background.close()

    def _put_away(self) -> None:
        drawing = self.drawing
        self.hand.close()
        self._let_go()
        if drawing is not None:
            drawing.remove()

    def _let_go(self) -> None:
        self.background.cancel()
        session, self.session, self.hand = self.session, None, ByHand()
        if session is not None:
            self.background.later(session.stop)
        if self._bone_maker is not None:
            self._bone_maker.shutdown(wait=False, cancel_futures=True)  # it touches no node: it may end by itself
        self.case = self.drawing = self._bone_maker = self._bone = self._drawn = self.report = None
        self.frozen = False

    # --- the session

    @property
    def running(self) -> bool:
        return self.session is not None

    @property
    def idle(self) -> bool:
        """Whether a session may be started now."""
        return self.case is not None and self.session is None and not self.background.busy

    @property
    def replay(self) -> ReplaySession | None:
        return self.session if isinstance(self.session, ReplaySession) else None

    @property
    def live(self) -> LiveSession | None:
        return self.session if isinstance(self.session, LiveSession) else None

    @property
    def driving(self) -> DrivingSession | None:
        return self.session if isinstance(self.session, DrivingSession) else None

    def start(self, make: Callable[[CaseFolder], Session], then: Callable[[Any], None] | None = None) -> None:
        """Make a session of the open case and run it, once it is ready; `poll` raises what prevents it (a port in use, for one).

        then: called with the session when it runs.
        """
        case, trajectory = self.case, self.trajectory
        assert case is not None and trajectory is not None
        self.stop()

        def prepare(progress: Progress) -> Session:
            progress(0.1)
            session = make(case)
            progress(0.7)
            session.select_trajectory(trajectory.id)
            session.start()
            return session

        def begin(session: Session) -> None:
            self.session, self.report, self.frozen, self._drawn = session, session.report, False, None
            self.hand = ByHand(session, self.drawing)
            if then is not None:
                then(session)
            self.changed()

        self.background.run(_("Preparing the guidance"), prepare, begin, lambda session: session.stop())
        self.changed()

    def start_replay(self) -> None:
        self.start(ReplaySession, lambda session: session.play())

    def stop(self) -> None:
        """Stop the session, or what is being prepared; nothing that it showed stays."""
        self.background.cancel()
        self.hand.close()
        session, self.session, self.hand = self.session, None, ByHand()
        if session is not None:
            self.background.later(session.stop)
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

    # --- what the person decides

    def acknowledge(self, code: AlertCode | None = None) -> None:
        """Silence an alert, or all that are on."""
        for alert in self.latest.alerts if self.latest is not None else ():
            if self.session is not None and not alert.acknowledged and code in (None, alert.code):
                self.session.acknowledge(alert.code)

    def accept(self) -> None:
        """The registration that is shown is right, if it is locked; or the one that was rejected before, after all."""
        if self.hand.accept(self.operator):
            self.steps.accept_registration(self.operator)

    def reject(self) -> None:
        """The registration is wrong: no position is shown by it, and the step is open again."""
        self.hand.reject(self.operator)
        self.steps.reject_registration()

    def search_again(self) -> None:
        """Forget the registration: the patient is searched for over the whole capture range."""
        self.hand.search(self.operator)
        self.steps.reject_registration()

    def nudge(self, towards: str, amount: float, turns: bool = False) -> None:
        """Start the next registration so many mm further towards a side of the patient, or turned by so many degrees about it."""
        (self.hand.turn if turns else self.hand.nudge)(towards, amount, self.operator)
        self.steps.reject_registration()

    def use_marks(self) -> None:
        """Start the next registration from the landmarks that are marked."""
        self.hand.use_marks(self.operator)
        if not self.hand.problem:
            self.steps.reject_registration()

    # --- the moment

    @property
    def latest(self) -> Update | None:
        return self.session.latest if self.session is not None else None

    def poll(self) -> Update | None:
        """Take up what the background has done, and draw the newest Update if it is another one than last time; never waits.

        Returns the newest Update, None where no session runs. BadInput: why the background's job came to nothing.
        """
        self._take_bone()
        try:
            self.background.poll()
        except BadInput:
            self.changed()  # what waited for the job may have failed before it was seen to be busy
            raise
        update = self.latest
        if update is not None and self.trajectory is not None:
            self.steps.observe(update, self.trajectory)
            self.hand.follow(update)
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
