"""The core's unit tests inside Slicer: which are run, that a failure is told, and what is said where they cannot be run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def core_tests(scene: Any) -> Any:
    from SlicerSpineGuide.desktop import core_tests

    return core_tests


def unit_tests(folder: Path, body: str) -> list[Path]:
    """A test file in a tree like that of Testing/."""
    (folder / "Testing" / "unit").mkdir(parents=True)
    path = folder / "Testing" / "unit" / "test_of_the_tests.py"
    path.write_text(body, encoding="utf-8")
    return [path]


def test_every_room_of_the_core_is_tested_and_installed_with_the_extension(core_tests: Any) -> None:
    names = {path.name for path in core_tests.files()}
    assert {"test_geometry.py", "test_registration_slices.py", "test_tracking_ct.py", "test_alerts.py", "test_zones.py"} <= names
    listed = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    for path in core_tests.files():
        assert path.relative_to(ROOT).as_posix() in listed
    assert "Testing/data/lidc_ct.nii.gz" in listed
    assert "Testing/conftest.py" in listed


def test_a_unit_test_that_fails_fails_slicers_test_and_is_told(
    core_tests: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = unit_tests(tmp_path, "def test_right():\n    pass\n\n\ndef test_wrong():\n    assert 1 + 1 == 3\n")
    monkeypatch.setattr(core_tests, "files", lambda: files)
    before = list(sys.path), {name for name in sys.modules if "of_the_tests" in name}
    with pytest.raises(AssertionError, match="test_wrong") as told:
        core_tests.run(lambda _message: None)
    assert "1 + 1 == 3" in str(told.value)
    assert "test_right" not in str(told.value)
    assert (list(sys.path), {name for name in sys.modules if "of_the_tests" in name}) == before


def test_a_unit_test_that_cannot_be_read_fails_too(core_tests: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = unit_tests(tmp_path, "import a_package_that_is_nowhere\n")
    monkeypatch.setattr(core_tests, "files", lambda: files)
    with pytest.raises(AssertionError, match="a_package_that_is_nowhere"):
        core_tests.run(lambda _message: None)


def test_without_pytest_one_sentence_says_so_and_nobody_is_asked_in_a_test(core_tests: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from SlicerSpineGuide.desktop import dependencies

    asked: list[Any] = []
    said: list[str] = []
    monkeypatch.setattr(dependencies, "missing", lambda *_: ["pytest>=8"])
    monkeypatch.setattr(dependencies, "install", asked.append)
    core_tests.run(said.append)
    assert said == ["The core's unit tests were not run: pytest>=8 is not installed in this Slicer."]
    assert not asked, "Slicer is in testing mode here"
    monkeypatch.setattr(type(sys.modules["slicer"].app), "testingEnabled", lambda _self: False)
    core_tests.run(said.append)
    assert asked == [["pytest>=8"]]


def test_where_the_tests_do_not_lie_beside_the_module_one_sentence_says_so(
    core_tests: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(core_tests, "folder", lambda: tmp_path / "Testing" / "unit")
    core_tests.run(said.append)
    assert said == ["The core's unit tests do not lie beside this module, and were not run."]
