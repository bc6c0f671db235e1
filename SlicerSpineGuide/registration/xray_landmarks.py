"""A first guess from a few anatomical points marked both in the planning CT and in radiographs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, Projection, apply, inverse, rigid, skew, vector
from SlicerSpineGuide.registration.drr_motion import moved

PRIOR_SIGMA = np.array([50.0] * 3 + [np.radians(15.0)] * 3)  # what too few landmarks leave open stays near the tags' angles
MARKED_TO_MM = 2.0


@dataclass(frozen=True, eq=False)
class Landmark:
    """One point in one view: the view's C-arm, pixel (column, row), and the same point in planning-CT LPS (3,)."""

    projection: Projection
    pixel: FloatArray
    plan: FloatArray


def from_landmarks(landmarks: Sequence[Landmark], centre: Sequence[float] | FloatArray) -> FloatArray:
    """The plan_from_live (4, 4) under which the landmarks project nearest to where they were marked (Gauss-Newton).

    centre: the target (3,), where the isocentre is taken to be to begin with. Two points in two views, or three in one, are enough
    for a start of the registration; one alone gives a shift.
    """
    target = vector(centre)
    pose = rigid(None, target)
    for _ in range(25):
        matrix, slope = np.diag(PRIOR_SIGMA**-2.0), np.zeros(6)
        for mark in landmarks:
            view = mark.projection
            live = apply(inverse(pose), mark.plan)
            depth = float((live - view.source) @ view.normal)
            scale = view.source_to_detector / max(depth, 1.0)
            off = (view.project(live) - mark.pixel) * view.pitch / scale  # mm at the landmark
            # moving the pose by (t, w) about the target moves the live point by -R^T (t + w x (plan - target))
            motion = -pose[:3, :3].T @ np.hstack((np.eye(3), -skew(mark.plan - target)))
            sight = (live - view.source) / depth
            seen = np.array([view.u - view.normal * (sight @ view.u), view.v - view.normal * (sight @ view.v)]) @ motion
            matrix += seen.T @ seen / MARKED_TO_MM**2
            slope += seen.T @ off / MARKED_TO_MM**2
        step = -np.asarray(np.linalg.solve(matrix, slope), dtype=np.float64)
        pose = moved(pose, step, target)
        if np.linalg.norm(step[:3]) < 1e-3:
            break
    return pose
