"""Checks of a path against bone that is no labelled vertebra: the pelvis, or the CT's own bone where nothing is segmented."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, apply
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.findings import Finding, Severity
from SlicerSpineGuide.plan.model import Trajectory
from SlicerSpineGuide.plan.surfaces import bone_of
from SlicerSpineGuide.translation import tr

STEP_MM = 0.5
AROUND_TARGET_MM = 70.0
OTHER_BONE_MM = 3.0  # of bone in a row before the bone that the path ends in
CRACK_MM = 1.5  # a shorter way out of bone is the threshold's noise
CAP_MM = 8.0  # below the surface that the path enters by
THROUGH_MM = 5.0  # out of the far surface, where it is to come out


@dataclass(frozen=True, eq=False)
class Bone:
    """distance: signed distance in mm to the bone's surface, positive inside; segmented: from labels, or from the CT's threshold;
    through: the path is to come out at its far end, as a trans-sacral screw does.
    """

    distance: Volume
    segmented: bool
    through: bool = False


def bare_bone(planning: Volume, body: Volume, trajectory: Trajectory) -> Bone | None:
    """The CT's bone around a trajectory's target, by threshold; None where there is none."""
    try:
        mask = bone_of(planning, body, trajectory.target, AROUND_TARGET_MM)
    except BadInput:
        return None
    distance = sitk.SignedMaurerDistanceMap(mask.to_sitk(), insideIsPositive=True, squaredDistance=False, useImageSpacing=True)
    return Bone(Volume.from_sitk(distance), segmented=False)


def check_bone(trajectory: Trajectory, planning: Volume, bone: Bone, ends_in_bone: bool) -> list[Finding]:
    """What the bone says of a path: what it crosses before the bone it ends in, whether it stays in that, and how dense it is.

    ends_in_bone: whether the procedure's target is in bone; a needle's path that ends beside it may touch it on no part of its way.
    """
    s = np.arange(0.0, trajectory.length_mm, STEP_MM)
    points = trajectory.entry + s[:, None] * trajectory.direction
    inside = _within(bone.distance, points) & (bone.distance.sample(points) > 0)
    runs = runs_of(inside)
    beyond = THROUGH_MM if bone.through else CRACK_MM
    last = runs.pop() if runs and len(s) - runs[-1][1] <= beyond / STEP_MM else None
    findings = _crossed(trajectory, runs, ends_in_bone, bone)
    if not ends_in_bone:
        return findings
    if last is None:
        text = tr("{id}: the target is not in bone.")
        return [*findings, _finding(trajectory, "BONE", "warn", text, bone)]
    depth = _breach_mm(trajectory, bone, points[last[0] : last[1]])
    if depth > 0:
        text = tr("{id}: the instrument comes {mm:.1f} mm out of the bone it ends in.")
        findings.append(_finding(trajectory, "CORTEX", "warn" if depth < 2 else "refuse", text, bone, depth))
    else:
        findings.append(_finding(trajectory, "CORTEX", "note", tr("{id}: within the bone it ends in."), bone, 0.0))
    density = float(planning.sample(points[last[0] : last[1]]).mean())
    findings.append(_finding(trajectory, "DENSITY", "note", tr("{id}: bone of {mm:.0f} HU along the path."), bone, density))
    return findings


def _within(volume: Volume, points: FloatArray) -> npt.NDArray[np.bool_]:
    """Which of the points (n, 3) lie in the volume."""
    index = apply(volume.index_from_lps, points)
    return np.asarray(np.all((index >= -0.5) & (index <= np.array(volume.size) - 0.5), axis=1))


def runs_of(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(begin, end) of every run of True, gaps of up to CRACK_MM bridged."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    runs: list[tuple[int, int]] = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and (begin - runs[-1][1]) * STEP_MM <= CRACK_MM:
            runs[-1] = runs[-1][0], end
        else:
            runs.append((begin, end))
    return runs


def _crossed(trajectory: Trajectory, runs: list[tuple[int, int]], ends_in_bone: bool, bone: Bone) -> list[Finding]:
    longest = max(((end - begin) * STEP_MM for begin, end in runs), default=0.0)
    if longest < OTHER_BONE_MM:
        return []
    if ends_in_bone:
        text = tr("{id}: the path crosses {mm:.0f} mm of bone before the one it ends in: a rib or a process is in the way.")
    else:
        text = tr("{id}: the path crosses {mm:.0f} mm of bone: a needle does not pass.")
    return [_finding(trajectory, "OTHER_BONE", "warn", text, bone, longest)]


def _breach_mm(trajectory: Trajectory, bone: Bone, in_bone: FloatArray) -> float:
    """By how many mm the instrument's surface is out of the bone, from CAP_MM under its surface on to the target."""
    cap = round(CAP_MM / STEP_MM)
    judged = in_bone[cap:-cap] if bone.through else in_bone[cap:]
    least = float(bone.distance.sample(judged).min(initial=np.inf))
    return max(0.0, trajectory.instrument.diameter_mm / 2 - least)


def _finding(trajectory: Trajectory, code: str, severity: Severity, text: str, bone: Bone, value: float | None = None) -> Finding:
    message = text.format(id=trajectory.id, mm=value)
    if not bone.segmented:
        message += " " + tr("(From the CT's threshold, not segmented.)")
    return Finding(trajectory.id, code, severity, message, value)
