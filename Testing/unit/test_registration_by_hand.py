"""A start set by a person: nudges add up and turn about the target, landmark pairs give the pose in CT and under X-ray."""

from __future__ import annotations

import numpy as np
import pytest

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import Projection, apply, inverse, rigid_about
from SlicerSpineGuide.registration.by_hand import Marked, Nudged, apart, assumed_pose, start_from_landmarks

TARGET = np.array([12.0, 140.0, -60.0])
POSE = rigid_about(TARGET, (0.05, -0.03, 0.08), (6.0, -4.0, 9.0))
POINTS = TARGET + np.array([[0, 0, 0], [25, 10, 0], [-20, 15, 5], [5, -30, 10.0]])


def test_nudges_add_up_and_the_other_side_takes_them_back():
    there = Nudged(POSE, TARGET).move("L", 5).move("H", 1).move("L", 1)
    np.testing.assert_allclose(there.pose[:3, 3] - POSE[:3, 3], (6, 0, 1), atol=1e-9)
    back = there.move("R", 5).move("F", 1).move("R", 1)
    np.testing.assert_allclose(back.pose, POSE, atol=1e-9)


def test_a_turn_is_about_the_target_and_the_named_axis():
    turned = Nudged(POSE, TARGET).turn("H", 5)
    live_target = apply(inverse(POSE), TARGET)
    np.testing.assert_allclose(apply(turned.pose, live_target), TARGET, atol=1e-9)
    off = apart(POSE, turned.pose, TARGET)
    assert off.mm == pytest.approx(0, abs=1e-9) and off.degrees == pytest.approx(5)
    left_of_it = apply(turned.pose, apply(inverse(POSE), TARGET + (10.0, 0, 0))) - TARGET
    assert left_of_it[1] > 0.8, "about the axis towards the head, left turns to posterior"


def test_landmark_pairs_in_ct_give_the_pose_and_their_error():
    live = apply(inverse(POSE), POINTS)
    found = start_from_landmarks([Marked(a, b) for a, b in zip(live, POINTS, strict=True)], TARGET)
    np.testing.assert_allclose(found.pose, POSE, atol=1e-6)
    assert found.residuals_mm.max() < 1e-6


def test_a_pair_that_is_not_complete_does_not_count():
    live = apply(inverse(POSE), POINTS)
    marks = [Marked(live[0], POINTS[0]), Marked(live[1], POINTS[1]), Marked(live[2], None)]
    with pytest.raises(BadInput, match="mark at least 3"):
        start_from_landmarks(marks, TARGET)


@pytest.mark.parametrize("angles", [((0, 0),), ((0, 0), (90, 0))], ids=["one view", "two views"])
def test_landmarks_under_xray_project_to_where_they_were_marked(angles):
    pose = rigid_about(TARGET, (0.02, -0.03, 0.02), (4.0, -3.0, 5.0)) @ assumed_pose(TARGET, projected=True)
    marks = []
    for a, b in angles:
        view = Projection.from_angles(a, b, 1200.0, 800.0, (0.4, 0.4), (512, 512))
        for point in POINTS:
            pixel = view.project(apply(inverse(pose), point))
            marks.append(Marked(view.to_detector(pixel), point, view))
    found = start_from_landmarks(marks, TARGET)
    assert found.residuals_mm.max() < 0.6
    if len(angles) == 2:
        assert apart(found.pose, pose, TARGET).mm < 0.5


def test_one_projected_landmark_is_not_enough():
    view = Projection.from_angles(0, 0, 1200.0, 800.0, (0.4, 0.4), (512, 512))
    with pytest.raises(BadInput, match="mark at least 2"):
        start_from_landmarks([Marked(view.to_detector((200.0, 200.0)), TARGET, view)], TARGET)
