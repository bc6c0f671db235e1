"""Loading .ui files as Slicer does, after every class, property, signal and slot in them was found in the manifest or in Qt."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path
from typing import Any

from PySide6 import QtCore, QtUiTools, QtWidgets

from . import manifest, widgets
from .pythonqt import wrap


def problems(path: Path) -> list[str]:
    """One sentence for each name in the form that Slicer does not have."""
    root = ElementTree.parse(path).getroot()
    found: list[str] = []
    classes: dict[str, str] = {}
    for element in root.iter("widget"):
        class_name, name = element.get("class", ""), element.get("name", "")
        if name in classes:
            found.append(f"two widgets are named {name}")
        classes[name] = class_name
        if not (manifest.knows(class_name) or hasattr(QtWidgets, class_name)):
            found.append(f"{name}: there is no class {class_name}")
            continue
        known = property_names(class_name)
        for item in element.findall("property"):
            if item.get("stdset") != "0" and item.get("name") not in known:
                found.append(f"{name}: {class_name} has no property {item.get('name')}")
    for connection in root.iter("connection"):
        found += _connection_problems(connection, classes)
    declared = {c.findtext("class") for c in root.iter("customwidget")}
    used = {c for c in classes.values() if manifest.knows(c)}
    found += [f"{c} is used but not declared in <customwidgets>" for c in sorted(used - declared)]
    return found


@cache  # PySide gives a class's meta-object away with the first object of it that is deleted: ask once
def property_names(class_name: str) -> set[str]:
    qt_class = getattr(QtWidgets, manifest.qt_base(class_name) if manifest.knows(class_name) else class_name)
    meta = qt_class.staticMetaObject
    own = set(manifest.properties(class_name)) if manifest.knows(class_name) else set()
    return own | {meta.property(i).name() for i in range(meta.propertyCount())}


def _connection_problems(connection: ElementTree.Element, classes: dict[str, str]) -> list[str]:
    found = []
    for role, member, kind in (("sender", "signal", "signal"), ("receiver", "slot", "slot")):
        name, signature = connection.findtext(role) or "", connection.findtext(member) or ""
        if name not in classes:
            found.append(f"a connection names {name}, which is not in the form")
        elif manifest.normal(signature) not in _members(classes[name], kind):
            found.append(f"{name}: {classes[name]} has no {kind} {signature}")
    return found


@cache
def _members(class_name: str, kind: str) -> set[str]:
    own: set[str] = set()
    if manifest.knows(class_name):
        own = manifest.signals(class_name) if kind == "signal" else manifest.slots(class_name)
        class_name = manifest.qt_base(class_name)
    meta = getattr(QtWidgets, class_name).staticMetaObject
    wanted = QtCore.QMetaMethod.MethodType.Signal if kind == "signal" else QtCore.QMetaMethod.MethodType.Slot
    methods = (meta.method(i) for i in range(meta.methodCount()))
    return {manifest.normal(s) for s in own} | {
        bytes(m.methodSignature().data()).decode() for m in methods if m.methodType() == wanted
    }


class FormLoader:
    """`qt.QUiLoader`. Refuses a form with a wrong name instead of warning about it."""

    def load(self, file: Any) -> Any:
        path = Path(file.fileName())
        found = problems(path)
        if found:
            raise ValueError(f"{path.name}: " + "; ".join(found))
        root = ElementTree.parse(path).getroot()
        connections = list(root.iter("connection"))
        for holder in root.findall("connections"):
            root.remove(holder)
        loader = QtUiTools.QUiLoader()
        for made in widgets.CLASSES.values():
            loader.registerCustomWidget(made)
        buffer = QtCore.QBuffer()
        buffer.setData(ElementTree.tostring(root))
        buffer.open(QtCore.QIODevice.OpenModeFlag.ReadOnly)
        widget = loader.load(buffer)
        for connection in connections:
            _connect(widget, connection)
        return wrap(widget)


def _connect(widget: Any, connection: ElementTree.Element) -> None:
    ends = {}
    for role in ("sender", "receiver"):
        name = connection.findtext(role)
        ends[role] = widget if widget.objectName() == name else widget.findChild(QtCore.QObject, name)
    signal = getattr(ends["sender"], (connection.findtext("signal") or "").split("(")[0])
    signal.connect(getattr(ends["receiver"], (connection.findtext("slot") or "").split("(")[0]))
