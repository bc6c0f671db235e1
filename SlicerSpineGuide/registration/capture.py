"""Starts for a registration that has none: where in the plan a live slice could lie.

Every plane of a coarse level, along the slice's normal, is a template (the vertebra's surroundings) that is searched for in the live
slice by weighted, masked normalised cross-correlation in the Fourier domain (Padfield 2012, IEEE TIP 21:2706).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.registration.patches import Patch
from SlicerSpineGuide.registration.reference import INSIDE_HU, Level
from SlicerSpineGuide.registration.resampling import Float32
from SlicerSpineGuide.registration.vertebra import VertebraWeight

CONTEXT = 0.3  # the weight of what is not bone, here: organs tell levels and sides apart
LEAST_OVERLAP = 0.5  # of the template's weight that must lie in the live field
APART_MM = 7.0


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
        self._transformed: dict[tuple[int, int], Float32] = {}

    def candidates(self, patch: Patch, count: int) -> list[Candidate]:
        """The `count` best places, apart from each other, for the middle of a template in a live patch of the level's spacing."""
        columns, rows = patch.size
        half = self._kernels.shape[-1] // 2
        shape = (_fast(rows + 2 * half), _fast(columns + 2 * half))
        if shape not in self._transformed:
            self._transformed = {shape: np.conj(np.fft.rfft2(self._kernels, s=shape))}
        wt, w, wtt = self._transformed[shape]
        mask = (patch.trust > 0).reshape(rows, columns).astype(np.float32)
        values = patch.values.reshape(rows, columns)
        values = (values - values[mask > 0].mean()) * mask if mask.any() else values
        fm, fl, fll = np.fft.rfft2(np.stack([mask, values, values**2]), s=shape)

        def correlate(kernel: np.ndarray, image: np.ndarray) -> np.ndarray:
            full = np.fft.irfft2(kernel * image, s=shape)
            return np.roll(full, (half, half), axis=(-2, -1))[..., :rows, :columns]

        share = np.maximum(correlate(w, fm), 1e-6)
        live = correlate(w, fl)
        plan = correlate(wt, fm)
        cross = correlate(wt, fl) - live * plan / share
        live_variance = correlate(w, fll) - live**2 / share
        plan_variance = correlate(wtt, fm) - plan**2 / share
        score = cross / np.sqrt(np.maximum(live_variance, 25.0) * np.maximum(plan_variance, 0.05))
        score[share < LEAST_OVERLAP] = -1
        return self._peaks(score, count)

    def _peaks(self, score: np.ndarray, count: int) -> list[Candidate]:
        found = []
        apart = int(np.ceil(APART_MM / self._spacing))
        for _ in range(count):
            z, y, x = np.unravel_index(int(np.argmax(score)), score.shape)
            best = float(score[z, y, x])
            if best <= 0:
                break
            found.append(Candidate(best, float(self._depths[z]), float(x * self._spacing), float(y * self._spacing)))
            score[tuple(slice(max(i - apart, 0), i + apart + 1) for i in (z, y, x))] = -1
        return found


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
