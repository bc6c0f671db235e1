"""A session: a case and its guide with everything that runs around them, live or replayed. What screens are given."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.guide import RoomState
from SlicerSpineGuide.guidance.loop import LiveLoop
from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.intake import LiveFeed, NodeConfig, NodeState, NodeSupervisor
from SlicerSpineGuide.intake.frame import Frame
from SlicerSpineGuide.plan import Plan, PlanningCt
from SlicerSpineGuide.recording.case import CaseFolder
from SlicerSpineGuide.recording.recorder import CaseRecorder
from SlicerSpineGuide.recording.replay import make_guide
from SlicerSpineGuide.recording.report import ReportBuilder


class Session:
    """What every screen may ask of a session. Reading never waits; requests are done by the loop before its next frame."""

    def __init__(self, case: CaseFolder, order: Literal["newest", "every"], clock: Callable[[], float] = time.monotonic) -> None:
        self.case = case
        self.report = ReportBuilder("plan.json")
        self.loop = LiveLoop(make_guide(case), (self.report.add,), order, clock)

    @property
    def plan(self) -> Plan:
        return self.case.plan

    @property
    def planning(self) -> PlanningCt:
        return self.case.planning

    @property
    def case_title(self) -> str:
        return self.case.case.title

    @property
    def latest(self) -> Update:
        return self.loop.latest

    def acknowledge(self, code: AlertCode) -> None:
        self.loop.acknowledge(code)

    def select_trajectory(self, trajectory_id: str) -> None:
        self.loop.select(trajectory_id)

    def node_state(self) -> NodeState | None:
        """The DICOM node's state, None where the session has no node."""
        return None

    def start(self) -> None:
        self.loop.start()

    def stop(self) -> None:
        self.loop.stop()


class LiveSession(Session):
    """Guidance on what the DICOM node receives.

    config: the node's configuration. order "every" processes all frames in turn, for a report. record: a new folder to record the
    case into. BadInput where that folder is not empty, or (from start) where the node cannot listen.
    """

    def __init__(
        self,
        case: CaseFolder,
        config: NodeConfig,
        order: Literal["newest", "every"] = "newest",
        record: Path | None = None,
    ) -> None:
        super().__init__(case, order)
        self._recorder = CaseRecorder(record, case) if record is not None else None
        self.node = NodeSupervisor(config)
        self.feed = LiveFeed(config, on_frame=self._frame, on_problem=self._problem)
        self.problems: list[str] = []
        self._last_image_s: float | None = None
        self._stopped = threading.Event()

    def _frame(self, frame: Frame) -> None:
        self._last_image_s = time.monotonic()
        self.loop.offer(frame)
        if self._recorder is not None:
            self._recorder.add(frame)

    def _problem(self, sentence: str) -> None:
        self._last_image_s = time.monotonic()
        self.problems.append(sentence)

    def node_state(self) -> NodeState:
        return self.node.state()

    def start(self) -> None:
        self.feed.start()
        try:
            self.node.start()
        except BadInput:
            self.feed.stop()
            raise
        super().start()

    def stop(self) -> None:
        self.node.stop()
        self.feed.stop()
        super().stop()

    def watch_node(self) -> None:
        """Tell the loop how the node is; called a few times a second by whoever runs the session."""
        state = self.node_state()
        self.loop.room_state(RoomState(node_down=not state.running, disk_low=state.disk_low))

    def run_headless(self, idle_stop_s: float | None, on_ready: Callable[[str], None]) -> None:
        """Run until `idle_stop_s` after the last image (None: until interrupted), every frame processed before it returns."""
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.start()
        try:
            on_ready(self.node_state().address)
            while not stop.wait(0.2):
                self.watch_node()
                last = self._last_image_s
                if idle_stop_s is not None and last is not None and time.monotonic() - last > idle_stop_s:
                    break
            self.loop.wait_until_idle(60.0)
        finally:
            self.stop()
