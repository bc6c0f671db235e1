"""From a radiograph to what a registration compares: log image, exposed part, resampling and local contrast."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import Projection
from SlicerSpineGuide.registration.drr import FloatImage, window
from SlicerSpineGuide.registration.xray_field import burnt_out, exposed_field

LARGEST = 640  # pixels; a larger radiograph is binned: still several pixels a millimetre at the patient


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
        some, kept = intensity[::4, ::4], exposed[::4, ::4]
        inside = some[kept] if kept.any() else some
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
