"""One radiograph against the planning CT at one resolution: how alike, what is left over, and which motion would lessen it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, Projection, apply, inverse
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.drr import WATER_PER_MM, DepthRadiograph, FloatImage, Projector, detector_rays, window
from SlicerSpineGuide.registration.drr_motion import after_motion, jacobian, pixel_motion, small_motion
from SlicerSpineGuide.registration.xray_image import LocalContrast, LogRadiograph

NEAR_PIXELS, NEAR_LEVER_MM = 3.0, 40.0  # a DRR is good for poses whose target is so many pixels off, and a pixel at that lever
BODY_MM = 80.0  # how far in front of and behind the target a ray is expected to meet the body


@dataclass(frozen=True, eq=False)
class Level:
    """One resolution: projectors whose radiographs add up, pixel size in mm at the patient, and the radius in mm of what is compared.

    volume: the whole planning CT, for where it ends. The projectors' values are relative to water, so that beyond the CT the body
    goes on; with ends_in_air nothing is there, as in radiographs simulated from a CT. fine, coarse: scales of the local contrast,
    in pixels.
    """

    projectors: tuple[Projector, ...]
    volume: Volume
    pixel_mm: float
    radius_mm: float
    ends_in_air: bool = False
    fine: float = 0.7
    coarse: float = 5.0

    def render(self, grid: Projection, plan_from_live: FloatArray) -> FloatImage:
        """The DRR (rows, columns), up to an offset that hardly varies over the image."""
        image = np.sum([p.render(grid, plan_from_live) for p in self.projectors], axis=0)
        if self.ends_in_air:
            image += WATER_PER_MM * self.projectors[-1].inside(grid, plan_from_live).integral
        return image

    def render_with_depth(self, grid: Projection, plan_from_live: FloatArray) -> DepthRadiograph:
        """The DRR with its first moment in depth, about the first projector's mean depth."""
        parts = [p.render_with_depth(grid, plan_from_live) for p in self.projectors]
        if self.ends_in_air:
            box = self.projectors[-1].inside(grid, plan_from_live)
            parts.append(DepthRadiograph(WATER_PER_MM * box.integral, WATER_PER_MM * box.moment, box.mean_depth))
        mean_depth = parts[0].mean_depth
        moment = np.sum([p.moment + np.float32(p.mean_depth - mean_depth) * p.integral for p in parts], axis=0)
        return DepthRadiograph(np.sum([p.integral for p in parts], axis=0), moment, mean_depth)


@dataclass(frozen=True, eq=False)
class Comparison:
    """What one view says about a pose.

    correlation: of local contrast, -1 to 1, weighted towards the target. explained: the same without what does not fit, such as metal:
    how well the DRR fits what it does fit. hessian (6, 6), gradient (6,): of half the sum of squared,
    robustly weighted residuals in units of their own spread, by the small motion after plan_from_live (t, w), mm and rad.
    used: how much of the window took part, 0 to 1.
    """

    correlation: float
    explained: float
    hessian: FloatArray
    gradient: FloatArray
    used: float


class View:
    """One radiograph prepared for one level, around where the target is expected.

    centre: the target (3,), planning-CT LPS; slack_mm: how far from the expected place the target may turn out to be.
    """

    def __init__(
        self, radiograph: LogRadiograph, level: Level, centre: FloatArray, plan_from_live: FloatArray, slack_mm: float
    ) -> None:
        self.level, self.centre = level, centre
        self.grid = self._grid(radiograph.projection, plan_from_live, level.radius_mm + slack_mm)
        fixed = radiograph.resample(self.grid)
        self.fixed_size = fixed.values.shape
        covered = self._covered(plan_from_live) >= 1
        self.whole = bool(covered.all())  # no ray leaves the CT through an end
        self.contrast = LocalContrast(fixed.exposed * covered, level.fine, level.coarse)
        band = self.contrast.band(fixed.values)
        self.fixed = band / self.contrast.strength(band)
        self._projected: _Projected | None = None

    def _grid(self, projection: Projection, plan_from_live: FloatArray, half_mm: float) -> Projection:
        expected = apply(inverse(plan_from_live), self.centre)
        depth = float((expected - projection.source) @ projection.normal)
        pixel = self.level.pixel_mm * projection.source_to_detector / depth
        size = 2 * int(np.ceil(half_mm / self.level.pixel_mm)) + 1
        return window(projection, projection.project(expected), pixel / projection.pitch[0], (size, size))

    def target_pixel(self, plan_from_live: FloatArray) -> FloatArray:
        """(2,): column and row of the target on this view's grid."""
        return self.grid.project(apply(inverse(plan_from_live), self.centre))

    def target_depth(self, plan_from_live: FloatArray) -> float:
        """mm from the source to the target, along the detector's normal."""
        return float((apply(inverse(plan_from_live), self.centre) - self.grid.source) @ self.grid.normal)

    def weight(self, plan_from_live: FloatArray, covered: FloatImage | None = None) -> FloatImage:
        """(rows, columns): 1 around the target, falling to 0 at the level's radius, 0 where nothing was exposed.

        covered: what the CT covers, where it is known from a pose nearby.
        """
        covered = self._covered(plan_from_live) if covered is None else covered
        x, y = self.target_pixel(plan_from_live)
        rows, columns = self.fixed_size
        square = (np.arange(columns) - x) ** 2 + (np.arange(rows)[:, None] - y) ** 2
        radius = self.level.radius_mm / self.level.pixel_mm
        round_the_target = np.clip(2 - 2 * square / radius**2, 0, 1)
        return np.asarray(round_the_target * self.contrast.exposed * covered, dtype=np.float32)

    def _covered(self, plan_from_live: FloatArray) -> FloatImage:
        """(rows, columns): 1 where a ray passes the body around the target inside the CT, falling to 0 over the last 10 mm of it.

        Rays that leave through the first or last slice see a body that the CT does not have.
        """
        if self.level.ends_in_air:
            return np.ones(self.fixed_size, dtype=np.float32)
        volume, rays = self.level.volume, detector_rays(self.grid) / self.grid.source_to_detector
        to_index = volume.index_from_lps @ plan_from_live
        start, rates = apply(to_index, self.grid.source), to_index[:3, :3] @ rays
        rows, columns = self.fixed_size
        x, y = np.arange(columns), np.arange(rows)[:, None]
        across = np.abs(rates @ ((columns - 1) / 2, (rows - 1) / 2, 1)) * volume.spacing < 0.5  # axes the view looks across
        depth = self.target_depth(plan_from_live)
        covered = np.ones((rows, columns))
        for axis, (size, spacing) in enumerate(zip(volume.size, volume.spacing, strict=True)):
            rate = rates[axis, 0] * x + rates[axis, 1] * y + rates[axis, 2]
            for t in (depth - BODY_MM, depth, depth + BODY_MM) if across[axis] else (depth,):
                index = start[axis] + t * rate
                covered = np.minimum(covered, np.clip(np.minimum(index, size - 1 - index) * spacing / 10, 0, 1))
        return covered.astype(np.float32)

    def moving(self, plan_from_live: FloatArray) -> FloatImage:
        """The local contrast of the DRR for that pose."""
        band = self.contrast.band(self.level.render(self.grid, plan_from_live))
        return band / self.contrast.strength(band)

    def correlation(self, plan_from_live: FloatArray) -> float:
        """How alike radiograph and DRR are, -1 to 1."""
        return weighted_correlation(self.fixed, self.moving(plan_from_live), self.weight(plan_from_live))

    def compare(self, plan_from_live: FloatArray) -> Comparison:
        """The normal equations of one Gauss-Newton step."""
        projected, integral = self._seen(plan_from_live)
        band = self.contrast.band(integral)
        strength = self.contrast.strength(band)
        moving, weight = band / strength, self.weight(plan_from_live, projected.covered)
        correlation = weighted_correlation(self.fixed, moving, weight)
        gain = float((weight * self.fixed * moving).sum() / max(float((weight * moving * moving).sum()), 1e-9))
        gain = max(gain, 0.1)
        residual = self.fixed - gain * moving
        part = weight > 0.05
        spread = 1.48 * float(np.median(np.abs(residual[part]))) + 1e-6 if part.any() else 1.0
        weight = np.asarray(weight / (1 + (residual / (2 * spread)) ** 2) ** 2, dtype=np.float32)
        slopes = (jacobian(band, projected.moment_band, projected.motion) * (gain / spread / strength)).reshape(6, -1)
        weighted = slopes * weight.reshape(-1)
        return Comparison(
            correlation,
            weighted_correlation(self.fixed, moving, weight),
            (weighted @ slopes.T).astype(np.float64),
            -(weighted @ (residual.reshape(-1) / spread)).astype(np.float64),
            float(part.mean()),
        )

    def _seen(self, plan_from_live: FloatArray) -> tuple[_Projected, FloatImage]:
        """The DRR for that pose: projected anew only where it is no longer near that of the last one projected."""
        last = self._projected
        if last is not None:
            small = small_motion(plan_from_live, last.pose, self.centre)
            pixel = self.level.pixel_mm
            if np.linalg.norm(small[:3]) <= NEAR_PIXELS * pixel and NEAR_LEVER_MM * np.linalg.norm(small[3:]) <= pixel:
                return last, after_motion(last.seen, last.motion, small)
        seen = self.level.render_with_depth(self.grid, plan_from_live)
        motion = last.motion if last is not None else pixel_motion(self.grid, plan_from_live, self.centre, seen.mean_depth)
        self._projected = _Projected(plan_from_live, seen, motion, self.contrast.band(seen.moment), self._covered(plan_from_live))
        return self._projected, seen.integral


@dataclass(frozen=True, eq=False)
class _Projected:
    """A pose at which the CT was projected, the DRR, the `pixel_motion` there, the local contrast of the DRR's moment, and what
    the CT covers (`View._covered`)."""

    pose: FloatArray
    seen: DepthRadiograph
    motion: tuple[FloatImage, FloatImage]
    moment_band: FloatImage
    covered: FloatImage


def weighted_correlation(a: FloatImage, b: FloatImage, weight: FloatImage) -> float:
    """Pearson's correlation of two images under a weight; 0 where the weight leaves nothing."""
    total = float(weight.sum())
    if total < 1e-6:
        return 0.0
    a = a - float((weight * a).sum()) / total
    b = b - float((weight * b).sum()) / total
    power = float((weight * a * a).sum()) * float((weight * b * b).sum())
    return float((weight * a * b).sum()) / max(power, 1e-12) ** 0.5
