"""The deviation: the instrument against its trajectory and the zones, every number with its own plus/minus.

First-order propagation (JCGM 100:2008, 5.1.2): a small error of the registration moves the tip by t + w x (tip - centre) and turns
the axis by w x axis; the tracking adds its own error of tip and axis. Each number's gradient with respect to tip and axis then
gives its standard deviation; 1.96 of them are the plus/minus.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, angle_deg, distance_to_line, skew, unit
from SlicerSpineGuide.guidance.clearance import Distance, clearance_ahead, clearance_now, inserted_mm, zone_begins
from SlicerSpineGuide.guidance.cortex import cortex_ahead
from SlicerSpineGuide.guidance.types import Deviation
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.model import Trajectory
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.instrument import Instrument

COVERAGE = 1.96  # standard deviations that hold 95 % of a normal distribution
COVERAGE_OF_TWO = 2.4477  # the same of a distance in a plane (Rayleigh)
_STEEPEST = 0.2  # cosine to the planned direction below which the axis no longer leads to the target's depth


@dataclass(frozen=True, eq=False)
class _Spread:
    """The joint covariance (6, 6) of tip (mm) and axis (rad), in planning-CT axes; None where the registration tells none."""

    covariance: FloatArray | None

    def of_number(self, by_tip: FloatArray, by_axis: FloatArray) -> float:
        """The 95 % plus/minus of a number with these gradients (3,) with respect to tip and axis."""
        if self.covariance is None:
            return math.inf
        gradient = np.concatenate([by_tip, by_axis])
        return COVERAGE * math.sqrt(max(0.0, float(gradient @ self.covariance @ gradient)))

    def of_distances(self, distances: Mapping[str, Distance]) -> dict[str, float]:
        """The 95 % plus/minus of each."""
        return {name: math.hypot(self.of_number(d.by_tip, d.by_axis), d.found_to_mm) for name, d in distances.items()}

    def of_length(self, offset: FloatArray, by_tip: FloatArray, by_axis: FloatArray) -> float:
        """The 95 % plus/minus of the length of a vector `offset` (3,) with these derivatives (3, 3).

        The vector lies in a plane. One that is longer than its own plus/minus has a direction to err along; a shorter one may err in
        any.
        """
        if self.covariance is None:
            return math.inf
        derivative = np.hstack([by_tip, by_axis])
        covariance = derivative @ self.covariance @ derivative.T
        widest = COVERAGE_OF_TWO * math.sqrt(max(0.0, float(np.linalg.eigvalsh(covariance)[-1])))
        length = float(np.linalg.norm(offset))
        if length <= widest or length == 0:
            return widest
        along = offset / length
        return COVERAGE * math.sqrt(max(0.0, float(along @ covariance @ along)))


def measure(
    instrument: Instrument,
    registration: Registration,
    trajectory: Trajectory,
    zones: Sequence[Zone] = (),
    planning: Volume | None = None,
) -> Deviation:
    """The deviation of a visible instrument from `trajectory`, as CASE_FORMAT defines it, and its clearance to the zones.

    All in planning-CT LPS, mm and degrees. The instrument's inserted part reaches from the tip back to the depth of the planned
    entry. `planning` tells the depth that remains before the far cortex. Plus/minus are infinite where the registration carries no
    covariance. ValueError where the instrument is not visible or the registration is not usable: there is no deviation then.
    """
    if not instrument.visible or instrument.tip is None or instrument.axis is None or not registration.usable:
        raise ValueError("a deviation needs a visible instrument and a usable registration")
    tip, axis, planned, target = instrument.tip, unit(instrument.axis), trajectory.direction, trajectory.target
    spread = _spread(instrument, registration, tip, axis)
    across = np.eye(3) - np.outer(planned, planned)
    beside = np.eye(3) - np.outer(axis, axis)
    to_target = target - tip
    depth = float(to_target @ planned)
    reach = float(to_target @ axis)

    radius = trajectory.instrument.diameter_mm / 2
    inserted = inserted_mm(trajectory, depth)
    cosine = float(axis @ planned)
    onward = max(depth, 0.0) / cosine if cosine > _STEEPEST else 0.0
    now = {zone.name: clearance_now(zone, tip, axis, inserted, radius) for zone in zones}
    onwards = {zone.name: clearance_ahead(zone, tip, axis, planned, onward, radius) for zone in zones}
    predicted = {name: min(now[name], onwards[name], key=lambda d: d.mm) for name in now}
    ahead = {zone.name: begins for zone in zones if (begins := zone_begins(zone, tip, axis)) is not None}
    wall = cortex_ahead(planning, tip, axis, onward) if planning is not None and cosine > _STEEPEST else None
    return Deviation(
        trajectory=trajectory.id,
        lateral_mm=distance_to_line(tip, target, planned),
        angle_deg=angle_deg(axis, planned),
        depth_mm=depth,
        predicted_miss_mm=distance_to_line(target, tip, axis),
        clearance_mm={name: d.mm for name, d in now.items()},
        lateral_pm_mm=spread.of_length(across @ to_target, across, 0 * across),
        angle_pm_deg=math.degrees(spread.of_length(beside @ planned, 0 * beside, beside)),
        depth_pm_mm=spread.of_number(planned, np.zeros(3)),
        predicted_miss_pm_mm=spread.of_length(beside @ to_target, beside, reach * beside),
        clearance_pm_mm=spread.of_distances(now),
        predicted_clearance_mm={name: d.mm for name, d in predicted.items()},
        predicted_clearance_pm_mm=spread.of_distances(predicted),
        ahead_mm={name: d.mm for name, d in ahead.items()},
        ahead_pm_mm=spread.of_distances(ahead),
        cortex_mm=wall.mm if wall is not None else None,
        cortex_pm_mm=math.hypot(wall.pm_mm, spread.of_number(axis, np.zeros(3))) if wall is not None else 0.0,
    )


def _spread(instrument: Instrument, registration: Registration, tip: FloatArray, axis: FloatArray) -> _Spread:
    """Registration and tracking errors together, taken as independent of each other."""
    if registration.covariance is None:
        return _Spread(None)
    centre = tip if registration.centre is None else registration.centre
    by_motion = np.zeros((6, 6))
    by_motion[:3, :3] = np.eye(3)
    by_motion[:3, 3:] = -skew(tip - centre)
    by_motion[3:, 3:] = -skew(axis)
    covariance = by_motion @ registration.covariance @ by_motion.T
    lengthwise = np.outer(axis, axis)
    if instrument.tip_sigma_mm is not None:
        along, *across = (float(s) for s in instrument.tip_sigma_mm)
        # Which two directions across the axis the sigmas belong to is not told: the larger holds for both.
        covariance[:3, :3] += along**2 * lengthwise + max(across) ** 2 * (np.eye(3) - lengthwise)
    covariance[3:, 3:] += math.radians(instrument.axis_sigma_deg) ** 2 * (np.eye(3) - lengthwise)
    return _Spread(covariance)
