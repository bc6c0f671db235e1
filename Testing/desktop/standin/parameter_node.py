"""The names of slicer.parameterNodeWrapper, as far as the module uses them: typed values in a vtkMRMLScriptedModuleNode.

Stricter than Slicer: a value of another type, outside its range, or of a name that the class does not declare raises, and so does a
form whose widget cannot show its parameter.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import slicer
import vtk

from .pythonqt import NotInSlicer

PROPERTY = "SlicerParameterName"


@dataclass
class Default:
    value: Any


@dataclass
class WithinRange:
    minimum: float
    maximum: float


@dataclass(frozen=True)
class Parameter:
    name: str
    kind: type
    default: Any
    within: WithinRange | None

    @property
    def is_node(self) -> bool:
        return issubclass(self.kind, slicer.vtkMRMLNode)

    def read(self, node: Any) -> Any:
        if not node.HasParameter(self.name):
            self.write(node, self.default)
        if self.is_node:
            return node.GetNodeReference(self.name)
        text = node.GetParameter(self.name)
        return text == "True" if self.kind is bool else self.kind(text)

    def write(self, node: Any, value: Any) -> None:
        if not (isinstance(value, self.kind) or (self.is_node and value is None)):
            raise ValueError(f"{self.name} is a {self.kind.__name__}, not {value!r}")
        if self.within is not None and not self.within.minimum <= value <= self.within.maximum:
            raise ValueError(f"{self.name}: {value} is not within {self.within.minimum} and {self.within.maximum}")
        if self.is_node:
            node.SetParameter(self.name, "")
            node.SetNodeReferenceID(self.name, value.GetID() if value is not None else None)
        else:
            node.SetParameter(self.name, str(value))


class Wrapper:
    """What every wrapped class can do."""

    allParameters: dict[str, Parameter] = {}  # noqa: RUF012, N815

    def __init__(self, node: Any) -> None:
        self.parameterNode = node
        self._guis: dict[int, tuple[list[tuple[Any, str, Callable[..., None]]], int]] = {}
        self._filling = False
        for parameter in self.allParameters.values():
            parameter.read(node)

    def connectGui(self, gui: Any) -> int:  # noqa: N802
        """Connect the widgets whose property SlicerParameterName names a parameter."""
        connected = []
        shows: list[Callable[[], None]] = []
        for widget in vars(gui).values():
            name = widget.property(PROPERTY)
            if not name:
                continue
            if name not in self.allParameters:
                raise ValueError(f"Cannot find a param with the given name: {name}")
            signal, read, write = _connector(widget, self.allParameters[name])
            shows.append(lambda name=name, write=write: write(getattr(self, name)))
            receive = self._receiver(name, read)
            shows[-1]()
            widget.connect(signal, receive)
            connected.append((widget, signal, receive))
        tag = len(self._guis) + 1

        def fill(*_event: Any) -> None:
            if self._filling:
                return
            self._filling = True
            for show in shows:
                show()
            self._filling = False

        self._guis[tag] = (connected, self.parameterNode.AddObserver(vtk.vtkCommand.ModifiedEvent, fill))
        return tag

    def _receiver(self, name: str, read: Callable[[], Any]) -> Callable[[], None]:
        def receive() -> None:
            if not self._filling:
                setattr(self, name, read())

        return receive

    def disconnectGui(self, tag: int) -> None:  # noqa: N802
        connected, observer = self._guis.pop(tag)
        for widget, signal, receive in connected:
            widget.disconnect(signal, receive)
        self.parameterNode.RemoveObserver(observer)

    def StartModify(self) -> int:  # noqa: N802
        return int(self.parameterNode.StartModify())

    def EndModify(self, was: int) -> int:  # noqa: N802
        return int(self.parameterNode.EndModify(was))

    def AddObserver(self, event: Any, function: Any, priority: float = 0.0) -> int:  # noqa: N802
        return int(self.parameterNode.AddObserver(event, function, priority))

    def RemoveObserver(self, tag: int) -> None:  # noqa: N802
        self.parameterNode.RemoveObserver(tag)

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name.startswith("_") or name == "parameterNode" or name in self.allParameters):
            raise NotInSlicer(f"the parameter node has no parameter {name}")
        object.__setattr__(self, name, value)


def _connector(widget: Any, parameter: Parameter) -> tuple[str, Callable[[], Any], Callable[[Any], None]]:
    """(signal, read, write) of a widget; ValueError where Slicer has no connector of that widget to that type."""
    name = widget.className()

    def text(value: str) -> None:
        if widget.text != value:
            widget.text = value

    if name == "qMRMLNodeComboBox" and parameter.is_node:
        return "currentNodeChanged(vtkMRMLNode*)", widget.currentNode, widget.setCurrentNode
    if name == "QLineEdit" and parameter.kind is str:
        return "textChanged(QString)", lambda: widget.text, text
    if name == "QDoubleSpinBox" and parameter.kind is float:
        within = parameter.within
        widget.minimum, widget.maximum = (within.minimum, within.maximum) if within else (float("-inf"), float("inf"))
        return "valueChanged(double)", lambda: widget.value, lambda value: setattr(widget, "value", value)
    if name in ("QCheckBox", "QPushButton") and parameter.kind is bool:
        return "toggled(bool)", lambda: widget.checked, lambda value: setattr(widget, "checked", value)
    raise ValueError(f"Unable to create GUI connector from datatype {parameter.kind} to widget type {name}")


def _property(parameter: Parameter) -> property:
    return property(lambda self: parameter.read(self.parameterNode), lambda self, value: parameter.write(self.parameterNode, value))


def parameterNodeWrapper(described: type) -> type:  # noqa: N802
    """The class decorator."""
    parameters: dict[str, Parameter] = {}
    body: dict[str, Any] = {"__module__": described.__module__, "__doc__": described.__doc__}
    for name, hint in typing.get_type_hints(described, include_extras=True).items():
        kind, *notes = typing.get_args(hint) if typing.get_origin(hint) is typing.Annotated else (hint,)
        if name in dir(Wrapper):
            raise ValueError(f"Cannot use reserved name '{name}' in a parameterNodeWrapper")
        node = issubclass(kind, slicer.vtkMRMLNode)
        if not node and kind not in (str, int, float, bool):
            raise NotImplementedError(f"{kind}: Slicer may have a serializer, the stand-in does not do it")
        given = next((n.value for n in notes if isinstance(n, Default)), None if node else kind())
        parameters[name] = Parameter(name, kind, given, next((n for n in notes if isinstance(n, WithinRange)), None))
        body[name] = _property(parameters[name])
    return type(described.__name__, (Wrapper,), {**body, "allParameters": parameters})
