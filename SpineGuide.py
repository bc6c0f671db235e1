"""Spine Guide: the 3D Slicer module's shell. Slicer asks for these four classes by name; what they do is in SlicerSpineGuide/.

Nothing but names is imported here: packages that Slicer lacks are asked for when the module is opened, not when Slicer starts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

try:
    import slicer
    from slicer.i18n import tr as _
    from slicer.ScriptedLoadableModule import (
        ScriptedLoadableModule,
        ScriptedLoadableModuleLogic,
        ScriptedLoadableModuleTest,
        ScriptedLoadableModuleWidget,
    )
except ImportError:  # outside the Slicer application: without slicer, or with slicer-core, which has no modules
    from SlicerSpineGuide.translation import tr as _

    class ScriptedLoadableModule:  # type: ignore[no-redef]
        pass

    ScriptedLoadableModuleLogic = ScriptedLoadableModuleTest = ScriptedLoadableModuleWidget = ScriptedLoadableModule


class SpineGuide(ScriptedLoadableModule):
    """What Slicer lists: title, category, help, acknowledgement. The icon is Resources/Icons/SpineGuide.svg."""

    def __init__(self, parent: Any) -> None:
        ScriptedLoadableModule.__init__(self, parent)
        parent.title = _("Spine Guide")
        parent.categories = ["IGT"]
        parent.dependencies = ["Markups", "Models", "Segmentations", "Transforms", "Volumes"]
        parent.contributors = ["SlicerSpineGuide contributors"]
        parent.helpText = _(
            "Guidance of percutaneous spine procedures in the CT and fluoroscopy room: live images arrive by DICOM, are registered "
            "to the plan, the instrument is found in them, and an alert is raised when it leaves the planned path. "
            "Not for clinical use: research and training."
        )
        parent.acknowledgementText = _(
            "Built on 3D Slicer, VTK, SimpleITK, pydicom and pynetdicom. The sample case was made from a public CT of The Cancer "
            "Imaging Archive; its attribution is in Resources/Cases."
        )
        slicer.app.connect("startupCompleted()", self.register_sample_data)

    @staticmethod
    def register_sample_data() -> None:
        """Offer the sample case in the Sample Data module."""
        from SlicerSpineGuide.desktop.sample_data import register

        register()


class SpineGuideWidget(ScriptedLoadableModuleWidget):
    """The module's panel; everything in it belongs to SlicerSpineGuide.desktop."""

    def __init__(self, parent: Any = None) -> None:
        self.logic: SpineGuideLogic | None = None
        self.panel: Any = None
        ScriptedLoadableModuleWidget.__init__(self, parent)

    def setup(self) -> None:
        ScriptedLoadableModuleWidget.setup(self)
        from SlicerSpineGuide.desktop.entrance import open_panel

        self.logic = SpineGuideLogic()
        self.panel = open_panel(self)

    def enter(self) -> None:
        if self.panel is not None:
            self.panel.enter()

    def exit(self) -> None:
        if self.panel is not None:
            self.panel.exit()

    def cleanup(self) -> None:
        if self.panel is not None:
            self.panel.cleanup()
            self.panel = None

    def onReload(self) -> None:  # noqa: N802  (Slicer's name)
        """Reload the package along with this file, so that a developer sees what was changed anywhere."""
        from SlicerSpineGuide.desktop.entrance import forget_modules

        forget_modules()
        ScriptedLoadableModuleWidget.onReload(self)


class SpineGuideFileReader:
    """What is dropped on Slicer's window, or chosen in Add Data: a case's archive, or its case.json."""

    def __init__(self, parent: Any) -> None:
        self.parent = parent

    def description(self) -> str:
        return _("Spine Guide case")

    def fileType(self) -> str:  # noqa: N802  (Slicer's name)
        return "SpineGuideCase"

    def extensions(self) -> list[str]:
        return [_("Spine Guide case") + " (*.zip)", _("Spine Guide case") + " (*case.json)"]

    def canLoadFile(self, filePath: str) -> bool:  # noqa: N802, N803  (Slicer's names)
        return self.canLoadFileConfidence(filePath) > 0

    def canLoadFileConfidence(self, filePath: str) -> float:  # noqa: N802, N803  (Slicer's names)
        from SlicerSpineGuide.desktop.opening import confidence

        return confidence(Path(filePath))

    def load(self, properties: dict[str, Any]) -> bool:
        from SlicerSpineGuide.desktop.opening import show_case

        show_case(Path(properties["fileName"]))
        return True


class SpineGuideLogic(ScriptedLoadableModuleLogic):
    """For scripts: the module's state in this scene, and a case through the live loop without the panel."""

    def getParameterNode(self) -> Any:  # noqa: N802  (Slicer's name)
        """The module's typed parameter node, SpineGuideParameterNode."""
        from SlicerSpineGuide.desktop.state import SpineGuideParameterNode

        return SpineGuideParameterNode(ScriptedLoadableModuleLogic.getParameterNode(self))

    def replay(self, case_folder: str, report_path: str) -> dict[str, Any]:
        """Replay a case folder through the live loop as fast as it goes; writes the report and returns its summary."""
        from SlicerSpineGuide.desktop.batch import replay

        return replay(Path(case_folder), Path(report_path))


class SpineGuideTest(ScriptedLoadableModuleTest):
    """Slicer's Reload and Test, and the extension's ctest."""

    def runTest(self, **_options: Any) -> None:  # noqa: N802  (Slicer's name)
        """Run the checks on the sample cases (positions, alerts, the node, the drawing, the saved state) and the core's unit tests."""
        from SlicerSpineGuide.desktop.self_test import run

        run(self.delayDisplay)
