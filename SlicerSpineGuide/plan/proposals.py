"""Proposals: transpedicular trajectories for a level and a side, found by search and ranked; a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.angles import RoomAngles, room_angles
from SlicerSpineGuide.plan.model import InstrumentSpec, Tolerance, Trajectory
from SlicerSpineGuide.plan.skin import air_on_the_way_mm, skin_entry
from SlicerSpineGuide.plan.vertebra import Vertebra
from SlicerSpineGuide.translation import tr

Side = Literal["left", "right"]

IN_PLANE_DEG = np.arange(0.0, 42.1, 3.0)  # from the vertical, towards the side
CRANIO_CAUDAL_DEG = np.arange(-24.0, 24.1, 4.0)  # what a gantry can tilt to, or a hand can follow
FORWARD, INWARD, UPWARD = (0.08, 0.16, 0.24), (0.05, 0.12, 0.2), (-0.2, -0.1, 0.0, 0.1, 0.2)  # of the body's depth, width, height
STEP_MM = 0.75
REACH_MM = 80.0
ENOUGH_MM = 2.5  # clearance beyond which more is worth nothing
TRIED = 300  # of the best by score, before giving up
SKIN_FOLD_MM = 6.0
DISTINCT_DEG, DISTINCT_MM = 5.0, 3.0


@dataclass(frozen=True, eq=False)
class Proposal:
    """One candidate. Clearances are from the instrument's surface, in mm, negative where it breaks through.

    bone_clearance_mm: to the vertebra's surface, the least from the pedicle's back end to the target; canal_clearance_mm: to the
    canal. pedicle (3,): the narrowest point, LPS.
    """

    trajectory: Trajectory
    bone_clearance_mm: float
    canal_clearance_mm: float
    pedicle: FloatArray
    angles: RoomAngles
    score: float


def propose(
    planning: Volume, vertebra: Vertebra, side: Side, instrument: InstrumentSpec, tolerance: Tolerance, count: int = 3
) -> list[Proposal]:
    """The best `count` distinct transpedicular trajectories, the best first.

    planning: the CT (HU), for the skin. BadInput where no path through that pedicle reaches the body, or the skin cannot be found.
    """
    targets, outward = _targets(vertebra, side), _directions(side)
    s = np.arange(0.0, REACH_MM, STEP_MM)
    points = targets[:, None, None] + outward[None, :, None] * s[:, None]  # (targets, directions, steps, 3)
    bone, canal = vertebra.bone.sample(points), vertebra.canal.sample(points)
    behind = (points - vertebra.canal_centre) @ vertebra.axes[1]
    pedicle = (behind > -0.5 * _canal_depth(vertebra)) & (behind < 0.0)
    until = s <= _first(behind > 0.0, s)[..., None]
    least_bone = np.where(until, bone, np.inf).min(axis=-1)
    narrow = np.where(pedicle, bone, np.inf).argmin(axis=-1)
    canal_gap = -canal.max(axis=-1)
    radius = instrument.diameter_mm / 2
    beside = np.take_along_axis((points - vertebra.canal_centre) @ vertebra.axes[0], narrow[..., None], axis=-1)[..., 0]
    right_side = beside > 0 if side == "left" else beside < 0
    score = _score(least_bone - radius, canal_gap - radius, outward, right_side)
    chosen: list[Proposal] = []
    for flat in np.argsort(score, axis=None)[::-1][:TRIED]:
        t, d = np.unravel_index(flat, score.shape)
        if not np.isfinite(score[t, d]) or len(chosen) == count:
            break
        if any(_alike(targets[t], outward[d], known) for known in chosen):
            continue
        trajectory = _trajectory(planning, vertebra, side, instrument, tolerance, targets[t], outward[d])
        if trajectory is not None:
            gaps = float(least_bone[t, d] - radius), float(canal_gap[t, d] - radius)
            chosen.append(Proposal(trajectory, *gaps, points[t, d, narrow[t, d]], room_angles(trajectory), float(score[t, d])))
    if not chosen:
        raise BadInput(
            tr("{level} {side}: no path through the pedicle reaches the body from skin within the CT.").format(
                level=vertebra.name, side=tr(side)
            )
        )
    return chosen


def _targets(vertebra: Vertebra, side: Side) -> FloatArray:
    """(n, 3) points in the body's anterior half, near the midline on the side of the pedicle."""
    left, posterior, cranial = vertebra.axes
    sign = 1.0 if side == "left" else -1.0
    offsets = [
        -f * vertebra.body_depth_mm * posterior + sign * i * vertebra.body_width_mm * left + u * vertebra.body_height_mm * cranial
        for f in FORWARD
        for i in INWARD
        for u in UPWARD
    ]
    return vertebra.body_centre + np.array(offsets)


def _directions(side: Side) -> FloatArray:
    """(n, 3) unit vectors from the target out towards the skin of the back, LPS."""
    a, b = (np.radians(g).ravel() for g in np.meshgrid(IN_PLANE_DEG, CRANIO_CAUDAL_DEG))
    sign = 1.0 if side == "left" else -1.0
    return np.stack([sign * np.sin(a) * np.cos(b), np.cos(a) * np.cos(b), np.sin(b)], axis=-1)


def _canal_depth(vertebra: Vertebra) -> float:
    """Twice the distance from the canal's centre to its wall, mm."""
    return 2.0 * float(max(float(vertebra.canal.sample(vertebra.canal_centre)), 4.0))


def _first(condition: npt.NDArray[np.bool_], s: FloatArray) -> FloatArray:
    """The first s (along the last axis) at which `condition` holds, the last s where it never does."""
    return s[np.where(condition.any(axis=-1), condition.argmax(axis=-1), len(s) - 1)]


def _score(bone: FloatArray, canal: FloatArray, outward: FloatArray, right_side: npt.NDArray[np.bool_]) -> FloatArray:
    """Clearance first, up to ENOUGH_MM; then little cranio-caudal tilt, and an ordinary obliqueness (0 to 1 each)."""
    tilt = np.degrees(np.abs(np.arcsin(outward[:, 2]))) / 24.0
    oblique = np.degrees(np.arctan2(np.abs(outward[:, 0]), outward[:, 1])) / 42.0
    score = np.minimum(bone, ENOUGH_MM) + 0.5 * np.minimum(canal, ENOUGH_MM) - 0.4 * tilt - 0.3 * oblique
    return np.where(right_side & (bone > -1.0) & (canal > 0.0), score, -np.inf)


def _alike(target: FloatArray, outward: FloatArray, known: Proposal) -> bool:
    turned = np.degrees(np.arccos(np.clip(-outward @ known.trajectory.direction, -1, 1)))
    return bool(turned < DISTINCT_DEG and np.linalg.norm(target - known.trajectory.target) < DISTINCT_MM)


def _trajectory(
    planning: Volume,
    vertebra: Vertebra,
    side: Side,
    instrument: InstrumentSpec,
    tolerance: Tolerance,
    target: FloatArray,
    outward: FloatArray,
) -> Trajectory | None:
    """The trajectory from the skin; None where the instrument is too short, the CT ends before the skin, or lung is in the way."""
    entry = skin_entry(planning, target, outward)
    if entry is None or np.linalg.norm(entry - target) > instrument.length_mm:
        return None
    if air_on_the_way_mm(planning, entry + SKIN_FOLD_MM * -outward, target) > 0:
        return None
    x, y, z = (round(float(c), 2) for c in target)
    i, j, k = (round(float(c), 2) for c in entry)
    return Trajectory(
        id=f"{vertebra.name}-{side}",
        label=f"{vertebra.name} {side} transpedicular",
        level=vertebra.name,
        instrument=instrument,
        entry_lps=(i, j, k),
        target_lps=(x, y, z),
        tolerance=tolerance,
    )
