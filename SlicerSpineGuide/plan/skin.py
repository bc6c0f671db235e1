"""The skin, from the CT alone: where a path leaves the body."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, apply
from SlicerSpineGuide.images import Volume

AIR_BELOW_HU = -300.0
STEP_MM = 0.5
BODY_MM = 12.0  # of tissue in a row: the body, not a cover or the table's shell
AIR_MM = 6.0  # of air in a row: lung, bowel or the outside, not a bubble
FARTHEST_MM = 300.0
NEAR_BODY = 0.05  # of a voxel of the body's mask, which is coarser than the CT


def skin_entry(planning: Volume, inside: FloatArray, outward: FloatArray, body: Volume | None = None) -> FloatArray | None:
    """The point (3,) LPS at which a ray from a point inside the body along the unit vector `outward` leaves the skin.

    The body ends with its last BODY_MM of tissue along the ray, so lung and bowel are not taken for the outside. With `body`
    (surfaces.body_of) only its tissue counts: neither a table nor an arm beside it. None where the CT ends before the skin.
    planning: HU.
    """
    s = np.arange(0.0, FARTHEST_MM, STEP_MM)
    points = inside + s[:, None] * outward
    size = np.array(planning.size)
    index = apply(planning.index_from_lps, points)
    points = points[np.all((index >= -0.5) & (index <= size - 0.5), axis=1).cumprod().astype(bool)]
    dense = planning.sample(points) >= AIR_BELOW_HU
    if body is not None:
        dense &= body.sample(points) > NEAR_BODY
    tissue = _runs(dense, BODY_MM)
    if not tissue.any():
        return None
    last = len(tissue) - 1 - int(tissue[::-1].argmax())
    if (len(tissue) - 1 - last) * STEP_MM < AIR_MM:
        return None
    return np.asarray(inside + (s[last] + STEP_MM / 2) * outward)


def air_on_the_way_mm(planning: Volume, start: FloatArray, end: FloatArray) -> float:
    """How many mm of lung, bowel or other air a straight path from `start` to `end` (3,) LPS crosses, bubbles left out."""
    length = float(np.linalg.norm(end - start))
    points = start + np.arange(0.0, length, STEP_MM)[:, None] * ((end - start) / length)
    return float(_runs(planning.sample(points) < AIR_BELOW_HU, AIR_MM).sum() * STEP_MM)


def _runs(flags: npt.NDArray[np.bool_], least_mm: float) -> npt.NDArray[np.bool_]:
    """`flags` without their runs shorter than `least_mm`."""
    kept = np.zeros_like(flags)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if (end - begin) * STEP_MM >= least_mm:
            kept[begin:end] = True
    return kept
