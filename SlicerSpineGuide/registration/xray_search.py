"""Where the target could be at all: one DRR per view, slid over its radiograph, and the views' answers combined in 3D."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.registration.drr import FloatImage, window
from SlicerSpineGuide.registration.drr_motion import moved, pixel_motion
from SlicerSpineGuide.registration.xray_image import LogRadiograph
from SlicerSpineGuide.registration.xray_solve import for_each_view
from SlicerSpineGuide.registration.xray_view import Level, View

STEP_MM = 3.0
APART_MM = 9.0  # candidates nearer to each other than this lead to the same place


@dataclass(frozen=True, eq=False)
class Candidate:
    """A pose (plan_from_live) to start from; score: how promising it is, a correlation. Candidates sort by it."""

    score: float
    pose: FloatArray

    def __lt__(self, other: Candidate) -> bool:
        return self.score < other.score


def candidates(
    radiographs: Sequence[LogRadiograph], level: Level, centre: FloatArray, guess: FloatArray, reach_mm: float, count: int
) -> list[Candidate]:
    """Up to `count` poses that differ from `guess` by a translation of at most reach_mm, most promising first.

    With one view the translation is across its rays only.
    """
    views = for_each_view(lambda radiograph: View(radiograph, level, centre, guess, reach_mm), radiographs)
    first = views[0].grid
    basis = guess[:3, :3] @ np.column_stack((first.u, first.v, first.normal))
    steps = np.arange(-np.floor(reach_mm / STEP_MM), np.floor(reach_mm / STEP_MM) + 1) * STEP_MM
    depths = steps if len(views) > 1 else np.zeros(1)
    offsets = np.stack(np.meshgrid(steps, steps, depths, indexing="ij"), axis=-1).reshape(-1, 3) @ basis.T
    offsets = offsets[np.linalg.norm(offsets, axis=1) <= reach_mm]
    score = np.mean(for_each_view(lambda view: _at_offsets(view, guess, offsets), views), axis=0)
    score = score - 0.05 * (np.linalg.norm(offsets, axis=1) / reach_mm) ** 2  # what is nearer is likelier
    found: list[Candidate] = []
    while len(found) < count and np.isfinite(score).any():
        best = int(np.argmax(score))
        found.append(Candidate(float(score[best]), moved(guess, np.concatenate((offsets[best], np.zeros(3))), centre)))
        score[np.linalg.norm(offsets - offsets[best], axis=1) < APART_MM] = -np.inf
    return found


def _at_offsets(view: View, guess: FloatArray, offsets: FloatArray) -> FloatArray:
    """(N,): the correlation of the view's radiograph with the guess's DRR, moved as each translation (N, 3) would move it."""
    likeness = _slide(view.moving(guess), view.weight(guess), view.fixed, view.contrast.exposed)
    at_target = window(view.grid, view.target_pixel(guess), 1.0, (1, 1))
    shift, _ = pixel_motion(at_target, guess, view.centre, view.target_depth(guess))
    pixels = np.rint(offsets @ shift[:3, :, 0, 0].astype(np.float64)).astype(int)
    column, row = (np.clip(pixels[:, i], -(n // 2), n // 2) for i, n in ((0, likeness.shape[1]), (1, likeness.shape[0])))
    return likeness[row, column].astype(np.float64)


def _slide(template: FloatImage, weight: FloatImage, fixed: FloatImage, exposed: FloatImage) -> FloatImage:
    """Correlation of the weighted template with the fixed image at every shift, indexed by (rows, columns) shifted, cyclic.

    Where little of the template meets exposed detector the correlation is lowered in proportion. The fixed image is expected to
    reach beyond the template's weight by about as much as the shifts that matter, so that a little margin keeps its ends apart.
    """
    shape = tuple(n + n // 5 for n in fixed.shape)
    moving = np.fft.rfft2(np.stack((weight * template, weight, weight * template * template)), shape).conj()
    still = np.fft.rfft2(np.stack((fixed * exposed, exposed, fixed * fixed * exposed)), shape)
    pairs = moving[[0, 1, 1, 2]] * still[[0, 1, 2, 1]]
    product, met, power, own = np.fft.irfft2(pairs, shape).astype(np.float32)
    coverage = np.clip(np.maximum(met, 0) / max(float(weight.sum()), 1e-6) / 0.6, 0, 1)
    return np.asarray(product / np.sqrt(np.maximum(power, 1e-6) * np.maximum(own, 1e-6)) * coverage, dtype=np.float32)
