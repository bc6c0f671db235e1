"""What an instrument looks like in CT slices: a closed form for a cylinder with a point, seen through slice thickness and blur.

The solid is cut into bars parallel to its axis. A bar's picture is a product of error functions: across it, by the in-plane point
spread; at its end, by the same; through the slice, by the slice's sensitivity profile (a box with soft edges), whose limits a bar
that is oblique to the slice passes gradually (Kalender, Computed Tomography, ch. 4). The pictures add up and are clipped where the
scanner clips. Coordinates: u mm along the instrument's projection on the slices' plane, t mm across it in the plane, z mm along the
slices' normal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray

Floats = npt.NDArray[np.float32]  # half the width, twice the speed; a pixel has no more digits
NAMES = ("u", "t", "z", "slope_t", "slope_z", "curve", "point", "metal", "blur")
SOFT_EDGE = 0.08  # sigma of the slice profile's edges, in slice thicknesses
BAR_MM = 1.1  # bars are about so wide: finer than the blur shows
U, T, Z, SLOPE_T, SLOPE_Z, CURVE, POINT, METAL, BLUR = range(len(NAMES))


@dataclass(frozen=True, eq=False)
class Pixels:
    """The pixels to be explained, float32: u, t, z (n,) mm; excess (n,) HU over the plan; ceiling (n,) HU at which excess is clipped;
    weight (n,): how many independent measurements each stands for."""

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

    Its parameters, a (9,) vector: u, t, z of the tip (mm), slope_t and slope_z (dt/du and dz/du), curve (d2t/du2, 1/mm), point (mm, the
    length of the conical tip), metal (log of HU), blur (log of the point spread's sigma in mm).
    """

    def __init__(self, diameter_mm: float, thickness_mm: float, bore_mm: float = 0.0) -> None:
        self.radius, self.thickness = diameter_mm / 2, thickness_mm
        layers = int(np.clip(np.ceil(diameter_mm / BAR_MM), 2, 12))
        bars = int(np.clip(np.ceil(diameter_mm / BAR_MM), 2, 12))
        nodes, weights = np.polynomial.legendre.leggauss(layers)
        self._height, self._weight = nodes * self.radius, weights * self.radius
        chord = np.sqrt(np.maximum(self.radius**2 - self._height**2, 0.0))
        self._edges = (chord[:, None] * np.linspace(-1, 1, bars + 1)).astype(np.float32)  # (layers, bars + 1)
        self._depth, self._spread, self._solid = _bar_depths(self.radius, bore_mm / 2, weights * self.radius, self._edges)
        # what the few layers leave rough is smoothed as if the slice's edges were softer
        self._soft = float(np.hypot(SOFT_EDGE * thickness_mm, 0.35 * diameter_mm / layers))

    def render(self, p: FloatArray, pixels: Pixels) -> Floats:
        """(n,) excess HU of the solid, before clipping."""
        sigma, steep = float(np.exp(p[BLUR])), float(p[SLOPE_Z])
        stretch = float(np.sqrt(1 + steep * steep))
        behind = np.float32(p[U]) - pixels.u
        across = pixels.t - np.float32(p[T]) + behind * (np.float32(p[SLOPE_T]) - np.float32(0.5 * p[CURVE]) * behind)
        height = np.float32(p[Z]) - np.float32(steep) * behind - pixels.z
        soft = float(np.hypot(self._soft, sigma * steep))
        point = float(p[POINT])
        total = np.zeros(len(pixels), dtype=np.float32)
        for k, layer in enumerate(self._height):
            z = height + np.float32(layer * stretch)
            faces = np.array([[self.thickness / 2], [-self.thickness / 2]], dtype=np.float32)
            inside = _step((z + faces) / np.float32(soft))
            sides = _step((across - self._edges[k][:, None]) / np.float32(sigma))
            backs = (layer * steep + self._depth[k] * point) / stretch
            ends = (behind - backs.astype(np.float32)[:, None]) / np.hypot(sigma, self._spread[k] * point).astype(np.float32)[:, None]
            bars = (sides[:-1] - sides[1:]) * _step(ends) * self._solid[k][:, None]
            total += (inside[0] - inside[1]) * bars.sum(axis=0) * np.float32(self._weight[k])
        return total * np.float32(np.exp(p[METAL]) * stretch / self.thickness)


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


def _step(x: Floats) -> Floats:
    """The normal distribution function, to 1.4e-4 (Page, Applied Statistics 26, 1977)."""
    steps: Floats = np.tanh(x * (np.float32(0.7978846) + np.float32(0.0356774) * x * x))
    steps *= np.float32(0.5)
    steps += np.float32(0.5)
    return steps
