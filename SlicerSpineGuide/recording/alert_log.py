"""The log of the alerts: every coming, going and acknowledgement, one JSON object a line, appended and never changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.events import alert_events
from SlicerSpineGuide.guidance.types import Alert, Update
from SlicerSpineGuide.translation import tr


class AlertLog:
    """A listener of the live loop: hand it every Update, in order, from one thread.

    A line has at_s (the loop's clock), frame (index or null), alert ("on", "off", "acknowledged"), code, priority, subject, message
    and, where a position was shown, the deviation's numbers. Each line is flushed as it is written, so that what happened before a
    crash is there. BadInput where the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file: IO[str] = path.open("a", encoding="utf-8")
        except OSError as error:
            raise BadInput(tr("{path} cannot be written: {why}.").format(path=path, why=error.strerror)) from None
        self._before: tuple[Alert, ...] = ()

    def add(self, update: Update) -> None:
        """Append what has changed since the last Update."""
        deviation = update.deviation
        for event in alert_events(self._before, update.alerts, update.at_s):
            line = {**event.as_json(), "frame": update.frame.index if update.frame is not None else None}
            if deviation is not None:
                line["deviation"] = {
                    "lateral_mm": round(deviation.lateral_mm, 3),
                    "angle_deg": round(deviation.angle_deg, 3),
                    "depth_mm": round(deviation.depth_mm, 3),
                    "predicted_miss_mm": round(deviation.predicted_miss_mm, 3),
                    "clearance_mm": {zone: round(mm, 3) for zone, mm in deviation.clearance_mm.items()},
                }
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
        self._before = update.alerts

    def close(self) -> None:
        self._file.close()
