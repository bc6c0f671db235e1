"""The instrument in radiographs of one position: triangulated from two views or more, and of one view what one view can tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, unit
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.plan.model import Trajectory
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.registration.xray import XrayPose, XrayRegistration
from SlicerSpineGuide.tracking.instrument import Instrument
from SlicerSpineGuide.tracking.xray_line import LineInView, find_line
from SlicerSpineGuide.translation import tr

ALONG_RAYS_SIGMA_MM = 10.0  # what is assumed of the tip along the rays of a single view: that it is near the planned path
LEAST_ANGLE_DEG = 8.0  # between the planes two views see the instrument in, for a 3D axis


class XrayInstrument:
    """Finds one trajectory's instrument; prepared once, called from one thread."""

    def __init__(self, trajectory: Trajectory, registration: XrayRegistration) -> None:
        self._trajectory, self._level = trajectory, registration.levels[-1]

    def track(self, radiographs: Sequence[Radiograph], registration: Registration, previous: Instrument | None = None) -> Instrument:
        """Tip and axis in planning-CT LPS, through a usable registration of the same radiographs.

        From one view the tip lies on a ray and the axis in a plane: they are then taken nearest to the previous instrument, or to the
        plan, and tip_sigma_mm says how little is known along the ray.
        """
        if not registration.usable or registration.plan_from_live is None:
            return Instrument(False, reason=tr("Without a registration the instrument has no place in the plan."))
        with_geometry = [r for r in radiographs if r.projection is not None]
        poses: Sequence[FloatArray] = [registration.plan_from_live] * len(with_geometry)
        if isinstance(registration, XrayPose) and len(registration.view_poses) == len(with_geometry):
            poses = registration.view_poses
        lines = []
        for radiograph, pose in zip(with_geometry, poses, strict=True):
            assert radiograph.projection is not None
            line = find_line(radiograph.pixels, radiograph.projection, pose, self._level, self._trajectory)
            if line is not None:
                lines.append(line)
        if not lines:
            return Instrument(False, reason=tr("No instrument is seen near the planned path."))
        direction = self._trajectory.direction
        if len(lines) > 1 and (found := _triangulated(lines, direction)) is not None:
            return found
        if previous is not None and previous.visible and previous.tip is not None and previous.axis is not None:
            return _of_one_view(lines[0], previous.tip, previous.axis)
        return _of_one_view(lines[0], self._trajectory.target, direction)


def _triangulated(lines: Sequence[LineInView], planned: FloatArray) -> Instrument | None:
    """The line all the views' planes share and the point nearest to all tips' rays; None where the planes are too alike."""
    normals = np.array([line.normal for line in lines])
    weights = np.array([1 / line.angle_sigma for line in lines])
    _, strength, axes = np.linalg.svd(normals * weights[:, None])
    if strength[1] < np.sin(np.radians(LEAST_ANGLE_DEG)) * strength[0]:
        return None
    axis = axes[2] * np.sign(axes[2] @ planned or 1.0)
    matrix, vector_ = np.zeros((3, 3)), np.zeros(3)
    for line in lines:
        across = line.normal
        along = np.cross(line.normal, line.tip)
        for direction, sigma in ((along, line.tip_sigma_mm[0]), (across, line.tip_sigma_mm[1])):
            outer = np.outer(direction, direction) / sigma**2
            matrix += outer
            vector_ += outer @ line.source
    if np.linalg.cond(matrix) > 1e8:
        return None
    tip = np.linalg.solve(matrix, vector_)
    gaps = [(direction @ (tip - line.source)) / s for line in lines for direction, s in _directions(line)]
    misfit = max(1.0, float(np.sqrt(np.mean(np.square(gaps)))))
    covariance = np.linalg.inv(matrix) * misfit**2
    return Instrument(True, tip, axis, _sigmas(covariance, axis), float(np.degrees(misfit / strength[1])))


def _directions(line: LineInView) -> list[tuple[FloatArray, float]]:
    return [(np.cross(line.normal, line.tip), line.tip_sigma_mm[0]), (line.normal, line.tip_sigma_mm[1])]


def _of_one_view(line: LineInView, near: FloatArray, direction: FloatArray) -> Instrument:
    """On the tip's ray, the point nearest to the reference line; in the instrument's plane, the axis nearest to the reference's."""
    ray = line.tip
    common = np.cross(ray, direction)
    if np.linalg.norm(common) > 0.2:
        # nearest approach of the ray source + s ray to near + t direction
        matrix = np.column_stack((ray, -direction, common))
        depth = float(np.linalg.solve(matrix, near - line.source)[0])
    else:
        depth = float((near - line.source) @ ray)
    tip = line.source + depth * ray
    axis = unit(direction - line.normal * (direction @ line.normal))
    known = np.outer(line.normal, line.normal) * line.tip_sigma_mm[1] ** 2
    known = (
        known + np.outer(s := np.cross(line.normal, ray), s) * line.tip_sigma_mm[0] ** 2 + np.outer(ray, ray) * ALONG_RAYS_SIGMA_MM**2
    )
    return Instrument(True, tip, axis, _sigmas(known, axis), 10.0)


def _sigmas(covariance: FloatArray, axis: FloatArray) -> FloatArray:
    """(3,): along the axis, and along the two principal directions across it, larger first."""
    first = unit(np.cross(axis, np.eye(3)[int(np.argmin(np.abs(axis)))]))
    across = np.stack((first, np.cross(axis, first)))
    values = np.linalg.eigvalsh(across @ covariance @ across.T)[::-1]
    return np.sqrt(np.concatenate(([axis @ covariance @ axis], np.maximum(values, 0))))
