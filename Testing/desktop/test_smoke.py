"""The script for a real Slicer, run through on the stand-in: so that what is handed to a person has been run once."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import slicer
from courses import wait_until

SMOKE = Path(__file__).parent / "smoke.py"


def test_the_smoke_scripts_course_holds_on_the_stand_in(
    module: Any, app: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import qt

    left: list[int] = []
    monkeypatch.setattr(qt.QStandardPaths, "writableLocation", lambda _which: str(tmp_path))
    monkeypatch.setattr(slicer.util, "selectModule", lambda _name: None)
    monkeypatch.setattr(slicer.util, "saveScene", lambda path: slicer.standin_core.io_manager.write_scene(Path(path)))
    monkeypatch.setattr(slicer.util, "loadScene", lambda path: slicer.standin_core.io_manager.load_scene(Path(path)))
    monkeypatch.setattr(slicer.util, "reloadScriptedModule", lambda _name: module.reload())
    monkeypatch.setattr(slicer.util, "exit", left.append)
    names = runpy.run_path(str(SMOKE))
    wait_until(lambda: left, "the end of the course", 200.0)
    assert left == [0], names["smoke"]._what
