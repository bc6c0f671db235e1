"""What is in the live slices and not in the plan: the difference to the registered planning CT, and elongated pieces of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, apply
from SlicerSpineGuide.images import Slice, Volume

SATURATED_HU = 2900.0  # 12 bits end at 3071
METAL_HU = 9000.0  # steel in a scanner with an extended scale; a lower one is found all the same
PSF_SIGMA_MM = 0.6
LEAST_HU, MOST_HU = 300.0, 1200.0  # bounds of the threshold on the difference


@dataclass(frozen=True, eq=False)
class Piece:
    """One connected piece of new metal: its pixels as live LPS points (n, 3) and their difference to the plan (n,) HU."""

    points: FloatArray
    excess: FloatArray
    slices: tuple[int, ...]


def threshold(diameter_mm: float, thickness_mm: float) -> float:
    """The excess over the plan from which on a pixel may be an instrument's: a part of what partial volume leaves of it, HU."""
    seen = METAL_HU * min(1.0, diameter_mm / thickness_mm) * min(1.0, diameter_mm / (2.35 * PSF_SIGMA_MM))
    return float(np.clip(0.35 * seen, LEAST_HU, MOST_HU))


def excess_over_plan(planning: Volume, plan_from_live: FloatArray, image: Slice, pixels: FloatArray) -> FloatArray:
    """Live HU minus the plan's, the largest over the slice's thickness, at integer (column, row) pixels (n, 2)."""
    columns, rows = pixels.astype(int).T
    return image.pixels[rows, columns] - plan_over_thickness(planning, plan_from_live, image, image.plane.to_lps(pixels)).max(axis=0)


def plan_over_thickness(planning: Volume, plan_from_live: FloatArray, image: Slice, points: FloatArray) -> FloatArray:
    """The plan's HU (3, n) at live LPS points (n, 3) in the slice's middle and at both of its faces."""
    depths = np.array([-0.5, 0.0, 0.5])[:, None, None] * image.plane.thickness * image.plane.normal
    return planning.sample(apply(plan_from_live, points + depths))


def pieces(planning: Volume, plan_from_live: FloatArray, slices: Sequence[Slice], least_hu: float) -> list[Piece]:
    """The connected pieces of new metal, across slices, the heaviest first. least_hu: from `threshold`."""
    shape = (len(slices), *slices[0].pixels.shape)
    excess = np.zeros(shape, dtype=np.float32)
    for k, image in enumerate(slices):
        rows, columns = np.nonzero(image.pixels > least_hu)
        if len(rows):
            pixels = np.stack([columns, rows], axis=1).astype(np.float64)
            excess[k, rows, columns] = excess_over_plan(planning, plan_from_live, image, pixels)
    mask = sitk.GetImageFromArray((excess > least_hu).astype(np.uint8))
    labels = sitk.GetArrayFromImage(sitk.ConnectedComponent(mask, True))
    where = np.argwhere(labels > 0)
    if len(where) == 0:
        return []
    numbers = labels[tuple(where.T)]
    found = [_piece(slices, where[numbers == n], excess) for n in np.unique(numbers)]
    return sorted(found, key=lambda piece: -float(piece.excess.sum()))


def _piece(slices: Sequence[Slice], where: npt.NDArray[np.intp], excess: npt.NDArray[np.float32]) -> Piece:
    points = np.empty((len(where), 3))
    for k in np.unique(where[:, 0]):
        here = where[:, 0] == k
        points[here] = slices[k].plane.to_lps(where[here][:, :0:-1])
    return Piece(points, excess[tuple(where.T)].astype(np.float64), tuple(int(k) for k in np.unique(where[:, 0])))


def metal_mask(image: Slice, margin_mm: float) -> npt.NDArray[np.bool_]:
    """Pixels (rows, columns) of metal and of what lies within `margin_mm` of it, whatever it is."""
    core = sitk.GetImageFromArray((image.pixels > SATURATED_HU * 0.7).astype(np.uint8))
    radius = max(1, round(margin_mm / min(image.plane.pitch)))
    return sitk.GetArrayFromImage(sitk.BinaryDilate(core, [radius, radius])).astype(bool)
