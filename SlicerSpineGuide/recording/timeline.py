"""The timeline of a played case: where it stands, and the alerts and marks along it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from SlicerSpineGuide.guidance.alerts import sentence
from SlicerSpineGuide.guidance.types import Alert
from SlicerSpineGuide.recording.player import ReplaySession

NO_PLAYER: dict[str, Any] = {"length": 0, "position": 0, "playing": False, "speed": 1.0, "marks": []}
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


def player_state(session: ReplaySession, onsets: Iterable[tuple[int, Alert]], marks: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What the timeline shows; `onsets` as the report has them (of what was played so far), `marks` as the steps keep them."""
    return {
        "length": session.length,
        "position": session.position,
        "playing": session.playing,
        "speed": session.speed,
        "marks": [*_alerts(onsets, session.length), *_marks(marks, session.length)],
    }


def _alerts(onsets: Iterable[tuple[int, Alert]], length: int) -> list[dict[str, Any]]:
    """One tick where an alert comes on, in the words of the language of now."""
    return [_tick(a.priority, index, length, f"{a.code.value} {a.subject}".strip(), sentence(a)) for index, a in onsets]


def _marks(marks: Iterable[Mapping[str, Any]], length: int) -> list[dict[str, Any]]:
    return [_tick("mark", m["image"] - 1, length, m["at"], m["at"]) for m in marks if 0 < m["image"] <= length]


def _tick(kind: str, index: int, length: int, code: str, text: str) -> dict[str, Any]:
    return {"kind": kind, "index": index, "code": code, "at": round(100 * index / max(1, length - 1), 2), "text": text}
