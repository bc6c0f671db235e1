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
from SlicerSpineGuide.tracking.xray_line import LineInView, find_line, looks_along
from SlicerSpineGuide.translation import tr

REFERENCE_SIGMA_MM, REFERENCE_SIGMA_RAD = 10.0, np.radians(10.0)
END_SIGMA_MM = 1.5  # of the instrument's other end, whose shape differs from instrument to instrument


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
            if any(looks_along(r.projection, p, self._trajectory) for r, p in zip(with_geometry, poses, strict=True) if r.projection):
                reason = tr("An X-ray view along the path tells neither the instrument's tip nor its depth: take one from the side.")
                return Instrument(False, reason=reason)
            return Instrument(False, reason=tr("No instrument is seen near the planned path."))
        length = self._trajectory.instrument.length_mm
        if previous is not None and previous.visible and previous.tip is not None and previous.axis is not None:
            return located(lines, previous.tip, previous.axis, length)
        return located(lines, self._trajectory.target, self._trajectory.direction, length)


def located(lines: Sequence[LineInView], near: FloatArray, direction: FloatArray, length_mm: float = np.inf) -> Instrument:
    """The instrument that best explains what each view saw of it, all in planning-CT LPS.

    near (3,), direction (3,): a line, previous or planned, that stands in for what the views leave open: the depth of a single
    view, and the angle of an instrument that lies in one plane with all the sources. It counts for 10 mm and 10 degrees only.
    length_mm: the instrument's, by which its other end is recognised where two views show it.
    """
    information = (np.eye(3) - np.outer(direction, direction)) / REFERENCE_SIGMA_MM**2
    pull = information @ near
    for line in lines:
        for across, sigma in _constraints(line):
            information = information + np.outer(across, across) / sigma**2
            pull = pull + across * (across @ line.source) / sigma**2
    if np.linalg.cond(information) > 1e9:  # a single view along the reference line
        information = information + np.outer(direction, direction) / REFERENCE_SIGMA_MM**2
        pull = pull + direction * (direction @ near) / REFERENCE_SIGMA_MM**2
    tip = np.asarray(np.linalg.solve(information, pull), dtype=np.float64)
    gaps = [across @ (tip - line.source) / sigma for line in lines for across, sigma in _constraints(line)]
    misfit = max(1.0, float(np.sqrt(np.sum(np.square(gaps)) / max(2 * len(lines) - 3, 1))))
    axis, angle_sigma = _axis(lines, tip, direction, length_mm)
    covariance = np.asarray(np.linalg.inv(information) * misfit**2, dtype=np.float64)
    return Instrument(True, tip, axis, _sigmas(covariance, axis), float(np.degrees(angle_sigma * misfit)))


def _constraints(line: LineInView) -> tuple[tuple[FloatArray, float], tuple[FloatArray, float]]:
    """Two directions across the tip's ray, along and across the instrument, each with how exactly the tip is known in it."""
    return (unit(np.cross(line.normal, line.tip)), line.tip_sigma_mm[0]), (line.normal, line.tip_sigma_mm[1])


def _axis(lines: Sequence[LineInView], tip: FloatArray, direction: FloatArray, length_mm: float) -> tuple[FloatArray, float]:
    """The direction most nearly in all views' planes, through the other end where views see it, else nearest to the reference's."""
    information = (np.eye(3) - np.outer(direction, direction)) / REFERENCE_SIGMA_RAD**2
    for line in lines:
        information = information + np.outer(line.normal, line.normal) / line.angle_sigma**2
    ends = [(np.eye(3) - np.outer(line.end, line.end), line.source) for line in lines if line.end is not None]
    if len(ends) > 1:
        matrix = np.sum([across for across, _ in ends], axis=0)
        if np.linalg.cond(matrix) < 1e3:
            other = np.linalg.solve(matrix, np.sum([across @ source for across, source in ends], axis=0))
            length = float(np.linalg.norm(tip - other))
            if abs(length / length_mm - 1) < 0.12:
                through = (tip - other) / length
                information = information + (np.eye(3) - np.outer(through, through)) * (length / END_SIGMA_MM) ** 2
    strengths, axes = np.linalg.eigh(information)
    axis = np.asarray(axes[:, 0], dtype=np.float64)
    return axis * (1.0 if axis @ direction >= 0 else -1.0), float(1 / np.sqrt(strengths[1]))


def _sigmas(covariance: FloatArray, axis: FloatArray) -> FloatArray:
    """(3,): along the axis, and along the two principal directions across it, larger first."""
    first = unit(np.cross(axis, np.eye(3)[int(np.argmin(np.abs(axis)))]))
    across = np.stack((first, np.cross(axis, first)))
    values = np.linalg.eigvalsh(across @ covariance @ across.T)[::-1]
    return np.sqrt(np.concatenate(([axis @ covariance @ axis], np.maximum(values, 0))))
