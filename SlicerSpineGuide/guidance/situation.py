"""What the alerts' rules judge, and by which thresholds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.types import Deviation
from SlicerSpineGuide.plan.model import Trajectory
from SlicerSpineGuide.plan.procedures import Procedure
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.translation import tr


@dataclass(frozen=True)
class Thresholds:
    """From where on each number is a deviation; zone_margin_mm: zone name -> mm. BadInput where one is no such length or angle."""

    lateral_mm: float
    angle_deg: float
    depth_mm: float
    zone_margin_mm: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in (("lateral_mm", self.lateral_mm), ("angle_deg", self.angle_deg), ("depth_mm", self.depth_mm)):
            if not 0 < value < math.inf:
                raise BadInput(tr("{name}: {value:g} is no threshold: give a number above 0.").format(name=name, value=value))
        for zone, margin in self.zone_margin_mm.items():
            if not 0 <= margin < math.inf:
                raise BadInput(tr("{zone}: {value:g} mm is no margin: give 0 or more.").format(zone=zone, value=margin))

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


@dataclass(frozen=True)
class Situation:
    """What the rules judge, at one moment.

    frame_index: of the frame just processed (again, where it has grown), None between frames. The node, the disk and the age of
    the image are judged at any time, everything else only with a frame. deviation: None where no position may be shown.
    """

    frame_index: int | None = None
    deviation: Deviation | None = None
    registration: Registration = Registration("none")  # noqa: RUF009 (frozen)
    instrument_visible: bool = False
    image_stale: bool = False
    wrong_patient: bool = False
    frame_of_reference_changed: bool = False
    geometry_changed: bool = False
    node_down: bool = False
    disk_low: bool = False

    @property
    def position_shown(self) -> bool:
        """Whether the numbers are true now."""
        return self.deviation is not None and self.registration.usable and not (self.image_stale or self.wrong_patient)


@dataclass(frozen=True)
class Seen:
    """What there has been, so that it can be missed."""

    registration: bool = False
    instrument: bool = False

    def after(self, situation: Situation) -> Seen:
        good = situation.registration.usable and not situation.wrong_patient
        return Seen(self.registration or good, self.instrument or (good and situation.instrument_visible))
