"""The instrument in CT slices: found as new metal against the registered plan, measured along its own axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, angle_deg, apply, inverse, rotate, unit
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.instrument import Instrument
from SlicerSpineGuide.tracking.new_metal import Piece, metal_mask, pieces, threshold
from SlicerSpineGuide.tracking.profile import End, Profile, centre_line, find_end, fit_depth, profile
from SlicerSpineGuide.tracking.rendering import PARAMETERS, STEP_MM, Fit, Patch, Shape, fit
from SlicerSpineGuide.translation import tr

MASK_MARGIN_MM = 3.0
LEAST_LENGTH_MM = 10.0
STRAIGHT_MM = 1.2  # rms across, beyond the instrument's own radius
PATCH_MM = (-28.0, 8.0)  # behind and beyond the tip: what the forward model explains
CLIPPED_PIXELS = 10  # so many pixels at the highest value mean that the scanner has clipped there
MOST_SIGMA_MM, MOST_RMS = 1.5, 2.5
EDGE = 0.25  # of a slice's thickness: how far beyond the stack a tip may seem to be
LEAVING_SLOPES = (0.08, 0.3)  # mm along the slices' normal per mm: starts of an instrument that leaves the stack
BETTER = 1.3  # how much worse it must explain the picture than a tip does
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
            offset, slope = straight
            origin = along.origin + end.tip_s * along.forward + offset * along.aside
            forward = unit(along.forward + slope * along.aside)
            extent = (extent[0] - end.tip_s, extent[1] - end.tip_s)
        return self._placed(along, end, origin, forward, slices, pose)

    def _placed(
        self, along: Profile, end: End, origin: FloatArray, forward: FloatArray, slices: Sequence[Slice], pose: FloatArray
    ) -> Instrument:
        """The forward model's fit around the tip, starting from the profile's answer, and what it says of the tip."""
        normal, thickness = slices[0].plane.normal, slices[0].plane.thickness
        first = slices[0].plane.origin
        positions = np.array([(image.plane.origin - first) @ normal for image in slices])
        depth = fit_depth(along, end.tip_s, positions, thickness, self._diameter, end.plateau / 2)
        patch = self._patch(
            profile(self._planning, pose, slices, origin, forward, PATCH_MM, self._diameter / 2 + 3.0), slices, positions
        )
        start = Shape(0.0, 0.0, depth.at_tip, 0.0, depth.slope, 0.3 * self._diameter, float(np.log(max(3000.0, patch.excess.max()))))
        free = PARAMETERS if len(slices) > 1 else tuple(name for name in PARAMETERS if name not in ("z", "slope_z"))
        found = fit(patch, start, longest_point=1.5 * self._diameter, free=free)
        shape, sigma = found.shape, np.sqrt(np.diag(found.covariance))
        if len(slices) == 1:
            sigma[2], sigma[4] = depth.sigma_mm, depth.sigma_slope
        low, high = float(positions.min()) - thickness / 2, float(positions.max()) + thickness / 2
        hidden = self._leaves(patch, found, low, high, sigma)
        if hidden:
            return Instrument(False, reason=hidden)
        aside = np.cross(normal, forward)
        tip = origin + normal * ((first - origin) @ normal + shape.z) + shape.s * forward + shape.t * aside
        axis = unit(forward + shape.slope_t * aside + shape.slope_z * normal)
        tip_sigma = np.hypot((0.2, 0.1, 0.1), (sigma[0], sigma[1], sigma[2]))
        axis_sigma = float(np.degrees(np.linalg.norm((0.005, sigma[3], sigma[4]))))
        return Instrument(True, apply(pose, tip), rotate(pose, axis), tip_sigma, axis_sigma)

    def _patch(self, found: Profile, slices: Sequence[Slice], positions: FloatArray) -> Patch:
        top = max(float(image.pixels.max()) for image in slices)
        at_top = sum(int((image.pixels > top - 1.5).sum()) for image in slices)
        ceiling = np.full_like(found.excess, 1e6) if at_top < CLIPPED_PIXELS else top - found.plan
        every = round(STEP_MM / (found.s[1] - found.s[0]))
        pick = (slice(None), slice(None, None, every), slice(None, None, every))
        thickness, radius = slices[0].plane.thickness, self._diameter / 2
        return Patch(found.excess[pick], found.s[::every], found.t[::every], positions, thickness, radius, ceiling[pick])

    def _leaves(self, patch: Patch, found: Fit, low: float, high: float, sigma: FloatArray) -> str:
        """Why the end that is seen is not the tip, "" where it is. low, high: the faces of the stack of slices, mm.

        An instrument that leaves through a face ends in the picture too. Where such an instrument, its tip somewhere beyond,
        explains the picture about as well, nothing is said of the tip.
        """
        shape, thickness = found.shape, patch.thickness
        if sigma[0] > MOST_SIGMA_MM or found.rms > MOST_RMS:
            return tr("The instrument's tip cannot be told from the image.")
        if not low - EDGE * thickness < shape.z < high + EDGE * thickness:
            return tr("The instrument leaves the slices: its tip is not in the image.")
        free = tuple(name for name in PARAMETERS if name not in ("s", "point"))
        for face, outward in ((low, -1.0), (high, 1.0)):
            if abs(shape.z - face) > thickness:
                continue
            for steep in LEAVING_SLOPES:
                far = patch.s[-1] + 5.0
                start = replace(shape, s=far, z=face + outward * steep * (far - shape.s), slope_z=outward * steep, point=0.0)
                if fit(patch, start, longest_point=0.0, free=free, iterations=8).rms < BETTER * found.rms:
                    return tr("The instrument leaves the slices: its tip is not in the image.")
        return ""
