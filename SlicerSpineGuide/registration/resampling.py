"""Separable smoothing and resampling of images as small matrix products.

Live slices go through banded blocks, each product small enough that a BLAS library runs it in the calling thread: at these sizes
waking other threads costs more than the work, and far more on a busy machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]
BLOCK = 8  # grid positions per block; patches begin and end on whole blocks


def gaussian_rows(positions: npt.NDArray[Any], count: int, pitch: float, sigma: float) -> Float32:
    """(len(positions), count): rows that resample `count` samples at `pitch` mm to `positions` (mm), smoothed by a Gaussian.

    The kernel is never narrower than what interpolates the samples without gaps; at the ends it is cut and normalised again.
    """
    width = max(sigma, 0.5 * pitch)
    distance = (positions[:, None] - np.arange(count) * pitch) / width
    rows = np.exp(-0.5 * distance**2)
    rows[np.abs(distance) > 3.5] = 0
    total = rows.sum(axis=1, keepdims=True)
    return np.asarray(rows / np.where(total > 1e-6, total, np.inf), dtype=np.float32)


def gaussian_taps(sigma: float, spacing: float) -> Float32:
    """An odd number of taps, summing to 1, of a Gaussian on samples at `spacing` mm; never narrower than what interpolates them."""
    width = max(sigma, 0.5 * spacing) / spacing
    reach = int(np.ceil(3.5 * width))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    return np.asarray(taps / taps.sum(), dtype=np.float32)


def box_taps(thickness: float, spacing: float) -> Float32:
    """An odd number of taps, summing to 1, of a slice profile `thickness` mm wide (a box with exact edges)."""
    reach = int(np.ceil(thickness / 2 / spacing))
    offset = np.abs(np.arange(-reach, reach + 1)) * spacing
    taps = np.clip((thickness / 2 + spacing / 2 - offset) / spacing, 0, 1)
    return np.asarray(taps / taps.sum() if taps.any() else offset == 0, dtype=np.float32)


def blurred(array: Float32, axis: int, taps: Float32, step: int) -> Float32:
    """Every `step`-th sample of `array` (3 axes) convolved with symmetric `taps` along `axis`, where the taps fit.

    Sums of shifted views: a matrix product would wake BLAS threads, which on a busy machine wait for each other.
    """
    count = (array.shape[axis] - len(taps)) // step + 1
    total = None
    for k, tap in enumerate(taps):
        where = [slice(None)] * 3
        where[axis] = slice(k, k + step * (count - 1) + 1, step)
        part = array[tuple(where)] * tap
        total = part if total is None else np.add(total, part, out=total)
    assert total is not None
    return np.asarray(total)


def along(axis: int, rows: Float32, array: Float32) -> Float32:
    """`rows` (m, n) applied to `array` along `axis`."""
    return np.ascontiguousarray(np.moveaxis(np.tensordot(rows, array, axes=(1, axis)), 0, axis))


@dataclass(frozen=True, eq=False)
class Axis:
    """Resampling along one axis of a live image: `count` pixels at `pitch` mm to multiples of `spacing` mm, smoothed by `sigma` mm.

    bands: per block of BLOCK positions the first and last + 1 pixel that it reads, and its (BLOCK, pixels) matrix.
    """

    positions: int
    bands: tuple[tuple[int, int, Float32], ...]

    def blocks(self, low: float, high: float, spacing: float) -> tuple[int, int]:
        """The whole blocks, first and last + 1, that cover positions from `low` to `high` mm as far as the image goes."""
        first = int(np.clip(np.floor(low / spacing / BLOCK + 0.5), 0, len(self.bands)))
        last = int(np.clip(np.ceil(high / spacing / BLOCK - 0.5), 0, len(self.bands)))
        return first, last

    def pixels(self, blocks: tuple[int, int]) -> tuple[int, int]:
        """The pixels, first and last + 1, that these blocks read."""
        return self.bands[blocks[0]][0], self.bands[blocks[1] - 1][1]


@lru_cache(maxsize=64)
def axis_resampling(count: int, pitch: float, spacing: float, sigma: float) -> Axis:
    """The resampling of one image axis; kept, since all slices of a session share a few geometries."""
    positions = int((count - 1) * pitch / spacing + 1e-6) + 1
    rows = gaussian_rows(np.arange(positions) * spacing, count, pitch, sigma)
    bands = []
    for start in range(0, positions - BLOCK + 1, BLOCK):
        block = rows[start : start + BLOCK]
        used = np.flatnonzero(block.any(axis=0))
        low, high = int(used[0]), int(used[-1]) + 1
        bands.append((low, high, np.ascontiguousarray(block[:, low:high])))
    return Axis(positions, tuple(bands))


def smooth(image: Float32, rows: Axis, columns: Axis, row_blocks: tuple[int, int], column_blocks: tuple[int, int]) -> Float32:
    """The blocks' grid positions of `image`, which holds just the pixels that the blocks read."""
    top, left = rows.pixels(row_blocks)[0], columns.pixels(column_blocks)[0]
    upright = np.empty(((row_blocks[1] - row_blocks[0]) * BLOCK, image.shape[1]), dtype=np.float32)
    for k, (low, high, matrix) in enumerate(rows.bands[row_blocks[0] : row_blocks[1]]):
        np.matmul(matrix, image[low - top : high - top], out=upright[k * BLOCK : (k + 1) * BLOCK])
    result = np.empty((upright.shape[0], (column_blocks[1] - column_blocks[0]) * BLOCK), dtype=np.float32)
    for k, (low, high, matrix) in enumerate(columns.bands[column_blocks[0] : column_blocks[1]]):
        result[:, k * BLOCK : (k + 1) * BLOCK] = upright[:, low - left : high - left] @ matrix.T
    return result
