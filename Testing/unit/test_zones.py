"""Zones: distances in mm whatever the voxels' shape and the file's format, and one sentence for what cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import vtkReverseSense
from vtkmodules.vtkIOGeometry import vtkSTLWriter
from vtkmodules.vtkIOPLY import vtkPLYWriter
from vtkmodules.vtkIOXML import vtkXMLPolyDataWriter

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import apply, rotation_from_vector
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import InstrumentSpec, Plan, PlanningCt, Trajectory, ZoneRef
from SlicerSpineGuide.plan.zones import Zone, load_zones, surface_of

SPACING = np.array([0.7, 0.9, 2.5])
CENTRE = np.array([-12.0, 40.0, -100.0])
RADIUS = 9.0


def volume_of(voxels: np.ndarray, turn: tuple[float, float, float] = (0.1, -0.05, 0.2)) -> Volume:
    """Voxels around CENTRE, anisotropic and oblique."""
    matrix = np.eye(4)
    matrix[:3, :3] = rotation_from_vector(turn) * SPACING
    matrix[:3, 3] = CENTRE - matrix[:3, :3] @ ((np.array(voxels.shape[::-1]) - 1) / 2)
    return Volume(voxels, matrix)


def ball(shape: tuple[int, int, int] = (24, 50, 60)) -> Volume:
    volume = volume_of(np.zeros(shape, dtype=np.uint8))
    index = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), axis=-1)[..., ::-1]
    inside = np.linalg.norm(apply(volume.lps_from_index, index) - CENTRE, axis=-1) < RADIUS
    return Volume(inside.astype(np.uint8), volume.lps_from_index)


BALL = ball()
PLANNING = PlanningCt(volume_of(np.zeros((60, 120, 150), dtype=np.int16)), "P1", "1.2.3", "1.2.4", "HFP")
ZONE = Zone("ball", 2.0, surface_of(BALL))


def plan_with(file: str, label: int = 1) -> Plan:
    instrument = InstrumentSpec(kind="needle", name="22G", diameter_mm=0.7, length_mm=90)
    trajectory = Trajectory(id="a", instrument=instrument, entry_lps=(0, 0, 0), target_lps=(0, 0, 50))
    return Plan(
        patient_id="P1",
        series_instance_uid="1.2.3",
        frame_of_reference_uid="1.2.4",
        procedure="infiltration",
        trajectories=(trajectory,),
        zones=(ZoneRef(name="canal", file=file, label=label, margin_mm=1.5),),
    )


def write_labels(path: Path, volume: Volume, label: int = 1) -> Path:
    sitk.WriteImage(Volume(volume.voxels * np.uint8(label), volume.lps_from_index).to_sitk(), str(path))
    return path


@given(st.floats(0, 30), st.floats(-1, 1), st.floats(0, 6.28))
def test_the_distance_to_a_ball_is_its_radius_less_whatever_the_voxels(away: float, height: float, around: float) -> None:
    flat = np.sqrt(1 - height**2)
    point = CENTRE + away * np.array([flat * np.cos(around), flat * np.sin(around), height])
    assert ZONE.distance(point[None])[0] == pytest.approx(away - RADIUS, abs=1.3)  # half a slice


def test_thick_slices_make_a_zone_seem_nearer_rather_than_farther() -> None:
    directions = np.random.default_rng(0).normal(size=(500, 3))
    points = CENTRE + 15 * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    assert -0.5 < ZONE.distance(points).mean() - (15 - RADIUS) < 0.05


def test_the_sign_tells_inside_from_outside_in_a_real_vertebra(lidc_labels: Volume) -> None:
    vertebra = Volume((lidc_labels.voxels == 32).astype(np.uint8), lidc_labels.lps_from_index)
    zone = Zone("T12", 0.0, surface_of(vertebra))
    index = np.random.default_rng(1).integers(0, vertebra.size, (3000, 3))
    distances = zone.distance(apply(vertebra.lps_from_index, index))
    assert np.array_equal(distances < 0, vertebra.voxels[index[:, 2], index[:, 1], index[:, 0]] > 0)


@given(st.integers(0, 10_000), st.floats(0, 90))
def test_the_nearest_place_on_a_segment_is_the_nearest_of_all_its_points(seed: int, length: float) -> None:
    rng = np.random.default_rng(seed)
    start = CENTRE + rng.normal(size=3) * 20
    direction = rng.normal(size=3)
    direction /= np.linalg.norm(direction)
    distance, place = ZONE.nearest(start, direction, length)
    places = np.linspace(0, length, 500)
    everywhere = ZONE.distance(start + places[:, None] * direction)
    assert distance == pytest.approx(everywhere.min(), abs=0.2)
    assert 0 <= place <= length
    assert ZONE.distance((start + place * direction)[None])[0] == pytest.approx(distance)


def test_a_zone_ahead_begins_at_its_surface() -> None:
    assert ZONE.entered_after(CENTRE - [30, 0, 0], np.array([1.0, 0, 0]), 100) == pytest.approx(30 - RADIUS, abs=0.7)
    assert ZONE.entered_after(CENTRE, np.array([1.0, 0, 0]), 100) == 0
    assert ZONE.entered_after(CENTRE - [30, 0, 0], np.array([-1.0, 0, 0]), 100) is None
    assert ZONE.entered_after(CENTRE - [30, 0, 0], np.array([1.0, 0, 0]), 15) is None


@pytest.mark.parametrize("name", ["labels.nrrd", "labels.nii.gz"])
def test_a_label_volume_is_read_in_its_place(tmp_path: Path, name: str) -> None:
    write_labels(tmp_path / name, BALL, label=7)
    (zone,) = load_zones(plan_with(name, label=7), tmp_path, PLANNING)
    assert (zone.name, zone.margin_mm) == ("canal", 1.5)
    points = CENTRE + np.random.default_rng(2).normal(size=(50, 3)) * 10
    assert np.allclose(zone.distance(points), ZONE.distance(points), atol=1e-3)


def test_only_the_label_asked_for_counts(tmp_path: Path) -> None:
    voxels = BALL.voxels.copy()
    voxels[:, :3, :3] = 9
    write_labels(tmp_path / "labels.nrrd", Volume(voxels, BALL.lps_from_index))
    (zone,) = load_zones(plan_with("labels.nrrd"), tmp_path, PLANNING)
    assert np.allclose(zone.surface.GetBounds(), ZONE.surface.GetBounds(), atol=1e-3)


def segmentation(volume: Volume, frame_of_reference: str = "1.2.4", number: int = 2) -> FileDataset:
    """A binary DICOM SEG of two segments; the volume is the one of that number, empty slices are left out."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.66.4"
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    ds.Modality, ds.SegmentationType, ds.FrameOfReferenceUID = "SEG", "BINARY", frame_of_reference
    ds.Columns, ds.Rows, _ = volume.size
    ds.BitsAllocated = ds.BitsStored = ds.SamplesPerPixel = 1
    ds.HighBit = ds.PixelRepresentation = 0
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.SegmentSequence = Sequence([Dataset(), Dataset()])
    for index, item in enumerate(ds.SegmentSequence):
        item.SegmentNumber = index + 1
    measures, orientation = Dataset(), Dataset()
    measures.PixelSpacing = [str(round(volume.spacing[1], 6)), str(round(volume.spacing[0], 6))]
    measures.SliceThickness = measures.SpacingBetweenSlices = str(round(volume.spacing[2], 6))
    axes = volume.lps_from_index[:3, :3] / volume.spacing
    orientation.ImageOrientationPatient = [f"{c:.9f}" for c in np.concatenate([axes[:, 0], axes[:, 1]])]
    shared = Dataset()
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = Sequence([measures]), Sequence([orientation])
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    frames, groups = [], []
    other = np.zeros_like(volume.voxels[0])
    other[:5, :5] = 1
    for index, pixels in enumerate(volume.voxels):
        for segment, content in ((number, pixels), (3 - number, other)):
            if content.any():
                group, position, identification = Dataset(), Dataset(), Dataset()
                position.ImagePositionPatient = [f"{c:.6f}" for c in apply(volume.lps_from_index, (0, 0, index))]
                identification.ReferencedSegmentNumber = segment
                group.PlanePositionSequence, group.SegmentIdentificationSequence = Sequence([position]), Sequence([identification])
                frames.append(content)
                groups.append(group)
    ds.PerFrameFunctionalGroupsSequence = Sequence(groups[::-1])  # in any order
    ds.NumberOfFrames = len(frames)
    bits = np.packbits(np.stack(frames[::-1]).astype(np.uint8).ravel(), bitorder="little").tobytes()
    ds.PixelData = bits + b"\0" * (len(bits) % 2)
    return ds


def test_a_segment_of_a_dicom_segmentation_is_read_in_its_place(tmp_path: Path) -> None:
    segmentation(BALL).save_as(tmp_path / "zones.dcm")
    (zone,) = load_zones(plan_with("zones.dcm", label=2), tmp_path, PLANNING)
    points = CENTRE + np.random.default_rng(3).normal(size=(50, 3)) * 10
    assert np.allclose(zone.distance(points), ZONE.distance(points), atol=1e-2)


def refused(plan: Plan, folder: Path) -> str:
    with pytest.raises(BadInput) as error:
        load_zones(plan, folder, PLANNING)
    text = str(error.value)
    assert plan.zones[0].file in text and text.endswith(".") and "\n" not in text
    return text


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "missing" in refused(plan_with("labels.nrrd"), tmp_path)


def test_a_label_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    write_labels(tmp_path / "labels.nrrd", BALL, label=4)
    assert "no label 3, only 4" in refused(plan_with("labels.nrrd", label=3), tmp_path)
    segmentation(BALL).save_as(tmp_path / "zones.dcm")
    assert "no label 5, only 1, 2" in refused(plan_with("zones.dcm", label=5), tmp_path)


def test_a_file_that_is_no_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.nrrd").write_text("no header")
    assert "cannot be read" in refused(plan_with("labels.nrrd"), tmp_path)


def test_a_truncated_segmentation_is_refused(tmp_path: Path) -> None:
    whole = tmp_path / "whole.dcm"
    segmentation(BALL).save_as(whole)
    (tmp_path / "zones.dcm").write_bytes(whole.read_bytes()[:-500])
    assert "damaged" in refused(plan_with("zones.dcm"), tmp_path)


def test_a_segmentation_of_another_frame_of_reference_is_refused(tmp_path: Path) -> None:
    segmentation(BALL, frame_of_reference="9.9").save_as(tmp_path / "zones.dcm")
    assert "FrameOfReferenceUID" in refused(plan_with("zones.dcm", label=2), tmp_path)


def test_a_dicom_file_that_is_no_segmentation_is_refused(tmp_path: Path) -> None:
    image = segmentation(BALL)
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = pydicom.uid.CTImageStorage
    image.save_as(tmp_path / "zones.dcm")
    assert "not a segmentation" in refused(plan_with("zones.dcm", label=2), tmp_path)


def test_labels_that_lie_elsewhere_are_refused(tmp_path: Path) -> None:
    mirrored = BALL.lps_from_index.copy()
    mirrored[:3, 3] += [80.0, -200.0, 0.0]
    write_labels(tmp_path / "labels.nrrd", Volume(BALL.voxels, mirrored))
    assert "outside the planning CT" in refused(plan_with("labels.nrrd"), tmp_path)


def test_a_zone_may_go_on_where_the_planning_ct_ends(tmp_path: Path) -> None:
    half_out = BALL.lps_from_index.copy()
    half_out[:3, 3] += PLANNING.volume.lps_from_index[:3, 0] / SPACING[0] * 52
    write_labels(tmp_path / "labels.nrrd", Volume(BALL.voxels, half_out))
    (zone,) = load_zones(plan_with("labels.nrrd"), tmp_path, PLANNING)
    end = apply(PLANNING.volume.lps_from_index, (149, 60, 30))
    assert zone.distance(end[None])[0] < 0, "the zone reaches over the border"


def test_labels_on_the_ct_grid_in_another_place_are_refused(tmp_path: Path) -> None:
    voxels = np.zeros(PLANNING.volume.voxels.shape, dtype=np.uint8)
    voxels[30, 60, 75] = 1
    moved = PLANNING.volume.lps_from_index.copy()
    moved[:3, 3] += [3.0, 0.0, 0.0]
    write_labels(tmp_path / "labels.nrrd", Volume(voxels, moved))
    assert "lies elsewhere" in refused(plan_with("labels.nrrd"), tmp_path)


def write_mesh(path: Path, surface: object) -> Path:
    writer = {".stl": vtkSTLWriter, ".ply": vtkPLYWriter, ".vtp": vtkXMLPolyDataWriter}[path.suffix]()
    writer.SetFileName(str(path))
    writer.SetInputData(surface)
    writer.Write()
    return path


@pytest.mark.parametrize("name", ["canal.stl", "canal.ply", "canal.vtp"])
@pytest.mark.parametrize("inwards", [False, True])
def test_a_mesh_is_read_in_its_place_whichever_way_its_triangles_face(tmp_path: Path, name: str, inwards: bool) -> None:
    turned = vtkReverseSense()
    turned.SetInputData(ZONE.surface)
    turned.SetReverseCells(inwards)
    turned.Update()
    write_mesh(tmp_path / name, turned.GetOutput())
    (zone,) = load_zones(plan_with(name), tmp_path, PLANNING)
    points = CENTRE + np.random.default_rng(4).normal(size=(50, 3)) * 10
    assert np.allclose(zone.distance(points), ZONE.distance(points), atol=1e-3)


def test_an_open_mesh_is_refused(tmp_path: Path) -> None:
    hole = vtkPolyData()
    hole.DeepCopy(ZONE.surface)
    hole.BuildLinks()
    hole.DeleteCell(5)
    hole.RemoveDeletedCells()
    write_mesh(tmp_path / "canal.stl", hole)
    assert "not a closed surface" in refused(plan_with("canal.stl"), tmp_path)


def test_a_mesh_without_a_surface_is_refused(tmp_path: Path) -> None:
    (tmp_path / "canal.stl").write_bytes(b"solid nothing\nendsolid\n")
    assert "no surface" in refused(plan_with("canal.stl"), tmp_path)


def test_a_mesh_that_lies_elsewhere_is_refused(tmp_path: Path) -> None:
    away = Volume(BALL.voxels, BALL.lps_from_index.copy())
    away.lps_from_index[:3, 3] += 500
    write_mesh(tmp_path / "canal.stl", surface_of(away))
    assert "outside" in refused(plan_with("canal.stl"), tmp_path)
    assert "missing" in refused(plan_with("other.stl"), tmp_path)


def test_a_volume_of_several_layers_is_refused(tmp_path: Path) -> None:
    image = BALL.to_sitk()
    sitk.WriteImage(sitk.Compose([image, image]), str(tmp_path / "labels.nrrd"))
    assert "single label map" in refused(plan_with("labels.nrrd"), tmp_path)
