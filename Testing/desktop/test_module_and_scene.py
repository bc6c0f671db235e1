"""The module and the scene: closing, saving, loading, reloading, and other modules' nodes."""

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

from SlicerSpineGuide.plan import Plan, load_planning_ct
from SlicerSpineGuide.scene.coordinates import ras_from_lps, vtk_matrix
from SlicerSpineGuide.scene.nodes import add_volume

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
    gc.collect()
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
    for _ in range(6):
        open_sample(panel)
        start_replay(panel)
        drawings.append(weakref.ref(panel.conductor.drawing))
        scene.Clear(0)
        nodes.append(scene.GetNumberOfNodes())
        memory.append(resident_mib())
    assert not [d for d in drawings if d() is not None], "a former case's drawing is still observed or connected"
    assert len(set(nodes)) == 1
    assert memory[-1] - memory[1] < 60, f"MiB over the cases: {memory}"


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


# --- other modules' nodes


@pytest.fixture
def nodes(panel: Any, scene: Any, sample_case: Path) -> Any:
    """A CT, a path and a segmentation as a person has them in Slicer, chosen in the panel."""
    plan, planning = Plan.load(sample_case / "plan.json"), load_planning_ct(sample_case / "planning")
    volume = add_volume(scene, "My CT", planning.volume)
    line = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "My path")
    for point in (plan.trajectories[0].entry, plan.trajectories[0].target):
        line.AddControlPoint(*ras_from_lps(point))
    panel.ui.volumeSelector.setCurrentNode(volume)
    panel.ui.lineSelector.setCurrentNode(line)
    panel.ui.patientIdEdit.text = plan.patient_id
    return volume, line, plan


def test_a_plan_is_made_of_a_volume_and_a_line(panel: Any, nodes: Any) -> None:
    volume, _line, plan = nodes
    before = vtkMatrix4x4()
    volume.GetIJKToRASMatrix(before)
    assert panel.ui.usePlanButton.enabled
    panel.ui.usePlanButton.click()
    wait_until_ready(panel)
    assert panel.ui.messageLabel.text == ""
    made = panel.conductor.trajectory
    assert np.allclose(made.entry, plan.trajectories[0].entry, atol=1e-6)
    assert np.allclose(made.target, plan.trajectories[0].target, atol=1e-6)
    assert panel.conductor.drawing.planning_volume is volume
    after = vtkMatrix4x4()
    volume.GetIJKToRASMatrix(after)
    assert str(before).split("Elements")[1] == str(after).split("Elements")[1], "the volume's geometry was changed"


def test_the_users_own_volume_and_line_survive_closing_the_case(panel: Any, nodes: Any, scene: Any) -> None:
    volume, line, _plan = nodes
    panel.ui.usePlanButton.click()
    wait_until_ready(panel)
    panel.ui.closeCaseButton.click()
    assert scene.IsNodePresent(volume)
    assert scene.IsNodePresent(line)


def test_visible_segments_become_zones_with_the_margin(panel: Any, nodes: Any, scene: Any) -> None:
    volume, _line, _plan = nodes
    segmentation = segmentation_in(scene, volume, {"canal": (0.45, 0.55), "lung": (0.1, 0.2)})
    panel.ui.segmentationSelector.setCurrentNode(segmentation)
    panel.ui.marginSpin.value = 3.5
    panel.ui.usePlanButton.click()
    wait_until_ready(panel)
    assert panel.ui.messageLabel.text == ""
    zones = panel.conductor.plan.zones
    assert [(z.name, z.label, z.margin_mm) for z in zones] == [("canal", 1, 3.5), ("lung", 2, 3.5)]
    panel.ui.startLiveButton.click()  # the guide reads the zones: they lie in the CT's own space
    wait_until_ready(panel)
    assert panel.ui.messageLabel.text == ""
    panel.ui.stopButton.click()


def test_a_procedure_gives_its_tolerances_and_the_margins_of_its_zones(panel: Any, nodes: Any, scene: Any) -> None:
    from SlicerSpineGuide.plan.procedures import procedures

    identifiers = list(procedures())
    chosen = procedures()["pedicle-screw"]
    panel.ui.procedureSelector.setCurrentIndex(identifiers.index("pedicle-screw"))
    panel.ui.procedureSelector.activated(identifiers.index("pedicle-screw"))
    named = chosen.zones[0]
    segmentation = segmentation_in(scene, nodes[0], {named.name: (0.45, 0.55), "implant": (0.1, 0.2)})
    panel.ui.segmentationSelector.setCurrentNode(segmentation)
    panel.ui.marginSpin.value = 4.5
    panel.ui.usePlanButton.click()
    wait_until_ready(panel)
    assert panel.ui.messageLabel.text == ""
    plan = panel.conductor.plan
    assert plan.procedure == "pedicle-screw"
    assert plan.trajectories[0].tolerance == chosen.tolerance
    assert {z.name: z.margin_mm for z in plan.zones} == {named.name: named.margin_mm, "implant": 4.5}
    assert panel.ui.lateralLimitSpin.value == chosen.tolerance.lateral_mm


def test_the_catalogue_fills_in_an_instrument_of_the_procedure(panel: Any) -> None:
    assert panel.ui.catalogueSelector.count > 3
    panel.ui.catalogueSelector.activated(2)
    chosen = panel.plan_section._catalogue[2]
    assert panel.ui.instrumentName.text == chosen.name
    assert panel.ui.diameterSpin.value == pytest.approx(chosen.diameter_mm)
    assert panel.state.length_mm == chosen.length_mm


def test_paths_are_proposed_in_a_segmented_vertebra_and_drawn_as_lines(
    panel: Any, scene: Any, lidc_volume: Any, lidc_labels: Any, tmp_path: Path
) -> None:
    volume = add_volume(scene, "My CT", lidc_volume)
    segmentation = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Spine")
    segmentation.CreateDefaultDisplayNodes()
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    labels = scene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "vertebrae_T12")
    slicer.util.updateVolumeFromArray(labels, (lidc_labels.voxels == 32).astype(np.uint8))
    labels.SetIJKToRASMatrix(vtk_matrix(ras_from_lps(lidc_labels.lps_from_index)))
    slicer.vtkSlicerSegmentationsModuleLogic.ImportLabelmapToSegmentationNode(labels, segmentation)
    segmentation.GetSegmentation().GetNthSegment(0).SetName("vertebrae_T12")
    scene.RemoveNode(labels)
    panel.ui.volumeSelector.setCurrentNode(volume)
    panel.ui.segmentationSelector.setCurrentNode(segmentation)
    panel.ui.patientIdEdit.text = "P"
    assert panel.ui.levelSelector.currentText == "T12"
    panel.ui.proposeButton.click()
    wait_until_ready(panel)
    assert panel.ui.messageLabel.text == ""
    assert panel.ui.proposalsList.count > 0
    panel.ui.proposalsList.setCurrentRow(0)
    line = panel.ui.lineSelector.currentNode()
    assert line.GetNumberOfControlPoints() == 2
    panel.ui.usePlanButton.click()
    wait_until_ready(panel)
    assert panel.ui.messageLabel.text == ""
    assert panel.conductor.plan.zones == (), "a vertebra is no zone to stay out of"
    assert panel.conductor.trajectory.length_mm > 30


def test_what_the_forms_say_is_in_the_parameter_node_and_comes_back(panel: Any, module: Any, nodes: Any, tmp_path: Path) -> None:
    volume, line, plan = nodes
    panel.ui.marginSpin.value, panel.ui.instrumentName.text = 3.5, "13G"
    assert (panel.state.volume, panel.state.line) == (volume, line)
    assert (panel.state.margin_mm, panel.state.instrument_name, panel.state.patient_id) == (3.5, "13G", plan.patient_id)
    panel.state.margin_mm = 1.5
    assert panel.ui.marginSpin.value == 1.5, "another module may write it, too"
    bundle = tmp_path / "forms.mrb"
    slicer.standin_core.io_manager.write_scene(bundle)
    slicer.mrmlScene.Clear(0)
    assert panel.ui.instrumentName.text != "13G"
    slicer.standin_core.io_manager.load_scene(bundle)
    ui = module.widget.panel.ui
    assert (ui.marginSpin.value, ui.instrumentName.text, ui.patientIdEdit.text) == (1.5, "13G", plan.patient_id)
    assert ui.lineSelector.currentNode().GetName() == "My path"


def segmentation_in(scene: Any, volume: Any, boxes: dict[str, tuple[float, float]]) -> Any:
    """A segmentation with a box for each name, between two fractions of the volume's columns."""
    segmentation = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Zones")
    segmentation.CreateDefaultDisplayNodes()
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    columns, rows, slices = volume.GetImageData().GetDimensions()
    for name, (low, high) in boxes.items():
        labels = scene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", name)
        voxels = np.zeros((slices, rows, columns), dtype=np.uint8)
        voxels[2:-2, rows // 4 : rows // 2, int(low * columns) : int(high * columns)] = 1
        matrix = vtkMatrix4x4()
        volume.GetIJKToRASMatrix(matrix)
        slicer.util.updateVolumeFromArray(labels, voxels)
        labels.SetIJKToRASMatrix(matrix)
        slicer.vtkSlicerSegmentationsModuleLogic.ImportLabelmapToSegmentationNode(labels, segmentation)
        scene.RemoveNode(labels)
    for index, name in enumerate(boxes):
        segments = segmentation.GetSegmentation()
        segments.GetSegment(segments.GetNthSegmentID(index)).SetName(name)
    return segmentation


def test_a_line_outside_the_ct_is_refused(panel: Any, nodes: Any) -> None:
    _volume, line, _plan = nodes
    line.SetNthControlPointPosition(0, 9000.0, 0.0, 0.0)
    panel.ui.lengthSpin.value = 400.0
    panel.ui.usePlanButton.click()
    wait_until_ready(panel)
    assert panel.ui.messageLabel.text
    assert panel.conductor.case is None


def test_an_instrument_shorter_than_the_path_is_refused(panel: Any, nodes: Any) -> None:
    panel.ui.lengthSpin.value = 10.0
    panel.ui.usePlanButton.click()
    wait_until_ready(panel)
    assert "shorter" in panel.ui.messageLabel.text


def test_a_line_of_one_point_is_refused(panel: Any, nodes: Any) -> None:
    nodes[1].RemoveNthControlPoint(1)
    panel.ui.usePlanButton.click()
    wait_until_ready(panel)
    assert "two points" in panel.ui.messageLabel.text


def test_a_volume_under_a_transform_is_refused(panel: Any, nodes: Any, scene: Any) -> None:
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "shift")
    nodes[0].SetAndObserveTransformNodeID(transform.GetID())
    panel.ui.usePlanButton.click()
    wait_until_ready(panel)
    assert "transform" in panel.ui.messageLabel.text


def test_a_plan_needs_a_patient_id(panel: Any, nodes: Any) -> None:
    panel.ui.patientIdEdit.text = "  "
    assert not panel.ui.usePlanButton.enabled
    assert "patient ID" in panel.ui.usePlanButton.toolTip


def test_a_tracked_transform_is_measured_against_the_path(panel: Any, scene: Any) -> None:
    open_sample(panel)
    trajectory = panel.conductor.trajectory
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "NeedleTip")
    side = np.cross(trajectory.direction, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    pose = np.eye(4)
    pose[:3, 2] = trajectory.direction
    pose[:3, 0] = side
    pose[:3, 1] = np.cross(trajectory.direction, side)
    pose[:3, 3] = trajectory.target - 10.0 * trajectory.direction + 3.0 * side
    transform.SetMatrixTransformToParent(vtk_matrix(ras_from_lps(pose)))
    panel.ui.trackedSelector.setCurrentNode(transform)
    panel.look()
    assert panel.ui.trackedLabel.text == "NeedleTip: lateral 3.0 mm, angle 0.0°, to target 10.0 mm"


def test_a_tracked_transform_that_is_not_renewed_is_not_shown_as_current(panel: Any, scene: Any) -> None:
    from SlicerSpineGuide.desktop.tracked import TrackedTool

    open_sample(panel)
    now = [0.0]
    tool = TrackedTool(clock=lambda: now[0])
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "NeedleTip")
    tool.follow(transform)
    assert "lateral" in tool.describe(panel.conductor.trajectory)
    now[0] = 5.0
    assert tool.describe(panel.conductor.trajectory) == "NeedleTip: The tracked tool's last position is 5.0 s old."
    transform.SetMatrixTransformToParent(vtk_matrix(np.eye(4)))
    transform.TransformModified()
    assert "lateral" in tool.describe(panel.conductor.trajectory)
    transform.SetMatrixTransformToParent(vtk_matrix(np.diag([2.0, 2.0, 2.0, 1.0])))
    assert "not a rotation" in tool.describe(panel.conductor.trajectory)
    tool.follow(None)
    assert tool.describe(panel.conductor.trajectory) == ""


def test_the_results_are_nodes_that_other_modules_can_use(playing: Any, scene: Any) -> None:
    live = scene.GetFirstNodeByName("Live image")
    registration = scene.GetFirstNodeByName("Planning CT from live image")
    assert live.GetParentTransformNode() is registration
    assert scene.GetFirstNodeByName("Instrument").GetParentTransformNode() is scene.GetFirstNodeByName("Planning CT from instrument")
    assert scene.GetFirstNodeByName("Planned path").IsA("vtkMRMLMarkupsLineNode")
