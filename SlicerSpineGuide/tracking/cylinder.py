"""What an instrument looks like in CT slices: a closed form for a cylinder with a point, seen through slice thickness and blur.

The solid is cut into bars parallel to its axis. A bar's picture is a product of error functions: across it, by the in-plane point
spread; at its end, by the same; through the slice, by the slice's sensitivity profile (a box with soft edges), whose limits a bar
that is oblique to the slice passes gradually (Kalender, Computed Tomography, ch. 4). The pictures add up and are clipped where the
scanner clips. Coordinates: u mm along the instrument's projection on the slices' plane, t mm across it in the plane, z mm along the
slices' normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray

Floats = npt.NDArray[np.float32]  # half the width, twice the speed; a pixel has no more digits
NAMES = ("u", "t", "z", "slope_t", "slope_z", "curve", "point", "metal", "blur")
SOFT_EDGE = 0.08  # sigma of the slice profile's edges, in slice thicknesses
BAR_MM, MOST_BARS, MOST_BARS_OF_SOLID = 0.75, 16, 8  # bars are about so wide: finer than the blur shows
U, T, Z, SLOPE_T, SLOPE_Z, CURVE, POINT, METAL, BLUR = range(len(NAMES))


@dataclass(frozen=True, eq=False)
class Pixels:
    """The pixels to be explained, float32: u, t, z (n,) mm; excess (n,) HU over the plan; ceiling (n,) HU at which excess is clipped;
    weight (n,): how many independent measurements each stands for. Sorted by u, the largest first."""

    u: Floats
    t: Floats
    z: Floats
    excess: Floats
    ceiling: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.u)


class Cylinder:
    """The picture of a solid of `diameter_mm`, hollow from `bore_mm` inwards, in slices of `thickness_mm`.

    Its parameters, a (9,) vector: u, t, z of the tip (mm), slope_t and slope_z (dt/du and dz/du), curve (d2t/du2, 1/mm), point (mm,
    the length of the conical tip), metal (log of HU), blur (log of the point spread's sigma in mm).
    """

    def __init__(self, diameter_mm: float, thickness_mm: float, bore_mm: float = 0.0) -> None:
        self.radius, self.thickness = diameter_mm / 2, thickness_mm
        layers = int(np.clip(np.ceil(diameter_mm / BAR_MM), 2, MOST_BARS if bore_mm else MOST_BARS_OF_SOLID))
        bars = layers + layers % 2
        nodes, weights = np.polynomial.legendre.leggauss(layers)
        self._height, self._weight = nodes * self.radius, weights * self.radius
        chord = np.sqrt(np.maximum(self.radius**2 - self._height**2, 0.0))
        edges = chord[:, None] * np.linspace(-1, 1, bars + 1)
        # the two halves of a layer mirror each other: bars are kept in pairs, the outermost first
        self._depth, self._spread, self._solid = (
            part[:, : bars // 2] for part in _bar_depths(self.radius, bore_mm / 2, weights * self.radius, edges)
        )
        self._edges = edges.astype(np.float32)
        # what the few layers leave rough is smoothed as if the slice's edges were softer
        self._soft = float(np.hypot(SOFT_EDGE * thickness_mm, 0.35 * diameter_mm / layers))

    def render(self, p: FloatArray, pixels: Pixels) -> Floats:
        """(n,) excess HU of the solid, before clipping."""
        return self._evaluate(p, pixels, False)[0]

    def render_with_slopes(self, p: FloatArray, pixels: Pixels) -> tuple[Floats, Floats]:
        """The picture (n,), and its derivative (9, n) by each parameter."""
        picture, by_t, by_z, by_end, by_point, by_blur = self._evaluate(p, pixels, True)
        behind = np.float32(p[U]) - pixels.u  # a slope is a shift that grows with the distance from the tip
        slopes = np.empty((len(NAMES), len(pixels)), dtype=np.float32)
        slopes[T], slopes[Z] = by_t, by_z
        slopes[U] = by_end - by_t * np.float32(p[SLOPE_T]) + by_t * np.float32(p[CURVE]) * behind - by_z * np.float32(p[SLOPE_Z])
        slopes[SLOPE_T], slopes[CURVE], slopes[SLOPE_Z] = -by_t * behind, by_t * behind * behind / 2, -by_z * behind
        slopes[POINT], slopes[METAL], slopes[BLUR] = by_point, picture, by_blur
        return picture, slopes

    def _evaluate(self, p: FloatArray, pixels: Pixels, with_slopes: bool) -> Floats:
        """(6, n): the picture, its derivatives by t, z, the end's place, point, blur; only the first without `with_slopes`.

        Pixels are sorted by u, the largest first: beyond `ending` of them the instrument's end makes no difference.
        """
        sigma, steep, point = float(np.exp(p[BLUR])), float(p[SLOPE_Z]), float(p[POINT])
        stretch = float(np.sqrt(1 + steep * steep))
        soft = float(np.hypot(self._soft, sigma * steep))
        behind = np.float32(p[U]) - pixels.u
        across = pixels.t - np.float32(p[T]) + behind * (np.float32(p[SLOPE_T]) - np.float32(0.5 * p[CURVE]) * behind)
        height = np.float32(p[Z]) - np.float32(steep) * behind - pixels.z
        ending = int(np.searchsorted(behind, point / stretch + self.radius * abs(steep) + 3 * max(sigma, 0.4 * point)))
        out = np.zeros((6 if with_slopes else 1, len(pixels)), dtype=np.float32)
        layers = len(self._height)
        for k in range((layers + 1) // 2):
            side = _Step((across - self._edges[k][:, None]) / np.float32(sigma), with_slopes)
            bars = _pairs(side.value) * self._solid[k][:, None]
            for layer in {k, layers - 1 - k}:
                face = _Step((height + np.float32(self._height[layer] * stretch) + self._faces) / np.float32(soft), with_slopes)
                inside = face.value[0] - face.value[1]
                backs = (self._height[layer] * steep + self._depth[k] * point) / stretch
                blur = np.hypot(sigma, self._spread[k] * point)[:, None]
                end = _Step((behind[:ending] - _f32(backs)[:, None]) / _f32(blur), with_slopes)
                weight = np.float32(self._weight[layer])
                filled = bars.sum(axis=0)
                filled[:ending] = (bars[:, :ending] * end.value).sum(axis=0)
                out[0] += weight * inside * filled
                if not with_slopes:
                    continue
                by_across = _pairs(side.slope) * self._solid[k][:, None] / np.float32(sigma)
                by_log_blur = -_pairs(side.slope * side.x) * self._solid[k][:, None]
                by_across[:, :ending] *= end.value
                by_log_blur[:, :ending] *= end.value
                out[1] -= weight * inside * by_across.sum(axis=0)
                out[2] += weight * filled * (face.slope[0] - face.slope[1]) / np.float32(soft)
                at_end = bars[:, :ending] * end.slope
                shares = np.stack((1 / blur[:, 0], -self._depth[k] / stretch / blur[:, 0]))
                out[3:5, :ending] += weight * inside[:ending] * (_f32(shares) @ at_end)
                shares = np.stack((self._spread[k] ** 2 * point / blur[:, 0] ** 2, (sigma / blur[:, 0]) ** 2))
                out[4:6, :ending] -= weight * inside[:ending] * (_f32(shares) @ (at_end * end.x))
                out[5] += weight * inside * by_log_blur.sum(axis=0)
                out[5] -= (
                    weight * filled * (face.slope[0] * face.x[0] - face.slope[1] * face.x[1]) * np.float32((sigma * steep / soft) ** 2)
                )
        out *= np.float32(np.exp(p[METAL]) * stretch / self.thickness)
        return out

    @property
    def _faces(self) -> Floats:
        return np.array([[self.thickness / 2], [-self.thickness / 2]], dtype=np.float32)


@lru_cache(maxsize=16)
def cylinder(diameter_mm: float, thickness_mm: float, bore_mm: float = 0.0) -> Cylinder:
    """The one Cylinder of these dimensions: its bars are counted out once, not in every frame."""
    return Cylinder(diameter_mm, thickness_mm, bore_mm)


def _f32(values: FloatArray) -> Floats:
    return np.asarray(values, dtype=np.float32)


def _pairs(values: Floats) -> Floats:
    """What lies between neighbouring edges (edges, n), mirrored bars added: (bars / 2, n)."""
    bars = values[:-1] - values[1:]
    half = len(bars) // 2
    return np.asarray(bars[:half] + bars[: half - 1 : -1])


def _bar_depths(radius: float, bore: float, heights: FloatArray, edges: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Of each bar (layers, bars): how far from the axis its metal lies, in radii, mean and spread, and how much of it is metal.

    A bar of a conical point ends where the cone has the radius at which the bar lies: the farther out, the farther back.
    """
    layers, bars = len(heights), edges.shape[1] - 1
    depth, spread, solid = np.ones((layers, bars)), np.zeros((layers, bars)), np.zeros((layers, bars))
    faces = np.concatenate(([0.0], np.cumsum(heights))) - heights.sum() / 2
    for k in range(layers):
        y = np.linspace(faces[k], faces[k + 1], 15)[:, None]
        chord = np.sqrt(np.maximum(radius**2 - y * y, 0.0))
        for j in range(bars):
            x = np.linspace(edges[k, j], edges[k, j + 1], 15) / max(abs(edges[k, 0]), 1e-9) * chord
            distance = np.hypot(x, y)
            inside = distance >= bore
            solid[k, j] = inside.mean()
            if inside.any():
                depth[k, j], spread[k, j] = distance[inside].mean() / radius, distance[inside].std() / radius
    return depth, spread, solid.astype(np.float32)


class _Step:
    """The normal distribution function at x, to 1.4e-4 (Page, Applied Statistics 26, 1977), and its derivative by x."""

    def __init__(self, x: Floats, with_slope: bool) -> None:
        self.x = x
        square = x * x
        steps = np.tanh(x * (np.float32(0.7978846) + np.float32(0.0356774) * square))
        self.slope = (1 - steps * steps) * (np.float32(0.3989423) + np.float32(0.0535161) * square) if with_slope else steps
        steps = steps * np.float32(0.5)
        steps += np.float32(0.5)
        self.value: Floats = steps
