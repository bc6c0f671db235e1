"""Screws through the sacro-iliac joint into S1 or S2, across the sacrum to the other iliac bone, or across the joint alone.

Corridors found by search and ranked; a person decides. Terms: Routt et al., J Orthop Trauma 2000;14:207-214 (ilio-sacral screws and
sacral dysmorphism), Gardner and Routt, J Orthop Trauma 2011;25:378-384 (trans-iliac trans-sacral screws).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, unit
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.model import InstrumentSpec, Tolerance
from SlicerSpineGuide.plan.pelvis import Pelvis
from SlicerSpineGuide.plan.proposals import Naming, Proposal, Side, Way, best_ways
from SlicerSpineGuide.translation import tr

STEP_MM = 1.5
REACH_MM = 130.0
CAP_MM = 8.0  # where the corridor's end is its own cortex, which is crossed: not judged by the distance to the surface
ENOUGH_MM = 3.0  # clearance beyond which more is worth nothing
LEAST_IN_BONE_MM = 30.0
BACKWARD_DEG = np.arange(-20.0, 40.1, 5.0)  # of the way out, from across the pelvis towards the back
UPWARD_DEG = np.arange(-30.0, 30.1, 5.0)  # and towards the head
SPREAD_MM = np.arange(-12.0, 12.1, 6.0)  # of the tips, towards the back and the head
REFINED, FINE_DEG, FINE_MM = 24, np.array([-2.5, 0.0, 2.5]), np.array([-2.5, 0.0, 2.5])
LEAST_WIDE_MM = 1.0  # what is narrower is no corridor
PAST_MM = 2.0  # the tip of a trans-sacral screw comes out of the far iliac bone


@dataclass(frozen=True)
class Corridor:
    """A kind of corridor. aside_mm: where its tips are searched, from the body's centre towards the side of entry; across: whether
    it runs on through the far iliac bone."""

    approach: str
    levels: tuple[str, ...]
    aside_mm: tuple[float, ...]
    across: bool = False


CORRIDORS = {
    c.approach: c
    for c in (
        Corridor("S1 ilio-sacral", ("S1",), (-8.0, 0.0, 6.0)),
        Corridor("S2 ilio-sacral", ("S2",), (-8.0, 0.0, 6.0)),
        Corridor("trans-iliac trans-sacral", ("S1", "S2"), (0.0,), across=True),
        Corridor("sacro-iliac", ("S1", "S2"), (18.0, 22.0, 26.0, 30.0)),
    )
}


def propose_sacral(
    planning: Volume,
    pelvis: Pelvis,
    corridor: Corridor,
    level: str,
    side: Side,
    instrument: InstrumentSpec,
    tolerance: Tolerance,
    count: int = 3,
    body: Volume | None = None,
) -> list[Proposal]:
    """The best `count` distinct screws of a corridor that enter from `side`, the best first.

    Every candidate stays in bone (the joint between counts as bone) with its whole thickness, from under the outer cortex of the
    iliac bone to its tip, and out of canal and foramina. BadInput says how wide the widest corridor is where that is not wide enough,
    as in a dysmorphic sacrum or a narrow S2.
    """
    sign = 1.0 if side == "left" else -1.0
    coarse = _judged(pelvis, corridor, level, *_all_ways(pelvis, corridor, level, sign))
    found = _judged(pelvis, corridor, level, *_around(coarse, pelvis, sign))
    radius = instrument.diameter_mm / 2
    bone_gap, canal_gap = found.bone - radius, found.canal - radius
    possible = found.possible & (bone_gap >= 0) & (canal_gap >= 0)
    score = np.where(possible, _score(bone_gap, canal_gap, found), -np.inf)

    def way(k: int) -> Way:
        gaps = float(bone_gap[k]), float(canal_gap[k])
        return Way(found.tips[k], found.outward[k], *gaps, found.narrowest[k], float(found.in_bone[k]), float(score[k]))

    label = tr("{level} {side}, {approach}").format(level=level, side=tr(side), approach=tr(corridor.approach))
    names = {"S1 ilio-sacral": "", "S2 ilio-sacral": "", "trans-iliac trans-sacral": "-trans", "sacro-iliac": "-joint"}
    naming = Naming(f"{level}{names[corridor.approach]}-{side}", label, level, corridor.approach, instrument, tolerance)
    chosen = best_ways(planning, score, way, naming, count, body)
    if not chosen:
        raise BadInput(_why_none(found, label, instrument, bool(possible.any()), pelvis))
    return chosen


@dataclass(frozen=True, eq=False)
class _Found:
    """n ways: starts, outward, tips, narrowest (n, 3); bone, canal: least distance of the axis from the surface, mm; in_bone mm."""

    starts: FloatArray
    outward: FloatArray
    tips: FloatArray
    bone: FloatArray
    canal: FloatArray
    in_bone: FloatArray
    narrowest: FloatArray
    possible: npt.NDArray[np.bool_]


def _judged(pelvis: Pelvis, corridor: Corridor, level: str, starts: FloatArray, outward: FloatArray) -> _Found:
    """What the ways from `starts` along `outward` (n, 3) are worth; those across run from there to both sides."""
    s = np.arange(-REACH_MM if corridor.across else 0.0, REACH_MM, STEP_MM)
    points = starts[:, None] + outward[:, None] * s[:, None]  # (n, steps, 3)
    bone, canal = pelvis.bone.sample(points), -pelvis.canal.sample(points)
    places, inside, cap = np.arange(len(s)), bone > 0, round(CAP_MM / STEP_MM)
    last = np.where(inside & (s > 0), places, 0).max(axis=1)
    judged = places <= (last - cap)[:, None]
    out = np.zeros(len(starts))
    if corridor.across:
        first = np.where(inside & (s < 0), places, len(s) - 1).min(axis=1)
        judged &= places >= (first + cap)[:, None]
        out = s[first] - PAST_MM
    held = np.where(judged, bone, np.inf)
    narrow, rows = held.argmin(axis=1), np.arange(len(starts))
    tips = starts + outward * out[:, None]
    aside = np.abs((points[rows, last] - pelvis.bodies[level]) @ pelvis.left)
    if corridor.across:
        aside = np.minimum(aside, np.abs((tips - pelvis.bodies[level]) @ pelvis.left))
    in_bone, any_judged = s[last] - out, judged.any(axis=1)
    return _Found(
        starts,
        outward,
        tips,
        np.where(any_judged, held.min(axis=1), -np.inf),
        np.where(judged, canal, np.inf).min(axis=1),
        in_bone,
        points[rows, narrow],
        any_judged & (in_bone >= LEAST_IN_BONE_MM) & (aside > pelvis.joint_mm),
    )


def _all_ways(pelvis: Pelvis, corridor: Corridor, level: str, sign: float) -> tuple[FloatArray, FloatArray]:
    """(n, 3) starts and directions: tips around the body's centre, or of a corridor across where it crosses the midline."""
    offsets = [sign * aside * pelvis.left + [0.0, y, z] for aside in corridor.aside_mm for y in SPREAD_MM for z in SPREAD_MM]
    starts = pelvis.bodies[level] + np.array(offsets)
    starts = starts[pelvis.bone.sample(starts) > 2.0]
    outward = _directions(pelvis, sign, *np.meshgrid(BACKWARD_DEG, UPWARD_DEG))
    return np.repeat(starts, len(outward), axis=0), np.tile(outward, (len(starts), 1))


def _around(coarse: _Found, pelvis: Pelvis, sign: float) -> tuple[FloatArray, FloatArray]:
    """(n, 3) starts and directions in small steps around the best coarse ones, which are taken apart from one another."""
    worth = np.where(coarse.possible, np.minimum(coarse.bone, coarse.canal), -np.inf)
    across, backward, upward = _frame(pelvis, sign)
    starts: list[FloatArray] = [np.zeros((0, 3))]
    outward: list[FloatArray] = [np.zeros((0, 3))]
    for k in np.argsort(worth, kind="stable")[::-1][:REFINED]:
        d = coarse.outward[k]
        a, b = np.degrees(np.arctan2(d @ backward, d @ across)), np.degrees(np.arcsin(np.clip(d @ upward, -1, 1)))
        directions = _directions(pelvis, sign, *np.meshgrid(a + FINE_DEG, b + FINE_DEG))
        near = coarse.starts[k] + np.array([[0.0, y, z] for y in FINE_MM for z in FINE_MM])
        starts.append(np.repeat(near, len(directions), axis=0))
        outward.append(np.tile(directions, (len(near), 1)))
    return np.concatenate(starts), np.concatenate(outward)


def _frame(pelvis: Pelvis, sign: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Unit vectors across the pelvis to the side, backwards and upwards."""
    across = sign * pelvis.left
    backward = unit(np.array([0.0, 1.0, 0.0]) - across * across[1])
    return across, backward, np.cross(across, backward) * sign


def _directions(pelvis: Pelvis, sign: float, backward_deg: FloatArray, upward_deg: FloatArray) -> FloatArray:
    """(n, 3) unit vectors out to the side, LPS."""
    a, b = np.radians(backward_deg).ravel()[:, None], np.radians(upward_deg).ravel()[:, None]
    across, backward, upward = _frame(pelvis, sign)
    return np.asarray(np.cos(a) * np.cos(b) * across + np.sin(a) * np.cos(b) * backward + np.sin(b) * upward)


def _score(bone: FloatArray, canal: FloatArray, found: _Found) -> FloatArray:
    """Clearance first, up to ENOUGH_MM; then a straight way across, and hold (0 to 1 each)."""
    tilt = np.degrees(np.abs(np.arcsin(found.outward[:, 2]))) / 30.0
    hold = np.minimum(found.in_bone, 80.0) / 80.0
    return np.asarray(np.minimum(bone, ENOUGH_MM) + 0.5 * np.minimum(canal, ENOUGH_MM) - 0.3 * tilt + 0.3 * hold)


def _why_none(found: _Found, label: str, instrument: InstrumentSpec, possible: bool, pelvis: Pelvis) -> str:
    if possible:
        return tr("{label}: the CT ends before the skin on the way to every corridor, or bowel lies on it.").format(label=label)
    widest = float(np.where(found.possible, 2 * np.minimum(found.bone, found.canal), 0.0).max(initial=0.0))
    if widest < LEAST_WIDE_MM:
        return tr("{label}: there is no corridor in this CT: no straight way through bone leads from the side to the sacrum.").format(
            label=label
        )
    why = tr(
        "{label}: there is no safe corridor for {mm:g} mm; the widest found is {wide:.1f} mm. "
        "Choose a thinner instrument, another level or another approach."
    ).format(label=label, mm=instrument.diameter_mm, wide=widest)
    if pelvis.source == "labels":
        return why
    return why + " " + tr("Bone is from the CT's threshold, not segmented: marrow as dark as fat counts as none.")
