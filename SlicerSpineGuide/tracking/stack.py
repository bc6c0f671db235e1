"""The slices of one frame as one stack of parallel planes, and the pixels along a line in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, apply, rotate
from SlicerSpineGuide.images import AIR_HU, Slice, Volume
from SlicerSpineGuide.tracking.cylinder import Pixels
from SlicerSpineGuide.tracking.lines import Line

CLIPPED_PIXELS = 8  # so many pixels at the highest value mean that the scanner has clipped there
BEYOND_MM, ASIDE_MM = 6.0, 1.6  # of the tip, and beyond the instrument's surface: the pixels that are explained
NEAR_TIP_MM = 5.0  # from here on to the tip most pixels are taken, farther back a part
MOST_NEAR, MOST_FAR, MOST_WITHIN = 300, 220, 30
WALL = 0.6  # of the radius: farther from the axis lie a tube's walls in most slices
# by row, column and slice: the pixels whose sums are smallest modulo 1 lie evenly spread (Roberts' quasirandom sequence)
LATTICE = np.array([0.8191725133961645, 0.6710436067037893, 0.5497004779019703])
SHADE_FROM_MM, SHADE_PART = 1.5, 0.3  # so far beyond a line's end, and such a part of the pixels there, tell how dark it is
LEAST_DARK_HU = 100.0
LEAST_SHADE = 0.3  # along the shaft a slice may be darker than beyond the tip
ALIGNED_MM = 1e-4
BLANK_STEP = 4  # what was not reconstructed is outlined in blocks of so many pixels
INDEPENDENT_MM2 = 2.0  # errors of pixels are alike over about such an area: streaks, the blur's shape, noise


@dataclass(frozen=True, eq=False)
class Stack:
    """Parallel slices, sorted along their normal. places (n,): mm along the normal from the first; low, high: the stack's faces, mm;
    noise: HU."""

    slices: tuple[Slice, ...]
    places: FloatArray
    thickness: float
    noise: float

    @classmethod
    def of(cls, slices: Sequence[Slice], noise_hu: float) -> Stack:
        normal = slices[0].plane.normal
        ordered = tuple(sorted(slices, key=lambda image: float(image.plane.origin @ normal)))
        places = np.array([float((image.plane.origin - ordered[0].plane.origin) @ normal) for image in ordered])
        return cls(ordered, places, ordered[0].plane.thickness, noise_hu)

    @cached_property
    def ceiling(self) -> float:
        """HU at which the scanner has clipped, infinite where it has not."""
        top = max(float(image.pixels.max()) for image in self.slices)
        at_top = accumulate(int(np.count_nonzero(image.pixels >= top - 0.5)) for image in self.slices)
        return top - 1.0 if any(count >= CLIPPED_PIXELS for count in at_top) else np.inf

    @cached_property
    def blank(self) -> npt.NDArray[np.bool_]:
        """For each block of BLANK_STEP pixels along rows and columns, whether it was not reconstructed."""
        return _not_reconstructed(self.slices[len(self.slices) // 2])

    @property
    def low(self) -> float:
        return float(self.places.min() - self.thickness / 2)

    @property
    def high(self) -> float:
        return float(self.places.max() + self.thickness / 2)

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    @cached_property
    def widest_gap(self) -> float:
        """mm between the faces of neighbouring slices, where it is widest; 0 where they touch or overlap."""
        apart = np.diff(self.places)
        return max(float(apart.max()) - self.thickness, 0.0) if len(apart) else 0.0

    def block(self, place: float, bridged_mm: float) -> tuple[float, float]:
        """The faces (low, high) of the slices nearest to a place along the normal that follow each other with gaps of at most
        bridged_mm."""
        parts = np.split(self.places, np.flatnonzero(np.diff(self.places) > self.thickness + bridged_mm) + 1)
        faces = [(float(part[0] - self.thickness / 2), float(part[-1] + self.thickness / 2)) for part in parts]
        return min(faces, key=lambda ends: max(ends[0] - place, place - ends[1]))

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
        self, line: Line, radius_mm: float, shaft_mm: float, planning: Volume, plan_from_live: FloatArray, hollow: bool = False
    ) -> Pixels:
        """The pixels around a line's end: u from -shaft_mm to BEYOND_MM of it, t to ASIDE_MM beyond the radius.

        hollow: a tube's, which its walls tell most about, and whose blunt end those right around it.
        """
        end, reach = line.point + line.end * line.direction, radius_mm + ASIDE_MM
        flat = np.stack((line.direction, [-line.direction[1], line.direction[0]]))
        axes = np.stack((*(flat @ np.stack((self.slices[0].plane.u, self.slices[0].plane.v))), self.slices[0].plane.normal))
        differ = self.slices[:1] if self._aligned else self.slices
        parts = [self._part(image, self.to_live(end, 0.0), axes[:2], reach, shaft_mm) for image in differ]
        parts *= len(self.slices) // len(parts)
        u, t, row, column = (np.concatenate([part[i] for part in parts]) for i in range(4))
        which = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
        near = u > -NEAR_TIP_MM - (0 if hollow else 2 * radius_mm)
        wall = np.abs(t) > (WALL * radius_mm if hollow else 0.0)
        keep, weight = self._chosen(near, wall, np.stack((row, column, which)))
        order = np.argsort(-u[keep], kind="stable")
        keep, weight = keep[order], weight[order]
        u, t, row, column, which = u[keep], t[keep], row[keep], column[keep], which[keep]
        live = np.empty(len(keep))
        for k, image in enumerate(self.slices):
            here = np.flatnonzero(which == k)
            live[here] = image.pixels[row[here], column[here]]
        seen = live > AIR_HU
        if not seen.all():  # a shaft that leaves the reconstructed field does not end there
            seen |= ~self.blank[row // BLANK_STEP, column // BLANK_STEP]
            u, t, live, weight, which = u[seen], t[seen], live[seen], weight[seen], which[seen]
        z = self.places[which]
        axes = rotate(plan_from_live, axes)
        plan = self._planned(apply(plan_from_live, self.to_live(end, 0.0)) + np.stack((u, t, z), axis=1) @ axes, axes[2], planning)
        excess = live - plan
        shade, darkness = self._shades(u, t, which, excess, radius_mm)
        columns = (u, t, z, excess, self.ceiling - plan, weight, shade)
        u32, t32, z32, excess32, ceiling32, weight32, shade32 = (column.astype(np.float32) for column in columns)
        return Pixels(u32, t32, z32, excess32, ceiling32, weight32, shade32, darkness)

    def _chosen(
        self, near: npt.NDArray[np.bool_], wall: npt.NDArray[np.bool_], places: npt.NDArray[np.intp]
    ) -> tuple[npt.NDArray[np.intp], FloatArray]:
        """Which pixels (n,) are looked at, the `near` and those of the `wall` apart, and how many each stands for."""
        chosen, weights = [], []
        inner = (near & ~wall, MOST_WITHIN), (~near & ~wall, MOST_WITHIN)
        for part, most in ((near & wall, MOST_NEAR), (~near & wall, MOST_FAR), *inner):
            where = np.flatnonzero(part)
            stands_for = min(1.0, len(where) / max(min(len(where), most), 1) * self._pixel_mm2 / INDEPENDENT_MM2)
            if len(where) > most:  # a fixed choice: the same image gives the same answer
                phase = LATTICE @ places[:, where]
                where = where[np.argpartition(phase - np.floor(phase), most)[:most]]
            chosen.append(where)
            weights.append(np.full(len(where), stands_for))
        return np.concatenate(chosen), np.concatenate(weights)

    def _shades(
        self, u: FloatArray, t: FloatArray, which: npt.NDArray[np.intp], excess: FloatArray, radius_mm: float
    ) -> tuple[FloatArray, float]:
        """Each pixel's share (n,) in the shadow beyond the line's end, and how dark it is in the darkest slice, HU.

        The rays that run along an instrument are starved by what of it lies in their own slice: neighbours differ.
        """
        beyond = (u > SHADE_FROM_MM) & (np.abs(t) < max(radius_mm, 1.0))
        dark = np.zeros(len(self.places))
        for k in range(len(self.places)):
            here = np.sort(excess[beyond & (which == k)])
            if len(here) > 3:
                low = float(np.interp(SHADE_PART * (len(here) - 1), np.arange(len(here)), here))
                dark[k] = max(-low - self.noise / 2, 0.0)
        darkness = float(dark.max())
        if darkness < LEAST_DARK_HU:
            return np.ones(len(u)), darkness
        return np.maximum(dark / darkness, LEAST_SHADE)[which], darkness

    @cached_property
    def _aligned(self) -> bool:
        """Whether the pixels of all slices lie straight above those of the first."""
        first = self.slices[0].plane
        for plane in (image.plane for image in self.slices[1:]):
            shift = plane.origin - first.origin
            same = (
                plane.size == first.size and plane.pitch == first.pitch and (plane.u == first.u).all() and (plane.v == first.v).all()
            )
            if not same or np.abs(shift - first.normal * (shift @ first.normal)).max() > ALIGNED_MM:
                return False
        return True

    @property
    def _pixel_mm2(self) -> float:
        return self.slices[0].plane.pitch[0] * self.slices[0].plane.pitch[1]

    def _part(self, image: Slice, end: FloatArray, axes: FloatArray, reach: float, shaft_mm: float) -> tuple[FloatArray, ...]:
        """u, t (mm along the live `axes` (2, 3)), row and column (n,) of the pixels of a slice about a line's end."""
        plane = image.plane
        matrix = axes @ np.stack((plane.u, plane.v), axis=1) * plane.pitch  # (column, row) -> (u, t)
        offset = axes @ (plane.origin - end)
        corners = [(u, t) for u in (-shaft_mm, BEYOND_MM) for t in (-reach, reach)]
        around = (corners - offset) @ np.linalg.inv(matrix).T
        low = np.maximum(around.min(axis=0), 0.0).astype(int)
        high = np.minimum(around.max(axis=0) + 1.0, plane.size).astype(int)
        columns, rows = np.arange(low[0], high[0]), np.arange(low[1], high[1])[:, None]
        u, t = ((start + right * columns) + down * rows for start, (right, down) in zip(offset, matrix, strict=True))
        where = np.flatnonzero((u > -shaft_mm) & (u < BEYOND_MM) & (np.abs(t) < reach))
        row, column = np.divmod(where, max(len(columns), 1))
        return u.reshape(-1)[where], t.reshape(-1)[where], row + low[1], column + low[0]

    def _planned(self, points: FloatArray, normal: FloatArray, planning: Volume) -> FloatArray:
        """The plan's mean HU through the slice, along its normal, at points (n, 3) of the plan."""
        depths = np.array([-1 / 3, 0.0, 1 / 3])[:, None, None] * self.thickness * normal
        planned = planning.sample(points + depths).mean(axis=0)
        return np.maximum(planned, AIR_HU)  # scanners pad what they did not reconstruct with less than air


def _not_reconstructed(image: Slice) -> npt.NDArray[np.bool_]:
    """The outline of what the scanner has padded, in blocks of BLANK_STEP.

    Padding has no noise and reaches the image's corners. The shadow of an instrument can be as dark, and does not: it is seen.
    """
    rows, columns = (size // BLANK_STEP * BLANK_STEP for size in image.pixels.shape)
    half = BLANK_STEP // 2
    quarters = [image.pixels[down:rows:BLANK_STEP, right:columns:BLANK_STEP] <= AIR_HU for down in (0, half) for right in (0, half)]
    blank = np.logical_and.reduce(quarters)
    corners = [(column, row) for row in (0, blank.shape[0] - 1) for column in (0, blank.shape[1] - 1) if blank[row, column]]
    if not corners:
        return np.zeros((blank.shape[0] + 1, blank.shape[1] + 1), dtype=bool)
    joined = sitk.ConnectedThreshold(sitk.GetImageFromArray(blank.astype(np.uint8)), corners, lower=1, upper=1)
    padded = np.pad(sitk.GetArrayViewFromImage(joined).astype(bool), ((1, 2), (1, 2)), mode="edge")  # and a block around it
    wider = padded[:-2] | padded[1:-1] | padded[2:]
    return np.asarray(wider[:, :-2] | wider[:, 1:-1] | wider[:, 2:])
