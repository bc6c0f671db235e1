"""An Update in the words and numbers of the page. Plain functions: what they return is what the browser shows."""

from __future__ import annotations

import math
from typing import Any

from SlicerSpineGuide.guidance.alerts import sentence
from SlicerSpineGuide.guidance.dose import dose
from SlicerSpineGuide.guidance.thresholds import Thresholds, is_known, limits_of, zone_ahead
from SlicerSpineGuide.guidance.types import Alert, AlertCode, Deviation, Update
from SlicerSpineGuide.plan import Plan, Tolerance, Trajectory
from SlicerSpineGuide.scene.sight import is_foreign, is_stale
from SlicerSpineGuide.translation import anew, tr

NO_NUMBER = "–"
_PRIORITIES = ("high", "medium", "low")
_OF_NUMBER = {
    "lateral": (AlertCode.LATERAL_DEVIATION, AlertCode.PREDICTED_MISS),
    "angle": (AlertCode.ANGLE_DEVIATION,),
    "depth": (AlertCode.DEPTH_REACHED, AlertCode.DEPTH_EXCEEDED),
}


def numbers(update: Update | None, trajectory: Trajectory | None) -> dict[str, Any]:
    """The big numbers: text, plus/minus, tolerance and the priority of the alert that concerns each; dashes without a position."""
    deviation = update.deviation if update is not None and not update.hidden_reason else None
    alerts = update.alerts if update is not None else ()
    tolerance = limits_of(update, trajectory)
    shown: dict[str, Any] = {
        "shown": deviation is not None,
        "lateral": _number(
            tr("Beside the path"), deviation, "lateral_mm", "lateral_pm_mm", "mm", tolerance.lateral_mm, alerts, "lateral"
        ),
        "angle": _number(tr("Angle to the path"), deviation, "angle_deg", "angle_pm_deg", "°", tolerance.angle_deg, alerts, "angle"),
        "depth": _number(tr("To the target"), deviation, "depth_mm", "depth_pm_mm", "mm", tolerance.depth_mm, alerts, "depth"),
        "miss": _miss(deviation, tolerance.lateral_mm),
        "clearance": _clearance(deviation),
        "ahead": _ahead(deviation, tolerance),
        "cortex": _cortex(deviation),
    }
    if trajectory is None:  # no plan, so no limits either
        for name in _OF_NUMBER:
            shown[name]["limit"] = ""
    return shown


def _number(
    label: str, deviation: Deviation | None, name: str, pm: str, unit: str, limit: float, alerts: tuple[Alert, ...], which: str
) -> dict[str, str]:
    on = [a.priority for a in alerts if a.code in _OF_NUMBER[which]]
    plus_minus = getattr(deviation, pm) if deviation else math.inf
    known = bool(on) or is_known(plus_minus, limit)
    spread = f"± {_text(plus_minus)}" if known else tr("not known (± {plus_minus})").format(plus_minus=_text(plus_minus))
    return {
        "label": label,
        "value": _text(getattr(deviation, name)) if deviation and known else NO_NUMBER,
        "pm": spread if deviation else "",
        "unit": unit,
        "limit": tr("limit {limit:g} {unit}").format(limit=limit, unit=unit),
        "priority": next((p for p in _PRIORITIES if p in on), "") if deviation else "",
    }


def _miss(deviation: Deviation | None, limit: float) -> str:
    if deviation is None or not is_known(deviation.predicted_miss_pm_mm, limit):
        return NO_NUMBER
    return f"{_text(deviation.predicted_miss_mm)} ± {_text(deviation.predicted_miss_pm_mm)}"


def _text(value: float) -> str:
    return f"{value:.1f}".replace("-0.0", "0.0").replace("-", "−") if math.isfinite(value) else NO_NUMBER


def _cortex(deviation: Deviation | None) -> dict[str, str]:
    """The depth that remains before the far cortex, where the planning CT shows it."""
    if deviation is None or deviation.cortex_mm is None:
        return {}
    return {"label": tr("Far cortex in"), "value": _text(deviation.cortex_mm), "pm": f"± {_text(deviation.cortex_pm_mm)}"}


def _clearance(deviation: Deviation | None) -> dict[str, str]:
    """The zone that is nearest."""
    if deviation is None or not deviation.clearance_mm:
        return {}
    zone, distance = min(deviation.clearance_mm.items(), key=lambda item: item[1])
    return {"zone": zone, "value": _text(distance), "pm": f"± {_text(deviation.clearance_pm_mm.get(zone, 0.0))}"}


def _ahead(deviation: Deviation | None, limits: Thresholds | Tolerance) -> dict[str, str]:
    """The zone that the instrument would come too near to if it were pushed on."""
    zone = zone_ahead(deviation, limits) if deviation is not None else ""
    if deviation is None or not zone:
        return {}
    label = tr("Pushed on: {zone}").format(zone=zone)
    spread = deviation.predicted_clearance_pm_mm.get(zone, math.inf)
    return {"label": label, "value": _text(deviation.predicted_clearance_mm[zone]), "pm": f"± {_text(spread)}"}


def alerts(update: Update | None) -> list[dict[str, Any]]:
    """The alerts that are on, the most urgent first, those not acknowledged before those that are."""
    on = update.alerts if update is not None else ()
    ordered = sorted(on, key=lambda a: (a.acknowledged, _PRIORITIES.index(a.priority), a.since_s))
    return [{"code": a.code.value, "priority": a.priority, "message": sentence(a), "acknowledged": a.acknowledged} for a in ordered]


def image_state(update: Update | None, plan: Plan | None) -> dict[str, Any]:
    """Image age and rate, registration state, and why the overlay is gone if it is."""
    if update is None or update.frame is None or plan is None:
        return {
            "age": NO_NUMBER, "rate": NO_NUMBER, "index": 0, "skipped": 0, "registration": "none",
            "registration_text": _registration_text("none"), "quality": "", "reason": anew(update.hidden_reason) if update else "",
            "latency": NO_NUMBER, "foreign": False, "dose": "",
        }  # fmt: skip
    registration = update.registration
    status = "old" if is_stale(update) and registration.usable else registration.status
    running = not any(a.code is AlertCode.IMAGE_STALE for a in update.alerts)
    return {
        "age": f"{update.image_age_s:.1f}",
        "rate": f"{update.image_rate_hz:.1f}" if running else NO_NUMBER,
        "index": update.frame.index + 1,
        "skipped": update.skipped,
        "registration": status,
        "registration_text": _registration_text(status if update.acceptance == "accepted" else update.acceptance),
        "quality": f"{100 * registration.quality:.0f} %" if registration.usable and status != "old" else "",
        "reason": anew(update.hidden_reason),
        "latency": f"{update.times.total:.0f}" if running else NO_NUMBER,
        "foreign": is_foreign(update, plan),
        "dose": dose(update),
    }


def _registration_text(status: str) -> str:
    return {
        "locked": tr("locked"),
        "uncertain": tr("uncertain"),
        "lost": tr("lost"),
        "none": tr("none yet"),
        "old": tr("of an old image"),
        "awaited": tr("to be accepted"),
        "rejected": tr("was rejected"),
    }[status]
