"""The Slicer module on the stand-in: fixtures."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).resolve().parent), str(ROOT)]

import courses  # noqa: E402
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
    return courses.wait_until


@pytest.fixture
def opened(panel: Any) -> Any:
    """The panel with the sample case."""
    return courses.open_sample(panel)


@pytest.fixture
def playing(opened: Any) -> Any:
    """The sample case in replay, standing still at the first image with a position."""
    courses.start_replay(opened)
    courses.step_until(opened, lambda update: update.deviation is not None)
    return opened


@pytest.fixture
def nodes(panel: Any, scene: Any, sample_case: Path) -> Any:
    """A CT and a path as a person has them in Slicer, chosen in the panel."""
    from SlicerSpineGuide.plan import Plan, load_planning_ct
    from SlicerSpineGuide.scene.coordinates import ras_from_lps
    from SlicerSpineGuide.scene.nodes import add_volume

    plan, planning = Plan.load(sample_case / "plan.json"), load_planning_ct(sample_case / "planning")
    volume = add_volume(scene, "My CT", planning.volume)
    line = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "My path")
    for point in (plan.trajectories[0].entry, plan.trajectories[0].target):
        line.AddControlPoint(*ras_from_lps(point))
    panel.ui.volumeSelector.setCurrentNode(volume)
    panel.ui.lineSelector.setCurrentNode(line)
    panel.ui.patientIdEdit.text = plan.patient_id
    return volume, line, plan
