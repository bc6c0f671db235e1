"""The cylinder that explains the pixels best, and how surely: Levenberg-Marquardt with robust weights and weak prior knowledge."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.tracking.cylinder import (
    BLUR,
    CURVE_T,
    CURVE_Z,
    METAL,
    POINT,
    SCALE,
    SHADOW,
    SLOPE_T,
    SLOPE_Z,
    Cylinder,
    Floats,
    Pixels,
    T,
    U,
    Z,
)

STEPS = np.array([0.3, 0.15, 0.3, 0.01, 0.02, 4e-4, 8e-4, 0.6, 0.25, 0.15, 500.0, 0.02])  # typical changes, in the parameters' units
LIMITS = {
    SLOPE_T: (-0.3, 0.3),
    SLOPE_Z: (-1.5, 1.5),
    CURVE_T: (-4e-3, 4e-3),
    CURVE_Z: (-4e-3, 4e-3),
    METAL: (6.5, 11.0),
    BLUR: (-1.6, 0.2),
    SHADOW: (0.0, 2e4),
    SCALE: (0.6, 1.1),
}
DARKEST_HU = -150.0  # what is darker beside metal is its streaks, and counts as this
SHADE_HU, SHADE_MM = -600.0, 0.5  # ... but as this ahead of the tip, where an instrument explains it by its shadow
PICTURE_ERROR = 0.07  # of the picture itself: what the model leaves out
STREAK_ERROR = 0.025  # of the brightest pixel, everywhere: streaks
DARK_ERROR, MOST_DARK_HU = 0.25, 1000.0  # of the dark bands: where there are such, the bright ones are as strong
OTHER_ERROR_HU = 40.0  # anatomy that is not where the plan has it
BENDS = [CURVE_T, CURVE_Z]
LOOKED_AT = 8  # one pixel in so many tells which start is best
LONGEST_STEP, THIN_MM = 3.0, 1.5  # of one iteration, in STEPS; longer for an instrument of a larger radius than that
PLACE = [U, T, Z, SLOPE_T, SLOPE_Z]
FIRST_STEPS, DEEPEST = 2, 3  # of many starts: after so many iterations, so many go on
LEAST_GAIN, LEAST_ROUGH_GAIN = 0.1, 2.0  # of the log likelihood: what promises less is at rest; by a part of the pixels
TRUSTED = 0.1  # the damping up to which the parabola's promise holds
ROBUST_WIDTH = 3.0  # of Cauchy's weights, in expected errors


@dataclass(frozen=True, eq=False)
class Prior:
    """What is known before looking: a mean and a standard deviation of each parameter, (12,) each.

    long_tails: most instruments are straight and a few are clearly bent, so the bends' distribution is Cauchy's.
    """

    mean: FloatArray
    sigma: FloatArray
    long_tails: bool = False

    def bending(self, sigma: float) -> Prior:
        """The same of an instrument that may be bent."""
        wide = self.sigma.copy()
        wide[BENDS] = sigma
        return Prior(self.mean, wide, True)

    def of_any_end(self) -> Prior:
        """The same of an instrument that may end anywhere."""
        wide = self.sigma.copy()
        wide[[U, T, Z]] = 1e3
        return Prior(self.mean, wide, self.long_tails)


@dataclass(frozen=True, eq=False)
class Fit:
    """parameters (12,), their covariance (12, 12), cost (half the weighted squares), misfit (rms in units of the expected error), and
    whether it has come to rest in its iterations."""

    parameters: FloatArray
    covariance: FloatArray
    cost: float
    misfit: float
    at_rest: bool


def steps_apart(p: FloatArray, other: FloatArray) -> float:
    """How far two instruments (12,) lie apart, in STEPS of their place and direction."""
    return float(np.abs((p - other) / STEPS)[PLACE].max())


class CylinderFit:
    """One model, one set of pixels, one prior. noise_hu: of the pixels; longest_point: mm, bound of the conical tip."""

    def __init__(self, model: Cylinder, rough: Cylinder, pixels: Pixels, prior: Prior, noise_hu: float, longest_point: float) -> None:
        self.model, self._rough, self._pixels, self.prior = model, rough, pixels, prior
        self._low, self._high = np.full(len(STEPS), -np.inf), np.full(len(STEPS), np.inf)
        for index, limits in {**LIMITS, POINT: (0.0, longest_point)}.items():
            self._low[index], self._high[index] = limits
        thick = max(1.0, model.radius / THIN_MM)
        self._least_gain = LEAST_GAIN * thick
        self._reach = LONGEST_STEP * STEPS
        self._reach[PLACE] *= thick
        ahead = (np.abs(pixels.t) < model.radius + SHADE_MM) & (pixels.u > -SHADE_MM)
        self._floor = np.where(ahead, np.float32(SHADE_HU), np.float32(DARKEST_HU))
        self._seen = np.maximum(pixels.excess, self._floor)
        ordered = np.sort(pixels.excess) if len(pixels) else np.zeros(1)
        dark, top = float(ordered[len(ordered) // 20]), float(ordered[-1 - len(ordered) // 50])
        floor = (
            noise_hu**2 + (STREAK_ERROR * max(top, 0)) ** 2 + (DARK_ERROR * np.clip(-dark, 0, MOST_DARK_HU)) ** 2 + OTHER_ERROR_HU**2
        )
        # the error expected of a pixel comes from what is seen, not from the trial: else a brighter trial would excuse itself
        self._scale = 1 / np.sqrt(np.float32(floor) + (np.float32(PICTURE_ERROR) * np.clip(self._seen, 0, None)) ** 2)

    def cost_at(self, p: FloatArray) -> float:
        """Half the robust squares of what the picture of `p` leaves unexplained, and of its distance from the prior."""
        return float(self._cost(self._residual(self.model.render(p, self._pixels)), p))

    def costs_at(self, several: FloatArray) -> FloatArray:
        """The same of each of (k, 12): (k,)."""
        return self._cost(self._residual(self.model.render(several, self._pixels)), several)

    def costs_by_brightness(self, several: FloatArray, steps: FloatArray) -> FloatArray:
        """The same of each of (k, 12) with its metal brighter by each of (m,), log: (k, m)."""
        brighter = several[:, None] + steps[:, None] * np.eye(len(STEPS))[METAL]
        bare = np.where(np.arange(len(STEPS)) == SHADOW, 0.0, several)
        metal = self.model.render(bare, self._pixels)
        dark = metal - self.model.render(several, self._pixels)
        pictures = metal[:, None] * np.exp(steps, dtype=np.float32)[:, None] - dark[:, None]
        return self._cost(self._residual(pictures), brighter)

    def cost_of_nothing(self) -> float:
        """The cost of there being no instrument."""
        seen = np.maximum(self._seen, np.float32(DARKEST_HU))
        robust = ROBUST_WIDTH**2 / 2 * np.log1p((seen * self._scale / ROBUST_WIDTH) ** 2)
        return float(robust @ self._pixels.weight)

    def every(self, step: int) -> CylinderFit:
        """The same with one in `step` of its pixels: rough and fast."""
        part = copy(self)
        part.model, part._least_gain = self._rough, LEAST_ROUGH_GAIN
        part._pixels = self._pixels.every(step)
        part._floor, part._seen, part._scale = self._floor[::step], self._seen[::step], self._scale[::step]
        return part

    def with_prior(self, prior: Prior) -> CylinderFit:
        """The same with other prior knowledge."""
        other = copy(self)
        other.prior = prior
        return other

    def ranked(self, starts: list[FloatArray]) -> list[FloatArray]:
        """`starts`, the most likely first, by a part of the pixels: enough to tell which to begin with."""
        costs = self.every(LOOKED_AT).costs_at(np.array(starts))
        return [starts[k] for k in np.argsort(costs, kind="stable")]

    def outlook(self, p: FloatArray) -> tuple[float, FloatArray]:
        """By how much the log likelihood would grow from `p` to the top of the parabola that it seems to be there, and its
        covariance (12, 12)."""
        picture, slopes = self.model.render_with_slopes(p, self._pixels)
        hessian, slope = self._normal_equations(p, self._residual(picture), picture, slopes)
        inverse = np.linalg.inv(hessian)
        return 0.5 * float(slope @ inverse @ slope), np.asarray(inverse * np.outer(STEPS, STEPS), dtype=np.float64)

    def run(self, start: FloatArray, iterations: int = 10) -> Fit:
        """From `start` (12,) to the most likely parameters."""
        p = np.clip(np.array(start, dtype=np.float64), self._low, self._high)
        picture, slopes = self.model.render_with_slopes(p, self._pixels)
        rest = self._residual(picture)
        cost, damping = self._cost(rest, p), 1e-2
        hessian, slope = self._normal_equations(p, rest, picture, slopes)
        at_rest = False
        for _ in range(iterations):
            damped = hessian.copy()
            damped.flat[:: len(damped) + 1] *= 1 + damping
            step = np.asarray(-np.linalg.solve(damped, slope), dtype=np.float64)
            if damping <= TRUSTED and -0.5 * float(slope @ step) < self._least_gain:
                at_rest = True
                break
            trial = self._stepped(p, step)
            picture, slopes = self.model.render_with_slopes(trial, self._pixels)
            trial_rest = self._residual(picture)
            trial_cost = self._cost(trial_rest, trial)
            if not trial_cost < cost:  # nor where it is no number
                damping *= 8
                if damping > 1e4:
                    at_rest = True
                    break
                continue
            gain, moved = cost - trial_cost, np.abs((trial - p) / STEPS).max()
            p, rest, cost, damping = trial, trial_rest, trial_cost, max(damping / 5, 1e-5)
            hessian, slope = self._normal_equations(p, rest, picture, slopes)
            if moved < 0.05 or gain < self._least_gain:
                at_rest = True
                break
        covariance = np.asarray(np.linalg.inv(hessian) * np.outer(STEPS, STEPS), dtype=np.float64)
        return Fit(p, covariance, float(cost), float(np.sqrt(np.mean(np.minimum(rest**2, 9.0)))), at_rest)

    def approached(self, starts: list[FloatArray], iterations: int, kept: int = DEEPEST) -> tuple[FloatArray, float]:
        """Parameters (12,) and cost after so many iterations from the start that comes down deepest: all go down at once, after
        FIRST_STEPS the `kept` deepest alone."""
        p = np.clip(np.array(starts), self._low, self._high)
        picture, slopes = self.model.render_with_slopes(p, self._pixels)
        rest = self._residual(picture)
        cost, damping = self._cost(rest, p), np.full(len(p), 1e-2)
        hessian, slope = self._normal_equations(p, rest, picture, slopes)
        own = np.arange(len(STEPS))
        for k in range(iterations):
            if k == FIRST_STEPS:
                few = np.argsort(cost, kind="stable")[:kept]
                p, cost, damping, hessian, slope = p[few], cost[few], damping[few], hessian[few], slope[few]
            damped = hessian.copy()
            damped[:, own, own] *= 1 + damping[:, None]
            trial = self._stepped(p, np.asarray(-np.linalg.solve(damped, slope[..., None])[..., 0], dtype=np.float64))
            picture, slopes = self.model.render_with_slopes(trial, self._pixels)
            rest = self._residual(picture)
            trial_cost = self._cost(rest, trial)
            better = trial_cost < cost
            damping = np.where(better, np.maximum(damping / 5, 1e-5), damping * 8)
            hessian_there, slope_there = self._normal_equations(trial, rest, picture, slopes)
            p[better], cost[better] = trial[better], trial_cost[better]
            hessian[better], slope[better] = hessian_there[better], slope_there[better]
        deepest = int(np.argmin(cost))
        return p[deepest], float(cost[deepest])

    def _stepped(self, p: FloatArray, step: FloatArray) -> FloatArray:
        return np.asarray(np.clip(p + np.clip(step * STEPS, -self._reach, self._reach), self._low, self._high))

    # what follows takes p (12,), picture and rest (n,) and slopes (12, n), or one more axis before these: several at once

    def _residual(self, picture: Floats) -> Floats:
        return np.asarray((np.minimum(np.maximum(picture, self._floor), self._pixels.ceiling) - self._seen) * self._scale)

    def _cost(self, rest: Floats, p: FloatArray) -> FloatArray:
        robust = ROBUST_WIDTH**2 / 2 * np.log1p((rest / ROBUST_WIDTH) ** 2)
        prior = ((p - self.prior.mean) / self.prior.sigma) ** 2
        if self.prior.long_tails:
            prior[..., BENDS] = np.log1p(prior[..., BENDS])
        return np.asarray((robust @ self._pixels.weight).astype(np.float64) + 0.5 * prior.sum(axis=-1))

    def _normal_equations(self, p: FloatArray, rest: Floats, picture: Floats, slopes: Floats) -> tuple[FloatArray, FloatArray]:
        """Hessian (12, 12) and gradient (12,) per STEPS."""
        jacobian = slopes * STEPS.astype(np.float32)[:, None]
        seen = (picture < self._pixels.ceiling) & (picture > self._floor)
        jacobian *= np.where(seen, self._scale, np.float32(0))[..., None, :]
        weighted = jacobian * (self._pixels.weight / (1 + (rest / ROBUST_WIDTH) ** 2))[..., None, :]
        off = (p - self.prior.mean) / self.prior.sigma
        loose = np.ones_like(off)
        if self.prior.long_tails:
            loose[..., BENDS] = 1 / np.sqrt(1 + off[..., BENDS] ** 2)
        pull = loose * STEPS / self.prior.sigma
        hessian = (weighted @ jacobian.swapaxes(-1, -2)).astype(np.float64)
        own = np.arange(len(STEPS))
        hessian[..., own, own] += pull**2
        slope = (weighted @ rest[..., None])[..., 0] + pull * loose * off
        return hessian, slope
