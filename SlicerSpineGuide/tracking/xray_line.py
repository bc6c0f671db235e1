"""The instrument in one radiograph: a line and where it ends, found in what the DRR of the registered CT does not explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, Projection, apply, inverse, rotate, unit
from SlicerSpineGuide.plan.model import Trajectory
from SlicerSpineGuide.registration.drr import FloatImage, window
from SlicerSpineGuide.registration.xray_field import exposed_field
from SlicerSpineGuide.registration.xray_view import Level
from SlicerSpineGuide.tracking.xray_tip import Shape, tapered_end

STEP_MM = 0.4  # of the strip's grid, at the patient
BEFORE_MM, BEYOND_MM, ASIDE_MM = 35.0, 30.0, 32.0  # the strip reaches so far before the entry, beyond the target and to the sides
STEEPEST = np.tan(np.radians(25.0))  # of the instrument against the planned path, in the image
LEAST_SLANT = np.sin(np.radians(8.0))  # of the planned path against the view's rays: pedicles are seen nearly end-on from the back
FLANK_MM = 2.0
TIP_LEVEL = 0.2  # of the instrument's contrast, where it is taken to end: points and bevels fade before their end
UNKNOWN_POINT = 0.3  # of the diameter: how far the end may be from where the shadow fades, unless its taper is measured
LEAST_CONTRAST = 0.06  # of line integral: a quarter of what a 22G needle of steel leaves
LEAST_SIGNIFICANCE = 5.0
LEAST_LENGTH_MM = 8.0
# How exactly a view's own pose tells in which plane the line lies, rad, and where across it, mm at the target. Two views that see
# the instrument in nearly the same plane would otherwise push the tip far along it to undo a small disagreement of their poses.
POSE_SIGMA, POSE_SIGMA_MM = 0.006, 0.3


@dataclass(frozen=True, eq=False)
class LineInView:
    """The instrument as one view sees it, in planning-CT LPS.

    source: the X-ray source; tip: unit direction from the source through the tip; end: through the other end where the view shows
    it; normal: unit normal of the plane through the source and the instrument; tip_sigma_mm: of the tip along the instrument's
    image, and across it, at the target's depth; angle_sigma: of the plane, rad.
    """

    source: FloatArray
    tip: FloatArray
    normal: FloatArray
    end: FloatArray | None
    tip_sigma_mm: tuple[float, float]
    angle_sigma: float


def find_line(
    pixels: FloatImage, projection: Projection, plan_from_live: FloatArray, level: Level, trajectory: Trajectory
) -> LineInView | None:
    """The instrument nearest to the planned path's image, None where there is none to be sure of.

    pixels (rows, columns): linear in intensity; plan_from_live: this view's pose; level: the CT's projectors, fine. The instrument is
    looked for within 32 mm and 25 degrees of the path as this view shows it.
    """
    strip = _strip(projection, plan_from_live, trajectory)
    if strip is None:
        return None
    seen, open_ = _sampled(pixels, projection, strip)
    if open_.mean() < 0.1:
        return None
    left_over = _unexplained(seen, open_, _drr(level, strip, plan_from_live))
    width = trajectory.instrument.diameter_mm / STEP_MM
    response = _band_response(left_over, open_, width)
    line = _straight_line(response)
    if line is None:
        return None
    offset, slope, noise = line
    profile = _along(response, offset, slope)
    tip = _tip(profile, noise)
    if tip is None:
        return None
    start, end, contrast, blur = tip
    offset, slope, scatter = _refined(left_over, open_, offset, slope, (start, end), width)
    end_sigma = blur * noise / contrast
    instrument = trajectory.instrument
    shape = Shape(instrument.diameter_mm, instrument.kind == "needle", _slant(projection, plan_from_live, trajectory))
    point = tapered_end(left_over, (offset, slope), (start, end), shape, STEP_MM)
    if point is not None:
        end, end_sigma = point.column, point.sigma
    else:
        end_sigma = float(np.hypot(end_sigma, UNKNOWN_POINT * width))
    return _in_plan(strip, plan_from_live, (offset, slope), (start, end), scatter, end_sigma)


def looks_along(projection: Projection, plan_from_live: FloatArray, trajectory: Trajectory) -> bool:
    """Whether a view looks along the planned path, down the barrel: an instrument on it is a point there, its tip unseen."""
    live = apply(inverse(plan_from_live), np.array([trajectory.entry, trajectory.target]))
    depth = float((live[1] - projection.source) @ projection.normal)
    entry, target = projection.to_detector(projection.project(live))
    magnification = projection.source_to_detector / max(depth, 1.0)
    return bool(np.linalg.norm(target - entry) < LEAST_SLANT * trajectory.length_mm * magnification)


def _strip(projection: Projection, plan_from_live: FloatArray, trajectory: Trajectory) -> Projection | None:
    """A grid on the detector whose columns run along the planned path, from before its entry to beyond its target."""
    live = apply(inverse(plan_from_live), np.array([trajectory.entry, trajectory.target]))
    depth = float((live[1] - projection.source) @ projection.normal)
    if depth < 50 or looks_along(projection, plan_from_live, trajectory):
        return None
    entry, target = projection.to_detector(projection.project(live))
    magnification = projection.source_to_detector / depth
    along = unit(target - entry)
    start, end = entry - along * BEFORE_MM * magnification, target + along * BEYOND_MM * magnification
    pitch = STEP_MM * magnification
    size = int(np.linalg.norm(end - start) / pitch) + 1, 2 * int(ASIDE_MM / STEP_MM) + 1
    return Projection(projection.source, (start + end) / 2, along, np.cross(along, projection.normal), (pitch, pitch), size)


def _slant(projection: Projection, plan_from_live: FloatArray, trajectory: Trajectory) -> float:
    """The sine of the planned path's angle to the detector's plane, as seen at the target."""
    live = inverse(plan_from_live)
    ray = unit(apply(live, trajectory.target) - projection.source)
    return abs(float(rotate(live, trajectory.direction) @ ray))


def _sampled(pixels: FloatImage, projection: Projection, strip: Projection) -> tuple[FloatImage, FloatImage]:
    """The radiograph's line integrals on the strip, and where it was exposed; bilinear."""
    grid = np.stack(np.meshgrid(np.arange(strip.size[0]), np.arange(strip.size[1])), axis=-1)
    place = strip.to_detector(grid) - projection.detector_centre
    x = place @ projection.u / projection.pitch[0] + (projection.size[0] - 1) / 2
    y = place @ projection.v / projection.pitch[1] + (projection.size[1] - 1) / 2
    rows, columns = pixels.shape
    inside = (x >= 0) & (y >= 0) & (x <= columns - 1) & (y <= rows - 1)
    column, row = np.clip(x.astype(int), 0, columns - 2), np.clip(y.astype(int), 0, rows - 2)
    fx, fy = (x - column).astype(np.float32), (y - row).astype(np.float32)
    floor = max(float(np.median(pixels)) * 1e-3, 1e-6)
    top = pixels[row, column] * (1 - fx) + pixels[row, column + 1] * fx
    bottom = pixels[row + 1, column] * (1 - fx) + pixels[row + 1, column + 1] * fx
    open_ = inside & exposed_field(pixels, thick=True)[row, column]
    seen = -np.log(np.maximum(top * (1 - fy) + bottom * fy, floor))
    return np.asarray(seen, dtype=np.float32), np.asarray(open_, dtype=np.float32)


def _drr(level: Level, strip: Projection, plan_from_live: FloatArray) -> FloatImage:
    """The strip's DRR, drawn with every second pixel: the CT's voxels are larger than two."""
    columns, rows = (n // 2 + 1 for n in strip.size)
    image = level.render(window(strip, (columns - 1, rows - 1), 2, (columns, rows)), plan_from_live)
    for axis, size in ((0, strip.size[1]), (1, strip.size[0])):
        low, high = (np.delete(image, drop, axis) for drop in (-1, 0))
        between = np.insert((low + high) / 2, np.arange(image.shape[axis] - 1), low, axis)
        image = np.take(np.append(between, np.take(image, [-1], axis), axis), np.arange(size), axis)
    return np.asarray(image, dtype=np.float32)


def _unexplained(seen: FloatImage, open_: FloatImage, drr: FloatImage) -> FloatImage:
    """What the DRR leaves over: the gain is that of the fine structure both share, robustly."""

    def fine(image: FloatImage) -> FloatImage:
        return np.asarray(image - _box(image * open_, 15) / np.maximum(_box(open_, 15), 1e-3), dtype=np.float32)

    a, b = fine(drr), fine(seen)
    keep = open_ > 0
    gain = 1.0
    for _ in range(3):
        error = b - gain * a
        weight = keep / (1 + (error / (3 * np.median(np.abs(error[keep])) + 1e-6)) ** 2)
        gain = float(np.clip((weight * a * b).sum() / max(float((weight * a * a).sum()), 1e-9), 0.2, 3.0))
    return (seen - gain * drr) * open_


def _box(image: FloatImage, half: int) -> FloatImage:
    """Mean over (2 half + 1) squared pixels, fewer at the border."""
    for axis in (0, 1):
        sums = np.cumsum(np.insert(image, 0, 0, axis=axis), axis=axis, dtype=np.float64)
        n = image.shape[axis]
        low, high = np.maximum(np.arange(n) - half, 0), np.minimum(np.arange(n) + half + 1, n)
        shape = (-1, 1) if axis == 0 else (1, -1)
        image = ((np.take(sums, high, axis) - np.take(sums, low, axis)) / (high - low).reshape(shape)).astype(np.float32)
    return image


def _band_response(image: FloatImage, open_: FloatImage, width: float) -> FloatImage:
    """(rows, columns): mean over a band of the instrument's width across the strip, less the mean of the flanks on both sides.

    The lesser of the two differences counts, so that an edge is not taken for a line.
    """
    flank = FLANK_MM / STEP_MM
    inner = _band_mean(image, open_, -0.4 * width, 0.4 * width)
    before = _band_mean(image, open_, -0.7 * width - flank, -0.7 * width)
    after = _band_mean(image, open_, 0.7 * width, 0.7 * width + flank)
    response = inner - np.maximum(before, after)
    return np.where(np.isfinite(response), response, 0).astype(np.float32)


def _band_mean(image: FloatImage, open_: FloatImage, low: float, high: float) -> FloatImage:
    """Mean of the exposed pixels between two offsets in rows, fractions counted; nan where there are none."""
    rows = image.shape[0]
    total, share = (
        np.vstack([np.zeros((1, image.shape[1])), np.cumsum(part, axis=0, dtype=np.float64)]) for part in (image * open_, open_)
    )
    high = max(high, low + 1.0)
    edges = [np.clip(np.arange(rows) + 0.5 + e, 0, rows) for e in (low, high)]

    def at(sums: FloatArray, edge: FloatArray) -> FloatArray:
        index = np.minimum(edge.astype(int), rows - 1)
        part = (edge - index)[:, None]
        return sums[index] * (1 - part) + sums[index + 1] * part

    counted = at(share, edges[1]) - at(share, edges[0])
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (at(total, edges[1]) - at(total, edges[0])) / counted
    return np.where(counted > 0.5 * (high - low), mean, np.nan)


def _straight_line(response: FloatImage) -> tuple[float, float, float] | None:
    """Row at the first column, rows per column, and the response's noise, of the line that gathers most; None for none at all."""
    noise = 1.48 * float(np.median(np.abs(response[response != 0]))) + 1e-6 if np.any(response) else 0.0
    if noise == 0.0:
        return None
    ceiling = max(8 * noise, LEAST_CONTRAST)
    clipped = np.clip(response, -ceiling, ceiling)
    thick = clipped.copy()
    thick[1:-1] = (clipped[:-2] + clipped[1:-1] + clipped[2:]) / 3
    columns = clipped.shape[1]
    _, slope = _best_line(thick, 6, np.arange(-STEEPEST, STEEPEST, 4.0 / columns))
    offset, slope = _best_line(clipped, 3, slope + np.arange(-5, 6) / columns)
    return offset, slope, noise


def _best_line(image: FloatImage, every: int, slopes: FloatArray) -> tuple[float, float]:
    """Row at the first column, and rows per column out of `slopes`, of the line with the largest sum over every so-manieth column."""
    thin = image[:, ::every]
    columns = np.arange(thin.shape[1]) * every
    rows = np.arange(image.shape[0])
    best = (-np.inf, 0.0, 0.0)
    padded = np.vstack([thin, np.zeros((1, thin.shape[1]), dtype=np.float32)])
    middle = columns[-1] / 2
    for slope in slopes:
        index = np.rint(rows[:, None] + slope * (columns - middle)).astype(np.intp)
        index[(index < 0) | (index >= len(rows))] = len(rows)
        score = padded[index, np.arange(thin.shape[1])].sum(axis=1)
        row = int(np.argmax(score))
        if score[row] > best[0]:
            best = (float(score[row]), row - slope * middle, float(slope))
    return best[1], best[2]


def _along(image: FloatImage, offset: float, slope: float) -> npt.NDArray[np.float64]:
    """The image along a line, one value a column; 0 outside."""
    columns = np.arange(image.shape[1])
    row = offset + slope * columns
    low = np.clip(np.floor(row).astype(int), 0, image.shape[0] - 2)
    part = np.clip(row - low, 0, 1)
    values = image[low, columns] * (1 - part) + image[low + 1, columns] * part
    return np.where((row >= 0) & (row <= image.shape[0] - 1), values, 0.0).astype(np.float64)


def _tip(profile: FloatArray, noise: float) -> tuple[float, float, float, float] | None:
    """Start and end in columns of the stretch that is instrument, its contrast, and the width of its end in columns.

    The end is where the profile falls to a part of its drop from before to after the end of the stretch of largest sum.
    """
    sums = np.concatenate(([0.0], np.cumsum(profile - max(LEAST_CONTRAST / 2, 2 * noise))))
    lowest = np.minimum.accumulate(sums)
    gathered = sums - lowest
    end = int(np.argmax(gathered))  # the stretch of largest sum (Kadane)
    start = int(np.argmin(sums[: end + 1]))
    if (end - start) * STEP_MM < LEAST_LENGTH_MM:
        return None
    contrast = float(np.median(profile[start:end]))
    if contrast < max(LEAST_CONTRAST, LEAST_SIGNIFICANCE * noise / np.sqrt((end - start) / 10)):
        return None
    near = profile[max(end - 25, start) : end]
    level = float(np.median(near)) if len(near) else contrast
    after = profile[end + 3 : end + 28]
    rest = float(np.median(after)) if len(after) > 5 else 0.0
    half = rest + TIP_LEVEL * (level - rest)
    smooth = np.convolve(np.pad(profile, 1, mode="edge"), np.ones(3) / 3, mode="valid")
    low = max(start, end - 12)
    crossing = [i for i in range(low, min(end + 12, len(profile) - 1)) if smooth[i] >= half > smooth[i + 1]]
    if not crossing:
        return (start, float(end), contrast, 4.0) if end < len(profile) - 2 else None
    last = min(crossing, key=lambda i: abs(i - end))
    exact = last + (smooth[last] - half) / max(smooth[last] - smooth[last + 1], 1e-9)
    return start, float(exact), contrast, 2.0


def _refined(
    image: FloatImage, open_: FloatImage, offset: float, slope: float, stretch: tuple[float, float], width: float
) -> tuple[float, float, float]:
    """The line through the centres of gravity of the instrument's columns, and their scatter in rows."""
    first, last = int(stretch[0]), max(int(stretch[1]) - 1, int(stretch[0]) + 3)
    columns = np.arange(first, last)
    half = 0.5 * width + 1.5
    for _ in range(3):
        middle = offset + slope * columns
        reach = np.arange(-int(np.ceil(half)), int(np.ceil(half)) + 1)
        rows = np.clip(np.rint(middle)[:, None].astype(int) + reach, 0, image.shape[0] - 1)
        values = image[rows, columns[:, None]]
        values = np.maximum(values - np.percentile(values, 25, axis=1, keepdims=True), 0) * open_[rows, columns[:, None]]
        values *= np.abs(rows - middle[:, None]) <= half
        mass = values.sum(axis=1)
        use = mass > 0.3 * np.median(mass)
        if use.sum() < 5:
            return offset, slope, 1.0
        centre = (values * rows).sum(axis=1)[use] / mass[use]
        error = centre - middle[use]
        spread = 1.48 * float(np.median(np.abs(error - np.median(error)))) + 1e-3
        weight = 1 / (1 + (error / (2.5 * spread)) ** 2)
        slope_change, offset_change = np.polyfit(columns[use], error, 1, w=np.sqrt(weight))
        offset, slope = offset + float(offset_change), slope + float(slope_change)
    return offset, slope, spread


def _in_plan(
    strip: Projection,
    plan_from_live: FloatArray,
    line: tuple[float, float],
    stretch: tuple[float, float],
    scatter: float,
    end_sigma: float,
) -> LineInView:
    offset, slope = line
    start, end = stretch
    columns = np.array([end, start])
    source, tip, other = apply(
        plan_from_live, np.vstack([strip.source, strip.to_detector(np.column_stack((columns, offset + slope * columns)))])
    )
    tip_ray, end_ray = unit(tip - source), unit(other - source)
    length = (end - start) * STEP_MM
    # neighbouring columns share their noise over about 1 mm
    across = max(scatter * STEP_MM / np.sqrt(max(length / 4, 1)), 0.05)
    angle = float(np.hypot(across / max(length / np.sqrt(12), 2.0), POSE_SIGMA))
    shown = start > 4  # else it leaves the strip
    return LineInView(
        source,
        tip_ray,
        unit(np.cross(end_ray, tip_ray)),
        end_ray if shown else None,
        (max(end_sigma * STEP_MM, 0.25), float(np.hypot(across, POSE_SIGMA_MM))),
        angle,
    )
