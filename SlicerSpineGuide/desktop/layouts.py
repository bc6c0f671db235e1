"""The module's two layouts, as Slicer's layout descriptions, and the view nodes in them."""

from __future__ import annotations

from typing import Any

import slicer

CT, FLUOROSCOPY = 5501, 5502  # Slicer's own identifiers lie below 100
LIVE, SECOND = "SpineGuideLive", "SpineGuideSecond"  # the live image; the other one of a biplane pair
ALONG, ACROSS, THREE_D = "SpineGuideAlong", "SpineGuideAcross", "SpineGuide3D"
_ORANGE, _GREEN, _GREY = "#E25B2C", "#19A3A3", "#8A8A8A"


def _slice_view(name: str, label: str, colour: str) -> str:
    return (
        f'<view class="vtkMRMLSliceNode" singletontag="{name}"><property name="orientation" action="default">Axial</property>'
        f'<property name="viewlabel" action="default">{label}</property>'
        f'<property name="viewcolor" action="default">{colour}</property></view>'
    )


def _item(content: str) -> str:
    return f"<item>{content}</item>"


def _box(kind: str, *contents: str, sizes: str = "") -> str:
    split = f' split="true"{sizes}'
    return f'<layout type="{kind}"{split}>' + "".join(_item(c) for c in contents) + "</layout>"


_LIVE = _slice_view(LIVE, "L", _ORANGE)
_ALONG = _slice_view(ALONG, "P", _GREEN)
_SECOND = _slice_view(SECOND, "S", _ORANGE)
_ACROSS = _slice_view(ACROSS, "N", _GREY)
_THREE_D = f'<view class="vtkMRMLViewNode" singletontag="{THREE_D}"><property name="viewlabel" action="default">3D</property></view>'

DESCRIPTIONS = {
    CT: _box("horizontal", _LIVE, _box("vertical", _ALONG, _box("horizontal", _ACROSS, _THREE_D)), sizes=' splitSize="600,400"'),
    FLUOROSCOPY: _box(
        "horizontal", _LIVE, _box("vertical", _SECOND, _box("horizontal", _ALONG, _THREE_D)), sizes=' splitSize="600,400"'
    ),
}


def show(layout: int) -> int:
    """Switch Slicer to one of the two; returns the layout that was there before."""
    manager = slicer.app.layoutManager()
    node = manager.layoutLogic().GetLayoutNode()
    before = int(node.GetViewArrangement())
    if not node.IsLayoutDescription(layout):
        node.AddLayoutDescription(layout, DESCRIPTIONS[layout])
    manager.setLayout(layout)
    return before


def slice_widget(name: str) -> Any | None:
    """The slice widget of that name where the present layout has it."""
    manager = slicer.app.layoutManager()
    return manager.sliceWidget(name) if name in manager.sliceViewNames() else None


def three_d_widget() -> Any | None:
    manager = slicer.app.layoutManager()
    widgets = (manager.threeDWidget(i) for i in range(manager.threeDViewCount))
    return next((w for w in widgets if w.mrmlViewNode().GetLayoutName() == THREE_D), None)
