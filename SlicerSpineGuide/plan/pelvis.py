"""The sacrum and the iliac bones as a corridor for screws: what is bone, where canal and foramina are, which joint is between.

From labels where sacrum and both hip bones have some, otherwise from the CT's threshold around a labelled S1 or sacrum; which, is
said. LPS mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, apply
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.label_volume import read_label
from SlicerSpineGuide.plan.model import Trajectory
from SlicerSpineGuide.plan.planning_ct import PlanningCt
from SlicerSpineGuide.plan.segmentation import Segmentation
from SlicerSpineGuide.plan.surfaces import bone_of, filled
from SlicerSpineGuide.translation import tr

GRID_MM = 1.5
HALF_SIZE_MM = np.array([120.0, 75.0, 70.0])  # left, posterior, cranial: the iliac bones as far as a corridor reaches, S1 to S3
FROM_S1_MM = np.array([0.0, 15.0, -15.0])
JOINT_MM = 4.5  # sacro-iliac cartilage is 2 to 4 mm thick
MARROW_HULL_MM = 9.0  # closes the gaps in the cortex of a thin sacrum
CANAL_HULL_MM = 13.0  # closes canal and foramina of the sacrum, which are up to 25 mm wide
FIRST_GAP_MM = 3.5  # of no label, from the front: the canal
GAP_MM = 1.5  # what is thinner than twice that is a joint or a crack, not a foramen
LEAST_NERVE_MM3 = 200.0
SACRUM_MM = 34.0  # to either side of the midline: canal and foramina lie within, the joints beyond
CORTEX_HU = 120.0  # the sacrum's cortex is thinner than a voxel
MARROW_HU = 40.0  # denser than fat, nerves and the dura's content, even in osteoporosis
JOINT_FROM_MIDLINE_MM = 50.0  # the joint lies 35 to 50 mm from the midline, the iliac bone's outer surface 55 and more
S1_TO_S2_MM = 27.0  # along the sacrum, between the centres of the two bodies

Source = Literal["labels", "threshold"]


@dataclass(frozen=True, eq=False)
class Pelvis:
    """bone, sacrum, canal: signed distances in mm, positive inside; bone is sacrum, iliac bones and the joints between them, canal
    is the sacral canal and the foramina. bodies: centres (3,) of "S1" and "S2". left (3,): unit vector across, to the left.
    joint_mm: a way out of bone further from the midline than that has crossed the joint. source: what bone goes by.
    """

    bone: Volume
    sacrum: Volume
    canal: Volume
    bodies: dict[str, FloatArray]
    left: FloatArray
    joint_mm: float
    source: Source

    def crossed_by(self, trajectory: Trajectory) -> bool:
        """Whether a path goes from beyond one joint to beyond the other, as a trans-iliac trans-sacral one does."""
        entry, target = ((point - self.bodies["S1"]) @ self.left for point in (trajectory.entry, trajectory.target))
        return bool(min(abs(entry), abs(target)) > self.joint_mm and entry * target < 0)


def read_pelvis(planning: PlanningCt, segmentation: Segmentation, body: Volume) -> Pelvis:
    """The pelvis of a planning CT; body: surfaces.body_of. BadInput where neither S1 nor the sacrum has a label."""
    names = _names(segmentation)
    known = {part: read_label(segmentation.path, label, planning) for part, label in names.items()}
    if "s1" not in known and "sacrum" not in known:
        raise BadInput(tr("{path} has no sacrum and no S1: label one of them.").format(path=segmentation.path))
    s1 = _s1_centre(known)
    grid = _grid(planning.volume, s1 + FROM_S1_MM)
    parts = {part: _on_grid(mask, grid) for part, mask in known.items()}
    labelled = {"sacrum", "hip_left", "hip_right"} <= parts.keys()
    if labelled:
        sacrum = filled(sitk.Or(parts["sacrum"], parts["s1"]) if "s1" in parts else parts["sacrum"])
        hips = filled(sitk.Or(parts["hip_left"], parts["hip_right"]))
        joint = sitk.And(_distance_to(sacrum) <= JOINT_MM, _distance_to(hips) <= JOINT_MM)
        whole = sitk.Or(sitk.Or(sacrum, hips), joint)
        canal = sitk.And(_canal(sacrum), sitk.Not(sitk.Or(hips, joint)) == 1)
    else:
        whole = filled(_from_threshold(planning, segmentation, body, grid, parts))
        whole = sitk.Or(whole, _aside(_hull(whole, JOINT_MM / 2 + GRID_MM), s1, True))  # the joints, where they are not as dense
        hips, sacrum = _aside(whole, s1, True), _aside(whole, s1, False)
        canal = _aside(_canal(sacrum), s1, False)
    bone = sitk.And(whole, sitk.Not(canal) == 1)
    distance = _distance(bone)
    bodies = {"S1": s1, "S2": _s2_centre(distance, s1)}
    source: Source = "labels" if labelled else "threshold"
    return Pelvis(distance, _distance(sacrum), _distance(canal), bodies, _left(hips, s1), JOINT_FROM_MIDLINE_MM, source)


def _aside(mask: sitk.Image, s1: FloatArray, aside: bool) -> sitk.Image:
    """The part of a mask that is more than SACRUM_MM to either side of S1's centre, or the part between."""
    voxels = sitk.GetArrayFromImage(mask)
    x = mask.GetOrigin()[0] + np.arange(mask.GetSize()[0]) * GRID_MM
    voxels[:, :, (np.abs(x - s1[0]) > SACRUM_MM) != aside] = 0
    image = sitk.GetImageFromArray(voxels)
    image.CopyInformation(mask)
    return image


def has_pelvis(segmentation: Segmentation) -> bool:
    """Whether a pelvis can be read: a sacrum or an S1 has a label."""
    return bool(_names(segmentation).keys() & {"s1", "sacrum"})


def _names(segmentation: Segmentation) -> dict[str, int]:
    """s1, sacrum, hip_left, hip_right -> label, from names such as hip_left, "Left hip", ilium_right."""
    found = {"s1": segmentation.levels["S1"]} if "S1" in segmentation.levels else {}
    for name, label in segmentation.labels.items():
        words = set(name.lower().replace("_", " ").replace("-", " ").split())
        if words & {"sacrum"}:
            found["sacrum"] = label
        for side in ("left", "right"):
            if (
                side in words
                and words & {"hip", "ilium", "iliac", "innominate", "coxal", "pelvis"}
                and not words & {"artery", "vena", "vein"}
            ):
                found[f"hip_{side}"] = label
    return found


def _s1_centre(known: dict[str, Volume]) -> FloatArray:
    """The centre of S1's body: of its label, or of the sacrum's uppermost 25 mm, near the midline what is in front of the canal."""
    mask = known["s1"] if "s1" in known else known["sacrum"]
    points = apply(mask.lps_from_index, np.argwhere(mask.voxels)[:, ::-1])
    if "s1" not in known:
        points = points[points[:, 2] > points[:, 2].max() - 25.0]
    points = points[np.abs(points[:, 0] - np.median(points[:, 0])) < 10.0]
    body = []
    for z in np.unique(points[:, 2].round(1)):
        row = np.sort(points[np.abs(points[:, 2] - z) < 0.1], axis=0)
        body.append(row[: 1 + int(np.argmax(np.append(np.diff(row[:, 1]) > FIRST_GAP_MM, True)))])
    return np.asarray(np.concatenate(body).mean(axis=0))


def _grid(planning: Volume, centre: FloatArray) -> sitk.Image:
    """An empty axis-aligned LPS image around `centre`, no larger than the CT."""
    corners = apply(
        planning.lps_from_index,
        [[x, y, z] for x in (0, planning.size[0] - 1) for y in (0, planning.size[1] - 1) for z in (0, planning.size[2] - 1)],
    )
    low = np.maximum(centre - HALF_SIZE_MM, corners.min(axis=0))
    high = np.minimum(centre + HALF_SIZE_MM, corners.max(axis=0))
    image = sitk.Image([max(4, int(n)) for n in (high - low) / GRID_MM], sitk.sitkUInt8)
    image.SetSpacing([GRID_MM] * 3)
    image.SetOrigin([float(c) for c in low])
    return image


def _on_grid(mask: Volume, grid: sitk.Image) -> sitk.Image:
    image = sitk.ConstantPad(sitk.Cast(mask.to_sitk(), sitk.sitkFloat32), [2] * 3, [2] * 3, 0.0)
    soft = sitk.SmoothingRecursiveGaussian(image, [max(0.6, float(s) / 3) for s in mask.spacing])
    return sitk.Cast(sitk.Resample(soft, grid, sitk.Transform(), sitk.sitkLinear, 0.0, sitk.sitkFloat32) > 0.45, sitk.sitkUInt8)


def _from_threshold(
    planning: PlanningCt, segmentation: Segmentation, body: Volume, grid: sitk.Image, parts: dict[str, sitk.Image]
) -> sitk.Image:
    """Sacrum and iliac bones in one, from the CT, without the lumbar vertebrae that have a label.

    The cortex by its density; within its hull also what is denser than the fat of canal and foramina: marrow, and the joints.
    """
    centre = np.array(grid.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in grid.GetSize()]))
    bone = _on_grid(bone_of(planning.volume, body, centre, HALF_SIZE_MM, CORTEX_HU), grid)
    for part in parts.values():
        bone = sitk.Or(bone, part)
    soft = sitk.SmoothingRecursiveGaussian(sitk.Cast(planning.volume.crop(centre, HALF_SIZE_MM).to_sitk(), sitk.sitkFloat32), GRID_MM)
    marrow = sitk.Resample(soft, grid, sitk.Transform(), sitk.sitkLinear, -1000.0, sitk.sitkFloat32) > MARROW_HU
    bone = sitk.Or(bone, sitk.And(_hull(bone, MARROW_HULL_MM), marrow))
    for level in ("L4", "L5"):
        if level in segmentation.levels:
            other = _on_grid(read_label(segmentation.path, segmentation.levels[level], planning), grid)
            bone = sitk.And(bone, sitk.Not(sitk.BinaryDilate(other, [1, 1, 1])) == 1)
    return bone


def _canal(sacrum: sitk.Image) -> sitk.Image:
    """The sacral canal and the foramina: what is not bone inside the sacrum's hull, cracks left out."""
    gaps = sitk.And(_hull(sacrum, CANAL_HULL_MM), sitk.Not(sacrum) == 1)
    opened = sitk.BinaryMorphologicalOpening(gaps, [round(GAP_MM / GRID_MM)] * 3)
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(opened), minimumObjectSize=round(LEAST_NERVE_MM3 / GRID_MM**3))
    return sitk.BinaryThreshold(parts, 1, 1e9)


def _hull(mask: sitk.Image, ball_mm: float) -> sitk.Image:
    """A mask with its tunnels and dents closed, as far as a ball of that radius does not fit into them."""
    border = [round(ball_mm / GRID_MM) + 1] * 3
    grown = _distance_to(sitk.ConstantPad(mask, border, border, 0)) <= ball_mm
    return sitk.Crop(_distance_to(sitk.Not(grown) == 1) > ball_mm, border, border)


def _distance_to(mask: sitk.Image) -> sitk.Image:
    return sitk.SignedMaurerDistanceMap(mask, insideIsPositive=False, squaredDistance=False, useImageSpacing=True)


def _s2_centre(bone: Volume, s1: FloatArray) -> FloatArray:
    """S1_TO_S2_MM from S1's centre, in the direction, between straight down and straight back, in which the bone is thickest."""
    angles = np.radians(np.arange(0.0, 91.0, 5.0))
    directions = np.stack([np.zeros_like(angles), np.sin(angles), -np.cos(angles)], axis=1)
    reach = np.linspace(0.3, 1.3, 12) * S1_TO_S2_MM
    thick = bone.sample(s1 + reach[None, :, None] * directions[:, None]).mean(axis=1)
    return np.asarray(s1 + S1_TO_S2_MM * directions[int(thick.argmax())])


def _left(hips: sitk.Image, s1: FloatArray) -> FloatArray:
    """Across the pelvis, to the left: from the right iliac bone's centre to the left one's."""
    points = np.argwhere(sitk.GetArrayViewFromImage(hips))[:, ::-1] * GRID_MM + np.array(hips.GetOrigin())
    left, right = points[points[:, 0] > s1[0]], points[points[:, 0] < s1[0]]
    if min(len(left), len(right)) < 1000:
        return np.array([1.0, 0.0, 0.0])
    across = left.mean(axis=0) - right.mean(axis=0)
    across /= np.linalg.norm(across)
    return across if across[0] > np.cos(np.radians(20)) else np.array([1.0, 0.0, 0.0])


def _distance(mask: sitk.Image) -> Volume:
    distance = sitk.SignedMaurerDistanceMap(mask, insideIsPositive=True, squaredDistance=False, useImageSpacing=True)
    return Volume.from_sitk(distance)
