"""Radiographs registered to the planning CT, and the instrument in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from xray_room import PROTOCOL, SPECS, T12, Room, drawn_error, mean_error, target_error

from SlicerSpineGuide.geometry import FloatArray, Projection, angle_deg, apply, inverse, rigid, rigid_about, unit
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.registration import xray
from SlicerSpineGuide.registration.drr import window
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.registration.xray import XrayRegistration, prepare
from SlicerSpineGuide.registration.xray_field import exposed_field
from SlicerSpineGuide.registration.xray_image import LogRadiograph
from SlicerSpineGuide.registration.xray_landmarks import Landmark, from_landmarks
from SlicerSpineGuide.registration.xray_solve import Solution
from SlicerSpineGuide.room.metal import Metal
from SlicerSpineGuide.tracking import xray_tip
from SlicerSpineGuide.tracking.xray import XrayInstrument, located
from SlicerSpineGuide.tracking.xray_line import LineInView


@pytest.fixture(scope="module")
def engine(lidc_volume: Volume) -> XrayRegistration:
    return prepare(lidc_volume, T12)


@pytest.fixture(scope="module")
def room(lidc_volume: Volume) -> Room:
    return Room(lidc_volume)


@pytest.fixture(scope="module")
def pair(room: Room) -> list[Radiograph]:
    return [room.shoot(0), room.shoot(1)]


def test_two_views_from_the_tags_alone_are_registered_to_half_a_millimetre(engine, room, pair):
    found = engine.register(pair)
    assert found.status == "locked"
    assert mean_error(found.plan_from_live, room.truth) < 0.5
    assert found.translation_sigma_mm.max() < 1.5
    assert len(found.view_poses) == 2


@pytest.mark.parametrize("seed", range(3))
def test_two_views_are_registered_from_ten_millimetres_and_ten_degrees(engine, room, pair, seed):
    rng = np.random.default_rng(seed)
    axis, direction = unit(rng.normal(size=3)), unit(rng.normal(size=3))
    start = rigid_about(T12, np.radians(10) * axis, 10 * direction) @ room.truth
    found = engine.register(pair, start)
    assert found.status == "locked"
    assert mean_error(found.plan_from_live, room.truth) < 0.5


@pytest.mark.parametrize("off", [(-13, 3, -14, 6, 9, 1), (-1, 10, 16, -1, -2, 11)])
def test_two_views_are_registered_from_nineteen_degrees_and_eleven_millimetres(engine, room, pair, off):
    found = engine.register(pair, rigid_about(T12, np.radians(off[:3]), off[3:]) @ room.truth)
    assert found.status == "locked"
    assert mean_error(found.plan_from_live, room.truth) < 0.5


def test_a_pose_that_is_still_on_its_way_is_not_locked(engine, room, pair, monkeypatch):
    monkeypatch.setattr(xray, "MIDDLE_STEPS", 1)
    monkeypatch.setattr(xray, "FINE_STEPS", 1)
    found = engine.register(pair, rigid_about(T12, np.radians([5.0, 5.0, -5.0]), [6.0, 4.0, -5.0]) @ room.truth)
    assert found.status == "uncertain"


@pytest.mark.parametrize("views", [1, 2])
def test_what_the_plan_hardly_explains_is_not_locked_however_sure_it_seems(engine, room, views):
    def judged(explained: float) -> str:
        exact = np.diag([0.01] * 6)
        found = Solution(room.truth, (room.truth,) * views, exact, (0.8,) * views, (explained,) * views, (0.6,) * views, 0.0)
        return engine._judged(found, np.inf, False).status

    assert judged(0.95) == "locked"
    assert judged(0.8) == "uncertain"


def test_one_view_knows_its_plane_and_says_that_it_does_not_know_the_depth(engine, room, pair):
    found = engine.register(pair[:1])
    assert found.usable
    projection = pair[0].projection
    rotation = room.truth[:3, :3]
    error = target_error(found.plan_from_live, room.truth)
    assert abs(error @ rotation @ projection.u) < 0.5
    assert abs(error @ rotation @ projection.v) < 0.5
    depth = rotation @ projection.normal
    spread = found.covariance[:3, :3]
    assert np.sqrt(depth @ spread @ depth) > 3 * np.sqrt(np.linalg.eigvalsh(spread)[0])
    assert abs(error @ depth) < 3 * np.sqrt(depth @ spread @ depth)


def test_the_next_frame_is_tracked_and_one_view_keeps_the_depth_that_two_had(engine, room, pair):
    both = engine.register(pair)
    moved = rigid_about(T12, [0.01, 0.0, -0.01], [0.8, 0.5, -1.0]) @ room.truth
    found = engine.register([room.shoot(0, pose=moved)], both)
    assert found.status == "locked"
    across = moved[:3, :3] @ np.column_stack((pair[0].projection.u, pair[0].projection.v))
    assert np.abs(target_error(found.plan_from_live, moved) @ across).max() < 0.5
    assert found.translation_sigma_mm.max() < 4.0


@pytest.mark.parametrize("step_mm", [0.7, 5.0])
def test_a_running_fluoroscopy_follows_the_patient_without_drifting(engine, room, pair, step_mm):
    """Back and forth, in steps as breathing makes them, and in steps that only a patient who moves makes."""
    found = engine.register(pair)
    for number in range(5):
        away = step_mm * (1 if number % 2 == 0 else -1 if step_mm > 3 else 1.3)
        pose = rigid_about(T12, [0.004 * number, 0.0, -0.003 * number], [0.3 * away, 0.4 * away, 0.8 * away]) @ room.truth
        found = engine.register([room.shoot(view, pose=pose) for view in (0, 1)], found)
        assert found.status == "locked"
        assert mean_error(found.plan_from_live, pose) < 0.8


def test_landmarks_marked_in_the_views_bring_a_start_far_away_back(engine, room, pair):
    """The C-arm's isocentre is 60 mm off the target, which no search from there would bridge."""
    rng = np.random.default_rng(4)
    away = rigid_about(T12, np.radians([4, -3, 5]), [25.0, -15.0, 55.0]) @ room.truth
    images = [room.shoot(view, pose=away) for view in (0, 1)]
    marks = []
    for radiograph in images:
        for point in T12 + rng.uniform(-25, 25, (3, 3)):
            pixel = radiograph.projection.project(apply(inverse(away), point)) + rng.normal(size=2)
            marks.append(Landmark(radiograph.projection, pixel, point))
    start = from_landmarks(marks, T12)
    found = engine.register(images, start)
    assert found.usable
    assert mean_error(found.plan_from_live, away) < 1.0
    alone = engine.register(images)
    assert alone.status != "locked" or mean_error(alone.plan_from_live, away) < 1.0


def test_a_trocar_and_shutters_do_not_disturb(engine, room):
    direction = unit([0.45, -0.85, 0.1])
    trocar = Metal(SPECS["trocar"], T12 - 4 * direction, direction)
    shuttered = replace(PROTOCOL, shutters=(0.6, 0.7))
    found = engine.register([room.shoot(v, trocar, shuttered) for v in (0, 1)])
    assert found.status == "locked"
    assert mean_error(found.plan_from_live, room.truth) < 0.7


def test_a_c_arm_whose_tags_are_off_between_the_shots_is_less_certain_and_each_view_still_fits(engine, room):
    off = rigid_about(T12, [0.0, 0.0, np.radians(3)], [3.0, 0.0, -3.0]) @ room.truth
    true = engine.register([room.shoot(0), room.shoot(1)])
    found = engine.register([room.shoot(0), room.shoot(1, pose=off)])
    assert found.usable
    for view, (real, other) in enumerate(((room.truth, off), (off, room.truth))):
        projection, pose = PROTOCOL.projection(view), found.view_poses[view]
        assert drawn_error(projection, pose, real) < min(0.6, drawn_error(projection, pose, other))
    assert found.translation_sigma_mm.max() > 1.2 * true.translation_sigma_mm.max()


def test_another_patient_is_not_locked(engine, rider_volume: Volume):
    stranger = Room(rider_volume, 1)
    middle = apply(rider_volume.lps_from_index, [90, 90, 17])
    stranger.truth = rigid(None, middle)
    found = engine.register([stranger.shoot(0), stranger.shoot(1)])
    assert found.status in ("lost", "uncertain")
    assert found.reason


def test_a_start_at_the_neighbouring_level_is_put_right_or_owned_up_to(engine, room, pair):
    for shift in (-26.0, 27.0):
        start = rigid_about(T12, [0, 0, 0], [0, 3, shift]) @ room.truth
        found = engine.register(pair, start)
        assert found.status != "locked" or mean_error(found.plan_from_live, room.truth) < 1.0


def test_radiographs_without_geometry_give_no_registration_and_their_reason(engine):
    image = Radiograph(np.ones((64, 64), dtype=np.float32), None, "It has no geometry.")
    found = engine.register([image])
    assert found.status == "none"
    assert found.reason == "It has no geometry."
    assert found.plan_from_live is None


@pytest.mark.parametrize("pixels", [np.zeros((80, 80)), np.ones((80, 80)), np.full((80, 80), 4095.0)])
def test_an_empty_radiograph_is_lost_not_a_failure(engine, pixels):
    view = Projection.from_angles(0, 0, 1000, 650, (2.0, 2.0), (80, 80))
    assert engine.register([Radiograph(pixels.astype(np.float32), view)]).status == "lost"


def test_landmarks_in_two_views_give_the_first_guess(room, pair):
    rng = np.random.default_rng(2)
    points = T12 + rng.uniform(-30, 30, (4, 3))
    marks = []
    for radiograph in pair:
        pixels = radiograph.projection.project(apply(inverse(room.truth), points))
        marks += [Landmark(radiograph.projection, px + rng.normal(size=2), point) for px, point in zip(pixels, points, strict=True)]
    guess = from_landmarks(marks, T12)
    assert mean_error(guess, room.truth) < 3.0


def test_shutters_are_seen_and_a_dark_patient_is_not_taken_for_one():
    y, x = np.mgrid[:200, :200]
    field = np.hypot(x - 100, y - 100) < 80
    rng = np.random.default_rng(0)
    image = np.where(field, rng.normal(1000, 30, field.shape), rng.normal(20, 2, field.shape)).astype(np.float32)
    seen = exposed_field(image)
    assert seen[field & (np.hypot(x - 100, y - 100) < 75)].all()
    assert not seen[~field].any()
    image = np.where(x > 90 + 15 * np.sin(y / 20), 1000, 300).astype(np.float32)
    assert exposed_field(image).all()


def test_resampling_keeps_the_mean_and_the_place():
    view = Projection.from_angles(0, 0, 1000, 650, (0.5, 0.5), (400, 400))
    y, x = np.mgrid[:400, :400]
    image = LogRadiograph((x + 2 * y).astype(np.float32), np.ones((400, 400), dtype=np.float32), view)
    small = image.resample(window(view, (150.5, 201.25), 3.7, (31, 31)))
    assert small.values[15, 15] == pytest.approx(150.5 + 2 * 201.25, abs=0.2)
    assert small.values[15, 16] - small.values[15, 15] == pytest.approx(3.7, abs=0.05)
    assert small.values[16, 15] - small.values[15, 15] == pytest.approx(7.4, abs=0.05)


def scene(kind: str, off_mm: float) -> tuple[Trajectory, Metal]:
    direction = unit([0.45, -0.85, 0.25])
    entry = T12 - 55 * direction
    spec = SPECS[kind]
    trajectory = Trajectory(id="t", instrument=spec, entry_lps=tuple(entry), target_lps=tuple(T12))
    axis = unit(direction + [0.03, 0.02, -0.03])
    tip = T12 - off_mm * axis + [1.5, -1.0, 2.0]
    return trajectory, Metal(spec, tip, axis)


@pytest.mark.parametrize("blur_mm", [0.3, 0.6])
def test_how_softly_a_c_arm_draws_is_told_by_the_edges_of_the_shaft(blur_mm):
    step, diameter = 0.4, 3.05
    rows, columns = np.mgrid[:80, :100]
    aside = (np.linspace(-16, 16, 801))[:, None]
    chord = 2 * np.sqrt(np.maximum((diameter / 2) ** 2 - aside**2, 0))
    sharp = np.exp(-chord * xray_tip.STEEL_PER_MM) @ xray_tip.SHARE
    kernel = np.exp(-0.5 * (np.arange(-3, 3.001, 0.04) / blur_mm) ** 2)
    profile = -np.log(np.convolve(sharp, kernel / kernel.sum(), mode="same"))
    line = (35.3, 0.07)
    image = np.interp((rows - line[0] - line[1] * columns) * step, aside[20:-20, 0], profile[20:-20]).astype(np.float32)
    found = xray_tip._blur(image, line, np.arange(20, 80), diameter, step)
    smoothing = 0.5 * step**2
    assert found == pytest.approx(np.sqrt(blur_mm**2 + smoothing), abs=0.06)


@pytest.mark.parametrize(("kind", "off_mm"), [("needle", 12.0), ("trocar", 3.0), ("screw", 8.0)])
def test_an_instrument_in_two_views_is_located_in_space(engine, room, kind, off_mm):
    trajectory, metal = scene(kind, off_mm)
    images = [room.shoot(v, metal) for v in (0, 1)]
    found = XrayInstrument(trajectory, engine).track(images, engine.register(images))
    assert found.visible
    assert np.linalg.norm(found.tip - metal.tip) < 2.0
    assert angle_deg(found.axis, metal.axis) < max(1.5, 2 * found.axis_sigma_deg)
    assert np.linalg.norm(found.tip - metal.tip) < 4 * found.uncertainty_mm


def test_a_trocar_that_one_of_two_views_sees_nearly_end_on_is_located_in_space(engine, room):
    direction = unit([-0.05, -0.99, 0.10])  # a pedicle's, 12 degrees off the first view's rays
    spec = SPECS["trocar"]
    trajectory = Trajectory(id="t", instrument=spec, entry_lps=tuple(T12 - 70 * direction), target_lps=tuple(T12))
    metal = Metal(spec, T12 - 15 * direction + [1.5, 0.0, -1.0], direction)
    images = [room.shoot(view, metal) for view in (0, 1)]
    found = XrayInstrument(trajectory, engine).track(images, engine.register(images))
    assert found.visible
    assert found.uncertainty_mm < 1.5
    assert np.linalg.norm(found.tip - metal.tip) < 2.5 * found.uncertainty_mm


def test_views_in_one_plane_with_the_instrument_that_disagree_by_a_millimetre_do_not_push_its_tip_along_the_rays(engine, room):
    direction = unit([0.45, -0.85, 0.05])  # both sources lie in nearly one plane with it
    spec = SPECS["trocar"]
    trajectory = Trajectory(id="t", instrument=spec, entry_lps=tuple(T12 - 70 * direction), target_lps=tuple(T12))
    metal = Metal(spec, T12 - 8 * direction, direction)
    off = rigid_about(T12, np.zeros(3), [0.0, 0.0, 1.5]) @ room.truth
    images = [room.shoot(0, metal), room.shoot(1, metal, pose=off)]
    found = XrayInstrument(trajectory, engine).track(images, Registration("locked", room.truth))
    assert np.linalg.norm(found.tip - metal.tip) < 1.5


def test_one_view_tells_the_instrument_across_its_rays_only(engine, room):
    trajectory, metal = scene("trocar", 5.0)
    image = room.shoot(0, metal)
    found = XrayInstrument(trajectory, engine).track([image], Registration("locked", room.truth))
    assert found.visible
    seen = image.projection.project(apply(inverse(room.truth), found.tip))
    true = image.projection.project(apply(inverse(room.truth), metal.tip))
    assert np.linalg.norm(seen - true) * image.projection.pitch[0] / 1.5 < 1.2
    assert found.uncertainty_mm > 5


def test_no_instrument_is_seen_where_there_is_none(engine, room, pair):
    for kind in SPECS:
        trajectory, _ = scene(kind, 0.0)
        found = XrayInstrument(trajectory, engine).track(pair, Registration("locked", room.truth))
        assert not found.visible
        assert found.reason


def test_a_view_along_the_path_alone_shows_no_instrument_and_says_why(engine, room, pair):
    ray = unit(apply(room.truth, pair[0].projection.source) - T12)
    trajectory = Trajectory(id="t", instrument=SPECS["trocar"], entry_lps=tuple(T12 + 70 * ray), target_lps=tuple(T12))
    images = [room.shoot(0, Metal(SPECS["trocar"], T12 + 20 * ray, -ray))]
    found = XrayInstrument(trajectory, engine).track(images, Registration("locked", room.truth))
    assert not found.visible
    assert "along the path" in found.reason


def test_without_a_registration_there_is_no_instrument(engine, pair):
    trajectory, _ = scene("trocar", 0.0)
    found = XrayInstrument(trajectory, engine).track(pair, Registration("lost"))
    assert not found.visible


def line_towards(source: FloatArray, tip: FloatArray, axis: FloatArray) -> LineInView:
    ray = unit(tip - source)
    return LineInView(source, ray, unit(np.cross(unit(tip - 50 * axis - source), ray)), None, (0.3, 0.1), 0.003)


def test_triangulation_is_exact_where_the_views_differ_enough():
    tip, axis = np.array([10.0, 20.0, 30.0]), unit([0.3, -0.8, 0.4])
    lines = [line_towards(np.array(s, dtype=float), tip, axis) for s in ((0, 700, 0), (700, 0, 50))]
    found = located(lines, tip + [5, 5, 5], unit(axis + [0.1, 0, 0.1]))
    assert np.allclose(found.tip, tip, atol=0.02)
    assert angle_deg(found.axis, axis) < 0.1
    assert found.axis_sigma_deg < 1


def test_an_instrument_in_one_plane_with_both_sources_keeps_its_tip_and_owns_up_to_the_angle():
    tip, axis = np.array([10.0, 20.0, 0.0]), unit([0.5, -0.8, 0.0])
    lines = [line_towards(np.array(s, dtype=float), tip, axis) for s in ((0, 700, 0), (700, 0, 0))]
    planned = unit(axis + [0.06, 0.03, 0.0])
    found = located(lines, tip + [3, 0, 0], planned)
    assert np.allclose(found.tip, tip, atol=0.05)
    assert found.axis_sigma_deg > 5
