"""The instrument along its own axis: cross-sections of what is new in the slices, its end, and its depth among the slices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.tracking.new_metal import plan_over_thickness

STEP_MM = 0.25
BEYOND_MM = 8.0
NEAR_TIP_MM = 40.0  # the stretch behind the tip that tells the axis: a bent instrument is straight over it


@dataclass(frozen=True, eq=False)
class Profile:
    """Excess HU over the plan, and the plan's HU, both (slices, along, across), sampled on a grid in each slice.

    origin (3,): a live LPS point on the axis's projection; forward (3,): in the slices' plane towards the tip; aside (3,): across it
    in the plane; s (along,) and t (across,) in mm.
    """

    excess: FloatArray
    plan: FloatArray
    origin: FloatArray
    forward: FloatArray
    aside: FloatArray
    s: FloatArray
    t: FloatArray

    @property
    def sections(self) -> FloatArray:
        """(slices, along): the integral over the cross-section, HU mm."""
        return self.excess.sum(axis=2) * STEP_MM


def profile(
    planning: Volume,
    plan_from_live: FloatArray,
    slices: Sequence[Slice],
    origin: FloatArray,
    forward: FloatArray,
    reach: tuple[float, float],
    half_width: float,
) -> Profile:
    """Sample the slices along a line. reach: (s behind, s ahead) in mm of `origin`; half_width: mm across."""
    normal = slices[0].plane.normal
    aside = np.cross(normal, forward)
    s = np.arange(reach[0], reach[1], STEP_MM)
    t = np.arange(-half_width, half_width + STEP_MM / 2, STEP_MM)
    grid = origin + s[:, None, None] * forward + t[:, None] * aside
    excess = np.empty((len(slices), len(s), len(t)))
    planned = np.empty_like(excess)
    for k, image in enumerate(slices):
        points = grid + normal * ((image.plane.origin - origin) @ normal)
        live = sample_slice(image, points)
        planned[k] = plan_over_thickness(planning, plan_from_live, image, points.reshape(-1, 3)).mean(axis=0).reshape(live.shape)
        excess[k] = np.clip(live - planned[k], 0.0, None)
    return Profile(excess, planned, origin, forward, aside, s, t)


def sample_slice(image: Slice, points: FloatArray) -> FloatArray:
    """Bilinear HU (...) of a slice at live LPS points (..., 3) in its plane; 0 beyond its field."""
    pixels = image.plane.to_pixels(points)
    rows, columns = image.pixels.shape
    x, y = pixels[..., 0], pixels[..., 1]
    inside = (x >= 0) & (y >= 0) & (x <= columns - 1) & (y <= rows - 1)
    i, j = np.clip(x, 0, columns - 1.001).astype(int), np.clip(y, 0, rows - 1.001).astype(int)
    fx, fy = np.clip(x - i, 0, 1), np.clip(y - j, 0, 1)
    p = image.pixels
    values = (p[j, i] * (1 - fx) + p[j, i + 1] * fx) * (1 - fy) + (p[j + 1, i] * (1 - fx) + p[j + 1, i + 1] * fx) * fy
    return np.where(inside, values, 0.0)


@dataclass(frozen=True)
class End:
    """Where the profile ends: s of the tip, and over how many mm it falls from 80 to 20 %."""

    tip_s: float
    fall_mm: float
    plateau: float


def find_end(found: Profile, diameter_mm: float, last_metal_s: float) -> End | None:
    """The tip: where the sections, all slices together, fall from their plateau; None where they do not.

    Clipping makes an instrument look thicker and longer by the same amount on each side: the width tells by how much.
    """
    total = found.sections.sum(axis=0)
    behind = (found.s > last_metal_s - 10.0) & (found.s < last_metal_s - 2.0)
    if behind.sum() < 8:
        behind = found.s < last_metal_s - 1.0
    if behind.sum() < 4:
        return None
    plateau = float(np.median(total[behind]))
    falls = [_crossing(found.s, total / max(plateau, 1e-6), level) for level in (0.8, 0.5, 0.2)]
    if plateau <= 0 or any(f is None for f in falls):
        return None
    high, half, low = (float(f) for f in falls if f is not None)
    swollen = max(0.0, (_width(found, behind) - np.hypot(diameter_mm, 1.2)) / 2)
    return End(half - swollen + _point_length(high, half, low, diameter_mm), low - high, plateau)


def _point_length(high: float, half: float, low: float, diameter_mm: float) -> float:
    """How far a pointed tip reaches beyond the half level: its sections shrink more slowly than a blunt end's blur explains."""
    slower = (half - high) - 0.7
    return float(np.clip(slower, 0.0, 0.5 * diameter_mm))


def _crossing(s: FloatArray, values: FloatArray, level: float) -> float | None:
    """The last s from which on `values` stay below `level`, by linear interpolation."""
    above = np.flatnonzero(values >= level)
    if len(above) == 0 or above[-1] + 1 >= len(s):
        return None
    k = int(above[-1])
    a, b = values[k], values[k + 1]
    return float(s[k] + (a - level) / max(a - b, 1e-9) * (s[k + 1] - s[k]))


def _width(found: Profile, where: FloatArray) -> float:
    """The full width at half maximum of the thickest slice's section, mm."""
    sections = found.excess[:, where].mean(axis=1)
    section = sections[int(sections.max(axis=1).argmax())]
    return float((section >= section.max() / 2).sum() * STEP_MM)


def centre_line(found: Profile, tip_s: float, least: float) -> tuple[float, float] | None:
    """(offset at the tip, slope) in mm of the sections' centroids across, over the stretch behind the tip; None if too short."""
    total = found.excess.sum(axis=0)
    weight = total.sum(axis=1)
    use = (found.s > tip_s - NEAR_TIP_MM) & (found.s < tip_s - 1.0) & (weight * STEP_MM > least)
    if use.sum() < 16:
        return None
    centroid = (total[use] @ found.t) / weight[use]
    s = found.s[use] - tip_s
    keep = np.ones(len(s), bool)
    for _ in range(3):
        slope, offset = np.polyfit(s[keep], centroid[keep], 1)
        rest = np.abs(centroid - offset - slope * s)
        keep = rest < max(0.3, 2.5 * float(np.median(rest)))
    return float(offset), float(slope)


@dataclass(frozen=True)
class Depth:
    """The axis's place along the slices' normal: mm at the tip (from the first slice's plane), slope per mm, and their sigmas."""

    at_tip: float
    slope: float
    sigma_mm: float
    sigma_slope: float


def fit_depth(found: Profile, tip_s: float, positions: FloatArray, thickness: float, diameter_mm: float, half_level: float) -> Depth:
    """Fit the share of each slice in the sections: a cylinder of `diameter_mm` crossing boxes of `thickness` at `positions` (mm).

    One slice, or sections all in one: the depth is only known to be in it.
    """
    use = (found.s > tip_s - NEAR_TIP_MM) & (found.s < tip_s - 0.5) & (found.sections.sum(axis=0) > half_level)
    s = found.s[use] - tip_s
    measured = found.sections[:, use]
    shares = measured / np.maximum(measured.sum(axis=0), 1e-6)
    length = max(1.0, float(s.max(initial=0) - s.min(initial=0)))
    if len(positions) < 2 or len(s) < 8:
        return Depth(float(positions[0]), 0.0, thickness / np.sqrt(12), thickness / length)
    low, high = positions.min() - thickness, positions.max() + thickness
    best, step = (0.0, 0.0, np.inf), 0.6
    ends, starts = np.arange(low, high, step), np.arange(low - 25, high + 25, 2.0)
    for _ in range(3):
        best = _best_depth(s, shares, positions, thickness, diameter_mm, ends, starts, length)
        ends = best[0] + np.linspace(-step, step, 13)
        starts = best[1] + np.linspace(-2.5 * step, 2.5 * step, 13)
        step /= 4
    at_tip, at_back, misfit = best
    sigma = 0.08 * thickness + 2.0 * thickness * float(np.sqrt(misfit))
    return Depth(at_tip, (at_tip - at_back) / length, sigma, np.sqrt(2) * sigma / length)


def _best_depth(
    s: FloatArray,
    shares: FloatArray,
    positions: FloatArray,
    thickness: float,
    diameter: float,
    ends: FloatArray,
    starts: FloatArray,
    length: float,
) -> tuple[float, float, float]:
    """The (depth at the tip, depth `length` behind it, mean squared misfit of the shares) among a grid of both."""
    every = slice(None, None, max(1, len(s) // 40))
    fraction = 1.0 + s[every] / length  # 1 at the tip, 0 at the back
    depth = ends[:, None, None] * fraction + starts[None, :, None] * (1 - fraction)
    modelled = np.stack([share_in_slice((depth - p), thickness, diameter) for p in positions])
    modelled /= np.maximum(modelled.sum(axis=0), 0.05)
    misfit = ((modelled - shares[:, None, None, every]) ** 2).mean(axis=(0, 3))
    i, j = np.unravel_index(int(misfit.argmin()), misfit.shape)
    return float(ends[i]), float(starts[j]), float(misfit[i, j])


def share_in_slice(offset: FloatArray, thickness: float, diameter: float) -> FloatArray:
    """The part of a cylinder's section inside a slice whose middle is `offset` mm away: between two chords of a circle."""
    upper = np.clip((offset + thickness / 2) / (diameter / 2), -1, 1)
    lower = np.clip((offset - thickness / 2) / (diameter / 2), -1, 1)
    return _below(upper) - _below(lower)


def _below(x: FloatArray) -> FloatArray:
    """The part of a unit circle's area below the height x."""
    return 0.5 + (x * np.sqrt(1 - x * x) + np.arcsin(x)) / np.pi
