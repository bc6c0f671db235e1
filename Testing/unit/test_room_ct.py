"""The virtual CT against phantoms: geometry, noise, kernel, motion, what is metal and where its tip is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from SlicerSpineGuide.geometry import FloatArray, apply, rigid, rigid_about, unit
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.plan import InstrumentSpec
from SlicerSpineGuide.room.metal import Metal
from SlicerSpineGuide.room.motion import Breathing, Motion, Pose
from SlicerSpineGuide.room.scanner import CtProtocol, VirtualPatient, acquire

SPINE = np.zeros(3)
BALL, ORGAN = np.array([5.0, 2.0, 1.0]), np.array([-10.0, -95.0, 2.0])
MOTION = rigid_about(SPINE, (0.05, 0.08, -0.1), (4, -3, 2))
QUIET = CtProtocol(slices=21, thickness_mm=3.0, field_mm=170.0, matrix=192, noise_hu=0.0)


@pytest.fixture(scope="module")
def phantom() -> VirtualPatient:
    """Two balls of 600 HU in air: one at the spine, one among the organs in front of it."""
    matrix = np.diag([1.0, 1.0, 1.5, 1.0])
    matrix[:3, 3] = (-30, -110, -20)
    z, y, x = np.mgrid[:30, :130, :60]
    points = apply(matrix, np.stack([x, y, z], axis=-1))
    balls = sum(np.clip(5.5 - np.linalg.norm(points - c, axis=-1), 0, 1) for c in (BALL, ORGAN))
    volume = Volume((-1000 + 1600 * balls).astype(np.int16), matrix)
    return VirtualPatient(volume, np.array([0.0, -20.0, 0.0]), np.array([100.0, 120.0, 60.0]), spine=SPINE)


def images(
    patient: VirtualPatient,
    protocol: CtProtocol,
    motion: FloatArray = MOTION,
    metals: tuple[Metal, ...] = (),
    organs: FloatArray = SPINE,
) -> list[Slice]:
    planes = protocol.planes(np.array([0.0, -30.0, 2.0]))
    return acquire(patient, metals, motion, planes, protocol, np.random.default_rng(1), organs)


def centroid(slices: list[Slice], near: FloatArray) -> FloatArray:
    points = np.concatenate(
        [s.plane.to_lps(np.stack(np.meshgrid(*(np.arange(n) for n in s.plane.size)), -1)).reshape(-1, 3) for s in slices]
    )
    weight = np.clip(np.concatenate([s.pixels.ravel() for s in slices]) + 990, 0, None)
    close = np.linalg.norm(points - near, axis=1) < 12
    return points[close].T @ weight[close] / weight[close].sum()


@pytest.mark.parametrize("tilt", [0.0, 12.0, -20.0])
@pytest.mark.parametrize("thickness", [1.5, 3.0, 5.0])
def test_the_patient_is_where_the_motion_says_whatever_tilt_and_thickness(
    phantom: VirtualPatient, tilt: float, thickness: float
) -> None:
    protocol = replace(QUIET, tilt_deg=tilt, thickness_mm=thickness, slices=int(69 / thickness))
    expected = apply(MOTION, BALL)
    assert np.linalg.norm(centroid(images(phantom, protocol), expected) - expected) < 0.1


def test_organs_move_on_while_the_spine_stays(phantom: VirtualPatient) -> None:
    shift = np.array([1.0, -2.0, 6.0])
    slices = images(phantom, QUIET, organs=shift)
    for place, part in ((BALL, 0.0), (ORGAN, 1.0)):
        expected = apply(MOTION, place + part * shift)
        assert np.linalg.norm(centroid(slices, expected) - expected) < 0.1


@pytest.mark.parametrize("thickness", [1.5, 3.0, 6.0])
def test_noise_has_the_strength_asked_for_at_every_thickness(thickness: float) -> None:
    water = VirtualPatient(
        Volume(np.zeros((10, 60, 60), dtype=np.int16), np.diag([2.0, 2.0, 4.0, 1.0])), np.array([60.0, 60, 20]), np.full(3, 99)
    )
    protocol = replace(QUIET, slices=1, thickness_mm=thickness, noise_hu=25.0, field_mm=100.0)
    planes = protocol.planes(np.array([59.0, 59, 18]))
    pixels = acquire(water, [], rigid(), planes, protocol, np.random.default_rng(3))[0].pixels
    assert pixels[20:170, 20:170].std() == pytest.approx(25 * np.sqrt(3 / thickness), rel=0.1)


def test_live_noise_is_not_the_planning_cts_noise(rider_volume: Volume) -> None:
    """The same muscle imaged twice shares anatomy, not noise, or registration would lock onto noise that no second scan has."""
    centre = apply(rider_volume.lps_from_index, [89.5, 94.5, 17])
    protocol = CtProtocol(slices=1, thickness_mm=1.25, field_mm=180 * 0.576172, matrix=180, noise_hu=22.0)
    plane = protocol.planes(centre)[0]
    live = acquire(VirtualPatient(rider_volume, centre, np.full(3, 80.0)), [], rigid(), [plane], protocol, np.random.default_rng(0))[
        0
    ].pixels
    planned = rider_volume.voxels[17, 5:185].astype(float)
    muscle = (slice(140, 160), slice(20, 70))
    assert planned[muscle].std() > 50
    assert abs(np.corrcoef(grain(live)[muscle].ravel(), grain(planned)[muscle].ravel())[0, 1]) < 0.35


def grain(pixels: np.ndarray) -> np.ndarray:
    """What differs from the mean of the four neighbours."""
    return pixels - (np.roll(pixels, 1, 0) + np.roll(pixels, -1, 0) + np.roll(pixels, 1, 1) + np.roll(pixels, -1, 1)) / 4


@pytest.mark.parametrize("kind, diameter", [("trocar", 3.05), ("needle", 1.2), ("screw", 6.5)])
def test_metal_ends_at_the_true_tip(phantom: VirtualPatient, kind: str, diameter: float) -> None:
    spec = InstrumentSpec(kind=kind, name=kind, diameter_mm=diameter, length_mm=90)
    tip, axis = np.array([1.0, -30.0, 2.0]), unit((0.2, -1.0, 0.0))
    protocol = replace(QUIET, slices=1, thickness_mm=1.0, field_mm=80.0, matrix=320, streak_strength=0.0)
    pixels = images(phantom, protocol, rigid(), (Metal(spec, tip, axis),))[0]
    column, row, _ = pixels.plane.to_pixels(tip)
    along = np.arange(-40, 60)
    columns, rows = (np.rint(c - along * d / 1.0).astype(int) for c, d in ((column, axis[0]), (row, axis[1])))
    profile = np.array([pixels.pixels[r - 2 : r + 3, c - 2 : c + 3].max() for c, r in zip(columns, rows, strict=True)])
    first = along[np.flatnonzero(profile > 1000)[0]] * 0.25
    assert -0.8 < first < 1.2


def test_stored_values_stop_at_what_the_scanner_can_store(phantom: VirtualPatient) -> None:
    spec = InstrumentSpec(kind="trocar", name="t", diameter_mm=4.0, length_mm=90)
    steel = (Metal(spec, np.array([0.0, -30.0, 2.0]), unit((0, -1.0, 0))),)
    pixels = images(phantom, replace(QUIET, slices=1), rigid(), steel)[0].pixels
    assert pixels.max() == 3071
    assert pixels.min() >= -1024
    wide = images(phantom, replace(QUIET, slices=1, top_hu=20000.0), rigid(), steel)[0].pixels
    assert wide.max() > 5000
    np.testing.assert_array_equal(wide, np.rint(wide))


def test_breathing_comes_back_after_a_period_and_rests_in_expiration() -> None:
    breathing = Breathing((0.0, 2.0, 4.0), period_s=5.0)
    motion = Motion(breathing=breathing)
    np.testing.assert_allclose(motion.live_from_plan(1.3, SPINE), motion.live_from_plan(6.3, SPINE), atol=1e-12)
    depths = [breathing.depth(t) for t in np.linspace(0, 5, 501)]
    assert min(depths) == 0.0
    assert max(depths) == pytest.approx(1.0)
    assert np.mean(np.array(depths) > 0.5) == pytest.approx(0.5, abs=0.2)
    np.testing.assert_allclose(apply(motion.live_from_plan(2.5, SPINE), SPINE), (0, 2, 4), atol=1e-9)


def test_a_jump_happens_at_its_time_and_stays() -> None:
    motion = Motion(start=Pose((1, 0, 0)), jump=Pose((0, 5, 0)), jump_s=2.0)
    np.testing.assert_allclose(apply(motion.live_from_plan(1.99, SPINE), SPINE), (1, 0, 0))
    np.testing.assert_allclose(apply(motion.live_from_plan(2.0, SPINE), SPINE), (1, 5, 0))
    np.testing.assert_allclose(apply(motion.live_from_plan(60.0, SPINE), SPINE), (1, 5, 0))


def test_a_drift_is_slow() -> None:
    motion = Motion(drift_per_min=Pose((0, 0, 6.0)))
    np.testing.assert_allclose(apply(motion.live_from_plan(30.0, SPINE), SPINE), (0, 0, 3.0))
