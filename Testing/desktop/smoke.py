"""To be run inside a real Slicer, by hand:

    Slicer --additional-module-paths <this repository> --python-script Testing/desktop/smoke.py

Opens the module, plays the sample case in Slicer's own views, looks at what is shown, closes and reloads. Prints one line for each
thing it looked at and leaves Slicer with exit status 0 where all of them hold; docs/slicer.md says what to look at by eye.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import qt
import slicer

STEP_MS = 250
PATIENCE = 400  # steps


def course() -> Iterator[tuple[str, Any]]:
    """(what must come true, a function that says whether it has), one after another."""
    slicer.util.selectModule("SpineGuide")
    yield "the module opens", lambda: panel() is not None
    yield "its packages are there (else: press Install, then run again)", lambda: hasattr(panel(), "conductor")
    panel().ui.sampleCaseButton.click()
    yield "the sample case opens in the background", lambda: panel().conductor.case is not None
    yield "the module's layout is shown", lambda: "SpineGuideLive" in slicer.app.layoutManager().sliceViewNames()
    panel().ui.pathSection.collapsed = False
    yield "the path is checked", lambda: panel().ui.findingsList.count > 0
    panel().ui.editPathButton.click()
    yield "the path can be dragged", lambda: slicer.util.getNodes("*draft*") != {}
    panel().ui.editPathButton.click()
    panel().ui.startReplayButton.click()
    yield "a position is shown", lambda: panel().ui.lateralLabel.text != "–"
    yield "numbers stand in the view", lambda: any(panel().views.words)
    yield "the bull's-eye is drawn", lambda: panel().ui.eyeLabel.pixmap.width() > 100
    panel().ui.nudgeL.click()
    yield "the image answers to a start by hand", lambda: "The image" in panel().ui.handLabel.text
    panel().ui.pickButton.click()
    yield "clicks in the views are watched", lambda: panel().conductor.hand.picking
    panel().ui.pickButton.click()
    panel().ui.rejectButton.click()
    yield "a rejected registration shows nothing", lambda: panel().ui.lateralLabel.text == "–"
    panel().ui.searchButton.click()
    yield "registering anew brings it back", lambda: panel().ui.lateralLabel.text != "–"
    yield "an alert is raised", lambda: panel().ui.alertList.count > 0
    panel().ui.acknowledgeButton.click()
    panel().ui.testSoundButton.click()
    panel().ui.screenshotButton.click()
    yield "a picture is saved", lambda: "spine-guide-" in panel().ui.messageLabel.text
    yield "the bone surface is there", lambda: panel().conductor.drawing.bone is not None
    panel().ui.debriefButton.click()
    panel().ui.curvesButton.click()
    yield "the debrief is shown", lambda: panel().ui.debriefBrowser.toPlainText() != ""
    panel().ui.stopButton.click()
    yield "stopping leaves no position", lambda: panel().ui.lateralLabel.text == "–"
    panel().ui.demoButton.click()
    yield "a position arrives over the network", lambda: panel().ui.lateralLabel.text != "–"
    panel().ui.stopButton.click()
    panel().ui.driveButton.click()
    yield "the instrument is in the trainee's hand", lambda: panel().conductor.driving is not None
    panel().ui.takeImageButton.click()
    yield "the virtual CT takes an image", lambda: panel().conductor.latest.frame is not None
    panel().ui.stopButton.click()
    bundle = str(Path(tempfile.mkdtemp()) / "smoke.mrb")
    slicer.util.saveScene(bundle)
    slicer.mrmlScene.Clear(0)
    yield "closing the scene closes the case", lambda: panel().conductor.case is None
    slicer.util.loadScene(bundle)
    yield "the saved scene brings the case back", lambda: panel().conductor.case is not None
    slicer.util.reloadScriptedModule("SpineGuide")
    yield "the module reloads with the case", lambda: panel().conductor.case is not None
    panel().open_case(Path(panel().conductor.case.folder).parent / "xa-l3-vertebroplasty")
    yield "a case under fluoroscopy opens", lambda: panel().conductor.case.case.modality == "XA"
    panel().ui.startReplayButton.click()
    yield "the bone is outlined over the radiograph", outlined
    panel().ui.closeCaseButton.click()
    yield "closing the case empties the scene of it", lambda: slicer.mrmlScene.GetFirstNodeByName("Planned path") is None


def outlined() -> bool:
    outline = slicer.mrmlScene.GetFirstNodeByName("Live image: bone outline")
    return outline is not None and bool(outline.GetDisplayNode().GetVisibility())


def panel() -> Any:
    widget = getattr(slicer.modules, "SpineGuideWidget", None)
    return widget.panel if widget is not None else None


class Smoke:
    """Takes a step whenever Slicer is idle, so that it goes on drawing in between."""

    def __init__(self) -> None:
        self._course = course()
        self._what, self._true = next(self._course)
        self._waited = 0
        self._timer = qt.QTimer()
        self._timer.setInterval(STEP_MS)
        self._timer.connect("timeout()", self.step)
        self._timer.start()

    def step(self) -> None:
        if self._true():
            print(f"ok: {self._what}")  # noqa: T201
            self._waited = 0
            following = next(self._course, None)
            if following is None:
                self._leave(0)
            else:
                self._what, self._true = following
            return
        self._waited += 1
        if self._waited > PATIENCE:
            print(f"FAILED: {self._what}")  # noqa: T201
            self._leave(1)

    def _leave(self, status: int) -> None:
        self._timer.stop()
        slicer.util.exit(status)


smoke = Smoke()
