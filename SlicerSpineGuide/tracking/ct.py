"""The instrument in CT slices: found as new metal against the registered plan, measured along its own axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, angle_deg, apply, inverse, rotate, unit
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.instrument import Instrument
from SlicerSpineGuide.tracking.new_metal import Piece, metal_mask, pieces, threshold
from SlicerSpineGuide.tracking.profile import Depth, End, Profile, centre_line, find_end, fit_depth, profile
from SlicerSpineGuide.translation import tr

MASK_MARGIN_MM = 3.0
LEAST_LENGTH_MM = 10.0
STRAIGHT_MM = 1.2  # rms across, beyond the instrument's own radius
SHARP_END_MM = 3.0  # of the fall at a tip; a longer one is an instrument that leaves the slice
EDGE = 0.35  # of a slice's thickness: how near to the stack's end a tip may be
CANDIDATES = 6


@dataclass(frozen=True, eq=False)
class _Line:
    """A piece's projection onto the slices' plane: middle (3,), forward (3,) towards the tip, extent (mm behind, mm ahead)."""

    middle: FloatArray
    forward: FloatArray
    extent: tuple[float, float]
    weight: float


class InstrumentTracker:
    """Finds the instrument of one trajectory. The plan says what to look for and which end is the tip; it never makes a detection."""

    def __init__(self, trajectory: Trajectory, planning: Volume) -> None:
        self._trajectory, self._planning = trajectory, planning
        self._diameter = trajectory.instrument.diameter_mm

    def metal_masks(self, slices: Sequence[Slice]) -> list[npt.NDArray[np.bool_]]:
        """Per slice, the pixels (rows, columns) that metal and its halo cover: for the registration to leave out."""
        return [metal_mask(image, MASK_MARGIN_MM) for image in slices]

    def track(self, slices: Sequence[Slice], registration: Registration, previous: Instrument | None = None) -> Instrument:
        """The instrument in slices (parallel, in live LPS), in plan coordinates through `registration`.

        visible is False, with the reason, where no instrument is found or its tip is not inside the slices.
        """
        pose = registration.plan_from_live
        if pose is None or not slices:
            return Instrument(False, reason=tr("Without a registration the instrument has no place in the plan."))
        ordered = sorted(slices, key=lambda image: float(image.plane.origin @ slices[0].plane.normal))
        least = threshold(self._diameter, ordered[0].plane.thickness)
        found = pieces(self._planning, pose, ordered, least)[:CANDIDATES]
        lines = [line for line in (self._line(piece, ordered, pose) for piece in found) if line is not None]
        if not lines:
            return Instrument(False, reason=tr("No instrument is seen in the image."))
        chosen = min(lines, key=lambda line: self._unlikeness(line, pose, previous))
        return self._measure(chosen, ordered, pose, least)

    def _line(self, piece: Piece, slices: Sequence[Slice], pose: FloatArray) -> _Line | None:
        """The piece as a line in the slices' plane, None where it is not long and straight."""
        if len(piece.points) < 6:
            return None
        normal = slices[0].plane.normal
        middle = np.average(piece.points, axis=0, weights=piece.excess)
        offset = piece.points - middle
        flat = offset - np.outer(offset @ normal, normal)
        values, vectors = np.linalg.eigh((flat * piece.excess[:, None]).T @ flat / piece.excess.sum())
        forward = unit(vectors[:, 2] - normal * (vectors[:, 2] @ normal))
        if forward @ rotate(inverse(pose), self._trajectory.direction) < 0:
            forward = -forward
        along = flat @ forward
        length, across = float(np.ptp(along)), float(np.sqrt(max(values[1], 0.0)))
        if length < max(LEAST_LENGTH_MM, 2.5 * self._diameter) or across > self._diameter / 2 + STRAIGHT_MM:
            return None
        return _Line(middle, forward, (float(along.min()), float(along.max())), float(piece.excess.sum()))

    def _unlikeness(self, line: _Line, pose: FloatArray, previous: Instrument | None) -> float:
        """How unlike the expected instrument a line is, mm: its distance from the last one, or from the planned path."""
        middle, forward = apply(pose, line.middle), rotate(pose, line.forward)
        through, along = self._trajectory.target, self._trajectory.direction
        if previous is not None and previous.tip is not None and previous.axis is not None:
            through, along = previous.tip, previous.axis
        offset = middle - through
        beside = float(np.linalg.norm(offset - along * (offset @ along)))
        return beside + 0.5 * angle_deg(forward, along) - 0.1 * (line.extent[1] - line.extent[0])

    def _measure(self, line: _Line, slices: Sequence[Slice], pose: FloatArray, least: float) -> Instrument:
        """Tip and axis of the chosen line: the profile along it, twice, the second time along the refined axis."""
        origin, forward, extent = line.middle, line.forward, line.extent
        half_width = self._diameter / 2 + 4.0
        for _ in range(2):
            reach = (extent[0] - 2.0, extent[1] + 8.0)
            along = profile(self._planning, pose, slices, origin, forward, reach, half_width)
            end = find_end(along, self._diameter, extent[1])
            if end is None:
                return Instrument(False, reason=tr("The instrument's tip is not in the image."))
            straight = centre_line(along, end.tip_s, 0.3 * end.plateau)
            if straight is None:
                return Instrument(False, reason=tr("Too little of the instrument is seen to tell its direction."))
            offset, slope, rms = straight
            origin = along.origin + end.tip_s * along.forward + offset * along.aside
            forward = unit(along.forward + slope * along.aside)
            extent = (extent[0] - end.tip_s, extent[1] - end.tip_s)
        return self._placed(along, end, origin, forward, rms, slices, pose)

    def _placed(
        self, along: Profile, end: End, origin: FloatArray, forward: FloatArray, rms: float, slices: Sequence[Slice], pose: FloatArray
    ) -> Instrument:
        normal, thickness = slices[0].plane.normal, slices[0].plane.thickness
        first = slices[0].plane.origin
        positions = np.array([(image.plane.origin - first) @ normal for image in slices])
        depth = fit_depth(along, end.tip_s, positions, thickness, self._diameter, end.plateau / 2)
        leaves = self._leaves(depth, end, positions, thickness)
        if leaves:
            return Instrument(False, reason=leaves)
        tip = origin + normal * ((first - origin) @ normal + depth.at_tip)
        axis = unit(forward + depth.slope * normal)
        lateral = max(0.1, rms)
        sigma = np.array([0.25, lateral, max(lateral, depth.sigma_mm)])
        axis_sigma = float(np.degrees(np.hypot(lateral / 15.0, depth.sigma_slope)))
        return Instrument(True, apply(pose, tip), rotate(pose, axis), sigma, axis_sigma)

    def _leaves(self, depth: Depth, end: End, positions: FloatArray, thickness: float) -> str:
        """Why the end that is seen is not the tip, "" where it is."""
        low, high = positions.min() - thickness / 2, positions.max() + thickness / 2
        near = EDGE * thickness
        at_edge = len(positions) > 1 and not low + near < depth.at_tip < high - near and abs(depth.slope) > 0.02
        outward = (depth.at_tip - (low + high) / 2) * depth.slope > 0
        if (at_edge and outward and end.fall_mm > 2.0) or end.fall_mm > SHARP_END_MM + 0.5 * self._diameter:
            return tr("The instrument leaves the slices: its tip is not in the image.")
        return ""
