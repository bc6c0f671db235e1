"""Stored files become slices in HU and radiographs linear in intensity, each in its place; what cannot be used is one sentence."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import Projection
from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.intake import Radiograph, group_all, read_live_image, read_live_images
from SlicerSpineGuide.plan import load_planning_ct

CT, ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1"
XA, ENHANCED_XA = "1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.5.1.4.1.1.12.1.1"
RF, CAPTURE = "1.2.840.10008.5.1.4.1.1.12.2", "1.2.840.10008.5.1.4.1.1.7"
RAMP = np.arange(48, dtype=np.uint16).reshape(6, 8)


def dicom(sop_class: str, pixels: np.ndarray, **values: Any) -> FileDataset:
    image = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = sop_class
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    image.SeriesInstanceUID, image.PatientID, image.PatientPosition = "1.2.3", "P1", "HFP"
    image.Modality = "CT" if sop_class in (CT, ENHANCED_CT) else "XA"
    image.Rows, image.Columns = pixels.shape[-2:]
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated = image.BitsStored = 8 * pixels.dtype.itemsize
    image.HighBit, image.PixelRepresentation = image.BitsStored - 1, int(pixels.dtype.kind == "i")
    image.PixelData = pixels.tobytes()
    for keyword, value in values.items():
        if value is None and keyword in image:
            delattr(image, keyword)
        elif value is not None:
            setattr(image, keyword, value)
    return image


def ct(pixels: np.ndarray = RAMP, **values: Any) -> FileDataset:
    place = {"ImagePositionPatient": [-10, -20, 30], "ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "PixelSpacing": [0.5, 0.25]}
    return dicom(CT, pixels, **{**place, "SliceThickness": 3, **values})


def xa(pixels: np.ndarray = RAMP, sop_class: str = XA, **values: Any) -> FileDataset:
    arm = {"PositionerPrimaryAngle": 20, "PositionerSecondaryAngle": -10, "ImagerPixelSpacing": [0.3, 0.4]}
    arm |= {"DistanceSourceToDetector": 1200, "DistanceSourceToPatient": 800, "PixelIntensityRelationship": "LIN"}
    return dicom(sop_class, pixels, **{**arm, "PixelIntensityRelationshipSign": 1, **values})


@pytest.fixture
def read(tmp_path: Path) -> Callable[[FileDataset], Any]:
    def write_and_read(image: FileDataset) -> Any:
        image.save_as(tmp_path / "a.dcm", enforce_file_format=True)
        return read_live_image(tmp_path / "a.dcm", 1.0).image

    return write_and_read


def test_ct_is_in_hu_by_its_own_slope_and_intercept(read: Any) -> None:
    image = read(ct(RescaleSlope=2, RescaleIntercept=-24))
    assert isinstance(image, Slice)
    np.testing.assert_array_equal(image.pixels, RAMP * 2.0 - 24)
    assert image.plane.pitch == (0.25, 0.5)
    np.testing.assert_array_equal(image.plane.origin, [-10, -20, 30])


def test_padding_outside_the_reconstruction_circle_counts_as_air(read: Any) -> None:
    stored = RAMP.astype(np.int16) - 2000
    assert read(ct(stored, RescaleSlope=1, RescaleIntercept=-1024)).pixels.min() == -1024


def test_enhanced_ct_is_a_slice_a_frame_and_one_frame_together(tmp_path: Path) -> None:
    image = dicom(ENHANCED_CT, np.stack([RAMP, RAMP + 1, RAMP + 2]), NumberOfFrames=3)
    shared, frames = Dataset(), []
    shared.PlaneOrientationSequence = Sequence([_item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])])
    shared.PixelMeasuresSequence = Sequence([_item(PixelSpacing=[0.5, 0.5], SliceThickness=2)])
    shared.PixelValueTransformationSequence = Sequence([_item(RescaleSlope=1, RescaleIntercept=-10)])
    for k in range(3):
        frame = Dataset()
        frame.PlanePositionSequence = Sequence([_item(ImagePositionPatient=[0, 0, 2.0 * k])])
        frame.FrameContentSequence = Sequence([_item(FrameAcquisitionNumber=4, FrameAcquisitionDateTime="20300101093000.5")])
        frames.append(frame)
    image.SharedFunctionalGroupsSequence, image.PerFrameFunctionalGroupsSequence = Sequence([shared]), Sequence(frames)
    image.save_as(tmp_path / "e.dcm", enforce_file_format=True)
    images = read_live_images(tmp_path / "e.dcm", 0.0)
    assert [i.image.plane.origin[2] for i in images if isinstance(i.image, Slice)] == [0, 2, 4]
    assert images[2].image.pixels[0, 0] == -8
    assert (images[0].stamps.number, images[0].acquired_s) == (4, 9.5 * 3600 + 0.5)
    assert len(group_all(images)) == 1


def _item(**values: Any) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def test_the_geometry_of_an_xa_image_is_case_formats(read: Any) -> None:
    image = read(xa())
    assert isinstance(image, Radiograph) and image.projection is not None
    expected = Projection.from_angles(20, -10, 1200, 800, (0.4, 0.3), (8, 6))
    np.testing.assert_allclose(image.projection.matrix, expected.matrix)
    np.testing.assert_allclose(image.projection.project([0, 0, 0]), [3.5, 2.5])
    np.testing.assert_array_equal(image.pixels, RAMP)


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (["L", "F"], RAMP),
        (["R", "F"], RAMP[:, ::-1]),
        (["L", "H"], RAMP[::-1]),
        (["R", "H"], RAMP[::-1, ::-1]),
        (["F", "L"], RAMP.T),
        (["LA", "FA"], RAMP),
    ],
    ids=lambda o: "".join(o) if isinstance(o, list) else "",
)
def test_patient_orientation_decides_how_the_pixels_are_turned(read: Any, orientation: list[str], expected: np.ndarray) -> None:
    image = read(xa(PositionerPrimaryAngle=0, PositionerSecondaryAngle=0, PatientOrientation=orientation))
    np.testing.assert_array_equal(image.pixels, expected)
    assert image.projection.size == expected.shape[::-1]
    assert image.projection.source_to_detector == pytest.approx(1200)
    np.testing.assert_allclose(image.projection.u, [1, 0, 0], atol=1e-12)


def test_an_orientation_that_contradicts_the_angles_leaves_no_geometry(read: Any) -> None:
    image = read(xa(PositionerPrimaryAngle=90, PositionerSecondaryAngle=0, PatientOrientation=["L", "F"]))
    assert image.projection is None and "PatientOrientation" in image.reason


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"PositionerPrimaryAngle": None}, "PositionerPrimaryAngle is missing"),
        ({"DistanceSourceToDetector": None}, "DistanceSourceToDetector is missing"),
        ({"DistanceSourceToPatient": 0}, "DistanceSourceToPatient|DistanceSourceToIsocenter"),
        ({"DistanceSourceToPatient": 1300}, "not less than"),
        ({"ImagerPixelSpacing": None}, "ImagerPixelSpacing is missing"),
        ({"PositionerSecondaryAngle": 999}, "is no angle"),
    ],
)
def test_missing_or_impossible_geometry_is_said_and_the_image_is_still_shown(read: Any, values: dict[str, Any], said: str) -> None:
    image = read(xa(**values))
    assert image.projection is None
    assert any(word in image.reason for word in said.split("|"))
    np.testing.assert_array_equal(image.pixels, RAMP)


def test_a_secondary_capture_is_shown_and_never_measured_on(read: Any) -> None:
    colour = np.repeat(RAMP.astype(np.uint8)[..., None], 3, axis=2)
    image = dicom(CAPTURE, RAMP.astype(np.uint8), Modality="OT")
    image.SamplesPerPixel, image.PhotometricInterpretation, image.PlanarConfiguration = 3, "RGB", 0
    image.PixelData = colour.tobytes()
    shown = read(image)
    assert shown.projection is None and "Secondary Capture" in shown.reason
    np.testing.assert_allclose(shown.pixels, RAMP, atol=1e-3)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_bits_beyond_those_stored_are_masked_and_the_sign_is_undone(read: Any, bits: int, sign: int) -> None:
    stored = np.clip(RAMP, 0, (1 << bits) - 1).astype(np.uint16)
    overlay = np.uint16(0 if bits == 16 else 1 << 15)
    image = read(xa(stored | overlay, BitsStored=bits, HighBit=bits - 1, PixelIntensityRelationshipSign=sign))
    np.testing.assert_array_equal(image.pixels, stored if sign > 0 else (1 << bits) - 1 - stored.astype(float))


def test_a_logarithmic_image_becomes_linear_in_intensity(read: Any) -> None:
    intensity = np.linspace(1, 4095, 48).reshape(6, 8)
    stored = np.rint(np.log2(intensity + 1) / 12 * 4095).astype(np.uint16)
    image = read(xa(stored, BitsStored=12, HighBit=11, PixelIntensityRelationship="LOG"))
    np.testing.assert_allclose(image.pixels, intensity, rtol=0.003)


def test_a_logarithmic_image_with_a_table_follows_the_table(read: Any) -> None:
    table = _item(LUTDescriptor=[64, 0, 16], ModalityLUTType="US")
    table.add_new("LUTData", "OW", (np.arange(64, dtype="<u2") ** 2).tobytes())
    image = read(xa(PixelIntensityRelationship="LOG", ModalityLUTSequence=Sequence([table])))
    np.testing.assert_array_equal(image.pixels, RAMP.astype(float) ** 2)


def test_a_run_is_an_image_a_frame_with_its_own_time(tmp_path: Path) -> None:
    run = np.stack([RAMP + k for k in range(4)])
    image = xa(run, NumberOfFrames=4, FrameTime=66.6, AcquisitionTime="093000.5", AcquisitionDate="20300101", sop_class=RF)
    image.save_as(tmp_path / "run.dcm", enforce_file_format=True)
    images = read_live_images(tmp_path / "run.dcm", 0.0)
    np.testing.assert_allclose(np.diff([i.acquired_s or 0 for i in images]), 0.0666, atol=1e-6)
    assert [i.image.pixels[0, 0] for i in images] == [0, 1, 2, 3]
    assert len(group_all(images)) == 4


def test_enhanced_xa_states_its_geometry_for_each_frame(tmp_path: Path) -> None:
    image = dicom(ENHANCED_XA, np.stack([RAMP, RAMP]), NumberOfFrames=2)
    shared, frames = Dataset(), []
    shared.XRayGeometrySequence = Sequence([_item(DistanceSourceToIsocenter=800, DistanceSourceToDetector=1200)])
    shared.FramePixelDataPropertiesSequence = Sequence([_item(ImagerPixelSpacing=[0.3, 0.4], PixelIntensityRelationship="LIN")])
    for angle in (0, 90):
        frame = Dataset()
        frame.IsocenterReferenceSystemSequence = Sequence(
            [_item(PositionerIsocenterPrimaryAngle=float(angle), PositionerIsocenterSecondaryAngle=0.0)]
        )
        frame.FrameContentSequence = Sequence([_item(FrameAcquisitionNumber=1, FrameAcquisitionDateTime="20300101093000.5")])
        frames.append(frame)
    image.SharedFunctionalGroupsSequence, image.PerFrameFunctionalGroupsSequence = Sequence([shared]), Sequence(frames)
    image.save_as(tmp_path / "e.dcm", enforce_file_format=True)
    a, b = (i.image for i in read_live_images(tmp_path / "e.dcm", 0.0))
    assert isinstance(a, Radiograph) and isinstance(b, Radiograph) and a.projection and b.projection
    np.testing.assert_allclose(a.projection.normal @ b.projection.normal, 0, atol=1e-12)
    assert len(group_all(read_live_images(tmp_path / "e.dcm", 0.0))) == 1


def test_the_projection_of_the_isocentre_is_where_an_enhanced_image_states_it(tmp_path: Path) -> None:
    image = xa(sop_class=ENHANCED_XA)
    image.PositionOfIsocenterProjection = [1.5, 4.5]
    image.DetectorElementSpacing, image.FieldOfViewOrigin = [0.3, 0.4], [0.0, 0.0]
    image.save_as(tmp_path / "e.dcm", enforce_file_format=True)
    (only,) = read_live_images(tmp_path / "e.dcm", 0.0)
    assert isinstance(only.image, Radiograph) and only.image.projection is not None
    np.testing.assert_allclose(only.image.projection.project([0, 0, 0]), [4.5, 1.5])


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_an_image_that_the_system_turned_or_mirrored_is_turned_back_with_its_isocentre(
    tmp_path: Path, turns: int, mirrored: bool
) -> None:
    pixels = np.zeros((12, 16), dtype=np.uint16)
    pixels[3, 5] = 1000
    right, down = np.array([1, 0, 0]), np.array([0, 0, -1])  # of a view from behind: left, and feet
    for _ in range(turns):
        right, down = -down, right
    right = -right if mirrored else right
    stored = np.rot90(pixels, -turns)
    image = xa(np.ascontiguousarray(stored[:, ::-1] if mirrored else stored), sop_class=ENHANCED_XA)
    image.ImagerPixelSpacing = [0.3, 0.4] if turns % 2 == 0 else [0.4, 0.3]
    image.PositionOfIsocenterProjection, image.FieldOfViewOrigin = [13.0, 25.0], [10.0, 20.0]
    image.DetectorElementSpacing = [0.3, 0.4]
    image.FieldOfViewRotation, image.FieldOfViewHorizontalFlip = 90 * turns, "YES" if mirrored else "NO"
    letters = {(1, 0, 0): "L", (-1, 0, 0): "R", (0, 0, 1): "H", (0, 0, -1): "F"}
    image.PatientOrientation = [letters[tuple(int(c) for c in d)] for d in (right, down)]
    image.save_as(tmp_path / "e.dcm", enforce_file_format=True)
    (only,) = read_live_images(tmp_path / "e.dcm", 0.0)
    assert isinstance(only.image, Radiograph) and only.image.projection is not None
    row, column = np.unravel_index(np.argmax(only.image.pixels), only.image.pixels.shape)
    assert (row, column) == (3, 5)
    np.testing.assert_allclose(only.image.projection.project([0, 0, 0]), [5, 3], atol=1e-9)
    assert only.image.projection.pitch == (0.4, 0.3)


@pytest.mark.parametrize("told", [{"FieldOfViewRotation": 90}, {"FieldOfViewHorizontalFlip": "YES"}, {"FieldOfViewRotation": 45}])
def test_a_turned_image_that_does_not_say_how_it_lies_is_shown_without_numbers(tmp_path: Path, told: dict[str, object]) -> None:
    image = xa(sop_class=ENHANCED_XA)
    for keyword, value in told.items():
        setattr(image, keyword, value)
    image.save_as(tmp_path / "e.dcm", enforce_file_format=True)
    (only,) = read_live_images(tmp_path / "e.dcm", 0.0)
    assert isinstance(only.image, Radiograph) and only.image.projection is None
    assert "PatientOrientation" in only.image.reason or "FieldOfViewRotation" in only.image.reason


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ct(ImagePositionPatient=None), "ImagePositionPatient is missing"),
        (lambda: ct(PixelSpacing=[0, 1]), "PixelSpacing"),
        (lambda: ct(PixelData=None), "has no PixelData"),
        (lambda: dicom("1.2.840.10008.5.1.4.1.1.4", RAMP, Modality="MR"), "is MR: live images are CT"),
        (lambda: ct(SamplesPerPixel=3, PhotometricInterpretation="RGB"), "SamplesPerPixel is 3"),
    ],
    ids=["no position", "no spacing", "no pixels", "MR", "colour"],
)
def test_what_cannot_be_used_is_a_sentence_that_names_the_file(tmp_path: Path, make: Callable[[], FileDataset], said: str) -> None:
    file = tmp_path / "wrong.dcm"
    make().save_as(file, enforce_file_format=True)
    with pytest.raises(BadInput, match=said) as refused:
        read_live_image(file, 0.0)
    assert "wrong.dcm" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("damage", ["missing", "text", "truncated", "empty"])
def test_a_damaged_file_is_a_sentence_too(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "damaged.dcm"
    if damage != "missing":
        ct().save_as(file, enforce_file_format=True)
        whole = file.read_bytes()
        file.write_bytes({"text": b"hello" * 100, "truncated": whole[:-40], "empty": b""}[damage])
    with pytest.raises(BadInput, match=r"damaged.dcm"):
        read_live_image(file, 0.0)


@pytest.mark.filterwarnings("ignore")
def test_a_header_damaged_anywhere_is_a_sentence_or_still_an_image(tmp_path: Path) -> None:
    """Of 1,000; before values were read within the guard, one in two hundred ended the feed that read it."""
    rng, file, ends = random.Random(1), tmp_path / "damaged.dcm", Counter[str]()
    seeds = []
    for image in (ct(AcquisitionTime="101112.5", RescaleSlope="1"), xa(), xa(sop_class=ENHANCED_XA, NumberOfFrames=1)):
        image.save_as(file, enforce_file_format=True)
        seeds.append(file.read_bytes())
    for _ in range(1000):
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.choice((1, 2, 4, 8))):
            data[rng.randrange(132, len(data) - RAMP.nbytes)] = rng.choice((rng.randrange(256), *b"09.-\\e ^"))
        file.write_bytes(data)
        try:
            read_live_images(file, 0.0)
            ends["image"] += 1
        except BadInput as refused:
            assert "damaged.dcm" in str(refused) and "\n" not in str(refused)
            ends["sentence"] += 1
    assert min(ends["image"], ends["sentence"]) > 50


@pytest.mark.parametrize("keyword", ["SliceThickness", "RescaleSlope"])
def test_a_planning_ct_with_a_damaged_value_is_a_sentence_that_names_the_file(tmp_path: Path, keyword: str) -> None:
    for k in range(3):
        image = ct(ImagePositionPatient=[0, 0, 3 * k], SeriesInstanceUID="1.2.3", **{keyword: "1.2345"})
        image.save_as(tmp_path / f"{k}.dcm", enforce_file_format=True)
    file = tmp_path / "1.dcm"
    file.write_bytes(file.read_bytes().replace(b"1.2345", b"1,2345"))
    with pytest.raises(BadInput, match=r"1\.dcm is a damaged DICOM file") as refused:
        load_planning_ct(tmp_path)
    assert "\n" not in str(refused.value)
