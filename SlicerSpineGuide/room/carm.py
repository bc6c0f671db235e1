"""The virtual C-arm's physics: from path lengths to the pixels of a fluoroscopic image.

A tungsten beam of 80 kVp behind aluminium and copper in five energies, attenuation by NIST XCOM, an energy-integrating detector,
scatter as a broad blur of the primary beam, quantum noise, the blur of focal spot and detector, automatic exposure, collimation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, Projection

# keV, photons, attenuation in 1/mm of water, cortical bone (1.92 g/cm3) and steel (as iron)
SPECTRUM = np.array(
    [
        (38.0, 0.12, 0.0283, 0.1460, 3.28),
        (47.0, 0.27, 0.0236, 0.0925, 1.83),
        (55.0, 0.28, 0.0216, 0.0705, 1.19),
        (63.0, 0.21, 0.0202, 0.0573, 0.84),
        (73.0, 0.12, 0.0190, 0.0477, 0.59),
    ]
)
SCATTER_MM = 45.0  # reach of the scatter on the detector, standard deviation
ELECTRONIC_QUANTA = 20.0  # electronic noise, as if so many more quanta were counted
EXPOSED_PART = 0.3


@dataclass(frozen=True)
class CarmProtocol:
    """How the C-arm is set and how good it is.

    views: (primary, secondary) angle in degrees of each projection of a frame. matrix: rows and columns; pitch_mm: on the detector.
    angle_error_deg, isocentre_error_mm: standard deviation of the whole C-arm's pose against its tags; view_error: part of it that
    differs between the views of a frame. scatter: scattered over primary intensity. quanta: detected in a pixel of the middle of the
    image, on average, which automatic exposure holds constant: some 200 in fluoroscopy, 2000 in a single shot.
    shutters: part of the field (columns, rows) left open by the collimator. log: stored values logarithmic instead of linear.
    """

    views: tuple[tuple[float, float], ...] = ((0.0, 0.0), (90.0, 0.0))
    matrix: int = 384
    pitch_mm: float = 0.52
    source_to_detector_mm: float = 1180.0
    source_to_isocentre_mm: float = 785.0
    angle_error_deg: float = 0.8
    isocentre_error_mm: float = 1.2
    view_error: float = 0.08
    scatter: float = 0.45
    quanta: float = 1500.0
    blur_mm: float = 0.35
    shutters: tuple[float, float] = (1.0, 1.0)
    log: bool = False
    bits: int = 12
    rate_hz: float = 2.0

    def projection(self, view: int) -> Projection:
        """The view's geometry as its tags tell it (CASE_FORMAT)."""
        primary, secondary = self.views[view]
        size, pitch = (self.matrix, self.matrix), (self.pitch_mm, self.pitch_mm)
        return Projection.from_angles(primary, secondary, self.source_to_detector_mm, self.source_to_isocentre_mm, pitch, size)

    def in_field(self, pixel: FloatArray) -> bool:
        """Whether a (column, row) lies in the open part of the detector."""
        reach = (np.array(self.shutters) * self.matrix - 1) / 2
        return bool(np.all(np.abs(pixel - (self.matrix - 1) / 2) <= reach))


def expose(
    water_mm: npt.NDArray[np.float32],
    bone_mm: npt.NDArray[np.float32],
    metal_mm: FloatArray,
    protocol: CarmProtocol,
    rng: np.random.Generator,
) -> npt.NDArray[np.uint16]:
    """Stored pixel values (rows, columns) of what passed through these path lengths (mm)."""
    keep = _shutters(protocol)
    primary = primary_intensity(water_mm, bone_mm, metal_mm) * keep
    scattered = protocol.scatter * _blurred(primary, SCATTER_MM / protocol.pitch_mm)
    detected = primary + scattered
    quanta = detected * protocol.quanta / _exposed(detected, keep)
    noisy = quanta + np.sqrt(quanta + ELECTRONIC_QUANTA) * rng.standard_normal(quanta.shape)
    blurred = _blurred(np.clip(noisy, 0, None), protocol.blur_mm / protocol.pitch_mm)
    return _stored(blurred / protocol.quanta, protocol)


def primary_intensity(water_mm: npt.NDArray[Any], bone_mm: npt.NDArray[Any], metal_mm: npt.NDArray[Any]) -> FloatArray:
    """Detected energy over the energy detected without a patient, 0 to 1, without scatter."""
    total = np.zeros(np.shape(water_mm))
    for energy, photons, *attenuation in SPECTRUM:
        exponent = sum(mu * path for mu, path in zip(attenuation, (water_mm, bone_mm, metal_mm), strict=True))
        total += energy * photons * np.exp(-exponent)
    return np.asarray(total / (SPECTRUM[:, 0] @ SPECTRUM[:, 1]))


def _shutters(protocol: CarmProtocol) -> FloatArray:
    """1 in the open field, almost 0 behind the shutters, with a soft edge."""
    places = np.abs(np.arange(protocol.matrix) - (protocol.matrix - 1) / 2)
    edges = [
        1 / (1 + np.exp(np.clip((places - part * protocol.matrix / 2) / 1.2, -50, 50))) if part < 1 else np.ones(protocol.matrix)
        for part in protocol.shutters
    ]
    return np.asarray(0.01 + 0.99 * np.outer(edges[1], edges[0]))


def _blurred(image: FloatArray, sigma: float) -> FloatArray:
    """Gaussian blur by Fourier transform; the image is mirrored at its borders."""
    rows, columns = image.shape
    margin = int(min(3 * sigma + 1, min(rows, columns) - 1))
    padded = np.pad(image, margin, mode="reflect")
    frequency = np.hypot(np.fft.fftfreq(padded.shape[0])[:, None], np.fft.rfftfreq(padded.shape[1])[None, :])
    blurred = np.fft.irfft2(np.fft.rfft2(padded) * np.exp(-2 * (np.pi * sigma * frequency) ** 2), padded.shape)
    return np.asarray(blurred[margin : margin + rows, margin : margin + columns])


def _exposed(detected: FloatArray, keep: FloatArray) -> float:
    """What the automatic exposure measures: the mean over the open part of the image's middle."""
    rows, columns = detected.shape
    middle = slice(rows // 4, -(rows // 4)), slice(columns // 4, -(columns // 4))
    return float(np.average(detected[middle], weights=keep[middle]))


def _stored(relative: FloatArray, protocol: CarmProtocol) -> npt.NDArray[np.uint16]:
    """Whole numbers for intensities relative to the measured one, which is stored at EXPOSED_PART of full scale."""
    top = 2**protocol.bits - 1
    linear = np.clip(relative * EXPOSED_PART * top, 0, top)
    values = np.log2(1 + linear) * top / protocol.bits if protocol.log else linear
    return np.rint(np.clip(values, 0, top)).astype(np.uint16)
