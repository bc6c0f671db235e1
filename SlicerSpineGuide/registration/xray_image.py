"""From a radiograph to what a registration compares: log image, exposed part, resampling and local contrast."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import Projection
from SlicerSpineGuide.registration.drr import FloatImage, window

Mask = npt.NDArray[np.bool_]


FIELD_PIXELS = 192  # the collimated field is found on an image of at most so many
LARGEST = 640  # pixels; a larger radiograph is binned: still several pixels a millimetre at the patient
BURNT_OUT_FROM = 0.002  # of the image's pixels at its highest value


@dataclass(frozen=True, eq=False)
class LogRadiograph:
    """A radiograph in line integrals up to an offset: values (rows, columns), where it was exposed, and its C-arm."""

    values: FloatImage
    exposed: FloatImage  # 1 where the image tells something: inside the collimated field, and not burnt out
    projection: Projection

    @classmethod
    def of(cls, pixels: npt.ArrayLike, projection: Projection) -> LogRadiograph:
        """Of pixels (rows, columns) linear in detected intensity (Beer and Lambert: minus its logarithm)."""
        intensity = np.asarray(pixels, dtype=np.float32)
        bins = int(np.ceil(max(intensity.shape) / LARGEST))
        if bins > 1:
            rows, columns = (n // bins for n in intensity.shape)
            intensity = intensity[: rows * bins, : columns * bins].reshape(rows, bins, columns, bins).mean(axis=(1, 3))
            centre = ((columns * bins - 1) / 2, (rows * bins - 1) / 2)
            projection = window(projection, centre, bins, (columns, rows))
        exposed = exposed_field(intensity) & ~burnt_out(intensity)
        inside = intensity[exposed] if exposed.any() else intensity
        floor = max(float(np.median(inside)) * 1e-3, 1e-6)
        return cls(-np.log(np.maximum(intensity, floor)), exposed.astype(np.float32), projection)

    def resample(self, onto: Projection) -> LogRadiograph:
        """The same radiograph on another grid of the same detector plane, averaged over the new pixels; 0 exposed outside it.

        `onto` shares source, detector plane and axes with this projection (`drr.window`).
        """
        old = self.projection
        (first_row, down), (first_column, across) = (
            _area_weights(old.size[axis], old.pitch[axis], onto.size[axis], onto.pitch[axis], offset)
            for axis, offset in (
                (1, float((onto.detector_centre - old.detector_centre) @ old.v)),
                (0, float((onto.detector_centre - old.detector_centre) @ old.u)),
            )
        )
        part = np.s_[first_row : first_row + down.shape[1], first_column : first_column + across.shape[1]]
        exposed = self.exposed[part]
        both = np.stack((self.values[part] * exposed, exposed))
        total, share = small_products(small_products(down, both), np.ascontiguousarray(across.T))
        inside = share > 0.5
        values = np.where(inside, total / np.maximum(share, 0.5), 0)
        return LogRadiograph(values.astype(np.float32), inside.astype(np.float32), onto)


def _area_weights(old_size: int, old_pitch: float, size: int, pitch: float, offset_mm: float) -> tuple[int, FloatImage]:
    """First old pixel that counts, and (size, old pixels from there): the share of each new pixel that each old one covers.

    offset_mm: of the new pixels' centre from the old ones'.
    """
    step = pitch / old_pitch
    edges = old_size / 2 + offset_mm / old_pitch + (np.arange(size + 1) - size / 2) * step
    first = int(np.clip(np.floor(edges[0]), 0, old_size - 1))
    last = int(np.clip(np.ceil(edges[-1]), first + 1, old_size))
    pixels = np.arange(first, last)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return first, np.asarray(np.clip(overlap, 0, None) / step, dtype=np.float32)


def exposed_field(intensity: FloatImage, thick: bool = False) -> Mask:
    """Which pixels (rows, columns) the collimator left open: all but the dark parts that touch the image's border.

    Behind the shutters only scatter arrives, far less than behind the patient. An instrument that crosses the border is as dark but
    thin: it is left out too, unless only `thick` parts count.
    """
    rows, columns = intensity.shape
    # where the field is so small that the middle half of the image lies behind the shutters too, the very middle tells
    half, middle = (float(np.median(intensity[_inner(rows, part), _inner(columns, part)])) for part in (4, 12 / 5))
    open_ = max(half, 0.5 * middle)
    dark = intensity < 0.12 * open_
    if not dark.any() or dark.all():
        return np.ones(intensity.shape, dtype=bool)
    import SimpleITK as sitk

    step = int(np.ceil(max(intensity.shape) / FIELD_PIXELS))
    dark = _blocks(intensity, step).mean(axis=(1, 3)) < 0.12 * open_
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
    return _grown(_blocks(full, step).max(axis=(1, 3)), step, max(2, round(0.005 * max(intensity.shape))), intensity.shape)


def _blocks(image: npt.NDArray[Any], step: int) -> npt.NDArray[Any]:
    """(block rows, step, block columns, step): the image in blocks of step x step pixels, its border repeated to fill the last."""
    rows, columns = (-n % step for n in image.shape)
    padded = np.pad(image, ((0, rows), (0, columns)), mode="edge") if rows or columns else image
    return padded.reshape(padded.shape[0] // step, step, padded.shape[1] // step, step)


def _grown(blocks: npt.NDArray[Any], step: int, margin: int, shape: tuple[int, ...]) -> Mask:
    """The pixels of a mask of blocks, and all within `margin` pixels of it, to whole blocks."""
    import SimpleITK as sitk

    reach = [int(np.ceil(margin / step))] * 2
    grown = sitk.GetArrayFromImage(sitk.BinaryDilate(sitk.GetImageFromArray(blocks.astype(np.uint8)), reach, sitk.sitkBox)) > 0
    return np.asarray(np.repeat(np.repeat(grown, step, axis=0), step, axis=1)[: shape[0], : shape[1]])


class LocalContrast:
    """A band-pass of log images divided by its own local strength, blind to what was not exposed.

    The fine scale takes away noise, the coarse one scatter, beam hardening and everything smooth; the division makes a rib and a
    pedicle count alike. Scales in pixels. Filters are dense matrices: for images of this size, quicker than any other way.
    """

    def __init__(self, exposed: FloatImage, fine: float, coarse: float) -> None:
        self.exposed = exposed
        rows, columns = exposed.shape
        self._fine = _gaussian(rows, fine), _gaussian(columns, fine)
        self._coarse = _gaussian(rows, coarse), _gaussian(columns, coarse)
        self._fine_share = np.maximum(_smooth(self._fine, exposed), 1e-3)
        self._coarse_share = np.maximum(_smooth(self._coarse, exposed), 1e-3)

    def band(self, image: FloatImage) -> FloatImage:
        """The band-pass of (..., rows, columns)."""
        open_ = image * self.exposed
        fine, coarse = _smooth(self._fine, open_) / self._fine_share, _smooth(self._coarse, open_) / self._coarse_share
        return np.asarray((fine - coarse) * self.exposed, dtype=np.float32)

    def strength(self, band: FloatImage) -> FloatImage:
        """Local root mean square of a band-passed image, kept off zero by a part of the image's overall strength."""
        square = _smooth(self._coarse, band * band) / self._coarse_share
        overall = float((band * band).sum() / max(float(self.exposed.sum()), 1.0))
        return np.sqrt(square + 0.1 * overall + 1e-12)


@lru_cache(maxsize=64)
def _gaussian(size: int, sigma: float) -> FloatImage:
    offset = np.arange(size)[:, None] - np.arange(size)
    weights = np.exp(-0.5 * (offset / sigma) ** 2)
    return (weights / weights[size // 2].sum()).astype(np.float32)


def _smooth(filters: tuple[FloatImage, FloatImage], image: FloatImage) -> FloatImage:
    return small_products(small_products(filters[0], image), filters[1])


def small_products(a: FloatImage, b: FloatImage) -> FloatImage:
    """a @ b in parts that a BLAS keeps on one thread (`drr` tells why)."""
    rows = max(1, 1_000_000 // (a.shape[-1] * b.shape[-1]))
    if rows >= a.shape[-2]:
        return a @ b
    return np.concatenate([a[..., i : i + rows, :] @ b for i in range(0, a.shape[-2], rows)], axis=-2)
