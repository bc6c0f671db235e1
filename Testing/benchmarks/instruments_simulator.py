"""Metal in real CT slices, as a scanner would show it: an independent forward model for judging the tracker.

The instrument is drawn by brute force (sub-voxel samples of a solid with a bevel, a bend, a bore or a thread), averaged over the
slice, blurred by an in-plane point spread function, and disturbed by the beam hardening and photon starvation of a polychromatic
sinogram of the same slice (De Man et al., IEEE Trans Nucl Sci 46, 1999), by correlated noise and by the stored range's clipping.
It shares no code with SlicerSpineGuide.tracking. LPS, mm, HU.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, ImagePlane, apply, unit
from SlicerSpineGuide.images import Slice, Volume


@dataclass(frozen=True)
class MetalTool:
    """A straight or bowed instrument: tip, axis (hub to tip), outer and inner diameter, length, and the shape of its ends.

    taper_mm: length of the conical point; bow_mm: how far the middle lies off the chord, towards `bow_towards`;
    thread_mm: depth of a screw's thread; head_mm: (diameter, length) of a screw's head or a trocar's handle at the hub end.
    """

    tip: FloatArray
    axis: FloatArray
    diameter_mm: float
    length_mm: float
    hu: float = 8000.0
    bore_mm: float = 0.0
    taper_mm: float = 0.0
    bow_mm: float = 0.0
    bow_towards: FloatArray = field(default_factory=lambda: np.array([0.0, 0.0, 1.0]))
    thread_mm: float = 0.0
    head_mm: tuple[float, float] = (0.0, 0.0)

    @property
    def axis_at_tip(self) -> FloatArray:
        """The direction in which the tip points: that of the axis, or of the bow's end."""
        side = self.bow_towards - self.axis * (self.axis @ self.bow_towards)
        if self.bow_mm == 0:
            return self.axis
        return unit(self.axis - unit(side) * 4 * self.bow_mm / self.length_mm)

    def inside(self, points: FloatArray) -> np.ndarray:
        """Whether points (..., 3) are metal."""
        offset = points - self.tip
        back = -(offset @ self.axis)  # mm from the tip towards the hub
        across = offset + back[..., None] * self.axis
        if self.bow_mm:
            side = unit(self.bow_towards - self.axis * (self.axis @ self.bow_towards))
            f = np.clip(back / self.length_mm, 0, 1)
            across = across - (4 * self.bow_mm * f * (1 - f))[..., None] * side
        radial = np.linalg.norm(across, axis=-1)
        radius = np.full(radial.shape, self.diameter_mm / 2)
        if self.thread_mm:
            radius -= self.thread_mm * (0.5 + 0.5 * np.cos(2 * np.pi * back / 2.5))
        if self.taper_mm:
            radius *= np.clip(back / self.taper_mm, 0, 1)
        metal = (radial <= radius) & (radial >= self.bore_mm / 2) & (back >= 0) & (back <= self.length_mm)
        if self.head_mm[0]:
            metal |= (radial <= self.head_mm[0] / 2) & (back > self.length_mm) & (back <= self.length_mm + self.head_mm[1])
        return metal


@dataclass(frozen=True)
class Scanner:
    """How the slices are made: PSF (one sigma, mm), noise (HU), how noise is correlated, stored maximum, strength of streaks.

    steel: the streaks are those of solid steel, 0.5 to 1.5 / mm, that starves the rays along it (Poisson noise) and not of dull metal.
    table_at: LPS y of a table's upper face, of which a plate of 2 mm and another one 40 mm lower are in the slices.
    """

    psf_mm: float = 0.45
    noise_hu: float = 30.0
    noise_grain_mm: float = 0.5
    maximum_hu: float = 3071.0
    streaks: float = 1.0
    steel: bool = False
    table_at: float | None = None


def slice_planes(
    centre: FloatArray, u: FloatArray, v: FloatArray, pitch: float, size: int, thickness: float, count: int, gap: float = 0.0
) -> list[ImagePlane]:
    """`count` parallel planes stacked along u x v about `centre`, each size x size pixels."""
    normal = np.cross(u, v)
    first = centre - (u + v) * pitch * (size - 1) / 2 - normal * (thickness + gap) * (count - 1) / 2
    return [ImagePlane(first + normal * (thickness + gap) * i, u, v, (pitch, pitch), (size, size), thickness) for i in range(count)]


def moved(plane: ImagePlane, matrix: FloatArray) -> ImagePlane:
    """The plane carried by a rigid transform."""
    r = matrix[:3, :3]
    return ImagePlane(apply(matrix, plane.origin), r @ plane.u, r @ plane.v, plane.pitch, plane.size, plane.thickness)


def sample_plane(volume: Volume, plane: ImagePlane) -> np.ndarray:
    """`volume` averaged over the slice: trilinear samples every 0.6 mm or finer through its thickness; float32 (rows, columns)."""
    image = volume.to_sitk()
    n = max(2, int(np.ceil(plane.thickness / 0.6)))
    total = np.zeros(plane.size[::-1], np.float64)
    for depth in (np.arange(n) + 0.5) / n * plane.thickness - plane.thickness / 2:
        grid = sitk.ResampleImageFilter()
        grid.SetSize([*plane.size, 1])
        grid.SetOutputSpacing([*plane.pitch, 1.0])
        grid.SetOutputOrigin((plane.origin + plane.normal * depth).tolist())
        grid.SetOutputDirection(np.column_stack((plane.u, plane.v, plane.normal)).ravel().tolist())
        grid.SetDefaultPixelValue(-1024.0)
        grid.SetOutputPixelType(sitk.sitkFloat32)
        total += sitk.GetArrayFromImage(grid.Execute(image))[0]
    return (total / n).astype(np.float32)


def metal_fraction(tool: MetalTool, plane: ImagePlane, oversample: int = 4) -> np.ndarray:
    """The fraction of each pixel's box (pixel by pixel by slice thickness) that is metal, by counting points inside."""
    fraction = np.zeros(plane.size[::-1], np.float64)
    reach = max(tool.diameter_mm, tool.head_mm[0]) / 2 + tool.bow_mm + 1
    hub = tool.tip - tool.axis * (tool.length_mm + tool.head_mm[1])
    ends = plane.to_pixels(np.array([tool.tip, hub]))
    pad = reach / min(plane.pitch) + 2
    low = np.clip(np.floor(ends[:, :2].min(axis=0) - pad), 0, np.array(plane.size)).astype(int)
    high = np.clip(np.ceil(ends[:, :2].max(axis=0) + pad), 0, np.array(plane.size)).astype(int)
    if (high <= low).any():
        return fraction
    columns, rows = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    pixels = np.stack((columns, rows), axis=-1).reshape(-1, 2).astype(np.float64)
    near = plane.to_lps(pixels)
    # only pixels whose box can reach the instrument, by their distance from its chord
    offset = near - tool.tip
    back = np.clip(-(offset @ tool.axis), 0, tool.length_mm + tool.head_mm[1])
    keep = np.linalg.norm(offset + back[:, None] * tool.axis, axis=1) < reach + plane.thickness / 2 + plane.pitch[0]
    pixels = pixels[keep]
    sub = (np.arange(oversample) + 0.5) / oversample - 0.5
    n = max(4, int(np.ceil(plane.thickness / 0.15)))
    depths = ((np.arange(n) + 0.5) / n - 0.5) * plane.thickness
    count = np.zeros(len(pixels))
    for dx in sub:
        for dy in sub:
            points = plane.to_lps(pixels + [dx, dy])
            for depth in depths:
                count += tool.inside(points + plane.normal * depth)
    index = pixels.astype(int)
    fraction[index[:, 1], index[:, 0]] = count / (oversample**2 * n)
    return fraction


def blurred(image: np.ndarray, sigma_pixels: float) -> np.ndarray:
    """Gaussian blur by the Fourier transform (periodic borders)."""
    fy, fx = np.fft.fftfreq(image.shape[0]), np.fft.rfftfreq(image.shape[1])
    gain = np.exp(-2 * (np.pi * sigma_pixels) ** 2 * (fy[:, None] ** 2 + fx[None, :] ** 2))
    return np.fft.irfft2(np.fft.rfft2(image) * gain, s=image.shape)


def streak_artifact(
    tissue_hu: np.ndarray,
    metal_hu: np.ndarray,
    pitch: float,
    angles: int = 150,
    steel: np.random.Generator | None = None,
    full_hu: float = 8000.0,
) -> np.ndarray:
    """What beam hardening and photon starvation add to a slice (HU): filtered back projection of what the sinogram lost.

    A path length L of metal of linear attenuation m is measured as -log of a spectrum's transmission, and never below the scatter
    floor. Parallel rays, projected pixel by pixel on a grid of at most 192 x 192. steel: the metal is solid steel where metal_hu is
    full_hu, and the photons are counted.
    """
    step = max(1, -(-tissue_hu.shape[0] // 192))
    rows = tissue_hu.shape[0] // step
    water, metal = (
        h[: rows * step, : rows * step].reshape(rows, step, rows, step).mean(axis=(1, 3)).ravel() for h in (tissue_hu, metal_hu)
    )
    mm = pitch * step
    water = np.clip(water + 1000, 0, None) / 1000 * 0.02 * mm  # line integral of a pixel, at 0.02 / mm
    metal = metal / 1000 * 0.02 * mm
    steel_mm = 1000 / (0.02 * full_hu)  # of a line integral of 1
    y, x = np.mgrid[:rows, :rows] - (rows - 1) / 2
    bins = int(1.5 * rows)
    frequency = np.abs(np.fft.rfftfreq(2 * bins))
    window = frequency * (0.5 + 0.5 * np.cos(2 * np.pi * frequency))
    total = np.zeros(rows * rows)
    for angle in np.arange(angles) * np.pi / angles:
        place = (x * np.cos(angle) + y * np.sin(angle)).ravel() + bins / 2
        low = place.astype(int)
        part = place - low
        w, m = (np.bincount(low, h * (1 - part), bins) + np.bincount(low + 1, h * part, bins) for h in (water, metal))
        if steel is None:
            lost = _measured(w, m) - _measured(w, np.zeros(bins)) - m
        else:
            lost = _counted(w, m * steel_mm, steel) - _counted(w, np.zeros(bins), None) - m
        filtered = np.fft.irfft(np.fft.rfft(lost, 2 * bins) * window, 2 * bins)[:bins]
        total += filtered[low] * (1 - part) + filtered[low + 1] * part
    artifact = total.reshape(rows, rows) * np.pi / angles / (0.02 * mm) * 1000
    index = np.clip((np.arange(tissue_hu.shape[0]) + 0.5) / step - 0.5, 0, rows - 1.001)
    i, f = index.astype(int), index % 1
    lines = artifact[i] * (1 - f)[:, None] + artifact[i + 1] * f[:, None]
    return lines[:, i] * (1 - f) + lines[:, i + 1] * f


def _measured(water: np.ndarray, metal: np.ndarray) -> np.ndarray:
    """The line integral that a detector reports behind so much tissue and metal: hardened, and with scatter."""
    transmission = 0.3 * np.exp(-1.5 * metal - 1.1 * water) + 0.4 * np.exp(-metal - water) + 0.3 * np.exp(-0.6 * metal - 0.9 * water)
    return -np.log(transmission + 2e-3 * np.exp(-0.5 * water))


def _counted(water: np.ndarray, steel_mm: np.ndarray, random: np.random.Generator | None) -> np.ndarray:
    """The line integral behind tissue and millimetres of steel at two energies (60 and 100 keV, NIST's coefficients), by photons
    counted behind a grid that leaves a floor of scatter, which the scanner subtracts."""
    photons, floor = 2e5, 30.0
    count = photons * 0.5 * (np.exp(-1.13 * water - 0.9 * steel_mm) + np.exp(-0.92 * water - 0.28 * steel_mm)) + floor
    if random is not None:
        count = random.poisson(count).astype(np.float64)
    return -np.log(np.clip(count - floor, 3.0, None) / photons)


def scan(
    anatomy: Volume,
    planes: Sequence[ImagePlane],
    tools: Sequence[MetalTool],
    scanner: Scanner,
    random: np.random.Generator,
    live_from_plan: FloatArray | None = None,
) -> list[Slice]:
    """Slices of `anatomy` with `tools` in it, both and `planes` in its coordinates; live_from_plan carries the slices' planes."""
    slices = []
    for plane in planes:
        tissue = np.maximum(sample_plane(anatomy, plane).astype(np.float64), -1024)  # beyond what was reconstructed there is air
        tissue = _on_table(tissue, plane, scanner.table_at)
        metal = np.zeros_like(tissue)
        for tool in tools:
            metal += metal_fraction(tool, plane) * (tool.hu - tissue)
        if metal.any():
            steel = random if scanner.steel else None
            full = max(tool.hu for tool in tools)
            artifact = scanner.streaks and scanner.streaks * streak_artifact(tissue, metal, plane.pitch[0], steel=steel, full_hu=full)
            metal = blurred(metal, scanner.psf_mm / plane.pitch[0]) + artifact
        grain = blurred(random.standard_normal(tissue.shape), scanner.noise_grain_mm / plane.pitch[0])
        hu = np.clip(tissue + metal + scanner.noise_hu * grain / grain.std(), -1024, scanner.maximum_hu)
        carried = plane if live_from_plan is None else moved(plane, live_from_plan)
        slices.append(Slice(np.round(hu).astype(np.float32), carried))
    return slices


def _on_table(tissue: np.ndarray, plane: ImagePlane, table_at: float | None) -> np.ndarray:
    """The slice with the plates of a carbon-fibre table in it, where there is air: 300 HU over 2 mm, 40 mm apart."""
    if table_at is None:
        return tissue
    columns, rows = np.meshgrid(np.arange(plane.size[0]), np.arange(plane.size[1]))
    below = plane.to_lps(np.stack((columns, rows), axis=-1))[..., 1] - table_at
    plates = ((below > 0) & (below < 2)) | ((below > 40) & (below < 42))
    return np.where(plates & (tissue < -500), 300.0, tissue)
