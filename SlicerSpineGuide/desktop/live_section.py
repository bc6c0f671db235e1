"""Live guidance: start and stop, the numbers, the alerts, and where the views look."""

from __future__ import annotations

from functools import partial
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.desktop.readout import Readout
from SlicerSpineGuide.desktop.tracked import TrackedTool
from SlicerSpineGuide.recording.session import LiveSession

_ALERT_STYLE = {
    "high": "background: #c62828; color: white; font-weight: bold; padding: 6px",
    "medium": "background: #f9d71c; color: black; font-weight: bold; padding: 6px",
    "low": "background: #29b6d8; color: black; padding: 6px",
    "": "",
}


# Left, right, front, back, head, feet: LPS, in the order of the form's buttons.
_DIRECTIONS = ((1.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, -1.0))


class LiveSection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        ui, conductor = self._ui, self._conductor
        ui.startLiveButton.connect("clicked(bool)", lambda: panel.attempt(self._start))
        ui.demoButton.connect("clicked(bool)", lambda: panel.attempt(self._demonstrate))
        ui.stopButton.connect("clicked(bool)", conductor.stop)
        ui.acknowledgeButton.connect("clicked(bool)", conductor.acknowledge_all)
        ui.searchButton.connect("clicked(bool)", conductor.search_again)
        ui.freezeButton.connect("toggled(bool)", self._freeze)
        ui.windowButton.connect("clicked(bool)", self._next_window)
        self._nudges = (ui.nudgeL, ui.nudgeR, ui.nudgeA, ui.nudgeP, ui.nudgeH, ui.nudgeF)
        for button, direction in zip(self._nudges, _DIRECTIONS, strict=True):
            button.connect("clicked()", partial(conductor.nudge, direction))
        ui.layoutSelector.connect("activated(int)", panel.views.choose_layout)
        ui.followSelector.connect("activated(int)", panel.views.follow)
        self._tool = TrackedTool()
        ui.trackedSelector.connect("currentNodeChanged(vtkMRMLNode*)", self._tool.follow)
        self._listed: tuple[Any, ...] = ()

    def refresh(self) -> None:
        ui, conductor = self._ui, self._conductor
        ready, running = conductor.case is not None, conductor.running
        ui.startLiveButton.enabled = ready and not running
        ui.demoButton.enabled = ready and not running and bool(conductor.case.case.frames)
        for button in (ui.stopButton, ui.acknowledgeButton, ui.searchButton, ui.freezeButton, *self._nudges):
            button.enabled = running
        ui.windowButton.enabled = ready
        ui.layoutSelector.setCurrentIndex(self._panel.views.choice)
        if ui.freezeButton.checked != conductor.frozen:
            ui.freezeButton.checked = conductor.frozen

    def show(self, readout: Readout) -> None:
        """Put the texts in their places; Qt is touched only where a text changed."""
        ui = self._ui
        for label, text in (
            (ui.lateralLabel, readout.lateral),
            (ui.angleLabel, readout.angle),
            (ui.depthLabel, readout.depth),
            (ui.missLabel, readout.miss),
            (ui.clearanceLabel, readout.clearance),
            (ui.registrationLabel, readout.registration),
            (ui.imageLabel, readout.image),
            (ui.trackedLabel, self._tool.describe(self._conductor.trajectory)),
        ):
            if label.text != text:
                label.text = text
        self._show_alerts(readout)

    def _show_alerts(self, readout: Readout) -> None:
        ui = self._ui
        banner = readout.alert_text or ("" if readout.shown else readout.reason)
        if ui.alertLabel.text != banner:
            ui.alertLabel.text = banner
        style = _ALERT_STYLE[readout.alert_priority]
        if ui.alertLabel.styleSheet != style:
            ui.alertLabel.setStyleSheet(style)
        listed = tuple((a.code, a.acknowledged, a.message) for a in readout.alerts)
        if listed != self._listed:
            self._listed = listed
            ui.alertList.clear()
            ui.alertList.addItems([_("{message} (acknowledged)").format(message=m) if done else m for _code, done, m in listed])

    def cleanup(self) -> None:
        self._tool.follow(None)

    def _start(self) -> None:
        self._conductor.start(LiveSession(self._conductor.case, self._panel.node_section.config()))

    def _demonstrate(self) -> None:
        from SlicerSpineGuide.room.demo import DemoSession

        self._conductor.start(DemoSession(self._conductor.case))

    def _next_window(self) -> None:
        if self._conductor.drawing is not None:
            self._conductor.drawing.next_window()

    def _freeze(self, on: bool) -> None:
        self._conductor.frozen = on
        self._panel.views.mark_frozen(on)
