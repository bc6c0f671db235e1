"""The live slices as registration sees them: small smoothed patches around the target, on the levels' spacings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.registration.reference import HIGH_HU, LOW_HU, Float32, gaussian_rows

METAL_HU = 2200.0  # above any bone
METAL_MARGIN_MM = 2.0  # blooming


@dataclass(frozen=True, eq=False)
class Patch:
    """Pixels of one live slice on a regular grid, smoothed.

    values, edges, valid: (rows * columns,) HU, HU per mm, and whether the pixel can be used; origin (3,): its first pixel, in mm from
    the target along the live axes; frame (3, 3): u, v, normal as columns; size: columns, rows; pitch: mm.
    """

    values: Float32
    edges: Float32
    valid: npt.NDArray[np.bool_]
    origin: FloatArray
    frame: FloatArray
    size: tuple[int, int]
    pitch: float

    def points(self) -> FloatArray:
        """(rows * columns, 3) pixel centres, mm from the target, live axes."""
        column, row = np.meshgrid(np.arange(self.size[0]) * self.pitch, np.arange(self.size[1]) * self.pitch)
        u, v = self.frame[:, 0], self.frame[:, 1]
        return np.asarray(self.origin + column.reshape(-1, 1) * u + row.reshape(-1, 1) * v)


class LiveSlice:
    """One slice, clipped once, from which patches are taken around a point."""

    def __init__(self, image: Slice, mask: npt.NDArray[np.bool_] | None, centre: FloatArray) -> None:
        plane = image.plane
        self.plane = plane
        self.frame = np.stack([plane.u, plane.v, plane.normal], axis=1)
        self.origin = plane.origin - centre
        self._pixels = image.pixels
        self._mask = mask

    def patch(self, about: FloatArray, radius: float, spacing: float, sigma: float) -> Patch | None:
        """The patch within `radius` mm of the foot of `about` (mm from the target, live axes); None where the image does not reach it.

        Its pixels lie at multiples of `spacing` from the image's first pixel, so that the same image gives the same samples.
        """
        offset = about - self.origin
        spans = []
        for axis, count, pitch in zip((0, 1), self.plane.size, self.plane.pitch, strict=True):
            foot = float(offset @ self.frame[:, axis])
            first = int(np.ceil(max(foot - radius, 0.0) / spacing))
            last = int(np.floor(min(foot + radius, (count - 1) * pitch) / spacing))
            if last - first < 4:
                return None
            reach = 4 * max(sigma, 0.5 * pitch) + METAL_MARGIN_MM
            low = max(int((first * spacing - reach) / pitch), 0)
            high = min(int((last * spacing + reach) / pitch) + 2, count)
            spans.append((np.arange(first, last + 1) * spacing, low, high, pitch))
        (x, x0, x1, px), (y, y0, y1, py) = spans
        raw = self._pixels[y0:y1, x0:x1]
        pixels = np.clip(raw, LOW_HU, HIGH_HU)
        columns = gaussian_rows(x - x0 * px, x1 - x0, px, sigma)
        rows = gaussian_rows(y - y0 * py, y1 - y0, py, sigma)
        values: Float32 = rows @ pixels.astype(np.float32, copy=False) @ columns.T
        dy, dx = np.gradient(values, spacing)
        bad = raw > METAL_HU
        if self._mask is not None:
            bad |= self._mask[y0:y1, x0:x1]
        valid = np.ones(values.shape, dtype=bool)
        if bad.any():
            wide = max(sigma, METAL_MARGIN_MM)
            spread: Float32 = gaussian_rows(y - y0 * py, y1 - y0, py, wide) @ bad.astype(np.float32)
            valid = spread @ gaussian_rows(x - x0 * px, x1 - x0, px, wide).T < 0.02
        origin = self.origin + x[0] * self.frame[:, 0] + y[0] * self.frame[:, 1]
        return Patch(
            values.ravel(), np.hypot(dx, dy).astype(np.float32).ravel(), valid.ravel(), origin, self.frame, (len(x), len(y)), spacing
        )


def patches(slices: Sequence[LiveSlice], about: FloatArray, radius: float, spacing: float, sigma: float) -> list[Patch]:
    """The patches of all slices that reach `about`."""
    found = (s.patch(about, radius, spacing, sigma) for s in slices)
    return [p for p in found if p is not None]
