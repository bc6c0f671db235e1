"""Which part of a radiograph tells something: the field that the collimator left open, less what is burnt out."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.registration.drr import FloatImage
from SlicerSpineGuide.registration.xray_shutters import within_shutters

Mask = npt.NDArray[np.bool_]

FIELD_PIXELS = 192  # the collimated field is found on an image of at most so many
DARK = 0.12  # of the open field's middle: behind shutters without scatter
BURNT_OUT_FROM = 0.002  # of the image's pixels at its highest value


def exposed_field(intensity: FloatImage, thick: bool = False) -> Mask:
    """Which pixels (rows, columns) the collimator left open, of an image linear in intensity.

    Behind the shutters only scatter arrives. Where that is far less than arrives behind the patient, the shutters are the dark parts
    that touch the image's border; where it is not, their edges give them away (`within_shutters`). An instrument that crosses the
    border is as dark but thin: it is left out too, unless only `thick` parts count.
    """
    return not_dark(intensity, thick) & within_shutters(intensity)


def not_dark(intensity: FloatImage, thick: bool = False) -> Mask:
    """All pixels (rows, columns) but the dark parts that touch the image's border."""
    rows, columns = intensity.shape
    # where the field is so small that the middle half of the image lies behind the shutters too, the very middle tells
    half, middle = (float(np.median(intensity[_inner(rows, part), _inner(columns, part)][::2, ::2])) for part in (4, 12 / 5))
    open_ = max(half, 0.5 * middle)
    step = int(np.ceil(max(intensity.shape) / FIELD_PIXELS))
    dark = blocks(intensity, step).sum(axis=1).sum(axis=-1) < DARK * open_ * step**2
    if not dark.any() or dark.all():
        return np.ones(intensity.shape, dtype=bool)
    import SimpleITK as sitk

    if thick:
        radius = max(1, round(0.03 * max(dark.shape)))
        framed = sitk.GetImageFromArray(np.pad(dark, radius, constant_values=True).astype(np.uint8))
        dark = sitk.GetArrayFromImage(sitk.BinaryMorphologicalOpening(framed, [radius, radius], sitk.sitkBox))[
            radius:-radius, radius:-radius
        ]
    framed = sitk.GetImageFromArray(np.pad(dark, 1, constant_values=True).astype(np.uint8))
    outside = sitk.GetArrayFromImage(sitk.ConnectedThreshold(framed, [(0, 0)], 1, 1))[1:-1, 1:-1]
    return ~_grown(outside, step, max(2, round(0.008 * max(intensity.shape))), intensity.shape)


def _inner(size: int, part: float) -> slice:
    """All but `1 / part` of a side at each of its ends."""
    return slice(int(size / part), size - int(size / part))


def burnt_out(intensity: FloatImage) -> Mask:
    """Which pixels (rows, columns) hold no more than that they are at the detector's limit, as beside the body: its edge would be
    compared with one that is not there."""
    top = float(intensity.max())
    full = intensity >= 0.999 * top
    if not BURNT_OUT_FROM < full.mean() < 1:  # less is noise's own peaks
        return np.zeros(intensity.shape, dtype=bool)
    step = int(np.ceil(max(intensity.shape) / FIELD_PIXELS))
    any_full = np.asarray(blocks(full, step).any(axis=1).any(axis=-1))
    return _grown(any_full, step, max(2, round(0.005 * max(intensity.shape))), intensity.shape)


def blocks(image: npt.NDArray[Any], step: int) -> npt.NDArray[Any]:
    """(block rows, step, block columns, step): the image in blocks of step x step pixels, its border repeated to fill the last."""
    rows, columns = (-n % step for n in image.shape)
    padded = np.pad(image, ((0, rows), (0, columns)), mode="edge") if rows or columns else image
    return padded.reshape(padded.shape[0] // step, step, padded.shape[1] // step, step)


def _grown(mask: npt.NDArray[Any], step: int, margin: int, shape: tuple[int, ...]) -> Mask:
    """The pixels of a mask of blocks, and all within `margin` pixels of it, to whole blocks."""
    import SimpleITK as sitk

    reach = [int(np.ceil(margin / step))] * 2
    grown = sitk.GetArrayFromImage(sitk.BinaryDilate(sitk.GetImageFromArray(mask.astype(np.uint8)), reach, sitk.sitkBox)) > 0
    return np.asarray(np.repeat(np.repeat(grown, step, axis=0), step, axis=1)[: shape[0], : shape[1]])
