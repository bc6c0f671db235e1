"""Qt objects as PythonQt shows them: properties are attributes, signals are connected by signature, the rest is refused."""

from __future__ import annotations

import ctypes
import inspect
import sys
import threading
import types
import weakref
from collections.abc import Callable
from typing import Any

import shiboken6
from PySide6 import QtCore, QtGui, QtSvg, QtUiTools, QtWidgets

from . import manifest

MODULES = (QtWidgets, QtGui, QtCore, QtUiTools, QtSvg)
CRASHES_SLICER = {"Signal", "Slot", "Property"}
PYSIDE_ONLY = {"true_property", "snake_case", "staticMetaObject", "tr_"}
raised: list[BaseException] = []  # out of slots: Qt prints them and goes on, a test must not
_classes: dict[type, PythonQtMeta] = {}
_proxies: weakref.WeakValueDictionary[int, PythonQtObject] = weakref.WeakValueDictionary()


class NotInSlicer(AttributeError):
    """Something that Slicer's Qt does not have, or that crashes it."""


def make_constants_immortal() -> None:
    """None, True and False, as they are from Python 3.12 on: PySide 6 relies on it and gives references of theirs away."""
    if sys.version_info < (3, 12):
        for constant in (None, True, False):
            ctypes.c_ssize_t.from_address(id(constant)).value += 1 << 40


def on_main_thread() -> None:
    if threading.current_thread() is not threading.main_thread():
        raise NotInSlicer("Qt was used off the main thread: Slicer crashes")


def wrap(value: Any) -> Any:
    """A QObject as PythonQt shows it; lists of them likewise; everything else as it is."""
    if isinstance(value, QtCore.QObject):
        proxy = _proxies.get(id(value))
        if proxy is None or proxy.qt_object is not value:
            proxy = object.__new__(class_of(type(value)))
            object.__setattr__(proxy, "qt_object", value)
            _proxies[id(value)] = proxy
        return proxy
    if isinstance(value, (list, tuple)):
        return type(value)(wrap(v) for v in value)
    return value


def unwrap(value: Any) -> Any:
    if type.__instancecheck__(PythonQtObject, value):
        return value.qt_object
    if isinstance(value, PythonQtMeta):
        return value._qt_class
    if isinstance(value, (list, tuple)):
        return type(value)(unwrap(v) for v in value)
    return value


def trimmed(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Call with as many of the signal's arguments as `function` takes, as PythonQt does."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return function(*arguments)
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return function(*arguments)
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return function(*arguments[: len(positional)])


def _connections_of(qt_object: Any) -> dict[str, list[Any]]:
    """signature -> (function, receiver) of an object's connections; let go of when the object is."""
    if not hasattr(qt_object, "_pythonqt_connections"):
        connections: dict[str, list[Any]] = {}
        qt_object._pythonqt_connections = connections
        qt_object.destroyed.connect(lambda *_: connections.clear())
    return qt_object._pythonqt_connections  # type: ignore[no-any-return]


class PythonQtSignal:
    """``w.clicked.connect(f)``; calling a signal emits it."""

    def __init__(self, owner: PythonQtObject, signature: str) -> None:
        self._owner, self._signature = owner, signature

    def connect(self, function: Callable[..., Any]) -> bool:
        return self._owner.connect(self._signature, function)

    def disconnect(self, function: Callable[..., Any]) -> bool:
        return self._owner.disconnect(self._signature, function)

    def __call__(self, *arguments: Any) -> None:
        getattr(self._owner.qt_object, self._signature.split("(")[0]).emit(*unwrap(arguments))


class PythonQtMeta(type):
    """A QObject class: calling it makes an object, its enumerations and static functions are its attributes."""

    _qt_class: type

    def __call__(cls, *arguments: Any) -> Any:
        on_main_thread()
        return wrap(cls._qt_class(*unwrap(arguments)))

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(cls._qt_class, name)
        if isinstance(value, (types.FunctionType, types.BuiltinFunctionType)):
            return lambda *a, **k: wrap(value(*unwrap(a), **k))
        return value

    def __instancecheck__(cls, instance: object) -> bool:
        return type.__instancecheck__(PythonQtObject, instance) and isinstance(instance.qt_object, cls._qt_class)  # type: ignore[attr-defined]


class PythonQtObject(metaclass=PythonQtMeta):
    """One QObject. Attributes are what PythonQt offers for its class and nothing else."""

    __slots__ = ("__weakref__", "qt_object")
    _qt_class = QtCore.QObject
    qt_object: Any

    # --- attributes

    def __getattr__(self, name: str) -> Any:
        on_main_thread()
        qt_object = self._alive()
        if name == "name":
            return qt_object.objectName()
        if name.startswith("_") or name in PYSIDE_ONLY:
            raise NotInSlicer(self._no(name))
        meta = qt_object.metaObject()
        if meta.indexOfProperty(name) >= 0:
            return wrap(qt_object.property(name))
        signature = self._signal_named(name)
        if signature:
            return PythonQtSignal(self, signature)
        method = getattr(qt_object, name, None)
        class_name = meta.className()
        if manifest.knows(class_name):
            known = name in manifest.callables(class_name) or hasattr(getattr(QtWidgets, manifest.qt_base(class_name), object), name)
            if known and method is None:
                raise NotImplementedError(f"{class_name}.{name}: Slicer has it, the stand-in does not do it")
            if not known:
                raise NotInSlicer(self._no(name))
        if method is None:
            raise NotInSlicer(self._no(name))
        if not callable(method):
            return wrap(method)
        return lambda *a, **k: wrap(method(*unwrap(a), **k)) if self._alive() else None

    def __setattr__(self, name: str, value: Any) -> None:
        on_main_thread()
        qt_object = self._alive()
        name = "objectName" if name == "name" else name
        index = qt_object.metaObject().indexOfProperty(name)
        if index < 0:
            raise NotInSlicer(self._no(name) + " (PythonQt sets properties only)")
        if not qt_object.metaObject().property(index).isWritable():
            raise NotInSlicer(f"{self.className()}.{name} is read-only")
        given = list(value) if isinstance(value, tuple) else value  # PythonQt takes any sequence for a list
        if not qt_object.setProperty(name, unwrap(given)):
            raise NotInSlicer(f"{self.className()}.{name} does not take {value!r}")

    def className(self) -> str:  # noqa: N802
        return str(self._alive().metaObject().className())

    def delete(self) -> None:
        shiboken6.delete(self._alive())

    def __bool__(self) -> bool:
        return shiboken6.isValid(self.qt_object)

    def __eq__(self, other: object) -> bool:
        return type.__instancecheck__(PythonQtObject, other) and other.qt_object is self.qt_object

    def __hash__(self) -> int:
        return id(self.qt_object)

    def __repr__(self) -> str:
        return f"<PythonQt {self.className()} {self.qt_object.objectName()!r}>"

    # --- signals

    def connect(self, signature: str, function: Callable[..., Any]) -> bool:
        """By the exact signature; what Qt would only warn about raises."""
        on_main_thread()
        signature = self._known(signature)
        if not callable(function):
            raise TypeError(f"{function!r} cannot be called")

        def receive(*arguments: Any) -> None:
            try:
                trimmed(function, wrap(arguments))
            except BaseException as error:
                raised.append(error)
                raise

        self._bound(signature).connect(receive)
        _connections_of(self._alive()).setdefault(signature, []).append((function, receive))
        return True

    def disconnect(self, signature: str, function: Callable[..., Any] | None = None) -> bool:
        on_main_thread()
        signature = self._known(signature)
        connections = _connections_of(self._alive()).get(signature, [])
        for entry in list(connections):
            if function is None or entry[0] == function:
                self._bound(signature).disconnect(entry[1])
                connections.remove(entry)
                return True
        return False

    def _bound(self, signature: str) -> Any:
        name, arguments = signature.rstrip(")").split("(", 1)
        signal = getattr(self._alive(), name)
        if manifest.knows(self.className()) and signature in manifest.signals(self.className()):
            return signal
        try:
            return signal[arguments] if arguments else signal
        except (KeyError, IndexError, TypeError):
            return signal

    def _known(self, signature: str) -> str:
        wanted = manifest.normal(signature)
        if wanted in {manifest.normal(s) for s in self._signatures()}:
            return wanted
        raise NotInSlicer(f"{self.className()} has no signal {signature}")

    def _signal_named(self, name: str) -> str:
        found = [s for s in self._signatures() if s.split("(")[0] == name]
        return max(found, key=len) if found else ""

    def _signatures(self) -> list[str]:
        meta = self._alive().metaObject()
        class_name = meta.className()
        own = manifest.signals(class_name) if manifest.knows(class_name) else set()
        methods = (meta.method(i) for i in range(meta.methodCount()))
        qts = {bytes(m.methodSignature().data()).decode() for m in methods if m.methodType() == QtCore.QMetaMethod.MethodType.Signal}
        shadowed = {s.split("(")[0] for s in own}
        return sorted(own | {s for s in qts if s.split("(")[0] not in shadowed})

    def _alive(self) -> QtCore.QObject:
        if not shiboken6.isValid(self.qt_object):
            raise ValueError("Trying to use a Qt object that was deleted")
        return self.qt_object  # type: ignore[no-any-return]

    def _no(self, name: str) -> str:
        return f"Slicer's {self.className()} has no attribute {name!r}"


class SoundEffect(QtCore.QObject):
    """QSoundEffect of Qt's multimedia, which PySide6-Essentials lacks: `played` is what would have been heard."""

    played: list[str] = []  # noqa: RUF012

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._path = ""

    def setSource(self, url: QtCore.QUrl) -> None:  # noqa: N802
        self._path = url.toLocalFile()

    def play(self) -> None:
        on_main_thread()
        SoundEffect.played.append(self._path)

    def stop(self) -> None:
        pass


def class_of(qt_class: type) -> PythonQtMeta:
    """The Python class that PythonQt has for a Qt class; `type(widget) == qt.QLineEdit` holds, as in Slicer."""
    if qt_class not in _classes:
        _classes[qt_class] = PythonQtMeta(qt_class.__name__, (PythonQtObject,), {"__slots__": (), "_qt_class": qt_class})
    return _classes[qt_class]


def qt_module() -> types.ModuleType:
    """The module `qt` as Slicer has it: every Qt class in one namespace."""
    module = types.ModuleType("qt")
    replaced: dict[str, Any] = {"QSoundEffect": class_of(SoundEffect)}

    def lookup(name: str) -> Any:
        if name in CRASHES_SLICER:
            raise NotInSlicer(f"qt.{name} crashes Slicer")
        if name in replaced:
            return replaced[name]
        for source in MODULES:
            if hasattr(source, name) and name.startswith("Q"):
                found = getattr(source, name)
                is_object = isinstance(found, type) and issubclass(found, QtCore.QObject)
                return class_of(found) if is_object else found
        raise NotInSlicer(f"module qt has no {name}")

    module.__getattr__ = lookup  # type: ignore[method-assign]
    module.standin_replace = replaced.__setitem__  # type: ignore[attr-defined]
    return module
