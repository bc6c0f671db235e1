"""A plan made of the nodes that people have in Slicer: a volume, a line, a segmentation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer
from courses import wait_until_ready
from vtkmodules.vtkCommonMath import vtkMatrix4x4

from SlicerSpineGuide.scene.coordinates import ras_from_lps, vtk_matrix
from SlicerSpineGuide.scene.nodes import add_volume

Until = Callable[..., None]


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
