"""What guidance decides about a frame: the deviation, the alerts, and the Update that carries everything to its readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.intake.frame import Frame
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.instrument import Instrument

Priority = Literal["high", "medium", "low"]
Acceptance = Literal["accepted", "awaited", "rejected"]


class AlertCode(str, Enum):
    """The alert codes of CASE_FORMAT version 1."""

    LATERAL_DEVIATION = "LATERAL_DEVIATION"
    ANGLE_DEVIATION = "ANGLE_DEVIATION"
    PREDICTED_MISS = "PREDICTED_MISS"
    DEPTH_REACHED = "DEPTH_REACHED"
    DEPTH_EXCEEDED = "DEPTH_EXCEEDED"
    ZONE_NEAR = "ZONE_NEAR"
    ZONE_ENTERED = "ZONE_ENTERED"
    REGISTRATION_UNCERTAIN = "REGISTRATION_UNCERTAIN"
    REGISTRATION_LOST = "REGISTRATION_LOST"
    INSTRUMENT_LOST = "INSTRUMENT_LOST"
    IMAGE_STALE = "IMAGE_STALE"
    WRONG_PATIENT = "WRONG_PATIENT"
    FRAME_OF_REFERENCE_CHANGED = "FRAME_OF_REFERENCE_CHANGED"
    GEOMETRY_CHANGED = "GEOMETRY_CHANGED"
    NODE_DOWN = "NODE_DOWN"
    DISK_LOW = "DISK_LOW"


@dataclass(frozen=True)
class Deviation:
    """The instrument against a trajectory, as CASE_FORMAT defines it; *_pm: plus/minus, 95 %, same unit.

    clearance_mm: zone name -> distance from the instrument's surface to the zone, negative inside; clearance_pm_mm likewise.
    predicted_clearance_mm: the smallest clearance on the way if pushed on along the present axis to the target's depth;
    predicted_clearance_pm_mm likewise. ahead_mm: zone name -> mm from the tip along the present axis until the zone begins (of a
    cortical wall: the depth that remains), for the zones that lie ahead; ahead_pm_mm likewise. cortex_mm: from the tip along the
    present axis to the far wall of the bone that the target is in; None where the planning CT does not show it clearly.
    """

    trajectory: str
    lateral_mm: float
    angle_deg: float
    depth_mm: float
    predicted_miss_mm: float
    clearance_mm: Mapping[str, float] = field(default_factory=dict)
    lateral_pm_mm: float = 0.0
    angle_pm_deg: float = 0.0
    depth_pm_mm: float = 0.0
    predicted_miss_pm_mm: float = 0.0
    clearance_pm_mm: Mapping[str, float] = field(default_factory=dict)
    predicted_clearance_mm: Mapping[str, float] = field(default_factory=dict)
    predicted_clearance_pm_mm: Mapping[str, float] = field(default_factory=dict)
    ahead_mm: Mapping[str, float] = field(default_factory=dict)
    ahead_pm_mm: Mapping[str, float] = field(default_factory=dict)
    cortex_mm: float | None = None
    cortex_pm_mm: float = 0.0


@dataclass(frozen=True)
class Alert:
    """One alert that is on.

    message: a sentence in the current language; since_s: when it came on, on the loop's clock; acknowledged: its sound is
    silenced, the alert itself stays. subject: the zone it is about, "" where it is about none. parameters: what the message says of
    numbers and reasons.
    """

    code: AlertCode
    priority: Priority
    message: str
    since_s: float = 0.0
    acknowledged: bool = False
    subject: str = ""
    parameters: Mapping[str, object] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class StepTimes:
    """Milliseconds spent on a frame, step by step; total runs from the last byte received (or the file being read) to the Update."""

    decode: float = 0.0
    register: float = 0.0
    track: float = 0.0
    decide: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, eq=False)
class Update:
    """Everything known at one moment, immutable; the only thing that recording and screens read.

    frame: the newest frame, None before the first. deviation: None unless it is true now. hidden_reason: a sentence that says
    why no position is shown, "" where one is. at_s: when it was made, on the loop's clock. skipped: frames not processed so far.
    acceptance: whether a person lets guidance use the registration.
    thresholds: the limits by which its alerts were judged. from_tool: the instrument is a tracked tool's and not the images'.
    """

    frame: Frame | None
    registration: Registration
    instrument: Instrument
    deviation: Deviation | None
    alerts: tuple[Alert, ...]
    hidden_reason: str
    trajectory: str
    at_s: float
    times: StepTimes = StepTimes()
    of_frame: bool = True
    skipped: int = 0
    image_age_s: float = 0.0
    image_rate_hz: float = 0.0
    acceptance: Acceptance = "accepted"
    thresholds: Thresholds | None = None
    from_tool: bool = False
