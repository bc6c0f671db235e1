"""Replay: play, pause, step, seek and speed, the truth beside the numbers, alerts and marks along the way, the score."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.desktop.readout import number
from SlicerSpineGuide.recording.case import CaseFolder, Truth
from SlicerSpineGuide.recording.score import score_report
from SlicerSpineGuide.recording.timeline import SPEEDS, player_state
from SlicerSpineGuide.recording.training import truth_of, truth_of_frame

TIMELINE_PERIOD_S = 0.5


class ReplaySection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        ui = self._ui
        ui.startReplayButton.connect("clicked(bool)", self._conductor.start_replay)
        ui.playButton.connect("clicked(bool)", self._play)
        ui.stepButton.connect("clicked(bool)", self._step)
        ui.positionSlider.connect("sliderMoved(int)", self._seek)
        ui.speedSelector.connect("activated(int)", self._speed)
        ui.timelineList.connect("itemClicked(QListWidgetItem*)", self._go_to)
        ui.scoreButton.connect("clicked(bool)", lambda: panel.attempt(self._score))
        self._case: CaseFolder | None = None
        self._truth: Truth | None = None
        self._ticks: list[dict[str, Any]] = []
        self._listed_s = 0.0

    def refresh(self) -> None:
        ui, session, case = self._ui, self._conductor.replay, self._conductor.case
        if case is not self._case:
            self._case, self._truth = case, truth_of(case) if case is not None else None
            ui.scoreLabel.text = ""
        ui.startReplayButton.enabled = self._conductor.idle and bool(case.case.frames)
        for control in (ui.playButton, ui.stepButton, ui.positionSlider, ui.speedSelector, ui.timelineList):
            control.enabled = session is not None
        ui.scoreButton.enabled = self._truth is not None and self._conductor.report is not None and self._conductor.driving is None
        ui.positionSlider.maximum = max(0, session.length - 1) if session is not None else 0
        if session is not None:
            ui.speedSelector.setCurrentIndex(SPEEDS.index(session.speed))
        self._listed_s = 0.0
        self.show()

    def show(self) -> None:
        ui, session = self._ui, self._conductor.replay
        if session is None:
            text = ""
        else:
            text = session.problem or _("Image {index} of {count}").format(index=session.position + 1, count=session.length)
            if not ui.positionSlider.sliderDown:
                ui.positionSlider.value = session.position
        playing = session is not None and session.playing
        if ui.playButton.checked != playing:
            ui.playButton.checked = playing
        if ui.positionLabel.text != text:
            ui.positionLabel.text = text
        self._show_truth()
        if time.monotonic() - self._listed_s > TIMELINE_PERIOD_S:
            self._listed_s = time.monotonic()
            self._list_ticks()

    def _show_truth(self) -> None:
        """What is true of the image that is shown; who drives the instrument is told afterwards."""
        update = self._conductor.latest if self._conductor.driving is None else None
        frame = truth_of_frame(self._truth, update) if update is not None else None
        text = ""
        if frame is not None:
            given = [(frame.lateral_mm, "mm"), (frame.angle_deg, "°"), (frame.depth_mm, "mm")]
            lateral, angle, depth = (number(float("nan") if v is None else v, 0.0, unit) for v, unit in given)
            text = _("lateral {lateral}, angle {angle}, to target {depth}").format(lateral=lateral, angle=angle, depth=depth)
        if self._ui.truthLabel.text != text:
            self._ui.truthLabel.text = text

    def _list_ticks(self) -> None:
        session, report = self._conductor.replay, self._conductor.report
        ticks = player_state(session, report.onsets, self._conductor.steps.marks)["marks"] if session is not None and report else []
        ticks.sort(key=lambda tick: tick["index"])
        if ticks != self._ticks:
            self._ticks = ticks
            self._ui.timelineList.clear()
            rows = [_("Image {index}: {what}").format(index=t["index"] + 1, what=_what(t)) for t in ticks]
            self._ui.timelineList.addItems(rows)

    def _score(self) -> None:
        """The session that runs, or the last one, against the truth of its case."""
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "report.json"
            self._conductor.report.save(path)
            rows = score_report(self._conductor.case.folder, path).rows()
        self._ui.scoreLabel.text = "\n".join(f"{what}: {value}" for what, value in rows)

    def _play(self, on: bool) -> None:
        session = self._conductor.replay
        if session is not None:
            (session.play if on else session.pause)()

    def _step(self) -> None:
        if self._conductor.replay is not None:
            self._conductor.replay.step()

    def _seek(self, index: int) -> None:
        if self._conductor.replay is not None:
            self._conductor.replay.seek(index)

    def _go_to(self) -> None:
        row = self._ui.timelineList.currentRow
        if 0 <= row < len(self._ticks):
            self._seek(self._ticks[row]["index"])

    def _speed(self, index: int) -> None:
        if self._conductor.replay is not None:
            self._conductor.replay.set_speed(SPEEDS[index])


def _what(tick: dict[str, Any]) -> str:
    return _("marked at {time}").format(time=tick["text"]) if tick["kind"] == "mark" else str(tick["text"])
