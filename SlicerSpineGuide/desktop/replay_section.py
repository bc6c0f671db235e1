"""Replay and training: play, pause, step, seek and speed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.recording.score import score_report

_SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # in the order of the form


class ReplaySection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        ui = self._ui
        ui.startReplayButton.connect("clicked(bool)", lambda: panel.attempt(self._start))
        ui.playButton.connect("clicked(bool)", self._play)
        ui.stepButton.connect("clicked(bool)", self._step)
        ui.positionSlider.connect("sliderMoved(int)", self._seek)
        ui.speedSelector.connect("activated(int)", self._speed)
        ui.scoreButton.connect("clicked(bool)", lambda: panel.attempt(self._score))

    def refresh(self) -> None:
        ui, session, case = self._ui, self._conductor.replay, self._conductor.case
        ui.startReplayButton.enabled = case is not None and bool(case.case.frames) and not self._conductor.running
        for control in (ui.playButton, ui.stepButton, ui.positionSlider, ui.speedSelector):
            control.enabled = session is not None
        ui.scoreButton.enabled = case is not None and (case.folder / "truth.json").is_file() and self._conductor.report is not None
        ui.positionSlider.maximum = max(0, session.length - 1) if session is not None else 0
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

    def _start(self) -> None:
        self._conductor.start_replay()
        self._conductor.replay.play()

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

    def _speed(self, index: int) -> None:
        if self._conductor.replay is not None:
            self._conductor.replay.set_speed(_SPEEDS[index])
