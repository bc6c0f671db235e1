"""Clicks in the slice views that the module has lent, taken before the views move by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

FIRST = 10.0  # the priority of an observer that is asked before the views' own


class Picking:
    """Calls `picked(slice node, x, y, number of the live image or None)` for each click while it watches; pixels from below left."""

    def __init__(self, picked: Callable[[Any, float, float, int | None], None]) -> None:
        self._picked = picked
        self._watched: list[tuple[Any, int | None]] | None = None
        self._tags: list[tuple[Any, int]] = []

    def watch(self, slices: list[tuple[Any, int | None]]) -> None:
        """Watch these slice widgets, each with the number of the live image that it shows, and no others; [] watches none."""
        if slices is self._watched or (not slices and not self._tags):
            return
        self.stop()
        self._watched = slices
        for widget, number in slices:
            interactor = widget.sliceView().renderWindow().GetInteractor()
            entry: list[int] = []
            tag = interactor.AddObserver("LeftButtonPressEvent", self._receiver(interactor, widget, number, entry), FIRST)
            entry.append(tag)
            self._tags.append((interactor, tag))

    def stop(self) -> None:
        for interactor, tag in self._tags:
            interactor.RemoveObserver(tag)
        self._tags, self._watched = [], None

    def _receiver(self, interactor: Any, widget: Any, number: int | None, entry: list[int]) -> Callable[..., None]:
        def receive(*_event: Any) -> None:
            x, y = interactor.GetEventPosition()
            self._picked(widget.mrmlSliceNode(), float(x), float(y), number)
            interactor.GetCommand(entry[0]).SetAbortFlag(1)  # the click is spent: nothing is dragged by it

        return receive
