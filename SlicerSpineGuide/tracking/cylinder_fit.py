"""The cylinder that explains the pixels best, and how surely: Levenberg-Marquardt with robust weights and weak prior knowledge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.tracking.cylinder import BLUR, CURVE, METAL, NAMES, POINT, SLOPE_T, SLOPE_Z, Cylinder, Pixels

STEPS = np.array([0.3, 0.15, 0.3, 0.01, 0.02, 4e-4, 0.6, 0.25, 0.15])  # typical changes, in the parameters' units
LIMITS = {SLOPE_T: (-0.3, 0.3), SLOPE_Z: (-1.5, 1.5), CURVE: (-3e-3, 3e-3), METAL: (6.5, 11.0), BLUR: (-1.6, 0.2)}
DARKEST_HU = -150.0  # shadows beside metal are darker than any tissue that could be there: they count as this
PICTURE_ERROR = 0.07  # of the picture itself: what the model leaves out
STREAK_ERROR = 0.025  # of the brightest pixel, everywhere: streaks
SHARED_PIXELS = 6.0  # neighbouring pixels share their errors: so many count as one


@dataclass(frozen=True, eq=False)
class Prior:
    """What is known before looking: a mean and a standard deviation of each parameter, (9,) each."""

    mean: FloatArray
    sigma: FloatArray


@dataclass(frozen=True, eq=False)
class Fit:
    """parameters (9,), their covariance (9, 9), cost: half the weighted squares, effective pixels; misfit: rms in units of the expected."""

    parameters: FloatArray
    covariance: FloatArray
    cost: float
    misfit: float


def fit_cylinder(
    model: Cylinder, pixels: Pixels, prior: Prior, start: FloatArray, noise_hu: float, longest_point: float, iterations: int = 8
) -> Fit:
    """From `start` (9,) to the most likely parameters. noise_hu: of the pixels; longest_point: mm, bound of the conical tip."""
    objective = _Objective(model, pixels, prior, noise_hu, longest_point)
    p = objective.bounded(np.array(start, dtype=np.float64))
    rest, picture = objective.residual(p)
    cost, damping = objective.cost(rest, p), 1e-2
    for _ in range(iterations):
        hessian, slope = objective.normal_equations(p, rest, picture)
        improved = False
        for _ in range(4):
            step = -np.linalg.solve(hessian + damping * np.diag(np.diag(hessian)), slope)
            trial = objective.bounded(p + np.clip(step, -3, 3) * STEPS)
            trial_rest, trial_picture = objective.residual(trial)
            trial_cost = objective.cost(trial_rest, trial)
            if trial_cost < cost:
                improved = True
                break
            damping *= 6
        if not improved:
            break
        gain, moved = cost - trial_cost, np.abs((trial - p) / STEPS).max()
        p, rest, picture, cost, damping = trial, trial_rest, trial_picture, trial_cost, max(damping / 5, 1e-5)
        if moved < 0.03 or gain < 2e-3:
            break
    hessian, _ = objective.normal_equations(p, rest, picture)
    covariance = np.linalg.inv(hessian) * np.outer(STEPS, STEPS)
    return Fit(p, covariance, cost, float(np.sqrt(np.mean(np.minimum(rest**2, 9.0)))))


class _Objective:
    """Half the robust squares of what the picture leaves unexplained, and of the distance from the prior."""

    def __init__(self, model: Cylinder, pixels: Pixels, prior: Prior, noise_hu: float, longest_point: float) -> None:
        self._model, self._pixels, self._prior = model, pixels, prior
        self._limits = {**LIMITS, POINT: (0.0, longest_point)}
        self._seen = np.maximum(pixels.excess, DARKEST_HU)
        top = float(np.quantile(self._seen, 0.98)) if len(pixels) else 0.0
        self._floor = noise_hu**2 + (STREAK_ERROR * top) ** 2 + 40.0**2
        # the error expected of a pixel comes from what is seen, not from the trial: else a brighter trial would excuse itself
        self._sigma = np.sqrt(self._floor + (PICTURE_ERROR * np.clip(self._seen, 0, None)) ** 2)

    def bounded(self, p: FloatArray) -> FloatArray:
        for index, (low, high) in self._limits.items():
            p[index] = min(max(p[index], low), high)
        return p

    def residual(self, p: FloatArray) -> tuple[FloatArray, FloatArray]:
        picture = self._model.render(p, self._pixels)
        return (np.minimum(picture, self._pixels.ceiling) - self._seen) / self._sigma, picture

    def cost(self, rest: FloatArray, p: FloatArray) -> float:
        robust = 4.5 * np.log1p(rest**2 / 9.0)  # Cauchy, width 3
        prior = (p - self._prior.mean) / self._prior.sigma
        return float(robust.sum()) / SHARED_PIXELS + 0.5 * float(prior @ prior)

    def normal_equations(self, p: FloatArray, rest: FloatArray, picture: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Hessian (9, 9) and gradient (9,) per STEPS."""
        open_ = (picture < self._pixels.ceiling) / self._sigma
        jacobian = np.empty((len(NAMES), len(rest)))
        for k in range(len(NAMES)):
            if k == METAL:
                jacobian[k] = picture * STEPS[k] * open_
                continue
            moved = p.copy()
            moved[k] += 0.15 * STEPS[k]
            jacobian[k] = (self._model.render(moved, self._pixels) - picture) / 0.15 * open_
        weight = 1 / (1 + rest**2 / 9.0) / SHARED_PIXELS
        weighted = jacobian * weight
        pull = STEPS / self._prior.sigma
        hessian = weighted @ jacobian.T + np.diag(pull**2)
        slope = weighted @ rest + pull * (p - self._prior.mean) / self._prior.sigma
        return hessian, slope
