"""The skin, from the CT alone: where a path leaves the body."""

from __future__ import annotations

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
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
    hu, inside_ct = sample(planning, inside + s[:, None] * outward)
    air = (hu < AIR_BELOW_HU) & inside_ct
    run = round(AIR_GAP_MM / STEP_MM)
    outside = np.convolve(air, np.ones(run), "valid") >= run
    if not outside.any():
        return None
    k = int(outside.argmax())
    return np.asarray(inside + max(s[k] - STEP_MM / 2, 0.0) * outward)


def sample(volume: Volume, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(HU by trilinear interpolation, whether inside the volume) at LPS points (n, 3)."""
    index = (points - volume.lps_from_index[:3, 3]) @ np.linalg.inv(volume.lps_from_index[:3, :3]).T
    size = np.array(volume.size)
    within = np.all((index >= 0) & (index <= size - 1), axis=-1)
    index = np.clip(index, 0, size - 1.001)
    low = index.astype(int)
    f = index - low
    values = np.zeros(len(points))
    for corner in np.ndindex(2, 2, 2):
        offset = np.array(corner)
        weight = np.prod(np.where(offset, f, 1 - f), axis=-1)
        x, y, z = (low + offset).T
        values += weight * volume.voxels[z, y, x]
    return values, within
