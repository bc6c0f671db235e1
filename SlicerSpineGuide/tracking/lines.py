"""Straight lines among the pixels of new metal: the few pairs of pixels whose connecting line gathers most of the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray

MOST_PIXELS = 500  # looked at for lines: the brightest decide
TRIALS = 160
MOST_LINES = 8
LONGEST_GAP_MM = 10.0
AROUND = 6.0  # so far from where it was first seen, in corridors, a line's pixels lie
HALO, BRIGHT = 3.0, 0.75  # so far around metal, in corridors, its streaks are bright; but not so bright, in parts of the brightest


@dataclass(frozen=True, eq=False)
class Line:
    """A stretch of metal in the plane of the slices: through `point` (2,) along `direction` (2,), from `start` to `end` in mm of it.

    weight: the sum of its pixels' excess, each counted up to the cap; width_mm: rms across.
    """

    point: FloatArray
    direction: FloatArray
    start: float
    end: float
    weight: float
    width_mm: float

    @property
    def length_mm(self) -> float:
        return self.end - self.start


def find_lines(
    flat: FloatArray, excess: FloatArray, corridor_mm: float, shortest_mm: float, most_pixels: int = 2500, least_part: float = 0.0
) -> list[Line]:
    """The heaviest lines among pixels at flat (n, 2) mm, one after the other, each taking its pixels with it.

    Of more than most_pixels, one in several is looked at; what weighs less than least_part of the heaviest is left out. RANSAC
    (Fischler and Bolles, CACM 24, 1981) with a fixed sequence of random pairs, so that the same image gives the same answer.
    """
    random = np.random.default_rng(0)
    step = max(1, -(-len(flat) // most_pixels))
    flat, excess = flat[::step], excess[::step]
    weights = np.minimum(excess, np.quantile(excess, 0.9)) if len(excess) else excess
    left = np.ones(len(flat), dtype=bool)
    lines: list[Line] = []
    for _ in range(2 * MOST_LINES):
        if left.sum() < 5 or len(lines) == MOST_LINES:
            break
        line = _heaviest(flat[left], weights[left], corridor_mm, shortest_mm, random)
        if line is None or (lines and line.weight < least_part * lines[0].weight):
            break
        if line.length_mm >= shortest_mm:  # else a lump: others may lie behind it
            lines.append(line)
        dim = weights < BRIGHT * weights.max()  # its streaks make lines beside it
        left &= ~(_near(flat, line, corridor_mm + 1.0) | (dim & _near(flat, line, HALO * corridor_mm)))
    return lines


def midlines(lines: list[Line], diameter_mm: float) -> list[Line]:
    """The lines midway between two parallel ones that are a tube's diameter apart: thin slices show its walls alone."""
    found = []
    for k, one in enumerate(lines):
        for other in lines[k + 1 :]:
            turn = 1.0 if one.direction @ other.direction > 0 else -1.0
            offset = other.point - one.point
            apart = abs(float(offset @ [-one.direction[1], one.direction[0]]))
            if abs(float(one.direction @ other.direction)) < np.cos(np.radians(5)) or not 0.5 < apart / diameter_mm < 1.1:
                continue
            direction = one.direction + turn * other.direction
            direction = direction / np.linalg.norm(direction)
            point = (one.point + other.point) / 2
            ends = [
                float((line.point + s * line.direction - point) @ direction) for line in (one, other) for s in (line.start, line.end)
            ]
            found.append(Line(point, direction, min(ends), max(ends), one.weight + other.weight, apart / 2))
    return found


def thicker_than(flat: FloatArray, excess: FloatArray, line: Line, half_mm: float, strip_mm: float = 1.3) -> float:
    """How full of bright metal the strips beside a line are, beyond half_mm of it, in parts of how full it is within."""
    offset = flat - line.point
    along, across = offset @ line.direction, np.abs(offset @ [-line.direction[1], line.direction[0]])
    bright = (excess > BRIGHT * np.quantile(excess, 0.9)) & (along > line.start) & (along < line.end)
    within, beside = (
        np.count_nonzero(bright & (across < half_mm)),
        np.count_nonzero(bright & (np.abs(across - half_mm - strip_mm / 2) < strip_mm / 2)),
    )
    return (beside / strip_mm) / max(within / half_mm, 1e-9)


def _heaviest(flat: FloatArray, weights: FloatArray, corridor: float, shortest: float, random: np.random.Generator) -> Line | None:
    """The heaviest line of at least `shortest`; where there is none, the heaviest of all."""
    some = np.arange(len(flat)) if len(flat) <= MOST_PIXELS else random.choice(len(flat), MOST_PIXELS, replace=False)
    points, weight = flat[some].astype(np.float32), weights[some].astype(np.float32)
    pairs = random.integers(0, len(points), (2, 3 * TRIALS))
    apart = points[pairs[1]] - points[pairs[0]]
    length = np.linalg.norm(apart, axis=1)
    keep = np.flatnonzero(length > 0.6 * shortest)[:TRIALS]
    if len(keep) == 0:
        return None
    directions = apart[keep] / length[keep, None]
    normals = np.stack((-directions[:, 1], directions[:, 0]), axis=1)
    offsets = normals @ points.T - (normals * points[pairs[0][keep]]).sum(axis=1)[:, None]
    scores = (np.abs(offsets) < np.float32(corridor)).astype(np.float32) @ weight
    found = None
    for best in np.argsort(-scores)[:3]:
        line = _refined(flat, weights, points[pairs[0][keep[best]]], directions[best], corridor)
        if line is not None and line.length_mm >= shortest:
            return line
        found = found or line
    return found


def _refined(flat: FloatArray, weights: FloatArray, point: FloatArray, direction: FloatArray, corridor: float) -> Line | None:
    """The line through the weighted pixels in the corridor, cut to its longest stretch without a gap."""
    stretch: tuple[float, float] | None = None
    around = np.abs((flat - point) @ [-direction[1], direction[0]]) < AROUND * corridor
    flat, weights = flat[around], weights[around]
    for width in (1.3 * corridor, corridor, corridor):
        offset = flat - point
        along, across = offset @ direction, offset @ [-direction[1], direction[0]]
        near = np.abs(across) < width
        if stretch is not None:
            near &= (along > stretch[0] - LONGEST_GAP_MM) & (along < stretch[1] + LONGEST_GAP_MM)
        if near.sum() < 5:
            return None
        stretch = _stretch(along[near], weights[near])
        near &= (along >= stretch[0]) & (along <= stretch[1])
        w = weights[near]
        middle = w @ flat[near] / w.sum()
        x, y = (flat[near] - middle).T
        turn = 0.5 * np.arctan2(2 * float(w @ (x * y)), float(w @ (x * x - y * y)))  # of the longer axis of their ellipse
        longer = np.array([np.cos(turn), np.sin(turn)])
        direction = longer * (1.0 if longer @ direction >= 0 else -1.0)
        shift = float((middle - point) @ direction)
        stretch, point = (stretch[0] - shift, stretch[1] - shift), middle
    assert stretch is not None
    along, across = (flat - point) @ direction, (flat - point) @ [-direction[1], direction[0]]
    near = (np.abs(across) < corridor) & (along >= stretch[0]) & (along <= stretch[1])
    if near.sum() < 5:
        return None
    w = weights[near]
    start, end = float(along[near].min()), float(along[near].max())
    return Line(point, direction, start, end, float(w.sum()), float(np.sqrt(w @ across[near] ** 2 / w.sum())))


def _stretch(along: FloatArray, weights: FloatArray) -> tuple[float, float]:
    """Start and end of the heaviest stretch without a gap of LONGEST_GAP_MM."""
    order = np.argsort(along)
    ordered = along[order]
    first = np.concatenate(([0], np.flatnonzero(np.diff(ordered) > LONGEST_GAP_MM) + 1))
    heaviest = int(np.argmax(np.add.reduceat(weights[order], first)))
    last = first[heaviest + 1] - 1 if heaviest + 1 < len(first) else -1
    return float(ordered[first[heaviest]]), float(ordered[last])


def _near(flat: FloatArray, line: Line, distance: float) -> npt.NDArray[np.bool_]:
    offset = flat - line.point
    along, across = offset @ line.direction, offset @ [-line.direction[1], line.direction[0]]
    return np.asarray((np.abs(across) < distance) & (along > line.start - 2.0) & (along < line.end + 2.0))
