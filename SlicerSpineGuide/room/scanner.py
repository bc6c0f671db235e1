"""The virtual CT: slices of a patient with metal in, as a scanner would show them.

The anatomy is resampled with cubic B-splines by SimpleITK from a denoised planning CT, so that a live slice shares neither the
planning CT's noise nor the interpolation of the code that will register it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, ImagePlane, inverse, unit
from SlicerSpineGuide.images import AIR_HU, Slice, Volume
from SlicerSpineGuide.room.metal import Metal, metal_fraction, sensitivity
from SlicerSpineGuide.room.streaks import streaks

NOISE_AT_MM = 3.0  # the thickness for which a protocol's noise is given
ORGANS_BEGIN_MM = 45.0  # in front of the planned target: no vertebra reaches that far
ORGANS_FREE_MM = 85.0
ORGANS_GRID_MM = 8.0
STILL = np.zeros(3)
ANATOMY_STEP_MM = 0.75  # between the layers that make up a slice
DIFFUSION_STEP, DIFFUSION_STEPS, CONDUCTANCE = 0.06, 10, 3.0
DIFFUSION_VOXEL_MM = 0.72  # coarser voxels are diffused less: what lies between two of them is anatomy


@dataclass(frozen=True)
class Kernel:
    """A reconstruction kernel: blur of a point (standard deviation, mm) and edge enhancement (0: none)."""

    name: str
    blur_mm: float
    enhancement: float


KERNELS = {k.name: k for k in (Kernel("SOFT", 0.65, 0.0), Kernel("STANDARD", 0.45, 0.15), Kernel("BONE", 0.35, 0.6))}


@dataclass(frozen=True)
class CtProtocol:
    """How the scanner is set: `slices` contiguous slices of thickness_mm, matrix x matrix pixels over field_mm.

    tilt_deg: of the gantry, positive when its top leans towards the feet. noise_hu: standard deviation in a slice of 3 mm.
    top_hu: the largest value stored. streak_strength: 1 without any metal artefact correction. rate_hz: acquisitions a second.
    """

    slices: int = 3
    thickness_mm: float = 3.0
    field_mm: float = 180.0
    matrix: int = 256
    tilt_deg: float = 0.0
    kernel: str = "STANDARD"
    noise_hu: float = 22.0
    top_hu: float = 3071.0
    streak_strength: float = 1.0
    rate_hz: float = 6.0

    def planes(self, centre: FloatArray) -> tuple[ImagePlane, ...]:
        """The slices' planes about `centre` (live LPS), lowest first."""
        tilt = np.radians(self.tilt_deg)
        u, v = np.array([1.0, 0.0, 0.0]), np.array([0.0, np.cos(tilt), np.sin(tilt)])
        pitch = self.field_mm / self.matrix
        corner = centre - (u + v) * pitch * (self.matrix - 1) / 2
        offsets = (np.arange(self.slices) - (self.slices - 1) / 2) * self.thickness_mm
        normal = unit(np.cross(u, v))
        size = (self.matrix, self.matrix)
        return tuple(ImagePlane(corner + o * normal, u, v, (pitch, pitch), size, self.thickness_mm) for o in offsets)


class VirtualPatient:
    """The patient on the table: the planning CT's anatomy without the planning CT's noise."""

    def __init__(self, planning: Volume, centre: FloatArray, half_size_mm: FloatArray, *, spine: FloatArray | None = None) -> None:
        """Keeps the part of `planning` within half_size_mm (3,) of `centre`; `spine`: a point of the vertebra (planning LPS)."""
        image = sitk.Cast(planning.crop(centre, half_size_mm).to_sitk(), sitk.sitkFloat32)
        self._coefficients = sitk.BSplineDecomposition(_denoised(image), 3)
        self._spine = np.asarray(spine if spine is not None else centre, dtype=np.float64)

    def layers(
        self, planes: Sequence[ImagePlane], steps: int, live_from_plan: FloatArray, organs_mm: FloatArray = STILL
    ) -> npt.NDArray[np.float32]:
        """HU of (len(planes) * steps + 1) thin layers through contiguous slices, (layers, rows, columns).

        organs_mm: (3,) how far the organs in front of the spine have moved beyond live_from_plan, planning LPS.
        """
        first = planes[0]
        spacing = (*first.pitch, first.thickness / steps)
        reference = sitk.Image(*first.size, len(planes) * steps + 1, sitk.sitkFloat32)
        reference.SetSpacing(spacing)
        reference.SetOrigin((first.origin - first.normal * first.thickness / 2).tolist())
        reference.SetDirection(np.stack([first.u, first.v, first.normal], axis=1).ravel().tolist())
        plan_from_live = inverse(live_from_plan)
        motion: Any = sitk.AffineTransform(plan_from_live[:3, :3].ravel().tolist(), plan_from_live[:3, 3].tolist())
        if np.any(organs_mm):
            motion = sitk.CompositeTransform([self._organs_transform(organs_mm), motion])
        resampled = sitk.Resample(self._coefficients, reference, motion, sitk.sitkBSplineResampler, AIR_HU)
        return sitk.GetArrayFromImage(resampled)

    def _organs_transform(self, shift_mm: FloatArray) -> Any:
        """Planning LPS -> where shifted organs came from: all of the shift from ORGANS_FREE_MM in front of the spine."""
        grid = sitk.Image(*[int(np.ceil(n * s / ORGANS_GRID_MM)) + 1 for n, s in self._extent()], sitk.sitkVectorFloat64)
        grid.SetSpacing([ORGANS_GRID_MM] * 3)
        grid.SetOrigin(self._coefficients.GetOrigin())
        grid.SetDirection(self._coefficients.GetDirection())
        columns, rows, slices = grid.GetSize()
        index = np.stack(np.meshgrid(np.arange(columns), np.arange(rows), np.arange(slices), indexing="ij"), axis=-1)
        direction = np.array(grid.GetDirection()).reshape(3, 3)
        posterior = grid.GetOrigin()[1] + (index * ORGANS_GRID_MM) @ direction[1]
        part = np.clip((self._spine[1] - posterior - ORGANS_BEGIN_MM) / (ORGANS_FREE_MM - ORGANS_BEGIN_MM), 0, 1)
        smooth = part * part * (3 - 2 * part)
        field = sitk.GetImageFromArray(np.ascontiguousarray((-smooth[..., None] * shift_mm).transpose(2, 1, 0, 3)), isVector=True)
        field.CopyInformation(grid)
        return sitk.DisplacementFieldTransform(field)

    def _extent(self) -> list[tuple[int, float]]:
        return list(zip(self._coefficients.GetSize(), self._coefficients.GetSpacing(), strict=True))


def _denoised(image: sitk.Image) -> sitk.Image:
    """Edge-preserving smoothing (Perona and Malik, PAMI 12, 1990): muscle loses its noise, cortex keeps its edge."""
    spacing, width = image.GetSpacing(), min(image.GetSpacing())
    steps = int(np.clip(round(DIFFUSION_STEPS * (DIFFUSION_VOXEL_MM / width) ** 2), 1, DIFFUSION_STEPS))
    image.SetSpacing([s / width for s in spacing])
    smooth = sitk.GradientAnisotropicDiffusion(image, DIFFUSION_STEP, CONDUCTANCE, 1, steps)
    smooth.SetSpacing(spacing)
    return smooth


def acquire(
    patient: VirtualPatient,
    metals: Sequence[Metal],
    live_from_plan: FloatArray,
    planes: Sequence[ImagePlane],
    protocol: CtProtocol,
    rng: np.random.Generator,
    organs_mm: FloatArray = STILL,
) -> list[Slice]:
    """One acquisition: the slices at `planes` (contiguous, live LPS) of the patient displaced by live_from_plan.

    metals: the instruments, in planning LPS; they move with the patient. Pixels are whole HU from -1024 to
    protocol.top_hu. organs_mm: see VirtualPatient.layers.
    """
    steps = max(2, int(np.ceil(protocol.thickness_mm / ANATOMY_STEP_MM)))
    layers = patient.layers(planes, steps, live_from_plan, organs_mm)
    weights = sensitivity(protocol.thickness_mm, steps)[1].astype(np.float32)
    moved = [m.moved(live_from_plan) for m in metals]
    slices = []
    for index, plane in enumerate(planes):
        anatomy = np.tensordot(weights, layers[index * steps : index * steps + steps + 1], axes=1).astype(np.float64)
        slices.append(Slice(_reconstruct(anatomy, moved, plane, protocol, rng), plane))
    return slices


def _reconstruct(
    anatomy: FloatArray, metals: Sequence[Metal], plane: ImagePlane, protocol: CtProtocol, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """One slice's pixels: metal blended in, blurred by the kernel, with streaks and noise, clipped as stored."""
    filled = np.zeros(anatomy.shape)
    excess = np.zeros(anatomy.shape)
    for metal in metals:
        rows, columns, fraction = metal_fraction(metal, plane)
        filled[rows, columns] = np.minimum(1.0, filled[rows, columns] + fraction)
        excess[rows, columns] += fraction * (metal.hu - anatomy[rows, columns])
    kernel, pitch = KERNELS[protocol.kernel], plane.pitch[0]
    frequency = np.hypot(np.fft.fftfreq(anatomy.shape[0], pitch)[:, None], np.fft.rfftfreq(anatomy.shape[1], pitch)[None, :])
    anatomy_passes = _passes(frequency, replace(kernel, blur_mm=kernel.blur_mm / 2))  # the planning CT has blurred it already
    spectrum = np.fft.rfft2(anatomy) * anatomy_passes + np.fft.rfft2(excess) * _passes(frequency, kernel)
    noise = np.fft.irfft2(
        np.fft.rfft2(rng.standard_normal(anatomy.shape)) * np.sqrt(frequency) * _passes(frequency, kernel), anatomy.shape
    )
    noise *= protocol.noise_hu * np.sqrt(NOISE_AT_MM / protocol.thickness_mm) / noise.std()
    pixels = np.fft.irfft2(spectrum, anatomy.shape) + noise + streaks(filled, pitch, protocol.streak_strength, rng)
    return np.rint(np.clip(pixels, AIR_HU, protocol.top_hu)).astype(np.float32)


def _passes(frequency: FloatArray, kernel: Kernel) -> FloatArray:
    """How much of each spatial frequency (1/mm) the kernel passes."""
    blur = np.exp(-2 * (np.pi * kernel.blur_mm * frequency) ** 2)
    return np.asarray(blur * (1 + kernel.enhancement * (1 - np.exp(-2 * (np.pi * 1.0 * frequency) ** 2))))
