"""Slicer's views lent to the drawing: which layout, which view shows what, and the words in their corners."""

from __future__ import annotations

from typing import Any

import slicer

from SlicerSpineGuide.desktop import layouts
from SlicerSpineGuide.desktop.corner import Corner
from SlicerSpineGuide.desktop.readout import Readout
from SlicerSpineGuide.scene.views import look_at_path

_CHOICES = (layouts.CT, layouts.FLUOROSCOPY)  # in the order of the form; what comes after is Slicer's own layout
FOLLOW_LIVE, FOLLOW_INSTRUMENT = 0, 1


class Views:
    """Lends views while a case is open, and gives Slicer its own layout back afterwards."""

    def __init__(self, conductor: Any) -> None:
        self._conductor = conductor
        self._corners: list[Corner] = []
        self.slices: list[tuple[Any, int | None]] = []  # the slice widgets that are lent, and which live image each shows
        self._lent_to: Any = None
        self._case: Any = None
        self._before: int | None = None
        self._layout = layouts.CT
        self._follow = FOLLOW_LIVE
        self._frozen = False

    def lend(self) -> None:
        """Show the layout and lend its views to the drawing, once for each drawing."""
        drawing = self._conductor.drawing
        if drawing is None or drawing is self._lent_to or slicer.app.layoutManager() is None:
            return
        self._lent_to = drawing
        if self._conductor.case is not self._case:
            self._case = self._conductor.case
            self._layout = layouts.FLUOROSCOPY if self._case.case.modality == "XA" else layouts.CT
        before = layouts.show(self._layout)
        if self._before is None:  # a scene that was saved with our layout brings it back: then there is no former one
            self._before = before if before not in _CHOICES else int(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView)
        live, second, along, across = (layouts.slice_widget(n) for n in (layouts.LIVE, layouts.SECOND, layouts.ALONG, layouts.ACROSS))
        if live is not None:
            self._add_live(live.mrmlSliceNode())
        if second is not None:
            drawing.add_live_view(second.mrmlSliceNode(), number=1)
        if along is not None:
            drawing.add_along_view(along.mrmlSliceNode())
        if across is not None:
            drawing.add_across_view(across.mrmlSliceNode())
        following = 0 if self._follow == FOLLOW_LIVE else None
        lent = ((live, following), (second, 1), (along, None), (across, None))
        slices = [(widget, number) for widget, number in lent if widget is not None]
        self._look_from_behind()
        self._write_corners([widget for widget, _number in slices])
        self.slices = slices

    def take_back(self) -> None:
        """The drawing is gone: no words stay in the views, and the layout is the user's again."""
        self._remove_corners()
        self._lent_to = None
        if self._before is not None:
            slicer.app.layoutManager().setLayout(self._before)
            self._before = None

    def remove(self) -> None:
        self.take_back()

    def choose_layout(self, index: int) -> None:
        """CT, fluoroscopy, or as it was before the case was opened."""
        if index < len(_CHOICES):
            self._layout = _CHOICES[index]
            self._lend_anew()
        elif self._before is not None:
            self._remove_corners()
            slicer.app.layoutManager().setLayout(self._before)
            self._lent_to = self._conductor.drawing

    @property
    def choice(self) -> int:
        """Which of the form's layouts is chosen."""
        return _CHOICES.index(self._layout)

    def follow(self, what: int) -> None:
        """The large slice view looks at the live slice, or in the planning CT along the path beside the instrument."""
        self._follow = what
        self._lend_anew()

    def say(self, readout: Readout) -> None:
        for corner in self._corners:
            corner.say(readout, self._frozen)

    def mark_frozen(self, on: bool) -> None:
        self._frozen = on

    @property
    def windows(self) -> list[Any]:
        """The render windows in which our words stand."""
        return [c.window for c in self._corners]

    @property
    def words(self) -> list[str]:
        """What stands in the views now."""
        return [c.text for c in self._corners if c.text]

    def _lend_anew(self) -> None:
        drawing = self._conductor.drawing
        if drawing is None:
            return
        self._remove_corners()
        self._lent_to = None
        drawing.give_back_views()
        self.lend()

    def _add_live(self, slice_node: Any) -> None:
        if self._follow == FOLLOW_LIVE:
            self._conductor.drawing.add_live_view(slice_node)
        else:
            self._conductor.drawing.add_across_view(slice_node)

    def _look_from_behind(self) -> None:
        widget = layouts.three_d_widget()
        if widget is None:
            return
        node = widget.mrmlViewNode()
        node.SetBoxVisible(False)
        node.SetAxisLabelsVisible(False)
        node.SetOrientationMarkerType(node.OrientationMarkerTypeAxes)
        node.SetOrientationMarkerSize(node.OrientationMarkerSizeSmall)
        camera = widget.threeDView().cameraNode()
        if camera is not None:
            look_at_path(camera, self._conductor.drawing.trajectory)

    def _write_corners(self, slice_widgets: list[Any]) -> None:
        self._remove_corners()
        self._corners = [Corner(w.sliceView(), numbers=i == 0) for i, w in enumerate(slice_widgets)]
        three_d = layouts.three_d_widget()
        if three_d is not None:
            self._corners.append(Corner(three_d.threeDView(), numbers=False, clear_below=False))

    def _remove_corners(self) -> None:
        for corner in self._corners:
            corner.remove()
        self._corners, self.slices = [], []
