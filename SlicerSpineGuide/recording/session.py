"""A session: a case and its guide with everything that runs around them, live or replayed. What screens are given."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.guidance.guide import Guide, RoomState
from SlicerSpineGuide.guidance.loop import LiveLoop
from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.intake import LiveFeed, NodeConfig, NodeState, NodeSupervisor
from SlicerSpineGuide.intake.config import default_home
from SlicerSpineGuide.intake.frame import Frame
from SlicerSpineGuide.plan import Plan, PlanningCt
from SlicerSpineGuide.recording.alert_log import AlertLog, new_log
from SlicerSpineGuide.recording.case import CaseFolder
from SlicerSpineGuide.recording.decisions import DecisionLog
from SlicerSpineGuide.recording.recording import Recording, RecordingState, new_folder
from SlicerSpineGuide.recording.replay import asks_for_acceptance, make_guide
from SlicerSpineGuide.recording.report import ReportBuilder
from SlicerSpineGuide.tracking.external import ExternalInstrument

POLL_S = 0.2
LAST_FRAMES_S = 60.0
logger = logging.getLogger(__name__)


class Session:
    """What every screen may ask of a session. Reading never waits; requests are done by the loop before its next frame.

    attended: whether a person is there who can accept a registration, where the procedure asks for that. What people decide is
    noted in `decisions`, with the name that they give (`who`).
    """

    def __init__(
        self,
        case: CaseFolder,
        order: Literal["newest", "every"],
        clock: Callable[[], float] = time.monotonic,
        listeners: tuple[Callable[[Update], None], ...] = (),
        attended: bool = True,
        decisions: Path | None = None,
    ) -> None:
        self.case = case
        self.report = ReportBuilder("plan.json")
        self.decisions = DecisionLog(decisions)
        guide = make_guide(case)
        self.asks = guide.asks = attended and asks_for_acceptance(case.plan)
        self.loop = LiveLoop(guide, (self.report.add, *listeners), order, clock)

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

    @property
    def thresholds(self) -> Thresholds:
        """The limits by which the trajectory in hand is judged."""
        latest = self.loop.latest
        return latest.thresholds or Thresholds.of_plan(self.plan.trajectory(latest.trajectory))

    def change_thresholds(
        self,
        *,
        lateral_mm: float | None = None,
        angle_deg: float | None = None,
        depth_mm: float | None = None,
        zone_margin_mm: Mapping[str, float] | None = None,
    ) -> None:
        """Judge the trajectory in hand by these limits from the next frame on; what is left out stays.

        BadInput, in a sentence that names the field, where one is no such length or angle; nothing is changed then.
        """

        def changed(limits: Thresholds) -> Thresholds:
            return limits.changed(lateral_mm=lateral_mm, angle_deg=angle_deg, depth_mm=depth_mm, zone_margin_mm=zone_margin_mm)

        changed(self.thresholds)  # what cannot be used is told now
        self.loop.change_thresholds(changed)

    def use_tool(self, tool: ExternalInstrument | None) -> None:
        """Guide a tracked tool (OpenIGTLink, for one) in place of the instrument in the images; None: that again."""
        self.loop.use_tool(tool)

    def select_trajectory(self, trajectory_id: str) -> None:
        self.loop.select(trajectory_id)

    def register_again(self, pose: FloatArray | None = None, who: str = "", how: str = "search") -> None:
        """Register the newest image again, from `pose` (plan_from_live, 4x4), or searching for the patient anew."""
        self.loop.request(lambda guide: guide.restart_registration(pose))
        self.decisions.add(who, "register-again", self.latest, how=how)
        self._look_again()

    def accept_registration(self, who: str = "") -> None:
        """A person has compared image and plan: guide by it."""
        self.loop.request(Guide.accept)
        self.decisions.add(who, "registration-accepted", self.latest)
        self._look_again()

    def reject_registration(self, who: str = "") -> None:
        """A person takes the registration for wrong: no position until it is accepted after all, or registered again."""
        self.loop.request(Guide.reject)
        self.decisions.add(who, "registration-rejected", self.latest)

    def ask_for_acceptance(self, asks: bool, who: str = "") -> None:
        """Guide nothing before a person has accepted the registration; without it a locked one is enough."""
        self.asks = asks
        self.loop.request(lambda guide: setattr(guide, "asks", asks))
        self.decisions.add(who, "acceptance-asked" if asks else "acceptance-not-asked", self.latest)
        self._look_again()

    def _look_again(self) -> None:
        """Have the newest frame judged anew, so that nobody waits for another image to see what a decision did."""
        if self.latest.frame is not None:
            self.loop.offer(self.latest.frame)

    def node_state(self) -> NodeState | None:
        """The DICOM node's state, None where the session has no node."""
        return None

    def start(self) -> None:
        self.loop.start()

    def stop(self) -> None:
        self.loop.stop()
        self.decisions.close()


class LiveSession(Session):
    """Guidance on what the DICOM node receives.

    config: the node's configuration. order "every" processes all frames in turn, for a report. record: a new folder to record the
    case into from the start. Every session keeps a log of its alerts: alerts.jsonl in that folder, else a file of its own in
    `alerts` beside the node's spool. BadInput where `record` is not empty, where the log cannot be written, or (from start) where
    the node cannot listen.
    """

    def __init__(
        self,
        case: CaseFolder,
        config: NodeConfig,
        order: Literal["newest", "every"] = "newest",
        record: Path | None = None,
    ) -> None:
        self._recording = Recording(case)
        if record is not None:
            self._recording.start(record)
        self._log = AlertLog(record / "alerts.jsonl" if record is not None else new_log(config.spool.parent / "alerts"))
        decisions = record / "decisions.jsonl" if record is not None else None
        super().__init__(case, order, listeners=(self._log.add,), attended=order == "newest", decisions=decisions)
        self.config = config
        self.node = NodeSupervisor(config)
        self._feed = LiveFeed(config, on_frame=self._frame, on_problem=self._problem)
        self._watch = threading.Thread(target=self._watch_node, name="node-watch", daemon=True)
        self._stopped = threading.Event()
        self._last_image_s: float | None = None
        self.problems: list[str] = []

    @property
    def address(self) -> str:
        """Where to send to: AE@HOST:PORT."""
        state = self.node.state()
        return f"{state.aet}@{state.host}:{state.port}"

    @property
    def alert_log(self) -> Path:
        """Where the alerts, their acknowledgements and the limits' changes are being written."""
        return self._log.path

    def node_state(self) -> NodeState:
        return self.node.state()

    @property
    def recording(self) -> RecordingState:
        return self._recording.state

    def start_recording(self, who: str = "") -> None:
        """Record what arrives from now on as a new case in the user's recordings; copies the planning CT. BadInput says why not."""
        folder = new_folder(default_home())
        self._recording.start(folder, own=True)
        self.decisions.add(who, "recording-started", self.latest)
        try:
            self.decisions.keep_in(folder / "decisions.jsonl")
        except BadInput as error:
            self._recording.stop(str(error))
            raise

    def stop_recording(self, who: str = "") -> None:
        """End the recording; its folder is a case that can be replayed."""
        self.decisions.add(who, "recording-stopped", self.latest)
        self.decisions.close()
        self._recording.stop()

    def start(self) -> None:
        super().start()
        self._feed.start()
        try:
            self.node.start()
        except BadInput:
            self.stop()
            raise
        self._watch.start()

    def stop(self) -> None:
        self._stopped.set()
        self.node.stop()
        self._feed.stop()
        super().stop()
        self._recording.stop()
        self._log.close()

    def run_headless(self, idle_stop_s: float | None, on_ready: Callable[[str], None]) -> None:
        """Run until `idle_stop_s` after the last image (None: until interrupted), every frame processed before it returns."""
        interrupted = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: interrupted.set())
        self.start()
        try:
            on_ready(self.address)
            while not interrupted.wait(POLL_S) and not self._idle_for(idle_stop_s):
                pass
            self.loop.wait_until_idle(LAST_FRAMES_S)
        finally:
            self.stop()

    def _idle_for(self, idle_s: float | None) -> bool:
        last = self._last_image_s
        return idle_s is not None and last is not None and time.monotonic() - last > idle_s and self.loop.wait_until_idle(0.0)

    def _frame(self, frame: Frame) -> None:
        self._last_image_s = time.monotonic()
        self.loop.offer(frame)
        self._recording.add(frame)

    def _problem(self, sentence: str) -> None:
        self._last_image_s = time.monotonic()
        self.problems.append(sentence)
        logger.warning(sentence)

    def _watch_node(self) -> None:
        while not self._stopped.wait(POLL_S):
            state = self.node.state()
            self.loop.room_state(RoomState(node_down=not state.running, disk_low=state.disk_low))
