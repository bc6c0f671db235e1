"""What is in the live slices and not in the plan: pixels too bright for the registered planning CT to explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, apply, rotate
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
    """Pixels brighter than the plan: flat (n, 2) mm along the planes' u and v, place (n,) mm along their normal, excess (n,) HU.

    The frame's origin is the first slice's first pixel.
    """

    flat: FloatArray
    place: FloatArray
    excess: FloatArray


def threshold(diameter_mm: float, thickness_mm: float, noise_hu: float) -> float:
    """The excess over the plan from which on a pixel may be an instrument's: a part of what partial volume leaves of it, HU."""
    seen = DULL_METAL_HU * min(1.0, diameter_mm / thickness_mm) * min(1.0, diameter_mm / (2.5 * PSF_SIGMA_MM))
    return float(max(np.clip(0.35 * seen, LEAST_HU, MOST_HU), LEAST_SIGMAS * noise_hu))


def noise_of(image: Slice) -> float:
    """One standard deviation of the pixel noise, HU, from neighbouring pixels of soft tissue (robust, Donoho's median estimate)."""
    rows = image.pixels[::8]
    tissue = (rows[:, :-2] > -200) & (rows[:, :-2] < 200)
    difference = (rows[:, :-2] - rows[:, 2:])[tissue]
    return float(np.median(np.abs(difference)) / 0.6745 / np.sqrt(2)) if difference.size > 50 else 20.0


def new_metal(planning: Volume, plan_from_live: FloatArray, slices: Sequence[Slice], least_hu: float) -> NewMetal:
    """The pixels that exceed the plan, and all within EDGE_MM and the slice's thickness around, by least_hu."""
    first = slices[0].plane
    flats, places, excesses = [np.empty((0, 2))], [np.empty(0)], [np.empty(0)]
    for image in slices:
        columns, rows = _bright(image, least_hu)
        if len(rows) == 0:
            continue
        live = image.pixels[rows, columns].astype(np.float64)
        index = planning.index_from_lps @ plan_from_live @ image.plane.lps_from_index
        there = columns[:, None] * index[:3, 0] + rows[:, None] * index[:3, 1] + index[:3, 3]
        bright = np.flatnonzero(live > _voxels(planning, there) + least_hu)  # most bone ends here
        points, live = image.plane.to_lps(np.stack((columns[bright], rows[bright]), axis=1)), live[bright]
        plan = brightest_plan(planning, plan_from_live, image, points)
        excess = live - np.where(plan < EMPTY_HU, IN_AIR_HU, plan)
        keep = (excess > least_hu) & ((live > UNPLANNED_HU) | inside(planning, plan_from_live, points))
        offset = points[keep] - first.origin
        flats.append(np.stack((offset @ first.u, offset @ first.v), axis=1))
        places.append(offset @ first.normal)
        excesses.append(excess[keep])
    return NewMetal(np.concatenate(flats), np.concatenate(places), np.concatenate(excesses))


def _bright(image: Slice, least_hu: float) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    where = np.flatnonzero(image.pixels > least_hu)
    rows, columns = np.divmod(where, image.pixels.shape[1])
    return columns, rows


def brightest_plan(planning: Volume, plan_from_live: FloatArray, image: Slice, points: FloatArray) -> FloatArray:
    """The highest HU (n,) that the plan has around live LPS points (n, 3): through the slice, and an edge's width to all sides."""
    plane, half = image.plane, image.plane.thickness / 2
    edge = max(EDGE_MM, EDGE_VOXELS * float(planning.spacing.max()))
    around = [np.zeros(3)] + [edge * d for d in (plane.u, -plane.u, plane.v, -plane.v)] + [half * plane.normal, -half * plane.normal]
    index = planning.index_from_lps @ plan_from_live
    return _voxels(planning, apply(index, points) + rotate(index, np.array(around))[:, None, :]).max(axis=0)


def inside(planning: Volume, plan_from_live: FloatArray, points: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether live LPS points (n, 3) lie in the planning CT."""
    index = apply(planning.index_from_lps @ plan_from_live, points)
    return np.asarray(((index > -0.5) & (index < np.array(planning.size) - 0.5)).all(axis=1))


def _voxels(planning: Volume, index: FloatArray) -> FloatArray:
    """HU (...) of the voxels nearest to (column, row, slice) indices (..., 3), beyond the volume of its outermost ones."""
    columns, rows, slices = planning.size
    column, row, sheet = (np.rint(index[..., k]).astype(np.intp) for k in range(3))
    np.clip(column, 0, columns - 1, out=column)
    np.clip(row, 0, rows - 1, out=row)
    np.clip(sheet, 0, slices - 1, out=sheet)
    return planning.voxels[sheet, row, column].astype(np.float64)


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
