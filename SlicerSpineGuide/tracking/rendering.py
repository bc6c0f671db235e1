"""A forward model of an instrument in CT slices, and its fit: the picture that a tip and an axis would make, against the one there is.

A cylinder with a conical point, averaged over each slice's thickness, blurred by the in-plane point spread function, scaled by the
metal's HU and clipped where the scanner clips. Fitted by Levenberg-Marquardt with finite differences over a patch around the tip.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from SlicerSpineGuide.geometry import FloatArray

STEP_MM = 0.5
PARAMETERS = ("s", "t", "z", "slope_t", "slope_z", "point", "hu", "blur")
SCALES = np.array([0.3, 0.2, 0.4, 0.01, 0.02, 0.5, 0.15, 0.05])  # typical sizes of a step, for the differences and the damping
BLUR_MM = (0.4, 1.1)


@dataclass(frozen=True)
class Shape:
    """The instrument in a patch's frame: tip at (s, t, z) mm, the axis rising by slope_t and slope_z per mm of s; `point` mm is the
    length of the conical point, 0 blunt; hu: log of the metal's HU; blur: sigma of the in-plane point spread, mm."""

    s: float
    t: float
    z: float
    slope_t: float = 0.0
    slope_z: float = 0.0
    point: float = 0.0
    hu: float = 9.0
    blur: float = 0.65

    def vector(self) -> FloatArray:
        return np.array([getattr(self, name) for name in PARAMETERS])

    def moved(self, step: FloatArray) -> Shape:
        return Shape(*(self.vector() + step))


@dataclass(frozen=True, eq=False)
class Patch:
    """What is to be explained: excess HU (slices, along, across) at s (along,), t (across,) in slices at `positions` (slices,) mm."""

    excess: FloatArray
    s: FloatArray
    t: FloatArray
    positions: FloatArray
    thickness: float
    radius: float
    ceiling: FloatArray  # like excess: HU at which it is clipped
    noise: float = 150.0

    def render(self, shape: Shape) -> FloatArray:
        """The picture of `shape`, before clipping."""
        behind = shape.s - self.s[:, None]
        across = self.t - shape.t + shape.slope_t * behind
        radius = np.clip(behind / max(shape.point, 0.25), 0.0, 1.0) * self.radius
        half = np.sqrt(np.clip(radius**2 - across**2, 0.0, None))
        middle = shape.z - shape.slope_z * behind
        top = np.minimum(middle + half, self.positions[:, None, None] + self.thickness / 2)
        bottom = np.maximum(middle - half, self.positions[:, None, None] - self.thickness / 2)
        filled = np.clip(top - bottom, 0.0, None) / self.thickness
        return np.exp(shape.hu) * _blur(_blur(filled, 1, shape.blur), 2, shape.blur)

    def residual(self, shape: Shape) -> FloatArray:
        """(n,) what is not explained, in units of its own uncertainty: noise, and a tenth of the picture."""
        picture = np.minimum(self.render(shape), self.ceiling)
        rest = (picture - self.excess) / (self.noise + 0.1 * picture)
        return np.asarray(rest / np.sqrt(1.0 + (rest / 4.0) ** 2)).ravel()


def _blur(values: FloatArray, axis: int, sigma: float) -> FloatArray:
    reach = int(np.ceil(3 * BLUR_MM[1] / STEP_MM))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * STEP_MM / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(values, [(reach, reach) if k == axis else (0, 0) for k in range(3)], mode="edge")
    out = np.zeros_like(values)
    length = values.shape[axis]
    for k, weight in enumerate(kernel):
        out += weight * np.take(padded, range(k, k + length), axis=axis)
    return out


@dataclass(frozen=True, eq=False)
class Fit:
    """The best shape, the covariance (8, 8) of its parameters, and the rms of what is left unexplained (about 1 where it is true)."""

    shape: Shape
    covariance: FloatArray
    rms: float


def fit(patch: Patch, start: Shape, longest_point: float, free: tuple[str, ...] = PARAMETERS, iterations: int = 12) -> Fit:
    """The shape that explains the patch best, from `start`; parameters not in `free` stay as they are."""
    active = np.array([name in free for name in PARAMETERS])
    scales = SCALES[active]
    shape, rest, damping = start, patch.residual(start), 1e-2
    normal = np.eye(len(scales))
    for _ in range(iterations):
        jacobian = np.stack([_difference(patch, shape, rest, k) for k in np.flatnonzero(active)], axis=1)
        normal, slope = jacobian.T @ jacobian, jacobian.T @ rest
        step = -np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-3), slope)
        step = np.clip(step, -4, 4) * scales
        moved = np.zeros(len(PARAMETERS))
        moved[active] = step
        trial = shape.moved(moved)
        trial = replace(trial, point=float(np.clip(trial.point, 0.0, longest_point)), blur=float(np.clip(trial.blur, *BLUR_MM)))
        trial_rest = patch.residual(trial)
        if trial_rest @ trial_rest < rest @ rest:
            shape, rest, damping = trial, trial_rest, damping / 3
            if np.abs(step / scales).max() < 0.05:
                break
        else:
            damping *= 5
    covariance = np.zeros((len(PARAMETERS),) * 2)
    prior = np.diag(np.full(len(scales), 0.05))
    spread = np.linalg.inv(normal + prior) * max(1.0, float(rest @ rest) / rest.size)
    covariance[np.ix_(active, active)] = spread * np.outer(scales, scales)
    return Fit(shape, covariance, float(np.sqrt(np.mean(rest**2))))


def _difference(patch: Patch, shape: Shape, rest: FloatArray, k: int) -> FloatArray:
    """d residual / d parameter k, per unit of SCALES."""
    step = np.zeros(len(PARAMETERS))
    step[k] = 0.2 * SCALES[k]
    return (patch.residual(shape.moved(step)) - rest) / 0.2
