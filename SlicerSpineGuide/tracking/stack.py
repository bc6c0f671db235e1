"""The slices of one frame as one stack of parallel planes, and the pixels along a line in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, apply
from SlicerSpineGuide.images import AIR_HU, Slice, Volume
from SlicerSpineGuide.tracking.cylinder import Pixels
from SlicerSpineGuide.tracking.lines import Line

CLIPPED_PIXELS = 8  # so many pixels at the highest value mean that the scanner has clipped there
BEYOND_MM, ASIDE_MM = 6.0, 1.6  # of the tip, and beyond the instrument's surface: the pixels that are explained
NEAR_TIP_MM = 5.0  # from here on to the tip most pixels are taken, farther back a part
MOST_NEAR, MOST_FAR = 300, 220
# by row, column and slice: the pixels whose sums are smallest modulo 1 lie evenly spread (Roberts' quasirandom sequence)
LATTICE = np.array([0.8191725133961645, 0.6710436067037893, 0.5497004779019703])
SHADE_FROM_MM, SHADE_PERCENT = 1.5, 30.0  # so far beyond a line's end, and so many of the pixels there, tell how dark it is
LEAST_DARK_HU = 100.0
LEAST_SHADE = 0.3  # along the shaft a slice may be darker than beyond the tip
BLANK_STEP = 4  # what was not reconstructed is outlined in blocks of so many pixels
INDEPENDENT_MM2 = 2.0  # errors of pixels are alike over about such an area: streaks, the blur's shape, noise


@dataclass(frozen=True, eq=False)
class Stack:
    """Parallel slices, sorted along their normal. places (n,): mm along the normal from the first; low, high: the stack's faces, mm;
    ceiling: HU at which the scanner has clipped, infinite where it has not; blank: for each block of BLANK_STEP pixels along rows and
    columns, whether it was not reconstructed; None where all were; noise: HU."""

    slices: tuple[Slice, ...]
    places: FloatArray
    thickness: float
    ceiling: float
    blank: npt.NDArray[np.bool_] | None
    noise: float

    @classmethod
    def of(cls, slices: Sequence[Slice], noise_hu: float) -> Stack:
        normal = slices[0].plane.normal
        ordered = tuple(sorted(slices, key=lambda image: float(image.plane.origin @ normal)))
        places = np.array([float((image.plane.origin - ordered[0].plane.origin) @ normal) for image in ordered])
        top = max(float(image.pixels.max()) for image in ordered)
        at_top = sum(int(np.count_nonzero(image.pixels >= top - 0.5)) for image in ordered)
        ceiling = top - 1.0 if at_top >= CLIPPED_PIXELS else np.inf
        return cls(ordered, places, ordered[0].plane.thickness, ceiling, _not_reconstructed(ordered[len(ordered) // 2]), noise_hu)

    @property
    def low(self) -> float:
        return float(self.places.min() - self.thickness / 2)

    @property
    def high(self) -> float:
        return float(self.places.max() + self.thickness / 2)

    def to_live(self, flat: FloatArray, place: float) -> FloatArray:
        """Live LPS (3,) of a point (2,) mm in the first slice's plane, `place` mm along the normal from it."""
        plane = self.slices[0].plane
        return np.asarray(plane.origin + flat[0] * plane.u + flat[1] * plane.v + place * plane.normal)

    def direction(self, flat: FloatArray) -> FloatArray:
        """Live LPS (3,) of a direction (2,) in the slices' plane."""
        plane = self.slices[0].plane
        return np.asarray(flat[0] * plane.u + flat[1] * plane.v)

    def in_plane(self, direction: FloatArray) -> tuple[FloatArray, float]:
        """A live LPS direction (3,) as its part in the plane (2,), and along the normal."""
        plane = self.slices[0].plane
        return np.array([direction @ plane.u, direction @ plane.v]), float(direction @ plane.normal)

    def inside_field(self, flat: FloatArray, margin_mm: float) -> bool:
        """Whether a point (2,) mm of the first slice's plane lies in all images, at least margin_mm from their borders."""
        live = self.to_live(flat, 0.0)
        for image in self.slices:
            column, row, _ = image.plane.to_pixels(live)
            margin = margin_mm / min(image.plane.pitch)
            columns, rows = image.plane.size
            if not (margin <= column <= columns - 1 - margin and margin <= row <= rows - 1 - margin):
                return False
        return True

    def along(
        self, line: Line, radius_mm: float, shaft_mm: float, planning: Volume, plan_from_live: FloatArray, evenly: bool = True
    ) -> Pixels:
        """The pixels around a line's end: u from -shaft_mm to BEYOND_MM of it, t to ASIDE_MM beyond the radius.

        evenly: spread like a lattice, which tells most of a solid; a tube's thin walls can fall between its points.
        """
        aside = np.array([-line.direction[1], line.direction[0]])
        reach = radius_mm + ASIDE_MM
        end = line.point + line.end * line.direction
        parts = [self._part(k, end, line.direction, aside, reach, shaft_mm) for k in range(len(self.slices))]
        u, t, row, column = (np.concatenate([part[i] for part in parts]) for i in range(4))
        of_slice = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
        near = u > -NEAR_TIP_MM - 2 * radius_mm
        chosen, weights = [], list[FloatArray]()
        for part, most in ((near, MOST_NEAR), (~near, MOST_FAR)):
            where = np.flatnonzero(part)
            stands_for = min(1.0, len(where) / max(min(len(where), most), 1) * self._pixel_mm2 / INDEPENDENT_MM2)
            if len(where) > most:  # a fixed choice: the same image gives the same answer
                if evenly:
                    place = LATTICE @ np.stack((row[where], column[where], of_slice[where])) % 1.0
                    where = where[np.argpartition(place, most)[:most]]
                else:
                    where = where[np.random.default_rng(0).choice(len(where), most, replace=False, shuffle=False)]
            chosen.append(where)
            weights.append(np.full(len(where), stands_for))
        keep, weight = np.concatenate(chosen), np.concatenate(weights)
        order = np.argsort(-u[keep], kind="stable")
        keep, weight = keep[order], weight[order]
        u, t, row, column = u[keep], t[keep], row[keep], column[keep]
        which = of_slice[keep]
        live, points = np.empty(len(keep)), np.empty((len(keep), 3))
        for k, image in enumerate(self.slices):
            here = which == k
            live[here] = image.pixels[row[here], column[here]]
            points[here] = image.plane.to_lps(np.stack((column[here], row[here]), axis=1))
        seen = np.ones(len(keep), dtype=bool)
        if self.blank is not None:  # a shaft that leaves the reconstructed field does not end there
            seen = (live > AIR_HU) | ~self.blank[row // BLANK_STEP, column // BLANK_STEP]
        u, t, live, points, weight, which = u[seen], t[seen], live[seen], points[seen], weight[seen], which[seen]
        z = self.places[which]
        plan = self._planned(points, planning, plan_from_live)
        excess = live - plan
        shade, darkness = self._shades(u, t, z, excess, radius_mm)
        columns = (u, t, z, excess, self.ceiling - plan, weight, shade)
        u32, t32, z32, excess32, ceiling32, weight32, shade32 = (column.astype(np.float32) for column in columns)
        return Pixels(u32, t32, z32, excess32, ceiling32, weight32, shade32, darkness)

    def _shades(self, u: FloatArray, t: FloatArray, z: FloatArray, excess: FloatArray, radius_mm: float) -> tuple[FloatArray, float]:
        """Each pixel's share (n,) in the shadow beyond the line's end, and how dark it is in the darkest slice, HU.

        The rays that run along an instrument are starved by what of it lies in their own slice: neighbours differ.
        """
        beyond = (u > SHADE_FROM_MM) & (np.abs(t) < max(radius_mm, 1.0))
        dark = np.zeros(len(self.places))
        for k, place in enumerate(self.places):
            here = excess[beyond & (z == place)]
            if len(here) > 3:
                dark[k] = max(-float(np.percentile(here, SHADE_PERCENT)) - self.noise / 2, 0.0)
        darkness = float(dark.max())
        if darkness < LEAST_DARK_HU:
            return np.ones(len(u)), darkness
        return np.maximum(dark / darkness, LEAST_SHADE)[np.searchsorted(self.places, z)], darkness

    @property
    def _pixel_mm2(self) -> float:
        return float(np.prod(self.slices[0].plane.pitch))

    def _part(
        self, k: int, end: FloatArray, forward: FloatArray, aside: FloatArray, reach: float, shaft_mm: float
    ) -> tuple[FloatArray, ...]:
        """u, t (mm), row and column (n,) of the pixels of slice `k` about a line's end."""
        plane = self.slices[k].plane
        centre = self.to_live(end, float(self.places[k]))
        along, across = self.direction(forward), self.direction(aside)
        corners = np.array([centre + a * along + b * across for a in (-shaft_mm, BEYOND_MM) for b in (-reach, reach)])
        around = plane.to_pixels(corners)
        size = np.array(plane.size)
        low = np.clip(np.floor(around[:, :2].min(axis=0)), 0, size).astype(int)
        high = np.clip(np.ceil(around[:, :2].max(axis=0)) + 1, 0, size).astype(int)
        columns, rows = np.arange(low[0], high[0]), np.arange(low[1], high[1])[:, None]
        right, down, offset = plane.pitch[0] * plane.u, plane.pitch[1] * plane.v, plane.origin - centre
        u = offset @ along + (right @ along) * columns + (down @ along) * rows
        t = offset @ across + (right @ across) * columns + (down @ across) * rows
        where = np.flatnonzero((u > -shaft_mm) & (u < BEYOND_MM) & (np.abs(t) < reach))
        row, column = np.divmod(where, max(len(columns), 1))
        return u.reshape(-1)[where], t.reshape(-1)[where], row + low[1], column + low[0]

    def _planned(self, points: FloatArray, planning: Volume, plan_from_live: FloatArray) -> FloatArray:
        """The plan's mean HU through the slice at live LPS points (n, 3)."""
        depths = np.array([-1 / 3, 0.0, 1 / 3])[:, None, None] * self.thickness * self.slices[0].plane.normal
        planned = planning.sample(apply(plan_from_live, points + depths)).mean(axis=0)
        return np.maximum(planned, AIR_HU)  # scanners pad what they did not reconstruct with less than air


def _not_reconstructed(image: Slice) -> npt.NDArray[np.bool_] | None:
    """The outline of what the scanner has padded, in blocks of BLANK_STEP; None where it has padded nothing.

    Padding has no noise and reaches the image's corners. The shadow of an instrument can be as dark, and does not: it is seen.
    """
    rows, columns = (size // BLANK_STEP * BLANK_STEP for size in image.pixels.shape)
    half = BLANK_STEP // 2
    quarters = [image.pixels[down:rows:BLANK_STEP, right:columns:BLANK_STEP] <= AIR_HU for down in (0, half) for right in (0, half)]
    blank = np.logical_and.reduce(quarters)
    corners = [(column, row) for row in (0, blank.shape[0] - 1) for column in (0, blank.shape[1] - 1) if blank[row, column]]
    if not corners:
        return None
    joined = sitk.ConnectedThreshold(sitk.GetImageFromArray(blank.astype(np.uint8)), corners, lower=1, upper=1)
    padded = np.pad(sitk.GetArrayViewFromImage(joined).astype(bool), ((1, 2), (1, 2)), mode="edge")  # and a block around it
    wider = padded[:-2] | padded[1:-1] | padded[2:]
    return np.asarray(wider[:, :-2] | wider[:, 1:-1] | wider[:, 2:])
