"""The edges of a collimator, where scatter behind its shutters makes them as bright as what lies behind the patient.

A shutter's edge is what anatomy has not: one straight line, or one circle, along all of which the image is a step darker outside.
Blades are taken to lie along the image's rows and columns, an iris to be about the image's middle, as C-arms have them; the middle
is open.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.registration.drr import FloatImage

Mask = npt.NDArray[np.bool_]

EDGE_PIXELS = 128  # edges are looked for in an image of at most so many
REACH = 2  # pixels of it on each side of an edge that a step is measured over
LEAST_STEP = 0.25  # of the intensity's logarithm, the median along an edge
LEAST_SHARE, OF_ITS_MEDIAN = 0.8, 0.4  # of an edge must have so much of its median step: thick bone and metal cover the rest
CORE = 0.08  # of a side: so far from the middle, at least, the field is open
SMALLEST_RADIUS, DIRECTIONS = 0.14, 64  # of an iris, as part of a side; rays from its middle
FURTHEST, WOBBLE = 12, 2  # half pixels that a circle's edge may be from where it is looked for, and from where it is
MARGIN = 1.5  # pixels of the small image inside an edge that its blur reaches


def within_shutters(intensity: FloatImage) -> Mask:
    """Which pixels (rows, columns) of an image linear in intensity lie inside the collimator's edges; all where none are found."""
    step = int(np.ceil(max(intensity.shape) / EDGE_PIXELS))
    rows, columns = (n // step for n in intensity.shape)
    if min(rows, columns) < 24:
        return np.ones(intensity.shape, dtype=bool)
    means = intensity[: rows * step, : columns * step].reshape(rows, step, -1).sum(axis=1).reshape(rows, columns, step).mean(axis=2)
    log = np.log(np.maximum(means, max(float(np.median(means)) * 1e-2, 1e-6)))
    top, bottom, left, right = _blades(log)
    y, x = ((np.arange(n) + 0.5) / step for n in intensity.shape)  # of pixels' middles, in blocks
    inside = ((y > top) & (y < bottom))[:, None] & ((x > left) & (x < right))
    if sum((top > 0, bottom < np.inf, left > 0, right < np.inf)) < 3 and (iris := _iris(log)) is not None:
        inside &= np.square(y - iris[0])[:, None] + np.square(x - iris[1]) < iris[2] ** 2
    return inside


def _blades(log: FloatImage) -> tuple[float, float, float, float]:
    """Top, bottom, left, right between which the field is open, in pixels' edges; 0 and inf where there is no blade."""
    rise = {1: _rise(log), 0: _rise(log.T)}  # inside brighter: up from the left, down to the right
    found = {(axis, side): (0.0 if side > 0 else np.inf) for axis in (0, 1) for side in (1, -1)}
    span = {axis: _core(log.shape[axis]) for axis in (0, 1)}  # of the other axis' edges
    for _ in range(3):
        for axis in (0, 1):
            for side in (1, -1):
                found[axis, side] = _edge(rise[axis], side, span[1 - axis])
        if all(found[axis, 1] == 0 and found[axis, -1] == np.inf for axis in (0, 1)):
            break
        for axis in (0, 1):
            low, high = found[axis, 1], min(found[axis, -1], log.shape[axis])
            span[axis] = slice(int(low) + 2, max(int(high) - 2, int(low) + 3))
    return found[0, 1], found[0, -1], found[1, 1], found[1, -1]


def _core(size: int) -> slice:
    return slice(int(size * (0.5 - CORE)), int(np.ceil(size * (0.5 + CORE))))


def _rise(log: FloatImage) -> FloatImage:
    """(rows, columns + 1): by how much the image grows from left to right over each pixel's left edge; 0 near the ends."""
    rise = np.zeros((log.shape[0], log.shape[1] + 1), dtype=np.float32)
    rise[:, REACH:-REACH] = log[:, 2 * REACH - 1 :] - log[:, : log.shape[1] - 2 * REACH + 1]
    return rise


def _edge(rise: FloatImage, side: int, span: slice) -> float:
    """Where the blade on one side (1 the left, -1 the right) ends, with its margin; 0 or inf for no blade."""
    some = side * rise[span]
    medians = np.median(some, axis=0)
    core = _core(rise.shape[1])
    medians[core.start :] = -1 if side > 0 else medians[core.start :]
    medians[: core.stop] = -1 if side < 0 else medians[: core.stop]
    best = int(np.argmax(medians))
    step = float(medians[best])
    if step < LEAST_STEP or np.mean(some[:, best] > OF_ITS_MEDIAN * step) < LEAST_SHARE:
        return 0.0 if side > 0 else np.inf
    return best + side * MARGIN


def _iris(log: FloatImage) -> tuple[float, float, float] | None:
    """Row and column of the middle, and radius with its margin, of a round field in pixels' edges; None where there is none."""
    middle = np.array([n / 2 for n in log.shape])
    for reach in (2 * REACH, REACH, REACH):  # about the image's middle at first, then about the circle's own
        drop, seen, radii = _drops(log, middle, reach)
        share = seen.mean(axis=1)
        typical = np.where(share > 0.5, (np.clip(drop, -0.5, 3.0) * seen).mean(axis=1) / np.maximum(share, 0.5), -1)
        best = int(np.argmax(typical))
        median = float(np.median(drop[best][seen[best]]))
        if median < 0.5 * LEAST_STEP:
            return None
        last, middle = middle, _recentred(drop, seen, radii, best, middle)
    nearby = drop[max(0, best - WOBBLE) : best + WOBBLE + 1].max(axis=0)[seen[best]]
    whole = median >= LEAST_STEP and np.mean(nearby > OF_ITS_MEDIAN * median) >= LEAST_SHARE
    return (float(last[0]), float(last[1]), float(radii[best] - MARGIN)) if whole else None


def _drops(log: FloatImage, middle: npt.NDArray[np.float64], reach: int) -> tuple[FloatImage, Mask, FloatImage]:
    """(radii, directions): by how much the image falls outwards over each radius, and where that is inside the image; the radii."""
    rows, columns = log.shape
    radii = np.arange(SMALLEST_RADIUS * max(rows, columns), 0.7 * max(rows, columns), 0.5, dtype=np.float32)
    across, down = _directions()

    def at(offset: float) -> tuple[FloatImage, Mask]:
        y = np.floor(middle[0] + (radii + offset)[:, None] * down).astype(np.intp)
        x = np.floor(middle[1] + (radii + offset)[:, None] * across).astype(np.intp)
        inside = (y >= 0) & (x >= 0) & (y < rows) & (x < columns)
        return log[np.clip(y, 0, rows - 1), np.clip(x, 0, columns - 1)], inside

    (inner, _), (outer, seen) = at(-reach + 0.5), at(reach - 0.5)
    return inner - outer, seen, radii


@cache
def _directions() -> tuple[FloatImage, FloatImage]:
    """Across and down, of rays from the middle."""
    angles = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False, dtype=np.float32)
    return np.cos(angles), np.sin(angles)


def _recentred(drop: FloatImage, seen: Mask, radii: FloatImage, best: int, middle: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The middle of the circle through where each ray falls most near a radius, robustly."""
    near = slice(max(0, best - FURTHEST), best + FURTHEST + 1)
    fall = np.square(np.maximum(np.where(seen[near], drop[near], 0), 0))
    total = fall.sum(axis=0)
    place = (fall * radii[near, None]).sum(axis=0) / np.maximum(total, 1e-9)
    keep = seen[best] & (total > 0.25 * np.median(total))
    across, down = _directions()
    design = np.column_stack((down, across, np.ones(len(down))))
    moved = np.zeros(3)
    for _ in range(3):
        if keep.sum() < DIRECTIONS / 3:
            break
        moved, *_ = np.linalg.lstsq(design[keep], place[keep], rcond=None)
        error = np.abs(design @ moved - place)
        keep = keep & (error <= max(1.0, 2.5 * float(np.median(error[keep]))))
    return middle + moved[:2]
