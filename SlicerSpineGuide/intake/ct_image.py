"""CT and Enhanced CT datasets -> slices in HU, each by its own rescale slope and intercept."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import ImagePlane
from SlicerSpineGuide.images import AIR_HU, Slice
from SlicerSpineGuide.intake.stamps import functional_group
from SlicerSpineGuide.pixels import decode_pixels
from SlicerSpineGuide.translation import tr


def read_slices(dataset: Any) -> list[Slice]:
    """The slices of a CT or Enhanced CT dataset (DICOM PS3.3 A.3, A.38): float32 HU, in live patient coordinates.

    BadInput: no place in space, no decodable pixels, colour pixels, or sizes that disagree.
    """
    if int(dataset.get("SamplesPerPixel") or 1) != 1:
        raise BadInput(tr("SamplesPerPixel is {n}: a CT image has one.").format(n=dataset.SamplesPerPixel))
    frames = int(dataset.get("NumberOfFrames") or 1)
    heads = [_head(dataset, frame) for frame in range(frames)]
    planes = [ImagePlane.from_dicom(head) for head in heads]
    pixels = decode_pixels(dataset)
    stack = pixels[None] if pixels.ndim == 2 else pixels
    if stack.shape != (frames, planes[0].size[1], planes[0].size[0]):
        raise BadInput(tr("the pixels have the shape {shape}, which Rows and Columns do not say.").format(shape=stack.shape))
    return [Slice(_hounsfield(stack[i], heads[i]), planes[i]) for i in range(frames)]


def _head(dataset: Any, frame: int) -> Any:
    """The attributes of one frame, at the top level as a classic CT image has them."""
    if "PerFrameFunctionalGroupsSequence" not in dataset and "SharedFunctionalGroupsSequence" not in dataset:
        return dataset
    head = Dataset()
    head.Rows, head.Columns = dataset.get("Rows"), dataset.get("Columns")
    wanted = {
        "PlanePositionSequence": ("ImagePositionPatient",),
        "PlaneOrientationSequence": ("ImageOrientationPatient",),
        "PixelMeasuresSequence": ("PixelSpacing", "SliceThickness"),
        "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept"),
    }
    for sequence, keywords in wanted.items():
        item = functional_group(dataset, frame, sequence)
        for keyword in keywords:
            value = item.get(keyword) if item is not None else dataset.get(keyword)
            if value is not None:
                setattr(head, keyword, value)
    return head


def _hounsfield(stored: npt.NDArray[Any], head: Any) -> npt.NDArray[np.float32]:
    """HU; padding below air, outside the reconstruction circle, counts as air."""
    slope, intercept = float(head.get("RescaleSlope") or 1.0), float(head.get("RescaleIntercept") or 0.0)
    values = stored.astype(np.float32)
    values *= np.float32(slope)
    values += np.float32(intercept)
    return np.asarray(np.maximum(values, np.float32(AIR_HU), out=values), dtype=np.float32)
