"""A proposal with its numbers, and what every search shares: the skin, distinct candidates, the sentence where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.angles import RoomAngles, room_angles
from SlicerSpineGuide.plan.model import InstrumentSpec, Tolerance, Trajectory
from SlicerSpineGuide.plan.skin import air_on_the_way_mm, skin_entry

Side = Literal["left", "right"]

TRIED = 300  # of the best by score, before giving up
SKIN_FOLD_MM = 6.0
DISTINCT_DEG, DISTINCT_MM = 5.0, 3.0


@dataclass(frozen=True, eq=False)
class Proposal:
    """One candidate. Clearances are from the instrument's surface, in mm, negative where it breaks through.

    approach: as the procedure's file names it. bone_clearance_mm: to the bone's surface, the least on the way that has to stay in
    bone; canal_clearance_mm: to the canal, in the sacrum to the canal and the foramina. narrowest (3,): where the bone is narrowest
    around it, LPS. in_bone_mm: the way in bone; density_hu: its mean HU (how well an implant holds). score: by which they are ranked.
    """

    trajectory: Trajectory
    approach: str
    bone_clearance_mm: float
    canal_clearance_mm: float
    narrowest: FloatArray
    in_bone_mm: float
    density_hu: float
    angles: RoomAngles
    score: float


@dataclass(frozen=True, eq=False)
class Way:
    """A straight way a search has judged: target (3,) LPS, outward (3,) unit vector from it to the skin, and its numbers in mm."""

    target: FloatArray
    outward: FloatArray
    bone_clearance_mm: float
    canal_clearance_mm: float
    narrowest: FloatArray
    in_bone_mm: float
    score: float


@dataclass(frozen=True, eq=False)
class Naming:
    """What the trajectories of a search are called, and what they carry."""

    identifier: str
    label: str
    level: str
    approach: str
    instrument: InstrumentSpec
    tolerance: Tolerance


def best_ways(
    planning: Volume, score: FloatArray, way: Callable[[int], Way], naming: Naming, count: int, body: Volume | None = None
) -> list[Proposal]:
    """The best `count` distinct proposals of a search, the best first; none where no way is possible.

    score: (n,), -inf where there is no way; way(k): that way with its numbers. A way is left out where the CT
    ends before the skin, the instrument is too short for it, or lung or bowel lies on it.
    """
    chosen: list[Proposal] = []
    for k in np.argsort(score, kind="stable")[::-1][:TRIED]:
        if not np.isfinite(score[k]) or len(chosen) == count:
            break
        candidate = way(int(k))
        if any(_alike(candidate, known.trajectory) for known in chosen):
            continue
        trajectory = _trajectory(planning, candidate, naming, body)
        if trajectory is not None:
            chosen.append(_proposal(planning, candidate, trajectory, naming.approach))
    return chosen


def _alike(way: Way, known: Trajectory) -> bool:
    turned = np.degrees(np.arccos(np.clip(-way.outward @ known.direction, -1, 1)))
    return bool(turned < DISTINCT_DEG and np.linalg.norm(way.target - known.target) < DISTINCT_MM)


def _trajectory(planning: Volume, way: Way, naming: Naming, body: Volume | None) -> Trajectory | None:
    entry = skin_entry(planning, way.target, way.outward, body)
    too_long = (
        naming.instrument.kind != "screw" and entry is not None and np.linalg.norm(entry - way.target) > naming.instrument.length_mm
    )
    if entry is None or too_long:
        return None
    if air_on_the_way_mm(planning, entry - SKIN_FOLD_MM * way.outward, way.target) > 0:
        return None
    x, y, z = (round(float(c), 2) for c in way.target)
    i, j, k = (round(float(c), 2) for c in entry)
    return Trajectory(
        id=naming.identifier,
        label=naming.label,
        level=naming.level,
        instrument=naming.instrument,
        entry_lps=(i, j, k),
        target_lps=(x, y, z),
        tolerance=naming.tolerance,
    )


def _proposal(planning: Volume, way: Way, trajectory: Trajectory, approach: str) -> Proposal:
    in_bone = way.target + np.arange(0.0, max(way.in_bone_mm, 1.0), 0.5)[:, None] * way.outward
    return Proposal(
        trajectory,
        approach,
        way.bone_clearance_mm,
        way.canal_clearance_mm,
        way.narrowest,
        way.in_bone_mm,
        float(planning.sample(in_bone).mean()),
        room_angles(trajectory),
        way.score,
    )


def outward_directions(in_plane_deg: FloatArray, cranio_caudal_deg: FloatArray, side: Side) -> FloatArray:
    """(n, 3) unit vectors LPS from a target out towards the back: every pair of an angle in the axial plane from the vertical
    towards `side`, and of one towards the head."""
    a, b = (np.radians(g).ravel() for g in np.meshgrid(in_plane_deg, cranio_caudal_deg))
    sign = 1.0 if side == "left" else -1.0
    return np.stack([sign * np.sin(a) * np.cos(b), np.cos(a) * np.cos(b), np.sin(b)], axis=-1)
