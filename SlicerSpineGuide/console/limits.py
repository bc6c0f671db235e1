"""The limits from which on the numbers are alerted: shown, changed by a person while guiding, and logged with who did it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.translation import anew, tr

NUMBERS = ("lateral_mm", "angle_deg", "depth_mm")


@runtime_checkable
class HasLimits(Protocol):
    """A session whose limits can be changed; see recording.session.Session."""

    decisions: Any

    @property
    def thresholds(self) -> Thresholds: ...
    def change_thresholds(self, **changed: Any) -> None: ...


class Limits:
    """Writes `limits` into the page's state: a row for each number and each zone of the plan, and what is wrong with an entry."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self.begin(None)

    def begin(self, session: ConsoleSession | None) -> None:
        self._session, self._problem = session, ""
        self._shown: Thresholds | None = None
        self._publish(session.thresholds if isinstance(session, HasLimits) else None)

    def follow(self, update: Update) -> None:
        """Show the limits in force, for the trajectory in hand."""
        if update.thresholds is not None and update.thresholds != self._shown:
            self._publish(update.thresholds)

    def speak(self) -> None:
        self._publish(self._shown)

    def change(self, given: Mapping[str, Any], who: str) -> None:
        """Take over what a form has, by name; one sentence says what cannot be used, and nothing is changed then."""
        session = self._session
        if not isinstance(session, HasLimits) or self._shown is None:
            return
        zones = {name.removeprefix("zone:"): str(value).replace(",", ".") for name, value in given.items() if name.startswith("zone:")}
        numbers = {name: str(given[name]).replace(",", ".") for name in NUMBERS if name in given}
        try:
            session.change_thresholds(**numbers, zone_margin_mm=zones)
        except BadInput as error:
            self._problem = str(error)
        else:
            self._problem = ""
            session.decisions.add(who, "limits-changed", session.latest, **numbers, zone_margin_mm=zones)
        self._publish(self._shown)

    def _publish(self, limits: Thresholds | None) -> None:
        self._shown = limits
        rows: list[dict[str, Any]] = []
        if limits is not None:
            labels = {"lateral_mm": tr("Beside the path"), "angle_deg": tr("Angle to the path"), "depth_mm": tr("To the target")}
            for name in NUMBERS:
                unit = "°" if name == "angle_deg" else "mm"
                rows.append({"name": name, "label": labels[name], "value": f"{getattr(limits, name):g}", "unit": unit})
            rows += [{"name": f"zone:{z}", "label": z, "value": f"{mm:g}", "unit": "mm"} for z, mm in limits.zone_margin_mm.items()]
        self._state.limits = {"rows": rows, "problem": anew(self._problem)}
