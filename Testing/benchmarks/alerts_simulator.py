"""Short runs at the level of numbers: where the instrument truly is, and what a registration and a tracker would say it is.

The truth is the virtual room's (`room.guided_path`); no image is made, so that thousands of runs take minutes. Errors have a
part that stays for a whole run, a part that follows the breathing and a part that is new in every frame; what the registration and
the tracker claim about their errors is wrong by a factor of its own in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, apply, rigid_about, rotate, unit
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.room.guided_path import GuidedPath
from SlicerSpineGuide.room.scenario import Scenario, Step
from SlicerSpineGuide.tracking.instrument import Instrument

State = str  # "good", "lost", "uncertain", "foreign", "unseen"
WITHIN = 0.85  # of the tolerances: how far the runs that count as within tolerance go


@dataclass(frozen=True)
class Accuracy:
    """Standard deviations per axis: `steady` for a whole run, `fresh` for every frame; mm and degrees.

    As they stand: TRE 0.36 mm (95 %), tip 0.66 mm (95 %), axis 1.0 degree (95 %), the product's own targets. breathing_mm: the largest
    error that follows the breathing. unclear: the part of frames whose instrument is there and cannot be measured; outliers: whose
    tip is 1.5 mm off.
    """

    registration_mm: tuple[float, float] = (0.10, 0.08)
    registration_deg: tuple[float, float] = (0.08, 0.06)
    breathing_mm: float = 0.3
    tip_mm: tuple[float, float] = (0.12, 0.13)
    axis_deg: tuple[float, float] = (0.30, 0.28)
    unclear: float = 0.02
    outliers: float = 0.002


@dataclass(frozen=True, eq=False)
class Moment:
    """One frame: tip and axis as they truly are (planning LPS), and what becomes of the image."""

    t: float
    tip: FloatArray
    axis: FloatArray
    state: State = "good"


@dataclass(frozen=True, eq=False)
class Run:
    """One run. kind: its row in the table; due: codes of states (code, first frame, last frame) that were planted."""

    kind: str
    moments: list[Moment]
    due: list[tuple[str, int, int]] = field(default_factory=list)


def random_run(kind: str, trajectory: Trajectory, zones: tuple[Zone, ...], rng: np.random.Generator, frames: int = 48) -> Run:
    """A run of that kind, different with every draw of `rng`."""
    rate = float(rng.choice([1.0, 3.0, 6.0, 12.0]))
    steps, state = KINDS[kind](trajectory, rng)
    path = GuidedPath(trajectory, Scenario(kind, steps), zones, float(rng.uniform(0, 360)))
    times, states, due = _timeline(state, frames, rate, rng)
    moments = [Moment(t, *path.at(k / (frames - 1)), s) for k, (t, s) in enumerate(zip(times, states, strict=True))]
    return Run(kind, moments, due)


def within_tolerance(trajectory: Trajectory, rng: np.random.Generator, minutes: float, rate: float) -> Run:
    """An instrument that is held, trembling with breathing and hand, never farther off than WITHIN of the tolerances."""
    count = int(minutes * 60 * rate)
    times = np.arange(count) / rate
    depth = float(rng.uniform(8, 0.7 * trajectory.length_mm))
    limits = trajectory.tolerance
    side = unit(np.cross(trajectory.direction, [0.1, 0.2, 0.97]))
    other = np.cross(trajectory.direction, side)
    lateral = _sway(times, rng, WITHIN * limits.lateral_mm)
    # the axis may lean no farther than keeps the predicted miss within the tolerance too
    lean = _sway(times, rng, WITHIN * min(np.radians(limits.angle_deg), limits.lateral_mm / depth))
    moments = []
    for t, (x, y), (a, b) in zip(times, lateral, lean, strict=True):
        tip = trajectory.target - depth * trajectory.direction + x * side + y * other
        shifted = (x + a * depth, y + b * depth)
        excess = np.hypot(*shifted) / (WITHIN * limits.lateral_mm)
        if excess > 1:  # aims back towards the target
            a, b = (shifted[0] / excess - x) / depth, (shifted[1] / excess - y) / depth
        moments.append(Moment(float(t), tip, unit(trajectory.direction + a * side + b * other)))
    return Run("ten minutes within tolerance", moments)


def _sway(times: FloatArray, rng: np.random.Generator, most: float) -> FloatArray:
    """(N, 2): a slow wander with the breathing on top, its largest excursion `most`."""
    sway = np.zeros((len(times), 2))
    for period in rng.uniform([3, 8, 30, 90], [5, 20, 60, 200]):
        sway += rng.normal(size=2) * np.sin(2 * np.pi * times[:, None] / period + rng.uniform(0, 6.3, 2))
    return sway * most / np.linalg.norm(sway, axis=1).max()


Steps = tuple[Step, ...]


def _straight(trajectory: Trajectory, rng: np.random.Generator) -> tuple[Steps, State]:
    start = float(rng.uniform(0.5, 0.95)) * trajectory.length_mm
    return _held(start, 0.0, rng), "good"


def _held(start_mm: float, end_mm: float, rng: np.random.Generator) -> Steps:
    """Advanced from start to end, well within the tolerances."""
    lean, offset = float(rng.uniform(0, 0.5)), float(rng.uniform(0, 0.4))
    return (Step(0.0, start_mm, lean, offset), Step(1.0, end_mm, lean / 2, offset))


def _straying(fast: bool) -> Callable[[Trajectory, np.random.Generator], tuple[Steps, State]]:
    def steps(trajectory: Trajectory, rng: np.random.Generator) -> tuple[Steps, State]:
        length = trajectory.length_mm
        begin = float(rng.uniform(0.2, 0.5))
        end = begin + (float(rng.uniform(0.03, 0.1)) if fast else float(rng.uniform(0.3, 0.5)))
        start, stop = float(rng.uniform(0.6, 0.9)) * length, float(rng.uniform(0.1, 0.4)) * length
        middle = start + (stop - start) * begin
        lean = float(rng.uniform(6, 12)) * trajectory.tolerance.angle_deg / 3
        return (Step(0.0, start, 0.3), Step(begin, middle, 0.3), Step(end, middle, lean), Step(1.0, stop, lean)), "good"

    return steps


def _wrong_entry(trajectory: Trajectory, rng: np.random.Generator) -> tuple[Steps, State]:
    offset = trajectory.tolerance.lateral_mm + float(rng.uniform(1.2, 8))
    length = trajectory.length_mm
    return (Step(0.0, 0.9 * length, 0.3, offset), Step(1.0, 0.3 * length, 0.3, offset)), "good"


def _overshoot(trajectory: Trajectory, rng: np.random.Generator) -> tuple[Steps, State]:
    past = -trajectory.tolerance.depth_mm - float(rng.uniform(2, 8))
    return (Step(0.0, float(rng.uniform(10, 30)), 0.3), Step(float(rng.uniform(0.3, 0.9)), 0.5, 0.3), Step(1.0, past, 0.3)), "good"


def _near_zone(trajectory: Trajectory, rng: np.random.Generator) -> tuple[Steps, State]:
    length, aim = trajectory.length_mm, float(rng.uniform(0.7, 1.1))
    stop = float(rng.uniform(0.2, 0.35)) * length
    return (
        Step(0.0, 0.9 * length, 0.3),
        Step(0.2, 0.8 * length, 0.3),
        Step(0.8, stop, 0.3, 0, aim),
        Step(1.0, stop, 0.3, 0, aim),
    ), "good"


def _with_state(state: State) -> Callable[[Trajectory, np.random.Generator], tuple[Steps, State]]:
    def steps(trajectory: Trajectory, rng: np.random.Generator) -> tuple[Steps, State]:
        start = float(rng.uniform(0.3, 0.8)) * trajectory.length_mm
        return _held(start, 0.5 * start, rng), state

    return steps


KINDS: dict[str, Callable[[Trajectory, np.random.Generator], tuple[Steps, State]]] = {
    "on the path": _straight,
    "straying slowly": _straying(fast=False),
    "straying fast": _straying(fast=True),
    "wrong entry": _wrong_entry,
    "overshoot": _overshoot,
    "near a zone": _near_zone,
    "breathing out of the slices": _with_state("unseen"),
    "jump": _with_state("lost"),
    "image loss": _with_state("stale"),
    "patient exchange": _with_state("foreign"),
}
CODES = {"lost": "REGISTRATION_LOST", "stale": "IMAGE_STALE", "foreign": "WRONG_PATIENT", "unseen": "INSTRUMENT_LOST"}


def _timeline(
    state: State, frames: int, rate: float, rng: np.random.Generator
) -> tuple[list[float], list[State], list[tuple[str, int, int]]]:
    """Times, states and planted states of a run in which `state` happens once, in its middle."""
    times = [k / rate for k in range(frames)]
    states: list[State] = ["good"] * frames
    if state == "good":
        return times, states, []
    first = int(rng.integers(frames // 3, frames // 2))
    if state == "stale":
        pause = float(rng.uniform(4, 9)) * max(1.0, 3 / rate)
        return [t + (pause if k > first else 0.0) for k, t in enumerate(times)], states, [(CODES[state], first, first)]
    last = first + int(rng.integers(3, 8))
    states[first : last + 1] = [state] * (last + 1 - first)
    return times, states, [(CODES[state], first, last)]


class Observer:
    """What registration and tracking say about the moments of one run."""

    def __init__(self, trajectory: Trajectory, accuracy: Accuracy, rng: np.random.Generator) -> None:
        self._target, self._accuracy, self._rng = trajectory.target, accuracy, rng
        self._steady = self._motion(0)
        self._steady_tip = rng.normal(size=3) * accuracy.tip_mm[0]
        self._steady_axis = rng.normal(size=2) * np.radians(accuracy.axis_deg[0])
        self._breath = unit(rng.normal(size=3)) * accuracy.breathing_mm * rng.uniform(0, 1)
        self._period, self._phase = rng.uniform(3, 5), rng.uniform(0, 6.3)
        self._claim = float(rng.uniform(0.6, 1.6))

    def _motion(self, which: int) -> FloatArray:
        a = self._accuracy
        turn = np.radians(a.registration_deg[which])
        return np.concatenate([self._rng.normal(size=3) * a.registration_mm[which], self._rng.normal(size=3) * turn])

    def observe(self, moment: Moment) -> tuple[Registration, Instrument]:
        """The registration and the instrument of one frame, with their errors."""
        if moment.state in ("foreign", "lost"):
            return Registration("none" if moment.state == "foreign" else "lost"), Instrument(False)
        a, rng = self._accuracy, self._rng
        motion = self._steady + self._motion(1)
        motion[:3] += self._breath * np.sin(2 * np.pi * moment.t / self._period + self._phase)
        error = rigid_about(self._target, motion[3:], motion[:3])
        sigma = np.concatenate([np.full(3, np.hypot(*a.registration_mm)), np.full(3, np.radians(np.hypot(*a.registration_deg)))])
        registration = Registration("locked", error, np.diag((self._claim * sigma) ** 2), self._target, 1.0)
        if moment.state == "unseen":
            return registration, Instrument(False)
        if rng.uniform() < a.unclear:
            return registration, Instrument(False, unclear=True)
        tip = apply(error, moment.tip) + self._steady_tip + rng.normal(size=3) * a.tip_mm[1]
        if rng.uniform() < a.outliers:
            tip = tip + unit(rng.normal(size=3)) * 1.5
        axis = rotate(error, moment.axis)
        across = unit(np.cross(axis, [0.2, 0.3, 0.9]))
        lean = self._steady_axis + rng.normal(size=2) * np.radians(a.axis_deg[1])
        axis = unit(axis + lean[0] * across + lean[1] * np.cross(axis, across))
        tip_sigma = np.full(3, self._claim * np.hypot(*a.tip_mm))
        return registration, Instrument(True, tip, axis, tip_sigma, self._claim * float(np.hypot(*a.axis_deg)))


def ticks(moments: list[Moment], index: int) -> Iterator[float]:
    """The watchdog's times between a frame and the next, ten a second."""
    end = moments[index + 1].t if index + 1 < len(moments) else moments[index].t
    count = int((end - moments[index].t) * 10)
    for k in range(1, count + 1):
        yield moments[index].t + k / 10
