"""The guide and its live loop: when a position is shown, and when it is not. Registration and tracking are stood in for here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from guide_stand_in import LOCKED, PLAN, PLANE, PLANNING, SEEN, frame, image

from SlicerSpineGuide.geometry import rigid, rotation_from_vector
from SlicerSpineGuide.guidance.guide import Guide, RoomState
from SlicerSpineGuide.guidance.types import AlertCode
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.intake.frame import Frame, Radiograph
from SlicerSpineGuide.plan.zones import Zone, surface_of
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.external import ExternalInstrument
from SlicerSpineGuide.tracking.instrument import Instrument


def test_before_the_first_image_there_is_a_reason_and_no_position(guide):
    update = guide.tick(0.0)
    assert update.frame is None and update.deviation is None
    assert "No image" in update.hidden_reason


def test_a_locked_frame_with_a_visible_instrument_shows_its_deviation(guide):
    update = guide.process(frame(0), 0.0)
    assert update.hidden_reason == ""
    assert update.deviation is not None
    assert update.deviation.depth_mm == pytest.approx(20)
    assert update.deviation.trajectory == "left"


@pytest.mark.parametrize("status", ["lost", "uncertain", "none"])
def test_without_a_locked_registration_there_is_no_position_but_its_reason(guide, sight, status):
    guide.process(frame(0), 0.0)
    pose = rigid() if status == "uncertain" else None
    sight.registration = Registration(status, pose, np.eye(6), np.zeros(3), 0.2, "It matches nowhere.")
    update = guide.process(frame(1), 0.1)
    assert update.deviation is None and not update.instrument.visible
    assert update.hidden_reason == "It matches nowhere."


def test_an_instrument_that_is_not_seen_leaves_no_numbers_behind(guide, sight):
    guide.process(frame(0), 0.0)
    sight.instrument = Instrument(False, reason="Its tip is not in the slices.")
    update = guide.process(frame(1), 0.1)
    assert update.deviation is None
    assert update.hidden_reason == "Its tip is not in the slices."


def test_an_image_of_another_patient_is_never_registered_and_alerts(guide, sight):
    guide.process(frame(0), 0.0)
    before = len(sight.starts)
    update = guide.process(frame(1, patient_id="P2"), 0.1)
    assert len(sight.starts) == before
    assert update.deviation is None and update.registration.status == "none"
    assert [a.code for a in update.alerts if a.priority == "high"] == [AlertCode.WRONG_PATIENT]
    assert "another patient" in update.hidden_reason


def test_an_image_without_a_patient_id_is_not_taken_for_the_patients(guide):
    assert AlertCode.WRONG_PATIENT in {a.code for a in guide.process(frame(0, patient_id=""), 0.0).alerts}


def test_blanks_around_a_patient_id_mean_nothing(guide):
    assert guide.process(frame(0, patient_id="P1 "), 0.0).deviation is not None


def test_each_frame_starts_from_the_pose_of_the_last_locked_one(guide, sight):
    pose = rigid(translation=(1, 2, 3))
    sight.registration = replace(LOCKED, plan_from_live=pose)
    guide.process(frame(0), 0.0)
    sight.registration = Registration("lost")
    guide.process(frame(1), 0.1)
    guide.process(frame(2), 0.2)
    assert sight.starts[0] is None
    assert sight.starts[1] is pose and sight.starts[2] is pose


tilted = replace(PLANE, v=rotation_from_vector((0.1, 0, 0)) @ PLANE.v)
zoomed = replace(PLANE, pitch=(0.7, 0.7))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"frame_of_reference_uid": "1.4"}, AlertCode.FRAME_OF_REFERENCE_CHANGED),
        ({"patient_position": "HFS"}, AlertCode.GEOMETRY_CHANGED),
        ({"image": Radiograph(np.zeros((100, 100), np.float32), None)}, AlertCode.GEOMETRY_CHANGED),
        ({"image": Slice(np.zeros((100, 100), np.float32), tilted)}, AlertCode.GEOMETRY_CHANGED),
        ({"image": Slice(np.zeros((100, 100), np.float32), zoomed)}, AlertCode.GEOMETRY_CHANGED),
    ],
)
def test_a_changed_geometry_drops_the_registration_and_alerts(guide, sight, changes, code):
    guide.process(frame(0), 0.0)
    update = guide.process(frame(1, **changes), 0.1)
    assert sight.starts == [None, None]
    assert code in {a.code for a in update.alerts}


def test_a_stale_image_hides_the_position_and_alerts(guide):
    for k in range(5):
        guide.process(frame(k), 0.1 * k)
    assert guide.tick(1.0).deviation is not None
    update = guide.tick(1.5)
    assert update.deviation is None and update.hidden_reason
    assert AlertCode.IMAGE_STALE in {a.code for a in update.alerts}
    assert guide.process(frame(5), 1.6).deviation is not None


def test_a_dead_node_alerts_between_frames(guide):
    guide.process(frame(0), 0.0)
    guide.room = RoomState(node_down=True)
    assert AlertCode.NODE_DOWN in {a.code for a in guide.tick(0.1).alerts}


def test_a_deviation_alerts_at_the_latest_on_the_second_frame(guide, sight):
    sight.instrument = replace(SEEN, tip=np.array([3.0, 20, 0]))
    guide.process(frame(0), 0.0)
    assert AlertCode.LATERAL_DEVIATION in {a.code for a in guide.process(frame(1), 0.1).alerts}


def test_a_frame_that_grows_is_judged_from_where_the_frame_before_it_ended(guide, sight):
    guide.process(frame(0), 0.0)
    sight.registration = replace(LOCKED, plan_from_live=rigid(translation=(9, 9, 9)))
    guide.process(frame(1), 0.1)
    sight.registration = LOCKED
    grown = Frame(1, "CT", (image(1), image(2)), 0.1)
    guide.process(grown, 0.12)
    assert np.allclose(sight.starts[2], rigid())


def test_another_trajectory_is_guided_along_from_the_next_frame(guide):
    guide.process(frame(0), 0.0)
    guide.select("right")
    assert guide.tick(0.05).deviation is None
    update = guide.process(frame(1), 0.1)
    assert update.trajectory == "right"
    assert update.deviation is not None and update.deviation.lateral_mm == pytest.approx(20)


def test_an_instrument_whose_place_is_unclear_counts_as_lost_only_when_it_stays_so(guide, sight):
    guide.process(frame(0), 0.0)
    sight.instrument = Instrument(False, reason="Cannot be told.", unclear=True)
    lost = [bool(guide.process(frame(k), 0.1 * k).alerts) for k in range(1, 8)]
    assert lost == [False] * 4 + [True] * 3


TOOL_POSE = rigid(rotation_from_vector([np.pi / 2, 0, 0]), [1.0, 20.0, 0.0])  # +Z of the tool points along the planned direction


@pytest.fixture
def tool(guide) -> ExternalInstrument:
    """A tool whose matrices lead to the plan, 1 mm beside the path and 20 mm before the target; `now` is its clock."""
    tool = ExternalInstrument(already_in_plan=True, stale_after_s=0.5, clock=lambda: 0.0)
    tool.update(TOOL_POSE)
    guide.use_tool(tool)
    return tool


def test_a_tracked_tool_is_guided_without_any_image(guide, tool):
    update = guide.tick(0.1)
    assert update.frame is None and update.hidden_reason == "" and update.from_tool
    assert update.deviation.lateral_mm == pytest.approx(1) and update.deviation.depth_mm == pytest.approx(20)


def test_a_tracked_tool_alerts_between_images_as_the_images_instrument_does(guide, tool):
    beside = TOOL_POSE.copy()
    beside[0, 3] = 5.0
    tool.update(beside)
    codes = {alert.code for k in range(2) for alert in guide.tick(0.1 * k).alerts}
    assert AlertCode.LATERAL_DEVIATION in codes and AlertCode.IMAGE_STALE not in codes


def test_a_tracked_tool_has_a_clearance_to_the_zones(tool, guide, sight):
    cube = Volume(np.ones((4, 4, 4), np.uint8), rigid(translation=[9.5, 18.5, -1.5]))  # from 9 to 13 mm
    watched = Guide(PLAN, PLANNING, (Zone("wall", 2.0, surface_of(cube)),), make_sight=lambda *_: sight)
    watched.use_tool(tool)
    assert watched.tick(0.0).deviation.clearance_mm["wall"] == pytest.approx(9 - 1 - 3.05 / 2, abs=0.3)


def test_a_tracked_tool_takes_the_images_instruments_place(guide, tool, sight):
    sight.instrument = Instrument(True, np.array([9.0, 20, 0]), np.array([0.0, -1, 0]), np.full(3, 0.1), 0.2)
    assert guide.process(frame(0), 0.0).deviation.lateral_mm == pytest.approx(1)
    guide.use_tool(None)
    assert guide.process(frame(1), 0.1).deviation.lateral_mm == pytest.approx(9)


def test_a_stale_tool_hides_its_position_and_is_reported_lost(guide, sight):
    now = [0.0]
    tool = ExternalInstrument(already_in_plan=True, stale_after_s=0.5, clock=lambda: now[0])
    tool.update(TOOL_POSE)
    guide.use_tool(tool)
    assert guide.tick(0.0).deviation is not None
    now[0] = 0.7
    late = [guide.tick(0.7 + 0.1 * k) for k in range(3)][-1]
    assert late.deviation is None and "0.7 s old" in late.hidden_reason
    assert [alert.code for alert in late.alerts] == [AlertCode.INSTRUMENT_LOST]


def test_a_tool_tracked_in_the_rooms_coordinates_needs_a_current_registered_image(guide):
    tool = ExternalInstrument(stale_after_s=1e9, clock=lambda: 0.0)
    tool.update(TOOL_POSE)
    guide.use_tool(tool)
    assert guide.tick(0.0).deviation is None
    assert guide.process(frame(0), 0.1).deviation.lateral_mm == pytest.approx(1)
    assert guide.tick(0.2).deviation is not None
    late = guide.tick(30.0)
    assert late.deviation is None and AlertCode.IMAGE_STALE in [alert.code for alert in late.alerts]


def test_a_tracked_tool_goes_on_when_images_stop_but_nothing_is_drawn_over_the_old_one(guide, tool):
    guide.process(frame(0), 0.0)
    assert guide.tick(0.1).registration.status == "locked"
    late = guide.tick(30.0)
    assert late.deviation is not None and late.hidden_reason == ""
    assert late.registration.plan_from_live is None and "30 s old" in late.registration.reason


def test_a_tracked_tool_is_not_shown_over_another_patients_images(guide, tool):
    update = guide.process(frame(0, patient_id="P2"), 0.0)
    assert update.deviation is None and guide.tick(0.1).deviation is None
    assert AlertCode.WRONG_PATIENT in [alert.code for alert in guide.tick(0.2).alerts]


def test_limits_that_were_set_for_a_trajectory_stay_its_own(guide):
    guide.thresholds = guide.thresholds.changed(lateral_mm=1.0)
    guide.select("right")
    assert guide.thresholds.lateral_mm == 2.0
    guide.select("left")
    assert guide.process(frame(0), 0.0).thresholds.lateral_mm == 1.0
