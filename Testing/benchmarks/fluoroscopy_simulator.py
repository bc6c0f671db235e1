"""Radiographs as a C-arm makes them, from line integrals by a projector other than the one that registers.

The steps of an image chain, each plain: attenuation with beam hardening, scatter as a broad veil, blur, quantum noise, collimation,
12 bits; a steel trocar on request. Nothing here is shared with the registration.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, Projection, apply, rigid_about, rotate, unit
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.planning_ct import load_planning_ct

STEEL_PER_MM = 0.5


@dataclass(frozen=True)
class ImageChain:
    """scatter: share of the signal; noise: relative, at the image's median; collimation: radius as a share of the image's half."""

    scatter: float = 0.3
    hardening: float = 0.03
    noise: float = 0.02
    blur_pixels: float = 0.7
    collimation: float = 1.6

    def radiograph(self, integrals: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """float32 (rows, columns), linear in intensity, median 1000, of line integrals."""
        primary = np.exp(-(integrals - self.hardening * integrals**2 / (1 + self.hardening * integrals))).astype(np.float32)
        scattered = _blurred(primary * np.maximum(integrals, 0), 40)  # arises where the beam is attenuated (Ohnesorge 1999)
        centre = np.s_[image_part(primary.shape[0]), image_part(primary.shape[1])]
        scattered *= self.scatter / (1 - self.scatter) * np.median(primary[centre]) / max(float(np.median(scattered[centre])), 1e-12)
        image = _blurred(primary + scattered, self.blur_pixels)
        image = image * (1000 / np.median(image[centre]))
        image = image + rng.normal(size=image.shape) * self.noise * np.sqrt(np.maximum(image, 1) * 1000)
        rows, columns = image.shape
        y, x = np.mgrid[:rows, :columns]
        outside = np.hypot((x - columns / 2) / (columns / 2), (y - rows / 2) / (rows / 2)) > self.collimation
        image = np.where(outside, 15 + rng.normal(size=image.shape) * 2, image)
        return np.clip(np.round(image), 0, 4095).astype(np.float32)


# Shares of a beam's quanta, and their attenuation over that at the CT's energy.
BEAM = ((0.3, 1.25), (0.4, 1.0), (0.3, 0.85))


@dataclass(frozen=True)
class OtherChain(ImageChain):
    """A chain that no limit was chosen on: three energies, scatter of two widths and as much as signal, an intensifier's glare and
    vignette, quantum noise that its glass then blurs, 10 bits. collimation as for ImageChain, with scatter behind it."""

    scatter: float = 0.5
    blur_pixels: float = 1.2
    quanta: float = 2500.0

    def radiograph(self, integrals: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """float32 (rows, columns), linear in intensity, of line integrals."""
        rows, columns = integrals.shape
        y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
        away = np.hypot(x, y)
        primary = sum(share * np.exp(-times * integrals) for share, times in BEAM) * (away < self.collimation)
        arising = primary * np.maximum(integrals, 0)  # where the beam is attenuated (Ohnesorge 1999)
        veil = 0.5 * _blurred(arising, 15) + 0.5 * _blurred(arising, 90)
        centre = np.s_[image_part(rows), image_part(columns)]
        veil *= self.scatter / (1 - self.scatter) * np.median(primary[centre]) / max(float(np.median(veil[centre])), 1e-12)
        image = primary + veil
        image = (0.95 * image + 0.05 * _blurred(image, 60)) * (1 - 0.25 * np.minimum(away, 1.4) ** 2)
        image = _blurred(rng.poisson(image * (self.quanta / np.median(image[centre]))).astype(np.float32), self.blur_pixels)
        return np.clip(np.round(image * (300 / self.quanta)), 0, 1023).astype(np.float32)


CHAINS: dict[str, type[ImageChain]] = {"usual": ImageChain, "other": OtherChain}


def image_part(size: int) -> slice:
    """The middle half of an image's side."""
    return slice(size // 4, size - size // 4)


def _blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    return sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(sitk.GetImageFromArray(image.astype(np.float32)), sigma))


@dataclass(frozen=True, eq=False)
class Rod:
    """A steel cylinder in planning-CT LPS: tip (3,), unit axis from hub to tip (3,), mm."""

    tip: FloatArray
    axis: FloatArray
    length: float
    radius: float

    def path(self, projection: Projection, plan_from_live: FloatArray) -> np.ndarray:
        """mm of every ray inside the rod (rows, columns)."""
        columns, rows = projection.size
        pixels = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1)
        ray = rotate(plan_from_live, projection.ray(pixels).reshape(-1, 3)).reshape(rows, columns, 3)
        start = apply(plan_from_live, projection.source) - self.tip
        along, along0 = ray @ self.axis, start @ self.axis
        across, across0 = ray - along[..., None] * self.axis, start - along0 * self.axis
        a, b, c = (across**2).sum(axis=-1), across @ across0, across0 @ across0 - self.radius**2
        inside = np.sqrt(np.maximum(b * b - a * c, 0))
        ends = np.stack(((-self.length - along0) / along, -along0 / along))
        enter = np.maximum((-b - inside) / a, ends.min(axis=0))
        leave = np.minimum((-b + inside) / a, ends.max(axis=0))
        return np.where(b * b > a * c, np.maximum(leave - enter, 0), 0)


def mean_target_error(estimate: FloatArray, truth: FloatArray, target: FloatArray) -> float:
    """mTRE in mm of plan_from_live against the truth, over a grid of points in 60 x 60 x 40 mm around the target."""
    steps = [np.linspace(-h, h, 3) for h in (30, 30, 20)]
    points = np.stack(np.meshgrid(*steps), axis=-1).reshape(-1, 3) + target
    return float(np.linalg.norm(apply(estimate @ np.linalg.inv(truth), points) - points, axis=1).mean())


def start_at(truth: FloatArray, target: FloatArray, error_mm: float, rng: np.random.Generator) -> FloatArray:
    """A pose whose mTRE is error_mm: translation and rotation in random directions, a degree for each millimetre."""
    axis, direction = unit(rng.normal(size=3)), unit(rng.normal(size=3))
    low, high = 0.0, 2 * error_mm + 1
    for _ in range(40):
        middle = (low + high) / 2
        pose = rigid_about(target, axis * np.radians(middle), direction * middle) @ truth
        low, high = (middle, high) if mean_target_error(pose, truth, target) < error_mm else (low, middle)
    return pose


@dataclass(frozen=True, eq=False)
class Patient:
    """A CT and places in its spine to aim at, planning-CT LPS."""

    name: str
    volume: Volume
    targets: list[FloatArray] = field(default_factory=list)


def load_patient(path: Path, count: int) -> Patient:
    """A DICOM folder or any volume that SimpleITK reads, with `count` targets spread along its spine."""
    volume = load_planning_ct(path).volume if path.is_dir() else Volume.from_sitk(sitk.ReadImage(str(path)))
    name = path.parent.name if path.name in ("dicom", "planning", "ct.nii.gz") else path.name
    return Patient(name, volume, spine_points(volume, count))


def spine_points(volume: Volume, count: int) -> list[FloatArray]:
    """Points in the spine by density alone: the middle of the bone near the body's midline, in slices well inside the CT."""
    matrix = volume.lps_from_index
    slices, rows, columns = volume.voxels.shape
    body = volume.voxels[:: max(1, slices // 40), ::4, ::4] > -300
    where = np.argwhere(body)[:, ::-1] * [4, 4, max(1, slices // 40)]
    centre = apply(matrix, where.mean(axis=0))
    margin = min(45.0, 0.3 * slices * volume.spacing[2])
    ends = margin / volume.spacing[2], slices - 1 - margin / volume.spacing[2]
    heights = np.linspace(*ends, count) if count > 1 else np.array([np.mean(ends)])
    points = []
    for height in heights:
        near = slice(max(0, int(height) - 3), int(height) + 4)
        bone = np.argwhere(volume.voxels[near] > 180)[:, ::-1] + [0, 0, near.start]
        place = apply(matrix, bone.astype(np.float64))
        spinal = (np.abs(place[:, 0] - centre[0]) < 45) & (place[:, 1] > centre[1] - 10)
        points.append(np.median(place[spinal], axis=0) if spinal.sum() > 50 else apply(matrix, [columns / 2, rows / 2, height]))
    return points
