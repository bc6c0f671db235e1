"""The MRML and CTK widgets that the module uses: exactly the names of the manifest, with the behaviour that the tests need."""

from __future__ import annotations

import types
from functools import cache
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets

from . import manifest
from .pythonqt import NotInSlicer, class_of

HEADER_PX = 26
TYPES = {"bool": bool, "int": int, "double": float, "QString": str, "QStringList": "QStringList"}


class _CollapsibleBehaviour:
    """A header that shows and hides what lies below it."""

    def prepare(self) -> None:
        self.setCheckable(True)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Preferred, QtWidgets.QSizePolicy.Policy.Maximum)
        self.setContentsMargins(4, HEADER_PX + 2, 4, 4)
        self.clicked.connect(lambda: self.setProperty("collapsed", not self.values["collapsed"]))

    def write_collapsed(self, collapsed: bool) -> None:
        for child in self.children():
            if isinstance(child, QtWidgets.QWidget):
                child.setVisible(not collapsed)
        self.setMaximumHeight(HEADER_PX if collapsed else 16777215)
        self.contentsCollapsed.emit(collapsed)

    def childEvent(self, event: Any) -> None:  # noqa: N802
        if event.added() and isinstance(event.child(), QtWidgets.QWidget) and self.values.get("collapsed"):
            event.child().setVisible(False)

    def paintEvent(self, _event: Any) -> None:  # noqa: N802
        painter = QtGui.QPainter(self)
        painter.fillRect(0, 0, self.width(), HEADER_PX, self.palette().color(QtGui.QPalette.ColorRole.Button).darker(112))
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        arrow = "▸" if self.values.get("collapsed") else "▾"
        painter.drawText(8, 0, self.width(), HEADER_PX, int(QtCore.Qt.AlignmentFlag.AlignVCenter), f"{arrow}  {self.text()}")

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        inner = self.layout().sizeHint() if self.layout() and not self.values.get("collapsed") else QtCore.QSize(200, HEADER_PX)
        return QtCore.QSize(inner.width(), max(inner.height(), HEADER_PX))


class _GroupBehaviour:
    """A titled box that folds away; its title can be clicked."""

    def prepare(self) -> None:
        self.setCheckable(True)
        self.toggled.connect(lambda on: self.setProperty("collapsed", not on))

    def write_collapsed(self, collapsed: bool) -> None:
        self.setChecked(not collapsed)
        for child in self.children():
            if isinstance(child, QtWidgets.QWidget):
                child.setVisible(not collapsed)
        self.setMaximumHeight(HEADER_PX if collapsed else 16777215)

    def childEvent(self, event: Any) -> None:  # noqa: N802
        if event.added() and isinstance(event.child(), QtWidgets.QWidget) and self.values.get("collapsed"):
            event.child().setVisible(False)


class _SceneBehaviour:
    """A scene handed in by setMRMLScene."""

    scene: Any = None

    def setMRMLScene(self, scene: Any) -> None:  # noqa: N802
        self.scene = scene
        if "mrmlSceneChanged(vtkMRMLScene*)" in manifest.signals(type(self).__name__):
            self.mrmlSceneChanged.emit(scene)

    def mrmlScene(self) -> Any:  # noqa: N802
        return self.scene


class _NodeComboBoxBehaviour(_SceneBehaviour):
    """A list of the scene's nodes of some types, kept up to date; the choice survives as long as its node."""

    def prepare(self) -> None:
        self.box = QtWidgets.QComboBox()
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        self.node: Any = None
        self.observed: list[tuple[Any, int]] = []
        self.box.activated.connect(lambda index: self.setCurrentNode(self.listed[index]))
        self.listed: list[Any] = []

    def setMRMLScene(self, scene: Any) -> None:  # noqa: N802
        for observed, tag in self.observed:
            observed.RemoveObserver(tag)
        self.observed = []
        self.scene = scene
        if scene is not None:
            for event in (scene.NodeAddedEvent, scene.NodeRemovedEvent, scene.EndCloseEvent, scene.EndImportEvent):
                self.observed.append((scene, scene.AddObserver(event, lambda *_: self.refresh())))
        self.refresh()

    def refresh(self) -> None:
        scene, kinds = self.scene, self.values.get("nodeTypes") or []
        found = [] if scene is None else [n for kind in kinds for n in _nodes(scene, kind) if not n.GetHideFromEditors()]
        self.listed = ([None] if self.values.get("noneEnabled") else []) + found
        self.box.clear()
        self.box.addItems([n.GetName() if n is not None else (self.values.get("noneDisplay") or "None") for n in self.listed])
        if self.node not in self.listed:
            self.setCurrentNode(self.listed[0] if self.listed else None)
        self.box.setCurrentIndex(self.listed.index(self.node) if self.node in self.listed else -1)

    def write_noneEnabled(self, _value: bool) -> None:  # noqa: N802
        self.refresh()

    def write_nodeTypes(self, _value: list[str]) -> None:  # noqa: N802
        self.refresh()

    def setCurrentNode(self, node: Any) -> None:  # noqa: N802
        node = self.scene.GetNodeByID(node) if isinstance(node, str) and self.scene else (node or None)
        changed, self.node = node is not self.node, node
        if node in self.listed:
            self.box.setCurrentIndex(self.listed.index(node))
        if changed:
            self.currentNodeChanged.emit(node)

    def currentNode(self) -> Any:  # noqa: N802
        return self.node

    def read_currentNodeID(self) -> str:  # noqa: N802
        return self.node.GetID() if self.node is not None else ""

    def write_currentNodeID(self, identifier: str) -> None:  # noqa: N802
        self.setCurrentNode(identifier)

    def addNode(self) -> Any:  # noqa: N802
        node = self.scene.AddNewNodeByClass(self.values["nodeTypes"][0], self.values.get("baseName") or "")
        self.setCurrentNode(node)
        return node

    def nodeCount(self) -> int:  # noqa: N802
        return sum(n is not None for n in self.listed)


class _PathBehaviour:
    """A path with a button to browse for another."""

    def prepare(self) -> None:
        self.edit = QtWidgets.QLineEdit()
        self.button = QtWidgets.QToolButton(text="…")
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit)
        layout.addWidget(self.button)
        self.edit.textChanged.connect(lambda text: self.currentPathChanged.emit(text))

    def read_currentPath(self) -> str:  # noqa: N802
        return self.edit.text()

    def write_currentPath(self, path: str) -> None:  # noqa: N802
        self.edit.setText(path)

    def setCurrentPath(self, path: str) -> None:  # noqa: N802
        self.edit.setText(path)

    def addCurrentPathToHistory(self) -> None:  # noqa: N802
        pass


class _PlaceBehaviour(_SceneBehaviour):
    """A button that would start placing control points of a markups node."""

    def prepare(self) -> None:
        self.node: Any = None
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QtWidgets.QToolButton(text="✛", checkable=True))

    def setCurrentNode(self, node: Any) -> None:  # noqa: N802
        self.node = node

    def currentNode(self) -> Any:  # noqa: N802
        return self.node


BEHAVIOUR: dict[str, type] = {
    "qMRMLWidget": _SceneBehaviour,
    "qMRMLNodeComboBox": _NodeComboBoxBehaviour,
    "qSlicerMarkupsPlaceWidget": _PlaceBehaviour,
    "ctkCollapsibleButton": _CollapsibleBehaviour,
    "ctkCollapsibleGroupBox": _GroupBehaviour,
    "ctkPathLineEdit": _PathBehaviour,
}


def _nodes(scene: Any, kind: str) -> list[Any]:
    return [scene.GetNthNodeByClass(i, kind) for i in range(scene.GetNumberOfNodesByClass(kind))]


def _property(name: str, facts: dict[str, Any]) -> Any:
    def read(self: Any) -> Any:
        reader = getattr(self, f"read_{name}", None)
        return reader() if reader else self.values.get(name, _default(facts["type"]))

    def write(self: Any, value: Any) -> None:
        changed, self.values[name] = self.values.get(name) != value, value
        writer = getattr(self, f"write_{name}", None)
        if writer and changed:
            writer(value)

    return QtCore.Property(TYPES.get(facts["type"], "QVariant"), read, write if facts.get("write") else None)


def _default(kind: str) -> Any:
    return {"bool": False, "int": 0, "double": 0.0, "QString": "", "QStringList": []}.get(kind)


def _setter(name: str) -> Any:
    return lambda self, value: self.setProperty(name, value)


def make_class(name: str) -> type:
    """The class of that name: the manifest's properties and signals, its setters, and the behaviour given above."""
    base = getattr(QtWidgets, manifest.qt_base(name))
    behaviour = BEHAVIOUR[name]
    body: dict[str, Any] = {p: _property(p, facts) for p, facts in manifest.properties(name).items()}
    for facts in manifest.properties(name).values():
        if facts.get("write") and not hasattr(behaviour, facts["write"]) and not hasattr(base, facts["write"]):
            body[facts["write"]] = _setter(facts["name"])
    for signature in sorted(manifest.signals(name), key=len):
        signal, arguments = signature.rstrip(")").split("(")
        body[signal] = QtCore.Signal(*[TYPES.get(a, object) for a in arguments.split(",") if a])

    def __init__(self: Any, parent: Any = None) -> None:  # noqa: N807
        self.values = {}
        base.__init__(self, parent)
        getattr(behaviour, "prepare", lambda _self: None)(self)

    return type(name, (behaviour, base), {**body, "__init__": __init__})


CLASSES: dict[str, type] = {name: make_class(name) for name in BEHAVIOUR}


@cache
def named_only(name: str) -> Any:
    """A class that Slicer has and the stand-in does not do: it can be named, as Slicer's own Python does, but not made."""

    def refuse(_self: Any, *_arguments: Any) -> None:
        raise NotImplementedError(f"{name}: Slicer has it, the stand-in does not do it")

    return class_of(type(name, (QtCore.QObject,), {"__init__": refuse}))


def ctk_module() -> types.ModuleType:
    """The module `ctk`."""
    module = types.ModuleType("ctk")

    def lookup(name: str) -> Any:
        if name in CLASSES and name.startswith("ctk"):
            return class_of(CLASSES[name])
        if manifest.knows(name):
            return named_only(name)
        raise NotInSlicer(f"module ctk has no {name}")

    module.__getattr__ = lookup  # type: ignore[method-assign]
    return module
