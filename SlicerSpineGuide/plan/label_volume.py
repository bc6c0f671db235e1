"""One label of a label volume, or one segment of a DICOM segmentation, as a mask in planning-CT space."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
import SimpleITK as sitk

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, ImagePlane, apply
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.pixels import decode_pixels
from SlicerSpineGuide.plan.planning_ct import PlanningCt
from SlicerSpineGuide.translation import tr

SEGMENTATION_STORAGE = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")  # binary or fractional, label map
LEAST_INSIDE = 0.1  # the part of a zone that lies in the planning CT, which may show less of the patient than the zone's file
SAME_PLACE_MM = 1.0


def read_label(path: Path, label: int, planning: PlanningCt) -> Volume:
    """The mask (uint8, 0 or 1, cropped to the label) of `label` in the file at `path`.

    .nrrd, .nii, .nii.gz and .mha by SimpleITK, whose coordinates are LPS whatever the file's; a DICOM SEG (any file name) by its
    segment number. BadInput names the file where it is missing or unreadable, holds no such label, or lies elsewhere than the CT.
    """
    if not path.is_file():
        raise BadInput(tr("{path} is missing: a zone of the plan refers to it.").format(path=path))
    volume = _segment(path, label, planning) if is_dicom(path) else _labels(path, planning)
    inside = volume.voxels == label
    if not inside.any():
        present = ", ".join(str(v) for v in np.unique(volume.voxels) if v)[:100]
        raise BadInput(tr("{path} holds no label {label}, only {present}.").format(path=path, label=label, present=present or "0"))
    mask = _cropped(inside, volume.lps_from_index)
    demand_inside(path, apply(mask.lps_from_index, np.argwhere(mask.voxels)[:, ::-1]), planning)
    return mask


def is_dicom(path: Path) -> bool:
    """Whether the file begins as DICOM files do (PS3.10 7.1)."""
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def read_label_image(path: Path) -> sitk.Image:
    """The label volume in a file, kept for the next label that is asked for; BadInput where it cannot be read."""
    try:
        return _image(str(path), path.stat().st_mtime_ns)
    except (RuntimeError, OSError):
        raise BadInput(
            tr("{path} cannot be read: a segmentation is a label volume (.nrrd, .nii.gz) or a DICOM SEG.").format(path=path)
        ) from None


@lru_cache(maxsize=2)
def _image(path: str, changed_ns: int) -> sitk.Image:
    return sitk.ReadImage(path)


def _labels(path: Path, planning: PlanningCt) -> Volume:
    image = read_label_image(path)
    if image.GetDimension() != 3 or image.GetNumberOfComponentsPerPixel() != 1:
        raise BadInput(tr("{path} is not one 3D label volume: export the segmentation as a single label map.").format(path=path))
    volume = Volume.from_sitk(image)
    if volume.size == planning.volume.size and not np.allclose(_box(volume), _box(planning.volume), atol=SAME_PLACE_MM):
        raise BadInput(
            tr("{path} has the planning CT's size but lies elsewhere: export it in the planning CT's space.").format(path=path)
        )
    return volume


def _cropped(inside: npt.NDArray[np.bool_], lps_from_index: FloatArray) -> Volume:
    spans = [np.flatnonzero(inside.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    (z0, z1), (y0, y1), (x0, x1) = ((span[0], span[-1] + 1) for span in spans)
    matrix = lps_from_index.copy()
    matrix[:3, 3] = apply(lps_from_index, (x0, y0, z0))
    return Volume(inside[z0:z1, y0:y1, x0:x1].astype(np.uint8), matrix)


def _box(volume: Volume) -> FloatArray:
    """(2, 3): the smallest and largest LPS coordinates of a volume's voxel centres."""
    corners = apply(volume.lps_from_index, list(product(*((0, n - 1) for n in volume.size))))
    return np.array([corners.min(axis=0), corners.max(axis=0)])


def demand_inside(path: Path, points: FloatArray, planning: PlanningCt) -> None:
    """BadInput where hardly any of a zone's points (N, 3), LPS, lies in the planning CT."""
    index = apply(planning.volume.index_from_lps, points)
    inside = np.all((index >= -0.5) & (index <= np.array(planning.volume.size) - 0.5), axis=1)
    if inside.mean() < LEAST_INSIDE:
        raise BadInput(tr("{path} lies outside the planning CT: export it in the planning CT's space.").format(path=path))


def _segment(path: Path, number: int, planning: PlanningCt) -> Volume:
    """A DICOM SEG (PS3.3 A.51) as a volume that is `number` in the segment of that number and 0 elsewhere."""
    try:
        dataset = pydicom.dcmread(path)
        stored = decode_pixels(dataset).reshape(-1, dataset.Rows, dataset.Columns)
    except Exception as error:  # pydicom and the decoders raise many kinds for damaged files
        raise BadInput(tr("{path} is a damaged DICOM file ({why}): export it again.").format(path=path, why=error)) from None
    if dataset.get("SOPClassUID") not in SEGMENTATION_STORAGE:
        raise BadInput(tr("{path} is a DICOM file but not a segmentation (SEG).").format(path=path))
    if dataset.get("FrameOfReferenceUID") != planning.frame_of_reference_uid:
        raise BadInput(tr("{path}: FrameOfReferenceUID is not the planning CT's: segment the planning CT itself.").format(path=path))
    try:
        frames = [(plane, inside) for plane, inside in _segment_frames(dataset, stored, number)]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, BadInput) as error:
        raise BadInput(tr("{path}: the segment's geometry is incomplete ({why}).").format(path=path, why=error)) from None
    if not frames:
        raise BadInput(tr("{path} holds no label {label}, only {present}.").format(path=path, label=number, present=_numbers(dataset)))
    return _stacked(path, frames, number)


def _segment_frames(dataset: Any, stored: npt.NDArray[Any], number: int) -> Any:
    shared = dataset.SharedFunctionalGroupsSequence[0]
    label_map = dataset.SOPClassUID == SEGMENTATION_STORAGE[1] or dataset.get("SegmentationType") == "LABELMAP"
    half = float(dataset.get("MaximumFractionalValue", 1)) / 2
    for own, pixels in zip(dataset.PerFrameFunctionalGroupsSequence, stored, strict=True):
        identification = own if "SegmentIdentificationSequence" in own else shared
        if not label_map and identification.SegmentIdentificationSequence[0].ReferencedSegmentNumber != number:
            continue
        header = pydicom.Dataset()
        header.Rows, header.Columns = dataset.Rows, dataset.Columns
        header.ImagePositionPatient = own.PlanePositionSequence[0].ImagePositionPatient
        orientation = (own if "PlaneOrientationSequence" in own else shared).PlaneOrientationSequence[0]
        header.ImageOrientationPatient = orientation.ImageOrientationPatient
        measures = (own if "PixelMeasuresSequence" in own else shared).PixelMeasuresSequence[0]
        header.PixelSpacing = measures.PixelSpacing
        header.SliceThickness = measures.get("SpacingBetweenSlices") or measures.get("SliceThickness")
        yield ImagePlane.from_dicom(header), (pixels == number if label_map else pixels > half)


def _stacked(path: Path, frames: list[tuple[ImagePlane, npt.NDArray[np.bool_]]], number: int) -> Volume:
    """The frames at their places; slices that the file leaves out are empty (PS3.3 C.8.20)."""
    first = frames[0][0]
    along = np.array([plane.origin @ first.normal for plane, _ in frames])
    gaps = np.diff(np.unique(along.round(3)))
    step = float(gaps[gaps > 0.01].min()) if np.any(gaps > 0.01) else first.thickness
    places = (along - along.min()) / step
    if np.abs(places - places.round()).max() > 0.1:
        raise BadInput(tr("{path}: the segment's slices are not evenly spaced: export it again on the planning CT.").format(path=path))
    index = places.round().astype(int)
    voxels = np.zeros((int(index.max()) + 1, first.size[1], first.size[0]), dtype=np.uint16)
    for place, (_, inside) in zip(index, frames, strict=True):
        voxels[place][inside] = number
    matrix = first.lps_from_index
    matrix[:3, 2] = first.normal * step
    matrix[:3, 3] = frames[int(along.argmin())][0].origin
    return Volume(voxels, matrix)


def _numbers(dataset: Any) -> str:
    return ", ".join(str(s.SegmentNumber) for s in dataset.get("SegmentSequence") or ())[:100] or "0"
