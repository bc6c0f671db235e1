"""The instrument in CT slices: found as a straight line of new metal, measured by the cylinder that explains its pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, angle_deg, apply, inverse, rotate, unit
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.cylinder import BLUR, CURVE, METAL, POINT, SLOPE_T, SLOPE_Z, Cylinder, Pixels, T, U, Z
from SlicerSpineGuide.tracking.cylinder_fit import Fit, Prior, fit_cylinder
from SlicerSpineGuide.tracking.instrument import Instrument
from SlicerSpineGuide.tracking.lines import Line, find_lines
from SlicerSpineGuide.tracking.new_metal import metal_mask, new_metal, noise_of, threshold
from SlicerSpineGuide.tracking.stack import Stack
from SlicerSpineGuide.translation import tr

MASK_MARGIN_MM = 3.0
SHORTEST_MM = 8.0
CORRIDOR_MM = 0.8  # beyond the instrument's radius
LEAST_METAL_HU = 1500.0
LEAST_GAIN = 15.0  # of the log likelihood by the instrument, against there being none
LEAST_PROOF = 4.0  # ... by a tip in the slices, against an instrument that goes through them
MOST_MISFIT, MOST_SIGMA_MM = 2.2, 2.0
AHEAD_MM = 60.0  # where the tip of an instrument is thought that goes through the slices
MODEL_SIGMA_MM, MODEL_SIGMA_DEG = (0.15, 0.08, 0.08), 0.15  # what a perfect fit would still get wrong


class InstrumentTracker:
    """Finds the instrument of one trajectory. The plan says what to look for, which of several lines of metal is meant, and which
    end is the tip; it never makes a detection."""

    def __init__(self, trajectory: Trajectory, planning: Volume) -> None:
        self._trajectory, self._planning = trajectory, planning
        self._diameter = trajectory.instrument.diameter_mm

    def metal_masks(self, slices: Sequence[Slice]) -> list[npt.NDArray[np.bool_]]:
        """Per slice, the pixels (rows, columns) that metal and its halo cover: for the registration to leave out."""
        return [metal_mask(image, MASK_MARGIN_MM) for image in slices]

    def track(self, slices: Sequence[Slice], registration: Registration, previous: Instrument | None = None) -> Instrument:
        """The instrument in slices (parallel, in live LPS), in plan coordinates through `registration`.

        previous: the instrument of the frame before; where two lines of metal are as near to the plan, the one it was continues.
        visible is False, with the reason, where no instrument is found or its tip is not inside the slices.
        """
        pose = registration.plan_from_live
        if pose is None or not slices:
            return Instrument(False, reason=tr("Without a registration the instrument has no place in the plan."))
        stack = Stack.of(slices, noise_of(slices[len(slices) // 2]))
        least = threshold(self._diameter, stack.thickness, stack.noise)
        metal = new_metal(self._planning, pose, stack.slices, least)
        shortest = max(SHORTEST_MM, 2.0 * self._diameter)
        lines = find_lines(metal.flat, metal.excess, self._diameter / 2 + CORRIDOR_MM, shortest)
        lines = [self._towards_tip(line, stack, pose) for line in lines if line.width_mm < self._diameter / 2 + CORRIDOR_MM]
        lines.sort(key=lambda line: self._unlikeness(line, stack, pose, previous))
        answer = Instrument(False, reason=tr("No instrument is seen in the image."))
        for line in lines[:3]:
            measured = self._measure(line, stack, pose)
            if measured is not None:
                return measured
        return answer

    def _towards_tip(self, line: Line, stack: Stack, pose: FloatArray) -> Line:
        """The line with its direction from the hub to the tip: the tip is where the plan's path goes in."""
        planned, _ = stack.in_plane(rotate(inverse(pose), self._trajectory.direction))
        if planned @ line.direction >= 0:
            return line
        return Line(line.point, -line.direction, -line.end, -line.start, line.weight, line.width_mm)

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

    def _measure(self, line: Line, stack: Stack, pose: FloatArray) -> Instrument | None:
        """The instrument of a line, visible or not; None where the line is no instrument."""
        pixels = stack.along(line, self._diameter / 2, self._planning, pose)
        model = Cylinder(self._diameter, stack.thickness)
        prior = self._prior(line, stack, pose)
        inside = self._best(model, pixels, prior, self._starts(pixels, prior, stack), stack)
        nothing = self._cost_of_nothing(model, pixels, prior, stack)
        if nothing - inside.cost < LEAST_GAIN or inside.parameters[METAL] < np.log(LEAST_METAL_HU) or inside.misfit > MOST_MISFIT:
            return None
        p, sigma = inside.parameters, np.sqrt(np.diag(inside.covariance))
        through = self._through(model, pixels, prior, p, stack)
        if not stack.low < p[Z] < stack.high or through.cost - inside.cost < LEAST_PROOF:
            return Instrument(False, reason=tr("The instrument leaves the slices: its tip is not in the image."))
        end = line.point + line.end * line.direction
        flat = end + p[U] * line.direction + p[T] * np.array([-line.direction[1], line.direction[0]])
        if not stack.inside_field(flat, 2.0):
            return Instrument(False, reason=tr("The instrument's tip is at the border of the image."))
        if sigma[U] > MOST_SIGMA_MM:
            return Instrument(False, reason=tr("The instrument's tip cannot be told from the image."))
        return self._placed(line, p, sigma, stack, pose, flat)

    def _prior(self, line: Line, stack: Stack, pose: FloatArray) -> Prior:
        """What is known of an instrument along `line` before its pixels are looked at."""
        flat, along_normal = stack.in_plane(rotate(inverse(pose), self._trajectory.direction))
        forward = float(flat @ line.direction)
        slope = float(np.clip(along_normal / max(forward, 0.2), -1, 1))
        half = (stack.high - stack.low) / 2
        d = self._diameter
        mean = np.array([0.0, 0.0, (stack.low + stack.high) / 2, 0.0, slope, 0.0, 0.5 * d, np.log(8000.0), np.log(0.6)])
        sigma = np.array([10.0, 2.0, half + d / 2, 0.1, 0.15, 4e-4, 0.6 * d, 0.8, 0.3])
        return Prior(mean, sigma)

    def _starts(self, pixels: Pixels, prior: Prior, stack: Stack) -> list[FloatArray]:
        start = prior.mean.copy()
        start[POINT] = 0.3 * self._diameter
        if len(stack.slices) == 1:
            flat = start.copy()
            flat[SLOPE_Z] = 0.0
            return [start, flat] if abs(start[SLOPE_Z]) > 0.03 else [flat]
        start[Z], start[SLOPE_Z] = _depth(pixels, start[Z], start[SLOPE_Z])
        return [start]

    def _best(self, model: Cylinder, pixels: Pixels, prior: Prior, starts: list[FloatArray], stack: Stack) -> Fit:
        longest = 1.5 * self._diameter
        return min((fit_cylinder(model, pixels, prior, start, stack.noise, longest) for start in starts), key=lambda f: f.cost)

    def _through(self, model: Cylinder, pixels: Pixels, prior: Prior, p: FloatArray, stack: Stack) -> Fit:
        """The best fit of an instrument that goes on, out of the slices, where its metal ends."""
        sigma = prior.sigma.copy()
        sigma[[U, T, Z]] = 1e3
        starts = []
        for sign in (-1.0, 1.0) if abs(p[SLOPE_Z]) < 0.02 else (np.sign(p[SLOPE_Z]),):
            start = p.copy()
            start[SLOPE_Z] = sign * max(abs(p[SLOPE_Z]), 0.05)
            face = stack.high if sign > 0 else stack.low
            start[U] += AHEAD_MM
            start[T] += p[SLOPE_T] * AHEAD_MM + 0.5 * p[CURVE] * AHEAD_MM**2
            start[SLOPE_T] += p[CURVE] * AHEAD_MM
            start[Z] = face + start[SLOPE_Z] * AHEAD_MM
            starts.append(start)
        return self._best(model, pixels, Prior(prior.mean, sigma), starts, stack)

    def _cost_of_nothing(self, model: Cylinder, pixels: Pixels, prior: Prior, stack: Stack) -> float:
        far = prior.mean.copy()
        far[U] = -1e3
        return fit_cylinder(model, pixels, Prior(far, prior.sigma), far, stack.noise, 0.0, iterations=0).cost

    def _placed(self, line: Line, p: FloatArray, sigma: FloatArray, stack: Stack, pose: FloatArray, flat: FloatArray) -> Instrument:
        aside, normal = stack.direction(np.array([-line.direction[1], line.direction[0]])), stack.slices[0].plane.normal
        axis = unit(stack.direction(line.direction) + p[SLOPE_T] * aside + p[SLOPE_Z] * normal)
        tip = apply(pose, stack.to_live(flat, float(p[Z])))
        sigma_mm = np.hypot(MODEL_SIGMA_MM, sigma[[U, T, Z]])
        sigma_deg = float(np.hypot(MODEL_SIGMA_DEG, np.degrees(np.hypot(sigma[SLOPE_T], sigma[SLOPE_Z]))))
        return Instrument(True, tip, rotate(pose, axis), sigma_mm, sigma_deg)


def _depth(pixels: Pixels, z: float, slope: float) -> tuple[float, float]:
    """Where the metal lies along the normal at u = 0, and its slope: the centroids of the slices' shares along u."""
    weight = np.clip(pixels.excess, 0, 3000) * ((pixels.u < -2) & (pixels.excess > 400))
    edges = np.arange(-42, 0, 4.0)
    bins = np.digitize(pixels.u, edges)
    mass = np.bincount(bins, weight, minlength=len(edges) + 1)
    centre = np.bincount(bins, weight * pixels.z, minlength=len(edges) + 1) / np.maximum(mass, 1e-9)
    use = np.flatnonzero(mass[1:-1] > 0.3 * mass.max(initial=1.0)) + 1
    if len(use) < 3:
        return z, slope
    fitted = np.polyfit(edges[use - 1] + 2.0, centre[use], 1)
    return float(fitted[1]), float(fitted[0])


__all__ = ["BLUR", "InstrumentTracker"]
