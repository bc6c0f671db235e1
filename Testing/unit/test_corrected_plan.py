"""A path that was corrected while the case is open: what is recorded, driven and compared with the truth is the corrected one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from SlicerSpineGuide.plan import Plan
from SlicerSpineGuide.plan.review import with_trajectory
from SlicerSpineGuide.recording.case import CaseFolder, open_case
from SlicerSpineGuide.recording.recorder import CaseRecorder
from SlicerSpineGuide.recording.training import truth_of
from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.room.driving import DrivingSession

MOVED_MM = np.array([3.0, 0.0, 2.0])


@pytest.fixture(scope="module")
def planned() -> CaseFolder:
    return open_case(resource_path("Cases/t12-vertebroplasty"))


@pytest.fixture(scope="module")
def corrected(planned: CaseFolder) -> CaseFolder:
    """The case with its first path's entry moved; the folder still says what it said."""
    path = planned.plan.trajectories[0]
    moved = path.model_copy(update={"entry_lps": tuple(float(v) for v in path.entry + MOVED_MM)})
    return replace(planned, plan=with_trajectory(planned.plan, moved))


@pytest.fixture
def driving(corrected: CaseFolder) -> Iterator[DrivingSession]:
    session = DrivingSession(corrected, seed=1, trajectory=corrected.plan.trajectories[0].id)
    yield session
    session.stop()


def test_a_recording_has_the_plan_that_was_guided_by(corrected: CaseFolder, planned: CaseFolder, tmp_path: Path) -> None:
    CaseRecorder(tmp_path / "recorded", corrected)
    assert Plan.load(tmp_path / "recorded" / "plan.json") == corrected.plan != planned.plan


def test_the_trainees_instrument_starts_at_the_corrected_puncture(driving: DrivingSession, corrected: CaseFolder) -> None:
    hands = driving.hands
    hands.hand = replace(hands.hand, depth_mm=0.0, head_deg=0.0, left_deg=0.0, entry_head_mm=0.0, entry_left_mm=0.0)
    tip, axis = hands._room.held(hands.hand)
    np.testing.assert_allclose(tip, corrected.plan.trajectories[0].entry, atol=1e-9)
    np.testing.assert_allclose(axis, corrected.plan.trajectories[0].direction, atol=1e-9)


def test_the_truth_of_a_case_is_not_shown_beside_a_corrected_path(planned: CaseFolder, corrected: CaseFolder) -> None:
    assert truth_of(planned) is not None
    assert truth_of(corrected) is None
