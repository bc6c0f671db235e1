"""What the pixels leave open: whether an instrument is bent, how deep it lies in a slice, from which side it comes, whether its end is
its tip. The answer then covers all that explains the pixels as well."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.tracking.cylinder import CURVE_T, CURVE_Z, NAMES, SLOPE_T, SLOPE_Z, T, U, Z
from SlicerSpineGuide.tracking.cylinder_fit import CylinderFit, Fit
from SlicerSpineGuide.tracking.stack import Stack

BEND = 2e-4  # 1/mm, curvature; 3 mm off the chord over 125 mm are 1.5e-3
LEAST_BEND_GAIN, IN_THE_DARK = 2.0, 8.0  # of the log likelihood by a bend, against a straight instrument: in clean images, in streaks
BENDING_DARKNESS_HU = 200.0  # ... and where it is so dark beyond the tip: streaks seem to bend an instrument as well
CLEAR_BEND = 0.5  # ... and of its cost, so that it is clear there
OPEN_DEPTH = 0.05  # of the slices' thickness: an uncertainty from which on it is not left to one fit how deep an instrument lies
ANOTHER_DEPTH = 0.3  # ... so far from it another one may come to rest elsewhere
OPEN_COST = 2.0  # costs count so many times less where two solutions are weighed: errors of neighbouring pixels are alike
DEPTH_COST = 4.0  # ... and so many times where depths in a slice are: what is left out of the picture decides between them
THIN_MM = 0.2  # an instrument is no thicker than the slices by so much: it may lie in one of them alone
OUT_OF_QUESTION = 60.0  # of the log likelihood, by a part of the pixels and before the last step
FAR_WORSE = 4.0  # ... so many times, before the first: no step will make up for it
AHEAD_MM = 60.0  # where the tip of an instrument is thought that goes through the slices
CLEAR_MM = 0.5  # a tip so far from the stack's face, radius and uncertainty aside, needs no second hypothesis
SLACK_MM, STEADY_SLACK_MM = 0.2, 0.5  # beyond the stack's face: a tip so near it is partly in the slices, and does not flicker


def bent_or_straight(fit: CylinderFit, found: Fit, darkness: float) -> tuple[CylinderFit, Fit]:
    """The straight instrument `found`, a bent one, or what lies between, and the fit that it is of.

    darkness: HU beyond the tip. Streaks seem to bend an instrument as well: where it is dark, a bend has to explain more.
    """
    bent = fit.with_prior(fit.prior.bending(BEND))
    ahead, freely = bent.every(3).outlook(found.parameters)
    streaks = min(darkness / BENDING_DARKNESS_HU, 1.0)
    least = LEAST_BEND_GAIN + (IN_THE_DARK - LEAST_BEND_GAIN) * streaks
    if ahead < least / 2:
        return fit, _no_surer(found, freely)
    freed = bent.run(found.parameters, 8)
    gain = found.cost - freed.cost
    if gain < least:
        return fit, _no_surer(found, freely)
    clear = max(CLEAR_BEND * found.cost * darkness / BENDING_DARKNESS_HU, least)
    return bent, _between(freed, found, max(1 - gain / clear, 0.0))


def in_outermost_slice(found: Fit, stack: Stack, diameter_mm: float, seen_mm: float) -> bool:
    """Whether one that is thinner than the slices lies in the outermost of several alone, as far as it is seen."""
    outside = max(stack.low - found.parameters[Z], found.parameters[Z] - stack.high)
    thin = diameter_mm < stack.thickness + THIN_MM and abs(found.parameters[SLOPE_Z]) * seen_mm < stack.thickness
    return bool(len(stack.slices) > 1 and thin and outside > -stack.thickness)


def amid_its_slice(fit: CylinderFit, found: Fit, stack: Stack, alone: bool) -> Fit:
    """The fit; where the pixels hardly tell how deep it lies, the best of several, at the mean of the depths that explain them.

    alone: it lies in an outermost slice alone. Dull and deep in it, or bright and partly beyond it, it looks much the same.
    """
    open_ = float(np.sqrt(found.covariance[Z, Z])) >= OPEN_DEPTH * stack.thickness
    if len(stack.slices) == 1 or not (open_ or alone):
        return found
    deeper = stack.thickness * np.eye(len(NAMES))[Z]
    inwards = 1 if found.parameters[Z] < stack.middle else -1
    elsewhere = [fit.run(found.parameters + side * ANOTHER_DEPTH * deeper) for side in ((-1, 1) if open_ else (inwards,))]
    found = min((found, *elsewhere), key=lambda f: f.cost)
    parts, steps = np.linspace(-1.0, 1.0, 17), np.linspace(-0.8, 0.8, 9)  # of the thickness; of the metal's brightness, log
    costs = fit.every(4).costs_by_brightness(found.parameters + np.multiply.outer(parts, deeper), steps)
    weight = np.exp((costs.min() - costs) / DEPTH_COST).sum(axis=1)
    depths = stack.thickness * parts
    mean = float(weight @ depths / weight.sum())
    spread = float(weight @ (depths - mean) ** 2 / weight.sum())
    covariance = found.covariance.copy()
    covariance[Z, Z] = max(covariance[Z, Z], spread)
    return replace(found, parameters=found.parameters + mean / stack.thickness * deeper, covariance=covariance)


def with_its_mirror(fit: CylinderFit, found: Fit, stack: Stack, diameter_mm: float) -> Fit:
    """The fit, moved towards the same instrument mirrored in the stack's middle as far as that explains the pixels as well.

    One slice cannot tell from which of its sides an instrument comes; two that are thinner than the instrument hardly can. What
    is said then is the mean of the two, weighed by their likelihoods, with a spread that covers both.
    """
    if len(stack.slices) > 2 and stack.high - stack.low > 2 * diameter_mm:
        return found
    p = found.parameters.copy()
    p[Z], p[SLOPE_Z], p[CURVE_Z] = 2 * stack.middle - p[Z], -p[SLOPE_Z], -p[CURVE_Z]
    if len(stack.slices) == 1:
        other = replace(found, parameters=p, cost=fit.cost_at(p))
    else:
        rough = fit.every(2)  # which of the two is likelier is told by half of the pixels
        some = fit.every(4)
        here, there = some.cost_at(found.parameters), some.cost_at(p)
        if there > FAR_WORSE * here + OUT_OF_QUESTION or some.run(p, 5).cost > here + OUT_OF_QUESTION:
            return found
        other = rough.run(p)
        if rough.cost_at(found.parameters) - other.cost > 0:
            other = fit.run(other.parameters)
        else:
            other = replace(other, cost=found.cost + other.cost - rough.cost_at(found.parameters))
    best, rest = (found, other) if found.cost <= other.cost else (other, found)
    part = 1 / (1 + np.exp(min((rest.cost - best.cost) / OPEN_COST, 50.0)))
    same = np.isin(np.arange(len(p)), (Z, SLOPE_Z, CURVE_Z), invert=True)
    return _between(best, replace(rest, parameters=np.where(same, best.parameters, rest.parameters)), part)


def proof_of_tip(fit: CylinderFit, found: Fit, sigma_z: float, stack: Stack, may_bend: bool, steady: bool) -> float:
    """By how much of the log likelihood the end that is seen is a tip, rather than where the instrument leaves the slices, or comes
    into a gap between them."""
    p, radius = found.parameters, fit.model.radius
    slack = STEADY_SLACK_MM if steady else SLACK_MM
    low, high = stack.block(float(p[Z]), radius)
    if not low - slack < p[Z] < high + slack:
        return -np.inf
    to_face = high - p[Z] if p[SLOPE_Z] > 0 else p[Z] - low
    prior = fit.prior.bending(BEND) if may_bend else fit.prior  # a bend may lead out of the slices
    fit = fit.with_prior(prior.of_any_end())
    ways, part = _ways_through(p, low, high), fit.every(4)
    if len(stack.slices) > 1 and to_face > radius + 3 * sigma_z + CLEAR_MM:  # unless there is as much metal ahead, others' perhaps
        return np.inf if part.cost_at(p) < part.cost_at(ways[0]) else -np.inf
    ways = fit.ranked(ways)
    rough = part.run(ways[0], 6)
    clear = rough.cost - part.cost_at(p)
    return clear if clear > OUT_OF_QUESTION else fit.run(rough.parameters).cost - found.cost


def _ways_through(p: FloatArray, low: float, high: float) -> list[FloatArray]:
    """Instruments that go on beyond the end that is seen, out of one of the faces of the slices about it."""
    onwards = p.copy()
    onwards[U] += AHEAD_MM
    onwards[T] += p[SLOPE_T] * AHEAD_MM + 0.5 * p[CURVE_T] * AHEAD_MM**2
    onwards[SLOPE_T] += p[CURVE_T] * AHEAD_MM
    onwards[Z] += p[SLOPE_Z] * AHEAD_MM
    onwards[CURVE_Z] = 0.0
    ways = [onwards]
    for sign in (-1.0, 1.0):
        for steepness in (0.03, 0.06, 0.12, 0.25, abs(float(p[SLOPE_Z]))):
            way = onwards.copy()
            way[SLOPE_Z] = sign * steepness
            way[Z] = (high if sign > 0 else low) + way[SLOPE_Z] * AHEAD_MM
            ways.append(way)
    return ways


def _no_surer(found: Fit, covariance: FloatArray) -> Fit:
    """The straight instrument, its direction no surer than a bend leaves it that the pixels would not show."""
    wider = found.covariance.copy()
    for k in (SLOPE_T, SLOPE_Z):
        wider[k, k] = max(wider[k, k], covariance[k, k])
    return replace(found, covariance=wider)


def _between(best: Fit, other: Fit, part: float) -> Fit:
    """Two solutions of which neither is out of question: their mean, `part` of it the other's, with a spread that covers both."""
    apart = other.parameters - best.parameters
    spread = part * (1 - part) * np.outer(apart, apart)
    return replace(best, parameters=best.parameters + part * apart, covariance=best.covariance + spread)
