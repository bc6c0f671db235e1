"""Whether what has been found fits as well turned by half: a spine, a pelvis and a hip are nearly their own mirror images.

A patient who lies feet first, or prone, and is said to lie otherwise gives slices that look mirrored. They are compared with the plan
turned by half about each of their own axes, where the plan holds the mirror image of what they show: around the target, and, where
the target lies beside the body's plane of symmetry, around its counterpart on the other side.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.gauss_newton import Pose
from SlicerSpineGuide.registration.patches import HalfTurn, LiveSlice, TurnedSlice
from SlicerSpineGuide.registration.reference import HIGH_HU, LOW_HU, Source
from SlicerSpineGuide.registration.solver import Reference, Solver
from SlicerSpineGuide.registration.verdict import Solution, quality

NEAR_PLANE_MM = 8.0  # how far along the normal the mirror image may lie from where it would be if all were symmetric
SCORE_SHARE = 0.8  # of the template's score as it lies: what is found turned with less is another anatomy
MISSING_TIMES, LEAST_MISSING = 2.0, 0.02  # likewise what the coarse correlation misses to 1, after a few steps
PLACES = 2  # of a template in the turned slice
CLEAR_QUALITY = 0.9  # no vertebra is that alike front to back or head to feet; its left and right may be
ABOUT_AS_WELL = 1.1  # times the misfit: noise alone makes two equal fits differ by that
BESIDE_MM = 25.0  # nearer to the plane of symmetry the target's own surroundings hold its counterpart
SLAB_MM, COARSE_MM = (300.0, 200.0, 40.0), 4.0  # the half sizes of what is looked at for that plane, and the spacing


class MirrorCheck:
    """Compares what has been found with its mirror images; keeps what it prepares on the other side of the body."""

    def __init__(self, volume: Volume, centre: FloatArray, radius: float, solver: Solver) -> None:
        self._volume, self._centre, self._radius, self._solver = volume, centre, radius, solver
        self._other_side: Solver | None = None
        self._looked = False
        self._references: dict[int, tuple[Reference, Reference]] = {}

    def fits_turned(self, reference: Reference, live: Sequence[LiveSlice], solution: Solution) -> str:
        """The axis, L, P or S, about which the slices fit the plan turned by half about as well as they lie; "" where they do not.

        A clear fit in the middle of the body can only be mistaken left for right, which is what is looked at then.
        """
        pose = solution.fit.pose
        depth = _depth(reference, live, pose)
        window = depth - NEAR_PLANE_MM, depth + NEAR_PLANE_MM
        score = max((s for s, _ in self._solver.placed(reference, live, pose, 1, window)), default=0.0)
        least, limit = SCORE_SHARE * score, ABOUT_AS_WELL * solution.likeness.misfit
        missing = 1 - self._solver.correlation_at(reference, live, pose)
        correlation = 1 - max(MISSING_TIMES * missing, LEAST_MISSING)
        opposite = self._opposite(reference)
        in_plan = np.abs(pose.rotation @ live[0].frame)
        only_sides = not opposite and quality(solution.likeness) >= CLEAR_QUALITY
        for axis in (int(np.argmax(in_plan[1])),) if only_sides else (1, 2, 0):  # about P: left and right change places
            name = "LPS"[int(np.argmax(in_plan[:, axis]))]
            half_turn = HalfTurn(live[0].frame, axis, pose.foot)
            turned = [TurnedSlice(s, half_turn) for s in live]
            near = _reflected(pose, half_turn)
            sides = [(self._solver, reference), *(opposite if name != "L" else [])]
            for solver, there in sides:
                starts = [p for s, p in solver.placed(there, turned, near, PLACES, window) if s > least]
                if starts and solver.misfit_from(there, turned, starts, correlation) < limit:
                    return name
        return ""

    def _opposite(self, reference: Reference) -> list[tuple[Solver, Reference]]:
        """A solver around the target's counterpart on the other side of the body, and its levels like `reference`; or none."""
        if not self._looked:
            self._looked = True
            across = 2 * symmetry_offset(self._volume, self._centre)
            counterpart = self._centre + np.array([across, 0.0, 0.0])
            if abs(across) > 2 * BESIDE_MM and self._volume.contains(counterpart):
                self._other_side = Solver(self._volume, counterpart, self._radius)
        if self._other_side is None:
            return []
        known = self._references.get(id(reference))
        if known is None:
            known = reference, self._other_side.reference(reference.frame, reference.thickness)
            self._references = dict([*self._references.items(), (id(reference), known)][-2:])
        return [(self._other_side, known[1])]


def symmetry_offset(volume: Volume, centre: FloatArray) -> float:
    """How far to the left (mm along +L) of `centre` (LPS) the plane lies about which the body around it is most nearly symmetric:
    where the correlation of its slab with its own mirror image is highest."""
    half = np.array(SLAB_MM)
    columns, rows, planes = (2 * int(h / COARSE_MM) + 1 for h in half)
    slab = Source(volume, centre, float(np.linalg.norm(half))).box(np.eye(3), -half, (planes, rows, columns), COARSE_MM)
    tissue = np.clip(slab, LOW_HU, HIGH_HU) - np.float32(LOW_HU)
    spectrum = np.fft.rfft(tissue, 2 * columns, axis=-1)
    mirrored = np.fft.irfft((spectrum * spectrum).sum(axis=(0, 1)), 2 * columns)[: 2 * columns - 1]
    return float(np.argmax(mirrored) / 2 * COARSE_MM - half[0])


def _depth(reference: Reference, live: Sequence[LiveSlice], pose: Pose) -> float:
    """How far, mm along the levels' normal, the slice nearest to the target lies from it."""
    away = min((float((s.origin - pose.foot) @ s.frame[:, 2]) for s in live), key=abs)
    return away * float(reference.frame[:, 2] @ pose.rotation @ live[0].frame[:, 2])


def _reflected(pose: Pose, half_turn: HalfTurn) -> Pose:
    """Where slices that show a symmetric body mirrored, found at `pose`, lie in it once they are turned back.

    The plan is reflected at the planes through the target, across its axes, that come nearest to those at which the slices are.
    """
    rotation = pose.rotation
    for k, flips in enumerate(half_turn.flips):
        if flips:
            live = half_turn.frame[:, k]
            plan = np.eye(3)[int(np.argmax(np.abs(pose.rotation @ live)))]
            rotation = (np.eye(3) - 2 * np.outer(plan, plan)) @ rotation @ (np.eye(3) - 2 * np.outer(live, live))
    return Pose(rotation, -rotation @ pose.foot)
