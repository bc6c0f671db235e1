"""Text drawn into the views themselves: the big numbers, and on every view that it is not for clinical use."""

from __future__ import annotations

import textwrap
from typing import Any

from slicer.i18n import tr as _
from vtkmodules.vtkRenderingCore import vtkTextActor

from SlicerSpineGuide.desktop.readout import Readout

COLOURS = {"high": (1.0, 0.25, 0.2), "medium": (1.0, 0.85, 0.1), "low": (0.3, 0.85, 1.0), "": (1.0, 1.0, 1.0)}
ALERT_COLUMNS = 44  # characters a line: half a large view
HIDDEN_COLOUR = (0.75, 0.75, 0.75)
NOTICE_COLUMNS = 26  # so that it is whole in a narrow view as well
BACK_OPACITY = 0.5


class Corner:
    """The texts of one view (qMRMLSliceView or qMRMLThreeDView). `numbers`: whether it has room for the big ones; `clear_below`:
    whether its lower right corner is free of Slicer's own marks.

    Actors of our own: Slicer's corner annotations belong to its Data Probe, which overwrites them.
    """

    def __init__(self, view: Any, numbers: bool, clear_below: bool = True) -> None:
        self._view = view
        self._renderer = view.renderWindow().GetRenderers().GetFirstRenderer()
        self._notice = _text(0.985, 0.015, 13, right=True) if clear_below else _text(0.985, 0.985, 13, right=True, top=True)
        self._notice.SetInput(textwrap.fill(_("Not for clinical use: research and training"), NOTICE_COLUMNS))
        self._notice.GetTextProperty().SetColor(1.0, 1.0, 1.0)
        self._numbers = _text(0.015, 0.985, 30, top=True) if numbers else None
        self._alert = _text(0.015, 0.06, 24) if numbers else None
        for actor in self._actors():
            self._renderer.AddViewProp(actor)
        self._said = ""

    def say(self, readout: Readout, frozen: bool = False) -> None:
        """Show what is true now; draws again only when the words changed. frozen: say that the picture stands still."""
        if self._numbers is None or self._alert is None:
            return
        lines = (_("Picture frozen: not current"),) if frozen else readout.corner_lines  # numbers of now are not the picture's
        words = "\n".join((*lines, readout.alert_text, readout.alert_priority))
        if words == self._said:
            return
        self._said = words
        self._numbers.SetInput("\n".join(textwrap.fill(line, ALERT_COLUMNS) for line in lines))
        self._numbers.GetTextProperty().SetColor(*(COLOURS[""] if readout.shown and not frozen else HIDDEN_COLOUR))
        self._alert.SetInput(textwrap.fill(readout.alert_text, ALERT_COLUMNS))
        self._alert.GetTextProperty().SetColor(*COLOURS[readout.alert_priority])
        self._view.scheduleRender()

    @property
    def window(self) -> Any:
        return self._view.renderWindow()

    @property
    def text(self) -> str:
        return self._said

    def remove(self) -> None:
        for actor in self._actors():
            self._renderer.RemoveViewProp(actor)
        self._view.scheduleRender()

    def _actors(self) -> list[Any]:
        return [a for a in (self._notice, self._numbers, self._alert) if a is not None]


def _text(x: float, y: float, size: int, *, right: bool = False, top: bool = False) -> Any:
    actor = vtkTextActor()
    actor.GetPositionCoordinate().SetCoordinateSystemToNormalizedViewport()
    actor.SetPosition(x, y)
    style = actor.GetTextProperty()
    style.SetFontSize(size)
    style.SetFontFamilyToArial()
    style.SetBold(size > 20)
    style.SetShadow(True)
    style.SetBackgroundColor(0.0, 0.0, 0.0)
    style.SetBackgroundOpacity(BACK_OPACITY)  # words stay readable over bright bone, metal and air under X-ray
    if right:
        style.SetJustificationToRight()
    if top:
        style.SetVerticalJustificationToTop()
    return actor
