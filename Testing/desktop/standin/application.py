"""slicer.app, slicer.modules, and the Python modules of the desktop that slicer-core does not have."""

from __future__ import annotations

import importlib.util
import os
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import slicer
import slicer.util
from PySide6 import QtCore, QtWidgets
from trame_slicer.core import SlicerApp

from . import forms, manifest, pythonqt, widgets
from .pythonqt import on_main_thread, trimmed, wrap
from .views import LayoutManager, Refusing

ROOT = Path(__file__).resolve().parents[3]


class Signals:
    """Signals of an object that is not a QObject here; the signature must be the class's own."""

    class_name = ""

    def __init__(self) -> None:
        self.receivers: dict[str, list[Callable[..., Any]]] = {}

    def connect(self, signature: str, function: Callable[..., Any]) -> bool:
        if signature not in manifest.signals(self.class_name):
            raise pythonqt.NotInSlicer(f"{self.class_name} has no signal {signature}")
        self.receivers.setdefault(signature, []).append(function)
        return True

    def disconnect(self, signature: str, function: Callable[..., Any]) -> bool:
        self.receivers.get(signature, []).remove(function)
        return True

    def emit(self, signature: str, *arguments: Any) -> None:
        for function in list(self.receivers.get(signature, [])):
            trimmed(function, arguments)


class ModuleManager(Signals, Refusing):
    class_name = "qSlicerModuleManager"


class Application(Signals, Refusing):
    """slicer.app."""

    class_name = "qSlicerApplication"

    def __init__(self, scene: Any, app_logic: Any) -> None:
        super().__init__()
        self._scene, self._app_logic = scene, app_logic
        self._layout_manager: LayoutManager | None = None
        self._module_manager = ModuleManager()
        self.applicationLocaleName = "en_US"
        self.temporaryPath = ""
        self.majorVersion, self.minorVersion = 5, 12

    def layoutManager(self) -> LayoutManager:  # noqa: N802
        on_main_thread()
        if self._layout_manager is None:
            self._layout_manager = LayoutManager(self._scene, self._app_logic)
        return self._layout_manager

    def moduleManager(self) -> ModuleManager:  # noqa: N802
        return self._module_manager

    def applicationLogic(self) -> Any:  # noqa: N802
        return self._app_logic

    def mrmlScene(self) -> Any:  # noqa: N802
        return self._scene

    def testingEnabled(self) -> bool:  # noqa: N802
        return True

    def translate(self, context: str, text: str) -> str:
        return str(QtCore.QCoreApplication.translate(context, text))

    def processEvents(self) -> None:  # noqa: N802
        if "SlicerSpineGuide" in Path(sys._getframe(1).f_code.co_filename).parts[-3:]:
            raise pythonqt.NotInSlicer("processEvents inside a module lets events overtake each other: not used here")
        QtWidgets.QApplication.processEvents()


class ModuleParent:
    """qSlicerScriptedLoadableModule as a module's __init__ gets it."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)


class Representation:
    """The widget that Slicer hands to a module's widget class, and what Slicer does with it."""

    def __init__(self, module_name: str) -> None:
        self.module_name = module_name
        made = widgets.CLASSES["qMRMLWidget"]()
        made.setLayout(QtWidgets.QVBoxLayout())
        made.setMRMLScene(slicer.mrmlScene)
        self.qt_widget = made
        self.parent = wrap(made)
        self.widget: Any = None

    def open(self) -> Any:
        """What opening the module the first time does."""
        self.widget = getattr(sys.modules[self.module_name], self.module_name + "Widget")(self.parent)
        self.widget.setup()
        setattr(slicer.modules, self.module_name + "Widget", self.widget)
        return self.widget

    def reload(self) -> Any:
        """What slicer.util.reloadScriptedModule does: new source, clean up, empty the panel, set up anew."""
        load_module(self.module_name, ROOT / f"{self.module_name}.py")
        self.close()
        for child in list(self.qt_widget.children()):
            if isinstance(child, QtWidgets.QWidget):
                child.hide()
        layout = self.qt_widget.layout()
        while layout.count():
            item = layout.takeAt(0)
            del item  # Slicer takes the layout's items away and leaves the widgets: what is ours we delete ourselves
        QtWidgets.QApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
        return self.open()

    def close(self) -> None:
        """What unloading the module does."""
        if self.widget is not None:
            slicer.app.moduleManager().emit("moduleAboutToBeUnloaded(QString)", self.module_name)
            slicer.app.moduleManager().receivers.clear()
            self.widget = None


class SampleDataLogic:
    """SampleData.SampleDataLogic as far as modules use it."""

    sources: list[dict[str, Any]] = []  # noqa: RUF012
    titles: dict[str, str] = {}  # noqa: RUF012

    @staticmethod
    def registerCustomSampleDataCategory(category: str, title: str) -> None:  # noqa: N802
        SampleDataLogic.titles[category] = title

    @staticmethod
    def registerCustomSampleDataSource(**description: Any) -> None:  # noqa: N802
        SampleDataLogic.sources.append(description)


def load_module(name: str, path: Path) -> types.ModuleType:
    """Import a module file afresh, as Slicer's factory does."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def start() -> Application:
    """Put qt, ctk, slicer.app, slicer.modules and the rest in place, once per process.

    With SLICER_PYTHON naming the folder Base/Python of a Slicer source tree, Slicer's own ScriptedLoadableModule, i18n,
    parameterNodeWrapper and packaging are used instead of the stand-in's.
    """
    if hasattr(slicer, "app"):
        return slicer.app  # type: ignore[no-any-return]
    pythonqt.make_constants_immortal()
    if QtWidgets.QApplication.instance() is None:
        slicer.standin_qapplication = QtWidgets.QApplication(["SpineGuideTest"])
    qt = pythonqt.qt_module()
    qt.standin_replace("QUiLoader", forms.FormLoader)  # type: ignore[attr-defined]
    sys.modules.update({"qt": qt, "ctk": widgets.ctk_module()})
    core = SlicerApp()
    slicer.standin_core = core
    slicer.mrmlScene = core.scene
    slicer.app = Application(core.scene, core.app_logic)
    slicer.modules = types.SimpleNamespace(sampleDataSources={})
    slicer.selfTests = {}
    for name in manifest.names("qMRML"):
        made = pythonqt.class_of(widgets.CLASSES[name]) if name in widgets.CLASSES else widgets.named_only(name)
        setattr(slicer, name, made)
    _install_python_modules()
    return slicer.app


def _translated(text: str) -> str:
    """slicer.i18n.tr: in the context that is made of the calling file's folder and name."""
    caller = Path(sys._getframe(1).f_code.co_filename)
    in_package = (caller.parent / "__init__.py").is_file()
    return str(slicer.app.translate(f"{caller.parent.name}.{caller.stem}" if in_package else caller.stem, text))


def _install_python_modules() -> None:
    source = os.environ.get("SLICER_PYTHON")
    if source:
        slicer.__path__.append(str(Path(source) / "slicer"))
    else:
        from . import parameter_node, scripted_module

        i18n: Any = types.ModuleType("slicer.i18n")
        i18n.tr = _translated
        i18n.translate = slicer.app.translate
        packaging: Any = types.ModuleType("slicer.packaging")
        packaging.pip_check = lambda _requirements: True
        packaging.pip_ensure = lambda _requirements, **_options: None
        modules = {
            "i18n": i18n,
            "ScriptedLoadableModule": scripted_module,
            "packaging": packaging,
            "parameterNodeWrapper": parameter_node,
        }
        for name, module in modules.items():
            sys.modules[f"slicer.{name}"] = module
            setattr(slicer, name, module)
    sample_data: Any = types.ModuleType("SampleData")
    sample_data.SampleDataLogic = SampleDataLogic
    sys.modules["SampleData"] = sample_data
    slicer.util.modulePath = lambda name: str(ROOT / f"{name}.py")
    slicer.util.mainWindow = lambda: None
