"""The clearance between the instrument and a zone: now, if it is pushed on, and how far ahead the zone begins.

The instrument is a cylinder with flat ends, of which the tip lies in the middle of the one. Beside the shaft that is the axis'
distance less the radius; ahead of the tip the radius does not count, or a dilator tube would seem to be in what it still has
before it. Each distance comes with its derivatives with respect to tip and axis, for its plus/minus.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, unit
from SlicerSpineGuide.plan.model import Trajectory
from SlicerSpineGuide.plan.zones import FOUND_TO_MM, Zone

LOOK_AHEAD_MM = 100.0
_LEAST_SLOPE = 0.05  # of a surface against the axis: flatter ones make the way to them no more uncertain
_AT_THE_END_MM = 1e-6
_NEAR, _AROUND = 2.0, 24  # radii, directions


@dataclass(frozen=True, eq=False)
class Distance:
    """mm, negative inside, and the derivatives (3,) of it with respect to the tip (mm) and to the axis.

    found_to_mm: how closely it is found; more than the derivatives tell where the instrument points straight at a zone.
    """

    mm: float
    by_tip: FloatArray
    by_axis: FloatArray
    found_to_mm: float = 0.0


def inserted_mm(trajectory: Trajectory, depth_mm: float) -> float:
    """How much of the instrument is beyond the depth of the planned entry, with depth_mm left to the target."""
    return float(np.clip(trajectory.length_mm - depth_mm, 0.0, trajectory.instrument.length_mm))


def clearance_now(zone: Zone, tip: FloatArray, axis: FloatArray, inserted_mm: float, radius_mm: float) -> Distance:
    """From the instrument's surface, from the tip (3,) back along its axis (3,) for inserted_mm, to the zone. Planning-CT LPS, mm."""
    distance, behind = zone.nearest(tip, -axis, inserted_mm)
    if behind <= _AT_THE_END_MM:
        return _from_end(zone, tip, axis, 0.0, radius_mm)
    outward = zone.outward(tip - behind * axis)
    return Distance(distance - radius_mm, outward, -behind * outward, FOUND_TO_MM)


def clearance_ahead(
    zone: Zone, tip: FloatArray, axis: FloatArray, planned: FloatArray, onward_mm: float, radius_mm: float
) -> Distance:
    """The smallest on the way if it is pushed on for onward_mm, which ends at the target's depth along `planned` (3,)."""
    distance, further = zone.nearest(tip, axis, onward_mm)
    if further <= _AT_THE_END_MM:
        return _from_end(zone, tip, axis, 0.0, radius_mm)
    if further < onward_mm - _AT_THE_END_MM:
        outward = zone.outward(tip + further * axis)
        return Distance(distance - radius_mm, outward, further * outward, FOUND_TO_MM)
    reached = _from_end(zone, tip, axis, onward_mm, radius_mm)
    stopped = reached.by_tip - (reached.by_tip @ axis) / (axis @ planned) * planned  # it ends at that depth wherever it starts
    return replace(reached, by_tip=stopped, by_axis=reached.by_axis + onward_mm * (stopped - reached.by_tip))


def zone_begins(zone: Zone, tip: FloatArray, axis: FloatArray) -> Distance | None:
    """How far from the tip along the axis the zone begins, 0 inside it; None where it does not within LOOK_AHEAD_MM."""
    begins = zone.entered_after(tip, axis, LOOK_AHEAD_MM)
    if begins is None:
        return None
    outward = zone.outward(tip + begins * axis)
    by_tip = outward / max(abs(float(outward @ axis)), _LEAST_SLOPE)
    return Distance(begins, by_tip, begins * by_tip)


def _from_end(zone: Zone, tip: FloatArray, axis: FloatArray, place_mm: float, radius_mm: float) -> Distance:
    """From the flat end of a cylinder, place_mm ahead of the tip."""
    middle = tip + place_mm * axis
    outward = zone.outward(middle)
    mm, offset = float(zone.distance(middle[None])[0]), np.zeros(3)
    aside = (outward @ axis) * axis - outward  # across the axis, towards the zone
    towards = [unit(aside)] if np.linalg.norm(aside) > _AT_THE_END_MM else []
    if mm < _NEAR * radius_mm:  # an edge, or a zone that bends round the instrument, may be nearer on another side
        circle = _circle(axis)
        towards.append(circle[int(zone.distance(middle + radius_mm * circle).argmin())])
    for direction in towards:
        nearest, out = zone.nearest(middle, direction, radius_mm)
        mm, offset = (nearest, out * direction) if nearest < mm else (mm, offset)
    outward = zone.outward(middle + offset)
    return Distance(mm, outward, place_mm * outward - (outward @ axis) * offset, FOUND_TO_MM)


def _circle(axis: FloatArray) -> FloatArray:
    """_AROUND unit vectors (N, 3) across the axis."""
    first = unit(np.cross(axis, np.eye(3)[int(np.argmin(np.abs(axis)))]))
    angles = 2 * np.pi * np.arange(_AROUND) / _AROUND
    return np.asarray(np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * np.cross(axis, first))
