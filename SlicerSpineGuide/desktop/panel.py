"""The panel: its sections in the order of the work, the timer that looks at the guidance, and the scene's coming and going."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import qt
import slicer
from slicer.i18n import tr as _
from slicer.util import VTKObservationMixin

from SlicerSpineGuide.desktop import memory
from SlicerSpineGuide.desktop.breath import Breath
from SlicerSpineGuide.desktop.case_section import CaseSection
from SlicerSpineGuide.desktop.conductor import Conductor
from SlicerSpineGuide.desktop.decision_section import DecisionSection
from SlicerSpineGuide.desktop.drive_section import DriveSection
from SlicerSpineGuide.desktop.hand_section import HandSection
from SlicerSpineGuide.desktop.live_section import LiveSection
from SlicerSpineGuide.desktop.node_section import NodeSection
from SlicerSpineGuide.desktop.path_section import PathSection
from SlicerSpineGuide.desktop.plan_section import PlanSection
from SlicerSpineGuide.desktop.readout import read_out
from SlicerSpineGuide.desktop.remote_section import RemoteSection
from SlicerSpineGuide.desktop.replay_section import ReplaySection
from SlicerSpineGuide.desktop.report_section import ReportSection
from SlicerSpineGuide.desktop.settings_section import SettingsSection
from SlicerSpineGuide.desktop.shortcuts import Shortcuts
from SlicerSpineGuide.desktop.views import Views
from SlicerSpineGuide.desktop.xray_section import XraySection
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.scene.bullseye import bullseye

POLL_MS = 50
_REFUSED, _NOTED = "color: #b00020; font-weight: bold", "font-weight: bold"


class GuidePanel(VTKObservationMixin):  # type: ignore[misc]
    """enter, exit and cleanup are Slicer's; everything runs on Qt's thread. The live loop has a thread of its own and is only read.

    state: the module's parameter node (a SpineGuideParameterNode), connected to the form; another one after the scene was closed.
    """

    def __init__(self, widget: Any) -> None:
        VTKObservationMixin.__init__(self)
        self._widget = widget
        self._form = slicer.util.loadUI(widget.resourcePath("UI/SpineGuide.ui"))
        widget.layout.addWidget(self._form)
        self.ui = slicer.util.childWidgetVariables(self._form)
        self._form.setMRMLScene(slicer.mrmlScene)
        self.conductor = Conductor(slicer.mrmlScene)
        self.state: Any = None
        self._connected: Any = None
        self._busy_shown: bool | None = None
        self._update: Update | None = None  # what is said and drawn
        self.views = Views(self.conductor)
        self.node_section = NodeSection(self)
        self.live_section = LiveSection(self)
        self.plan_section = PlanSection(self)
        self.path_section, self.remote_section, self.xray_section = PathSection(self), RemoteSection(self), XraySection(self)
        self._shown = (
            DecisionSection(self),
            HandSection(self),
            self.xray_section,
            ReplaySection(self),
            DriveSection(self),
            self.path_section,
            self.remote_section,
        )
        self.sections = (
            CaseSection(self),
            self.plan_section,
            self.node_section,
            self.live_section,
            SettingsSection(self),
            ReportSection(self),
            *self._shown,
        )
        self.shortcuts = Shortcuts(self)
        self.ui.cancelButton.connect("clicked(bool)", self.conductor.stop)
        self.conductor.changed = self.refresh
        self._breath = Breath()
        self._timer = qt.QTimer()
        self._timer.setInterval(POLL_MS)
        self._timer.connect("timeout()", self._tick)
        for event, handler in (
            (slicer.mrmlScene.StartCloseEvent, self._scene_closes),
            (slicer.mrmlScene.EndCloseEvent, self._scene_changed),
            (slicer.mrmlScene.EndImportEvent, self._scene_changed),
            (slicer.mrmlScene.StartSaveEvent, self._scene_is_saved),
        ):
            self.addObserver(slicer.mrmlScene, event, handler)
        self._scene_changed()

    # --- Slicer's calls

    def enter(self) -> None:
        self.shortcuts.enable(True)
        self.keep_looking()

    def exit(self) -> None:
        """Another module is shown: guidance and drawing go on, the keys are given back."""
        self.shortcuts.enable(False)

    def cleanup(self) -> None:
        """The module is reloaded or Slicer ends: nothing of ours may stay behind but the nodes in the scene."""
        self._timer.stop()
        self._timer.disconnect("timeout()", self._tick)
        self._breath.stop()
        self.shortcuts.remove()
        self.conductor.changed = lambda: None
        self.conductor.stop()
        for section in self.sections:
            getattr(section, "cleanup", lambda: None)()
        self.views.remove()
        self.conductor.dispose()
        self._disconnect_state()
        self.removeObservers()
        self._form.setMRMLScene(None)
        self._form.hide()
        self._form.deleteLater()  # Slicer only hides it, and its connections would keep us alive

    # --- what the sections ask for

    def attempt(self, action: Callable[..., None], *arguments: Any) -> bool:
        """Do something that may be refused; the refusal is one sentence at the top of the panel."""
        self.say("")
        try:
            action(*arguments)
        except BadInput as error:
            self.say(str(error))
            return False
        return True

    def attempt_quietly(self, action: Callable[[], object]) -> None:
        """The same for what happens by itself: where nothing is refused, what is said there stays."""
        try:
            action()
        except BadInput as error:
            self.say(str(error))

    def say(self, sentence: str) -> None:
        """A refusal; "" takes the former away."""
        self.ui.messageLabel.text = sentence
        self.ui.messageLabel.setStyleSheet(_REFUSED if sentence else "")

    def note(self, sentence: str) -> None:
        """Something that went well and is worth a sentence."""
        self.ui.messageLabel.text = sentence
        self.ui.messageLabel.setStyleSheet(_NOTED)

    def open_case(self, folder: Path) -> None:
        """Open a case folder and show it when it is read; also what Sample Data and scripts call."""
        self.say("")
        self.ui.caseFolderEdit.currentPath = str(folder)
        self.conductor.open_folder(folder)

    def keep_looking(self) -> None:
        """Look now and, as long as there is something to see, every 50 ms."""
        self._timer.start()
        self.look()

    def refresh(self) -> None:
        """The case or the session became another: every section shows what may be done now."""
        if self.conductor.drawing is not None:
            self.views.lend()
        else:
            self.views.take_back()
        if self.state is not None:
            memory.remember(self.state, self.conductor)
        for section in self.sections:
            section.refresh()
        self.keep_looking()

    def _tick(self) -> None:
        self._breath.breathe()
        self.look()

    def look(self) -> None:
        """Take up what was prepared, read the newest Update, draw it and say it. Never waits."""
        self._update = self.conductor.latest  # of a job that was refused, below
        self.attempt_quietly(self._poll)
        readout = read_out(self._update, self.conductor.trajectory, self.conductor.plan)
        self.live_section.show(readout)
        update = None if self.conductor.frozen else self._update  # numbers of now are not the picture's
        self.live_section.show_eye(bullseye(update, self.conductor.trajectory))
        self.node_section.show()
        for section in self._shown:
            section.show()
        self.views.say(readout)
        self._show_busy()
        if not self._needs_looking:
            self._timer.stop()

    def _poll(self) -> None:
        """Words and drawing are of one Update: the one that is drawn, though another may arrive meanwhile."""
        self._update = self.conductor.poll()

    @property
    def _needs_looking(self) -> bool:
        conductor = self.conductor
        return conductor.running or conductor.drawing is not None or conductor.background.busy or self.remote_section.watched

    def _show_busy(self) -> None:
        """What is being prepared, how far it is, and the button to give it up."""
        ui, background = self.ui, self.conductor.background
        busy = background.busy
        if self._busy_shown is not busy:
            self._busy_shown = ui.busyRow.visible = busy
            if not busy:
                self.refresh()  # the buttons that wait for it
                return
        if busy and (ui.busyLabel.text != background.words or ui.busyBar.value != round(100 * background.fraction)):
            ui.busyLabel.text = background.words
            ui.busyBar.value = round(100 * background.fraction)

    # --- the scene

    def _scene_closes(self, *_event: Any) -> None:
        self.views.take_back()
        self._disconnect_state()
        self.conductor.forget()

    def _scene_changed(self, *_event: Any) -> None:
        """After the scene was emptied or another was loaded: go on with what it has of ours."""
        self._disconnect_state()
        self.state = self._widget.logic.getParameterNode()
        if self.conductor.case is None:
            self.attempt(self._recall)
        self._connected = self.state.connectGui(self.ui)
        self.plan_section.load(self.state)
        self.refresh()

    def _scene_is_saved(self, *_event: Any) -> None:
        memory.remember(self.state, self.conductor)

    def _disconnect_state(self) -> None:
        if self.state is not None and self._connected is not None:
            self.state.disconnectGui(self._connected)
        self.state = self._connected = None

    def _recall(self) -> None:
        if memory.recall(self.state, self.conductor):
            self.ui.caseLabel.toolTip = _("Came back with the scene")
