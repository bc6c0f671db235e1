"""The Slicer module on the stand-in: fixtures."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).resolve().parent), str(ROOT)]

from standin import application, pythonqt  # noqa: E402


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """slicer.app of the stand-in, with qt, ctk and the desktop's Python modules in place."""
    started = application.start()
    started.temporaryPath = str(tmp_path_factory.mktemp("slicer"))
    return started


@pytest.fixture
def scene(app: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """An empty scene, and a home folder of the test's own for the node's configuration."""
    import slicer

    monkeypatch.setenv("SPINEGUIDE_HOME", str(tmp_path / "home"))
    slicer.mrmlScene.Clear(0)
    yield slicer.mrmlScene
    slicer.mrmlScene.Clear(0)


@pytest.fixture
def module(scene: Any) -> Iterator[application.Representation]:
    """The module as Slicer has loaded and opened it."""
    application.load_module("SpineGuide", ROOT / "SpineGuide.py")
    representation = application.Representation("SpineGuide")
    pythonqt.raised.clear()
    representation.open().enter()
    yield representation
    representation.close()
    assert not pythonqt.raised, "a slot raised an exception"


@pytest.fixture
def panel(module: application.Representation) -> Any:
    return module.widget.panel


@pytest.fixture(scope="session")
def sample_case(app: Any) -> Path:
    from SlicerSpineGuide.desktop.sample_data import sample_case

    return sample_case()


@pytest.fixture
def until(app: Any) -> Callable[..., None]:
    """Let Qt's events and timers run until something is true."""
    from PySide6 import QtCore, QtWidgets

    def wait(true: Callable[[], Any], what: str = "", seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, f"it did not come true within {seconds:.0f} s: {what}"
            QtWidgets.QApplication.processEvents(QtCore.QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.005)

    return wait
