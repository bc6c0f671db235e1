"""Starts for a registration that has none: where in the plan a live slice could lie.

Every plane of a coarse level, along the slice's normal, is a template (the vertebra's surroundings) that is searched for in the live
slice by weighted, masked normalised cross-correlation in the Fourier domain (Padfield 2012, IEEE TIP 21:2706).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.registration.patches import Patch
from SlicerSpineGuide.registration.reference import INSIDE_HU, Level
from SlicerSpineGuide.registration.resampling import Float32
from SlicerSpineGuide.registration.vertebra import VertebraWeight

CONTEXT = 0.3  # the weight of what is not bone, here: organs tell levels and sides apart
LEAST_OVERLAP = 0.5  # of the template's weight that must lie in the live field
APART_MM = 7.0
SHAPES = 3  # of live patches, for which what depends on the plan alone is kept


@dataclass(frozen=True, eq=False)
class Candidate:
    """A plane `depth` mm along the normal from the target, shifted in the plane; score: its correlation, -1 to 1.

    start (3,): the live point, mm along u and v from the live patch's first pixel, that matches the template's middle.
    """

    score: float
    depth: float
    column_mm: float
    row_mm: float


class TemplateSearch:
    """The templates of one level, in the Fourier domain, kept for every later capture."""

    def __init__(self, level: Level, weight: VertebraWeight, radius: float, reach: float) -> None:
        spacing = level.scale.spacing
        n = level.scale.shape[0]
        middle = n // 2
        half = int(radius / spacing)
        planes = range(max(middle - int(reach / spacing), 0), min(middle + int(reach / spacing), n - 1) + 1)
        window = slice(middle - half, middle + half + 1)
        offsets = (np.arange(n) - middle) * spacing
        z, y, x = np.meshgrid(offsets[planes.start : planes.stop], offsets[window], offsets[window], indexing="ij")
        grid = np.stack([x, y, z], axis=-1).reshape(-1, 3)
        # The template follows the plane: its bone counts, not its distance from the target along the spine.
        bone = weight.bone_at(grid @ level.axes.T).reshape(x.shape)
        template = np.array(level.whole().samples[planes.start : planes.stop, window, window, 0])
        inside = template > INSIDE_HU
        weights = (CONTEXT + (1 - CONTEXT) * bone) * inside / (1 + ((x**2 + y**2) / (0.9 * radius) ** 2) ** 4)
        total = weights.sum(axis=(1, 2), keepdims=True)
        keep = total[:, 0, 0] > 0.3 * total.max()
        self._depths = z[keep, 0, 0]
        weights = (weights / np.maximum(total, 1e-9))[keep]
        template = template[keep]
        template -= (weights * template).sum(axis=(1, 2), keepdims=True)
        template /= np.sqrt((weights * template**2).sum(axis=(1, 2), keepdims=True) + 1e-6)
        self._kernels = np.stack([weights * template, weights, weights * template**2]).astype(np.float32)
        self._spacing = spacing
        self._transformed: dict[tuple[int, int], npt.NDArray[np.complex64]] = {}
        self._unmasked: dict[tuple[int, int], list[Float32]] = {}

    def candidates(self, patch: Patch, count: int, depths: tuple[float, float] = (-np.inf, np.inf)) -> list[Candidate]:
        """The `count` best places, apart from each other, for the middle of a template in a live patch of the level's spacing;
        depths: between which, mm along the normal from the target, they may lie."""
        first, last = np.searchsorted(self._depths, depths)
        planes = slice(int(first), int(last))
        if first == last:
            return []
        size = patch.size[1], patch.size[0]
        mask = (patch.trust > 0).reshape(size).astype(np.float32)
        whole = bool(mask.all())
        values = patch.values.reshape(size)
        values = (values - values[mask > 0].mean()) * mask if mask.any() else values
        live, cross, live_squared = self._correlated(((1, values), (0, values), (1, values**2)), size, planes)
        of_plan = self._unmasked.get(size) if whole else None
        if of_plan is None:
            wanted = slice(None) if whole else planes
            of_plan = self._correlated(((1, mask), (0, mask), (2, mask)), size, wanted)
            if whole:
                self._unmasked[size] = of_plan
                _forget(self._unmasked)
        share, plan, plan_squared = (o[planes] for o in of_plan) if whole else of_plan
        share = np.maximum(share, np.float32(1e-6))
        cross -= live * plan / share
        live_variance = live_squared - live * live / share
        plan_variance = plan_squared - plan * plan / share
        score = cross / np.sqrt(np.maximum(live_variance, np.float32(25.0)) * np.maximum(plan_variance, np.float32(0.05)))
        score[share < LEAST_OVERLAP] = -1
        return self._peaks(score, self._depths[planes], count)

    def _correlated(self, pairs: Sequence[tuple[int, Float32]], size: tuple[int, int], planes: slice) -> list[Float32]:
        """Per kernel and image (rows, columns): their cross-correlation (planes, rows, columns), a kernel's middle at each pixel."""
        half = self._kernels.shape[-1] // 2
        # Circular: what kernels read beyond one border and what they read beyond the other share one margin of zeros.
        shape = _fast(max(size[0] + half, 2 * half + 1)), _fast(max(size[1] + half, 2 * half + 1))
        if shape not in self._transformed:
            padded = np.zeros((*self._kernels.shape[:2], *shape), dtype=np.float32)
            padded[..., : 2 * half + 1, : 2 * half + 1] = self._kernels
            centred = np.roll(padded, (-half, -half), axis=(-2, -1))
            self._transformed[shape] = np.conj(np.fft.rfft2(centred))
            _forget(self._transformed)
        kernels = self._transformed[shape][:, planes]
        images = {id(image): np.fft.rfft2(image, s=shape) for _, image in pairs}
        whole = (np.fft.irfft2(kernels[k] * images[id(image)], s=shape) for k, image in pairs)
        return [np.asarray(w[..., : size[0], : size[1]], dtype=np.float32) for w in whole]

    def _peaks(self, score: np.ndarray, depths: FloatArray, count: int) -> list[Candidate]:
        found = []
        apart = int(np.ceil(APART_MM / self._spacing))
        for _ in range(count):
            z, y, x = np.unravel_index(int(np.argmax(score)), score.shape)
            best = float(score[z, y, x])
            if best <= 0:
                break
            found.append(Candidate(best, float(depths[z]), float(x * self._spacing), float(y * self._spacing)))
            score[tuple(slice(max(i - apart, 0), i + apart + 1) for i in (z, y, x))] = -1
        return found


def _forget(kept: dict[tuple[int, int], Any]) -> None:
    """All but what was made last."""
    while len(kept) > SHAPES:
        del kept[next(iter(kept))]


def _fast(n: int) -> int:
    """The next length whose Fourier transform is quick."""
    while True:
        m = n
        for p in (2, 3, 5):
            while m % p == 0:
                m //= p
        if m == 1:
            return n
        n += 1
