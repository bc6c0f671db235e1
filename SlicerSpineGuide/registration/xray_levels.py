"""The planning CT made ready for radiographs of one target: fine around it, coarse everywhere else, at three resolutions.

A radiograph shows the whole body at once, so the whole CT takes part; only what lies near the target needs small voxels. Everything
is relative to water: where the CT ends, the body goes on, and water is a better guess for it than vacuum.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, apply
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.drr import WATER_PER_MM, FloatImage, Projector, attenuation
from SlicerSpineGuide.registration.xray_view import Level

NEAR_HALF_MM, SEAM_MM = 55.0, 8.0
# mm at the patient: voxels near the target, voxels elsewhere, pixels, radius of what is compared
RESOLUTIONS = ((3.0, 5.0, 3.0, 62.0), (1.7, 4.0, 1.7, 52.0), (1.0, 4.0, 1.0, 42.0))


def prepare_levels(volume: Volume, centre: FloatArray) -> list[Level]:
    """From the planning CT (HU) and the target (3,), planning-CT LPS; coarse to fine."""
    body = {far: without_table(binned(volume, far)) for far in {r[1] for r in RESOLUTIONS}}
    return [_level(volume, centre, body[resolution[1]], resolution) for resolution in RESOLUTIONS]


def finest_level(volume: Volume, centre: FloatArray) -> Level:
    """The last of `prepare_levels` alone."""
    return _level(volume, centre, without_table(binned(volume, RESOLUTIONS[-1][1])), RESOLUTIONS[-1])


def _level(volume: Volume, centre: FloatArray, body: Volume, resolution: tuple[float, float, float, float]) -> Level:
    near_mm, _, pixel, radius = resolution
    near = resampled(volume.crop(centre, NEAR_HALF_MM), near_mm)
    projectors = (_relative_to_water(near, _nearness(near, centre)), _relative_to_water(body, 1 - _nearness(body, centre)))
    return Level(projectors, volume, pixel, radius)


def resampled(volume: Volume, voxel_mm: float) -> Volume:
    """The volume with voxels of voxel_mm along those of its axes that are finer, averaged; float32."""
    import SimpleITK as sitk

    image = sitk.Cast(volume.to_sitk(), sitk.sitkFloat32)
    spacing = np.maximum(volume.spacing, voxel_mm)
    blur = [float((0.35 * new) ** 2 if new > 1.2 * old else 0) for old, new in zip(volume.spacing, spacing, strict=True)]
    image = sitk.DiscreteGaussian(image, blur, 32, 0.01, True)
    size = [max(1, int(np.floor((n - 1) * old / new)) + 1) for n, old, new in zip(volume.size, volume.spacing, spacing, strict=True)]
    direction, nothing = image.GetDirection(), sitk.Transform()
    return Volume.from_sitk(
        sitk.Resample(image, size, nothing, sitk.sitkLinear, image.GetOrigin(), spacing.tolist(), direction, -1000.0)
    )


def binned(volume: Volume, voxel_mm: float) -> Volume:
    """The volume averaged over whole voxels, so that its own become about voxel_mm large; float32."""
    factors = np.maximum(1, np.round(voxel_mm / volume.spacing)).astype(int)
    factors = np.minimum(factors, volume.size)
    fx, fy, fz = (int(f) for f in factors)
    nz, ny, nx = (n // f for n, f in zip(volume.voxels.shape, (fz, fy, fx), strict=True))
    whole = volume.voxels[: nz * fz, : ny * fy, : nx * fx]
    mean = np.stack(
        [slab.reshape(fz, ny, fy, nx, fx).mean(axis=(0, 2, 4), dtype=np.float32) for slab in whole.reshape(nz, fz, ny * fy, nx * fx)]
    )
    matrix = volume.lps_from_index.copy()
    matrix[:3, :3] *= factors
    matrix[:3, 3] = apply(volume.lps_from_index, (factors - 1) / 2)
    return Volume(mean, matrix)


def without_table(volume: Volume) -> Volume:
    """The volume with air in place of whatever hangs together less than the body does: table, cushions, cables."""
    import SimpleITK as sitk

    tissue = sitk.GetImageFromArray((volume.voxels > -300).astype(np.uint8))
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(sitk.BinaryMorphologicalOpening(tissue, [1, 1, 0])), sortByObjectSize=True)
    body = sitk.BinaryDilate(parts == 1, [3, 3, 1])
    inside = sitk.GetArrayFromImage(sitk.BinaryFillhole(body)) > 0
    # a slice at a time: the lungs and the gut open to the outside at the ends of the CT
    filled = np.stack([sitk.GetArrayFromImage(sitk.BinaryFillhole(sitk.GetImageFromArray(s.astype(np.uint8)))) > 0 for s in inside])
    return Volume(np.where(filled, volume.voxels, np.float32(-1000)), volume.lps_from_index)


def _nearness(volume: Volume, centre: FloatArray) -> FloatImage:
    """1 near the target, 0 beyond the part of the CT kept fine, with a seam between."""
    index = apply(volume.index_from_lps, centre)
    weights: list[npt.NDArray[np.float32]] = []
    for axis in range(3):
        distance = np.abs(np.arange(volume.size[axis]) - index[axis]) * volume.spacing[axis]
        weights.append(np.clip((NEAR_HALF_MM - 2 - distance) / SEAM_MM, 0, 1).astype(np.float32))
    return weights[2][:, None, None] * weights[1][:, None] * weights[0]


def _relative_to_water(volume: Volume, share: FloatImage) -> Projector:
    return Projector((attenuation(volume.voxels) - np.float32(WATER_PER_MM)) * share, volume.lps_from_index)
