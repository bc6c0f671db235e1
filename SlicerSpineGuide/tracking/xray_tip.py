"""Where an instrument ends in a radiograph: its point is thin, so that what is seen of it ends short of where it is.

The metal's cross-section along the instrument is measured from its shadow and compared with that of a tapered end: a cone for
trocars and screws, an oblique cut for needles, of any length down to a flat end. How slowly the section falls tells the taper, and the
taper tells how much of the point is too thin to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.registration.drr import FloatImage

METAL_PER_MM = 0.8  # attenuation of steel in a C-arm's beam behind a patient
BLUR_MM = 0.45  # of focal spot, detector and resampling, at the patient, standard deviation
HIGH, LOW = 0.8, 0.35  # square roots of the section, as parts of the shaft's, between which the taper is measured
LONGEST_TAPER = 4.0  # in diameters
FLANK_MM = 2.0
LEAST_SIGMA_MM = 0.25


@dataclass(frozen=True)
class End:
    """Where the instrument ends, in columns of the strip, and one standard deviation of that."""

    column: float
    sigma: float


def tapered_end(
    left_over: FloatImage, line: tuple[float, float], stretch: tuple[float, float], bevelled: bool, diameter_mm: float, step_mm: float
) -> End | None:
    """The end of the instrument along a line in a strip; None where its shadow does not fall off as an end does.

    left_over (rows, columns): what the DRR does not explain, line integrals, columns along the instrument, step_mm at the patient;
    line: row at the first column, rows per column; stretch: first and, roughly, last column of the instrument; bevelled: cut obliquely, as needles are.
    """
    start, end = stretch
    width = diameter_mm / step_mm
    first = int(max(start, end - max(4 * width, 12 / step_mm)))
    last = int(min(left_over.shape[1], end + 6 / step_mm + width))
    columns = np.arange(first, last)
    if last - end < 3 or len(columns) < 12:
        return None
    shadow = _across(left_over, line, columns, width, FLANK_MM / step_mm)
    sections = _sections(shadow, columns < end - 1.2 * width, width, diameter_mm)
    if sections is None:
        return None
    sections = np.convolve(np.pad(sections, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")
    root = np.sqrt(np.clip(sections, 0, None))
    falls = np.flatnonzero((root[:-1] >= HIGH) & (root[1:] < HIGH))
    if not len(falls):
        return None
    high_at = int(falls[np.argmin(np.abs(columns[falls] - end + 0.5 * width))])
    below = np.flatnonzero(root[high_at:] < LOW)
    if not len(below):
        return None
    low_at = high_at + int(below[0]) - 1
    high, low = (columns[i] + (root[i] - level) / (root[i] - root[i + 1]) for i, level in ((high_at, HIGH), (low_at, LOW)))
    if low - high > LONGEST_TAPER * width + 4:
        return None
    beyond = sections[low_at + 2 :]
    noise = 1.48 * float(np.median(np.abs(beyond - np.median(beyond)))) if len(beyond) > 4 else 0.1
    shafts = sections[columns < end - 1.2 * width]
    noise = float(np.hypot(noise, 0.3 * np.std(shafts))) if len(shafts) > 4 else noise
    hidden = float(np.interp((low - high) * step_mm, *_hidden_part(bevelled))) / step_mm
    sigma = noise / (2 * LOW) * (low - high) / (HIGH - LOW) * (1 + hidden / max(low - high, 1e-6))
    return End(float(low + hidden), float(max(sigma, LEAST_SIGMA_MM / step_mm)))


def _across(image: FloatImage, line: tuple[float, float], columns: np.ndarray, width: float, flank: float) -> FloatArray:
    """(columns, offsets): the image across the line, a row apart, above what lies on both sides of the instrument."""
    inner, outer = 0.5 * width + 1.5, 0.5 * width + 1.5 + flank
    reach = np.arange(-int(np.ceil(outer)), int(np.ceil(outer)) + 1)
    rows = line[0] + line[1] * columns[:, None] + reach
    low = np.clip(np.floor(rows).astype(int), 0, image.shape[0] - 2)
    part = np.clip(rows - low, 0, 1)
    values = image[low, columns[:, None]] * (1 - part) + image[low + 1, columns[:, None]] * part
    sides = [values[:, side].mean(axis=1, keepdims=True) for side in (reach < -inner, reach > inner)]
    ramp = (reach / outer + 1) / 2
    level = sides[0] * (1 - ramp) + sides[1] * ramp
    return np.asarray((values - level)[:, np.abs(reach) <= inner], dtype=np.float64)


def _sections(shadow: FloatArray, shaft: np.ndarray, width: float, diameter_mm: float) -> FloatArray | None:
    """(columns,): the metal's cross-section, 1 along the shaft, of its shadow; None without a shaft."""
    if shaft.sum() < 5:
        return None
    offsets = np.abs(np.arange(shadow.shape[1]) - shadow.shape[1] // 2)
    core = float(np.median(shadow[shaft][:, offsets <= max(0.25 * width, 0.5)]))
    if core <= 0:
        return None
    # scatter keeps thick metal from being as dark as it should: its share is what the shaft's own darkness leaves open
    full = np.exp(-METAL_PER_MM * diameter_mm)
    scatter = max(0.0, (np.exp(-core) - full) / (1 - np.exp(-core))) if core < METAL_PER_MM * diameter_mm else 0.0
    most = 1.3 * METAL_PER_MM * diameter_mm
    through = np.exp(-np.clip(shadow, -1, None)) * (1 + scatter) - scatter
    thickness = np.minimum(-np.log(np.maximum(through, np.exp(-most))), most)
    sums = thickness.sum(axis=1)
    whole = float(np.median(sums[shaft]))
    return sums / whole if whole > 0 else None


@cache
def _hidden_part(bevelled: bool) -> tuple[FloatArray, FloatArray]:
    """mm from HIGH to LOW, growing, and the mm that the instrument goes on beyond LOW, of ends of every length under the blur."""
    step = 0.02
    s = np.arange(-3.0, 30.0, step)
    kernel = np.exp(-0.5 * (np.arange(-1.8, 1.8 + step, step) / BLUR_MM) ** 2)
    falls, hidden = [], []
    for taper in np.concatenate(([0.02], np.arange(0.1, 20, 0.1))):
        part = np.clip(s / taper, 0, 1)
        angle = np.arccos(1 - 2 * part)
        section = (angle - np.sin(angle) * np.cos(angle)) / np.pi if bevelled else part**2
        root = np.sqrt(np.convolve(section, kernel / kernel.sum(), mode="same"))[: len(s) - 100]
        low, high = (float(np.interp(level, root, s[: len(root)])) for level in (LOW, HIGH))
        falls.append(high - low)
        hidden.append(low)
    order = np.maximum.accumulate(falls)
    return np.asarray(order), np.asarray(hidden)
