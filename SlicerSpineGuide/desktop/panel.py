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
from SlicerSpineGuide.desktop.case_section import CaseSection
from SlicerSpineGuide.desktop.conductor import Conductor
from SlicerSpineGuide.desktop.live_section import LiveSection
from SlicerSpineGuide.desktop.node_section import NodeSection
from SlicerSpineGuide.desktop.plan_section import PlanSection
from SlicerSpineGuide.desktop.readout import read_out
from SlicerSpineGuide.desktop.replay_section import ReplaySection
from SlicerSpineGuide.desktop.report_section import ReportSection
from SlicerSpineGuide.desktop.shortcuts import Shortcuts
from SlicerSpineGuide.desktop.views import Views
from SlicerSpineGuide.errors import BadInput

POLL_MS = 50


class GuidePanel(VTKObservationMixin):  # type: ignore[misc]
    """enter, exit and cleanup are Slicer's; everything runs on Qt's thread. The live loop has a thread of its own and is only read."""

    def __init__(self, widget: Any) -> None:
        VTKObservationMixin.__init__(self)
        self._widget = widget
        self._form = slicer.util.loadUI(widget.resourcePath("UI/SpineGuide.ui"))
        widget.layout.addWidget(self._form)
        self.ui = slicer.util.childWidgetVariables(self._form)
        self._form.setMRMLScene(slicer.mrmlScene)
        self.conductor = Conductor(slicer.mrmlScene)
        self.views = Views(self.conductor)
        self.node_section = NodeSection(self)
        self.live_section = LiveSection(self)
        self.replay_section = ReplaySection(self)
        self.sections = (
            CaseSection(self),
            PlanSection(self),
            self.node_section,
            self.live_section,
            self.replay_section,
            ReportSection(self),
        )
        self.shortcuts = Shortcuts(self)
        self.conductor.changed = self.refresh
        self._timer = qt.QTimer()
        self._timer.setInterval(POLL_MS)
        self._timer.connect("timeout()", self.look)
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
        self.look()

    def exit(self) -> None:
        """Another module is shown: guidance and drawing go on, the keys are given back."""
        self.shortcuts.enable(False)

    def cleanup(self) -> None:
        """The module is reloaded or Slicer ends: nothing of ours may stay behind but the nodes in the scene."""
        self._timer.stop()
        self._timer.disconnect("timeout()", self.look)
        self.shortcuts.remove()
        self.live_section.cleanup()
        self.conductor.changed = lambda: None
        self.conductor.stop()
        self.views.remove()
        self.conductor.forget()
        self.removeObservers()
        self._form.setMRMLScene(None)
        self._form.hide()
        self._form.deleteLater()  # Slicer only hides it, and its connections would keep us alive

    # --- what the sections ask for

    def attempt(self, action: Callable[..., None], *arguments: Any) -> bool:
        """Do something that may be refused; the refusal is one sentence at the top of the panel."""
        try:
            action(*arguments)
        except BadInput as error:
            self.say(str(error))
            return False
        self.say("")
        return True

    def say(self, sentence: str) -> None:
        self.ui.messageLabel.text = sentence
        self.ui.messageLabel.setStyleSheet("color: #b00020; font-weight: bold" if sentence else "")

    def open_case(self, folder: Path) -> bool:
        """Open a case folder and show it; also what Sample Data and scripts call."""
        self.ui.caseFolderEdit.currentPath = str(folder)
        return self.attempt(self.conductor.open_folder, folder)

    def refresh(self) -> None:
        """The case or the session became another: every section shows what may be done now."""
        if self.conductor.drawing is not None:
            self.views.lend()
        else:
            self.views.take_back()
        memory.remember(self._widget.logic.getParameterNode(), self.conductor)
        for section in self.sections:
            section.refresh()
        if self.conductor.running or self.conductor.drawing is not None:
            self._timer.start()
        else:
            self._timer.stop()
        self.look()

    def look(self) -> None:
        """Read the newest Update, draw it and say it. Never waits."""
        update = self.conductor.poll()
        readout = read_out(update, self.conductor.trajectory)
        self.live_section.show(readout)
        self.replay_section.show()
        self.node_section.show()
        self.views.say(readout)

    # --- the scene

    def _scene_closes(self, *_event: Any) -> None:
        self.views.take_back()
        self.conductor.forget()

    def _scene_changed(self, *_event: Any) -> None:
        """After the scene was emptied or another was loaded: go on with what it has of ours."""
        if self.conductor.case is None:
            self.attempt(self._recall)
        self.refresh()

    def _scene_is_saved(self, *_event: Any) -> None:
        memory.remember(self._widget.logic.getParameterNode(), self.conductor)

    def _recall(self) -> None:
        if memory.recall(self._widget.logic.getParameterNode(), self.conductor):
            self.ui.caseLabel.toolTip = _("Came back with the scene")
