"""Drive it yourself: the instrument in the trainee's hand, an image of the virtual CT at every request."""

from __future__ import annotations

from functools import partial
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.desktop.background import Background, Progress
from SlicerSpineGuide.room.driving import DrivingSession
from SlicerSpineGuide.room.hands_on import Hand

_MOVES = {
    "driveDepthSpin": ("advance", "depth_mm"),
    "driveHeadSpin": ("head", "head_deg"),
    "driveLeftSpin": ("left", "left_deg"),
    "driveEntryHeadSpin": ("entry_head", "entry_head_mm"),
    "driveEntryLeftSpin": ("entry_left", "entry_left_mm"),
    "driveTableSpin": ("table", "table_mm"),
}


class DriveSection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        self._camera = Background()
        self._filling = False
        self._spins = {name: getattr(panel.ui, name) for name in _MOVES}
        self._ui.driveButton.connect("clicked(bool)", lambda: panel.attempt(self._begin))
        self._ui.takeImageButton.connect("clicked(bool)", self._take)
        for name, spin in self._spins.items():
            spin.connect("valueChanged(double)", partial(self._move, name))

    def refresh(self) -> None:
        driving = self._conductor.driving
        case = self._conductor.case
        self._ui.driveButton.enabled = self._conductor.idle and case.case.modality == "CT"
        self._ui.takeImageButton.enabled = driving is not None and not self._camera.busy
        for spin in self._spins.values():
            spin.enabled = driving is not None
        self._fill(driving)
        self.show()

    def show(self) -> None:
        self._panel.attempt_quietly(self._camera.poll)
        driving, ui = self._conductor.driving, self._ui
        ready = driving is not None and not self._camera.busy
        if ui.takeImageButton.enabled != ready:
            ui.takeImageButton.enabled = ready
        if driving is None:
            text = ""
        elif self._camera.busy:
            text = _("The virtual CT is taking an image …")
        else:
            text = _("Images taken: {count}").format(count=driving.state()["images"])
        if ui.driveLabel.text != text:
            ui.driveLabel.text = text

    def cleanup(self) -> None:
        self._camera.close()

    def _begin(self) -> None:
        trajectory = self._conductor.trajectory.id
        self._conductor.start(lambda case: DrivingSession(case, trajectory=trajectory))

    def _take(self) -> None:
        driving = self._conductor.driving
        if driving is None or self._camera.busy:
            return

        def take(_progress: Progress) -> None:
            driving.take()

        self._camera.run(_("Taking an image"), take, self._taken)
        self.show()

    def _taken(self, _nothing: None) -> None:
        self.show()

    def _move(self, name: str, value: float) -> None:
        """By how much the hand goes, where it may: what the body does not allow springs back."""
        driving = self._conductor.driving
        if driving is None or self._filling:
            return
        what, held = _MOVES[name]
        driving.move(what, value - getattr(driving.hands.hand, held))
        self._fill(driving)

    def _fill(self, driving: DrivingSession | None) -> None:
        hand = driving.hands.hand if driving is not None else Hand()
        self._filling = True
        for name, (_what, held) in _MOVES.items():
            self._spins[name].value = getattr(hand, held)
        self._filling = False
