"""The layout manager: the real layout logic makes the view nodes, slicer-core's displayable managers draw into off-screen windows."""

from __future__ import annotations

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
        scene = self.view._view_node.GetScene()
        cameras = [scene.GetNthNodeByClass(i, "vtkMRMLCameraNode") for i in range(scene.GetNumberOfNodesByClass("vtkMRMLCameraNode"))]
        return next((c for c in cameras if c.GetLayoutName() == self.view._view_node.GetLayoutName()), None)


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
        self._logic = slicer.vtkMRMLLayoutLogic()
        self._logic.SetMRMLScene(scene)
        self._slices: dict[str, SliceWidget] = {}
        self._threeds: dict[str, ThreeDWidget] = {}
        self.setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutConventionalView)

    @property
    def layout(self) -> int:
        return int(self._logic.GetLayoutNode().GetViewArrangement())

    def layoutLogic(self) -> Any:  # noqa: N802
        return self._logic

    def setLayout(self, identifier: int) -> None:  # noqa: N802
        on_main_thread()
        self._logic.GetLayoutNode().SetViewArrangement(int(identifier))
        nodes = self._logic.GetViewNodes()
        for node in (nodes.GetItemAsObject(i) for i in range(nodes.GetNumberOfItems())):
            name = node.GetLayoutName()
            if node.IsA("vtkMRMLSliceNode") and name not in self._slices:
                self._slices[name] = SliceWidget(self._made(SliceView, node))
            elif node.IsA("vtkMRMLViewNode") and name not in self._threeds:
                self._threeds[name] = ThreeDWidget(self._made(ThreeDView, node))

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

    def _made(self, view_class: type, node: Any) -> Any:
        view = view_class(self._scene, self._app_logic, node.GetLayoutName())
        if node.IsA("vtkMRMLSliceNode"):
            view._logic.SetSliceNode(node)
        view.set_view_node(node)  # the layout's own node, not the copy that the view's logic made
        view.render_window().SetOffScreenRendering(True)
        view.render_window().SetSize(*VIEW_SIZE)
        view.set_render_blocked(True)  # draws when it is asked to: a test that does not look does not pay
        return view
