"""The instrument in CT slices: found as a straight line of new metal, measured by the cylinder that explains its pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, angle_deg, apply, inverse, rotate, unit
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.cylinder import POINT, SHADOW, SLOPE_T, SLOPE_Z, T, U, Z
from SlicerSpineGuide.tracking.instrument import Instrument
from SlicerSpineGuide.tracking.known import NOTHING, SAME, Known, unlikeness, whose
from SlicerSpineGuide.tracking.lines import LONGEST_GAP_MM, Line, Sought, find_lines, midlines
from SlicerSpineGuide.tracking.measurement import THICK_FROM_MM, TUBE_WALL_MM, Measured, Measurement
from SlicerSpineGuide.tracking.new_metal import NewMetal, metal_mask, new_metal, noise_of, threshold
from SlicerSpineGuide.tracking.stack import Stack
from SlicerSpineGuide.translation import tr

MASK_MARGIN_MM = 3.0
SHORTEST_MM = 8.0
CORRIDOR_MM = 0.8  # beyond the instrument's radius
BLOOMING_MM = 1.7  # what is thicker by so much on most of its length is another instrument: a soft kernel blooms as far as that
UNSEEN = 8.0  # between slices with gaps, in what of a gap is wider than it, a line may be unseen over so much: 7 degrees
CANDIDATES = 3
# so many pixels, and lines of such a part of the heaviest: what is thick has more pixels than enough, and outweighs others
LOOKED_AT, LOOKED_AT_FOR_THICK = (3000, 0.0), (1300, 0.15)
WALL_PART = 0.4  # ... of the heaviest, where a tube's walls are looked for: one is about as heavy as the other
ACROSS = 0.35  # cosine with the planned direction below which that does not tell which end is the tip
MOST_SIGMA_MM = 1.2  # along the axis; a tip known less well is not shown
MOST_MISFIT, MOST_MISFIT_OF_ONE = 1.6, 1.03  # in expected errors; nor one whose picture is not what is seen; one slice proves less
MODEL_SIGMA_MM = (0.15, 0.08, 0.1)  # what a perfect fit would still get wrong
SHADOW_SIGMA_MM, SHADOW_HU = (0.8, 0.15, 0.5), 3000.0  # ... where starved rays eat into the tip: so much from such a shadow on
SHADOW_OF_POINT = 0.04  # ... and of a long thin point more
SHADOW_OF_THICKNESS = 0.25  # ... across the slices
DARKNESS_HU = 800.0  # ... or where so dark a band is seen beyond the tip, however it is explained
LEVER_MM, LEVER_THICKNESS = 0.15, 0.07  # ... of the shaft's place at its far end: mm, and part of the slices' thickness
DEPTHS_MM, AIR_BELOW_HU = (0.0, 5.0, 10.0), -300.0  # of the tip: leads and wires on the skin have air there
SHADOW_LEVER_MM = 0.8  # ... where starved rays darken one slice more than its neighbour
ONE_SLICE_LEVER = 0.5  # ... of the thickness, where there is one slice: where in it the shaft lies it does not tell
# ... and so many times that, or times its diameter, where a thread makes the solid no cylinder; and where it is hollow
SCREW_SIGMA, SCREW_SIGMA_A_MM, TUBE_SIGMA = 2.0, 0.45, 2.0
FORM_SIGMA = 0.08  # of a screw's diameter, along it: whether its point is a cone, round or blunt is not known


class InstrumentTracker:
    """Finds the instrument of one trajectory. The plan says what to look for, which of several lines of metal is meant, and which
    end is the tip; it never makes a detection."""

    def __init__(self, trajectory: Trajectory, planning: Volume, planned: Sequence[Trajectory] = ()) -> None:
        """planned: the plan's other trajectories, whose instruments may be in the images as well."""
        self._trajectory, self._planning, self._planned = trajectory, planning, tuple(planned)
        self._diameter = trajectory.instrument.diameter_mm
        self._pixels, self._least_part = LOOKED_AT_FOR_THICK if self._diameter > THICK_FROM_MM else LOOKED_AT

    def metal_masks(self, slices: Sequence[Slice]) -> list[npt.NDArray[np.bool_]]:
        """Per slice, the pixels (rows, columns) that metal and its halo cover: for the registration to leave out."""
        return [metal_mask(image, MASK_MARGIN_MM) for image in slices]

    def track(self, slices: Sequence[Slice], registration: Registration, known: Known = NOTHING) -> Instrument:
        """The instrument in slices (parallel, in live LPS), in plan coordinates through `registration`.

        known: from the frames before; where two lines of metal are as near to the plan, the one it was continues. visible is False,
        with the reason, where no instrument is found, its tip is not inside the slices, or it is hardly the one of this path.
        """
        pose = registration.plan_from_live
        if pose is None or not slices:
            return Instrument(False, reason=tr("Without a registration the instrument has no place in the plan."))
        stack = Stack.of(slices, noise_of(slices[len(slices) // 2]))
        least = threshold(self._diameter, stack.thickness, stack.noise)
        metal = new_metal(self._planning, pose, stack.slices, least, self._pixels)
        lines = [self._towards_tip(line, stack, pose) for line in self._lines(metal, stack)]
        lines.sort(key=lambda line: self._unlikeness(line, stack, pose, known.last))
        measurement = Measurement(self._trajectory, self._planning, stack, pose)
        answer = Instrument(False, reason=tr("No instrument is seen in the image."))
        seen = [self._by_its_line(line, stack, pose) for line in lines]
        for k, line in enumerate(lines[:CANDIDATES]):
            steady = self._steady(seen[k], known)
            found = measurement.of(line, steady)
            if found is None:
                if steady and not answer.unclear:
                    answer = Instrument(False, reason=tr("The instrument's tip cannot be told from the image."), unclear=True)
                continue
            shown = self._shown(found, stack, pose)
            doubt = shown.reason if shown.doubtful else ""
            doubt = doubt or whose(shown if shown.visible else seen[k], self._trajectory, self._planned, known)
            if doubt:
                answer = answer if answer.doubtful else Instrument(False, reason=doubt, doubtful=True)
                continue
            return replace(shown, others=tuple(other for other in seen if other is not seen[k] and unlikeness(other, seen[k]) > SAME))
        return answer

    def _by_its_line(self, line: Line, stack: Stack, pose: FloatArray) -> Instrument:
        """Roughly where the instrument of a line is: in the stack's middle and plane."""
        tip = apply(pose, stack.to_live(line.point + line.end * line.direction, float(stack.places.mean())))
        return Instrument(True, tip, rotate(pose, stack.direction(line.direction)))

    def _steady(self, seen: Instrument, known: Known) -> bool:
        """Whether a line continues the instrument of the frame before."""
        return known.just_seen is not None and unlikeness(seen, known.just_seen) < SAME

    def _lines(self, metal: NewMetal, stack: Stack) -> list[Line]:
        """The lines among the new metal that are long enough for the instrument, and of a thin one narrow enough."""
        shortest = max(SHORTEST_MM, 2.0 * self._diameter)
        gap = LONGEST_GAP_MM + UNSEEN * max(stack.widest_gap - self._diameter, 0.0)
        if self._trajectory.instrument.kind == "tube":
            sought = Sought(TUBE_WALL_MM / 2 + CORRIDOR_MM, shortest, WALL_PART, longest_gap_mm=gap)
            walls = find_lines(metal.flat, metal.excess, sought)
            tubes = midlines(walls, self._diameter)[:CANDIDATES]
            if tubes:
                return tubes
        # what is thick blooms as far as another one would reach
        thickest = self._diameter / 2 + BLOOMING_MM if self._trajectory.instrument.kind in ("needle", "trocar") else np.inf
        sought = Sought(self._diameter / 2 + CORRIDOR_MM, shortest, self._least_part, thickest, gap)
        return find_lines(metal.flat, metal.excess, sought)

    def _towards_tip(self, line: Line, stack: Stack, pose: FloatArray) -> Line:
        """The line with its direction from the hub to the tip: the way that the plan's path goes in.

        Where the line runs across that path, the hub is the end that is in the air.
        """
        planned, _ = stack.in_plane(rotate(inverse(pose), self._trajectory.direction))
        forward = float(planned @ line.direction)
        if abs(forward) < ACROSS:
            start, end = (self._tissue_beyond(line.point + s * line.direction, stack, pose) for s in (line.start, line.end))
            forward = end - start
        if forward >= 0:
            return line
        return Line(line.point, -line.direction, -line.end, -line.start, line.weight)

    def _tissue_beyond(self, flat: FloatArray, stack: Stack, pose: FloatArray) -> float:
        """The plan's HU at one end of a line, between air and soft tissue."""
        live = stack.to_live(flat, float(stack.places.mean()))
        return float(np.clip(self._planning.sample(apply(pose, live)), -1000, 0))

    def _unlikeness(self, line: Line, stack: Stack, pose: FloatArray, previous: Instrument | None) -> float:
        """How unlike the expected instrument a line is, mm: its distance from the planned path, or from the last one if nearer."""
        middle = float(stack.places.mean())
        tip = apply(pose, stack.to_live(line.point + line.end * line.direction, middle))
        forward = rotate(pose, stack.direction(line.direction))
        expected = [(self._trajectory.target, self._trajectory.direction)]
        if previous is not None and previous.tip is not None and previous.axis is not None:
            expected.append((previous.tip, previous.axis))
        normal = stack.slices[0].plane.normal
        costs = []
        for through, along in expected:
            inside = along - rotate(pose, normal) * (along @ rotate(pose, normal))
            offset = tip - through
            beside = offset - along * (offset @ along)
            costs.append(float(np.linalg.norm(beside)) + 0.5 * (angle_deg(forward, inside) if np.linalg.norm(inside) > 0.1 else 0.0))
        return min(costs) - 0.1 * min(line.length_mm, 60.0)

    def _shown(self, found: Measured, stack: Stack, pose: FloatArray) -> Instrument:
        """What is shown of a measured instrument: its tip and axis in plan coordinates, or why there is none."""
        p, sigma, flat = found.parameters, found.sigma, found.flat
        if found.leaves and stack.widest_gap > self._diameter / 2:
            reason = tr("The instrument's tip is not in the slices: it may be between them, in a gap of {gap:.1f} mm.")
            return Instrument(False, reason=reason.format(gap=stack.widest_gap))
        if found.leaves:
            return Instrument(False, reason=tr("The instrument leaves the slices: its tip is not in the image."))
        if not stack.inside_field(flat, 2.0):
            return Instrument(False, reason=tr("The instrument's tip is at the border of the image."))
        if sigma[U] > MOST_SIGMA_MM or found.misfit > (MOST_MISFIT if len(stack.slices) > 1 else MOST_MISFIT_OF_ONE):
            return Instrument(False, reason=tr("The instrument's tip cannot be told from the image."), unclear=True)
        forward = found.line.direction
        aside, normal = stack.direction(np.array([-forward[1], forward[0]])), stack.slices[0].plane.normal
        axis = unit(stack.direction(forward) + p[SLOPE_T] * aside + p[SLOPE_Z] * normal)
        tip, into = apply(pose, stack.to_live(flat, float(p[Z]))), rotate(pose, axis)
        if (self._planning.sample(tip + np.multiply.outer(DEPTHS_MM, into)) < AIR_BELOW_HU).all():
            return Instrument(False, reason=tr("Metal is seen on the skin only: it does not point into the patient."), doubtful=True)
        of_screw = max(SCREW_SIGMA, SCREW_SIGMA_A_MM * self._diameter)
        rough = {"screw": of_screw, "tube": TUBE_SIGMA}.get(self._trajectory.instrument.kind, 1.0)
        shade = min(max(float(p[SHADOW]) / SHADOW_HU, found.darkness / DARKNESS_HU), 1.0)
        along, across, through = SHADOW_SIGMA_MM
        through = max(through, SHADOW_OF_THICKNESS * stack.thickness)
        shadow_mm = shade * np.array([along + SHADOW_OF_POINT * float(p[POINT]), across, through])
        form_mm = np.array([FORM_SIGMA * self._diameter if self._trajectory.instrument.kind == "screw" else 0.0, 0.0, 0.0])
        sigma_mm = np.linalg.norm([rough * np.array(MODEL_SIGMA_MM), sigma[[U, T, Z]], shadow_mm, form_mm], axis=0)
        unsure = LEVER_MM + (LEVER_THICKNESS if len(stack.slices) > 1 else ONE_SLICE_LEVER) * stack.thickness
        lever_mm = rough * unsure + SHADOW_LEVER_MM * shade
        sigma_deg = float(np.degrees(np.linalg.norm([lever_mm / found.lever, sigma[SLOPE_T], sigma[SLOPE_Z]])))
        return Instrument(True, tip, into, sigma_mm, sigma_deg)
