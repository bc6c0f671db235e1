"""What the room and the patient add to live slices beyond scanner and motion: neighbours that turn, vessels, tables, devices.

Everything here changes what is scanned, or the pixels, and leaves the target vertebra where the truth says it is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, inverse
from SlicerSpineGuide.images import Slice, Volume


def neighbours_share(volume: Volume, labels: Volume, target_label: int, others: tuple[int, ...]) -> np.ndarray:
    """(slices, rows, columns) 0 in the target's vertebra, 1 in the others, between them by the distance to each."""
    image = labels.to_sitk()

    def distance(wanted: tuple[int, ...]) -> np.ndarray:
        mask = sitk.GetImageFromArray(np.isin(labels.voxels, wanted).astype(np.uint8))
        mask.CopyInformation(image)
        return np.maximum(sitk.GetArrayFromImage(sitk.SignedMaurerDistanceMap(mask, squaredDistance=False, useImageSpacing=True)), 0)

    near, far = distance((target_label,)), distance(others)
    return near / np.maximum(near + far, 1e-3)


def levels_share(volume: Volume, target: FloatArray, half_level_mm: float = 13.0, disc_mm: float = 8.0) -> np.ndarray:
    """The same where there are no labels: 0 within half a level along the body's axis, 1 beyond a disc more."""
    rows = np.indices(volume.voxels.shape)
    along = sum(volume.lps_from_index[2, 2 - k] * rows[k] for k in range(3)) + volume.lps_from_index[2, 3] - target[2]
    return np.clip((np.abs(along) - half_level_mm) / disc_mm, 0, 1)


def articulated(volume: Volume, share: np.ndarray, motion: FloatArray) -> Volume:
    """The patient in whom what has a share of 1 has moved by `motion` (4, 4, LPS), and what has none is where it was."""
    back = inverse(motion)
    index = np.stack(np.indices(volume.voxels.shape)[::-1], axis=-1)
    points = index @ volume.lps_from_index[:3, :3].T + volume.lps_from_index[:3, 3]
    field = sitk.GetImageFromArray(share[..., None] * (points @ back[:3, :3].T + back[:3, 3] - points), isVector=True)
    image = sitk.Cast(volume.to_sitk(), sitk.sitkFloat32)
    field.CopyInformation(image)
    moved = sitk.Resample(image, image, sitk.DisplacementFieldTransform(field), sitk.sitkLinear, -1024.0)
    return Volume(sitk.GetArrayFromImage(moved), volume.lps_from_index)


def with_contrast(volume: Volume, inside: np.ndarray, added_hu: float = 250.0) -> Volume:
    """The patient with contrast where `inside` (slices, rows, columns) is true."""
    return Volume(volume.voxels + np.where(inside, np.float32(added_hu), np.float32(0)), volume.lps_from_index)


def vessel(volume: Volume, target: FloatArray, before_mm: float = 45.0, radius_mm: float = 11.0) -> np.ndarray:
    """Where a vessel as wide as the aorta runs along the body in front of the target; soft tissue only."""
    rows = np.indices(volume.voxels.shape)
    x, y = (sum(volume.lps_from_index[a, 2 - k] * rows[k] for k in range(3)) + volume.lps_from_index[a, 3] - target[a] for a in (0, 1))
    return (np.hypot(x - 8.0, y + before_mm) < radius_mm) & (volume.voxels > -100) & (volume.voxels < 150)


def on_a_table(slices: list[Slice], depth_mm: float = 9.0) -> list[Slice]:
    """A carbon table under the patient and a positioning frame with a metal bolt at his side, in live only."""
    result = []
    for s in slices:
        rows, columns = np.indices(s.pixels.shape)
        y, x = rows * s.plane.pitch[1], columns * s.plane.pitch[0]
        high, wide = y.max(), x.max()
        top = high - depth_mm - ((x - wide / 2) / wide) ** 2 * 12
        pixels = np.where((y > top) & (y < top + 3), 350.0, np.where(y >= top + 3, -700.0, s.pixels))
        pixels = np.where((x < 8) & (np.abs(y - high / 2) < 40), 500.0, pixels)
        pixels = np.where(np.hypot(x - 5, y - high / 2) < 3, 3000.0, pixels)
        result.append(replace(s, pixels=pixels.astype(np.float32)))
    return result


def stored_prone(slices: list[Slice]) -> list[Slice]:
    """The same slices as a scanner stores them of a patient who lies prone: rows and columns run the other way."""
    result = []
    for s in slices:
        p = s.plane
        corner = p.origin + (p.size[0] - 1) * p.pitch[0] * p.u + (p.size[1] - 1) * p.pitch[1] * p.v
        plane = replace(p, origin=corner, u=-p.u, v=-p.v)
        result.append(Slice(np.ascontiguousarray(s.pixels[::-1, ::-1]), plane))
    return result
