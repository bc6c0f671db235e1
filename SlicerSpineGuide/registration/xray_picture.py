"""What to draw over a radiograph so that a registration can be checked by eye: the CT's own radiograph, and the shadow of its bone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, apply
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.registration.drr import FloatImage, Projector, window
from SlicerSpineGuide.registration.xray import XrayRegistration
from SlicerSpineGuide.registration.xray_image import LogRadiograph

BONE_HU = 180.0


def matching_drr(
    radiograph: Radiograph, engine: XrayRegistration, plan_from_live: FloatArray, *, ends_in_air: bool = False, largest: int = 256
) -> FloatImage:
    """The CT's radiograph as the same detector would show it, in the radiograph's own pixel values: to blend with it.

    plan_from_live, ends_in_air: of that view (`XrayPose.view_poses`, `XrayPose.ends_in_air`). (rows, columns) with at most `largest`
    of each, over the whole image. ValueError where the radiograph has no geometry.
    """
    if radiograph.projection is None:
        raise ValueError("a radiograph without geometry has no DRR")
    seen = LogRadiograph.of(radiograph.pixels, radiograph.projection)
    columns, rows = seen.projection.size
    step = max(1.0, max(columns, rows) / largest)
    grid = window(seen.projection, ((columns - 1) / 2, (rows - 1) / 2), step, (int(columns / step), int(rows / step)))
    fixed = seen.resample(grid)
    drr = replace(engine.levels[-1], ends_in_air=ends_in_air).render(grid, plan_from_live)
    keep = fixed.exposed > 0
    x, y = drr[keep].astype(np.float64), fixed.values[keep].astype(np.float64)
    weight = np.ones(len(x))
    gain, offset = 1.0, float(np.median(y)) if len(y) else 0.0
    for _ in range(5 if len(x) > 100 else 0):
        mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
        gain = float(np.clip(np.sum(weight * (x - mean_x) * (y - mean_y)) / max(np.sum(weight * (x - mean_x) ** 2), 1e-9), 0.1, 3.0))
        offset = float(mean_y - gain * mean_x)
        error = y - gain * x - offset
        weight = 1 / (1 + (error / (2 * np.median(np.abs(error)) + 1e-6)) ** 2)
    return np.asarray(np.exp(-(gain * drr + offset)), dtype=np.float32)


def bone_shadow(volume: Volume, target: FloatArray, radius_mm: float = 28.0) -> Projector:
    """A projector of the bone within radius_mm of the target alone: its radiograph is mm of bone on each ray, whose level lines
    outline the vertebra."""
    near = volume.crop(target, radius_mm)
    index = np.stack(np.meshgrid(*(np.arange(n) for n in near.voxels.shape), indexing="ij"), axis=-1)[..., ::-1]
    inside = np.linalg.norm(apply(near.lps_from_index, index) - target, axis=-1) < radius_mm
    return Projector((near.voxels > BONE_HU) & inside, near.lps_from_index)
