"""A vertebra read off a segmentation: its body, its canal, its axes; what a proposal and the checks of a plan go by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, rigid, unit
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.translation import tr

GRID_MM = 0.8
BORDER_MM = 12.0
SMOOTH_MM = 0.6  # rounds the steps that thick slices leave in a segmentation
CANAL_CLOSINGS_MM = (4.0, 7.0, 10.0)  # bridge gaps in thin laminae, so that the canal is a hole in its own slice
LEAST_CANAL_MM2 = 60.0


@dataclass(frozen=True, eq=False)
class Vertebra:
    """One vertebra in LPS mm.

    bone: signed distance to the vertebra's own surface, positive inside; canal: likewise to the canal's. body_centre and
    canal_centre (3,). axes (3, 3): rows are the vertebra's left, posterior and cranial directions.
    """

    name: str
    bone: Volume
    canal: Volume
    body_centre: FloatArray
    canal_centre: FloatArray
    axes: FloatArray
    body_depth_mm: float
    body_width_mm: float
    body_height_mm: float

    def points_in_body(self, forward: Sequence[float], sideways: Sequence[float], upward: Sequence[float]) -> FloatArray:
        """(n, 3) LPS: every combination of steps from the centre: shares of its depth (anterior), width (left), height (cranial)."""
        left, posterior, cranial = self.axes
        return self.body_centre + np.array(
            [
                -f * self.body_depth_mm * posterior + i * self.body_width_mm * left + u * self.body_height_mm * cranial
                for f in forward
                for i in sideways
                for u in upward
            ]
        )


def read_vertebra(labels: Volume, label: int, name: str) -> Vertebra:
    """The vertebra of `label` in a label volume; BadInput where it is not there, is cut off, or encloses no canal."""
    mask = _mask_on_grid(labels, label, name)
    bone = sitk.GetArrayFromImage(mask).astype(bool)
    canal = next((c for c in (_canal(mask, closing) for closing in CANAL_CLOSINGS_MM) if c.any()), np.zeros_like(bone))
    if canal.sum() * GRID_MM**3 < 500:
        raise BadInput(tr("{name}: no canal is enclosed by the segmentation: check its label.").format(name=name))
    origin = np.array(mask.GetOrigin())

    def place(index_zyx: FloatArray) -> FloatArray:
        return origin + index_zyx[::-1] * GRID_MM

    body = _body(bone, canal)
    points = origin + np.argwhere(body)[:, ::-1] * GRID_MM
    axes = _axes(points, place(np.argwhere(canal).mean(axis=0)))
    local = (points - points.mean(axis=0)) @ axes.T
    width, depth, height = (float(np.subtract(*np.percentile(local[:, k], (97, 3)))) for k in range(3))
    return Vertebra(
        name,
        _distance(bone, origin),
        _distance(canal, origin),
        points.mean(axis=0),
        place(np.argwhere(canal).mean(axis=0)),
        axes,
        depth,
        width,
        height,
    )


def _mask_on_grid(labels: Volume, label: int, name: str) -> sitk.Image:
    """The label as 0/1 on an axis-aligned LPS grid of GRID_MM with a border, its slice steps rounded."""
    found = np.argwhere(labels.voxels == label)
    if len(found) < 50:
        raise BadInput(tr("{name}: label {label} is not in the segmentation.").format(name=name, label=label))
    if np.ptp(found, axis=0).min() < 3:
        raise BadInput(tr("{name}: the segmentation shows only its edge.").format(name=name))
    corners = labels.lps_from_index[:3, :3] @ found[:, ::-1].T + labels.lps_from_index[:3, 3:]
    low, high = corners.min(axis=1) - BORDER_MM, corners.max(axis=1) + BORDER_MM
    middle = Volume((labels.voxels == label).astype(np.float32), labels.lps_from_index).crop(
        (low + high) / 2, (high - low) / 2 + BORDER_MM
    )
    size = [int(n) for n in np.ceil((high - low) / GRID_MM)]
    padded = sitk.ConstantPad(middle.to_sitk(), [4] * 3, [4] * 3, 0.0)
    soft = sitk.SmoothingRecursiveGaussian(padded, [max(SMOOTH_MM, s / 3) for s in labels.spacing])
    grid = sitk.Resample(
        soft, size, sitk.Transform(), sitk.sitkLinear, low.tolist(), [GRID_MM] * 3, np.eye(3).ravel().tolist(), 0.0, sitk.sitkFloat32
    )
    return sitk.Cast(grid > 0.5, sitk.sitkUInt8)


def _canal(mask: sitk.Image, closing_mm: float) -> npt.NDArray[np.bool_]:
    """The canal: the hole that body, pedicles and laminae enclose in axial slices, carried on above and below them."""
    radius = round(closing_mm / GRID_MM)
    bone = sitk.GetArrayFromImage(mask).astype(bool)
    canal = np.zeros_like(bone)
    for k in range(bone.shape[0]):
        plane = mask[:, :, k]
        closed = sitk.BinaryMorphologicalClosing(plane, [radius, radius])
        hole = sitk.And(sitk.BinaryFillhole(closed), sitk.Not(closed) == 1)
        grown = sitk.BinaryDilate(hole, [2, 2])
        canal[k] = _largest(sitk.GetArrayFromImage(sitk.And(grown, sitk.Not(plane) == 1)).astype(bool))
    areas = canal.sum(axis=(1, 2)) * GRID_MM**2
    good = np.flatnonzero(areas > LEAST_CANAL_MM2)
    if len(good) < 4:
        return np.zeros_like(bone)
    for k in range(bone.shape[0]):
        if k not in good:
            canal[k] = canal[good[np.argmin(np.abs(good - k))]] & ~bone[k]
    return canal


def _largest(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    parts = sitk.GetArrayFromImage(sitk.ConnectedComponent(sitk.GetImageFromArray(mask.astype(np.uint8))))
    if parts.max() == 0:
        return mask
    return parts == 1 + int(np.argmax(np.bincount(parts.ravel())[1:]))


def _body(bone: npt.NDArray[np.bool_], canal: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The bone in front of the canal, slice by slice (LPS rows grow towards posterior)."""
    front = np.where(canal.any(axis=2), canal.argmax(axis=1).min(axis=1, initial=10**6, where=canal.any(axis=1))[:, None], 0)
    rows = np.arange(bone.shape[1])
    first = front.max(axis=1)
    return bone & (rows[None, :] < first[:, None])[:, :, None]


def _axes(body: FloatArray, canal_centre: FloatArray) -> FloatArray:
    """Rows: left, posterior, cranial. Cranial is the body's shortest principal axis where that is nearly upright."""
    _, vectors = np.linalg.eigh(np.cov((body - body.mean(axis=0)).T))
    cranial = vectors[:, 0] * np.sign(vectors[2, 0])
    if cranial[2] < np.cos(np.radians(30)):
        cranial = np.array([0.0, 0.0, 1.0])
    posterior = canal_centre - body.mean(axis=0)
    posterior = unit(posterior - cranial * (posterior @ cranial))
    return np.array([np.cross(posterior, cranial), posterior, cranial])


def _distance(mask: npt.NDArray[np.bool_], origin: FloatArray) -> Volume:
    image = sitk.GetImageFromArray(mask.astype(np.uint8))
    image.SetSpacing([GRID_MM] * 3)
    distance = sitk.SignedMaurerDistanceMap(image, insideIsPositive=True, squaredDistance=False, useImageSpacing=True)
    return Volume(sitk.GetArrayFromImage(distance), rigid(np.eye(3) * GRID_MM, origin))
