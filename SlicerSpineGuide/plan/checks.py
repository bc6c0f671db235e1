"""Checks of a plan before anyone follows it: what refuses a trajectory, what only warns, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.angles import room_angles
from SlicerSpineGuide.plan.bone_checks import CAP_MM, Bone, check_bone, runs_of
from SlicerSpineGuide.plan.catalogue import implausible
from SlicerSpineGuide.plan.findings import Finding as Finding
from SlicerSpineGuide.plan.findings import Severity
from SlicerSpineGuide.plan.model import Plan, Trajectory
from SlicerSpineGuide.plan.procedures import procedures
from SlicerSpineGuide.plan.skin import air_on_the_way_mm, skin_entry
from SlicerSpineGuide.plan.vertebra import Vertebra
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.translation import tr

STEP_MM = 0.5
SKIN_MM = 5.0  # how far from the skin a planned entry may be
DENSE_BONE_HU = 250.0
OTHER_BONE_MM = 3.0  # of dense bone in a row before the vertebra: a rib, a transverse or a spinous process
GANTRY_DEG = 30.0  # what gantries tilt to at most
PROUD_MM, SUNK_MM = 15.0, 5.0  # of a screw's head above and below the bone's surface
EXTRAPEDICULAR = "extrapedicular"  # as the procedures' files name the approach
IN_BONE = ("vertebral-body", "pedicle", "sacrum", "pelvis")  # procedures whose path ends in bone
BETWEEN_MM = 1.0  # to keep between two instruments


@dataclass(frozen=True)
class Breach:
    """A cortical breach of `depth_mm`, and its grade in three wordings."""

    depth_mm: float
    gertzbein_robbins: str
    rampersaud: str
    ravi: str


def grade_breach(depth_mm: float) -> Breach:
    """Grades of the distance by which an implant's surface leaves the pedicle (0: it does not).

    Gertzbein and Robbins, Spine 1990;15:11-14 (A none, B under 2 mm, C under 4, D under 6, E beyond); Rampersaud et al., Spine
    2005;30:E183-190 (A to D: none, under 2, 2 to 4, beyond); Ravi et al., Neurosurg Focus 2011;31(2):E2 (I to IV likewise).
    """
    depth = max(0.0, depth_mm)
    limits = np.array([0.0, 2.0, 4.0, 6.0])
    step = 0 if depth == 0 else int(np.searchsorted(limits, depth, side="right"))
    return Breach(depth, "ABCDE"[min(step, 4)], "ABCD"[min(step, 3)], ("I", "II", "III", "IV")[min(step, 3)])


def check_plan(
    plan: Plan,
    planning: Volume,
    zones: Sequence[Zone] = (),
    vertebrae: Sequence[Vertebra] = (),
    bones: Mapping[str, Bone] | None = None,
    body: Volume | None = None,
) -> list[Finding]:
    """Every finding about every trajectory, the worst first.

    vertebrae: by name the levels of the trajectories, where segmented; bones: by the trajectory's id the bone it is in, where its
    level is no segmented vertebra (the pelvis, or the CT's own bone); body: its mask (surfaces.body_of), so that neither the table nor
    an arm is taken for skin.
    """
    by_name = {v.name: v for v in vertebrae}
    procedure = procedures().get(plan.procedure)
    target = procedure.target if procedure is not None else ""
    findings: list[Finding] = []
    for trajectory in plan.trajectories:
        vertebra = by_name.get(trajectory.level)
        bone = (bones or {}).get(trajectory.id)
        findings += _instrument(trajectory)
        findings += _angle(trajectory)
        findings += _zones(trajectory, zones)
        findings += _skin(trajectory, planning, body)
        findings += _air_on_the_way(trajectory, planning)
        if vertebra is not None:
            findings += _bone_on_the_way(trajectory, planning, vertebra)
            findings += _canal(trajectory, vertebra, target)
            if target in IN_BONE:
                aside = procedure is not None and EXTRAPEDICULAR in procedure.approaches and _beside_the_pedicle(trajectory, vertebra)
                findings += _body_wall(trajectory, vertebra) if aside else _cortex(trajectory, vertebra)
                findings += _hold(trajectory, planning, vertebra)
                findings += _screw_length(trajectory, vertebra.bone)
        elif bone is not None:
            findings += check_bone(trajectory, planning, bone, target in IN_BONE)
            if target in IN_BONE:
                findings += _screw_length(trajectory, bone.distance)
    findings += _collisions(plan.trajectories)
    return sorted(findings, key=lambda f: ("refuse", "warn", "note").index(f.severity))


def _instrument(trajectory: Trajectory) -> list[Finding]:
    instrument = trajectory.instrument
    why = implausible(instrument.kind, instrument.diameter_mm, instrument.length_mm)
    message = tr("{id}: {why}.").format(id=trajectory.id, why=why)
    return [Finding(trajectory.id, "INSTRUMENT", "refuse", message)] if why else []


def _angle(trajectory: Trajectory) -> list[Finding]:
    """Whether a gantry can be tilted into the path's plane."""
    tilt = room_angles(trajectory).cranio_caudal_deg
    if abs(tilt) <= GANTRY_DEG:
        return []
    text = tr("{id}: tilted by {deg:.0f}° towards head or feet; a gantry tilts by {most:.0f}° at most, so the path leaves its slices.")
    return [Finding(trajectory.id, "ANGLE", "warn", text.format(id=trajectory.id, deg=abs(tilt), most=GANTRY_DEG), tilt)]


def _canal(trajectory: Trajectory, vertebra: Vertebra, target: str) -> list[Finding]:
    """The clearance from the vertebra's own canal, which is there also where no zone has been drawn."""
    if target == "epidural-space":
        return []
    clearance = -float(vertebra.canal.sample(_path(trajectory)).max()) - trajectory.instrument.diameter_mm / 2
    if clearance >= 0:
        text = tr("{id}: {mm:.1f} mm from the canal of {level}.")
        severity: Severity = "note"
    else:
        text, severity = tr("{id}: the path goes {mm:.1f} mm into the canal of {level}."), "refuse"
    message = text.format(id=trajectory.id, mm=abs(clearance), level=vertebra.name)
    return [Finding(trajectory.id, "CANAL", severity, message, clearance)]


def _screw_length(trajectory: Trajectory, bone: Volume) -> list[Finding]:
    """A screw's length against its way in bone, of which it should fill most and out of which its head should not stand far."""
    instrument = trajectory.instrument
    if instrument.kind != "screw":
        return []
    inside = np.flatnonzero(bone.sample(_path(trajectory)) > 0)
    if len(inside) == 0:
        return []
    over = instrument.length_mm - (trajectory.length_mm - float(inside[0]) * STEP_MM)
    if over > PROUD_MM:
        text = tr("{id}: the screw of {length:g} mm stands {mm:.0f} mm out of the bone: choose a shorter one.")
    elif over < -SUNK_MM:
        text = tr("{id}: the head of the screw of {length:g} mm lies {mm:.0f} mm below the bone's surface: choose a longer one.")
    else:
        return []
    message = text.format(id=trajectory.id, length=instrument.length_mm, mm=abs(over))
    return [Finding(trajectory.id, "LENGTH", "warn", message, over)]


def _zones(trajectory: Trajectory, zones: Sequence[Zone]) -> list[Finding]:
    """The clearance of the instrument's whole length from every zone."""
    findings = []
    for zone in zones:
        distance, _ = zone.nearest(trajectory.entry, trajectory.direction, trajectory.length_mm)
        clearance = distance - trajectory.instrument.diameter_mm / 2
        if clearance < 0:
            text = tr("{id}: the path goes {mm:.1f} mm into {zone}.")
            findings.append(_zone_finding(trajectory, "refuse", text, zone, clearance, -clearance))
        elif clearance < zone.margin_mm:
            text = tr("{id}: the path passes {zone} at {mm:.1f} mm, nearer than its margin of {margin:.1f} mm.")
            findings.append(_zone_finding(trajectory, "warn", text, zone, clearance, clearance))
        else:
            text = tr("{id}: {mm:.1f} mm from {zone}.")
            findings.append(_zone_finding(trajectory, "note", text, zone, clearance, clearance))
    return findings


def _zone_finding(trajectory: Trajectory, severity: Severity, text: str, zone: Zone, value: float, shown: float) -> Finding:
    message = text.format(id=trajectory.id, zone=zone.name, mm=shown, margin=zone.margin_mm)
    return Finding(trajectory.id, "ZONE", severity, message, value)


def _skin(trajectory: Trajectory, planning: Volume, body: Volume | None) -> list[Finding]:
    """Whether the planned entry is on the skin."""
    outward = -trajectory.direction
    skin = skin_entry(planning, trajectory.target, outward, body)
    if skin is None:
        text = tr("{id}: the CT ends before the skin, so the entry cannot be checked.").format(id=trajectory.id)
        return [Finding(trajectory.id, "SKIN", "warn", text)]
    off = float((trajectory.entry - skin) @ outward)
    if abs(off) <= SKIN_MM:
        return []
    where = tr("{id}: the entry is {mm:.0f} mm outside the skin.") if off > 0 else tr("{id}: the entry is {mm:.0f} mm below the skin.")
    return [Finding(trajectory.id, "SKIN", "warn", where.format(id=trajectory.id, mm=abs(off)), off)]


def _air_on_the_way(trajectory: Trajectory, planning: Volume) -> list[Finding]:
    """Lung or bowel between the skin and the target."""
    below_skin = trajectory.entry + min(SKIN_MM + 1.0, trajectory.length_mm / 2) * trajectory.direction
    air = air_on_the_way_mm(planning, below_skin, trajectory.target)
    if air == 0:
        return []
    text = tr("{id}: the path crosses {mm:.0f} mm of air: lung or bowel is in the way.").format(id=trajectory.id, mm=air)
    return [Finding(trajectory.id, "AIR", "refuse", text, air)]


def _path(trajectory: Trajectory) -> FloatArray:
    """(n, 3) points from the entry to the target, STEP_MM apart."""
    return trajectory.entry + np.arange(0.0, trajectory.length_mm, STEP_MM)[:, None] * trajectory.direction


def _bone_on_the_way(trajectory: Trajectory, planning: Volume, vertebra: Vertebra) -> list[Finding]:
    """Bone before the one that the path ends in: a rib, another level's process, the vertebra's own spinous process."""
    points = _path(trajectory)
    own = vertebra.bone.sample(points)
    other = runs_of((planning.sample(points) > DENSE_BONE_HU) & (own < -1.0))
    crossed = [*other, *runs_of(own > 0)[:-1]]
    longest = max(((end - begin) * STEP_MM for begin, end in crossed), default=0.0)
    if longest < OTHER_BONE_MM:
        return []
    text = tr("{id}: the path crosses {mm:.0f} mm of bone before the one it ends in: a rib or a process is in the way.")
    return [Finding(trajectory.id, "OTHER_BONE", "warn", text.format(id=trajectory.id, mm=longest), longest)]


def breach_depth(trajectory: Trajectory, vertebra: Vertebra) -> float:
    """By how many mm the instrument's surface leaves the vertebra between the back of its pedicle and the target; 0: it does not.

    The way through the pedicle begins where the path passes the middle of the canal's height, seen from behind.
    """
    points = _path(trajectory)
    behind = (points - vertebra.canal_centre) @ vertebra.axes[1]
    inside = vertebra.bone.sample(points[behind < 0.0])
    return max(0.0, trajectory.instrument.diameter_mm / 2 - float(inside.min(initial=np.inf)))


def _beside_the_pedicle(trajectory: Trajectory, vertebra: Vertebra) -> bool:
    """Whether the path enters the bone it ends in in front of the canal's middle, seen from behind: not through a pedicle."""
    points = _path(trajectory)
    runs = runs_of(vertebra.bone.sample(points) > 0)
    return bool(runs and (points[runs[-1][0]] - vertebra.canal_centre) @ vertebra.axes[1] < 0.0)


def _body_wall(trajectory: Trajectory, vertebra: Vertebra) -> list[Finding]:
    """Of an extrapedicular path: whether it stays in the body that it has entered."""
    points = _path(trajectory)
    begin, end = runs_of(vertebra.bone.sample(points) > 0)[-1]
    judged = points[begin + round(CAP_MM / STEP_MM) : end]
    depth = max(0.0, trajectory.instrument.diameter_mm / 2 - float(vertebra.bone.sample(judged).min(initial=np.inf)))
    if depth == 0 and (len(points) - end) * STEP_MM <= STEP_MM:
        text = tr("{id}: enters the body beside the pedicle (extrapedicular) and stays in it.")
        return [Finding(trajectory.id, "CORTEX", "note", text.format(id=trajectory.id), 0.0)]
    text = tr("{id}: enters the body beside the pedicle (extrapedicular) and comes {mm:.1f} mm out of it again.")
    message = text.format(id=trajectory.id, mm=depth)
    return [Finding(trajectory.id, "CORTEX", "warn" if depth < 2 else "refuse", message, depth)]


def _cortex(trajectory: Trajectory, vertebra: Vertebra) -> list[Finding]:
    breach = grade_breach(breach_depth(trajectory, vertebra))
    if breach.depth_mm == 0:
        text = tr("{id}: within bone from the pedicle to the target (Gertzbein-Robbins A).").format(id=trajectory.id)
        return [Finding(trajectory.id, "CORTEX", "note", text, 0.0)]
    text = tr("{id}: the instrument breaks {mm:.1f} mm through the cortex (Gertzbein-Robbins {g}, Rampersaud {r}, Ravi {v}).").format(
        id=trajectory.id, mm=breach.depth_mm, g=breach.gertzbein_robbins, r=breach.rampersaud, v=breach.ravi
    )
    return [Finding(trajectory.id, "CORTEX", "warn" if breach.depth_mm < 2 else "refuse", text, breach.depth_mm)]


def _hold(trajectory: Trajectory, planning: Volume, vertebra: Vertebra) -> list[Finding]:
    """The mean HU along the path in the vertebra: how well an implant will hold."""
    points = _path(trajectory)
    within = points[vertebra.bone.sample(points) > 0]
    if len(within) == 0:
        text = tr("{id}: the path never enters {level}.").format(id=trajectory.id, level=vertebra.name)
        return [Finding(trajectory.id, "LEVEL", "refuse", text)]
    density = float(planning.sample(within).mean())
    text = tr("{id}: bone of {hu:.0f} HU along the path.").format(id=trajectory.id, hu=density)
    return [Finding(trajectory.id, "DENSITY", "note", text, density)]


def _collisions(trajectories: Sequence[Trajectory]) -> list[Finding]:
    findings = []
    for a, b in combinations(trajectories, 2):
        gap = segment_distance(a, b) - (a.instrument.diameter_mm + b.instrument.diameter_mm) / 2
        if gap < BETWEEN_MM:
            text = tr("{a} and {b}: {mm:.1f} mm between the two instruments.").format(a=a.id, b=b.id, mm=gap)
            findings.append(Finding(a.id, "COLLISION", "refuse" if gap < 0 else "warn", text, gap))
    return findings


def segment_distance(a: Trajectory, b: Trajectory) -> float:
    """The smallest distance in mm between the centre lines of two trajectories, entry to target (Lumelsky 1985)."""
    u, v, w = a.target - a.entry, b.target - b.entry, a.entry - b.entry
    uu, uv, vv, uw, vw = u @ u, u @ v, v @ v, u @ w, v @ w
    denominator = uu * vv - uv * uv
    s = np.clip((uv * vw - vv * uw) / denominator, 0, 1) if denominator > 1e-9 else 0.0
    t = np.clip((uv * s + vw) / vv, 0, 1)
    s = np.clip((uv * t - uw) / uu, 0, 1)
    return float(np.linalg.norm(w + s * u - t * v))
