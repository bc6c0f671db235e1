"""The live slices as registration sees them: small smoothed patches around the target, on the levels' spacings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.registration.reference import HIGH_HU, LOW_HU
from SlicerSpineGuide.registration.resampling import BLOCK, Axis, Float32, axis_resampling, smooth

METAL_HU = 2200.0  # above any bone
METAL_SHARE = 0.003  # of a smoothed pixel that may be metal or masked
STREAK_SIGMA_MM = 8.0  # the surroundings of metal in which streaks drown the bone ...
STREAK_SHARE = 0.03  # ... the share of them that metal must fill for half the trust ...
LEAST_TRUST = 0.2  # ... and what remains right beside it


@dataclass(frozen=True, eq=False)
class Patch:
    """Pixels of one live slice on a regular grid, smoothed.

    values: (rows * columns,) HU; trust: likewise, 0 on metal, low beside it, 1 far from it; origin (3,): its first pixel, in mm
    from the target along the live axes; frame (3, 3): u, v, normal as columns; size: columns, rows; pitch: mm.
    """

    values: Float32
    trust: Float32
    origin: FloatArray
    frame: FloatArray
    size: tuple[int, int]
    pitch: float

    def points(self, rotation: FloatArray, translation: FloatArray, every: int = 1) -> Float32:
        """(rows * columns, 3) pixel centres after a motion, mm from the target; `every` 2: the middles of 2 by 2 pixels."""
        grid = _grid((self.size[0] // every, self.size[1] // every), self.pitch * every)
        across = (rotation @ self.frame[:, :2]).astype(np.float32)
        first = self.origin + self.frame[:, :2].sum(axis=1) * (every - 1) / 2 * self.pitch
        return np.asarray(grid @ across.T + (rotation @ first + translation).astype(np.float32))

    def edges(self) -> Float32:
        """(rows * columns,) how much the values change from pixel to pixel."""
        image = self.values.reshape(self.size[1], self.size[0])
        strength = np.zeros_like(image)
        strength[:, 1:-1] = np.abs(image[:, 2:] - image[:, :-2])
        strength[1:-1] += np.abs(image[2:] - image[:-2])
        return strength.ravel()

    def turned(self, half_turn: HalfTurn) -> Patch:
        """The same pixels after a half turn of the live patient, again along the slice's own u and v."""
        columns, rows = self.size
        far = [(n - 1) * self.pitch * float(flip) for n, flip in zip(self.size, half_turn.flips, strict=True)]
        step = tuple(slice(None, None, -1 if flip else 1) for flip in reversed(half_turn.flips))
        values, trust = (np.ascontiguousarray(a.reshape(rows, columns)[step]).ravel() for a in (self.values, self.trust))
        return replace(self, values=values, trust=trust, origin=half_turn.moved(self.origin + self.frame[:, :2] @ far))


@dataclass(frozen=True, eq=False)
class HalfTurn:
    """A turn by 180 degrees about the axis number `axis` (0 u, 1 v, 2 normal) of slices with axes `frame` (3, 3: u, v, normal),
    through `about` (3,), mm from the target in live axes. A single slice seen so is a slice seen in a mirror."""

    frame: FloatArray
    axis: int
    about: FloatArray

    @property
    def flips(self) -> tuple[bool, bool]:
        """Whether a slice's columns run the other way, and its rows."""
        return self.axis != 0, self.axis != 1

    def moved(self, point: FloatArray) -> FloatArray:
        axis = self.frame[:, self.axis]
        away = point - self.about
        return np.asarray(self.about + 2 * axis * float(axis @ away) - away)


@lru_cache(maxsize=64)
def _grid(size: tuple[int, int], pitch: float) -> Float32:
    rows, columns = np.indices((size[1], size[0]), dtype=np.float32)
    return np.stack([columns.ravel(), rows.ravel()], axis=1) * np.float32(pitch)


def _trust(metal: npt.NDArray[np.bool_], spacing: float) -> Float32:
    """0 on metal, then rising with the distance from it, the slower the more of it there is: where its streaks are strongest."""
    rows, columns = (axis_resampling(n, spacing, spacing, STREAK_SIGMA_MM) for n in metal.shape)
    near = smooth(metal.astype(np.float32), rows, columns, (0, len(rows.bands)), (0, len(columns.bands)))
    return np.asarray(~metal * (LEAST_TRUST + (1 - LEAST_TRUST) / (1 + np.square(near / np.float32(STREAK_SHARE)))), dtype=np.float32)


class LiveSlice:
    """One slice, from which patches are taken around a point."""

    def __init__(self, image: Slice, mask: npt.NDArray[np.bool_] | None, centre: FloatArray) -> None:
        plane = image.plane
        self.plane = plane
        self.frame = np.stack([plane.u, plane.v, plane.normal], axis=1)
        self.origin = plane.origin - centre
        self._pixels = image.pixels
        self._mask = mask if mask is not None and mask.any() else None
        self._taken: dict[tuple[object, ...], Patch] = {}

    @cached_property
    def has_metal(self) -> bool:
        """Whether metal, or what is masked, lies anywhere in it: where streaks come from."""
        return self._mask is not None or bool(self._pixels.max() > METAL_HU)

    def patch(self, about: FloatArray, radius: float, spacing: float, sigma: float) -> Patch | None:
        """The patch within about `radius` mm of the foot of `about` (mm from the target, live axes); None where the image ends before.

        Its pixels lie at multiples of `spacing` from the image's first pixel and its border on whole blocks of them, so that one
        image gives the same samples whatever the start.
        """
        foot = (about - self.origin) @ self.frame
        axes, blocks, spans = [], [], []
        for k in (0, 1):
            axis = axis_resampling(self.plane.size[k], self.plane.pitch[k], spacing, sigma)
            block = axis.blocks(foot[k] - radius, foot[k] + radius, spacing)
            if block[1] <= block[0]:
                return None
            axes.append(axis)
            blocks.append(block)
            spans.append(slice(*axis.pixels(block)))
        key = (spacing, sigma, *blocks)
        if key not in self._taken:
            self._taken[key] = self._take(axes, blocks, spans, spacing)
        return self._taken[key]

    def _take(self, axes: list[Axis], blocks: list[tuple[int, int]], spans: list[slice], spacing: float) -> Patch:
        raw = self._pixels[spans[1], spans[0]]
        values = smooth(np.clip(raw, LOW_HU, HIGH_HU, dtype=np.float32), axes[1], axes[0], blocks[1], blocks[0])
        bad = raw > METAL_HU
        if self._mask is not None:
            bad |= self._mask[spans[1], spans[0]]
        trust = np.ones(values.shape, dtype=np.float32)
        if bad.any():
            trust = _trust(smooth(bad.astype(np.float32), axes[1], axes[0], blocks[1], blocks[0]) > METAL_SHARE, spacing)
        origin = self.origin + self.frame[:, :2] @ (np.array([blocks[0][0], blocks[1][0]]) * BLOCK * spacing)
        return Patch(values.ravel(), trust.ravel(), origin, self.frame, (values.shape[1], values.shape[0]), spacing)


class TurnedSlice(LiveSlice):
    """A live slice after a half turn of the patient; it shares what has been smoothed already."""

    def __init__(self, seen: LiveSlice, half_turn: HalfTurn) -> None:
        self.plane, self.frame = seen.plane, seen.frame
        self.origin = half_turn.moved(seen.origin)  # of the slice's plane; its pixels' place is their patches'
        self._seen, self._half_turn = seen, half_turn
        self._pixels, self._mask = seen._pixels, seen._mask
        self._turned: dict[int, Patch] = {}

    def patch(self, about: FloatArray, radius: float, spacing: float, sigma: float) -> Patch | None:
        found = self._seen.patch(self._half_turn.moved(about), radius, spacing, sigma)
        if found is None:
            return None
        if id(found) not in self._turned:
            self._turned[id(found)] = found.turned(self._half_turn)
        return self._turned[id(found)]


def patches(slices: Sequence[LiveSlice], about: FloatArray, radius: float, spacing: float, sigma: float) -> list[Patch]:
    """The patches of all slices that reach `about`."""
    found = (s.patch(about, radius, spacing, sigma) for s in slices)
    return [p for p in found if p is not None]
