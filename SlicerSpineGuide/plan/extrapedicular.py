"""Extrapedicular trajectories into a vertebral body: beside the pedicle, through the body's posterolateral wall; ranked.

In the thoracic spine between the rib's head and the pedicle's outer wall (the costovertebral way, Brugieres et al., J Neuroradiol
1990;17:238-248), in the lumbar spine from behind and the side. At the pedicle's height, so that the foramen's root, which passes
below the pedicle, is left alone.
"""

from __future__ import annotations

import numpy as np

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.model import InstrumentSpec, Tolerance
from SlicerSpineGuide.plan.proposals import Naming, Proposal, Side, Way, best_ways, outward_directions
from SlicerSpineGuide.plan.vertebra import Vertebra
from SlicerSpineGuide.translation import tr

IN_PLANE_DEG = np.arange(24.0, 63.1, 3.0)  # from the vertical, towards the side
CRANIO_CAUDAL_DEG = np.arange(-16.0, 16.1, 4.0)
FORWARD, INWARD, UPWARD = (0.05, 0.15, 0.25), (-0.05, 0.03, 0.1), (-0.1, 0.0, 0.1, 0.2)  # of the body's depth, width, height
STEP_MM = 0.75
REACH_MM = 120.0
CAP_MM = 6.0  # below the body's wall, which is crossed
ENOUGH_MM = 3.0
LEAST_CANAL_MM = 2.0
LUNG_MM = 4.0  # to keep from lung: so far around the path there is no air
AIR_HU = -500.0
OTHER_BONE_HU, OTHER_BONE_MM = 200.0, 3.0  # a rib or a process in the way
PEDICLE_BELOW_MM = 4.0  # of the middle of the pedicle's height


def propose_extrapedicular(
    planning: Volume,
    vertebra: Vertebra,
    side: Side,
    instrument: InstrumentSpec,
    tolerance: Tolerance,
    count: int = 3,
    body: Volume | None = None,
) -> list[Proposal]:
    """The best `count` distinct extrapedicular trajectories, the best first.

    bone_clearance_mm of a proposal is the clearance inside the body, from 6 mm under its wall to the tip. BadInput where every way is
    closed: by lung, a rib, a process, the canal, or the end of the CT.
    """
    targets, outward = _targets(vertebra, side), outward_directions(IN_PLANE_DEG, CRANIO_CAUDAL_DEG, side)
    s = np.arange(0.0, REACH_MM, STEP_MM)
    points = targets[:, None, None] + outward[None, :, None] * s[:, None]  # (targets, directions, steps, 3)
    bone, canal = vertebra.bone.sample(points), vertebra.canal.sample(points)
    places = np.arange(len(s))
    wall = np.where(bone <= 0, places, len(s) - 1).min(axis=-1)  # where the path leaves the body
    at_wall = np.take_along_axis(points, wall[..., None, None], axis=2)[:, :, 0]
    judged = places <= (wall - round(CAP_MM / STEP_MM))[..., None]
    radius = instrument.diameter_mm / 2
    held = np.where(judged, bone, np.inf)
    narrow = held.argmin(axis=-1)
    bone_gap, canal_gap = held.min(axis=-1) - radius, -canal.max(axis=-1) - radius
    outside = places > wall[..., None]
    hu = planning.sample(points)
    blocked = (outside & ((hu > OTHER_BONE_HU) | (bone > 0))).sum(axis=-1) * STEP_MM >= OTHER_BONE_MM
    beside = (at_wall - vertebra.canal_centre) @ vertebra.axes[0] * (1.0 if side == "left" else -1.0)
    before = (at_wall - vertebra.canal_centre) @ vertebra.axes[1]
    height = (at_wall - vertebra.canal_centre) @ vertebra.axes[2]
    canal_wide = max(float(vertebra.canal.sample(vertebra.canal_centre)), 4.0)
    open_way = (beside > canal_wide + 3.0) & (before < 0.0) & (height > -PEDICLE_BELOW_MM) & (canal_gap >= LEAST_CANAL_MM) & ~blocked
    open_way &= (bone_gap > 0.0) & (wall < len(s) - 1)
    score = np.where(open_way, _score(bone_gap, canal_gap, outward), -np.inf)
    score = _without_lung(planning, score, targets, outward)

    def way(k: int) -> Way:
        t, d = (int(i) for i in np.unravel_index(k, bone_gap.shape))
        gaps = float(bone_gap[t, d]), float(canal_gap[t, d])
        return Way(targets[t], outward[d], *gaps, points[t, d, narrow[t, d]], float(s[wall[t, d]]), float(score[t, d]))

    label = tr("{level} {side} extrapedicular").format(level=vertebra.name, side=tr(side))
    naming = Naming(f"{vertebra.name}-{side}", label, vertebra.name, "extrapedicular", instrument, tolerance)
    chosen = best_ways(planning, score.ravel(), way, naming, count, body)
    if not chosen:
        raise BadInput(
            tr(
                "{level} {side}: no way beside the pedicle reaches the body: a rib, a process, lung or the canal is on each, or the "
                "instrument of {mm:g} mm is too short."
            ).format(level=vertebra.name, side=tr(side), mm=instrument.length_mm)
        )
    return chosen


def _targets(vertebra: Vertebra, side: Side) -> FloatArray:
    """(n, 3) points around the middle of the body's anterior half."""
    sign = 1.0 if side == "left" else -1.0
    return vertebra.points_in_body(FORWARD, [sign * i for i in INWARD], UPWARD)


def _score(bone: FloatArray, canal: FloatArray, outward: FloatArray) -> FloatArray:
    """Clearance first, up to ENOUGH_MM; then little cranio-caudal tilt, and no more obliqueness than it takes (0 to 1 each)."""
    tilt = np.degrees(np.abs(np.arcsin(outward[:, 2]))) / 16.0
    oblique = np.degrees(np.arctan2(np.abs(outward[:, 0]), outward[:, 1])) / 63.0
    return np.asarray(np.minimum(bone, ENOUGH_MM) + 0.5 * np.minimum(canal, ENOUGH_MM) - 0.4 * tilt - 0.4 * oblique)


def _without_lung(planning: Volume, score: FloatArray, targets: FloatArray, outward: FloatArray) -> FloatArray:
    """The score, -inf where there is lung within LUNG_MM of the deep part of the path."""
    rows, columns = np.nonzero(np.isfinite(score))
    if len(rows) == 0:
        return score
    d = outward[columns]
    across = np.cross(d, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    ring = np.stack([across, -across, np.cross(d, across), -np.cross(d, across)], axis=1) * LUNG_MM  # (n, 4, 3)
    s = np.arange(0.0, 60.0, 2.0)
    points = targets[rows][:, None, None] + ring[:, :, None] + d[:, None, None] * s[:, None]
    lung = (planning.sample(points) < AIR_HU).any(axis=(1, 2))
    kept = score.copy()
    kept[rows[lung], columns[lung]] = -np.inf
    return kept
