"""The log of the alerts: their coming, going and acknowledgement and the limits, one JSON object a line, appended, never changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.events import alert_events
from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.guidance.types import Alert, Update
from SlicerSpineGuide.translation import tr


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def new_log(folder: Path, now: Callable[[], datetime] = _utc_now) -> Path:
    """The path of a session's own log in `folder`, which is made where it is missing; BadInput where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadInput(tr("{path} cannot be written: {why}.").format(path=folder, why=error.strerror)) from None
    return folder / f"{now():%Y-%m-%dT%H%M%S}Z-{os.getpid()}.jsonl"


class AlertLog:
    """A listener of the live loop: hand it every Update, in order, from one thread.

    A line has time (UTC), at_s (the loop's clock), frame (index or null), trajectory, and: alert ("on", "off", "acknowledged"), code,
    priority, subject, message and, where a position was shown, the deviation's numbers; or thresholds, the limits from then on. Each
    line is flushed as it is written, so that what happened before a crash is there. BadInput where the file cannot be opened.
    """

    def __init__(self, path: Path, now: Callable[[], datetime] = _utc_now) -> None:
        self.path, self._now = path, now
        try:
            self._file: IO[str] = path.open("a", encoding="utf-8")
        except OSError as error:
            raise BadInput(tr("{path} cannot be written: {why}.").format(path=path, why=error.strerror)) from None
        self._before: tuple[Alert, ...] = ()
        self._limits: tuple[str, Thresholds] | None = None

    def add(self, update: Update) -> None:
        """Append what has changed since the last Update."""
        if update.thresholds is not None and self._limits != (update.trajectory, update.thresholds):
            self._limits = (update.trajectory, update.thresholds)
            self._write(update, {"at_s": round(update.at_s, 3), "thresholds": update.thresholds.as_json()})
        deviation = update.deviation
        for event in alert_events(self._before, update.alerts, update.at_s):
            line = event.as_json()
            if deviation is not None:
                line["deviation"] = {
                    "lateral_mm": round(deviation.lateral_mm, 3),
                    "angle_deg": round(deviation.angle_deg, 3),
                    "depth_mm": round(deviation.depth_mm, 3),
                    "predicted_miss_mm": round(deviation.predicted_miss_mm, 3),
                    "clearance_mm": {zone: round(mm, 3) for zone, mm in deviation.clearance_mm.items()},
                }
            self._write(update, line)
        self._before = update.alerts

    def close(self) -> None:
        self._file.close()

    def _write(self, update: Update, line: dict[str, Any]) -> None:
        frame = update.frame.index if update.frame is not None else None
        where = {"time": self._now().isoformat(timespec="milliseconds"), "frame": frame, "trajectory": update.trajectory}
        self._file.write(json.dumps({**line, **where}) + "\n")
        self._file.flush()
