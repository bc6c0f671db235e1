"""What raises an alert: one table of rules over one Situation; how an alert then comes and goes is the state machine's."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from SlicerSpineGuide.guidance.situation import Seen, Situation
from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.guidance.types import AlertCode, Deviation, Priority
from SlicerSpineGuide.translation import tr


class Verdict(IntEnum):
    """How a condition stands: CLEAR lets an alert go, LIKELY raises one when it persists, SURE raises it at once."""

    CLEAR = 0
    INSIDE = 1
    BEYOND = 2
    LIKELY = 3
    SURE = 4


@dataclass(frozen=True)
class Finding:
    """A rule's verdict on a subject (a zone's name, or ""), and the parameters of the message."""

    verdict: Verdict
    parameters: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""


@dataclass(frozen=True)
class Band:
    """How a number's plus/minus is taken into account, in the number's unit.

    LIKELY: past the limit by the plus/minus, of which at least `floor` and at most `cap` counts: what is beyond the limit by more
    than `cap` is found however unsure the number is. SURE: past it by the whole plus/minus and by `cap`. CLEAR: inside the limit
    by `off`, or by half of a limit that is smaller than twice that.
    """

    floor: float
    cap: float
    off: float = 1.0

    def judge(self, beyond: float, plus_minus: float, limit: float) -> Verdict:
        if beyond > max(plus_minus, self.cap):
            return Verdict.SURE
        if beyond > min(max(plus_minus, self.floor), self.cap):
            return Verdict.LIKELY
        if beyond > 0:
            return Verdict.BEYOND
        return Verdict.CLEAR if beyond < -min(self.off, abs(limit) / 2) else Verdict.INSIDE


MILLIMETRES = Band(0.25, 0.5)
DEGREES = Band(0.5, 1.0)
# Far from the target a small error of the axis is a large one of the predicted miss: all of its plus/minus counts.
PREDICTED = Band(0.5, math.inf)
LEAST_AXIS_PM_DEG = 1.0  # an axis is not believed to be better known than that, whatever its tracker claims

Judge = Callable[[Situation, Thresholds, Seen], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """One row of the table.

    judge: the findings, none where it cannot be judged. message: the sentence in the current language, its parameters still to be
    filled in. numeric: it judges a number that is shown, and is silent while none is. always: it is judged between frames too.
    on_frames: how many frames a LIKELY condition lasts before the alert comes on; off_frames: how many it is CLEAR before it goes
    off; hold_s: for how long it is on at least.
    """

    code: AlertCode
    priority: Priority
    message: Callable[[], str]
    judge: Judge
    numeric: bool = False
    always: bool = False
    on_frames: int = 2
    off_frames: int = 2
    hold_s: float = 0.0


def _state(condition: Callable[[Situation], bool], verdict: Verdict = Verdict.SURE) -> Judge:
    """A rule about a state rather than a number."""

    def judge(situation: Situation, thresholds: Thresholds, seen: Seen) -> Iterable[Finding]:
        yield Finding(verdict if condition(situation) else Verdict.CLEAR, {"reason": situation.registration.reason})

    return judge


def _number(reading: Callable[[Deviation, Thresholds], tuple[float, float, float]], band: Band) -> Judge:
    """A rule about a number: reading -> value, plus/minus, limit."""

    def judge(situation: Situation, thresholds: Thresholds, seen: Seen) -> Iterable[Finding]:
        if situation.deviation is not None:
            value, plus_minus, limit = reading(situation.deviation, thresholds)
            yield Finding(band.judge(value - limit, plus_minus, limit), {"value": value, "limit": limit})

    return judge


def _predicted_miss(deviation: Deviation, thresholds: Thresholds) -> tuple[float, float, float]:
    unsure = max(deviation.predicted_miss_pm_mm, math.radians(LEAST_AXIS_PM_DEG) * max(deviation.depth_mm, 0.0))
    return deviation.predicted_miss_mm, unsure, thresholds.lateral_mm


def _zones(limit_of: Callable[[float], float]) -> Judge:
    """A rule about the clearance to each zone; limit_of: margin -> clearance from which on it is too near."""

    def judge(situation: Situation, thresholds: Thresholds, seen: Seen) -> Iterable[Finding]:
        deviation = situation.deviation
        if deviation is None:
            return
        for zone, clearance in deviation.clearance_mm.items():
            margin = thresholds.zone_margin_mm.get(zone, 0.0)
            limit = limit_of(margin)
            verdict = MILLIMETRES.judge(limit - clearance, deviation.clearance_pm_mm.get(zone, 0.0), max(margin, 1.0))
            yield Finding(verdict, {"zone": zone, "value": clearance, "inside": -clearance, "limit": margin}, zone)

    return judge


def _registration_lost(situation: Situation, thresholds: Thresholds, seen: Seen) -> Iterable[Finding]:
    if situation.wrong_patient:  # says nothing about where this patient is
        return
    status = situation.registration.status
    lost = status == "lost" or (status == "none" and seen.registration)
    yield Finding(Verdict.SURE if lost else Verdict.CLEAR, {"reason": situation.registration.reason})


def _instrument_lost(situation: Situation, thresholds: Thresholds, seen: Seen) -> Iterable[Finding]:
    if situation.wrong_patient or situation.registration.status != "locked":
        return
    if situation.instrument_unclear:
        yield Finding(Verdict.BEYOND)  # it is there: its next image may tell
        return
    lost = seen.instrument and not situation.instrument_visible
    yield Finding(Verdict.LIKELY if lost else Verdict.CLEAR)


RULES: tuple[Rule, ...] = (
    Rule(
        AlertCode.WRONG_PATIENT,
        "high",
        lambda: tr("Images of another patient are arriving: they are stored and not shown. Check whom the scanner has registered."),
        _state(lambda s: s.wrong_patient),
        off_frames=1,
        hold_s=3.0,
    ),
    Rule(
        AlertCode.IMAGE_STALE,
        "high",
        lambda: tr("No new image is arriving: the position is hidden."),
        _state(lambda s: s.image_stale),
        always=True,
        off_frames=1,
    ),
    Rule(
        AlertCode.REGISTRATION_LOST,
        "high",
        lambda: tr("The registration is lost: the position is hidden. {reason}"),
        _registration_lost,
        off_frames=1,
    ),
    Rule(
        AlertCode.ZONE_ENTERED,
        "high",
        lambda: tr("{zone}: the instrument is {inside:.1f} mm inside."),
        _zones(lambda margin: 0.0),
        numeric=True,
    ),
    Rule(
        AlertCode.DEPTH_EXCEEDED,
        "high",
        lambda: tr("The tip is {value:.1f} mm past the target (tolerance {limit:.1f} mm)."),
        _number(lambda d, t: (-d.depth_mm, d.depth_pm_mm, t.depth_mm), MILLIMETRES),
        numeric=True,
    ),
    Rule(
        AlertCode.NODE_DOWN,
        "high",
        lambda: tr("The DICOM node is down: no image can arrive until it runs again."),
        _state(lambda s: s.node_down),
        always=True,
        off_frames=1,
        hold_s=3.0,
    ),
    Rule(
        AlertCode.ZONE_NEAR,
        "medium",
        lambda: tr("{zone}: {value:.1f} mm away (margin {limit:.1f} mm)."),
        _zones(lambda margin: margin),
        numeric=True,
    ),
    Rule(
        AlertCode.LATERAL_DEVIATION,
        "medium",
        lambda: tr("The tip is {value:.1f} mm beside the planned line (tolerance {limit:.1f} mm)."),
        _number(lambda d, t: (d.lateral_mm, d.lateral_pm_mm, t.lateral_mm), MILLIMETRES),
        numeric=True,
    ),
    Rule(
        AlertCode.ANGLE_DEVIATION,
        "medium",
        lambda: tr("The instrument is {value:.1f}° off the planned direction (tolerance {limit:.1f}°)."),
        _number(lambda d, t: (d.angle_deg, d.angle_pm_deg, t.angle_deg), DEGREES),
        numeric=True,
    ),
    Rule(
        AlertCode.PREDICTED_MISS,
        "medium",
        lambda: tr("Pushed on like this, the instrument passes the target at {value:.1f} mm (tolerance {limit:.1f} mm)."),
        _number(_predicted_miss, PREDICTED),
        numeric=True,
    ),
    Rule(
        AlertCode.FRAME_OF_REFERENCE_CHANGED,
        "medium",
        lambda: tr("The scanner has started a new frame of reference: the patient is searched for again."),
        _state(lambda s: s.frame_of_reference_changed),
        off_frames=1,
        hold_s=3.0,
    ),
    Rule(
        AlertCode.GEOMETRY_CHANGED,
        "medium",
        lambda: tr("The images' orientation, spacing or patient position has changed: the patient is searched for again."),
        _state(lambda s: s.geometry_changed),
        off_frames=1,
        hold_s=3.0,
    ),
    Rule(
        AlertCode.REGISTRATION_UNCERTAIN,
        "medium",
        lambda: tr("The registration is uncertain. {reason}"),
        _state(lambda s: s.registration.status == "uncertain", Verdict.LIKELY),
    ),
    Rule(
        AlertCode.INSTRUMENT_LOST,
        "low",
        lambda: tr("The instrument is no longer seen."),
        _instrument_lost,
    ),
    Rule(
        AlertCode.DISK_LOW,
        "low",
        lambda: tr("The disk is nearly full: the node will soon refuse images."),
        _state(lambda s: s.disk_low),
        always=True,
        off_frames=1,
    ),
    Rule(
        AlertCode.DEPTH_REACHED,
        "low",
        lambda: tr("The tip has reached the planned depth."),
        _number(lambda d, t: (-d.depth_mm, d.depth_pm_mm, -t.depth_mm), MILLIMETRES),
        numeric=True,
    ),
)
