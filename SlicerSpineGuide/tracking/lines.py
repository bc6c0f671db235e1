"""Straight lines among the pixels of new metal: the few pairs of pixels whose connecting line gathers most of the others."""

from __future__ import annotations

import cmath
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray

ComplexArray = npt.NDArray[np.complex128]

MOST_PIXELS = 500  # looked at for lines: the brightest decide
TRIALS = 160
MOST_LINES = 8
LONGEST_GAP_MM = 10.0
AROUND = 6.0  # so far from where it was first seen, in corridors, a line's pixels lie
CONVERGING = 0.94  # cosine: a tube's walls in slices that cut it obliquely
MOST_BESIDE = 0.3  # what is as full as that beside it is thicker
HALO, BRIGHT = 3.0, 0.75  # so far around metal, in corridors, its streaks are bright; but not so bright, in parts of the brightest


@dataclass(frozen=True, eq=False)
class Line:
    """A stretch of metal in the plane of the slices: through `point` (2,) along `direction` (2,), from `start` to `end` in mm of it.

    weight: the sum of its pixels' excess, each counted up to the cap.
    """

    point: FloatArray
    direction: FloatArray
    start: float
    end: float
    weight: float

    @property
    def length_mm(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class Sought:
    """Which lines are looked for: pixels within corridor_mm of a line are its, and it is at least shortest_mm long without a gap of
    longest_gap_mm. What weighs less than least_part of the heaviest is left out, and so is metal that goes on beside a line beyond
    thickest_mm of it."""

    corridor_mm: float
    shortest_mm: float
    least_part: float = 0.0
    thickest_mm: float = np.inf
    longest_gap_mm: float = LONGEST_GAP_MM


def find_lines(flat: FloatArray, excess: FloatArray, sought: Sought) -> list[Line]:
    """The heaviest lines among pixels at flat (n, 2) mm, one after the other, each taking its pixels with it.

    RANSAC (Fischler and Bolles, CACM 24, 1981) with a fixed sequence of random pairs, so that the same image gives the same answer.
    """
    if len(excess) == 0:
        return []
    random = np.random.default_rng(0)
    left = points = np.ascontiguousarray(flat, dtype=np.float64).view(np.complex128)[:, 0]  # to turn complex numbers is to multiply
    weights = np.minimum(excess, _high(excess))
    dim = BRIGHT * weights.max()
    full = points[weights > dim]
    lines: list[Line] = []
    for _ in range(2 * MOST_LINES):
        if len(left) < 5 or len(lines) == MOST_LINES:
            break
        line = _heaviest(left, weights, sought, random)
        if line is None or (lines and line.weight < sought.least_part * lines[0].weight):
            break
        taken = sought.corridor_mm + 1.0
        if np.isfinite(sought.thickest_mm) and thicker_than(full, line, sought.thickest_mm) > MOST_BESIDE:
            taken = max(taken, _half_width(full, line) + 1.0)
        elif line.length_mm >= sought.shortest_mm:  # else a lump: others may lie behind it
            lines.append(line)
        along, across = _seen_from(line, left)
        halo = np.where(weights < dim, max(HALO * sought.corridor_mm, taken), taken)  # its streaks make lines beside it
        keep = (np.abs(across) >= halo) | (along <= line.start - 2.0) | (along >= line.end + 2.0)
        left, weights = left[keep], weights[keep]
    return lines


def midlines(lines: list[Line], diameter_mm: float) -> list[Line]:
    """The lines midway between two that are about a tube's diameter apart: thin slices show its walls alone, and oblique ones let
    them converge."""
    found = []
    for k, one in enumerate(lines):
        for other in lines[k + 1 :]:
            turn = 1.0 if one.direction @ other.direction > 0 else -1.0
            offset = other.point - one.point
            apart = abs(float(offset @ [-one.direction[1], one.direction[0]]))
            if abs(float(one.direction @ other.direction)) < CONVERGING or not 0.5 < apart / diameter_mm < 1.1:
                continue
            direction = one.direction + turn * other.direction
            direction = direction / np.linalg.norm(direction)
            point = (one.point + other.point) / 2
            ends = [
                float((line.point + s * line.direction - point) @ direction) for line in (one, other) for s in (line.start, line.end)
            ]
            found.append(Line(point, direction, min(ends), max(ends), one.weight + other.weight))
    return found


def thicker_than(points: ComplexArray, line: Line, half_mm: float, strip_mm: float = 1.3) -> float:
    """How full of bright metal the strips beside a line are, beyond half_mm of it, in parts of how full it is within.

    points: the pixels (n,) that are full of metal.
    """
    along, across = _seen_from(line, points)
    aside = np.abs(across[(along > line.start) & (along < line.end)])
    within, beside = np.count_nonzero(aside < half_mm), np.count_nonzero(np.abs(aside - half_mm - strip_mm / 2) < strip_mm / 2)
    return (beside / strip_mm) / max(within / half_mm, 1e-9)


def _half_width(points: ComplexArray, line: Line) -> float:
    """How far beside a line, in whole mm, pixels that are full of metal go on."""
    along, across = _seen_from(line, points)
    strips = np.bincount(np.abs(across[(along > line.start) & (along < line.end)]).astype(int), minlength=1)
    return float(np.argmax(np.append(strips < MOST_BESIDE * strips[0], True)))


def _heaviest(points: ComplexArray, weights: FloatArray, sought: Sought, random: np.random.Generator) -> Line | None:
    """The heaviest line of at least the shortest length; where there is none, the heaviest of all."""
    some, weight = points.astype(np.complex64), weights.astype(np.float32)
    if len(points) > MOST_PIXELS:
        chosen = random.choice(len(points), MOST_PIXELS, replace=False)
        some, weight = some[chosen], weight[chosen]
    one, other = some[random.integers(0, len(some), (2, 3 * TRIALS))]
    apart = other - one
    length = np.abs(apart)
    keep = np.flatnonzero(length > 0.6 * sought.shortest_mm)[:TRIALS]
    if len(keep) == 0:
        return None
    one, directions = one[keep], apart[keep] / length[keep]
    lines = np.stack((-directions.imag, directions.real, (one * directions.conj()).imag), axis=1)
    across = lines @ np.stack((some.real, some.imag, np.full(len(some), -1, dtype=np.float32)))
    scores = (np.abs(across, out=across) < np.float32(sought.corridor_mm)).astype(np.float32) @ weight
    found = None
    for best in np.argsort(-scores)[:3]:
        line = _refined(points, weights, complex(one[best]), complex(directions[best]), sought)
        if line is not None and line.length_mm >= sought.shortest_mm:
            return line
        found = found or line
    return found


def _refined(points: ComplexArray, weights: FloatArray, point: complex, direction: complex, sought: Sought) -> Line | None:
    """The line through the weighted pixels in the corridor, cut to its longest stretch without a gap."""
    corridor, gap = sought.corridor_mm, sought.longest_gap_mm
    own = (points - point) * direction.conjugate()  # as seen from the line: mm along it, and across
    around = np.abs(own.imag) < AROUND * corridor
    own, weights = own[around], weights[around]
    start, end = -np.inf, np.inf
    for width in (1.3 * corridor, corridor, corridor):
        near = (np.abs(own.imag) < width) & (own.real > start - gap) & (own.real < end + gap)
        if np.count_nonzero(near) < 5:
            return None
        start, end = _stretch(own.real[near], weights[near], gap)
        near &= (own.real >= start) & (own.real <= end)
        w, inside = weights[near], own[near]
        middle = complex(w @ inside / w.sum())
        turn = cmath.sqrt(w @ (inside - middle) ** 2)  # to the longer axis of their ellipse
        turn = turn / abs(turn) if turn else 1.0 + 0.0j
        own = (own - middle) * turn.conjugate()
        point, direction = point + middle * direction, direction * turn
        shift = (middle * turn.conjugate()).real
        start, end = start - shift, end - shift
    near = (np.abs(own.imag) < corridor) & (own.real >= start) & (own.real <= end)
    if np.count_nonzero(near) < 5:
        return None
    place, forward = np.array([point.real, point.imag]), np.array([direction.real, direction.imag])
    along = own.real[near]
    return Line(place, forward, float(along.min()), float(along.max()), float(weights[near].sum()))


def _stretch(along: FloatArray, weights: FloatArray, longest_gap_mm: float) -> tuple[float, float]:
    """Start and end of the heaviest stretch without a gap of longest_gap_mm."""
    order = np.argsort(along)
    ordered = along[order]
    gaps = np.flatnonzero(ordered[1:] - ordered[:-1] > longest_gap_mm) + 1
    if len(gaps) == 0:
        return float(ordered[0]), float(ordered[-1])
    first = np.concatenate(([0], gaps))
    heaviest = int(np.argmax(np.add.reduceat(weights[order], first)))
    last = first[heaviest + 1] - 1 if heaviest + 1 < len(first) else -1
    return float(ordered[first[heaviest]]), float(ordered[last])


def _high(excess: FloatArray) -> float:
    """What one in ten exceeds."""
    return float(np.interp(0.9 * (len(excess) - 1), np.arange(len(excess)), np.sort(excess)))


def _seen_from(line: Line, points: ComplexArray) -> tuple[FloatArray, FloatArray]:
    """mm along and across the line (n,) of points."""
    own = (points - complex(*line.point)) * complex(*line.direction).conjugate()
    return own.real, own.imag
