"""The module and the scene: closing, saving, loading, reloading."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import slicer
from courses import open_sample, start_replay, wait_until, wait_until_ready
from vtkmodules.vtkCommonMath import vtkMatrix4x4

from SlicerSpineGuide.console.memory import trimmer

Until = Callable[..., None]
DRAWN = ("vtkMRMLModelNode", "vtkMRMLModelDisplayNode", "vtkMRMLMarkupsNode", "vtkMRMLMarkupsDisplayNode", "vtkMRMLVolumeNode")


@pytest.fixture
def playing(panel: Any, until: Until) -> Any:
    session = start_replay(open_sample(panel))
    session.set_speed(0.5)
    session.play()
    until(lambda: panel.ui.lateralLabel.text != "–", "a position in replay")
    return panel


def matrix_of(transform: Any) -> np.ndarray:
    matrix = vtkMatrix4x4()
    transform.GetMatrixTransformToParent(matrix)
    return np.array([[matrix.GetElement(r, c) for c in range(4)] for r in range(4)])


def test_closing_the_scene_while_guidance_runs_stops_it_and_empties_the_panel(playing: Any, scene: Any, until: Until) -> None:
    session = playing.conductor.session
    scene.Clear(0)
    assert playing.conductor.case is None
    assert not session.loop._thread.is_alive()
    assert playing.ui.caseLabel.text == "No case is open."
    assert playing.ui.lateralLabel.text == "–"
    open_sample(playing)


def test_a_saved_scene_brings_plan_registration_instrument_and_choice_back(
    playing: Any, module: Any, scene: Any, tmp_path: Path
) -> None:
    conductor = playing.conductor
    conductor.replay.pause()
    plan, chosen = conductor.plan, conductor.trajectory.id
    registration = matrix_of(conductor.drawing.registration)
    pose = matrix_of(conductor.drawing.instrument_pose)
    assert not np.allclose(pose, np.eye(4))
    bundle = tmp_path / "saved.mrb"
    wait_until(lambda: conductor.drawing.bone is not None, "the bone surface")
    drawn = {kind: scene.GetNumberOfNodesByClass(kind) for kind in DRAWN}
    slicer.standin_core.io_manager.write_scene(bundle)
    scene.Clear(0)
    slicer.standin_core.io_manager.load_scene(bundle)
    wait_until(lambda: module.widget.panel.conductor.drawing.bone is not None, "the bone surface")
    back = module.widget.panel.conductor
    assert back.plan == plan
    assert back.trajectory.id == chosen
    assert np.allclose(matrix_of(back.drawing.registration), registration)
    assert np.allclose(matrix_of(back.drawing.instrument_pose), pose)
    assert not back.drawing.instrument.GetDisplayNode().GetVisibility(), "an old position must not look current"
    assert {kind: scene.GetNumberOfNodesByClass(kind) for kind in DRAWN} == drawn, "something came back twice"
    names = [scene.GetNthNode(i).GetName() for i in range(scene.GetNumberOfNodes())]
    for name in ("Planning CT", "Planned path", "Tolerance", "Target", "Instrument", "Planning CT from live image"):
        assert names.count(name) == 1, name


def test_a_case_that_came_back_replays(playing: Any, module: Any, scene: Any, tmp_path: Path, until: Until) -> None:
    bundle = tmp_path / "saved.mrb"
    slicer.standin_core.io_manager.write_scene(bundle)
    scene.Clear(0)
    slicer.standin_core.io_manager.load_scene(bundle)
    panel = module.widget.panel
    start_replay(panel).play()
    until(lambda: panel.ui.lateralLabel.text != "–", "a position in replay")
    assert panel.ui.registrationLabel.text.startswith("locked")


def test_closing_a_case_that_came_back_leaves_one_of_slicers_own_layouts(panel: Any, app: Any, scene: Any, tmp_path: Path) -> None:
    from SlicerSpineGuide.desktop import layouts

    open_sample(panel)
    bundle = tmp_path / "saved.mrb"
    slicer.standin_core.io_manager.write_scene(bundle)
    scene.Clear(0)
    slicer.standin_core.io_manager.load_scene(bundle)
    assert panel.conductor.case is not None
    panel.ui.closeCaseButton.click()
    assert app.layoutManager().layout not in (layouts.CT, layouts.FLUOROSCOPY)


def test_reloading_the_module_while_guidance_runs_goes_on_with_the_same_case(playing: Any, module: Any) -> None:
    plan, session = playing.conductor.plan, playing.conductor.session
    module.reload()
    assert not session.loop._thread.is_alive()
    assert module.widget.panel is not playing
    assert module.widget.panel.conductor.plan == plan


def test_a_case_that_was_closed_does_not_come_back_with_a_reload(panel: Any, module: Any, nodes: Any) -> None:
    panel.ui.usePlanButton.click()
    wait_until_ready(panel)
    panel.ui.closeCaseButton.click()
    module.reload()
    assert module.widget.panel.conductor.case is None


def resident_mib() -> float:
    """MiB in use, without garbage and without what the C library only keeps for later."""
    gc.collect()
    trimmer()()
    return float(psutil.Process().memory_info().rss / 2**20)


def visit(module: Any, times: int, panels: list[weakref.ref[Any]], visits: int = 1) -> None:
    """Leave and enter the module so often, then reload it; all that so many times."""
    for _ in range(times):
        for _ in range(visits):
            module.widget.exit()
            module.widget.enter()
        panels.append(weakref.ref(module.widget.panel))
        module.reload()


def the_forms_own_share(module: Any, times: int) -> float:
    """MiB that PySide keeps of so many forms that were loaded and deleted: the stand-in's, not ours."""
    from PySide6 import QtCore, QtWidgets

    before = resident_mib()
    for _ in range(times):
        form = slicer.util.loadUI(module.widget.resourcePath("UI/SpineGuide.ui"))
        slicer.util.childWidgetVariables(form)
        form.deleteLater()
        QtWidgets.QApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
    return resident_mib() - before


def test_two_hundred_visits_and_reloads_leave_nothing_behind(module: Any, scene: Any) -> None:
    panels: list[weakref.ref[Any]] = []
    nodes: list[int] = []
    memory: list[float] = []
    for _ in range(10):
        visit(module, 20, panels)
        nodes.append(scene.GetNumberOfNodes())
        memory.append(resident_mib())
    assert not [p for p in panels if p() is not None], "a former panel is still observed or connected"
    assert len(set(nodes)) == 1
    assert memory[-1] - memory[2] < 30 + the_forms_own_share(module, 140), f"MiB over the visits: {memory}"


def test_visits_and_reloads_with_a_case_open_leave_one_case_and_nothing_else(module: Any, scene: Any) -> None:
    open_sample(module.widget.panel)
    panels: list[weakref.ref[Any]] = []
    nodes: list[int] = []
    memory: list[float] = []
    for _ in range(4):
        visit(module, 5, panels, visits=10)
        wait_until(lambda: module.widget.panel.conductor.drawing.bone is not None, "the bone surface")
        nodes.append(scene.GetNumberOfNodes())
        memory.append(resident_mib())
    assert not [p for p in panels if p() is not None], "a former panel is still observed or connected"
    assert len(set(nodes)) == 1
    assert memory[-1] - memory[0] < 60, f"MiB over the visits: {memory}"


def test_closing_the_scene_again_and_again_leaves_no_node_observer_or_memory(module: Any, scene: Any) -> None:
    panel = module.widget.panel
    drawings: list[weakref.ref[Any]] = []
    nodes: list[int] = []
    memory: list[float] = []
    held: list[float] = []
    for _ in range(6):
        before = resident_mib()
        open_sample(panel)
        start_replay(panel)
        held.append(resident_mib() - before)
        drawings.append(weakref.ref(panel.conductor.drawing))
        scene.Clear(0)
        nodes.append(scene.GetNumberOfNodes())
        memory.append(resident_mib())
    assert not [d for d in drawings if d() is not None], "a former case's drawing is still observed or connected"
    assert len(set(nodes)) == 1
    growth = np.diff(memory)
    assert np.median(growth) < np.median(held) / 2, f"MiB over the cases: {memory}; MiB that a case holds: {held}"


def test_a_replay_through_the_widget_keeps_the_number_of_nodes(playing: Any, scene: Any, until: Until) -> None:
    session = playing.conductor.replay
    session.set_speed(8.0)
    until(lambda: playing.conductor.drawing.bone is not None, "the bone surface")
    before = scene.GetNumberOfNodes()
    for _ in range(2):
        session.seek(0)
        session.play()
        until(lambda: not session.playing, "the end of the case", 120.0)
    assert scene.GetNumberOfNodes() == before


def test_the_results_are_nodes_that_other_modules_can_use(playing: Any, scene: Any) -> None:
    live = scene.GetFirstNodeByName("Live image")
    registration = scene.GetFirstNodeByName("Planning CT from live image")
    assert live.GetParentTransformNode() is registration
    assert scene.GetFirstNodeByName("Instrument").GetParentTransformNode() is scene.GetFirstNodeByName("Planning CT from instrument")
    assert scene.GetFirstNodeByName("Planned path").IsA("vtkMRMLMarkupsLineNode")
