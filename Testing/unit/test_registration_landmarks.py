"""Landmark pairs and nudges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import apply, inverse, is_rigid, rigid_about
from SlicerSpineGuide.registration.landmarks import fit_landmarks, nudge

POINTS = np.array([[0.0, 0, 0], [40, 5, 0], [0, 30, 10], [-20, 10, 35]])
small = st.floats(-180, 180)


@given(st.tuples(small, small, small), st.tuples(small, small, small))
def test_exact_pairs_give_back_the_motion_that_made_them(rotation, translation):
    truth = rigid_about([10, -20, 30], np.radians(rotation), translation)
    fit = fit_landmarks(apply(inverse(truth), POINTS), POINTS)
    assert np.allclose(fit.plan_from_live, truth, atol=1e-8)
    assert fit.rms_mm < 1e-8


def test_imprecise_pairs_give_the_least_squares_motion_and_say_how_far_each_lies():
    noise = np.random.default_rng(0).normal(0, 1, POINTS.shape)
    fit = fit_landmarks(POINTS + noise, POINTS)
    assert is_rigid(fit.plan_from_live)
    assert fit.residuals_mm == pytest.approx(np.linalg.norm(apply(fit.plan_from_live, POINTS + noise) - POINTS, axis=1))
    for step in np.vstack([np.eye(6), -np.eye(6)]) * 0.01:
        worse = nudge(fit.plan_from_live, [0, 0, 0], 10 * step[:3], 10 * step[3:])
        assert np.sum((apply(worse, POINTS + noise) - POINTS) ** 2) > np.sum(fit.residuals_mm**2)


def test_mirrored_pairs_give_a_rotation_not_a_reflection():
    fit = fit_landmarks(POINTS * [-1, 1, 1], POINTS)
    assert is_rigid(fit.plan_from_live)
    assert fit.rms_mm > 5


@pytest.mark.parametrize(
    ("live", "plan", "says"),
    [
        (POINTS[:2], POINTS[:2], "at least 3"),
        (POINTS[:3], POINTS, "pairs"),
        (np.arange(9.0).reshape(3, 3) * 10, POINTS[:3], "one line"),
        (np.full((3, 3), np.nan), POINTS[:3], "no position"),
    ],
)
def test_pairs_that_fix_no_pose_are_refused_with_what_to_do(live, plan, says):
    with pytest.raises(BadInput, match=says):
        fit_landmarks(live, plan)


def test_a_nudge_moves_along_the_plans_axes_and_turns_about_the_centre():
    start = rigid_about([1, 2, 3], np.radians([5, 10, 15]), [4, 5, 6])
    centre = np.array([7.0, 8, 9])
    moved = nudge(start, centre, [0, 0, 2])
    assert np.allclose(apply(moved, POINTS) - apply(start, POINTS), [0, 0, 2])
    live_centre = apply(inverse(start), centre)
    assert np.allclose(apply(nudge(start, centre, rotation_deg=[0, 0, 5]), live_centre), centre)
