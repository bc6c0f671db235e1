"""Transpedicular trajectories for a level and a side, found by search and ranked; a person decides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.model import InstrumentSpec, Tolerance
from SlicerSpineGuide.plan.proposals import Naming, Proposal, Side, Way, best_ways, outward_directions
from SlicerSpineGuide.plan.vertebra import Vertebra
from SlicerSpineGuide.translation import tr

IN_PLANE_DEG = np.arange(0.0, 42.1, 3.0)  # from the vertical, towards the side
CRANIO_CAUDAL_DEG = np.arange(-24.0, 24.1, 4.0)  # what a gantry can tilt to, or a hand can follow
FORWARD, INWARD, UPWARD = (0.08, 0.16, 0.24), (0.05, 0.12, 0.2), (-0.2, -0.1, 0.0, 0.1, 0.2)  # of the body's depth, width, height
STEP_MM = 0.75
REACH_MM = 80.0
ENOUGH_MM = 2.5  # clearance beyond which more is worth nothing
MOST_BREACH_MM = 1.0  # a way that breaks out of the pedicle by more is not proposed


def propose_transpedicular(
    planning: Volume,
    vertebra: Vertebra,
    side: Side,
    instrument: InstrumentSpec,
    tolerance: Tolerance,
    count: int = 3,
    body: Volume | None = None,
) -> list[Proposal]:
    """The best `count` distinct transpedicular trajectories, the best first.

    planning: the CT (HU), for the skin; body: its mask (surfaces.body_of), so that a table or an arm is not taken for skin. BadInput
    where the pedicle is too narrow for the instrument, no path through it reaches the body, or the skin cannot be found.
    """
    targets, outward = _targets(vertebra, side), outward_directions(IN_PLANE_DEG, CRANIO_CAUDAL_DEG, side)
    s = np.arange(0.0, REACH_MM, STEP_MM)
    points = targets[:, None, None] + outward[None, :, None] * s[:, None]  # (targets, directions, steps, 3)
    bone, canal = vertebra.bone.sample(points), vertebra.canal.sample(points)
    behind = (points - vertebra.canal_centre) @ vertebra.axes[1]
    pedicle = (behind > -0.5 * _canal_depth(vertebra)) & (behind < 0.0)
    until = s <= _first(behind > 0.0, s)[..., None]
    narrow = np.where(pedicle, bone, np.inf).argmin(axis=-1)
    radius = instrument.diameter_mm / 2
    bone_gap = np.where(until, bone, np.inf).min(axis=-1) - radius
    canal_gap = -canal.max(axis=-1) - radius
    in_bone = s[np.where(bone > 0, np.arange(len(s)), 0).max(axis=-1)]
    beside = np.take_along_axis((points - vertebra.canal_centre) @ vertebra.axes[0], narrow[..., None], axis=-1)[..., 0]
    on_side = beside > 0 if side == "left" else beside < 0
    through = on_side & (canal_gap > 0.0)
    score = np.where(bone_gap > -MOST_BREACH_MM, _score(bone_gap, canal_gap, outward), -np.inf)

    def way(k: int) -> Way:
        t, d = (int(i) for i in np.unravel_index(k, bone_gap.shape))
        gaps = float(bone_gap[t, d]), float(canal_gap[t, d])
        return Way(targets[t], outward[d], *gaps, points[t, d, narrow[t, d]], float(in_bone[t, d]), float(score[t, d]))

    naming = Naming(
        f"{vertebra.name}-{side}",
        tr("{level} {side} transpedicular").format(level=vertebra.name, side=tr(side)),
        vertebra.name,
        "transpedicular",
        instrument,
        tolerance,
    )
    score = np.where(through, score, -np.inf)
    chosen = best_ways(planning, score.ravel(), way, naming, count, body)
    if not chosen:
        widest = 2 * (radius + float(np.where(on_side, np.minimum(bone_gap, canal_gap), -np.inf).max()))
        raise BadInput(_why_none(vertebra, side, instrument, widest))
    return chosen


def _why_none(vertebra: Vertebra, side: Side, instrument: InstrumentSpec, widest_mm: float) -> str:
    if np.isfinite(widest_mm) and widest_mm <= instrument.diameter_mm - 2 * MOST_BREACH_MM:
        return tr(
            "{level} {side}: the pedicle is {wide:.1f} mm wide on the best path, too narrow for {instrument} of {mm:g} mm."
        ).format(level=vertebra.name, side=tr(side), wide=max(0.0, widest_mm), instrument=instrument.name, mm=instrument.diameter_mm)
    return tr(
        "{level} {side}: no path through the pedicle reaches the body from skin within the CT with an instrument of {mm:g} mm."
    ).format(level=vertebra.name, side=tr(side), mm=instrument.length_mm)


def _targets(vertebra: Vertebra, side: Side) -> FloatArray:
    """(n, 3) points in the body's anterior half, near the midline on the side of the pedicle."""
    sign = 1.0 if side == "left" else -1.0
    return vertebra.points_in_body(FORWARD, [sign * i for i in INWARD], UPWARD)


def _canal_depth(vertebra: Vertebra) -> float:
    """Twice the distance from the canal's centre to its wall, mm."""
    return 2.0 * float(max(float(vertebra.canal.sample(vertebra.canal_centre)), 4.0))


def _first(condition: npt.NDArray[np.bool_], s: FloatArray) -> FloatArray:
    """The first s (along the last axis) at which `condition` holds, the last s where it never does."""
    return s[np.where(condition.any(axis=-1), condition.argmax(axis=-1), len(s) - 1)]


def _score(bone: FloatArray, canal: FloatArray, outward: FloatArray) -> FloatArray:
    """Clearance first, up to ENOUGH_MM; then little cranio-caudal tilt, and an ordinary obliqueness (0 to 1 each)."""
    tilt = np.degrees(np.abs(np.arcsin(outward[:, 2]))) / 24.0
    oblique = np.degrees(np.arctan2(np.abs(outward[:, 0]), outward[:, 1])) / 42.0
    return np.asarray(np.minimum(bone, ENOUGH_MM) + 0.5 * np.minimum(canal, ENOUGH_MM) - 0.4 * tilt - 0.3 * oblique)
