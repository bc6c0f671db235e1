"""Registration by hand: the start moved or turned step by step, or found from landmarks that are marked in the views."""

from __future__ import annotations

from functools import partial
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.desktop.picking import Picking

_STEPS = ((1.0, False), (5.0, False), (1.0, True), (5.0, True))  # mm or degrees, whether it turns: in the order of the form


class HandSection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        ui = self._ui
        self._nudges = {name: getattr(ui, f"nudge{name}") for name in ("L", "R", "A", "P", "H", "F")}
        for name, button in self._nudges.items():
            button.connect("clicked()", partial(self._nudge, name))
        ui.pickButton.connect("toggled(bool)", self._pick)
        ui.undoMarkButton.connect("clicked(bool)", self._undo)
        ui.dropMarksButton.connect("clicked(bool)", self._drop)
        ui.useMarksButton.connect("clicked(bool)", self._use)
        self._picking = Picking(self._picked)
        self._rows: list[str] = []

    def refresh(self) -> None:
        running = self._conductor.running
        for control in (self._ui.nudgeSelector, self._ui.pickButton, *self._nudges.values()):
            control.enabled = running
        if self._ui.pickButton.checked != self._conductor.hand.picking:
            self._ui.pickButton.checked = self._conductor.hand.picking  # another session begins without
        self.show()

    def show(self) -> None:
        """What was asked, what the image said to it, and the marks as they are."""
        ui, hand = self._ui, self._conductor.hand
        self._picking.watch(self._panel.views.slices if hand.picking else [])
        text = "\n".join(line for line in (_moved(hand.moved), hand.answer, hand.problem) if line)
        if ui.handLabel.text != text:
            ui.handLabel.text = text
        rows = [_pair(n, m.live is not None, m.plan is not None) for n, m in enumerate(hand.marks, 1)]
        if rows != self._rows:
            self._rows = rows
            ui.pairsList.clear()
            ui.pairsList.addItems(rows)
        for button in (ui.undoMarkButton, ui.dropMarksButton, ui.useMarksButton):
            if button.enabled is not bool(rows):
                button.enabled = bool(rows)

    def cleanup(self) -> None:
        self._picking.stop()

    def _nudge(self, towards: str) -> None:
        amount, turns = _STEPS[max(0, self._ui.nudgeSelector.currentIndex)]
        self._conductor.nudge(towards, amount, turns)
        self.show()

    def _pick(self, on: bool) -> None:
        self._conductor.hand.pick_mode(on)
        self.show()

    def _picked(self, slice_node: Any, x: float, y: float, number: int | None) -> None:
        self._conductor.hand.picked(slice_node, x, y, number)
        self.show()

    def _undo(self) -> None:
        self._conductor.hand.undo_mark()
        self.show()

    def _drop(self) -> None:
        self._conductor.hand.drop_marks()
        self.show()

    def _use(self) -> None:
        self._conductor.use_marks()
        self.show()


def _moved(way: str) -> str:
    return _("The start was moved: {way}").format(way=way) if way else ""


def _pair(number: int, live: bool, plan: bool) -> str:
    if live and plan:
        return _("{n}: marked in the image and in the plan").format(n=number)
    return _("{n}: mark it in the plan as well").format(n=number) if live else _("{n}: mark it in the image as well").format(n=number)
