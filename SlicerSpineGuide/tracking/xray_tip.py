"""Where an instrument ends in a radiograph: its point is thin, so that what is seen of it ends short of where it is.

How opaque the metal is along the instrument's middle is compared with what tapered ends are: cones for trocars and screws, oblique
cuts for needles, of any length down to a flat end. How slowly the opacity falls tells the taper, and the taper tells how much of the
point is too thin to be seen. Opacity against the shaft's own is the same whatever the scatter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.registration.drr import FloatImage

# attenuation of steel at 47, 55, 63 and 73 keV (NIST XCOM, as iron), and the share of each behind 200 mm of water at 80 kVp
STEEL_PER_MM, SHARE = np.array([1.83, 1.19, 0.84, 0.59]), np.array([0.16, 0.27, 0.31, 0.26])
# of focal spot and detector, at the patient, standard deviation: what is usual, and what the shaft's own edges may say instead
USUAL_BLUR_MM, BLUR_STEP_MM = 0.45, 0.05
BLURS_MM = np.arange(0.1, 1.01, BLUR_STEP_MM)
SMOOTHED = np.sqrt(0.5)  # columns: what `_middle` adds to the blur along the instrument
INTERPOLATED = np.sqrt(1 / 6)  # rows: what linear interpolation adds to the blur across it
LEVELS = (0.15, 0.22, 0.3)  # of the shaft's opacity: where the fall ends; the noise decides which
FALL = 0.45  # the taper is measured from so much more
LONGEST_TAPER = 3.0  # in diameters
MOST_SLANT = 0.99  # steeper to the detector, an end is seen from behind
# what tapers are usual: a cone of 60 degrees, a bevel of 20, in diameters, with a standard deviation of their logarithm; flat ends
USUAL_CONE, USUAL_BEVEL, USUAL_SPREAD, FLAT_SHARE = 0.87, 2.7, 0.5, 0.12
FALL_SIGMA_MM = 0.06  # how exactly the fall is measured without noise
FLANK_MM = 2.0
WORST_SIGMA_MM = 1.2
# What the usual tapers leave out: in two views points were found 0.1 to 0.6 mm short, flat ends 0.8 mm deep
MODEL_SIGMA_MM = 0.6


@dataclass(frozen=True)
class End:
    """Where the instrument ends, in columns of the strip, and one standard deviation of that."""

    column: float
    sigma: float


@dataclass(frozen=True)
class Shape:
    """What is known of an instrument before it is seen: its diameter, whether it is cut obliquely as needles are, and the sine of its
    angle to the detector's plane: a point that leans towards the source is foreshortened, and a flat end is seen from aside."""

    diameter_mm: float
    bevelled: bool
    slant: float


def tapered_end(
    left_over: FloatImage, line: tuple[float, float], stretch: tuple[float, float], shape: Shape, step_mm: float
) -> End | None:
    """The end of the instrument along a line in a strip; None where its shadow does not fall off as an end does.

    left_over (rows, columns): what the DRR does not explain, line integrals, columns along the instrument, step_mm at the patient;
    line: row at the first column, rows per column; stretch: first and, roughly, last column of the instrument.
    """
    start, end = stretch
    width = shape.diameter_mm / step_mm
    first = int(max(start, end - max(3 * width, 10 / step_mm)))
    last = int(min(left_over.shape[1], end + 6 / step_mm + width))
    columns = np.arange(first, last)
    shadow = _middle(left_over, line, columns, width, FLANK_MM / step_mm)
    shaft = shadow[columns < end - max(width, 3 / step_mm)]
    if last - end < 4 or len(shaft) < 4:
        return None
    core = float(np.median(shaft))
    beyond = shadow[columns > end + 2 / step_mm]
    noise = 1.48 * float(np.median(np.abs(beyond - np.median(beyond)))) if len(beyond) > 4 else 0.1 * core
    if core < 4 * noise:
        return None
    opacity = (1 - np.exp(-shadow)) / (1 - np.exp(-core))
    low_level = next((level for level in LEVELS if level * core > 2 * noise), LEVELS[-1])
    crossings = _crossings(opacity, columns, end, low_level)
    if crossings is None or crossings[1] - crossings[0] > LONGEST_TAPER * width:
        return None
    high, low = crossings
    spread = noise / core * (low - high) / FALL
    blur = _blur(left_over, line, columns[columns < end - max(width, 3 / step_mm)], shape.diameter_mm, step_mm)
    ends = _ends(shape.bevelled, min(round(shape.slant, 2), MOST_SLANT), shape.diameter_mm, low_level, blur)
    hidden, doubt = ends.hidden((low - high) * step_mm, float(np.hypot(FALL_SIGMA_MM, spread * step_mm)))
    sigma = float(np.hypot(spread, doubt / step_mm))
    if sigma * step_mm > WORST_SIGMA_MM:
        return None
    return End(float(low + hidden / step_mm), float(np.hypot(sigma, MODEL_SIGMA_MM / step_mm)))


def _middle(image: FloatImage, line: tuple[float, float], columns: np.ndarray, width: float, flank: float) -> FloatArray:
    """(columns,): the image along the line, smoothed over its neighbours, above what lies on both sides of the instrument."""
    inner, outer = 0.5 * width + 1.5, 0.5 * width + 1.5 + flank
    reach = np.arange(-int(np.ceil(outer)), int(np.ceil(outer)) + 1)
    rows = line[0] + line[1] * columns[:, None] + reach
    low = np.clip(np.floor(rows).astype(int), 0, image.shape[0] - 2)
    part = np.clip(rows - low, 0, 1)
    values = image[low, columns[:, None]] * (1 - part) + image[low + 1, columns[:, None]] * part
    sides = sum(values[:, side].mean(axis=1) for side in (reach < -inner, reach > inner)) / 2
    middle = values[:, np.abs(reach) <= 1] @ (0.25, 0.5, 0.25) - sides
    return np.convolve(np.pad(middle, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")


def _blur(image: FloatImage, line: tuple[float, float], columns: np.ndarray, diameter_mm: float, step_mm: float) -> float:
    """mm, standard deviation along the instrument: of the imaging by how softly the shaft's edges fall, and of the smoothing here.

    The shaft is a cylinder of known diameter; every C-arm blurs it in its own way, and its end as much as its edges.
    """
    reach = np.arange(-(diameter_mm / 2 + FLANK_MM), diameter_mm / 2 + FLANK_MM + 0.1, 0.1)
    rows = line[0] + line[1] * columns[:, None] + reach / step_mm
    low = np.clip(np.floor(rows).astype(int), 0, image.shape[0] - 2)
    part = np.clip(rows - low, 0, 1)
    shadow = np.median(image[low, columns[:, None]] * (1 - part) + image[low + 1, columns[:, None]] * part, axis=0)
    flank = np.abs(reach) > diameter_mm / 2 + 0.6 * FLANK_MM
    shadow = shadow - np.polyval(np.polyfit(reach[flank], shadow[flank], 1), reach)
    opacity = 1 - np.exp(-shadow)
    opacity = opacity / max(float(opacity[np.abs(reach) <= 0.15].mean()), 1e-6)
    sides = [_width(side) for side in (opacity[reach >= -0.05], opacity[reach <= 0.05][::-1])]
    seen = [s for s in sides if s is not None]
    side = USUAL_BLUR_MM if not seen else float(np.interp(np.mean(seen), *_side_widths(diameter_mm)))
    along = np.sqrt(max(side**2 - (INTERPOLATED * step_mm) ** 2, BLURS_MM[0] ** 2) + (SMOOTHED * step_mm) ** 2)
    return round(float(along) / BLUR_STEP_MM) * BLUR_STEP_MM


def _width(opacity: FloatArray) -> float | None:
    """mm from 3/4 to 1/4 of an opacity that falls from 1 in steps of 0.1 mm; None where it does not."""
    places = []
    for level in (0.75, 0.25):
        under = np.flatnonzero(opacity < level)
        if not len(under) or under[0] == 0:
            return None
        i = int(under[0])
        places.append(i - 1 + (opacity[i - 1] - level) / (opacity[i - 1] - opacity[i]))
    return float(0.1 * (places[1] - places[0]))


@cache
def _side_widths(diameter_mm: float) -> tuple[FloatArray, FloatArray]:
    """`_width` of a shaft's edge for each of BLURS_MM, growing, and those."""
    reach = np.arange(-diameter_mm / 2 - 4, diameter_mm / 2 + 4.01, 0.1)
    chord = 2 * np.sqrt(np.maximum(diameter_mm**2 / 4 - reach**2, 0))
    sharp = 1 - np.exp(-chord[:, None] * STEEL_PER_MM) @ SHARE
    widths = []
    for blur in BLURS_MM:
        kernel = np.exp(-0.5 * (np.arange(-3, 3.01, 0.1) / blur) ** 2)
        opacity = np.convolve(sharp, kernel / kernel.sum(), mode="same")
        widths.append(_width((opacity / opacity[np.abs(reach) < 0.15].mean())[reach >= -0.05]) or 0.0)
    return np.maximum.accumulate(np.array(widths)) + 1e-6 * np.arange(len(widths)), BLURS_MM


def _crossings(opacity: FloatArray, columns: np.ndarray, end: float, low_level: float) -> tuple[float, float] | None:
    """The columns where the opacity falls through low_level + FALL and, next, through low_level; the fall nearest to `end`."""

    def falls(level: float) -> FloatArray:
        at = np.flatnonzero((opacity[:-1] >= level) & (opacity[1:] < level))
        return np.asarray(columns[at] + (opacity[at] - level) / (opacity[at] - opacity[at + 1]), dtype=np.float64)

    highs, lows = falls(low_level + FALL), falls(low_level)
    if not len(highs) or not len(lows):
        return None
    high = float(highs[np.argmin(np.abs(highs - end))])
    after = lows[lows > high]
    return (high, float(after[0])) if len(after) else None


@dataclass(frozen=True, eq=False)
class _Ends:
    """Ends of every taper: mm in the image that each one's opacity takes to fall, mm that the tip lies beyond the fall's end, and
    how usual each is."""

    fall: FloatArray
    beyond: FloatArray
    usual: FloatArray

    def hidden(self, fall_mm: float, sigma_mm: float) -> tuple[float, float]:
        """mm from the end of a fall of that length to the tip, and one standard deviation: several tapers may look alike."""
        off = (self.fall - fall_mm) / sigma_mm
        weights = self.usual * np.exp(-0.5 * (off**2 - np.min(off**2)))
        weights = weights / weights.sum()
        mean = float(weights @ self.beyond)
        return mean, float(np.sqrt(weights @ (self.beyond - mean) ** 2))


@cache
def _ends(bevelled: bool, slant: float, diameter_mm: float, low_level: float, blur_mm: float) -> _Ends:
    step, radius = 0.1, diameter_mm / 2
    across = max(slant, 0.1)
    along = np.sqrt(1 - across**2)
    aside = np.arange(-1.5, 1.5 + step, step)
    kernel = np.exp(-0.5 * (aside / blur_mm) ** 2)
    tapers = np.array([0.02, *np.geomspace(0.2, LONGEST_TAPER * diameter_mm, 20)])
    found = []
    for taper in tapers:
        place = np.arange(-radius - 2, taper * along + radius * across + 3, step)
        depth = np.arange(step / 4, (place[-1] + radius * across) / along, step / 2)
        part = np.clip(depth / taper, 0, 1)
        angle = np.arccos(1 - 2 * part)
        section = (angle - np.sin(angle) * np.cos(angle)) / np.pi if bevelled else part**2
        height = (place[:, None] - depth * along) / across
        half = np.sqrt(np.maximum(radius**2 * section - aside[:, None, None] ** 2, 0))
        inside = (np.abs(height) <= half) & (half > 0)
        through = np.exp(-(inside.sum(axis=2) * (step / 2 / across))[..., None] * STEEL_PER_MM) @ SHARE
        opacity = np.convolve(kernel @ (1 - through), kernel, mode="valid")
        places = place[len(kernel) // 2 : len(place) - len(kernel) // 2]
        rising = np.maximum.accumulate(opacity / opacity[-5:].mean())
        found.append([float(np.interp(level, rising, places)) for level in (low_level, low_level + FALL)])
    low, high = np.array(found).T
    usual = np.exp(-0.5 * (np.log(tapers / diameter_mm / (USUAL_BEVEL if bevelled else USUAL_CONE)) / USUAL_SPREAD) ** 2)
    usual[0] = FLAT_SHARE * usual.sum()
    return _Ends(high - low, low, usual)
