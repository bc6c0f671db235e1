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
NAMES = ("u", "t", "z", "slope_t", "slope_z", "curve_t", "curve_z", "point", "metal", "blur", "shadow")
SOFT_EDGE = 0.08  # sigma of the slice profile's edges, in slice thicknesses
BAR_MM, MOST_BARS, MOST_BARS_OF_SOLID = 0.75, 12, 6  # bars are about so wide: finer than the blur shows
U, T, Z, SLOPE_T, SLOPE_Z, CURVE_T, CURVE_Z, POINT, METAL, BLUR, SHADOW = range(len(NAMES))


@dataclass(frozen=True, eq=False)
class Pixels:
    """The pixels to be explained, float32: u, t, z (n,) mm; excess (n,) HU over the plan; ceiling (n,) HU at which excess is clipped;
    weight (n,): how many independent measurements each stands for; shade (n,): how dark the line beyond the tip is in its slice, in
    parts of the darkest slice's `darkness` (HU). Sorted by u, the largest first."""

    u: Floats
    t: Floats
    z: Floats
    excess: Floats
    ceiling: Floats
    weight: Floats
    shade: Floats
    darkness: float

    def __len__(self) -> int:
        return len(self.u)

    def every(self, step: int) -> Pixels:
        """One in `step` of them, each standing for as many measurements more."""
        part = slice(None, None, step)
        weight = self.weight[part] * np.float32(step)
        return Pixels(
            self.u[part], self.t[part], self.z[part], self.excess[part], self.ceiling[part], weight, self.shade[part], self.darkness
        )


class Cylinder:
    """The picture of a solid of `diameter_mm`, hollow from `bore_mm` inwards, in slices of `thickness_mm`.

    Its parameters, an (11,) vector: u, t, z of the tip (mm), slope_t and slope_z (dt/du and dz/du there), curve_t and curve_z (d2t/du2
    and d2z/du2, 1/mm), point (mm, the length of the conical tip), metal (log of HU), blur (log of the point spread's sigma in mm),
    shadow (HU): how much darker all of its line is than it should be, beyond the tip as well, in the darkest slice. The rays that run
    along an instrument are starved and hardened by all of it (De Man et al., IEEE Trans Nucl Sci 46, 1999).
    """

    def __init__(self, diameter_mm: float, thickness_mm: float, bore_mm: float = 0.0) -> None:
        self.radius, self.thickness = diameter_mm / 2, thickness_mm
        layers = int(np.clip(np.ceil(diameter_mm / BAR_MM), 2, MOST_BARS if bore_mm else MOST_BARS_OF_SOLID))
        nodes, weights = np.polynomial.legendre.leggauss(layers)
        height = nodes * self.radius
        chord = np.sqrt(np.maximum(self.radius**2 - height**2, 0.0))
        bore = np.sqrt(np.maximum(bore_mm**2 / 4 - height**2, 0.0))
        if bore_mm:  # two walls, blunt: all of a layer ends at one place
            edges = np.stack((-chord, -bore, 0 * bore, bore, chord), axis=1)
            depth, spread, solid = np.ones((layers, 2)), np.zeros((layers, 2)), np.tile([1.0, 0.0], (layers, 1))
        else:
            edges = chord[:, None] * np.linspace(-1, 1, layers + layers % 2 + 1)
            depth, spread = _bar_depths(self.radius, weights * self.radius, edges)
            solid = np.ones(depth.shape)
        self._height, self._weight = _f32(height)[:, None], _f32(weights * self.radius)[:, None]
        # a layer above the axis is across like the one below it, and its bars mirror each other: counted once, the outermost first
        once = (layers + 1) // 2
        self._alike = np.minimum(np.arange(layers), layers - 1 - np.arange(layers))
        self._depth, self._spread = depth[..., None], spread[..., None]
        self._solid, self._bars = _f32(solid)[:once, :, None], _f32(edges)[:once, :, None]
        walls = (-chord, chord, -bore, bore) if bore_mm else (-chord, chord)
        self._walls = _f32(np.stack(walls, axis=1))[:once, :, None]
        self._signs = np.array([1, -1, -1, 1][: len(walls)], dtype=np.float32)[:, None]
        # what the few layers leave rough is smoothed as if the slice's edges were softer
        self._soft = float(np.hypot(SOFT_EDGE * thickness_mm, 0.35 * diameter_mm / layers))

    def render(self, p: FloatArray, pixels: Pixels) -> Floats:
        """(n,) excess HU of the solid and its shadow, before clipping."""
        picture, line = self._evaluate(p, pixels, False)
        return np.asarray(picture - np.float32(p[SHADOW]) * line)

    def render_with_slopes(self, p: FloatArray, pixels: Pixels) -> tuple[Floats, Floats]:
        """The picture (n,), and its derivative (11, n) by each parameter."""
        picture, by_t, by_z, by_end, by_point, by_blur, line = self._evaluate(p, pixels, True)
        behind = np.float32(p[U]) - pixels.u  # a slope is a shift that grows with the distance from the tip
        slopes = np.empty((len(NAMES), len(pixels)), dtype=np.float32)
        slopes[T], slopes[Z] = by_t, by_z
        steep_t = np.float32(p[SLOPE_T]) - np.float32(p[CURVE_T]) * behind
        steep_z = np.float32(p[SLOPE_Z]) - np.float32(p[CURVE_Z]) * behind
        slopes[U] = by_end - by_t * steep_t - by_z * steep_z
        slopes[SLOPE_T], slopes[SLOPE_Z] = -by_t * behind, -by_z * behind
        square = behind * behind / 2
        slopes[CURVE_T], slopes[CURVE_Z] = by_t * square, by_z * square
        slopes[POINT], slopes[METAL], slopes[BLUR], slopes[SHADOW] = by_point, picture, by_blur, -line
        return picture - np.float32(p[SHADOW]) * line, slopes

    def _evaluate(self, p: FloatArray, pixels: Pixels, with_slopes: bool) -> Floats:
        """(7, n): the metal's picture, its derivatives by t, z, the end's place, point, blur, and what an endless instrument fills;
        the first and the last without `with_slopes`.

        Pixels are sorted by u, the largest first: beyond `ending` of them the instrument's end makes no difference.
        """
        sigma, steep, point = float(np.exp(p[BLUR])), float(p[SLOPE_Z]), float(p[POINT])
        stretch = float(np.sqrt(1 + steep * steep))
        soft = float(np.hypot(self._soft, sigma * steep))
        behind = np.float32(p[U]) - pixels.u
        across = pixels.t - np.float32(p[T]) + behind * (np.float32(p[SLOPE_T]) - np.float32(0.5 * p[CURVE_T]) * behind)
        across /= np.float32(sigma)
        middle = np.float32(p[Z]) - behind * (np.float32(steep) - np.float32(0.5 * p[CURVE_Z]) * behind)
        height = middle - pixels.z + self._height * np.float32(stretch)
        ending = int(np.searchsorted(behind, point / stretch + self.radius * abs(steep) + 3 * max(sigma, 0.4 * point)))
        # of each layer: how much of a pixel it fills, and the derivatives of that by t, the end's place, point, blur
        shares = np.zeros((5 if with_slopes else 1, len(self._height), len(pixels)), dtype=np.float32)
        self._fill_shaft(shares[..., ending:], across[ending:], sigma)
        self._fill_tip(shares[..., :ending], across[:ending], behind[:ending], sigma, steep, point)
        line = np.zeros((1, *shares.shape[1:]), dtype=np.float32)
        self._fill_shaft(line[..., :ending], across[:ending], sigma)
        line[0, :, ending:] = shares[0, :, ending:]
        half = np.float32(self.thickness / 2)
        face = _Step(np.stack((height + half, height - half)) / np.float32(soft), with_slopes)
        inside = (face.value[0] - face.value[1]) * self._weight
        seen = (shares * inside).sum(axis=1)
        out = np.empty((7 if with_slopes else 2, len(pixels)), dtype=np.float32)
        out[0] = seen[0]
        if with_slopes:
            through = shares[0] * self._weight
            out[1], out[3], out[4] = -seen[1], seen[2], seen[3]
            out[2] = (through * (face.slope[0] - face.slope[1])).sum(axis=0) / np.float32(soft)
            softer = (through * (face.slope[0] * face.x[0] - face.slope[1] * face.x[1])).sum(axis=0)
            out[5] = seen[4] - softer * np.float32((sigma * steep / soft) ** 2)
        out[:-1] *= np.float32(np.exp(p[METAL]) * stretch / self.thickness)
        out[-1] = (line[0] * inside).sum(axis=0) * pixels.shade * np.float32(stretch / self.thickness)
        return out

    def _fill_shaft(self, shares: Floats, across: Floats, sigma: float) -> None:
        """The shares (5 or 1, layers, n) of pixels beside the shaft: `across` is in sigmas."""
        side = _Step(across - self._walls / np.float32(sigma), len(shares) > 1)
        shares[0] = (side.value * self._signs).sum(axis=1)[self._alike]
        if len(shares) > 1:
            signed = side.slope * self._signs
            shares[1] = signed.sum(axis=1)[self._alike] / np.float32(sigma)
            shares[4] = -(signed * side.x).sum(axis=1)[self._alike]

    def _fill_tip(self, shares: Floats, across: Floats, behind: Floats, sigma: float, steep: float, point: float) -> None:
        """The shares (5 or 1, layers, n) of pixels near the end: every bar ends where the point's cone does."""
        stretch = float(np.sqrt(1 + steep * steep))
        side = _Step(across - self._bars / np.float32(sigma), len(shares) > 1)
        bars = (_pairs(side.value) * self._solid)[self._alike]
        backs = (self._height[..., None] * steep + self._depth * point) / stretch
        blur = np.hypot(sigma, self._spread * point)
        end = _Step((behind - _f32(backs)) / _f32(blur), len(shares) > 1)
        shares[0] = (bars * end.value).sum(axis=1)
        if len(shares) > 1:
            solid = self._solid
            shares[1] = ((_pairs(side.slope) * solid)[self._alike] * end.value).sum(axis=1) / np.float32(sigma)
            at_end = bars * end.slope
            shares[2] = (at_end * _f32(1 / blur)).sum(axis=1)
            wider = at_end * end.x
            shares[3] = -(at_end * _f32(self._depth / stretch / blur) + wider * _f32(self._spread**2 * point / blur**2)).sum(axis=1)
            mirrored = _pairs(side.slope * side.x)
            shares[4] = -((mirrored * solid)[self._alike] * end.value + wider * _f32((sigma / blur) ** 2)).sum(axis=1)


@lru_cache(maxsize=16)
def cylinder(diameter_mm: float, thickness_mm: float, bore_mm: float = 0.0) -> Cylinder:
    """The one Cylinder of these dimensions: its bars are counted out once, not in every frame."""
    return Cylinder(diameter_mm, thickness_mm, bore_mm)


def _f32(values: FloatArray) -> Floats:
    return np.asarray(values, dtype=np.float32)


def _pairs(values: Floats) -> Floats:
    """What lies between neighbouring edges (layers, edges, n), mirrored bars added: (layers, bars / 2, n)."""
    bars = values[:, :-1] - values[:, 1:]
    half = bars.shape[1] // 2
    return np.asarray(bars[:, :half] + bars[:, : half - 1 : -1])


def _bar_depths(radius: float, heights: FloatArray, edges: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Of one half of each layer's bars (layers, bars / 2): how far from the axis they lie, in radii, mean and spread.

    A bar of a conical point ends where the cone has the radius at which the bar lies: the farther out, the farther back.
    """
    layers, bars = len(heights), (edges.shape[1] - 1) // 2
    depth, spread = np.ones((layers, bars)), np.zeros((layers, bars))
    faces = np.concatenate(([0.0], np.cumsum(heights))) - heights.sum() / 2
    for k in range(layers):
        y = np.linspace(faces[k], faces[k + 1], 15)[:, None]
        chord = np.sqrt(np.maximum(radius**2 - y * y, 0.0))
        for j in range(bars):
            x = np.linspace(edges[k, j], edges[k, j + 1], 15) / max(abs(edges[k, 0]), 1e-9) * chord
            distance = np.hypot(x, y)
            depth[k, j], spread[k, j] = distance.mean() / radius, distance.std() / radius
    return depth, spread


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
