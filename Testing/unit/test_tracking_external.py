"""A tracked tool stands in for image tracking as long as its pose is fresh, rigid and registered."""

from __future__ import annotations

import numpy as np
import pytest

from SlicerSpineGuide.geometry import apply, rigid, rigid_about, rotate, rotation_from_vector
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.external import ExternalInstrument, ToolGeometry, tip_from_pivoting

POSE = rigid(rotation_from_vector([0.3, -0.2, 0.1]), [10, 20, 30])
REGISTRATION = Registration("locked", rigid_about([0, 0, 0], [0.05, 0.02, -0.1], [3, -4, 5]), np.eye(6), np.zeros(3), 1.0)


def test_a_fresh_pose_is_shown_in_plan_coordinates_at_the_calibrated_tip() -> None:
    tool = ExternalInstrument(ToolGeometry((1, 2, 150), (0, 0, 2)))
    tool.update(POSE, at_s=1.0)
    shown = tool.track(REGISTRATION, now_s=1.2)
    expected = REGISTRATION.plan_from_live @ POSE
    assert shown.visible
    np.testing.assert_allclose(shown.tip, apply(expected, [1, 2, 150]))
    np.testing.assert_allclose(shown.axis, rotate(expected, [0, 0, 1]))


def test_a_pose_already_in_plan_coordinates_needs_no_registration() -> None:
    tool = ExternalInstrument(already_in_plan=True)
    tool.update(POSE, at_s=1.0)
    shown = tool.track(Registration("none"), now_s=1.0)
    assert shown.visible
    np.testing.assert_allclose(shown.tip, POSE[:3, 3])


def test_a_live_pose_without_a_registration_is_not_shown() -> None:
    tool = ExternalInstrument()
    tool.update(POSE, at_s=1.0)
    shown = tool.track(Registration("lost"), now_s=1.0)
    assert not shown.visible and shown.tip is None and shown.reason


@pytest.mark.parametrize(("now", "visible"), [(1.4, True), (1.6, False), (0.5, False)])
def test_a_stale_pose_or_one_from_the_future_is_not_shown(now: float, visible: bool) -> None:
    tool = ExternalInstrument(stale_after_s=0.5)
    tool.update(POSE, at_s=1.0)
    assert tool.track(REGISTRATION, now_s=now).visible is visible


@pytest.mark.parametrize(
    "matrix", [np.zeros((4, 4)), np.diag([2.0, 2, 2, 1]), np.diag([-1.0, 1, 1, 1]), np.full((4, 4), np.nan), np.eye(3)]
)
def test_a_matrix_that_is_not_rigid_makes_the_tool_lost_at_once(matrix: np.ndarray) -> None:
    tool = ExternalInstrument()
    tool.update(POSE, at_s=1.0)
    tool.update(matrix, at_s=1.1)
    shown = tool.track(REGISTRATION, now_s=1.1)
    assert not shown.visible and "rotation" in shown.reason


def test_a_tool_that_was_never_seen_or_went_out_of_sight_is_not_shown() -> None:
    tool = ExternalInstrument()
    assert not tool.track(REGISTRATION, now_s=0.0).visible
    assert tool.age_s(5.0) == np.inf
    tool.update(POSE, at_s=1.0)
    tool.lose(at_s=1.1)
    assert not tool.track(REGISTRATION, now_s=1.1).visible


def test_a_pose_that_arrives_late_does_not_replace_a_newer_one() -> None:
    tool = ExternalInstrument(already_in_plan=True, clock=lambda: 2.0)
    tool.update(POSE, at_s=2.0)
    tool.update(np.eye(4), at_s=1.0)
    np.testing.assert_allclose(tool.track(REGISTRATION, now_s=2.0).tip, POSE[:3, 3])


def test_after_a_step_of_the_clock_the_tool_is_shown_again_with_its_next_pose() -> None:
    tool = ExternalInstrument(already_in_plan=True, clock=lambda: 2.0)
    tool.update(POSE, at_s=3600.0)
    assert "ahead" in tool.track(REGISTRATION).reason
    tool.update(POSE, at_s=2.0)
    assert tool.track(REGISTRATION).visible


def test_pivoting_about_the_resting_tip_tells_where_the_tip_is_in_the_tool() -> None:
    random = np.random.default_rng(4)
    tip, pivot = np.array([1.5, -2.0, 140.0]), np.array([10.0, 20.0, -30.0])
    poses = []
    for _ in range(40):
        rotation = rotation_from_vector(random.uniform(-0.5, 0.5, 3))
        poses.append(rigid(rotation, pivot - rotation @ tip + random.normal(0, 0.05, 3)))
    found, residual = tip_from_pivoting(poses)
    np.testing.assert_allclose(found, tip, atol=0.3)
    assert residual < 0.2


def test_pivoting_without_turning_is_refused() -> None:
    with pytest.raises(ValueError, match="hardly turned"):
        tip_from_pivoting([POSE] * 10)
