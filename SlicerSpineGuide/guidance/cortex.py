"""The cortex ahead: how much bone the planning CT itself shows between the tip and the far wall of the bone it is in.

Cortex is a ridge of density that is followed by soft tissue, whatever the marrow inside it holds: in an osteoporotic vertebra that is
no denser than muscle. The ridge is looked for beyond the depth of the target, which is in the bone by plan, along several parallel
rays; how far they agree is how well the wall is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, unit
from SlicerSpineGuide.images import Volume

STEP_MM = 0.4
LONGEST_MM = 40.0  # beyond the target: a vertebral body is no deeper
RAYS, RAY_RADIUS_MM = 6, 1.5  # about the axis, besides the axis itself
RIDGE_HU = 150.0  # the least density of a wall,
RIDGE_ABOVE_HU = 60.0  # and by how much it exceeds the marrow before it
SOFT_HU, SOFT_MM = 130.0, 3.0  # what follows it: no bone, for so long
LEAST_RAYS = 4
MOST_SPREAD_MM = 1.5  # one standard deviation between the rays, beyond which the wall is not known
COVERAGE = 1.96


@dataclass(frozen=True)
class CortexAhead:
    """mm from the tip along the present axis to the crest of the far wall (negative past it), and its 95 % plus/minus."""

    mm: float
    pm_mm: float


def cortex_ahead(planning: Volume, tip: FloatArray, axis: FloatArray, to_target_mm: float) -> CortexAhead | None:
    """The far cortex of the bone that the target is in; None where it is not clearly to be seen.

    tip (3,), axis (3,), a unit vector: planning-CT LPS, mm. to_target_mm: from the tip along the axis to the target's depth.
    """
    first = max(to_target_mm, 0.0) - 2 * STEP_MM
    places = np.arange(first, max(to_target_mm, 0.0) + LONGEST_MM, STEP_MM)
    origins = tip + _offsets(axis)
    profiles = planning.sample(origins[:, None, :] + places[None, :, None] * axis)
    walls = np.array([wall for wall in (_wall(profile, places) for profile in profiles) if wall is not None])
    if len(walls) < LEAST_RAYS:
        return None
    crest, outer = np.median(walls, axis=0)
    near = walls[np.abs(walls[:, 0] - crest) < 3 * MOST_SPREAD_MM, 0]
    spread = float(near.std()) if len(near) >= LEAST_RAYS else np.inf
    if spread > MOST_SPREAD_MM:
        return None
    return CortexAhead(float(crest), float(np.hypot(COVERAGE * spread, outer - crest)))


def _offsets(axis: FloatArray) -> FloatArray:
    """(RAYS + 1, 3): the axis itself and points around it."""
    first = unit(np.cross(axis, np.eye(3)[int(np.argmin(np.abs(axis)))]))
    angles = 2 * np.pi * np.arange(RAYS) / RAYS
    ring = np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * np.cross(axis, first)
    return np.vstack([np.zeros((1, 3)), RAY_RADIUS_MM * ring])


def _wall(profile: FloatArray, places: FloatArray) -> tuple[float, float] | None:
    """The crest of the first wall that soft tissue follows, and where its density has fallen off, mm; None where there is none."""
    soft = round(SOFT_MM / STEP_MM)
    for k in range(1, len(profile) - soft - 1):
        if profile[k] < RIDGE_HU or profile[k] < profile[k - 1] or profile[k] < profile[k + 1]:
            continue
        beyond = np.flatnonzero(profile[k:] < SOFT_HU)
        if not len(beyond) or k + beyond[0] + soft > len(profile):
            continue
        after = profile[k + beyond[0] : k + beyond[0] + soft]
        if after.max() > SOFT_HU or beyond[0] * STEP_MM > 2 * SOFT_MM:
            continue
        marrow = float(np.median(profile[: max(k - round(2.0 / STEP_MM), 1)]))
        if profile[k] - marrow < RIDGE_ABOVE_HU:
            continue
        return float(places[k]), float(places[k + beyond[0]])
    return None
