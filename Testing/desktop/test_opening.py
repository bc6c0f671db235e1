"""Cases that come from outside the panel: archives and case.json files, dropped on Slicer's window or named."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import slicer
from courses import wait_until_ready


@pytest.fixture(scope="module")
def archive(sample_case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample case with its first three images, in a zip archive that wraps its folder."""
    path = tmp_path_factory.mktemp("archive") / "my case.zip"
    case = json.loads((sample_case / "case.json").read_text(encoding="utf-8"))
    case["frames"] = case["frames"][:3]
    kept = {name for frame in case["frames"] for name in frame["files"]}
    with zipfile.ZipFile(path, "w") as file:
        for member in sorted(p for p in sample_case.rglob("*") if p.is_file()):
            name = member.relative_to(sample_case).as_posix()
            if name == "case.json":
                file.writestr(f"case/{name}", json.dumps(case))
            elif not name.startswith("live/") or name in kept:
                file.write(member, f"case/{name}")
    return path


@pytest.fixture
def reader(module: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module's reader as Slicer makes it when it registers the module."""
    import sys

    monkeypatch.setattr(slicer.util, "selectModule", lambda _name: None)
    return sys.modules["SpineGuide"].SpineGuideFileReader(object())


def test_slicer_is_told_what_the_reader_takes(reader: Any) -> None:
    assert reader.description() == "Spine Guide case"
    assert reader.fileType() == "SpineGuideCase"
    assert [e.rsplit("(", 1)[1] for e in reader.extensions()] == ["*.zip)", "*case.json)"]


def test_a_dropped_archive_opens_as_a_case(reader: Any, panel: Any, archive: Path) -> None:
    assert reader.canLoadFile(str(archive))
    confidence = reader.canLoadFileConfidence(str(archive))
    assert isinstance(confidence, float) and 0.6 < confidence <= 1.0
    assert reader.load({"fileName": str(archive)}) is True
    wait_until_ready(panel)
    assert panel.ui.messageLabel.text == ""
    assert len(panel.conductor.case.case.frames) == 3
    assert panel.ui.startReplayButton.enabled


def test_a_dropped_case_json_opens_its_folder(reader: Any, panel: Any, sample_case: Path) -> None:
    assert reader.canLoadFile(str(sample_case / "case.json"))
    reader.load({"fileName": str(sample_case / "case.json")})
    wait_until_ready(panel)
    assert panel.conductor.case.folder == sample_case


def test_other_archives_and_files_are_left_to_slicer(reader: Any, tmp_path: Path) -> None:
    other = tmp_path / "scene.zip"
    with zipfile.ZipFile(other, "w") as file:
        file.writestr("scene.mrml", "<MRML/>")
        file.writestr("a/b/c/case.json", "{}")
    (tmp_path / "case.json").write_text('{"schema": "another"}', encoding="utf-8")
    (tmp_path / "broken.zip").write_bytes(b"no archive")
    for name in ("scene.zip", "case.json", "broken.zip", "missing.zip"):
        assert not reader.canLoadFile(str(tmp_path / name)), name


def test_an_archive_is_named_in_the_form_or_dropped_on_it(panel: Any, archive: Path) -> None:
    panel.ui.caseFolderEdit.currentPath = archive.as_uri()
    panel.ui.openCaseButton.click()
    wait_until_ready(panel)
    assert panel.ui.messageLabel.text == ""
    assert len(panel.conductor.case.case.frames) == 3
    assert panel.ui.caseFolderEdit.currentPath == str(archive)


def test_an_archive_that_is_none_is_answered_in_one_sentence(panel: Any, tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"no archive")
    panel.open_case(tmp_path / "broken.zip")
    wait_until_ready(panel)
    panel.look()
    assert "broken.zip cannot be unpacked" in panel.ui.messageLabel.text
    assert panel.conductor.case is None
