"""Stored DICOM files -> live images: pixels with a place, and the header fields that the guide reads.

CT becomes a Slice in HU (ct_image.py); XA, RF, CR, DX and Secondary Capture become a Radiograph (radiograph.py). What cannot be
used is a BadInput whose one sentence names the file and what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pydicom
from pydicom.errors import InvalidDicomError

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.intake.ct_image import read_slices
from SlicerSpineGuide.intake.frame import LiveImage, Radiograph, Stamps
from SlicerSpineGuide.intake.radiograph import read_radiographs
from SlicerSpineGuide.intake.stamps import read_stamps
from SlicerSpineGuide.translation import tr

Reader = Callable[[Any], "Sequence[Slice | Radiograph]"]

CT_SOP_CLASSES = {"1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1"}
_XRAY = "1.2.840.10008.5.1.4.1.1."
XRAY_SOP_CLASSES = {_XRAY + end for end in ("12.1", "12.1.1", "12.2", "12.2.1", "1", "1.1", "1.1.1")}
CAPTURE_SOP_CLASSES = {_XRAY + end for end in ("7", "7.1", "7.2", "7.3", "7.4")}
_DOSE_KEYWORDS = ("CTDIvol", "KVP", "XRayTubeCurrent", "ExposureTime", "ImageAndFluoroscopyAreaDoseProduct", "EntranceDoseInmGy")


def read_live_image(path: Path, arrived_s: float) -> LiveImage:
    """The image in a stored DICOM file; of a multi-frame object its newest frame. Errors as read_live_images."""
    return read_live_images(path, arrived_s)[-1]


def read_live_images(path: Path, arrived_s: float) -> tuple[LiveImage, ...]:
    """All images of a stored DICOM file, one for each frame of a multi-frame object, in the object's order.

    arrived_s goes into LiveImage.arrived_s as it is. BadInput, a sentence that names the file: no file, no DICOM, truncated, not
    an image of a kind that is used live, no geometry (CT), or pixels that cannot be decoded.
    """
    dataset = _read(path)
    try:
        images = _reader_for(path, dataset)(dataset)
        stamps = [read_stamps(dataset, number) for number in range(len(images))]
        return tuple(_live_image(path, dataset, image, s, arrived_s) for image, s in zip(images, stamps, strict=True))
    except BadInput as error:
        text = str(error)
        raise BadInput(text if text.startswith(str(path)) else f"{path}: {text}") from None
    except Exception as error:  # a value that is not what its tag promises shows only when it is looked at
        raise _damaged(path, error) from None


def _read(path: Path) -> Any:
    try:
        return pydicom.dcmread(path)
    except FileNotFoundError:
        raise BadInput(tr("{path} does not exist.").format(path=path)) from None
    except InvalidDicomError:
        raise BadInput(tr("{path} is not a DICOM file: only DICOM images are read.").format(path=path)) from None
    except Exception as error:  # pydicom raises many kinds for damaged files
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> BadInput:
    why = (str(error) or type(error).__name__).splitlines()[0]
    return BadInput(tr("{path} is a damaged DICOM file ({why}): send it again.").format(path=path, why=why))


def _reader_for(path: Path, dataset: Any) -> Reader:
    sop_class = str(dataset.get("SOPClassUID", ""))
    if "PixelData" not in dataset:
        raise BadInput(tr("{path} has no PixelData, so it is no image (or it is truncated).").format(path=path))
    if sop_class in CT_SOP_CLASSES:
        return read_slices
    if sop_class in XRAY_SOP_CLASSES | CAPTURE_SOP_CLASSES:
        return read_radiographs
    kind = dataset.get("Modality") or sop_class or tr("of no stated kind")
    raise BadInput(
        tr("{path} is {kind}: live images are CT, X-ray (XA, RF, CR, DX) or Secondary Capture.").format(path=path, kind=kind)
    )


def _live_image(path: Path, dataset: Any, image: Slice | Radiograph, stamps: Stamps, arrived_s: float) -> LiveImage:
    of_day = stamps.acquired_s if stamps.acquired_s is not None else stamps.content_s
    return LiveImage(
        path=path,
        sop_instance_uid=str(dataset.get("SOPInstanceUID", "")),
        series_instance_uid=str(dataset.get("SeriesInstanceUID", "")),
        frame_of_reference_uid=str(dataset.get("FrameOfReferenceUID", "")),
        patient_id=str(dataset.get("PatientID") or "").strip(),
        patient_position=str(dataset.get("PatientPosition") or "").strip(),
        modality=str(dataset.get("Modality") or ("CT" if isinstance(image, Slice) else "XA")),
        acquisition="" if stamps.number is None else str(stamps.number),
        acquired_s=None if of_day is None else of_day % 86400.0,
        arrived_s=arrived_s,
        image=image,
        dose=_dose(dataset),
        stamps=stamps,
    )


def _dose(dataset: Any) -> dict[str, float]:
    values = {}
    for keyword in _DOSE_KEYWORDS:
        try:
            values[keyword] = float(dataset.get(keyword))
        except (TypeError, ValueError):
            continue
    return values
