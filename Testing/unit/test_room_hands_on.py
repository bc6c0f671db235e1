"""Drive it yourself: the trainee's instrument goes where the trainee moves it, and the session is a case like any other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.room.hands_on import BY_HAND, HandsOn
from SlicerSpineGuide.room.scenario import adjusted

SAMPLE = resource_path("Cases/t12-vertebroplasty")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def room(clock: Clock) -> HandsOn:
    scenario = adjusted(BY_HAND, matrix=64)
    return HandsOn(SAMPLE / "planning", SAMPLE / "plan.json", scenario=scenario, seed=2, clock=clock)


@pytest.fixture
def trainee(room: HandsOn) -> HandsOn:
    room.hand = replace(room.hand, depth_mm=40.0, head_deg=0.0, left_deg=0.0, entry_head_mm=0.0, entry_left_mm=0.0, table_mm=0.0)
    return room


def newest(trainee: HandsOn):
    trainee.acquire()
    return trainee.truths[-1]


def test_straight_on_the_plan_there_is_no_deviation(trainee: HandsOn) -> None:
    truth = newest(trainee)
    assert truth.lateral_mm == pytest.approx(0, abs=1e-6)
    assert truth.angle_deg == pytest.approx(0, abs=1e-6)
    assert truth.visible


def test_pushing_on_by_a_millimetre_brings_the_tip_a_millimetre_nearer(trainee: HandsOn) -> None:
    before = newest(trainee).depth_mm
    trainee.advance(7.5)
    assert newest(trainee).depth_mm == pytest.approx(before - 7.5)
    trainee.advance(-2.5)
    assert newest(trainee).depth_mm == pytest.approx(before - 5.0)


def test_leaning_moves_the_tip_against_the_entry_to_the_side_named(trainee: HandsOn) -> None:
    straight = np.array(newest(trainee).tip_lps)
    trainee.turn(left_deg=6.0)
    left = newest(trainee)
    assert left.angle_deg == pytest.approx(6.0)
    assert left.lateral_mm == pytest.approx(40 * np.sin(np.radians(6)), rel=1e-6)
    assert left.tip_lps[0] > straight[0] + 3
    trainee.turn(left_deg=-6.0, head_deg=5.0)
    assert newest(trainee).tip_lps[2] > straight[2] + 3


def test_the_puncture_moves_only_while_the_instrument_is_outside(trainee: HandsOn) -> None:
    trainee.move_entry(left_mm=4.0)
    assert newest(trainee).lateral_mm == pytest.approx(0, abs=1e-6)
    trainee.advance(-50.0)
    trainee.move_entry(left_mm=4.0)
    trainee.advance(50.0)
    assert newest(trainee).lateral_mm == pytest.approx(4.0)


def test_an_instrument_goes_no_deeper_than_its_length(trainee: HandsOn) -> None:
    trainee.advance(1000.0)
    assert trainee.hand.depth_mm == 125.0


def test_slices_moved_away_do_not_show_the_tip(trainee: HandsOn) -> None:
    trainee.move_table(15.0)
    assert not newest(trainee).visible


def test_the_patient_breathes_by_the_clock(trainee: HandsOn, clock: Clock) -> None:
    first = np.array(newest(trainee).plan_from_live)
    again = np.array(newest(trainee).plan_from_live)
    clock.now += 1.7
    later = np.array(newest(trainee).plan_from_live)
    np.testing.assert_array_equal(first, again)
    assert np.abs(later - first).max() > 0.05


def test_a_session_is_saved_as_a_case_with_its_truth(trainee: HandsOn, tmp_path: Path) -> None:
    trainee.turn(left_deg=8.0)
    trainee.acquire()
    trainee.acquire()
    case = open_case(trainee.save_case(tmp_path / "mine"))
    truth = case.truth()
    assert len(case.case.frames) == len(truth.frames) == len(trainee.truths)
    assert truth.frames[-1].angle_deg == pytest.approx(8.0)
    assert "ANGLE_DEVIATION" in {e.code for e in truth.events}
    with pytest.raises(BadInput, match="exists already"):
        trainee.save_case(tmp_path / "mine")
