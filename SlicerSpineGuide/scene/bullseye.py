"""The bull's-eye (where the tip is against the path, where it will end) and the depth bar, as drawing coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.guidance.thresholds import is_known, limits_of
from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.scene.coordinates import ras_from_lps
from SlicerSpineGuide.scene.views import across_path_view
from SlicerSpineGuide.translation import tr

TOLERANCE_PX = 50.0  # the tolerance's ring in the drawing; the field ends at twice the tolerance
FIELD_PX = 100.0
BAR_TOP_PX, BAR_TARGET_PX, BAR_END_PX = 10.0, 180.0, 210.0


def bullseye(update: Update | None, trajectory: Trajectory | None) -> dict[str, Any]:
    """Looking down the path as the view of that name does: x to the right, y downward, in the drawing's pixels."""
    if trajectory is None:
        return {"shown": False, "target_y": BAR_TARGET_PX, "band_y": BAR_TARGET_PX, "band_height": 0}
    frame = ras_from_lps(across_path_view(trajectory, 0.0))
    right, up = frame[:3, 0], frame[:3, 1]
    limits = limits_of(update, trajectory)
    band = limits.depth_mm / trajectory.length_mm * (BAR_TARGET_PX - BAR_TOP_PX)
    drawing: dict[str, Any] = {
        "shown": False,
        "right": _letter(right), "left": _letter(-right), "up": _letter(up), "down": _letter(-up),
        "target_y": BAR_TARGET_PX, "band_y": round(BAR_TARGET_PX - band, 1), "band_height": round(2 * band, 1),
    }  # fmt: skip
    instrument = update.instrument if update is not None else None
    if update is None or update.deviation is None or update.hidden_reason or instrument is None or not instrument.visible:
        return drawing
    on = {alert.code for alert in update.alerts}
    if AlertCode.LATERAL_DEVIATION not in on and not is_known(update.deviation.lateral_pm_mm, limits.lateral_mm):
        return drawing  # one X-ray view does not tell where beside the path it is
    assert instrument.tip is not None and instrument.axis is not None
    scale = TOLERANCE_PX / limits.lateral_mm
    beside = instrument.tip - trajectory.target
    closest = instrument.axis * max(0.0, float(-beside @ instrument.axis))  # on along its axis to where it passes the target
    x, y = _dot(beside, right, up, scale)
    end_x, end_y = _dot(beside + closest, right, up, scale)
    inside = np.hypot(beside @ right, beside @ up) * scale < FIELD_PX  # on the rim stands a tip alone: its thickness would lie wrong
    progress = 1 - update.deviation.depth_mm / trajectory.length_mm
    tip_y = np.clip(BAR_TOP_PX + progress * (BAR_TARGET_PX - BAR_TOP_PX), BAR_TOP_PX, BAR_END_PX)
    return drawing | {
        "shown": True, "x": x, "y": y, "end_x": end_x, "end_y": end_y, "tip_y": round(float(tip_y), 1),
        "radius": round(trajectory.instrument.diameter_mm / 2 * scale, 1) if inside else 0.0,
    }  # fmt: skip


def _dot(offset: FloatArray, right: FloatArray, up: FloatArray, scale: float) -> tuple[float, float]:
    """Drawing coordinates; what would lie outside the field is put on its rim."""
    point = np.array([offset @ right, -(offset @ up)]) * scale
    length = float(np.linalg.norm(point))
    point *= min(1.0, FIELD_PX / length) if length > 0 else 1.0
    return round(float(point[0]), 1), round(float(point[1]), 1)


def _letter(direction: FloatArray) -> str:
    """The patient's side that an LPS direction points to most."""
    axis = int(np.argmax(np.abs(direction)))
    positive = bool(direction[axis] > 0)
    return ((tr("R"), tr("L")), (tr("A"), tr("P")), (tr("F"), tr("H")))[axis][positive]
