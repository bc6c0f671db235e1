"""The same vertebra out of every form a segmentation comes in: label map with names, .seg.nrrd, DICOM SEG, Slicer's own node."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk
from test_zones import segmentation

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import PlanningCt
from SlicerSpineGuide.plan.segmentation import open_segmentation
from SlicerSpineGuide.plan.vertebra import read_vertebra


@pytest.fixture(scope="module")
def planning(lidc_volume):
    return PlanningCt(lidc_volume, "P", "1", "1.2.4", "HFP")


@pytest.fixture(scope="module")
def expected(lidc_labels):
    return read_vertebra(lidc_labels, 32, "T12")


def same_vertebra(vertebra, expected) -> bool:
    return bool(
        np.linalg.norm(vertebra.canal_centre - expected.canal_centre) < 0.5
        and np.linalg.norm(vertebra.body_centre - expected.body_centre) < 0.5
    )


@pytest.mark.parametrize("name", ["labels.nrrd", "labels.nii.gz", "labels.mha"])
def test_a_label_map_with_a_table_of_names(tmp_path, planning, lidc_labels, expected, name):
    own = np.where(lidc_labels.voxels == 32, 5, 0).astype(np.uint8)
    sitk.WriteImage(Volume(own, lidc_labels.lps_from_index).to_sitk(), str(tmp_path / name))
    table = {"schema": "spineguide-labels", "version": 1, "id": "own", "source": "ours", "labels": {"vert. T12": 5, "L1": 6}}
    (tmp_path / "names.json").write_text(json.dumps(table))
    opened = open_segmentation(tmp_path / name, tmp_path / "names.json")
    assert opened.levels == {"T12": 5}
    assert same_vertebra(opened.vertebra("T12", planning), expected)


def test_a_wrong_table_of_names_is_named(tmp_path, lidc_labels):
    sitk.WriteImage(lidc_labels.to_sitk(), str(tmp_path / "labels.nrrd"))
    (tmp_path / "names.json").write_text('{"T12": 32}')
    with pytest.raises(BadInput, match=r"names\.json: schema"):
        open_segmentation(tmp_path / "labels.nrrd", tmp_path / "names.json")


def test_a_seg_nrrd_brings_its_own_names(tmp_path, planning, lidc_labels, expected):
    image = Volume(np.where(lidc_labels.voxels == 32, 1, 2 * (lidc_labels.voxels == 31)).astype(np.uint8), lidc_labels.lps_from_index)
    written = image.to_sitk()
    for k, (name, label) in enumerate((("T12 vertebra", 1), ("L1 vertebra", 2))):
        written.SetMetaData(f"Segment{k}_ID", f"Segment_{k}")
        written.SetMetaData(f"Segment{k}_Name", name)
        written.SetMetaData(f"Segment{k}_LabelValue", str(label))
    sitk.WriteImage(written, str(tmp_path / "spine.seg.nrrd"))
    opened = open_segmentation(tmp_path / "spine.seg.nrrd")
    assert opened.levels == {"T12": 1, "L1": 2}
    assert same_vertebra(opened.vertebra("T12", planning), expected)


def test_a_dicom_segmentation_brings_its_own_names(tmp_path, planning, lidc_labels, expected):
    mask = Volume((lidc_labels.voxels == 32).astype(np.uint8), lidc_labels.lps_from_index)
    dataset = segmentation(mask, frame_of_reference="1.2.4", number=2)
    for item, name in zip(dataset.SegmentSequence, ("something else", "vertebrae_T12"), strict=True):
        item.SegmentLabel = name
    dataset.save_as(tmp_path / "IM0001")
    opened = open_segmentation(tmp_path / "IM0001")
    assert opened.levels == {"T12": 2}
    assert same_vertebra(opened.vertebra("T12", planning), expected)


def test_what_slicers_own_segmentation_node_writes_is_read(tmp_path, planning, lidc_labels, expected):
    slicer = pytest.importorskip("slicer")
    labels = slicer.vtkMRMLLabelMapVolumeNode()
    scene = slicer.vtkMRMLScene()
    sitk.WriteImage(
        Volume((lidc_labels.voxels == 32).astype(np.uint8), lidc_labels.lps_from_index).to_sitk(), str(tmp_path / "t12.nrrd")
    )
    reader = scene.AddNode(slicer.vtkMRMLVolumeArchetypeStorageNode())
    scene.AddNode(labels)
    reader.SetFileName(str(tmp_path / "t12.nrrd"))
    assert reader.ReadData(labels)
    node = scene.AddNode(slicer.vtkMRMLSegmentationNode())
    node.SetReferenceImageGeometryParameterFromVolumeNode(labels)
    logic = slicer.vtkSlicerSegmentationsModuleLogic
    assert logic.ImportLabelmapToSegmentationNode(labels, node)
    node.GetSegmentation().GetNthSegment(0).SetName("T12")
    writer = scene.AddNode(slicer.vtkMRMLSegmentationStorageNode())
    writer.SetFileName(str(tmp_path / "spine.seg.nrrd"))
    assert writer.WriteData(node)
    opened = open_segmentation(tmp_path / "spine.seg.nrrd")
    assert opened.levels == {"T12": 1}
    assert same_vertebra(opened.vertebra("T12", planning), expected)
