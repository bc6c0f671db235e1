"""Scoring: what counts as missed, and what as false."""

from __future__ import annotations

import numpy as np
import pytest

from SlicerSpineGuide.plan import InstrumentSpec, Trajectory
from SlicerSpineGuide.recording.case import Truth, TruthEvent, TruthFrame
from SlicerSpineGuide.recording.report_model import ReportFrame
from SlicerSpineGuide.recording.score import Score, compare
from SlicerSpineGuide.room.truth import as_matrix

NEEDLE = InstrumentSpec(kind="needle", name="22G", diameter_mm=0.7, length_mm=90)
TRAJECTORY = Trajectory(id="a", instrument=NEEDLE, entry_lps=(0, 60, 0), target_lps=(0, 0, 0))
TIP = (0.0, 30.0, 0.0)
MS = {"decode": 0, "register": 0, "track": 0, "decide": 0, "total": 0}


def true_frame(index: int, visible: bool = True, clearance: float = 9.0) -> TruthFrame:
    return TruthFrame(
        index=index,
        plan_from_live=as_matrix(np.eye(4)),
        visible=visible,
        tip_lps=TIP,
        axis_lps=(0, -1, 0),
        lateral_mm=0,
        angle_deg=0,
        depth_mm=30,
        predicted_miss_mm=0,
        clearance_mm={"canal": clearance},
    )


def told(index: int, *codes: str, off_mm: float | None = 0.0) -> ReportFrame:
    """A report's frame whose tip is off by so much; None: not shown."""
    tip = None if off_mm is None else (TIP[0] + off_mm, *TIP[1:])
    return ReportFrame.model_validate(
        {
            "index": index,
            "sop_instance_uids": ["1"],
            "t": index,
            "registration": {"status": "locked", "plan_from_live": np.eye(4).tolist(), "quality": 1},
            "instrument": {"visible": tip is not None, "tip_lps": tip, "axis_lps": (0, -1, 0) if tip else None},
            "alerts": [{"code": code, "priority": "low", "message": code} for code in codes],
            "ms": MS,
        }
    )


def scored(truth: list[TruthFrame], frames: list[ReportFrame], *events: TruthEvent) -> Score:
    whole = Truth(trajectory="a", frames=tuple(truth), events=events)
    return compare(whole, frames, TRAJECTORY, len(truth), {"canal": 2.0})


@pytest.mark.parametrize(("code", "clearance", "false"), [("ZONE_NEAR", 1.5, 0), ("ZONE_NEAR", 2.5, 1), ("ZONE_ENTERED", 0.5, 1)])
def test_an_alert_about_a_zone_is_false_where_the_instrument_truly_is_outside_its_margin(code, clearance, false):
    frames = [told(0), told(1, code)]
    assert len(scored([true_frame(0), true_frame(1, clearance=clearance)], frames).false_alerts) == false


def test_an_instrument_that_is_told_right_beyond_the_slices_is_not_yet_lost():
    truth = [true_frame(0), *(true_frame(i, visible=False) for i in range(1, 5))]
    lost = TruthEvent(code="INSTRUMENT_LOST", frame=1)
    late = [told(0), told(1, off_mm=0.3), told(2, off_mm=None), told(3, "INSTRUMENT_LOST", off_mm=None), told(4, off_mm=None)]
    assert scored(truth, late, lost).delays_frames == [1]
    wrong = [told(0), *(told(i, off_mm=4.0) for i in range(1, 5))]
    assert scored(truth, wrong, lost).missed_events == [("INSTRUMENT_LOST", 1)]
    for unseen in (range(0), (2,), (1, 3)):  # never, or never for two frames
        seen = [told(i, off_mm=None if i in unseen else 0.3) for i in range(5)]
        assert scored(truth, seen, lost).planted == 0
