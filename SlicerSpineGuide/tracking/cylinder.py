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
from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray

Floats = npt.NDArray[np.float32]  # half the width, twice the speed; a pixel has no more digits
Value = Any  # np.float32, or Floats of every pixel
Values = list[Value]
Part = slice | npt.NDArray[np.intp]
HALF = np.float32(0.5)
NAMES = ("u", "t", "z", "slope_t", "slope_z", "curve_t", "curve_z", "point", "metal", "blur", "shadow", "scale")
SOFT_EDGE_MM = (
    0.17  # sigma of the slice profile's edges: slices are sums of detector rows of 0.5 to 0.625 mm, and end as softly as one row
)
SMOOTH = 0.35  # ... of a layer's, in its thickness
BAR_MM, MOST_LAYERS, MOST_LAYERS_OF_SOLID = 0.75, 12, 10  # layers of bars are about so thick: finer than the blur shows
WIDE_MM, LEAST_BARS = 1.3, 6  # a thick one's bars are so wide
ROUGH = 0.5  # so many times as many layers, where roughly will do
U, T, Z, SLOPE_T, SLOPE_Z, CURVE_T, CURVE_Z, POINT, METAL, BLUR, SHADOW, SCALE = range(len(NAMES))


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

    def repeated(self, times: int) -> Pixels:
        """All of them so many times over, one after the other."""
        u, t, z, excess = (np.tile(column, times) for column in (self.u, self.t, self.z, self.excess))
        ceiling, weight, shade = (np.tile(column, times) for column in (self.ceiling, self.weight, self.shade))
        return Pixels(u, t, z, excess, ceiling, weight, shade, self.darkness)


class Cylinder:
    """The picture of a solid of `diameter_mm`, hollow from `bore_mm` inwards, in slices of `thickness_mm`.

    Its parameters, a (12,) vector: u, t, z of the tip (mm), slope_t and slope_z (dt/du and dz/du there), curve_t and curve_z (d2t/du2
    and d2z/du2, 1/mm), point (mm, the length of the conical tip), metal (log of HU), blur (log of the point spread's sigma in mm),
    shadow (HU): how much darker all of its line is than it should be, beyond the tip as well, in the darkest slice, scale: how thick
    it is, in parts of its diameter. The rays that run along an instrument are starved and hardened by all of it (De Man et al., IEEE
    Trans Nucl Sci 46, 1999).
    """

    def __init__(self, diameter_mm: float, thickness_mm: float, bore_mm: float = 0.0, fineness: float = 1.0) -> None:
        self.radius, self.thickness = diameter_mm / 2, thickness_mm
        layers = int(np.clip(np.ceil(diameter_mm / BAR_MM), 2, MOST_LAYERS if bore_mm else MOST_LAYERS_OF_SOLID) * fineness)
        layers = max(layers, 2)
        nodes, weights = np.polynomial.legendre.leggauss(layers)
        height = nodes * self.radius
        chord = np.sqrt(np.maximum(self.radius**2 - height**2, 0.0))
        bore = np.sqrt(np.maximum(bore_mm**2 / 4 - height**2, 0.0))
        bars = min(layers + layers % 2, max(LEAST_BARS, 2 * round(diameter_mm / WIDE_MM / 2)))
        if bore_mm:  # two walls, blunt: all of a layer ends at one place
            edges = np.stack((-chord, -bore, 0 * bore, bore, chord), axis=1)
            depth, spread, solid = np.ones((layers, 2)), np.zeros((layers, 2)), np.tile([1.0, 0.0], (layers, 1))
        else:
            edges = chord[:, None] * np.linspace(-1, 1, bars + 1)
            depth, spread = _bar_depths(self.radius, weights * self.radius, edges)
            solid = np.ones(depth.shape)
        # what the few layers leave rough is smoothed as if the slice's edges were softer, and the layers drawn in by as much as that
        # spreads the solid through the slice
        smooth, mass = SMOOTH * diameter_mm / layers, weights * (chord - bore)
        spread_mm2 = (self.radius**2 + bore_mm**2 / 4) / 4
        height = height * np.sqrt(max(spread_mm2 - smooth**2, 0.0) * mass.sum() / (mass @ height**2))
        self._soft = float(np.hypot(SOFT_EDGE_MM, smooth))
        # a layer above the axis is across like the one below it, and its bars mirror each other: counted once, the outermost first;
        # the layers' order is from the lowest to the axis, then from the uppermost to it; one on the axis is halved
        once = (layers + 1) // 2
        weights[layers // 2] /= 1 + layers % 2
        self._height = _f32(np.concatenate((height[:once], -height[:once])))[:, None]
        self._weight = _f32(np.tile(weights[:once] * self.radius, 2))[:, None]
        self._depth, self._spread = _f32(depth)[:once, :, None], _f32(spread)[:once, :, None]
        self._reach = np.float32((depth + 3 * spread).max())  # of a point's bars behind the tip, in its lengths
        self._solid, self._bars = _f32(solid)[:once, :, None], _f32(edges)[:once, :, None]
        walls = (-chord, chord, -bore, bore) if bore_mm else (-chord, chord)
        self._walls = _f32(np.stack(walls, axis=1))[:once, :, None]
        self._signs = np.array([1, -1, -1, 1][: len(walls)], dtype=np.float32)[:, None]

    def render(self, p: FloatArray, pixels: Pixels) -> Floats:
        """(n,) excess HU of the solid and its shadow, before clipping; (k, n) where `p` is (k, 12): several pictures at once."""
        values, each = _of_each_pixel(p, pixels)
        picture, line = self._evaluate(values, each, False)
        return np.asarray(picture - values[SHADOW] * line).reshape((*p.shape[:-1], len(pixels)))

    def render_with_slopes(self, p: FloatArray, pixels: Pixels) -> tuple[Floats, Floats]:
        """The picture (n,), and its derivative (12, n) by each parameter; (k, n) and (k, 12, n) where `p` is (k, 12)."""
        values, each = _of_each_pixel(p, pixels)
        picture, by_t, by_z, by_end, by_point, by_blur, by_scale, line = self._evaluate(values, each, True)
        behind = values[U] - each.u  # a slope is a shift that grows with the distance from the tip
        slopes = np.empty((len(NAMES), len(each)), dtype=np.float32)
        slopes[T], slopes[Z] = by_t, by_z
        steep_t = values[SLOPE_T] - values[CURVE_T] * behind
        steep_z = values[SLOPE_Z] - values[CURVE_Z] * behind
        slopes[U] = by_end - by_t * steep_t - by_z * steep_z
        slopes[SLOPE_T], slopes[SLOPE_Z] = -by_t * behind, -by_z * behind
        square = behind * behind * HALF
        slopes[CURVE_T], slopes[CURVE_Z] = by_t * square, by_z * square
        slopes[POINT], slopes[METAL], slopes[BLUR], slopes[SHADOW], slopes[SCALE] = by_point, picture, by_blur, -line, by_scale
        picture = picture - values[SHADOW] * line
        if p.ndim == 1:
            return picture, slopes
        return picture.reshape(len(p), len(pixels)), slopes.reshape(len(NAMES), len(p), len(pixels)).swapaxes(0, 1)

    def _evaluate(self, p: Values, pixels: Pixels, with_slopes: bool) -> Floats:
        """(8, n): the metal's picture, its derivatives by t, z, the end's place, point, blur, scale, and what an endless one fills;
        the first and the last without `with_slopes`. p: of each parameter one value, or one of each pixel."""
        sigma, steep, point, scale = np.exp(p[BLUR]), p[SLOPE_Z], p[POINT], p[SCALE]
        stretch = np.sqrt(1 + steep * steep)
        soft = np.hypot(self._soft, sigma * steep)
        behind = p[U] - pixels.u
        across = (pixels.t - p[T] + behind * (p[SLOPE_T] - HALF * p[CURVE_T] * behind)) / sigma
        height = p[Z] - behind * (steep - HALF * p[CURVE_Z] * behind) - pixels.z + self._height * (stretch * scale)
        ends = self._reach * point + self.radius * abs(steep) + 3 * sigma
        half = np.float32(self.thickness / 2)
        faces = np.empty((2, *height.shape), dtype=np.float32)
        np.add(height, half, out=faces[0])
        np.subtract(height, half, out=faces[1])
        faces /= soft
        face = _Step(faces, with_slopes)
        inside = (face.value[0] - face.value[1]) * self._weight
        out = np.empty((8 if with_slopes else 2, len(behind)), dtype=np.float32)
        # of each layer: how much of a pixel it fills, and the derivatives of that by t, the end's place, point, blur, scale
        shaft = self._shaft(across, sigma, scale, with_slopes)
        seen = (shaft * _folded(inside)).sum(axis=1)
        out[-1] = seen[0] * pixels.shade * (scale * stretch / np.float32(self.thickness))
        near = _near(behind, ends)  # the end: elsewhere it makes no difference
        there = [_of(value, near) for value in (sigma, steep, point, scale)]
        tip = self._tip(across[near], behind[near], there, with_slopes)
        seen[:, near] = (tip * inside[:, near]).sum(axis=1)
        out[0] = seen[0]
        if with_slopes:
            passing = np.empty((3, *inside.shape), dtype=np.float32)  # of each layer through the faces: by z, its height, the blur
            at_face = face.slope * face.x
            np.subtract(face.slope[0], face.slope[1], out=passing[0])
            np.multiply(passing[0], self._height, out=passing[1])
            np.subtract(at_face[0], at_face[1], out=passing[2])
            passing *= self._weight
            passed = (shaft[0] * _folded(passing)).sum(axis=1)
            passed[:, near] = (tip[0] * passing[..., near]).sum(axis=1)
            out[1], out[2], out[3], out[4] = -seen[1], passed[0] / soft, seen[2], seen[3]
            out[5] = seen[4] - passed[2] * (sigma * steep / soft) ** 2
            out[6] = seen[5] + passed[1] * (stretch / soft) + seen[0] / scale
        out[:-1] *= np.exp(p[METAL]) * scale * stretch / np.float32(self.thickness)
        return out

    def _shaft(self, across: Floats, sigma: Value, scale: Value, with_slopes: bool) -> Floats:
        """The shares (6 or 1, layers below the axis, n) of pixels beside the shaft: `across` is in sigmas."""
        side = _Step(across - self._walls * (scale / sigma), with_slopes)
        once = np.zeros((6 if with_slopes else 1, len(self._walls), len(across)), dtype=np.float32)
        once[0] = (side.value * self._signs).sum(axis=1)
        if with_slopes:
            signed = side.slope * self._signs
            once[1] = signed.sum(axis=1) / sigma
            once[4] = -(signed * side.x).sum(axis=1)
            once[5] = -(signed * self._walls).sum(axis=1) / sigma
        return once

    def _tip(self, across: Floats, behind: Floats, shape: Values, with_slopes: bool) -> Floats:
        """The shares (6 or 1, layers, n) of pixels near the end: every bar ends where the point's cone does. shape: sigma, steepness,
        point, scale."""
        sigma, steep, point, scale = shape
        stretch = np.sqrt(1 + steep * steep)
        side = _Step(across - self._bars * (scale / sigma), with_slopes)
        bars = _pairs(side.value) * self._solid
        tilted = self._height.reshape(2, -1, 1, 1) * (steep / stretch)
        backs = tilted * scale + self._depth * (point / stretch)
        blur = np.hypot(sigma, self._spread * point)
        end = _Step((behind - backs) / blur, with_slopes)  # above and below, layers, bars, pixels
        shares = np.empty((6 if with_slopes else 1, *end.x.shape[:2], len(across)), dtype=np.float32)
        shares[0] = (bars * end.value).sum(axis=2)
        if with_slopes:
            shares[1] = (_pairs(side.slope) * self._solid * end.value).sum(axis=2) / sigma
            at_end = bars * end.slope
            at_end_mm = at_end / blur
            shares[2] = at_end_mm.sum(axis=2)
            wider = at_end * end.x
            shares[3] = -(at_end_mm * (self._depth / stretch) + wider * (self._spread**2 * point / blur**2)).sum(axis=2)
            mirrored = _pairs(side.slope * side.x) * self._solid
            shares[4] = -(mirrored * end.value + wider * (sigma / blur) ** 2).sum(axis=2)
            wall = _pairs(side.slope * self._bars) * self._solid / sigma
            shares[5] = -(wall * end.value + at_end_mm * tilted).sum(axis=2)
        return shares.reshape(len(shares), len(self._height), len(across))


@lru_cache(maxsize=16)
def cylinder(diameter_mm: float, thickness_mm: float, bore_mm: float = 0.0, fineness: float = 1.0) -> Cylinder:
    """The one Cylinder of these dimensions: its bars are counted out once, not in every frame."""
    return Cylinder(diameter_mm, thickness_mm, bore_mm, fineness)


def _f32(values: FloatArray) -> Floats:
    return np.asarray(values, dtype=np.float32)


def _of_each_pixel(p: FloatArray, pixels: Pixels) -> tuple[Values, Pixels]:
    """The parameters (12,) as they are; of several pictures (k, 12), one value of each for each pixel of k times the pixels."""
    if p.ndim == 1:
        return list(_f32(p)), pixels
    return list(np.repeat(_f32(p.T), len(pixels), axis=1)), pixels.repeated(len(p))


def _of(value: Value, part: Part) -> Value:
    return value if np.ndim(value) == 0 else value[part]


def _near(behind: Floats, ends: Value) -> Part:
    """The pixels that lie less than `ends` behind the tip: those of one picture are sorted by how far behind they lie."""
    return np.flatnonzero(behind < ends) if np.ndim(ends) else slice(None, int(np.searchsorted(behind, ends)))


def _folded(values: Floats) -> Floats:
    """Of all layers (..., layers, n) the sum of each below the axis and its like above it."""
    once = values.shape[-2] // 2
    return np.asarray(values[..., :once, :] + values[..., once:, :])


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
        steps = square * np.float32(0.0356774)
        steps += np.float32(0.7978846)
        steps *= x
        np.tanh(steps, out=steps)
        if with_slope:
            square *= np.float32(0.0535161)
            square += np.float32(0.3989423)
            square *= 1 - steps * steps
        self.slope: Floats = square
        steps *= np.float32(0.5)
        steps += np.float32(0.5)
        self.value: Floats = steps
