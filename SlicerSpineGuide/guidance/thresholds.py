"""From where on a number is a deviation: the plan's limits, and those that are set while guiding."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan.model import Tolerance, Trajectory
from SlicerSpineGuide.plan.procedures import Procedure
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.translation import tr

if TYPE_CHECKING:
    from SlicerSpineGuide.guidance.types import Deviation, Update

LARGEST = 100.0  # mm or degrees: beyond it a limit is a slip of the finger
UNKNOWN = 3.0  # a number that may be off by more than so many times its limit is not known


@dataclass(frozen=True)
class Thresholds:
    """From where on each number is a deviation; zone_margin_mm: zone name -> mm. BadInput where one is no such length or angle."""

    lateral_mm: float
    angle_deg: float
    depth_mm: float
    zone_margin_mm: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in (("lateral_mm", self.lateral_mm), ("angle_deg", self.angle_deg), ("depth_mm", self.depth_mm)):
            if not 0 < value <= LARGEST:
                raise BadInput(
                    tr("{name}: {value:g} is no threshold: give a number above 0, at most {most:g}.").format(
                        name=name, value=value, most=LARGEST
                    )
                )
        for zone, margin in self.zone_margin_mm.items():
            if not 0 <= margin <= LARGEST:
                raise BadInput(
                    tr("{zone}: {value:g} mm is no margin: give 0 to {most:g}.").format(zone=zone, value=margin, most=LARGEST)
                )

    @classmethod
    def of_procedure(cls, procedure: Procedure) -> Thresholds:
        """A procedure's defaults, for a plan that is still to be made."""
        tolerance = procedure.tolerance
        margins = {zone.name: zone.margin_mm for zone in procedure.zones}
        return cls(tolerance.lateral_mm, tolerance.angle_deg, tolerance.depth_mm, margins)

    @classmethod
    def of_plan(cls, trajectory: Trajectory, zones: Sequence[Zone] = ()) -> Thresholds:
        """The plan's tolerances and margins."""
        tolerance = trajectory.tolerance
        return cls(tolerance.lateral_mm, tolerance.angle_deg, tolerance.depth_mm, {z.name: z.margin_mm for z in zones})

    def changed(
        self,
        *,
        lateral_mm: float | None = None,
        angle_deg: float | None = None,
        depth_mm: float | None = None,
        zone_margin_mm: Mapping[str, float] | None = None,
    ) -> Thresholds:
        """These, with what is given in place of theirs; BadInput where that is no limit, or names a zone that the plan has not."""
        margins = zone_margin_mm or {}
        for zone in margins:
            if zone not in self.zone_margin_mm:
                raise BadInput(tr("{zone}: the plan has no zone of that name.").format(zone=zone))
        return replace(
            self,
            lateral_mm=_number("lateral_mm", lateral_mm, self.lateral_mm),
            angle_deg=_number("angle_deg", angle_deg, self.angle_deg),
            depth_mm=_number("depth_mm", depth_mm, self.depth_mm),
            zone_margin_mm={**self.zone_margin_mm, **{zone: _number(zone, mm, 0.0) for zone, mm in margins.items()}},
        )

    def as_json(self) -> dict[str, float | dict[str, float]]:
        """As it stands in a log: JSON types only."""
        return {
            "lateral_mm": self.lateral_mm,
            "angle_deg": self.angle_deg,
            "depth_mm": self.depth_mm,
            "zone_margin_mm": dict(self.zone_margin_mm),
        }


def _number(name: str, value: object, default: float) -> float:
    """A form's value as a number; BadInput names the field where it is none."""
    if value is None:
        return default
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise BadInput(tr("{name}: {value} is not a number.").format(name=name, value=value)) from None


def limits_of(update: Update | None, trajectory: Trajectory | None) -> Thresholds | Tolerance:
    """The limits in force: those by which the Update was judged, the plan's before there are any."""
    if update is not None and update.thresholds is not None:
        return update.thresholds
    return trajectory.tolerance if trajectory is not None else Tolerance()


def zone_ahead(deviation: Deviation, limits: Thresholds | Tolerance) -> str:
    """The zone whose margin is kept now and would not be if the instrument were pushed on, the nearest of them; "" where none is."""
    margins = limits.zone_margin_mm if isinstance(limits, Thresholds) else {}
    coming = {
        zone: foreseen
        for zone, foreseen in deviation.predicted_clearance_mm.items()
        if foreseen < margins.get(zone, 0.0) <= deviation.clearance_mm[zone]
    }
    return min(coming, key=lambda zone: coming[zone], default="")


def is_known(plus_minus: float, limit: float) -> bool:
    """Whether a number with this 95 % plus/minus says anything about its limit: from a single X-ray view some do not.

    An infinite plus/minus is none that anybody told, as a tracked tool's.
    """
    return not math.isfinite(plus_minus) or plus_minus <= UNKNOWN * limit
