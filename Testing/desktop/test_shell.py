"""The module's shell, its way in where packages are missing, its language, and the tests that it brings into Slicer."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import slicer
from courses import wait_until_ready
from standin import application

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shell(scene: Any) -> Any:
    return application.load_module("SpineGuide", ROOT / "SpineGuide.py")


def test_slicer_is_told_title_category_help_and_icon(shell: Any) -> None:
    parent = application.ModuleParent(ROOT / "SpineGuide.py")
    module = shell.SpineGuide(parent)
    assert (parent.title, parent.categories) == ("Spine Guide", ["IGT"])
    assert "Not for clinical use" in parent.helpText
    assert "Cancer Imaging Archive" in parent.acknowledgementText
    assert parent.icon is not None
    assert Path(module.resourcePath("UI/SpineGuide.ui")).is_file()


def test_the_sample_case_is_offered_in_sample_data_after_startup(shell: Any, app: Any) -> None:
    application.SampleDataLogic.sources.clear()
    shell.SpineGuide(application.ModuleParent(ROOT / "SpineGuide.py"))
    assert not application.SampleDataLogic.sources, "nothing is done before Slicer has started"
    app.emit("startupCompleted()")
    source = application.SampleDataLogic.sources[0]
    assert application.SampleDataLogic.titles[source["category"]] == "Spine Guide"
    assert Path(source["thumbnailFileName"]).is_file()


def test_what_runs_when_slicer_starts_needs_no_package_that_slicer_lacks() -> None:
    code = (
        "import sys\n"
        "for name in ('pydantic', 'pynetdicom', 'tomlkit', 'gdcm'): sys.modules[name] = None\n"
        f"sys.path[:0] = [{str(ROOT / 'Testing' / 'desktop')!r}, {str(ROOT)!r}]\n"
        "from standin import application\n"
        "app = application.start()\n"
        "shell = application.load_module('SpineGuide', application.ROOT / 'SpineGuide.py')\n"
        "shell.SpineGuide(application.ModuleParent(application.ROOT / 'SpineGuide.py'))\n"
        "app.emit('startupCompleted()')\n"
        "from SlicerSpineGuide.desktop import dependencies, entrance\n"
        "assert application.SampleDataLogic.sources\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def test_choosing_the_sample_in_sample_data_opens_it(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(slicer.util, "selectModule", shown.append)
    from SlicerSpineGuide.desktop import sample_data

    application.SampleDataLogic.sources.clear()
    sample_data.register()
    application.SampleDataLogic.sources[0]["customDownloader"](None)
    assert shown == ["SpineGuide"]
    wait_until_ready(module.widget.panel)
    assert module.widget.panel.conductor.case is not None


def test_the_modules_own_test_replays_and_draws_the_sample_case(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(shell.SpineGuideTest, "delayDisplay", lambda _self, message, *_a, **_k: said.append(message), raising=False)
    from SlicerSpineGuide.desktop import core_tests

    a_few = [path for path in core_tests.files() if path.name in ("test_geometry.py", "test_deviation.py")]
    monkeypatch.setattr(core_tests, "files", lambda: a_few)
    shell.SpineGuideTest().runTest()
    assert said[-1] == "Spine Guide works in this Slicer."
    assert [s for s in said if s.startswith("The core's unit tests: ")] == [f"The core's unit tests: {p.name}" for p in a_few]
    passed = [s for s in said if s.startswith("The core's unit tests passed: ")]
    assert int(passed[0].split(": ")[1].rstrip(".")) > 20


def test_a_script_replays_a_case_to_a_report(shell: Any, sample_case: Path, tmp_path: Path) -> None:
    short = tmp_path / "short"
    shutil.copytree(sample_case, short)
    case = json.loads((short / "case.json").read_text(encoding="utf-8"))
    (short / "case.json").write_text(json.dumps({**case, "frames": case["frames"][:3]}), encoding="utf-8")
    summary = shell.SpineGuideLogic().replay(str(short), str(tmp_path / "report.json"))
    assert summary["frames"] == 3
    assert (tmp_path / "report.json").is_file()


class MissingPackage:
    """dependencies, as if one package were not there until it is installed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, refuse: bool) -> None:
        from SlicerSpineGuide.desktop import dependencies

        self.lacking = ["pynetdicom>=3.0.4"]
        self.asked: list[Any] = []
        monkeypatch.setattr(dependencies, "missing", lambda *_: list(self.lacking))

        def install(requirements: list[str], **_options: Any) -> None:
            self.asked.append(requirements)
            if refuse:
                raise RuntimeError("User declined")
            self.lacking = []

        monkeypatch.setattr(importlib.import_module("slicer.packaging"), "pip_ensure", install)


def test_missing_packages_are_named_and_installed_only_after_the_button(
    shell: Any, sample_case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = MissingPackage(monkeypatch, refuse=False)
    representation = application.Representation("SpineGuide")
    representation.open().enter()
    assert "pynetdicom" in representation.widget.panel.ui.packagesLabel.text
    assert not state.asked
    representation.widget.panel.open_case(sample_case)
    representation.widget.panel.ui.installButton.click()
    assert state.asked == [["pynetdicom>=3.0.4"]]
    assert representation.widget.panel.ui.caseLabel.text == "No case is open."
    wait_until_ready(representation.widget.panel)
    assert representation.widget.panel.conductor.case is not None, "what was asked for meanwhile"
    representation.close()


def test_a_refused_installation_is_said_and_the_module_stays_usable(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    MissingPackage(monkeypatch, refuse=True)
    representation = application.Representation("SpineGuide")
    representation.open().enter()
    representation.widget.panel.ui.installButton.click()
    assert "User declined" in representation.widget.panel.ui.resultLabel.text
    representation.widget.exit()
    representation.close()


def test_a_requirement_is_met_by_a_newer_version_and_not_by_an_older(monkeypatch: pytest.MonkeyPatch) -> None:
    from SlicerSpineGuide.desktop import dependencies

    monkeypatch.setattr(dependencies.importlib.metadata, "version", lambda _name: "3.10.1")
    assert dependencies._met("pydicom>=3.9")
    assert not dependencies._met("pydicom>=4.0")


@pytest.fixture
def french(app: Any) -> Any:
    from PySide6 import QtCore

    from SlicerSpineGuide.desktop import language
    from SlicerSpineGuide.translation import set_language

    app.applicationLocaleName = "fr_FR"
    yield
    app.applicationLocaleName = "en_US"
    for translator in language._installed.values():
        QtCore.QCoreApplication.removeTranslator(translator.qt_object)
    language._installed.clear()
    set_language("en")


def test_in_a_french_slicer_the_panel_is_french(scene: Any, french: Any, until: Callable[..., None]) -> None:
    catalogue = ElementTree.parse(ROOT / "Resources" / "Translations" / "SpineGuide_fr.ts")
    words = {m.findtext("source"): m.findtext("translation") for m in catalogue.iter("message")}
    application.load_module("SpineGuide", ROOT / "SpineGuide.py")
    representation = application.Representation("SpineGuide")
    representation.open().enter()
    ui = representation.widget.panel.ui
    assert ui.openCaseButton.text == words["Open case"] != "Open case"
    assert ui.caseLabel.text == words["No case is open."] != "No case is open."
    ui.caseFolderEdit.currentPath = "/nowhere"
    ui.openCaseButton.click()
    wait_until_ready(representation.widget.panel)
    assert ui.messageLabel.text == words["{path} is not a folder: give the case folder that holds plan.json."].format(path="/nowhere")
    representation.close()


def test_the_compiled_catalogue_is_the_written_one(app: Any) -> None:
    from PySide6 import QtCore

    path = ROOT / "Resources" / "Translations" / "SpineGuide_fr.ts"
    translator = QtCore.QTranslator()
    assert translator.load(str(path.with_suffix(".qm")))
    for context in ElementTree.parse(path).iter("context"):
        for message in context.iter("message"):
            found = translator.translate(context.findtext("name"), message.findtext("source"))
            assert found == message.findtext("translation"), "run `make translations`"


def test_reloading_reads_the_packages_source_again(module: Any) -> None:
    from SlicerSpineGuide.desktop import entrance

    kept = {n: m for n, m in sys.modules.items() if n.startswith("SlicerSpineGuide")}
    try:
        entrance.forget_modules()
        assert not [n for n in sys.modules if n.startswith("SlicerSpineGuide")]
    finally:
        sys.modules.update(kept)
