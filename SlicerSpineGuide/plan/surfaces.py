"""The body and the bone from the CT alone, by threshold and morphology: what there is to go by where nothing is segmented.

Masks (uint8, 0 or 1) on a coarser grid along the CT's own axes, LPS. They are less than a segmentation: contrast agent and metal
count as bone, bone as thin as a voxel is lost, and bones that touch are one. Whoever shows them says where they come from.
"""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, apply
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.skin import AIR_BELOW_HU
from SlicerSpineGuide.translation import tr

BODY_GRID_MM = 2.0
BODY_OPENING_MM = 4.0  # takes away what is thinner than 8 mm: the table's shell, covers, tubes, and the bridges to them
BONE_GRID_MM, NEAR_BONE_GRID_MM = 1.5, 1.0  # of a whole CT's, of a part's
BONE_HU = 150.0  # a voxel of bone in the adult; cancellous bone may be below, and is what the filling is for
SURE_BONE_HU = 350.0  # every piece of bone has some of it
BONE_CLOSING_MM = 1.5
LEAST_BONE_MM3 = 500.0  # smaller pieces are calcifications and noise


def body_of(planning: Volume) -> Volume:
    """The patient without table, covers and air; lung and bowel gas are not of it. BadInput where the CT shows no body.

    Tissue above -300 HU, opened by a ball of 4 mm, of which the largest connected piece counts.
    """
    grid = _resampled(planning, max(BODY_GRID_MM, float(planning.spacing.min())))
    tissue = sitk.BinaryThreshold(grid, AIR_BELOW_HU, 1e6)
    opened = sitk.BinaryMorphologicalOpening(tissue, _radius(grid, BODY_OPENING_MM))
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(opened))
    body = sitk.BinaryThreshold(parts, 1, 1)
    if not sitk.GetArrayViewFromImage(body).any():
        raise BadInput(tr("The CT shows no body: nothing in it is denser than air."))
    # what the opening took off the body's own edge
    body = sitk.And(sitk.BinaryDilate(body, _radius(grid, BODY_GRID_MM)), tissue)
    return Volume.from_sitk(sitk.Cast(body, sitk.sitkUInt8))


def middle_of(body: Volume, point: FloatArray) -> FloatArray:
    """The middle, from side to side, of the body's outline (body_of) in the slice of an LPS point (3,)."""
    k = int(np.clip(round(float(apply(body.index_from_lps, point)[2])), 0, body.size[2] - 1))
    columns = np.flatnonzero(body.voxels[k].any(axis=0))
    if len(columns) == 0:
        return point.copy()
    middle = apply(body.lps_from_index, ((columns[0] + columns[-1]) / 2, (body.size[1] - 1) / 2, k))
    return np.array([middle[0], point[1], point[2]])


def bone_of(
    planning: Volume,
    body: Volume,
    centre: FloatArray | None = None,
    half_size_mm: FloatArray | float = 80.0,
    least_hu: float = BONE_HU,
    gaps_mm: float = BONE_CLOSING_MM,
) -> Volume:
    """The bone of the whole CT, or of the box around `centre` (3,) LPS: cortex and what it encloses. BadInput where there is none.

    In the `body` (body_of; a table is dense, too), above `least_hu` and connected to more than 350 HU, which cortex is and most tissue
    with contrast agent is not, in pieces of 0.5 ml and more; filled where its cortex, its gaps of up to twice `gaps_mm` closed,
    encloses something, so that fat marrow is bone while the canal and the foramina, which are open, are not.
    """
    volume, finest = (planning, BONE_GRID_MM) if centre is None else (planning.crop(centre, half_size_mm), NEAR_BONE_GRID_MM)
    grid = _resampled(volume, max(finest, float(planning.spacing.min())))
    inside = sitk.Resample(body.to_sitk(), grid, sitk.Transform(), sitk.sitkNearestNeighbor, 0.0, sitk.sitkUInt8)
    maybe = sitk.And(sitk.BinaryThreshold(grid, least_hu, 1e6), inside)
    sure = sitk.And(sitk.BinaryThreshold(grid, SURE_BONE_HU, 1e6), inside)
    parts = sitk.ConnectedComponent(sitk.BinaryReconstructionByDilation(sure, maybe))
    least = max(1, round(LEAST_BONE_MM3 / float(np.prod(grid.GetSpacing()))))
    bone = filled(sitk.BinaryThreshold(sitk.RelabelComponent(parts, minimumObjectSize=least), 1, 1e9), gaps_mm)
    if not sitk.GetArrayViewFromImage(bone).any():
        raise BadInput(tr("The CT shows no bone: nothing in it is as dense."))
    return Volume.from_sitk(sitk.Cast(bone, sitk.sitkUInt8))


def filled(bone: sitk.Image, gaps_mm: float = BONE_CLOSING_MM) -> sitk.Image:
    """A bone mask with what its cortex encloses, were the cortex closed by a ball of `gaps_mm`; what is open stays open.

    Where it encloses nothing the bone's surface stays as it is: the closing's webs between neighbouring bones are not kept.
    """
    radius = _radius(bone, gaps_mm)
    padded = sitk.ConstantPad(bone, radius, radius, 0)
    closed = sitk.BinaryMorphologicalClosing(padded, radius)
    holes = sitk.And(sitk.BinaryFillhole(closed), sitk.Not(closed) == 1)
    lining = sitk.And(sitk.BinaryDilate(holes, [r + 1 for r in radius]), closed)
    return sitk.Crop(sitk.Or(sitk.Or(padded, holes), lining), radius, radius)


def _resampled(volume: Volume, spacing_mm: float) -> sitk.Image:
    """The volume with voxels of `spacing_mm` along its own axes (thin slices are averaged, thick ones interpolated)."""
    image = volume.to_sitk()
    size = [max(2, int(np.ceil(n * s / spacing_mm))) for n, s in zip(volume.size, volume.spacing, strict=True)]
    offset = [(spacing_mm - s) / 2 / s for s in volume.spacing]
    origin = apply(volume.lps_from_index, offset)
    return sitk.Resample(
        image, size, sitk.Transform(), sitk.sitkLinear, [float(c) for c in origin], [spacing_mm] * 3, image.GetDirection(),
        float(volume.voxels.min()), sitk.sitkFloat32,
    )  # fmt: skip


def _radius(image: sitk.Image, mm: float) -> list[int]:
    return [max(1, round(mm / s)) for s in image.GetSpacing()]
