"""Live guidance: start and stop, the numbers, the alerts and their sound, and where the views look."""

from __future__ import annotations

import time
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.desktop.eye import draw_eye
from SlicerSpineGuide.desktop.pictures import save_picture
from SlicerSpineGuide.desktop.readout import Readout, alert_row
from SlicerSpineGuide.desktop.sounder import Sounder
from SlicerSpineGuide.desktop.tracked import TrackedTool
from SlicerSpineGuide.guidance.sound import Announcer
from SlicerSpineGuide.recording.session import LiveSession

_ALERT_STYLE = {
    "high": "background: #c62828; color: white; font-weight: bold; padding: 6px",
    "medium": "background: #f9d71c; color: black; font-weight: bold; padding: 6px",
    "low": "background: #29b6d8; color: black; padding: 6px",
    "": "",
}
_ACKNOWLEDGED_STYLE = "; font-weight: normal; padding: 2px"


class LiveSection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        ui, conductor = self._ui, self._conductor
        ui.startLiveButton.connect("clicked(bool)", lambda: panel.attempt(self._start))
        ui.demoButton.connect("clicked(bool)", lambda: panel.attempt(self._demonstrate))
        ui.stopButton.connect("clicked(bool)", conductor.stop)
        ui.acknowledgeButton.connect("clicked(bool)", self._acknowledge)
        ui.freezeButton.connect("toggled(bool)", self._freeze)
        ui.screenshotButton.connect("clicked(bool)", lambda: panel.attempt(self._picture))
        ui.windowButton.connect("clicked(bool)", self._next_window)
        ui.layoutSelector.connect("activated(int)", panel.views.choose_layout)
        ui.followSelector.connect("activated(int)", panel.views.follow)
        self._sounder, self._announcer, self._session = Sounder(), Announcer(), None
        ui.testSoundButton.connect("clicked(bool)", self._sounder.test)
        if not self._sounder.possible:
            ui.soundCheck.checked = ui.soundCheck.enabled = ui.testSoundButton.enabled = False
            ui.soundCheck.toolTip = _("This Slicer was built without sound.")
        self._tool = TrackedTool()
        ui.trackedSelector.connect("currentNodeChanged(vtkMRMLNode*)", self._tool.follow)
        self._listed: tuple[Any, ...] = ()
        self._advised: bool | None = None
        self._eye: dict[str, Any] | None = None

    def refresh(self) -> None:
        ui, conductor = self._ui, self._conductor
        ready, running = conductor.case is not None, conductor.running
        ui.startLiveButton.enabled = conductor.idle
        ui.demoButton.enabled = conductor.idle and bool(conductor.case.case.frames)
        ui.stopButton.enabled = running
        for button in (ui.acknowledgeButton, ui.freezeButton, ui.markButton):
            button.enabled = running
        ui.windowButton.enabled = ui.screenshotButton.enabled = ready
        ui.layoutSelector.setCurrentIndex(self._panel.views.choice)
        if ui.freezeButton.checked != conductor.frozen:
            ui.freezeButton.checked = conductor.frozen
        if conductor.session is not self._session:  # another course of events: what sounded before does not count
            self._session, self._announcer = conductor.session, Announcer()
            self._tool.serve(self._session)

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
            (ui.doseLabel, readout.dose),
            (ui.adviceLabel, readout.advice),
            (ui.trackedLabel, self._tool.describe(self._conductor.trajectory)),
        ):
            if label.text != text:
                label.text = text
        if self._advised is not bool(readout.advice):
            self._advised = ui.adviceLabel.visible = bool(readout.advice)
        self._show_alerts(readout)
        priority = self._announcer.due(readout.alerts, time.monotonic())
        if priority is not None and ui.soundCheck.checked:
            self._sounder.play(priority)

    def show_eye(self, eye: dict[str, Any]) -> None:
        """Draw the bull's-eye where it became another."""
        if eye != self._eye:
            self._eye = eye
            self._ui.eyeLabel.setPixmap(draw_eye(eye))

    def _show_alerts(self, readout: Readout) -> None:
        ui = self._ui
        banner = readout.alert_text or ("" if readout.shown else readout.reason)
        if ui.alertLabel.text != banner:
            ui.alertLabel.text = banner
        style = _ALERT_STYLE[readout.alert_priority] + (_ACKNOWLEDGED_STYLE if readout.acknowledged else "")
        if ui.alertLabel.styleSheet != style:
            ui.alertLabel.setStyleSheet(style)
        listed = tuple((a.code, a.acknowledged, a.message) for a in readout.alerts)
        if [(code, done) for code, done, _m in listed] == [(code, done) for code, done, _m in self._listed]:
            for row, (_code, done, message) in enumerate(listed):
                if message != self._listed[row][2]:  # another number in the same alert: the choice in the list stays
                    ui.alertList.item(row).setText(alert_row(message, done))
        else:
            ui.alertList.clear()
            ui.alertList.addItems([alert_row(message, done) for _code, done, message in listed])
        self._listed = listed

    def cleanup(self) -> None:
        self._tool.follow(None)
        self._sounder.remove()

    def _start(self) -> None:
        config = self._panel.node_section.config()
        self._conductor.start(lambda case: LiveSession(case, config.for_session()))

    def _demonstrate(self) -> None:
        from SlicerSpineGuide.room.demo import DemoSession

        self._conductor.start(DemoSession)

    def _acknowledge(self) -> None:
        """The alert that is chosen in the list, or all."""
        row = self._ui.alertList.currentRow
        self._conductor.acknowledge(self._listed[row][0] if 0 <= row < len(self._listed) else None)

    def _next_window(self) -> None:
        if self._conductor.drawing is not None:
            self._conductor.drawing.next_window()

    def _freeze(self, on: bool) -> None:
        self._conductor.frozen = on
        self._panel.views.mark_frozen(on)

    def _picture(self) -> None:
        self._panel.note(_("Picture saved: {path}").format(path=save_picture(self._panel.views.windows)))
