"""What is in the live slices and not in the plan: pixels too bright for the registered planning CT to explain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, apply
from SlicerSpineGuide.images import Slice, Volume

SATURATED_HU = 2900.0  # 12 bits end at 3071
DULL_METAL_HU = 4000.0  # the least that steel or titanium shows where a pixel is full of it
PSF_SIGMA_MM = 0.6
LEAST_HU, MOST_HU = 250.0, 800.0  # bounds of the threshold on the difference
LEAST_SIGMAS = 5.0
UNPLANNED_HU = 2000.0  # where the planning CT does not reach, bone could be anywhere: only what no bone is counts there
EMPTY_HU, IN_AIR_HU = -300.0, 300.0  # where the plan has air, a table, a drape or a hand may be now, as bright as that
EDGE_MM = 0.8  # a bone's edge may lie so far from where the plan has it: kernels and registrations differ
EDGE_VOXELS = 0.5  # ... and so far where its voxels are coarse


@dataclass(frozen=True, eq=False)
class NewMetal:
    """Pixels brighter than the plan: flat (n, 2) mm along the planes' u and v from the first slice's first pixel, excess (n,) HU."""

    flat: FloatArray
    excess: FloatArray


def threshold(diameter_mm: float, thickness_mm: float, noise_hu: float) -> float:
    """The excess over the plan from which on a pixel may be an instrument's: a part of what partial volume leaves of it, HU."""
    seen = DULL_METAL_HU * min(1.0, diameter_mm / thickness_mm) * min(1.0, diameter_mm / (2.5 * PSF_SIGMA_MM))
    return float(max(np.clip(0.35 * seen, LEAST_HU, MOST_HU), LEAST_SIGMAS * noise_hu))


def noise_of(image: Slice) -> float:
    """One standard deviation of the pixel noise, HU, from neighbouring pixels of soft tissue (robust, Donoho's median estimate)."""
    rows = image.pixels[::8]
    tissue = np.abs(rows[:, :-2]) < 200
    ordered = np.sort(np.abs((rows[:, :-2] - rows[:, 2:])[tissue]))  # faster than numpy's median
    return float(ordered[ordered.size // 2]) / 0.6745 / math.sqrt(2) if ordered.size > 50 else 20.0


def new_metal(planning: Volume, plan_from_live: FloatArray, slices: Sequence[Slice], least_hu: float, most: int) -> NewMetal:
    """The pixels that exceed the plan, and all within EDGE_MM and the slice's thickness around, by least_hu; of more than `most`,
    one in several."""
    first = slices[0].plane
    frame = np.eye(4)  # mm along the first slice's u, v and normal -> live LPS
    frame[:3] = np.stack((first.u, first.v, first.normal, first.origin), axis=1)
    to_plan = planning.index_from_lps @ plan_from_live
    found = []
    for image in slices:
        pixels, matrix = image.pixels.reshape(-1), to_plan @ image.plane.lps_from_index
        where = np.flatnonzero(pixels > least_hu)
        row, column = np.divmod(where, image.plane.size[0])
        index, live = matrix[:3, :1] * column + matrix[:3, 1:2] * row + matrix[:3, 3:], pixels[where]
        plan = _voxels(planning, index)
        bright = np.flatnonzero(live > plan + least_hu)  # most bone ends here
        found.append(np.vstack((index[:, bright], live[bright], plan[bright])))
    candidates = np.concatenate(found, axis=1)
    edge, half = max(EDGE_MM, EDGE_VOXELS * float(planning.spacing.max())), first.thickness / 2
    around = (to_plan @ frame)[:3, :3] @ [[edge, -edge, 0, 0, 0, 0], [0, 0, edge, -edge, 0, 0], [0, 0, 0, 0, half, -half]]
    step = max(1, -(-candidates.shape[1] // most))
    index, excess = _brighter(planning, candidates[:, ::step], around, least_hu)
    if (left := max(1, -(-step * len(excess) // most))) <= step / 2:  # most of them were edges of bone
        index, excess = _brighter(planning, candidates[:, ::left], around, least_hu)
    points = apply(np.asarray(np.linalg.inv(to_plan @ frame), dtype=np.float64), index.T)
    return NewMetal(points[:, :2], excess)


def _brighter(planning: Volume, candidates: FloatArray, around: FloatArray, least_hu: float) -> tuple[FloatArray, FloatArray]:
    """Indices in the plan (3, m) and excess (m,) of those candidates that are brighter than the plan `around` them as well.

    candidates: indices in the plan, live HU, planned HU (5, n); around: index offsets (3, k).
    """
    index, live, plan = candidates[:3], candidates[3], candidates[4]
    plan = np.maximum(plan, _voxels(planning, index[:, None] + around[:, :, None]).max(axis=0))
    excess = live - np.where(plan < EMPTY_HU, IN_AIR_HU, plan)
    inside = ((index > -0.5) & (index < np.array(planning.size)[:, None] - 0.5)).all(axis=0)
    keep = (excess > least_hu) & ((live > UNPLANNED_HU) | inside)
    return index[:, keep], excess[keep]


def _voxels(planning: Volume, index: FloatArray) -> FloatArray:
    """HU (...) of the voxels nearest to (column, row, slice) indices (3, ...), beyond the volume of its outermost ones."""
    columns, rows, slices = planning.size
    inside = np.clip(index.reshape(3, -1), 0, np.array([[columns - 1.0], [rows - 1.0], [slices - 1.0]]))
    column, row, sheet = np.rint(inside).astype(np.intp)
    return planning.voxels.reshape(-1)[(sheet * rows + row) * columns + column].astype(np.float64).reshape(index.shape[1:])


def metal_mask(image: Slice, margin_mm: float) -> npt.NDArray[np.bool_]:
    """Pixels (rows, columns) of metal and of what lies within `margin_mm` of it, whatever it is."""
    core = image.pixels > SATURATED_HU * 0.7
    rows, columns = np.flatnonzero(core.any(axis=1)), np.flatnonzero(core.any(axis=0))
    mask = np.zeros(core.shape, dtype=bool)
    if len(rows) == 0:
        return mask
    radius = max(1, round(margin_mm / min(image.plane.pitch)))
    part = (
        slice(max(rows[0] - radius, 0), rows[-1] + radius + 1),
        slice(max(columns[0] - radius, 0), columns[-1] + radius + 1),
    )
    found = sitk.BinaryDilate(sitk.GetImageFromArray(core[part].astype(np.uint8)), [radius, radius])
    mask[part] = sitk.GetArrayViewFromImage(found) > 0
    return mask
