"""The debrief of a run: its curves, what it cost, and a score explained in words. Made from report frames, for trainees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.recording.case import Truth
from SlicerSpineGuide.translation import tr

CURVES = ("lateral_mm", "angle_deg", "depth_mm")
Frames = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Curve:
    """One measure over time: (t in s, value) where it was known; truth likewise where the case has it; limit: the tolerance."""

    name: str
    points: tuple[tuple[float, float], ...]
    truth: tuple[tuple[float, float], ...]
    limit: float


@dataclass(frozen=True)
class Judgement:
    """One sentence of the score and the points (0 or less) that it costs."""

    points: int
    sentence: str


@dataclass(frozen=True)
class Debrief:
    """score: 0 to 100, None where the instrument was never seen. alerts: (t in s, code, priority) where one came on."""

    images: int
    duration_s: float
    curves: tuple[Curve, ...]
    alerts: tuple[tuple[float, str, str], ...]
    judgements: tuple[Judgement, ...]
    score: int | None


def debrief(frames: Frames, trajectory: Trajectory, truth: Truth | None = None) -> Debrief:
    """The debrief of report frames (as ReportBuilder.frames gives them), in order of their index."""
    seen = [f for f in frames if f["deviation"] is not None]
    judgements = tuple(_judge(frames, seen, trajectory)) if seen else ()
    return Debrief(
        images=sum(len(f["sop_instance_uids"]) for f in frames),
        duration_s=frames[-1]["t"] - frames[0]["t"] if frames else 0.0,
        curves=tuple(_curve(name, frames, seen, trajectory, truth) for name in CURVES),
        alerts=tuple(_onsets(frames)),
        judgements=judgements,
        score=max(0, 100 + sum(j.points for j in judgements)) if seen else None,
    )


def _curve(name: str, frames: Frames, seen: Frames, trajectory: Trajectory, truth: Truth | None) -> Curve:
    tolerance = trajectory.tolerance
    limit = {"lateral_mm": tolerance.lateral_mm, "angle_deg": tolerance.angle_deg, "depth_mm": tolerance.depth_mm}[name]
    times = {f["index"]: f["t"] for f in frames}
    true = [(times[f.index], getattr(f, name)) for f in truth.frames if f.index in times] if truth is not None else []
    return Curve(name, tuple((f["t"], f["deviation"][name]) for f in seen), tuple((t, v) for t, v in true if v is not None), limit)


def _onsets(frames: Frames) -> list[tuple[float, str, str]]:
    onsets, before = [], set[str]()
    for frame in frames:
        now = {a["code"]: a["priority"] for a in frame["alerts"]}
        onsets += [(frame["t"], code, now[code]) for code in sorted(now.keys() - before)]
        before = set(now)
    return onsets


def _judge(frames: Frames, seen: Frames, trajectory: Trajectory) -> list[Judgement]:
    return [*_end(seen[-1]["deviation"], trajectory), _way(seen, trajectory), *_zones(seen), _images(frames)]


def _end(last: Mapping[str, Any], trajectory: Trajectory) -> list[Judgement]:
    """Where the tip came to rest."""
    limit = trajectory.tolerance
    lateral, depth = last["lateral_mm"], last["depth_mm"]
    beside = tr("The tip ended {mm:.1f} mm beside the planned path (limit {limit:g} mm).").format(mm=lateral, limit=limit.lateral_mm)
    place = tr("It stopped {mm:.1f} mm before the target") if depth >= 0 else tr("It went {mm:.1f} mm past the target")
    where = (place + tr(" (limit {limit:g} mm).")).format(mm=abs(depth), limit=limit.depth_mm)
    return [
        Judgement(-_cost(lateral, limit.lateral_mm, 10, 30), beside),
        Judgement(-_cost(abs(depth), limit.depth_mm, 5, 25), where),
    ]


def _way(seen: Frames, trajectory: Trajectory) -> Judgement:
    """How much of the way was spent beyond the tolerance."""
    limit = trajectory.tolerance
    off = [f["deviation"]["lateral_mm"] > limit.lateral_mm or f["deviation"]["angle_deg"] > limit.angle_deg for f in seen]
    worst_mm = max(f["deviation"]["lateral_mm"] for f in seen)
    worst_deg = max(f["deviation"]["angle_deg"] for f in seen)
    text = tr("In {n} of {m} images the instrument was beyond the tolerance; at worst {mm:.1f} mm beside the path and {deg:.1f}°.")
    return Judgement(-round(30 * float(np.mean(off))), text.format(n=sum(off), m=len(seen), mm=worst_mm, deg=worst_deg))


def _zones(seen: Frames) -> list[Judgement]:
    """How near each zone came."""
    found = []
    for zone in sorted({z for f in seen for z in f["deviation"]["clearance_mm"]}):
        nearest = min(f["deviation"]["clearance_mm"][zone] for f in seen if zone in f["deviation"]["clearance_mm"])
        if nearest < 0:
            found.append(Judgement(-40, tr("The instrument was {mm:.1f} mm inside {zone}.").format(mm=-nearest, zone=zone)))
        else:
            text = tr("The instrument stayed {mm:.1f} mm away from {zone}.").format(mm=nearest, zone=zone)
            found.append(Judgement(-10 if nearest < 1 else 0, text))
    return found


def _images(frames: Frames) -> Judgement:
    count = len(frames)
    return Judgement(0, tr("Acquisitions used: {n}.").format(n=count))


def _cost(value: float, limit: float, least: int, most: int) -> int:
    """Nothing within the limit; from `least` just beyond it to `most` at three times the limit."""
    return 0 if value <= limit else round(float(np.interp(value / limit, (1, 3), (least, most))))
