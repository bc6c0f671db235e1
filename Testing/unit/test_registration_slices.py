"""Live slices onto the plan, on slices that SimpleITK cut from real CT with the benchmark's simulator."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import rigid_about
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.slices import SliceRegistration, prepare

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from registration_simulator import LiveScanner, Scanner, random_pose, target_error


@pytest.fixture(scope="module")
def target(lidc_labels: Volume) -> np.ndarray:
    z, y, x = np.nonzero(lidc_labels.voxels == 32)
    return (lidc_labels.lps_from_index @ [x.mean(), y.mean(), z.mean(), 1])[:3]


@pytest.fixture(scope="module")
def scanner(lidc_volume: Volume) -> LiveScanner:
    return LiveScanner(lidc_volume)


@pytest.fixture(scope="module")
def registration(lidc_volume: Volume, target: np.ndarray) -> SliceRegistration:
    return prepare(lidc_volume, target)


def test_tracking_follows_breathing_within_a_tenth_of_a_millimetre(registration, scanner, target):
    rng = np.random.default_rng(1)
    pose = np.eye(4)
    for k in range(12):
        breath = 5 * np.sin(2 * np.pi * k / 12)
        truth = rigid_about(target, np.radians([0.2 * breath, 0, 0.1 * breath]), [0.2, 0.3 * breath, breath])
        result = registration.register(scanner.acquire(truth, target, Scanner(field_mm=110), rng), pose)
        assert result.status == "locked"
        assert target_error(result.plan_from_live, truth, target) < 0.15
        pose = result.plan_from_live


def test_capture_finds_a_patient_who_has_moved_by_15_mm_and_15_degrees(registration, scanner, target):
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(8):
        truth = random_pose(rng, target, 15, 15)
        result = registration.register(scanner.acquire(truth, target, Scanner(), rng))
        found += result.status == "locked"
        if result.usable:
            assert target_error(result.plan_from_live, truth, target) < 0.5
    assert found >= 7


@pytest.mark.parametrize("turn_deg", [[15, 0, 0], [-15, 0, 0], [0, 15, 0], [0, -15, 0], [0, 0, 15]])
def test_capture_finds_a_patient_who_is_tilted_out_of_the_slices_plane(registration, scanner, target, turn_deg):
    rng = np.random.default_rng(3)
    truth = rigid_about(target, np.radians(turn_deg), [6, -8, 10])
    registration.forget()
    result = registration.register(scanner.acquire(truth, target, Scanner(), rng))
    assert result.status == "locked"
    assert target_error(result.plan_from_live, truth, target) < 0.25


def test_a_live_image_smaller_than_what_is_searched_for_is_captured_all_the_same(registration, scanner, target):
    rng = np.random.default_rng(4)
    truth = random_pose(rng, target, 4, 4)
    registration.forget()
    result = registration.register(scanner.acquire(truth, target, Scanner(field_mm=48, pitch_mm=0.4), rng))
    assert not result.usable or target_error(result.plan_from_live, truth, target) < 1.0


def test_a_plan_stored_along_oblique_axes_serves_as_well(lidc_volume, scanner, target):
    axes = rigid_about(target, np.radians([20.0, -15.0, 25.0]), [0, 0, 0])[:3, :3]
    size, spacing = np.array([150, 150, 100]), np.array([0.8, 0.8, 1.2])
    origin = target - axes @ ((size - 1) / 2 * spacing)
    image = lidc_volume.to_sitk()
    turned = sitk.Resample(
        image, size.tolist(), sitk.Transform(), sitk.sitkLinear, origin.tolist(), spacing.tolist(), axes.ravel().tolist(), -1024
    )
    oblique, rng = prepare(turned, target, recovery=False), np.random.default_rng(5)
    for _ in range(3):
        truth = random_pose(rng, target, 12, 12)
        oblique.forget()
        result = oblique.register(scanner.acquire(truth, target, Scanner(field_mm=110), rng))
        assert result.status == "locked"
        assert target_error(result.plan_from_live, truth, target) < 0.25


def test_plan_and_live_may_be_simpleitk_or_vtk_images(lidc_volume, scanner, target, registration):
    rng = np.random.default_rng(8)
    truth = random_pose(rng, target, 2, 2)
    live = scanner.acquire(truth, target, Scanner(field_mm=110), rng)
    expected = registration.register(live, np.eye(4)).plan_from_live
    plane = live[0].plane
    stack = Volume(live[0].pixels[None], plane.lps_from_index @ np.diag([1, 1, plane.thickness, 1]))
    for plan, frame in ((lidc_volume.to_sitk(), stack.to_sitk()), (lidc_volume.to_vtk(), stack.to_vtk())):
        found = prepare(plan, target, recovery=False).register(Volume.of(frame).slices(), np.eye(4))
        assert found.status == "locked"
        assert np.allclose(found.plan_from_live, expected, atol=1e-3)


def test_only_the_levels_planes_that_slices_need_are_made(lidc_volume, scanner, target):
    registration = prepare(lidc_volume, target, recovery=False)
    registration.register(scanner.acquire(np.eye(4), target, Scanner(field_mm=110), np.random.default_rng(9)), np.eye(4))
    (reference,) = registration._references
    made = [level.made_share for level in reference.levels]
    assert 0 < made[2] < 0.5
    assert 0 < made[3] < 0.3


def test_a_target_outside_the_plan_is_refused_with_its_coordinates(lidc_volume):
    with pytest.raises(BadInput, match="outside the planning CT"):
        prepare(lidc_volume, [900.0, 0.0, 0.0])
