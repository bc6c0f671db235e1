"""The report (CASE_FORMAT version 1): what was known about every frame, and what alerted when."""

from __future__ import annotations

import json
import threading
from array import array
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from SlicerSpineGuide.guidance.types import Alert, Update
from SlicerSpineGuide.recording.frame_store import FrameStore

AlertKey = tuple[str, str]  # code, subject
STEPS = ("decode", "register", "track", "decide", "total")


class ReportBuilder:
    """Collects Updates and writes the report. Takes Updates from the loop's thread and may be read from another.

    The frames' entries wait on disk: what is kept in memory of a session of hours are its alerts' changes.
    """

    def __init__(self, plan_file: str) -> None:
        self._plan_file = plan_file
        self._frames = FrameStore()
        self._log: list[dict[str, Any]] = []
        self._on: dict[AlertKey, Alert] = {}
        self._index = -1
        self._at_frame: set[AlertKey] = set()
        self._at_former: set[AlertKey] = set()  # at the frame before the newest
        self._came_on: dict[AlertKey, Alert] = {}  # since the newest frame
        self._carried: dict[AlertKey, Alert] = {}  # before the newest frame, after the one before it
        self._onsets: dict[int, tuple[Alert, ...]] = {}
        self._skipped = 0
        self._lock = threading.Lock()

    def add(self, update: Update) -> None:
        """Take note of an Update; a later Update of the same frame (more of its images arrived) replaces the earlier."""
        with self._lock:
            self._note_alert_changes(update)
            self._skipped = update.skipped
            if not update.of_frame:
                self._came_on |= {_key(a): a for a in update.alerts if _key(a) not in self._at_frame}
            elif update.frame is not None:
                self._add_frame(update, update.frame.index)

    def _add_frame(self, update: Update, index: int) -> None:
        """A frame's alerts are those that are on with it, and those that came on since the former frame: a gap, a dead node."""
        if index != self._index:
            self._at_former = self._at_frame if index > self._index else set()  # a case that was taken back begins anew
            self._index, self._carried, self._came_on = index, self._came_on, {}
        self._at_frame = {_key(alert) for alert in update.alerts}
        alerts = [*update.alerts, *(alert for key, alert in self._carried.items() if key not in self._at_frame)]
        self._onsets.pop(index, None)
        onsets = tuple(alert for alert in alerts if _key(alert) not in self._at_former)
        if onsets:
            self._onsets[index] = onsets
        self._frames.put(index, frame_entry(update) | {"alerts": [alert_entry(alert) for alert in alerts]})

    def _note_alert_changes(self, update: Update) -> None:
        now = {_key(alert): alert for alert in update.alerts}
        frame = update.frame.index if update.frame is not None else None
        for key in sorted(now.keys() ^ self._on.keys()):
            alert = now.get(key) or self._on[key]
            code, subject = key
            entry = {"at_s": round(update.at_s, 3), "frame": frame, "code": code, "priority": alert.priority, "on": key in now}
            self._log.append({**entry, "subject": subject} if subject else entry)
        self._on = now

    @property
    def frame_count(self) -> int:
        """How many frames the report has."""
        with self._lock:
            return len(self._frames)

    @property
    def frames(self) -> list[dict[str, Any]]:
        """All frames' entries, read from disk: for a debrief, not for a look many times a second."""
        with self._lock:
            return list(self._frames)

    @property
    def onsets(self) -> list[tuple[int, Alert]]:
        """(frame, alert) where an alert came on, in order of the frames."""
        with self._lock:
            return [(index, alert) for index in sorted(self._onsets) for alert in self._onsets[index]]

    @property
    def summary(self) -> dict[str, Any]:
        """Counts, alert codes, times, and the log of the alerts' changes."""
        with self._lock:
            return self._summary()

    def build(self) -> dict[str, Any]:
        """The report as JSON-ready data, all of it in memory."""
        return {**self._head(), "frames": self.frames, "summary": self.summary}

    def save(self, path: Path) -> None:
        """Write the report whole or not at all, frame by frame."""
        temporary = path.with_name(path.name + ".part")
        with self._lock, temporary.open("w", encoding="utf-8") as file:
            file.write(json.dumps(self._head(), indent=1).removesuffix("\n}") + ',\n "frames": [')
            for number, frame in enumerate(self._frames):
                file.write(("," if number else "") + "\n  " + json.dumps(frame))
            file.write('\n ],\n "summary": ' + json.dumps(self._summary(), indent=1) + "\n}\n")
        temporary.replace(path)

    def _head(self) -> dict[str, Any]:
        return {"schema": "spineguide-report", "version": 1, "plan": self._plan_file}

    def _summary(self) -> dict[str, Any]:
        return {**summarise(self._frames), "skipped": self._skipped, "alert_log": list(self._log)}


def _key(alert: Alert) -> AlertKey:
    return alert.code.value, alert.subject


def alert_entry(alert: Alert) -> dict[str, str]:
    """The report's entry of an alert."""
    return {"code": alert.code.value, "priority": alert.priority, "message": alert.message}


def frame_entry(update: Update) -> dict[str, Any]:
    """The report's entry of one Update that has a frame."""
    assert update.frame is not None
    registration, instrument, deviation = update.registration, update.instrument, update.deviation
    entry: dict[str, Any] = {
        "index": update.frame.index,
        "sop_instance_uids": [image.sop_instance_uid for image in update.frame.images],
        "t": round(update.frame.t, 4),
        "registration": {
            "status": registration.status,
            "plan_from_live": None if registration.plan_from_live is None else registration.plan_from_live.tolist(),
            "uncertainty": {
                "translation_mm": _numbers(registration.translation_sigma_mm),
                "rotation_deg": _numbers(registration.rotation_sigma_deg),
            },
            "quality": round(float(registration.quality), 4),
            "reason": registration.reason,
        },
        "instrument": {"visible": False, "reason": instrument.reason},
        "deviation": None,
        "alerts": [alert_entry(alert) for alert in update.alerts],
        "ms": {step: round(getattr(update.times, step), 3) for step in STEPS},
    }
    if instrument.visible and instrument.tip is not None and instrument.axis is not None:
        entry["instrument"] = {
            "visible": True,
            "tip_lps": _numbers(instrument.tip),
            "axis_lps": [float(c) for c in instrument.axis],
            "uncertainty_mm": round(instrument.uncertainty_mm, 4),
        }
    if deviation is not None:
        entry["deviation"] = {
            "trajectory": deviation.trajectory,
            "lateral_mm": deviation.lateral_mm,
            "angle_deg": deviation.angle_deg,
            "depth_mm": deviation.depth_mm,
            "predicted_miss_mm": deviation.predicted_miss_mm,
            "clearance_mm": dict(deviation.clearance_mm),
            "plus_minus": {
                "lateral_mm": _number(deviation.lateral_pm_mm),
                "angle_deg": _number(deviation.angle_pm_deg),
                "depth_mm": _number(deviation.depth_pm_mm),
                "predicted_miss_mm": _number(deviation.predicted_miss_pm_mm),
                "clearance_mm": {zone: _number(pm) for zone, pm in deviation.clearance_pm_mm.items()},
            },
        }
    return entry


def summarise(frames: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Counts, alert codes and times of a report's frames, which are gone through once."""
    statuses, codes, visible = Counter[str](), Counter[str](), 0
    times: dict[str, array[float]] = {step: array("f") for step in STEPS}
    for frame in frames:
        statuses[frame["registration"]["status"]] += 1
        codes.update(a["code"] for a in frame["alerts"])
        visible += frame["instrument"]["visible"]
        for step in STEPS:
            times[step].append(frame["ms"][step])
    summary: dict[str, Any] = {
        "frames": statuses.total(),
        "registration": dict(statuses),
        "instrument_visible": visible,
        "frames_with_alert": dict(codes),
    }
    if statuses:
        summary["ms_median"] = {step: round(float(np.median(v)), 3) for step, v in times.items()}
        summary["ms_p95"] = {step: round(float(np.percentile(v, 95)), 3) for step, v in times.items()}
    return summary


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _numbers(values: Any) -> list[float] | None:
    """A list of finite numbers, or None: JSON has no NaN."""
    array = np.asarray(values, dtype=np.float64)
    return [round(float(v), 6) for v in array] if np.isfinite(array).all() else None
