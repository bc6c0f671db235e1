"""The planning CT: one DICOM series, read into a Volume with the identity that a plan must match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
from pydicom.errors import InvalidDicomError

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import ImagePlane
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.pixels import decode_pixels
from SlicerSpineGuide.translation import tr


@dataclass(frozen=True, eq=False)
class PlanningCt:
    """volume: HU as int16 or float32, in DICOM patient coordinates (LPS, mm)."""

    volume: Volume
    patient_id: str
    series_instance_uid: str
    frame_of_reference_uid: str
    patient_position: str


def load_planning_ct(
    folder: Path, series_instance_uid: str | None = None, progress: Callable[[float], None] = lambda _fraction: None
) -> PlanningCt:
    """Read the CT series in `folder` (any file names, sub-folders included).

    With several series, `series_instance_uid` selects one, else the largest is taken. Slices are ordered by their position.
    progress is told before each file how far it is, 0 to 1; what it raises ends the reading. BadInput: no folder, no CT, a truncated
    or undecodable file, slices that are not parallel, of one size, or evenly spaced.
    """
    if not folder.is_dir():
        raise BadInput(tr("{path} is missing: a planning CT is a folder with one DICOM series.").format(path=folder))
    series = _read_series(folder, progress)
    if series_instance_uid is not None and series_instance_uid in series:
        files = series[series_instance_uid]
    else:
        files = max(series.values(), key=len)
    return _assemble(folder, files)


def _read_series(folder: Path, progress: Callable[[float], None]) -> dict[str, list[tuple[Path, pydicom.Dataset]]]:
    series: dict[str, list[tuple[Path, pydicom.Dataset]]] = defaultdict(list)
    other = ""
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    for number, path in enumerate(paths):
        progress(number / len(paths))
        try:
            dataset = pydicom.dcmread(path)
            modality, uid = dataset.get("Modality"), str(dataset.get("SeriesInstanceUID", ""))
        except InvalidDicomError:
            continue
        except Exception as error:  # pydicom raises many kinds for damaged files
            raise _damaged(path, error) from None
        if modality != "CT" or "PixelData" not in dataset:
            other = tr(" ({name} is {modality})").format(name=path.name, modality=modality or tr("no image"))
            continue
        series[uid].append((path, dataset))
    if not series:
        raise BadInput(tr("{path} holds no CT image{other}: export the planning CT into it.").format(path=folder, other=other))
    return series


def _damaged(path: Path, error: Exception) -> BadInput:
    why = (str(error) or type(error).__name__).splitlines()[0]
    return BadInput(tr("{path} is a damaged DICOM file ({why}): export it again.").format(path=path, why=why))


def _assemble(folder: Path, files: list[tuple[Path, pydicom.Dataset]]) -> PlanningCt:
    planes = []
    for path, dataset in files:
        try:
            planes.append(ImagePlane.from_dicom(dataset))
        except BadInput as error:
            raise BadInput(f"{path}: {error}") from None
        except Exception as error:  # a value that is not what its tag promises
            raise _damaged(path, error) from None
    first = planes[0]
    for plane, (path, _) in zip(planes, files, strict=True):
        same = plane.size == first.size and np.allclose(plane.pitch, first.pitch, rtol=1e-3) and plane.normal @ first.normal > 0.9999
        if not same:
            raise BadInput(
                tr("{path} differs in size, spacing or orientation from the other slices: keep one series.").format(path=path)
            )
    along = np.array([p.origin @ first.normal for p in planes])
    order = np.argsort(along)
    keep = [int(order[0])] + [int(b) for a, b in zip(order[:-1], order[1:], strict=True) if along[b] - along[a] > 0.01]
    if len(keep) < 3:
        raise BadInput(tr("{path} holds {n} CT slices: a planning CT needs at least 3.").format(path=folder, n=len(keep)))
    gaps = np.diff(along[keep])
    if gaps.max() > 1.2 * np.median(gaps) or gaps.min() < 0.8 * np.median(gaps):
        raise BadInput(
            tr("{path}: the slices are {low:.2f} to {high:.2f} mm apart, so some are missing or two series are mixed.").format(
                path=folder, low=gaps.min(), high=gaps.max()
            )
        )
    matrix = first.lps_from_index
    start, end = planes[keep[0]].origin, planes[keep[-1]].origin
    matrix[:3, 2] = (end - start) / (len(keep) - 1)
    matrix[:3, 3] = start
    voxels = np.stack([hounsfield(*files[i]) for i in keep])
    path, head = files[keep[0]]
    keywords = ("PatientID", "SeriesInstanceUID", "FrameOfReferenceUID", "PatientPosition")
    try:
        return PlanningCt(Volume(voxels, matrix), *(str(head.get(keyword, "")) for keyword in keywords))
    except Exception as error:  # as above
        raise _damaged(path, error) from None


def hounsfield(path: Path, dataset: pydicom.Dataset) -> npt.NDArray[Any]:
    """The image's pixels (rows, columns) in HU by its own rescale slope and intercept, int16 where that loses nothing."""
    try:
        pixels = decode_pixels(dataset)
        slope, intercept = float(dataset.get("RescaleSlope", 1) or 1), float(dataset.get("RescaleIntercept", 0) or 0)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None
    except Exception as error:  # a value that is not what its tag promises
        raise _damaged(path, error) from None
    values = pixels.astype(np.float32) * slope + intercept
    if slope == 1 and intercept == round(intercept):
        return np.clip(values, -32768, 32767).astype(np.int16)
    return np.asarray(values, dtype=np.float32)
