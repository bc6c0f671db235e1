"""What the index tells a technician: each peer's images, answers and delays, and who was turned away. No patient data."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from SlicerSpineGuide.intake.retention import spools

_NEWEST = 2000
_PAUSE_S = 30.0  # a longer silence is a pause of the examination, not a gap in the sending
_CALLED = "is not this node's"
_NAMED = "is not listed", "is known, but not from this address", _CALLED


@dataclass(frozen=True)
class PeerStatistics:
    """One calling AE title from one address; times are seconds since 1970, None where there is nothing to tell.

    ack_p50_ms, ack_p95_ms: from the last byte to the acknowledge. rate_hz: images a second while sending. longest_gap_s: between
    two images of one sending. clock_skew_s: the peer's clock against this one, median.
    """

    aet: str
    address: str
    last_seen: float
    images: int
    repeated: int
    refused: int
    rejected: int
    last_refusal: str
    ack_p50_ms: float | None
    ack_p95_ms: float | None
    rate_hz: float | None
    longest_gap_s: float | None
    clock_skew_s: float | None


@dataclass(frozen=True)
class UnknownCaller:
    """Somebody who was rejected: what it called itself, from where, how often, and why."""

    aet: str
    address: str
    last_seen: float
    attempts: int
    why: str

    @property
    def called_wrongly(self) -> bool:
        """Whether it is the called AE title, as the peer has it, that must be corrected there."""
        return self.why.endswith(_CALLED)


@dataclass(frozen=True)
class JournalLine:
    when: float
    event: str
    aet: str
    address: str
    detail: str


def journal(root: Path, limit: int = 100) -> list[JournalLine]:
    """The newest lines of the association log of all spools below `root`, newest first."""
    lines = [
        JournalLine(float(w), e, a, ad, d)
        for w, e, a, ad, d in _rows(
            root, "SELECT wall, event, aet, address, detail FROM journal ORDER BY id DESC LIMIT ?", (max(limit, _NEWEST),)
        )
    ]
    return sorted(lines, key=lambda line: line.when, reverse=True)[:limit]


def unknown_callers(root: Path) -> list[UnknownCaller]:
    """Who was rejected for its AE title or address and has not been accepted since, the latest first."""
    found: dict[tuple[str, str], list[JournalLine]] = defaultdict(list)
    accepted: set[tuple[str, str]] = set()
    for line in journal(root, _NEWEST):  # newest first
        caller = line.aet, line.address
        if line.event == "accepted":
            accepted.add(caller)
        elif line.event == "rejected" and line.detail.endswith(_NAMED) and caller not in accepted:
            found[caller].append(line)
    callers = [UnknownCaller(aet, address, lines[0].when, len(lines), lines[0].detail) for (aet, address), lines in found.items()]
    return sorted(callers, key=lambda c: c.last_seen, reverse=True)


def peer_statistics(root: Path) -> list[PeerStatistics]:
    """The peers that sent or tried to, from the newest receptions and journal lines of all spools below `root`."""
    arrivals: dict[tuple[str, str], list[tuple[float, float, float, float | None, bool]]] = defaultdict(list)
    question = "SELECT aet, address, arrived, wall, ms, skew, repeated FROM arrivals ORDER BY id DESC LIMIT ?"
    for aet, address, arrived, wall, ms, skew, repeated in _rows(root, question, (_NEWEST,)):
        arrivals[aet, address].append((arrived, wall, ms, skew, bool(repeated)))
    events: dict[tuple[str, str], list[JournalLine]] = defaultdict(list)
    for line in journal(root, _NEWEST):
        if line.event in ("accepted", "refused", "rejected"):
            events[line.aet, line.address].append(line)
    return [_statistics(peer, arrivals[peer], events[peer]) for peer in sorted(set(arrivals) | set(events)) if peer[0]]


def _statistics(
    peer: tuple[str, str], arrivals: list[tuple[float, float, float, float | None, bool]], events: list[JournalLine]
) -> PeerStatistics:
    refused = [line for line in events if line.event == "refused"]
    rejected = [line for line in events if line.event == "rejected"]
    newest_refusal = max((*refused, *rejected), key=lambda line: line.when, default=None)
    delays = [ms for _, _, ms, _, _ in arrivals]
    skews = [skew for _, _, _, skew, _ in arrivals if skew is not None]
    gaps = _gaps(arrived for arrived, _, _, _, _ in arrivals)
    return PeerStatistics(
        aet=peer[0],
        address=peer[1],
        last_seen=max([wall for _, wall, _, _, _ in arrivals] + [line.when for line in events], default=0.0),
        images=sum(not repeated for *_, repeated in arrivals),
        repeated=sum(repeated for *_, repeated in arrivals),
        refused=len(refused),
        rejected=len(rejected),
        last_refusal=newest_refusal.detail if newest_refusal else "",
        ack_p50_ms=float(np.percentile(delays, 50)) if delays else None,
        ack_p95_ms=float(np.percentile(delays, 95)) if delays else None,
        rate_hz=1.0 / max(median(gaps), 1e-6) if gaps else None,
        longest_gap_s=max(gaps) if gaps else None,
        clock_skew_s=median(skews) if skews else None,
    )


def _gaps(arrived: Iterable[float]) -> list[float]:
    times = sorted(arrived)
    return [b - a for a, b in zip(times, times[1:], strict=False) if 0 < b - a < _PAUSE_S]


def _rows(root: Path, question: str, values: tuple[object, ...]) -> list[tuple]:  # type: ignore[type-arg]
    rows: list[tuple] = []  # type: ignore[type-arg]
    for spool in spools(root):
        with (
            contextlib.suppress(sqlite3.DatabaseError),
            contextlib.closing(sqlite3.connect(spool / "index.sqlite", timeout=10.0)) as index,
        ):
            rows += index.execute(question, values).fetchall()
    return rows


def when_text(seconds: float) -> str:
    """A moment as people read it, in local time."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds)) if seconds else ""
