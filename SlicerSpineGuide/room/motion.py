"""How the patient moves on the table: a shift since the planning CT, breathing, a slow drift, a sudden jump."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, Vector, rigid_about

Triple = tuple[float, float, float]
STILL: Triple = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Pose:
    """A rigid displacement of the patient: mm along L, P, S and degrees about L, P, S."""

    shift_mm: Triple = STILL
    turn_deg: Triple = STILL


@dataclass(frozen=True)
class Breathing:
    """Periodic motion that rests at full expiration: amplitude (1 - cos^4(pi t / T)) (Lujan et al., Medical Physics 26, 1999).

    amplitude_mm: at full inspiration, along L, P, S; turn_deg: likewise about L, P, S. organs_mm: how much farther the organs in
    front of the spine move than the spine itself.
    """

    amplitude_mm: Triple = STILL
    turn_deg: Triple = STILL
    organs_mm: Triple = STILL
    period_s: float = 4.0
    phase: float = 0.0  # part of a period at t = 0

    def depth(self, t: float) -> float:
        """0 at full expiration, 1 at full inspiration."""
        return float(1 - np.cos(np.pi * (t / self.period_s + self.phase)) ** 4)


@dataclass(frozen=True)
class Motion:
    """The patient's motion over the time t (s): start, plus drift per minute, plus breathing, plus a jump at jump_s."""

    start: Pose = Pose()
    breathing: Breathing = Breathing()
    drift_per_min: Pose = Pose()
    jump: Pose = Pose()
    jump_s: float = float("inf")

    def held(self) -> Motion:
        """The same motion with the breath held halfway."""
        half = tuple(a / 2 for a in self.breathing.amplitude_mm), tuple(a / 2 for a in self.breathing.turn_deg)
        shift = tuple(a + b for a, b in zip(self.start.shift_mm, half[0], strict=True))
        turn = tuple(a + b for a, b in zip(self.start.turn_deg, half[1], strict=True))
        return replace(self, breathing=Breathing(), start=Pose(shift, turn))  # type: ignore[arg-type]

    def organs_mm(self, t: float) -> FloatArray:
        """(3,) how far the organs in front of the spine are from where the spine's motion would carry them, along L, P, S."""
        return self.breathing.depth(t) * np.array(self.breathing.organs_mm)

    def live_from_plan(self, t: float, centre: Vector) -> FloatArray:
        """(4, 4) from planning-CT LPS to live LPS at time t; rotations turn about `centre` (planning LPS)."""
        breath, jumped = self.breathing.depth(t), float(t >= self.jump_s)
        parts = (
            (1.0, self.start.shift_mm, self.start.turn_deg),
            (breath, self.breathing.amplitude_mm, self.breathing.turn_deg),
            (t / 60.0, self.drift_per_min.shift_mm, self.drift_per_min.turn_deg),
            (jumped, self.jump.shift_mm, self.jump.turn_deg),
        )
        shift = sum((weight * np.array(mm) for weight, mm, _ in parts), np.zeros(3))
        turn = sum((weight * np.radians(deg) for weight, _, deg in parts), np.zeros(3))
        return rigid_about(centre, turn, shift)
