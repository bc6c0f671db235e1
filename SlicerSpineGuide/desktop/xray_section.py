"""The check of an X-ray registration by eye: the bone's outline, and the planning CT's own radiograph to blend with."""

from __future__ import annotations

from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.desktop.background import Background, Progress
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.registration.xray_picture import XrayPicture
from SlicerSpineGuide.scene.sight import Sight, looking_along
from SlicerSpineGuide.scene.xray_pictures import SightPictures


class XraySection:
    """The pictures are made in a thread of their own, always the same one; only those of the image that is shown are drawn."""

    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        self._maker, self._pictures = Background(), SightPictures()
        self._drawing: Any = None
        self._of: Sight | None = None  # what the pictures that are drawn, or being made, are of
        self._ui.outlineCheck.connect("toggled(bool)", self._choose)
        self._ui.blendSlider.connect("valueChanged(int)", self._choose)

    def refresh(self) -> None:
        if self._conductor.drawing is not self._drawing:
            self._drawing = self._conductor.drawing
            self._pictures, self._of = SightPictures(), None
            self._choose()
        self.show()

    def show(self) -> None:
        """Bring the pictures up to what is drawn; never waits, and makes one set at a time."""
        self._panel.attempt_quietly(self._maker.poll)
        drawing, update = self._conductor.drawing, self._conductor.latest
        sight = drawing.sight if drawing is not None else Sight()
        radiographs = any(isinstance(image, Radiograph) for image in sight.images)
        possible = radiographs and sight.pose is not None
        for control in (self._ui.outlineCheck, self._ui.blendSlider):
            if control.enabled is not possible:
                control.enabled = possible
        text = _why_not(update) if radiographs and not possible else ""
        if possible:
            text = looking_along(sight, drawing.trajectory)
        if self._ui.xrayLabel.text != text:
            self._ui.xrayLabel.text = text
        if not possible:
            self._of = None
        elif sight is not self._of and not self._maker.busy:
            self._make(drawing, sight)

    @property
    def working(self) -> bool:
        return self._maker.busy

    def cleanup(self) -> None:
        self._maker.close()

    def _make(self, drawing: Any, sight: Sight) -> None:
        self._of = sight
        planning, trajectory, pictures = self._conductor.case.planning.volume, drawing.trajectory, self._pictures

        def make(_progress: Progress) -> list[XrayPicture | None]:
            return pictures.of(planning, trajectory, sight)

        def draw(made: list[XrayPicture | None]) -> None:
            if drawing is self._conductor.drawing:
                drawing.show_pictures(made, sight)

        self._maker.run(_("Drawing the check of the registration"), make, draw)

    def _choose(self, *_changed: Any) -> None:
        if self._conductor.drawing is not None:
            self._conductor.drawing.choose_xray(self._ui.blendSlider.value / 100, bool(self._ui.outlineCheck.checked))


def _why_not(update: Update | None) -> str:
    reason = (update.hidden_reason or update.registration.reason) if update is not None else ""
    return _("No check of the registration: {why}").format(why=reason or _("there is none yet."))
