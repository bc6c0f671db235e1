"""The timeline of a played case: where it stands, and the alerts and marks along it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from SlicerSpineGuide.recording.player import ReplaySession

NO_PLAYER: dict[str, Any] = {"length": 0, "position": 0, "playing": False, "speed": 1.0, "marks": []}
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


def player_state(session: ReplaySession, frames: Iterable[Mapping[str, Any]], marks: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What the timeline shows; `frames` as the report has them (those played so far), `marks` as the steps keep them."""
    return {
        "length": session.length,
        "position": session.position,
        "playing": session.playing,
        "speed": session.speed,
        "marks": [*_alerts(frames, session.length), *_marks(marks, session.length)],
    }


def _alerts(frames: Iterable[Mapping[str, Any]], length: int) -> list[dict[str, Any]]:
    """One tick where an alert comes on."""
    ticks: list[dict[str, Any]] = []
    before: set[str] = set()
    for frame in frames:
        alerts = {a["code"]: a for a in frame["alerts"]}
        for code in alerts.keys() - before:
            alert = alerts[code]
            ticks.append(_tick(alert["priority"], frame["index"], length, code, alert["message"]))
        before = set(alerts)
    return ticks


def _marks(marks: Iterable[Mapping[str, Any]], length: int) -> list[dict[str, Any]]:
    return [_tick("mark", m["image"] - 1, length, m["at"], m["at"]) for m in marks if 0 < m["image"] <= length]


def _tick(kind: str, index: int, length: int, code: str, text: str) -> dict[str, Any]:
    return {"kind": kind, "index": index, "code": code, "at": round(100 * index / max(1, length - 1), 2), "text": text}
