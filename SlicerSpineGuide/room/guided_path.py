"""Where the instrument really is: a scenario's steps turned into tip and axis in planning coordinates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, rotation_from_vector, unit
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.room.scenario import Scenario
from SlicerSpineGuide.translation import tr

IN_SKIN_MM = 5.0  # on a path too short for the scenario the run begins with the tip that deep; all distances shrink alike


class GuidedPath:
    """The instrument's way through one run: it turns about its entry in the skin, as a held instrument does."""

    def __init__(self, trajectory: Trajectory, scenario: Scenario, zones: Sequence[Zone], azimuth_deg: float) -> None:
        """azimuth_deg: the side it leans to, around the planned direction from the patient's head side.

        BadInput where the scenario goes near a zone and there is none.
        """
        self._entry, self._direction, self._length = trajectory.entry, trajectory.direction, trajectory.length_mm
        self._scenario = scenario
        farthest = max(s.to_target_mm for s in scenario.steps)
        self._scale = min(1.0, (self._length - IN_SKIN_MM) / farthest) if farthest > IN_SKIN_MM else 1.0
        up = np.array([0.0, 0.0, 1.0]) if abs(self._direction[2]) < 0.9 else np.array([0.0, 1.0, 0.0])
        first = unit(up - self._direction * (up @ self._direction))
        azimuth = np.radians(azimuth_deg)
        self._side = np.cos(azimuth) * first + np.sin(azimuth) * np.cross(self._direction, first)
        self._aimed = self._toward_zone(zones) if any(s.aim for s in scenario.steps) else self._direction

    def at(self, part: float) -> tuple[FloatArray, FloatArray]:
        """Tip (3,) and axis (3,), hub to tip, at the part 0 to 1 of the run."""
        step = self._scenario.step(part)
        lean = np.radians(step.angle_deg) * np.cross(self._direction, self._side)
        turn = np.cross(self._direction, self._aimed)
        sine = float(np.linalg.norm(turn))
        aim = step.aim * np.arcsin(sine) * turn / sine if sine > 1e-9 else np.zeros(3)
        axis = unit(rotation_from_vector(lean + aim) @ self._direction)
        depth = self._length - step.to_target_mm * (self._scale if step.to_target_mm > 0 else 1.0)
        tip = self._entry + step.offset_mm * self._side + axis * depth / float(axis @ self._direction)
        return tip, axis

    def _toward_zone(self, zones: Sequence[Zone]) -> FloatArray:
        """The direction from the entry through the place of a zone that the planned path passes closest by, 2 mm deep in it."""
        if not zones:
            raise BadInput(tr("The scenario {name} needs a zone to go near: add one to the plan.").format(name=self._scenario.name))
        best: tuple[float, FloatArray] = (np.inf, self._direction)
        depths = np.linspace(0.4, 0.95, 60) * self._length
        for zone in zones:
            for depth in depths:
                point = self._entry + depth * self._direction
                distance = float(zone.distance(point[None])[0])
                if distance < best[0]:
                    best = (distance, unit(point - _gradient(zone, point) * (distance + 2.0) - self._entry))
        return best[1]


def _gradient(zone: Zone, point: FloatArray, step: float = 0.5) -> FloatArray:
    """The unit vector along which the distance to the zone grows."""
    offsets = np.vstack([np.eye(3), -np.eye(3)]) * step
    values = zone.distance(point + offsets)
    return unit(values[:3] - values[3:])
