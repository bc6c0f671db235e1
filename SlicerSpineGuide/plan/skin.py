"""The skin, from the CT alone: where a path leaves the body."""

from __future__ import annotations

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, apply
from SlicerSpineGuide.images import Volume

AIR_BELOW_HU = -300.0
STEP_MM = 0.5
AIR_GAP_MM = 6.0  # of air in a row: outside, not a fold or a bubble
FARTHEST_MM = 250.0


def skin_entry(planning: Volume, inside: FloatArray, outward: FloatArray) -> FloatArray | None:
    """The point (3,) LPS at which a ray from a point inside the body along the unit vector `outward` leaves the skin.

    None where the CT ends first. planning: HU.
    """
    s = np.arange(0.0, FARTHEST_MM, STEP_MM)
    points = inside + s[:, None] * outward
    within = np.all(
        np.abs(apply(planning.index_from_lps, points) - (np.array(planning.size) - 1) / 2) <= np.array(planning.size) / 2, axis=1
    )
    air = (planning.sample(points) < AIR_BELOW_HU) & within
    run = round(AIR_GAP_MM / STEP_MM)
    outside = np.convolve(air, np.ones(run), "valid") >= run
    if not outside.any():
        return None
    k = int(outside.argmax())
    return np.asarray(inside + max(s[k] - STEP_MM / 2, 0.0) * outward)
