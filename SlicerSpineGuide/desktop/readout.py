"""An Update in the words that the panel and the views show."""

from __future__ import annotations

import math
from dataclasses import dataclass

from slicer.i18n import tr as _

from SlicerSpineGuide.guidance.types import Alert, Update
from SlicerSpineGuide.plan import Trajectory

NO_NUMBER = "–"
_NO_NUMBERS = (NO_NUMBER, NO_NUMBER, NO_NUMBER, NO_NUMBER, NO_NUMBER)
PRIORITIES = ("high", "medium", "low")


@dataclass(frozen=True)
class Readout:
    """Texts only. shown: whether a position is true now; where it is not, every number is a dash and `reason` says why."""

    shown: bool
    lateral: str
    angle: str
    depth: str
    miss: str
    clearance: str
    registration: str
    image: str
    reason: str
    alerts: tuple[Alert, ...]

    @property
    def alert_text(self) -> str:
        """The most urgent alert that nobody has acknowledged."""
        return next((a.message for a in self.alerts if not a.acknowledged), "")

    @property
    def alert_priority(self) -> str:
        return next((a.priority for a in self.alerts if not a.acknowledged), "")

    @property
    def corner_lines(self) -> tuple[str, ...]:
        if not self.shown:
            return (self.reason,)
        return (
            _("Lateral {value}").format(value=self.lateral),
            _("Angle {value}").format(value=self.angle),
            _("To target {value}").format(value=self.depth),
        )


def read_out(update: Update | None, trajectory: Trajectory | None) -> Readout:
    """What may be said of `update`; None before there is one."""
    if update is None or trajectory is None:
        return _nothing(_("No guidance is running."))
    image = _("No image yet")
    if update.frame is not None:
        image = _("Image {index}, {age:.1f} s old, {rate:.1f} a second").format(
            index=update.frame.index + 1, age=update.image_age_s, rate=update.image_rate_hz
        )
    alerts = tuple(sorted(update.alerts, key=lambda a: (a.acknowledged, PRIORITIES.index(a.priority), a.since_s)))
    registration = _registration(update)
    deviation = None if update.hidden_reason else update.deviation
    if deviation is None:
        reason = update.hidden_reason or _("No position is known.")
        return Readout(False, *_NO_NUMBERS, registration, image, reason, alerts)
    zone = min(deviation.clearance_mm, key=lambda name: deviation.clearance_mm[name], default="")
    return Readout(
        True,
        number(deviation.lateral_mm, deviation.lateral_pm_mm, "mm"),
        number(deviation.angle_deg, deviation.angle_pm_deg, "°"),
        number(deviation.depth_mm, deviation.depth_pm_mm, "mm"),
        number(deviation.predicted_miss_mm, deviation.predicted_miss_pm_mm, "mm"),
        _("{distance:.1f} mm to {zone}").format(distance=deviation.clearance_mm[zone], zone=zone) if zone else NO_NUMBER,
        registration,
        image,
        "",
        alerts,
    )


def number(value: float, plus_minus: float, unit: str) -> str:
    """A number with its plus/minus, a real minus sign, and a dash for what is not finite."""
    if not math.isfinite(value):
        return NO_NUMBER
    text = f"{value:.1f}".replace("-0.0", "0.0").replace("-", "−")
    spread = f" ± {plus_minus:.1f}" if math.isfinite(plus_minus) and plus_minus > 0 else ""
    return f"{text}{spread}{'' if unit == '°' else ' '}{unit}"


def _registration(update: Update) -> str:
    registration = update.registration
    words = {"locked": _("locked"), "uncertain": _("uncertain"), "lost": _("lost"), "none": _("none yet")}[registration.status]
    if not registration.usable:
        return f"{words}: {registration.reason}" if registration.reason else words
    return _("{status}, quality {quality:.0f} %").format(status=words, quality=100 * registration.quality)


def _nothing(reason: str) -> Readout:
    return Readout(False, *_NO_NUMBERS, NO_NUMBER, NO_NUMBER, reason, ())
