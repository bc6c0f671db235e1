"""What happened to the alerts from one Update to the next: the records of the append-only log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from SlicerSpineGuide.guidance.types import Alert, AlertCode, Priority


@dataclass(frozen=True)
class AlertEvent:
    """One change: an alert came on, went off (or was hidden with its number), or was acknowledged. at_s: on the loop's clock."""

    at_s: float
    what: Literal["on", "off", "acknowledged"]
    code: AlertCode
    priority: Priority
    message: str
    subject: str = ""

    def as_json(self) -> dict[str, Any]:
        """As a line of a log: JSON types only."""
        return {
            "at_s": round(self.at_s, 3),
            "alert": self.what,
            "code": self.code.value,
            "priority": self.priority,
            "subject": self.subject,
            "message": self.message,
        }


def alert_events(before: Sequence[Alert], after: Sequence[Alert], at_s: float) -> tuple[AlertEvent, ...]:
    """What lies between two Updates' alerts; those that came on first, in the order of their urgency."""
    old, new = ({(a.code, a.subject): a for a in alerts} for alerts in (before, after))

    def event(what: Literal["on", "off", "acknowledged"], alert: Alert) -> AlertEvent:
        return AlertEvent(at_s, what, alert.code, alert.priority, alert.message, alert.subject)

    on = [event("on", alert) for key, alert in new.items() if key not in old]
    acknowledged = [
        event("acknowledged", alert) for key, alert in new.items() if alert.acknowledged and not (key in old and old[key].acknowledged)
    ]
    off = [event("off", alert) for key, alert in old.items() if key not in new]
    return (*on, *acknowledged, *off)
