"""The names of slicer.ScriptedLoadableModule, with the behaviour that a module may rely on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import slicer


class ScriptedLoadableModule:
    def __init__(self, parent: Any) -> None:
        self.parent = parent
        self.moduleName = type(self).__name__
        parent.title, parent.categories, parent.dependencies, parent.contributors = "", [], [], []
        parent.helpText = parent.acknowledgementText = ""
        icons = Path(parent.path).parent / "Resources" / "Icons"
        parent.icon = next((str(p) for p in (icons / f"{self.moduleName}.svg", icons / f"{self.moduleName}.png") if p.is_file()), None)
        slicer.selfTests[self.moduleName] = self.runTest

    def resourcePath(self, filename: str) -> str:  # noqa: N802
        return str(Path(self.parent.path).parent / "Resources" / filename)

    def runTest(self, msec: int = 100, **options: Any) -> None:  # noqa: N802
        test = getattr(sys.modules[type(self).__module__], self.moduleName + "Test")()
        test.messageDelay = msec
        test.runTest(**options)


class ScriptedLoadableModuleWidget:
    def __init__(self, parent: Any = None) -> None:
        self.moduleName = type(self).__name__.removesuffix("Widget")
        self.developerMode = False
        self.parent = parent
        self.layout = parent.layout()
        slicer.app.moduleManager().connect("moduleAboutToBeUnloaded(QString)", self._about_to_be_unloaded)

    def resourcePath(self, filename: str) -> str:  # noqa: N802
        return str(Path(slicer.util.modulePath(self.moduleName)).parent / "Resources" / filename)

    def setup(self) -> None:
        pass

    def cleanup(self) -> None:
        pass

    def onReload(self) -> None:  # noqa: N802
        slicer.util.reloadScriptedModule(self.moduleName)

    def _about_to_be_unloaded(self, name: str) -> None:
        if name == self.moduleName:
            self.cleanup()


class ScriptedLoadableModuleLogic:
    def __init__(self, parent: Any = None) -> None:
        self.moduleName = type(self).__name__.removesuffix("Logic")
        self.isSingletonParameterNode = True

    def getParameterNode(self) -> Any:  # noqa: N802
        node = slicer.mrmlScene.GetSingletonNode(self.moduleName, "vtkMRMLScriptedModuleNode")
        return node if node is not None else slicer.mrmlScene.AddNode(self.createParameterNode())

    def createParameterNode(self) -> Any:  # noqa: N802
        node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLScriptedModuleNode")
        node.UnRegister(None)
        node.SetSingletonTag(self.moduleName)
        node.SetModuleName(self.moduleName)
        node.SetName(self.moduleName)
        return node


class ScriptedLoadableModuleTest:
    messageDelay = 0  # noqa: N815

    def delayDisplay(self, message: str, *_arguments: Any, **_options: Any) -> None:  # noqa: N802
        print(message)  # noqa: T201

    def runTest(self) -> None:  # noqa: N802
        raise NotImplementedError
