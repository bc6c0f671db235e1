"""Which instrument is the path's: told from others by the plan, by what was seen before, and by where it was a moment ago."""

from __future__ import annotations

import numpy as np
import pytest
from test_tracking_ct import STILL, MetalTool, assert_close, path_in, slices_through, tool_on

from SlicerSpineGuide.geometry import rotation_from_vector, unit
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.tracking.ct import InstrumentTracker
from SlicerSpineGuide.tracking.instrument import Instrument
from SlicerSpineGuide.tracking.known import MOST_DOUBTS, NOTHING, Known, unlikeness


def mirrored(trajectory: Trajectory) -> Trajectory:
    """The contralateral path: 30 mm aside, entered from the other side."""
    across = unit(np.cross(trajectory.direction, [0, 0, 1.0]))
    target = trajectory.target - 30 * across
    entry = target - rotation_from_vector([0, 0, np.radians(-25)]) @ trajectory.direction * trajectory.length_mm
    return trajectory.model_copy(update={"id": "other", "label": "T12 left", "entry_lps": tuple(entry), "target_lps": tuple(target)})


@pytest.fixture
def trajectory(lidc_volume: Volume) -> Trajectory:
    return path_in(lidc_volume)


@pytest.fixture
def contralateral(trajectory: Trajectory) -> MetalTool:
    return tool_on(mirrored(trajectory))


def seen(tip: tuple[float, float, float], axis: tuple[float, float, float] = (0.0, -1.0, 0.0)) -> Instrument:
    return Instrument(True, np.array(tip), unit(axis), np.full(3, 0.2), 0.3)


def test_the_other_planned_paths_instrument_is_not_shown_as_this_ones(
    lidc_volume: Volume, trajectory: Trajectory, contralateral: MetalTool
) -> None:
    tracker = InstrumentTracker(trajectory, lidc_volume, [mirrored(trajectory)])
    found = tracker.track(slices_through(lidc_volume, [contralateral], contralateral), STILL)
    assert not found.visible and found.tip is None and "T12 left" in found.reason


def test_a_trocar_that_was_beside_this_paths_is_not_taken_for_it_when_this_ones_slices_are_left(
    lidc_volume: Volume, trajectory: Trajectory, contralateral: MetalTool
) -> None:
    tool, tracker = tool_on(trajectory), InstrumentTracker(trajectory, lidc_volume)
    both = tracker.track(slices_through(lidc_volume, [tool, contralateral], tool), STILL)
    assert_close(both, tool)
    known = NOTHING.after(both)
    for _ in range(MOST_DOUBTS + 3):  # however long
        alone = tracker.track(slices_through(lidc_volume, [contralateral], contralateral), STILL, known)
        assert not alone.visible and "placed before" in alone.reason
        known = known.after(alone)
    again = tracker.track(slices_through(lidc_volume, [tool, contralateral], tool), STILL, known)
    assert_close(again, tool)


def test_the_only_instrument_is_found_however_far_off_the_plan(
    lidc_volume: Volume, trajectory: Trajectory, contralateral: MetalTool
) -> None:
    found = InstrumentTracker(trajectory, lidc_volume).track(slices_through(lidc_volume, [contralateral], contralateral), STILL)
    assert_close(found, contralateral)


def test_an_instrument_that_appears_elsewhere_is_doubted_for_some_frames_and_then_shown(
    lidc_volume: Volume, trajectory: Trajectory, contralateral: MetalTool
) -> None:
    tool, tracker = tool_on(trajectory), InstrumentTracker(trajectory, lidc_volume)
    known = NOTHING.after(tracker.track(slices_through(lidc_volume, [tool], tool), STILL))
    elsewhere, shown = slices_through(lidc_volume, [contralateral], contralateral), []
    for _ in range(MOST_DOUBTS + 1):
        found = tracker.track(elsewhere, STILL, known)
        shown.append(found.visible)
        assert found.visible or "perhaps another one" in found.reason
        known = known.after(found)
    assert shown == [False] * MOST_DOUBTS + [True]


def test_what_is_remembered_follows_what_is_seen() -> None:
    mine, other = seen((0, 0, 0)), seen((40, 0, 0))
    known = NOTHING.after(Instrument(True, mine.tip, mine.axis, mine.tip_sigma_mm, 0.3, others=(other,)))
    assert known.just_seen is not None and known.others == (other,)
    gone = known.after(Instrument(False, reason="It left the slices."))
    assert gone.just_seen is None and gone.last is known.last and gone.others == (other,)
    moved = gone.after(Instrument(False, others=(seen((41, 3, 0)),)))
    assert len(moved.others) == 1 and moved.others[0].tip is not None and moved.others[0].tip[0] == 41


def test_after_a_new_search_for_the_patient_the_placed_instruments_are_still_known() -> None:
    known = Known(seen((0, 0, 0)), 0, (seen((40, 0, 0)),), 2).without_last()
    assert known.last is None and len(known.others) == 1 and known.doubts == 0


def test_an_instrument_farther_along_the_same_line_is_the_same() -> None:
    assert unlikeness(seen((0, 30, 0)), seen((0, 0, 0))) == pytest.approx(0)
    assert unlikeness(seen((8, 30, 0)), seen((0, 0, 0))) == pytest.approx(8)
