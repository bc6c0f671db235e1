"""The pose that several radiographs of one position agree on, by Gauss-Newton.

Each view has its own pose, tied to the common one by how exactly a C-arm's tags are to be believed: a C-arm that is a degree and a
millimetre off between two shots then bends the tie instead of the registration, and the covariance knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.registration.drr_motion import moved, small_motion
from SlicerSpineGuide.registration.xray_view import View

# Neighbouring pixels of band-passed images are not independent samples, and what differs between CT and radiograph (gas, breathing,
# beam hardening, the CT's ends) is structured: one pixel in this many counts. From the errors of docs/fluoroscopy.md's evaluation. Too
# few, and each view insists on its own depth, which it knows least, against the other view that sees it.
PIXELS_PER_SAMPLE = 80.0
# What a DRR leaves unexplained (a veil of scatter over a thick patient, a window that cuts the image's range) is the same all over a
# view and deceives it systematically: beyond this the errors grow with it.
WELL_EXPLAINED = 0.93
Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True)
class TagAccuracy:
    """How exactly the C-arm's stated geometry holds from shot to shot, one standard deviation."""

    translation_mm: float = 1.0
    rotation_deg: float = 0.6

    @property
    def sigma(self) -> FloatArray:
        return np.array([self.translation_mm] * 3 + [np.radians(self.rotation_deg)] * 3)


@dataclass(frozen=True, eq=False)
class Prior:
    """What is known of the pose before the images: plan_from_live (4, 4) and its covariance (6, 6), mm and rad, about the target."""

    pose: FloatArray
    covariance: FloatArray

    @classmethod
    def vague(cls, pose: FloatArray) -> Prior:
        """So wide that it only keeps the equations solvable where one view tells nothing: 40 mm and 20 degrees."""
        return cls(pose, np.diag([40.0**2] * 3 + [np.radians(20.0) ** 2] * 3))


@dataclass(frozen=True, eq=False)
class Solution:
    """pose: plan_from_live; view_poses: each view's own; covariance (6, 6) of the pose; correlations, explained, used:
    one a view, at the end (`Comparison`); last_step_mm: how far the last step still moved the target or a point 50 mm from it."""

    pose: FloatArray
    view_poses: tuple[FloatArray, ...]
    covariance: FloatArray
    correlations: tuple[float, ...]
    explained: tuple[float, ...]
    used: tuple[float, ...]
    last_step_mm: float

    @property
    def correlation(self) -> float:
        return float(np.mean(self.correlations))


def for_each_view(work: Callable[[Given], Made], items: Sequence[Given]) -> list[Made]:
    """work(item) for the item of each view, the views side by side on threads of their own."""
    return [work(item) for item in items] if len(items) == 1 else list(_threads().map(work, items))


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="view")


def solve(
    views: Sequence[View],
    start: FloatArray,
    *,
    iterations: int,
    tolerance_mm: float = 0.02,
    tags: TagAccuracy | None = None,
    prior: Prior | None = None,
    longest_step_mm: float = 6.0,
    stride: float = 1.0,
) -> Solution:
    """Gauss-Newton from `start` (plan_from_live); `tags` None, or one view, keeps all views in one rigid pose.

    At most `iterations` steps; ends early once a step moves the target by less than tolerance_mm and turns by less than that at
    50 mm. stride: a step is so many times Gauss and Newton's, which are short by up to a half where outliers are discounted.
    """
    centre = views[0].centre
    loose = tags is not None and len(views) > 1
    pose = start
    poses = [start] * len(views)
    prior = prior or Prior.vague(start)
    stiffness = np.linalg.inv(prior.covariance)
    covariance, reach = prior.covariance, np.inf
    correlations = explained = used = tuple(0.0 for _ in views)
    for _ in range(iterations):
        seen = [view.compare(p) for view, p in zip(views, poses, strict=True)]
        correlations, explained, used = zip(*((c.correlation, c.explained, c.used) for c in seen), strict=True)
        count = len(views)
        size = 6 * (1 + count) if loose else 6
        matrix, slope = np.zeros((size, size)), np.zeros(size)
        matrix[:6, :6] += stiffness
        slope[:6] += stiffness @ small_motion(pose, prior.pose, centre)
        for i, comparison in enumerate(seen):
            own = slice(6 * (1 + i), 6 * (2 + i)) if loose else slice(0, 6)
            matrix[own, own] += comparison.hessian / PIXELS_PER_SAMPLE
            slope[own] += comparison.gradient / PIXELS_PER_SAMPLE
            if loose:
                assert tags is not None
                tie = np.diag(tags.sigma**-2.0)
                apart = tie @ small_motion(poses[i], pose, centre)
                matrix[:6, :6] += tie
                matrix[own, own] += tie
                matrix[:6, own] -= tie
                matrix[own, :6] -= tie
                slope[own] += apart
                slope[:6] -= apart
        covariance = np.asarray(np.linalg.inv(matrix)[:6, :6], dtype=np.float64)
        motion = -np.asarray(np.linalg.solve(matrix + 1e-3 * np.diag(np.diag(matrix)), slope), dtype=np.float64)
        motion = motion * min(stride, longest_step_mm / max(reach_mm(motion), 1e-9))
        pose = moved(pose, motion[:6], centre)
        own_motions = list(motion[6:].reshape(-1, 6)) if loose else []
        poses = [moved(p, own, centre) for p, own in zip(poses, own_motions, strict=True)] if loose else [pose] * count
        reach = reach_mm(motion)
        if reach < tolerance_mm:
            break
    if loose and tags is not None:
        # How exact the tags were this time is judged by how well the views agree. Each sees only three of its six freedoms well,
        # those in its plane; what the tags are known for counts as one more.
        disagreement = float(sum(np.sum(np.square(small_motion(p, pose, centre) / tags.sigma)) for p in poses))
        covariance = covariance * (1 + disagreement) / (1 + 3 * (len(views) - 1))
    misfit = max(1.0, (1 - min(explained)) / (1 - WELL_EXPLAINED))
    return Solution(pose, tuple(poses), covariance * misfit**2, correlations, explained, used, reach)


def reach_mm(motion: FloatArray) -> float:
    """The furthest that any of the motions (6,), (12,), ... moves the target or a point 50 mm from it, in mm."""
    parts = motion.reshape(-1, 6)
    return float((np.linalg.norm(parts[:, :3], axis=1) + 50 * np.linalg.norm(parts[:, 3:], axis=1)).max())
