"""The layout manager: the real layout logic makes the view nodes, slicer-core's displayable managers draw into off-screen windows."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import slicer
from trame_slicer.views import SliceView, ThreeDView

from . import manifest
from .pythonqt import NotInSlicer, on_main_thread

VIEW_SIZE = (640, 480)


class Refusing:
    """An object of a Slicer class: what the class lacks is refused, what the stand-in does not do says so."""

    class_name = ""

    def __getattr__(self, name: str) -> Any:
        on_main_thread()
        known = set(manifest.properties(self.class_name)) | manifest.callables(self.class_name)
        known |= {s.split("(")[0] for s in manifest.signals(self.class_name)}
        if name in known:
            raise NotImplementedError(f"{self.class_name}.{name}: Slicer has it, the stand-in does not do it")
        raise NotInSlicer(f"Slicer's {self.class_name} has no attribute {name!r}")


class View(Refusing):
    """qMRMLSliceView or qMRMLThreeDView."""

    def __init__(self, view: Any, class_name: str) -> None:
        self.class_name, self.view = class_name, view

    def renderWindow(self) -> Any:  # noqa: N802
        return self.view.render_window()

    def scheduleRender(self) -> None:  # noqa: N802
        on_main_thread()
        self.view.schedule_render()

    def forceRender(self) -> None:  # noqa: N802
        self.view.set_render_blocked(False)
        self.view.render()
        self.view.set_render_blocked(True)

    def mrmlSliceNode(self) -> Any:  # noqa: N802
        return self.view._view_node

    def mrmlViewNode(self) -> Any:  # noqa: N802
        return self.view._view_node

    def cameraNode(self) -> Any:  # noqa: N802
        return self.view.get_camera_node()


class SliceWidget(Refusing):
    class_name = "qMRMLSliceWidget"

    def __init__(self, view: SliceView) -> None:
        self.view = view
        self._slice_view = View(view, "qMRMLSliceView")

    def sliceView(self) -> View:  # noqa: N802
        return self._slice_view

    def mrmlSliceNode(self) -> Any:  # noqa: N802
        return self.view._view_node

    def sliceLogic(self) -> Any:  # noqa: N802
        return self.view._logic


class ThreeDWidget(Refusing):
    class_name = "qMRMLThreeDWidget"

    def __init__(self, view: ThreeDView) -> None:
        self._view = View(view, "qMRMLThreeDView")

    def threeDView(self) -> View:  # noqa: N802
        return self._view

    def mrmlViewNode(self) -> Any:  # noqa: N802
        return self._view.mrmlViewNode()


class LayoutManager(Refusing):
    """qSlicerLayoutManager on the real vtkMRMLLayoutLogic."""

    class_name = "qSlicerLayoutManager"

    def __init__(self, scene: Any, app_logic: Any) -> None:
        self._scene, self._app_logic = scene, app_logic
        self._slices: dict[str, SliceWidget] = {}
        self._threeds: dict[str, ThreeDWidget] = {}
        for name in ("Red", "Green", "Yellow"):
            self._make("vtkMRMLSliceNode", name)
        self._make("vtkMRMLViewNode", "1")
        self._logic = slicer.vtkMRMLLayoutLogic()
        self._logic.SetMRMLScene(scene)
        self.setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutConventionalView)

    @property
    def layout(self) -> int:
        return int(self._logic.GetLayoutNode().GetViewArrangement())

    def layoutLogic(self) -> Any:  # noqa: N802
        return self._logic

    def setLayout(self, identifier: int) -> None:  # noqa: N802
        on_main_thread()
        node = self._logic.GetLayoutNode()
        for view in ElementTree.fromstring(node.GetLayoutDescription(int(identifier))).iter("view"):
            self._make(view.get("class", ""), view.get("singletontag", ""))
        node.SetViewArrangement(int(identifier))

    def sliceViewNames(self) -> list[str]:  # noqa: N802
        return list(self._shown("vtkMRMLSliceNode"))

    def sliceWidget(self, name: str) -> SliceWidget | None:  # noqa: N802
        return self._slices.get(name)

    def threeDWidget(self, which: int | str) -> ThreeDWidget | None:  # noqa: N802
        if isinstance(which, str):
            return self._threeds.get(which)
        names = self._shown("vtkMRMLViewNode")
        return self._threeds[names[which]] if which < len(names) else None

    @property
    def threeDViewCount(self) -> int:  # noqa: N802
        return len(self._shown("vtkMRMLViewNode"))

    def _shown(self, kind: str) -> list[str]:
        nodes = self._logic.GetViewNodes()
        every = [nodes.GetItemAsObject(i) for i in range(nodes.GetNumberOfItems())]
        return [n.GetLayoutName() for n in every if n.IsA(kind)]

    def _make(self, node_class: str, name: str) -> None:
        """A view makes its own node; the layout logic then finds it in the scene by its singleton tag."""
        if name in self._slices or name in self._threeds or node_class not in ("vtkMRMLSliceNode", "vtkMRMLViewNode"):
            return
        is_slice = node_class == "vtkMRMLSliceNode"
        view = (SliceView if is_slice else ThreeDView)(self._scene, self._app_logic, name)
        view.render_window().SetOffScreenRendering(True)
        view.render_window().SetSize(*VIEW_SIZE)
        view.render_window().SetMultiSamples(0)  # as the rest of this, for the sake of a processor that draws
        view.renderer().SetUseDepthPeeling(False)
        view.set_render_blocked(True)  # draws when it is asked to: a test that does not look does not pay
        if is_slice:
            self._slices[name] = SliceWidget(view)
        else:
            self._threeds[name] = ThreeDWidget(view)
