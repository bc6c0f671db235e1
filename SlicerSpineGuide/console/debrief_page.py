"""The debrief as the Training page draws it: curves as SVG paths in a 600 x 120 field, sentences, and the comparison with truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from SlicerSpineGuide.guidance.alerts import sentence
from SlicerSpineGuide.guidance.types import Alert
from SlicerSpineGuide.recording.debrief import Curve, Debrief
from SlicerSpineGuide.translation import tr

WIDTH, HEIGHT = 600.0, 120.0


def debrief_state(
    result: Debrief, steps: list[tuple[str, float]], accuracy: list[tuple[str, str]], onsets: Sequence[tuple[float, Alert]] = ()
) -> dict[str, Any]:
    """JSON-ready. steps: (label, seconds spent); accuracy: rows of the comparison with the truth, empty where the case has none;
    onsets: (t in s, alert) where one came on.
    """
    first, end = _span(result)
    return {
        "score": "–" if result.score is None else str(result.score),
        "images": result.images,
        "duration": f"{result.duration_s:.0f}",
        "curves": [_drawn(c, first, end) for c in result.curves],
        "alerts": [
            {
                "x": round(_x(t, first, end), 1),
                "key": f"{a.code.value} {a.subject} {t}",
                "priority": a.priority,
                "t": f"{t - first:.1f}",
                "text": sentence(a),
            }
            for t, a in onsets
        ],
        "judgements": [
            {"points": f"{j.points:+d}".replace("-", "−") if j.points else "0", "sentence": j.sentence} for j in result.judgements
        ],
        "steps": _bars(steps),
        "accuracy": [{"what": what, "value": value} for what, value in accuracy],
    }


def _bars(steps: list[tuple[str, float]]) -> list[dict[str, Any]]:
    """The time of each step as words, and as a bar in per cent of the longest."""
    longest = max((s for _, s in steps), default=0.0) or 1.0
    return [{"label": label, "spent": _duration(s), "bar": round(100 * s / longest, 1)} for label, s in steps]


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return tr("{m} min {s:02d} s").format(m=minutes, s=rest) if minutes else tr("{s} s").format(s=rest)


def _span(result: Debrief) -> tuple[float, float]:
    times = [t for c in result.curves for t, _ in (*c.points, *c.truth)] + [t for t, _, _ in result.alerts] or [0.0]
    return min(times), max(max(times), min(times) + 1e-3)


def _drawn(curve: Curve, first: float, end: float) -> dict[str, Any]:
    values = [v for _, v in (*curve.points, *curve.truth)] + [curve.limit, 0.0]
    low, high = min(values), max(values)
    high = high + 0.08 * (high - low or 1.0)

    def y(value: float) -> float:
        return HEIGHT * (1 - (value - low) / (high - low))

    def path(points: tuple[tuple[float, float], ...]) -> str:
        corners = [f"{_x(t, first, end):.1f} {y(v):.1f}" for t, v in points]
        return f"M{corners[0]}h0" + "".join(f"L{corner}" for corner in corners[1:]) if corners else ""  # h0: one image alone is a dot

    labels = {
        "lateral_mm": tr("Beside the path, mm"),
        "angle_deg": tr("Angle to the path, degrees"),
        "depth_mm": tr("To the target, mm"),
    }
    return {
        "name": curve.name, "label": labels[curve.name], "path": path(curve.points), "truth": path(curve.truth),
        "limit_y": round(y(curve.limit), 1), "zero_y": round(y(0.0), 1), "high": f"{high:.1f}", "low": f"{low:.1f}",
    }  # fmt: skip


def _x(t: float, first: float, end: float) -> float:
    return WIDTH * (t - first) / (end - first)
