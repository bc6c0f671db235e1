"""From a line of metal to a tip and an axis: what the pixels say and leave open, and whether the tip is in the slices at all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, inverse, rotate
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.tracking.cylinder import (
    BLUR,
    METAL,
    NAMES,
    POINT,
    ROUGH,
    SCALE,
    SLOPE_Z,
    Pixels,
    T,
    U,
    Z,
    cylinder,
)
from SlicerSpineGuide.tracking.cylinder_fit import DEEPEST, CylinderFit, Fit, Prior, steps_apart
from SlicerSpineGuide.tracking.left_open import amid_its_slice, bent_or_straight, in_outermost_slice, proof_of_tip, with_its_mirror
from SlicerSpineGuide.tracking.lines import Line
from SlicerSpineGuide.tracking.stack import Stack

LEAST_METAL_HU = 1500.0
LEAST_GAIN = 12.0  # of the log likelihood by the instrument, against there being none
LEAST_PROOF = 4.0  # ... by a tip in the slices, against an instrument that goes through them
LEAST_PROOF_OF_ONE = 30.0  # ... where there is one slice, in which a shaft fades out that runs along its face
STEADY_PROOF = 1.5  # ... where the tip of the frame before was in them: a tip at the stack's face does not flicker
LEAST_EXPLAINED = 0.45  # of the cost of there being none
LOOKS = 5
THICK_FROM_MM = 5.0
ROUGHLY, NEARLY, ROUGH_STEPS = 8, 3, 6  # one pixel in so many, from so many starts: where a thick one lies
HOPELESS_THICK, HOPELESS = 0.3, 0.1  # of the cost of there being none; what explains less need not be looked at closely
CLEARLY_WORSE = 5.0  # of the log likelihood, by a part of the pixels
SAME_PLACE = 5.0  # steps from where a fit rests another one would come to rest there as well
AT_FACE = 1 / 3  # of a slice: an end so near the stack's outer face is looked for deeper as well
MOST_MISFIT, GOOD_MISFIT, GOOD_MISFIT_OF_THICK = 2.4, 0.9, 1.5
LONGEST_SHAFT_MM, LONGEST_SCREW_MM = 60.0, 35.0  # so much of it behind the tip is looked at: a screw's head is no cylinder
BEFORE_MM = 10.0  # ... and so much beyond where its metal begins
SHORTEST_LEVER_MM = 5.0
STRAIGHT = 3e-5  # 1/mm, curvature
SHADOW_HU = 1500.0  # deep
MOST_SHORT_MM = 8.0  # of where metal is seen to: streaks may be as long
LEAST_SEEN_MM, LEAST_SEEN, LEAST_OF_SCREW = 6.5, 1.6, 2.8  # of its length, in diameters: more than a screw's head is wide or long
SUSPECT_MISFIT, THICKER_MM = 1.0, 3.5  # what explains no better may be something thicker by about that
TRULY_THICKER, AS_GOOD = 0.75, 1.6  # ... in parts of that thickness, where it costs no more: starved rays seem to thicken by less
STEEPEST = 0.95  # of the axis against the slices, rise by run
MOVED_MM = 2.5  # an end that the fit puts so far from where the threshold saw it is looked at again
LONGEST_POINT, POINT_MEAN, POINT_SIGMA = 1.5, 0.7, 0.35  # in diameters: bevels and points of 20 to 45 degrees
LONGEST_SCREW_POINT, SCREW_POINT_MEAN, SCREW_POINT_SIGMA = 2.5, 0.9, 0.6  # ... and a screw's thread tapers over 5 to 15 mm
TUBE_WALL_MM = 1.1
USUAL_SCALE = (1.0, 1e-3)  # how thick it is, in parts of its package's diameter: mean and standard deviation
SCREW_SCALE = (0.95, 0.06)  # ... of the mean of a thread, which may be shallow
METAL_HU, METAL_SPREAD = 8000.0, 0.8  # mean, and standard deviation of the logarithm
SCREW_METAL_HU, SCREW_METAL_SPREAD = 9000.0, 0.2  # ... of what is so thick that its rays are hardened, titanium or steel
BLUNT, LONGER_MM = 0.35, 2.0  # a thick one's point that is shorter, in diameters, is looked at once more, so much longer

ALONG, POINTED = np.eye(len(NAMES))[[U, POINT]]


@dataclass(frozen=True, eq=False)
class Measured:
    """tip flat (2,) and place: mm in the stack's frame; slope_t, slope_z of the axis against `line`; sigma (12,) of the parameters.

    leaves: the end that is seen is not the tip, the instrument goes on beyond the slices. misfit: rms, in expected errors.
    lever: mm of the shaft that the axis was measured over. darkness: HU, of the shadow beyond the tip.
    """

    line: Line
    parameters: FloatArray
    sigma: FloatArray
    leaves: bool
    misfit: float
    lever: float
    darkness: float

    @property
    def flat(self) -> FloatArray:
        aside = np.array([-self.line.direction[1], self.line.direction[0]])
        end = self.line.point + self.line.end * self.line.direction
        return np.asarray(end + self.parameters[U] * self.line.direction + self.parameters[T] * aside)


class Measurement:
    """Measures lines of metal in one frame: `stack` in live coordinates, `pose` plan_from_live."""

    def __init__(self, trajectory: Trajectory, planning: Volume, stack: Stack, pose: FloatArray) -> None:
        self._planning, self._stack, self._pose = planning, stack, pose
        self._planned = rotate(inverse(pose), trajectory.direction)
        self._diameter = trajectory.instrument.diameter_mm
        tube, screw = trajectory.instrument.kind == "tube", trajectory.instrument.kind == "screw"
        bore = self._diameter - 2 * TUBE_WALL_MM if tube else 0.0
        self._tube = tube
        self._thick = tube or self._diameter >= THICK_FROM_MM
        self._stiff = self._thick or screw  # it does not bend
        self._least_seen = max(LEAST_SEEN_MM, (LEAST_OF_SCREW if screw else LEAST_SEEN) * self._diameter)
        self._model = cylinder(self._diameter, stack.thickness, bore)
        self._rough = cylinder(self._diameter, stack.thickness, bore, ROUGH) if self._thick and not tube else self._model
        self._scale = SCREW_SCALE if screw else USUAL_SCALE
        self._metal = (SCREW_METAL_HU, SCREW_METAL_SPREAD) if screw else (METAL_HU, METAL_SPREAD)
        self._shaft_mm = min(LONGEST_SCREW_MM if screw else LONGEST_SHAFT_MM, trajectory.instrument.length_mm)
        longest, *of_point = (
            (LONGEST_SCREW_POINT, SCREW_POINT_MEAN, SCREW_POINT_SIGMA) if screw else (LONGEST_POINT, POINT_MEAN, POINT_SIGMA)
        )
        self._longest_point = 0.0 if tube else longest * self._diameter
        self._point_mean, self._point_sigma = (0.0, 0.1) if tube else (part * self._diameter for part in of_point)

    def of(self, line: Line, steady: bool = False) -> Measured | None:
        """The instrument of a line; None where the line is no instrument of the expected diameter.

        steady: it continues the frame before, whose tip was in the slices: less proof that it still is will do.
        """
        seen_to = line.end
        for _ in range(LOOKS):
            pixels = self._stack.along(line, self._diameter / 2, self._shaft_of(line), self._planning, self._pose, self._tube)
            prior = self._prior(line)
            fit, found = self._inside(pixels, prior)
            if found is None:
                return None
            shift = float(found.parameters[U])
            if abs(shift) < MOVED_MM or line.length_mm + shift < 5.0:
                break
            line = replace(line, end=line.end + shift)
        else:
            return None  # metal of another shape: its end runs away from the fit
        nothing = fit.cost_of_nothing()
        if nothing - found.cost < max(LEAST_GAIN, LEAST_EXPLAINED * nothing):
            return None
        if found.parameters[METAL] < np.log(LEAST_METAL_HU) or found.misfit > MOST_MISFIT:
            return None
        if seen_to - line.end - shift > MOST_SHORT_MM or line.length_mm + shift < self._least_seen:
            return None  # there is more metal ahead of it, or too little behind
        if abs(found.parameters[SLOPE_Z]) > STEEPEST or self._thicker(fit, found, pixels):
            return None
        alone = in_outermost_slice(found, self._stack, self._diameter, min(self._shaft_mm, line.length_mm))
        found = amid_its_slice(fit, found, self._stack, alone)
        found, sigma_z = with_its_mirror(fit, found, self._stack, self._diameter), float(np.sqrt(found.covariance[Z, Z]))
        sigma = np.sqrt(np.diag(found.covariance))
        lever = max(min(self._shaft_mm, line.length_mm, self._until_a_gap(found)), SHORTEST_LEVER_MM)
        proof = proof_of_tip(fit, found, sigma_z, self._stack, not self._stiff, steady)
        least = LEAST_PROOF if len(self._stack.slices) > 1 else LEAST_PROOF_OF_ONE
        leaves = proof < (STEADY_PROOF if steady else least)
        return Measured(line, found.parameters, sigma, leaves, found.misfit, lever, pixels.darkness)

    def _thicker(self, fit: CylinderFit, found: Fit, pixels: Pixels) -> bool:
        """Whether a much thicker solid explains the pixels about as well: a screw that is in already is no trocar."""
        if self._stiff or found.misfit < SUSPECT_MISFIT:
            return False
        diameter = round(self._diameter + THICKER_MM, 3)
        mean, sigma = fit.prior.mean.copy(), fit.prior.sigma.copy()
        mean[[POINT, SCALE]], sigma[[POINT, SCALE]] = (POINT_MEAN * diameter, 0.8), (POINT_MEAN * diameter, 0.3)
        model = cylinder(diameter, self._stack.thickness)
        other = CylinderFit(model, model, pixels, Prior(mean, sigma), self._stack.noise, LONGEST_POINT * diameter)
        start = np.where(np.isin(np.arange(len(NAMES)), (SCALE, METAL, BLUR)), mean, found.parameters)
        thicker = other.every(2).run(start)
        wide = float(thicker.parameters[SCALE]) > TRULY_THICKER
        return wide and thicker.cost < AS_GOOD * fit.every(2).cost_at(found.parameters)

    def _until_a_gap(self, found: Fit) -> float:
        """mm behind the tip to where the shaft comes into a gap between the slices, or leaves them."""
        place, slope = float(found.parameters[Z]), float(found.parameters[SLOPE_Z])
        low, high = self._stack.block(place, self._diameter / 2)
        behind = (place - low if slope > 0 else high - place) + self._diameter / 2
        return behind / max(abs(slope), 1e-6)

    def _shaft_of(self, line: Line) -> float:
        """How far behind the tip the pixels are looked at: not beyond where the shaft is seen, but enough to see that it begins; with
        gaps between the slices, where the next ones would show it."""
        gaps = self._stack.widest_gap > self._diameter / 2
        return self._shaft_mm if gaps else min(self._shaft_mm, line.length_mm + BEFORE_MM)

    def _prior(self, line: Line) -> Prior:
        """What is known of an instrument along `line` before its pixels are looked at."""
        flat, along_normal = self._stack.in_plane(self._planned)
        slope = float(np.clip(along_normal / max(float(flat @ line.direction), 0.2), -1, 1))
        half, d = (self._stack.high - self._stack.low) / 2, self._diameter
        (metal, metal_spread), (scale, scale_sigma) = self._metal, self._scale
        mean = [0.0, 0.0, self._stack.middle, 0.0, slope, 0.0, 0.0, self._point_mean, np.log(metal), np.log(0.6), 0.0, scale]
        sigma = [10.0, 2.0, half + d / 2, 0.1, 0.15, STRAIGHT, STRAIGHT, self._point_sigma, metal_spread, 0.3, SHADOW_HU, scale_sigma]
        return Prior(np.array(mean), np.array(sigma))

    def _inside(self, pixels: Pixels, prior: Prior) -> tuple[CylinderFit, Fit | None]:
        """The best fit of an instrument whose tip is about where its metal ends; None where it hardly explains anything."""
        seen = _depth(pixels, self._stack.middle, float(prior.mean[SLOPE_Z]))
        planned = float(prior.mean[SLOPE_Z])
        starts = []
        part = self._stack.thickness / 3  # metal in one slice only leaves open where in it
        around = [(seen[0] + k * part, slope) for k in (-1, 0, 1) for slope in (planned, seen[1])]
        for z, slope in [(self._stack.middle, planned), (self._stack.middle, 0.0), (self._stack.middle, -seen[1]), *around]:
            start = prior.mean.copy()
            start[Z], start[SLOPE_Z] = z, slope
            starts.append(start)
        fit, found = self._straight(pixels, prior, starts)
        if found is None:
            return fit, None
        if not found.at_rest:
            found = fit.run(found.parameters)
        return (fit, found) if self._stiff else bent_or_straight(fit, found, pixels.darkness)

    def _straight(self, pixels: Pixels, prior: Prior, starts: list[FloatArray]) -> tuple[CylinderFit, Fit | None]:
        """The best fit of a straight instrument, from the best of `starts`; None where it hardly explains anything."""
        fit = CylinderFit(self._model, self._rough, pixels, prior, self._stack.noise, self._longest_point)
        some, starts = fit.every(ROUGHLY), fit.ranked(starts)
        nothing = some.cost_of_nothing()
        found = fit.run(fit.every(NEARLY).run(starts[0], ROUGH_STEPS).parameters if self._thick else starts[0])
        good, hopeless = (GOOD_MISFIT_OF_THICK, HOPELESS_THICK) if self._thick else (GOOD_MISFIT, HOPELESS)
        at_face = self._at_face(found)
        if found.misfit > good or at_face:  # perhaps it has come from the wrong side
            start, cost = some.approached(starts[1:], ROUGH_STEPS, len(starts) if self._tube or at_face else DEEPEST)
            here = some.cost_at(found.parameters)
            if nothing - min(cost, here) < hopeless * nothing:
                return fit, None
            elsewhere = not found.at_rest or steps_apart(start, found.parameters) > SAME_PLACE
            if elsewhere and cost < here + CLEARLY_WORSE:
                found = min((found, fit.run(start)), key=lambda f: f.cost)
        if self._thick and not self._tube:
            found = min((found, *(fit.run(other) for other in self._other_ends(fit, found))), key=lambda f: f.cost)
        return fit, found

    def _at_face(self, found: Fit) -> bool:
        """Whether a thin one ends at the outer face of several slices: one that lies deeper and is duller may look much the same."""
        near = AT_FACE * self._stack.thickness
        inside = self._stack.low + near < found.parameters[Z] < self._stack.high - near
        return len(self._stack.slices) > 1 and not self._thick and not inside

    def _other_ends(self, fit: CylinderFit, found: Fit) -> list[FloatArray]:
        """Starts from which a thick solid may come to rest at a likelier end."""
        ends = [found.parameters + mm * ALONG for mm in (0.0, 2.0, -2.0, -1.0, 1.0, 3.0)]  # a blunt end hardly pulls
        farther = fit.ranked(ends)[0]
        others = [] if farther is ends[0] else [farther]
        if found.parameters[POINT] < BLUNT * self._diameter:  # a short point may rest where a longer one begins
            others.append(found.parameters + LONGER_MM * (ALONG + POINTED))
        return others


def _depth(pixels: Pixels, z: float, slope: float) -> tuple[float, float]:
    """Where the metal lies along the normal at u = 0, and its slope: the centroids of the slices' shares along u.

    z, slope: where there is no metal; a short stretch of it only tells where it lies.
    """
    weight = pixels.weight * np.clip(pixels.excess, 0, 3000) * ((pixels.u < -2) & (pixels.excess > 400))
    edges = np.arange(-56, 0, 4.0)
    bins = np.digitize(pixels.u, edges)
    mass = np.bincount(bins, weight, minlength=len(edges) + 1)
    centre = np.bincount(bins, weight * pixels.z, minlength=len(edges) + 1) / np.maximum(mass, 1e-9)
    use = np.flatnonzero(mass[1:-1] > 0.3 * mass.max(initial=1.0)) + 1
    if len(use) < 3:
        total = float(weight.sum())
        return (float(weight @ (pixels.z - slope * pixels.u)) / total if total > 0 else z), slope
    along, across = edges[use - 1] + 2.0, centre[use]
    off = along - along.mean()
    rise = float(off @ across / (off @ off))
    return float(across.mean() - rise * along.mean()), float(np.clip(rise, -1.0, 1.0))
