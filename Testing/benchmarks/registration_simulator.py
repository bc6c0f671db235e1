"""Live CT slices cut from any CT by SimpleITK: a supersampled slice profile, noise with a kernel's texture, metal, moving soft tissue.

It shares no resampling code with the product: the product reslices with VTK on prepared grids, this resamples the
original volume once per profile sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, ImagePlane, inverse, rigid_about
from SlicerSpineGuide.images import Slice, Volume


@dataclass(frozen=True)
class Scanner:
    """How a live slice is made.

    tilt_deg: about the patient's left-right axis; kernel_mm: sigma of the image's blur and of its noise's texture.
    """

    field_mm: float = 140.0
    pitch_mm: float = 0.5
    thickness_mm: float = 3.0
    noise_hu: float = 25.0
    tilt_deg: float = 0.0
    kernel_mm: float = 0.0
    profile_samples: int = 9
    interpolator: int = sitk.sitkLinear


@dataclass(frozen=True)
class Metal:
    """A trocar in plan LPS: from `hub` to `tip`, with blooming and streaks."""

    hub: FloatArray
    tip: FloatArray
    diameter_mm: float = 3.0
    hu: float = 8000.0
    streak_hu: float = 400.0


class LiveScanner:
    """Cuts slices from a planning CT whose patient has moved."""

    def __init__(self, volume: Volume, soft_tissue_mm: FloatArray | None = None) -> None:
        """soft_tissue_mm: (3,) by how much tissue far from bone (fully from 15 mm on) lies elsewhere than in the plan."""
        self.image = sitk.Cast(volume.to_sitk(), sitk.sitkFloat32)
        self._shift = None if soft_tissue_mm is None else np.asarray(soft_tissue_mm, dtype=float)
        self._far = None
        if self._shift is not None:
            reach = [max(1, round(7.0 / s)) for s in self.image.GetSpacing()]  # marrow and canal belong to the bone
            bone = sitk.BinaryMorphologicalClosing(self.image > 200, reach)
            distance = sitk.SignedMaurerDistanceMap(bone, squaredDistance=False, useImageSpacing=True)
            self._far = sitk.Clamp(sitk.SmoothingRecursiveGaussian(distance, 2.0) / 15.0, sitk.sitkFloat32, 0.0, 1.0)

    def acquire(
        self,
        plan_from_live: FloatArray,
        about: FloatArray,
        scanner: Scanner,
        rng: np.random.Generator,
        offsets=(0.0,),
        metal: Metal | None = None,
    ) -> list[Slice]:
        """One slice per offset (mm along the normal) whose middle lies at `about` (live LPS)."""
        a = np.radians(scanner.tilt_deg)
        u, v = np.array([1.0, 0, 0]), np.array([0, np.cos(a), np.sin(a)])
        normal = np.cross(u, v)
        count = round(scanner.field_mm / scanner.pitch_mm)
        corner = np.asarray(about) - (u + v) * (count - 1) / 2 * scanner.pitch_mm
        return [self._slice(plan_from_live, corner + k * normal, u, v, count, scanner, rng, metal) for k in offsets]

    def _slice(self, plan_from_live, corner, u, v, count, scanner: Scanner, rng, metal) -> Slice:
        plane = ImagePlane(corner, u, v, (scanner.pitch_mm, scanner.pitch_mm), (count, count), scanner.thickness_mm)
        step = scanner.thickness_mm / scanner.profile_samples
        total = np.zeros((count, count), dtype=np.float64)
        for k in range(scanner.profile_samples):
            start = corner + (k - (scanner.profile_samples - 1) / 2) * step * plane.normal
            total += self._resample(plan_from_live, start, plane, count)
        pixels = total / scanner.profile_samples
        if metal is not None:
            pixels += _metal(metal, plan_from_live, plane, rng)
        pixels = pixels + _noise(rng, count, scanner)
        if scanner.kernel_mm:
            pixels = _blur(pixels, scanner.kernel_mm / scanner.pitch_mm)
        return Slice(np.clip(pixels, -1024, 3071).astype(np.float32), plane)

    def _resample(self, plan_from_live, start, plane, count) -> np.ndarray:
        grid = sitk.ResampleImageFilter()
        grid.SetSize([count, count, 1])
        grid.SetOutputSpacing([*plane.pitch, 1.0])
        grid.SetOutputDirection(np.stack([plane.u, plane.v, plane.normal], axis=1).ravel().tolist())
        grid.SetOutputOrigin([float(c) for c in start])
        move = sitk.AffineTransform(3)
        move.SetMatrix(plan_from_live[:3, :3].ravel().tolist())
        move.SetTranslation(plan_from_live[:3, 3].tolist())
        grid.SetTransform(move)
        grid.SetInterpolator(sitk.sitkLinear)
        grid.SetDefaultPixelValue(-1024)
        first = sitk.GetArrayFromImage(grid.Execute(self.image))[0]
        if self._far is None:
            return first
        # Where tissue is far from bone, the live patient shows what lies elsewhere in the plan.
        grid.SetDefaultPixelValue(0)
        share = sitk.GetArrayFromImage(grid.Execute(self._far))[0]
        levels = np.linspace(0, 1, 5)
        grid.SetDefaultPixelValue(-1024)
        stack = [first]
        for level in levels[1:]:
            shifted = sitk.AffineTransform(3)
            shifted.SetMatrix(plan_from_live[:3, :3].ravel().tolist())
            shifted.SetTranslation((plan_from_live[:3, 3] + level * self._shift).tolist())
            grid.SetTransform(shifted)
            stack.append(sitk.GetArrayFromImage(grid.Execute(self.image))[0])
        index = np.clip(share * 4, 0, 3.999)
        low = index.astype(int)
        cube = np.stack(stack)
        take = np.take_along_axis
        a, b = take(cube, low[None], axis=0)[0], take(cube, low[None] + 1, axis=0)[0]
        return a + (index - low) * (b - a)


def _blur(pixels: np.ndarray, sigma: float) -> np.ndarray:
    return sitk.GetArrayFromImage(sitk.DiscreteGaussian(sitk.GetImageFromArray(pixels), sigma * sigma))


def _noise(rng: np.random.Generator, count: int, scanner: Scanner) -> np.ndarray:
    """Noise of the stated standard deviation after the kernel, whatever its texture."""
    white = rng.standard_normal((count, count))
    if not scanner.kernel_mm:
        return scanner.noise_hu * white
    return white * scanner.noise_hu / max(_blur(white, scanner.kernel_mm / scanner.pitch_mm).std(), 1e-9)


def _metal(metal: Metal, plan_from_live: FloatArray, plane: ImagePlane, rng: np.random.Generator) -> np.ndarray:
    """HU added by the instrument: a bloomed core, and streaks from its cross-section."""
    live = inverse(plan_from_live)
    hub, tip = (live[:3, :3] @ p + live[:3, 3] for p in (metal.hub, metal.tip))
    columns, rows = np.meshgrid(np.arange(plane.size[0]), np.arange(plane.size[1]))
    points = plane.to_lps(np.stack([columns, rows], axis=-1))
    axis = tip - hub
    share = np.clip(((points - hub) @ axis) / (axis @ axis), 0, 1)
    distance = np.linalg.norm(points - (hub + share[..., None] * axis), axis=-1)
    core = metal.hu / (1 + np.exp((distance - metal.diameter_mm / 2) / 0.4))
    visible = distance < metal.diameter_mm / 2
    if not visible.any():
        return core
    middle = np.array([columns[visible].mean(), rows[visible].mean()])
    dx, dy = columns - middle[0], rows - middle[1]
    angle = np.arctan2(dy, dx)
    radius = np.hypot(dx * plane.pitch[0], dy * plane.pitch[1])
    phases = rng.uniform(0, 2 * np.pi, 3)
    fan = sum(np.cos(k * angle + p) for k, p in zip((2, 5, 9), phases, strict=True)) / 2
    return core + metal.streak_hu * fan * np.exp(-radius / 30) * (distance > metal.diameter_mm / 2)


def target_error(estimate: FloatArray, truth: FloatArray, target: FloatArray, lever_mm: float = 20.0) -> float:
    """Mean distance in mm between estimate and truth (plan_from_live both) at the target and six points around it, in the plan."""
    around = np.vstack([np.zeros(3), np.eye(3) * lever_mm, -np.eye(3) * lever_mm]) + target
    live = around @ inverse(truth)[:3, :3].T + inverse(truth)[:3, 3]
    back = live @ estimate[:3, :3].T + estimate[:3, 3]
    return float(np.linalg.norm(back - around, axis=1).mean())


def random_pose(rng: np.random.Generator, centre: FloatArray, translation_mm: float, rotation_deg: float) -> FloatArray:
    """A rigid motion about `centre` with a translation and a rotation of just these lengths, in random directions."""
    t, w = rng.standard_normal(3), rng.standard_normal(3)
    return rigid_about(centre, np.radians(rotation_deg) * w / np.linalg.norm(w), translation_mm * t / np.linalg.norm(t))
