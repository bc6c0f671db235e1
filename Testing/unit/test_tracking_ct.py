"""The instrument in CT slices: found where it is, never where it is not, with an uncertainty that covers what the slices leave open.

The slices come from the benchmark's own forward model (sub-voxel counting, blur, noise, clipping), which shares no code with the
tracker.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from SlicerSpineGuide.geometry import FloatArray, angle_deg, apply, inverse, rigid_about, rotation_from_vector, unit
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.plan import InstrumentSpec, Trajectory
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.ct import InstrumentTracker
from SlicerSpineGuide.tracking.instrument import Instrument
from SlicerSpineGuide.tracking.known import Known

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from instruments_simulator import MetalTool, Scanner, metal_fraction, scan, slice_planes

TROCAR = InstrumentSpec(kind="trocar", name="11G trocar", diameter_mm=3.05, length_mm=125)
SCANNER = Scanner(streaks=0.0)
STILL = Registration("locked", np.eye(4), np.eye(6) * 1e-4, np.zeros(3), 1.0)


def path_in(volume: Volume, instrument: InstrumentSpec = TROCAR) -> Trajectory:
    """From the back towards the middle of the volume, 60 mm, as a transpedicular path runs."""
    target = apply(volume.lps_from_index, (np.array(volume.size) - 1) * [0.5, 0.45, 0.5])
    entry = target + 60 * unit([0.45, 0.89, 0.05])
    return Trajectory(id="t", instrument=instrument, entry_lps=tuple(entry), target_lps=tuple(target))


def tool_on(trajectory: Trajectory, *, back_mm: float = 5.0, aside_mm: float = 1.0, tilt_deg: float = 2.0) -> MetalTool:
    """The trajectory's instrument, 'back_mm' short of the target, beside the path and turned against it."""
    across = unit(np.cross(trajectory.direction, [0, 0, 1.0]))
    axis = rotation_from_vector(np.radians(tilt_deg) * unit([0.3, 0.2, 0.9])) @ trajectory.direction
    spec = trajectory.instrument
    return MetalTool(trajectory.target - back_mm * axis + aside_mm * across, axis, spec.diameter_mm, spec.length_mm, taper_mm=1.0)


def slices_through(
    volume: Volume,
    tools: list[MetalTool],
    at: MetalTool,
    *,
    thickness: float = 3.0,
    count: int = 3,
    gap_mm: float = 0.0,
    oblique_deg: float = 5.0,
    offset_mm: float = 0.4,
    scanner: Scanner = SCANNER,
    seed: int = 0,
    live_from_plan: FloatArray | None = None,
    middle: FloatArray | None = None,
) -> list[Slice]:
    """Slices about the tip of `at`, turned by oblique_deg against its axis, `offset_mm` off it along their normal."""
    normal = unit(np.array([0, 0, 1.0]) - at.axis * at.axis[2])
    normal = unit(normal * np.cos(np.radians(oblique_deg)) + at.axis * np.sin(np.radians(oblique_deg)))
    u = unit(np.cross([0, 1.0, 0], normal))
    centre = at.tip - 20 * at.axis if middle is None else middle
    centre = centre + normal * ((at.tip - centre) @ normal + offset_mm)
    planes = slice_planes(centre, u, np.cross(normal, u), 0.55, 224, thickness, count, gap_mm)
    return scan(volume, planes, tools, scanner, np.random.default_rng(seed), live_from_plan)


def assert_close(found: Instrument, tool: MetalTool, tip_mm: float = 0.8, axis_deg: float = 1.0) -> None:
    assert found.visible, found.reason
    assert np.linalg.norm(found.tip - tool.tip) < tip_mm
    assert angle_deg(found.axis, tool.axis_at_tip) < axis_deg


@pytest.mark.parametrize(("thickness", "count"), [(1.0, 4), (3.0, 3), (5.0, 3)])
@pytest.mark.parametrize("oblique", [0.0, 8.0, 15.0])
def test_tip_and_axis_are_found_in_slices_of_any_thickness_and_tilt(
    rider_volume: Volume, thickness: float, count: int, oblique: float
) -> None:
    trajectory = path_in(rider_volume)
    tool = tool_on(trajectory)
    slices = slices_through(rider_volume, [tool], tool, thickness=thickness, count=count, oblique_deg=oblique)
    assert_close(InstrumentTracker(trajectory, rider_volume).track(slices, STILL), tool)


def test_the_position_is_in_plan_coordinates_when_the_patient_has_moved(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory)
    motion = rigid_about(trajectory.target, np.radians([4, -3, 6]), [12, -7, 9])
    slices = slices_through(lidc_volume, [tool], tool, live_from_plan=motion)
    registration = replace(STILL, plan_from_live=inverse(motion))
    assert_close(InstrumentTracker(trajectory, lidc_volume).track(slices, registration), tool)


def test_an_instrument_far_off_the_plan_is_found_where_it_is(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory, back_mm=10, aside_mm=25, tilt_deg=14)
    slices = slices_through(lidc_volume, [tool], tool)
    assert_close(InstrumentTracker(trajectory, lidc_volume).track(slices, STILL), tool)


@pytest.mark.parametrize("psf_mm", [0.8, 1.2])
def test_a_trocar_that_a_soft_kernel_makes_twice_as_thick_is_found(lidc_volume: Volume, psf_mm: float) -> None:
    trajectory = path_in(lidc_volume)
    tool = replace(tool_on(trajectory), hu=50000.0)
    slices = slices_through(lidc_volume, [tool], tool, scanner=replace(SCANNER, psf_mm=psf_mm))
    assert_close(InstrumentTracker(trajectory, lidc_volume).track(slices, STILL), tool)


@pytest.mark.parametrize("noise", [15.0, 70.0])
def test_no_instrument_is_found_where_there_is_none_though_the_plan_expects_one(
    lidc_volume: Volume, rider_volume: Volume, noise: float
) -> None:
    for volume in (lidc_volume, rider_volume):
        trajectory = path_in(volume)
        tracker = InstrumentTracker(trajectory, volume)
        for seed in range(6):
            place = tool_on(trajectory, back_mm=4.0 * seed)
            motion = rigid_about(trajectory.target, np.radians([2, 3, -1]), [1, 2, 3])
            error = rigid_about(trajectory.target, np.radians([0.2, 0.2, 0.2]), [0.3, -0.3, 0.3])
            slices = slices_through(
                volume, [], place, count=2, thickness=1.5, scanner=replace(SCANNER, noise_hu=noise), seed=seed, live_from_plan=motion
            )
            found = tracker.track(slices, replace(STILL, plan_from_live=error @ inverse(motion)))
            assert not found.visible and found.tip is None and found.reason


@pytest.mark.parametrize(("count", "thickness", "oblique"), [(3, 3.0, 10.0), (4, 1.0, 10.0), (2, 5.0, 12.0)])
def test_a_tip_beyond_the_slices_is_not_shown(lidc_volume: Volume, count: int, thickness: float, oblique: float) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory)
    beyond = -(count * thickness / 2 + 3.0)
    slices = slices_through(lidc_volume, [tool], tool, count=count, thickness=thickness, oblique_deg=oblique, offset_mm=beyond)
    assert max(float(image.pixels.max()) for image in slices) > 2000  # its shaft is in them
    found = InstrumentTracker(trajectory, lidc_volume).track(slices, STILL)
    assert not found.visible and found.tip is None and found.reason


@pytest.mark.parametrize("diameter", [1.27, 3.05], ids=["18G needle", "11G trocar"])
def test_a_tip_in_a_gap_between_the_slices_is_not_shown_where_the_instrument_comes_into_the_gap(
    lidc_volume: Volume, diameter: float
) -> None:
    trajectory = path_in(lidc_volume, TROCAR.model_copy(update={"diameter_mm": diameter}))
    tool, tracker = tool_on(trajectory), InstrumentTracker(trajectory, lidc_volume)
    for depth in (-2.5, 2.5):
        slices = slices_through(lidc_volume, [tool], tool, thickness=1.0, gap_mm=4.0, oblique_deg=8.0, offset_mm=depth)
        assert max(float(image.pixels.max()) for image in slices) > 2000
        found = tracker.track(slices, STILL)
        assert not found.visible and found.tip is None and "gap of 4.0 mm" in found.reason


@pytest.mark.parametrize("diameter", [1.27, 3.05], ids=["18G needle", "11G trocar"])
def test_a_tip_in_a_slice_is_found_though_there_are_gaps_between_the_slices(lidc_volume: Volume, diameter: float) -> None:
    trajectory = path_in(lidc_volume, TROCAR.model_copy(update={"diameter_mm": diameter}))
    tool = tool_on(trajectory)
    slices = slices_through(lidc_volume, [tool], tool, thickness=1.0, gap_mm=4.0, oblique_deg=8.0, offset_mm=0.0)
    assert_close(InstrumentTracker(trajectory, lidc_volume).track(slices, STILL), tool, 0.7, 1.5)


def test_a_tip_beyond_the_border_of_the_image_is_not_shown(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory)
    middle = tool.tip - 62 * unit([0.0, -1.0, 0.0])  # half the field is 61.6 mm
    slices = slices_through(lidc_volume, [tool], tool, middle=middle)
    assert not InstrumentTracker(trajectory, lidc_volume).track(slices, STILL).visible


@pytest.mark.parametrize("padding", [-1024.0, -2000.0])
def test_a_shaft_that_leaves_the_reconstructed_field_does_not_turn_its_axis(lidc_volume: Volume, padding: float) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory)
    slices = slices_through(lidc_volume, [tool], tool, oblique_deg=8.0)
    beyond = [np.linalg.norm(image.plane.to_lps(np.argwhere(image.pixels.T > -1e9)) - tool.tip, axis=1) > 20.0 for image in slices]
    cut = [
        Slice(np.where(far.reshape(224, 224).T, padding, image.pixels), image.plane) for far, image in zip(beyond, slices, strict=True)
    ]
    assert_close(InstrumentTracker(trajectory, lidc_volume).track(cut, STILL), tool, 0.5, 1.0)


def test_a_shadow_as_dark_as_the_scanner_can_say_is_not_taken_for_what_it_did_not_reconstruct(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory)
    slices = slices_through(lidc_volume, [tool], tool, oblique_deg=8.0)
    tracker, starved = InstrumentTracker(trajectory, lidc_volume), []
    for image in slices:
        ahead = image.plane.to_lps(np.argwhere(image.pixels.T > -1e9)) - tool.tip
        along = ahead @ tool.axis
        beside = np.linalg.norm(ahead - along[:, None] * tool.axis, axis=1)
        dark = ((along > 1.0) & (along < 25.0) & (beside < 2.0)).reshape(224, 224).T
        starved.append(Slice(np.where(dark, -1024.0, image.pixels), image.plane))
    clear, doubtful = tracker.track(slices, STILL), tracker.track(starved, STILL)
    assert clear.visible
    assert not doubtful.visible or doubtful.uncertainty_mm > 1.5 * clear.uncertainty_mm


def test_one_thick_slice_says_that_it_cannot_tell_the_depth(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory)
    slices = slices_through(lidc_volume, [tool], tool, count=1, thickness=5.0, oblique_deg=2.0)
    several = slices_through(lidc_volume, [tool], tool, count=5, thickness=1.0, oblique_deg=2.0)
    tracker = InstrumentTracker(trajectory, lidc_volume)
    one, more = tracker.track(slices, STILL), tracker.track(several, STILL)
    assert one.visible and more.visible
    error = float(np.linalg.norm(one.tip - tool.tip))
    assert error < 3 * one.uncertainty_mm
    assert one.axis_sigma_deg > 2 * more.axis_sigma_deg


def test_the_planned_instrument_is_told_from_a_contralateral_trocar_and_a_wire_on_the_skin(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory)
    across = unit(np.cross(trajectory.direction, [0, 0, 1.0]))
    other = MetalTool(tool.tip - 30 * across, rotation_from_vector([0, 0, np.radians(-25)]) @ tool.axis, 3.05, 125.0)
    wire = MetalTool(trajectory.entry + 25 * across, across, 1.5, 60.0, hu=4000.0)
    slices = slices_through(lidc_volume, [tool, other, wire], tool)
    assert_close(InstrumentTracker(trajectory, lidc_volume).track(slices, STILL), tool)


def test_an_implant_that_is_in_the_planning_ct_is_not_the_instrument(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    implant = replace(tool_on(trajectory), length_mm=40.0, diameter_mm=6.0)
    with_implant = _with_metal(lidc_volume, implant)
    slices = slices_through(with_implant, [], implant)
    assert max(float(image.pixels.max()) for image in slices) > 2000
    assert not InstrumentTracker(trajectory, with_implant).track(slices, STILL).visible


def test_the_order_of_the_slices_does_not_matter(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory)
    slices = slices_through(lidc_volume, [tool], tool)
    tracker = InstrumentTracker(trajectory, lidc_volume)
    forward, backward = tracker.track(slices, STILL), tracker.track(slices[::-1], STILL)
    np.testing.assert_allclose(forward.tip, backward.tip, atol=0.15)


def test_an_instrument_that_jumps_is_shown_where_it_is_now_without_lag(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    before, now = tool_on(trajectory, back_mm=25), tool_on(trajectory, back_mm=3, aside_mm=6)
    tracker = InstrumentTracker(trajectory, lidc_volume)
    previous = tracker.track(slices_through(lidc_volume, [before], before), STILL)
    assert_close(previous, before)
    assert_close(tracker.track(slices_through(lidc_volume, [now], now), STILL, Known(previous)), now)


def test_an_instrument_that_was_pulled_out_is_not_shown_where_it_was(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory)
    tracker = InstrumentTracker(trajectory, lidc_volume)
    previous = tracker.track(slices_through(lidc_volume, [tool], tool), STILL)
    assert previous.visible
    assert not tracker.track(slices_through(lidc_volume, [], tool), STILL, Known(previous)).visible


def test_without_a_registration_nothing_is_shown(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory)
    slices = slices_through(lidc_volume, [tool], tool)
    found = InstrumentTracker(trajectory, lidc_volume).track(slices, Registration("lost", reason="moved"))
    assert not found.visible and found.reason


@pytest.mark.parametrize(
    ("spec", "shape"),
    [
        (InstrumentSpec(kind="needle", name="22G", diameter_mm=0.7, length_mm=150), {"thickness": 1.5}),
        (InstrumentSpec(kind="screw", name="8 mm", diameter_mm=8.0, length_mm=60), {"thickness": 3.0}),
        (InstrumentSpec(kind="tube", name="16 mm", diameter_mm=16.0, length_mm=130), {"thickness": 3.0}),
    ],
    ids=["22G needle", "8 mm screw", "16 mm tube"],
)
def test_needles_screws_and_tubes_are_found_as_well(lidc_volume: Volume, spec: InstrumentSpec, shape: dict[str, float]) -> None:
    trajectory = path_in(lidc_volume, replace_length(spec))
    tool = replace(tool_on(trajectory), taper_mm=0.0 if spec.kind == "tube" else spec.diameter_mm / 3)
    if spec.kind == "screw":
        tool = replace(tool, thread_mm=0.8, length_mm=45.0, head_mm=(13.0, 14.0))
    if spec.kind == "tube":
        tool = replace(tool, bore_mm=spec.diameter_mm - 2.0)
    slices = slices_through(lidc_volume, [tool], tool, **shape)
    assert_close(InstrumentTracker(trajectory, lidc_volume).track(slices, STILL), tool, 0.9, 1.2)


def test_a_bent_instrument_is_measured_at_its_tip(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    straight = tool_on(trajectory)
    across = unit(np.cross(straight.axis, [0, 0, 1.0]))
    bent = replace(straight, bow_mm=2.0, bow_towards=across)
    slices = slices_through(lidc_volume, [bent], bent, count=4)
    assert_close(InstrumentTracker(trajectory, lidc_volume).track(slices, STILL), bent, 0.8, 1.5)


def test_the_masks_cover_metal_and_its_halo_and_nothing_without_metal(lidc_volume: Volume) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory)
    tracker = InstrumentTracker(trajectory, lidc_volume)
    slices = slices_through(lidc_volume, [tool], tool)
    for image, mask in zip(slices, tracker.metal_masks(slices), strict=True):
        assert mask.shape == image.pixels.shape and mask.dtype == bool
        assert mask[image.pixels > 2500].all()
        assert mask.mean() < 0.2
    assert not any(mask.any() for mask in tracker.metal_masks(slices_through(lidc_volume, [], tool)))


def replace_length(spec: InstrumentSpec) -> InstrumentSpec:
    return spec.model_copy(update={"length_mm": max(spec.length_mm, 65.0)})


def _with_metal(volume: Volume, tool: MetalTool) -> Volume:
    """The volume with an instrument in it, voxel by voxel."""
    voxels = volume.voxels.astype(np.float32)
    directions = volume.lps_from_index[:3, :3] / volume.spacing
    for k in range(len(voxels)):
        origin = apply(volume.lps_from_index, [0, 0, k])
        plane = slice_planes(origin, directions[:, 0], directions[:, 1], 1.0, 2, float(volume.spacing[2]), 1)[0]
        plane = replace(plane, origin=origin, pitch=(float(volume.spacing[0]), float(volume.spacing[1])), size=volume.size[:2])
        fraction = metal_fraction(tool, plane, oversample=2)
        voxels[k] += fraction * (tool.hu - voxels[k])
    return Volume(np.clip(voxels, -1024, 3071).astype(np.int16), volume.lps_from_index)
