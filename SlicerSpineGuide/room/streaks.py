"""What metal does to a CT image beyond its own pixels: beam hardening and photon starvation, as the scanner makes them.

The metal of a slice is projected in parallel rays; the error that its hardened, starved measurement has against the ideal one is
reconstructed by filtered back-projection. Dark bands along the metal's length and the dark shadow beyond its tip come out of it,
as do the fine streaks of starved rays (De Man et al., IEEE Trans Nucl Sci 46, 1999).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray

ANGLES = 180
GRID = 160  # pixels of the artefact image: streaks are coarser than the anatomy
METAL_PER_MM = 0.17  # attenuation, effective
HARDENING_PER_MM = 0.035  # how fast a metal path's apparent attenuation falls behind the linear one
STARVATION_PER_MM = 0.16  # ln of the noise of a ray per mm of metal
RAY_NOISE = 0.007  # of a ray without metal, in units of attenuation
LARGEST_PATH_MM = 25.0  # beyond it the detector sees little but scatter, and the scanner's own limit keeps the error from growing
WATER_PER_MM = 0.0195


def streaks(metal: FloatArray, pitch: float, strength: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """HU to add to a slice (rows, columns) whose pixels of `pitch` mm are `metal` (0 to 1) filled.

    strength: 1 as a scanner without metal artefact correction, 0 for none.
    """
    rows, columns = metal.shape
    y, x = np.nonzero(metal > 0.02)
    if not len(x) or strength <= 0:
        return np.zeros(metal.shape)
    side = pitch * max(rows, columns)
    bin_mm = side / GRID
    angles = np.pi * (np.arange(ANGLES) + 0.5) / ANGLES
    sine, cosine = np.sin(angles)[:, None], np.cos(angles)[:, None]
    sinogram = _project(metal[y, x] * pitch**2, (x - (columns - 1) / 2) * pitch, (y - (rows - 1) / 2) * pitch, sine, cosine, bin_mm)
    lost = _measurement_error(sinogram, rng)
    coarse = _back_project(lost, sine, cosine, bin_mm) / WATER_PER_MM * 1000.0 * strength
    return _enlarge(coarse, (rows, columns), side / max(rows, columns), bin_mm)


def _project(mm2: FloatArray, x: FloatArray, y: FloatArray, sine: FloatArray, cosine: FloatArray, bin_mm: float) -> FloatArray:
    """Millimetres of metal along each ray: (angles, bins), bins covering the diagonal."""
    bins = int(1.5 * GRID)
    position = (x * cosine + y * sine) / bin_mm + (bins - 1) / 2
    low = np.floor(position).astype(int)
    part = position - low
    index = (np.arange(len(sine))[:, None] * bins + np.clip(low, 0, bins - 2)).ravel()
    size = len(sine) * bins
    weight = np.broadcast_to(mm2 / bin_mm, position.shape)
    total = np.bincount(index, (weight * (1 - part)).ravel(), size) + np.bincount(index + 1, (weight * part).ravel(), size)[:size]
    return np.asarray(total.reshape(len(sine), bins))


def _measurement_error(path_mm: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Measured minus ideal attenuation of each ray: hardened like L -> L - (1 - e^(-kL)) / k, noisier the less light comes through."""
    path = np.minimum(path_mm, LARGEST_PATH_MM)
    hardened = -METAL_PER_MM * (path - (1 - np.exp(-HARDENING_PER_MM * path)) / HARDENING_PER_MM)
    noise = RAY_NOISE * (np.exp(STARVATION_PER_MM * path) - 1) * rng.standard_normal(path.shape)
    return np.asarray(hardened + noise)


def _back_project(sinogram: FloatArray, sine: FloatArray, cosine: FloatArray, bin_mm: float) -> FloatArray:
    """(GRID, GRID) attenuation per mm, by filtered back-projection with a Hann-windowed ramp."""
    bins = sinogram.shape[1]
    size = 2 * bins
    frequency = np.fft.rfftfreq(size, bin_mm)
    window = frequency * (0.5 + 0.5 * np.cos(np.pi * frequency / frequency[-1]))
    filtered = np.fft.irfft(np.fft.rfft(sinogram, size, axis=1) * window, size, axis=1)[:, :bins]
    axis = np.arange(GRID) - (GRID - 1) / 2
    image = np.zeros((GRID, GRID))
    for row, s, c in zip(filtered, sine[:, 0], cosine[:, 0], strict=True):
        position = axis[None, :] * c + axis[:, None] * s + (bins - 1) / 2
        low = position.astype(int)
        part = position - low
        image += row[low] * (1 - part) + row[low + 1] * part
    return image * np.pi / len(sine)


def _enlarge(coarse: FloatArray, shape: tuple[int, int], pitch: float, bin_mm: float) -> npt.NDArray[np.float64]:
    """The artefact image on the slice's pixels, bilinear."""
    result = coarse
    for axis, count in enumerate(shape):
        position = np.clip((np.arange(count) - (count - 1) / 2) * pitch / bin_mm + (GRID - 1) / 2, 0, GRID - 1.001)
        low = position.astype(int)
        part = (position - low).reshape((-1, 1) if axis == 0 else (1, -1))
        result = np.take(result, low, axis) * (1 - part) + np.take(result, low + 1, axis) * part
    return np.asarray(result, dtype=np.float64)
