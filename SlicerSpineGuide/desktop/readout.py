"""An Update in the words that the panel and the views show."""

from __future__ import annotations

import math
from dataclasses import dataclass

from slicer.i18n import tr as _

from SlicerSpineGuide.guidance.dose import dose
from SlicerSpineGuide.guidance.thresholds import Thresholds, is_known, limits_of, zone_ahead
from SlicerSpineGuide.guidance.types import Alert, AlertCode, Deviation, Update
from SlicerSpineGuide.plan import Plan, Tolerance, Trajectory
from SlicerSpineGuide.scene.state import state_of

NO_NUMBER = "–"
_NO_NUMBERS = (NO_NUMBER, NO_NUMBER, NO_NUMBER, NO_NUMBER, NO_NUMBER)
PRIORITIES = ("high", "medium", "low")


@dataclass(frozen=True)
class Readout:
    """Texts only. shown: whether a position is true now; where it is not, every number is a dash, `reason` says why and `advice` what
    to do.
    """

    shown: bool
    lateral: str
    angle: str
    depth: str
    miss: str
    clearance: str
    registration: str
    image: str
    dose: str
    reason: str
    advice: str
    alerts: tuple[Alert, ...]

    @property
    def alert_text(self) -> str:
        """The most urgent alert that nobody has acknowledged; where all are, the most urgent: it is silent and not hidden."""
        if not self.alerts:
            return ""
        first = self.alerts[0]
        return alert_row(first.message, first.acknowledged)

    @property
    def alert_priority(self) -> str:
        return self.alerts[0].priority if self.alerts else ""

    @property
    def acknowledged(self) -> bool:
        """Whether every alert is."""
        return bool(self.alerts) and self.alerts[0].acknowledged

    @property
    def corner_lines(self) -> tuple[str, ...]:
        if not self.shown:
            return (self.reason,)
        return (
            _("Lateral {value}").format(value=self.lateral),
            _("Angle {value}").format(value=self.angle),
            _("To target {value}").format(value=self.depth),
        )


def read_out(update: Update | None, trajectory: Trajectory | None, plan: Plan | None = None) -> Readout:
    """What may be said of `update`; None before there is one."""
    if update is None or trajectory is None:
        return _nothing(_("No guidance is running."))
    alerts = tuple(sorted(update.alerts, key=lambda a: (a.acknowledged, PRIORITIES.index(a.priority), a.since_s)))
    told = _registration(update), _image(update), dose(update) or NO_NUMBER
    deviation = None if update.hidden_reason else update.deviation
    if deviation is None:
        reason = update.hidden_reason or _("No position is known.")
        return Readout(False, *_NO_NUMBERS, *told, reason, _advice(update, plan), alerts)
    limits, on = limits_of(update, trajectory), {alert.code for alert in alerts}
    beside, miss = AlertCode.LATERAL_DEVIATION in on, AlertCode.PREDICTED_MISS in on
    deep = AlertCode.DEPTH_REACHED in on or AlertCode.DEPTH_EXCEEDED in on
    return Readout(
        True,
        number(deviation.lateral_mm, deviation.lateral_pm_mm, "mm", math.inf if beside else limits.lateral_mm),
        number(deviation.angle_deg, deviation.angle_pm_deg, "°", math.inf if AlertCode.ANGLE_DEVIATION in on else limits.angle_deg),
        number(deviation.depth_mm, deviation.depth_pm_mm, "mm", math.inf if deep else limits.depth_mm),
        number(deviation.predicted_miss_mm, deviation.predicted_miss_pm_mm, "mm", math.inf if miss else limits.lateral_mm),
        _clearance(deviation, limits),
        *told,
        "",
        "",
        alerts,
    )


def alert_row(message: str, acknowledged: bool) -> str:
    """An alert as it is listed."""
    return _("{message} (acknowledged)").format(message=message) if acknowledged else message


def _clearance(deviation: Deviation, limits: Thresholds | Tolerance) -> str:
    """The nearest zone, the one that would be come too near to, and the depth before the far cortex where the planning CT shows it."""
    zone = min(deviation.clearance_mm, key=lambda name: deviation.clearance_mm[name], default="")
    told = []
    if zone:
        distance = number(deviation.clearance_mm[zone], deviation.clearance_pm_mm.get(zone, math.inf), "mm")
        told.append(_("{distance} to {zone}").format(distance=distance, zone=zone))
    ahead = zone_ahead(deviation, limits)
    if ahead:
        distance = number(deviation.predicted_clearance_mm[ahead], deviation.predicted_clearance_pm_mm.get(ahead, math.inf), "mm")
        told.append(_("pushed on {distance} to {zone}").format(distance=distance, zone=ahead))
    if deviation.cortex_mm is not None:
        told.append(_("far cortex in {depth}").format(depth=number(deviation.cortex_mm, deviation.cortex_pm_mm, "mm")))
    return ", ".join(told) or NO_NUMBER


def _image(update: Update) -> str:
    if update.frame is None:
        return _("No image yet")
    return _("Image {index}, {age:.1f} s old, {rate:.1f} a second, {skipped} skipped, {latency:.0f} ms to guidance").format(
        index=update.frame.index + 1,
        age=update.image_age_s,
        rate=update.image_rate_hz,
        skipped=update.skipped,
        latency=update.times.total,
    )


def _advice(update: Update, plan: Plan | None) -> str:
    """The next step out of the honest state that shows no position."""
    if update.acceptance == "awaited" and update.registration.status == "locked":
        return _("Compare image and plan, then accept the registration or reject it.")
    if update.acceptance == "rejected":
        return _("Register anew, or move the image, and compare again.")
    return {
        "no_image": _("Take a first image; if none arrives, the section DICOM node says what the scanner must be told."),
        "stale": _("Take a new image. If you did, look in the section DICOM node whether images arrive."),
        "lost": _("Take an image through the planned vertebra, or register anew."),
        "uncertain": _("Take another image, and compare the bone's outline with the plan before you go on."),
        "wrong_patient": _("Check the patient on the scanner, and which case is open here."),
        "node_down": _("It is being restarted. If this stays, look in the section DICOM node."),
        "no_instrument": _("Take an image through the instrument's tip."),
    }.get(state_of(update, plan) if plan is not None else "", "")


def number(value: float, plus_minus: float, unit: str, limit: float = math.inf) -> str:
    """A number with its plus/minus, a real minus sign, and a dash for what is not finite or, by its limit, not known."""
    if not math.isfinite(value):
        return NO_NUMBER
    if not is_known(plus_minus, limit):
        return f"{NO_NUMBER} ± {plus_minus:.1f}{'' if unit == '°' else ' '}{unit}"
    text = f"{value:.1f}".replace("-0.0", "0.0").replace("-", "−")
    spread = f" ± {plus_minus:.1f}" if math.isfinite(plus_minus) and plus_minus > 0 else ""
    return f"{text}{spread}{'' if unit == '°' else ' '}{unit}"


def _registration(update: Update) -> str:
    registration = update.registration
    words = {"locked": _("locked"), "uncertain": _("uncertain"), "lost": _("lost"), "none": _("none yet")}[registration.status]
    if not registration.usable:
        return f"{words}: {registration.reason}" if registration.reason else words
    told = {"accepted": "", "awaited": _("waits to be accepted"), "rejected": _("rejected")}[update.acceptance]
    text = _("{status}, quality {quality:.0f} %").format(status=words, quality=100 * registration.quality)
    return f"{text}, {told}" if told else text


def _nothing(reason: str) -> Readout:
    return Readout(False, *_NO_NUMBERS, NO_NUMBER, NO_NUMBER, NO_NUMBER, reason, "", ())
