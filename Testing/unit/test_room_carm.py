"""The virtual C-arm: path lengths against analytic phantoms, its beam and detector, and that its truth explains its images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from SlicerSpineGuide.geometry import Projection, apply, inverse, unit
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.intake.decode import read_live_image, read_live_images
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.plan import InstrumentSpec, Trajectory, load_planning_ct
from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.room.carm import CarmProtocol, expose, primary_intensity
from SlicerSpineGuide.room.live_series import LiveSeries, planning_header
from SlicerSpineGuide.room.metal import Metal
from SlicerSpineGuide.room.projector import Attenuator, detector_points, metal_path_mm
from SlicerSpineGuide.room.scenario import Scenario, Step
from SlicerSpineGuide.room.simulate import prepare, simulate_case
from SlicerSpineGuide.room.virtual_carm import VirtualCarm
from SlicerSpineGuide.room.xa_image import run_image

SHARP = CarmProtocol(matrix=128, pitch_mm=1.0, scatter=0.0, quanta=1e6, blur_mm=0.0)
CENTRE = np.array([10.0, 20.0, -30.0])
RADIUS = 25.0


@pytest.fixture(scope="module")
def sphere() -> Volume:
    """A ball of water in air in voxels of 0.8 x 0.8 x 1 mm, whose edge is 2 mm wide."""
    matrix = np.diag([0.8, 0.8, 1.0, 1.0])
    matrix[:3, 3] = CENTRE - [40, 40, 40]
    z, y, x = np.mgrid[:81, :101, :101]
    distance = np.linalg.norm(apply(matrix, np.stack([x, y, z], axis=-1)) - CENTRE, axis=-1)
    return Volume((-1000 * np.clip((distance - RADIUS) / 2 + 0.5, 0, 1)).astype(np.float32), matrix)


@pytest.mark.parametrize("view", [(0.0, 0.0), (90.0, 0.0), (35.0, 20.0), (-60.0, -15.0)])
def test_paths_through_a_ball_are_its_chords(sphere: Volume, view: tuple[float, float]) -> None:
    projection = replace(SHARP, views=(view,)).projection(0)
    source, points = projection.source + CENTRE, detector_points(projection) + CENTRE
    water, bone = Attenuator(sphere).path_mm(source, points)
    rays = (points - source) / np.linalg.norm(points - source, axis=-1, keepdims=True)
    offset = CENTRE - source
    distance = np.linalg.norm(offset - (rays @ offset)[..., None] * rays, axis=-1)
    inner = distance < 0.7 * RADIUS
    chord = 2 * np.sqrt(np.clip(RADIUS**2 - distance**2, 0, None))
    np.testing.assert_allclose(water[inner], chord[inner], rtol=0.01)
    assert not bone.any()
    assert not water[distance > RADIUS + 3].any()


def test_paths_through_metal_are_its_diameter_and_along_it_its_length() -> None:
    spec = InstrumentSpec(kind="trocar", name="t", diameter_mm=4.0, length_mm=80)
    projection = SHARP.projection(0)
    points = detector_points(projection)
    across = metal_path_mm([Metal(spec, np.array([30.0, 0, 0]), unit((1, 0, 0)))], projection.source, points)
    assert across[60:68, 20:60].max() == pytest.approx(4.0, abs=0.2)
    along = metal_path_mm([Metal(spec, np.array([0.0, 30, 0]), unit((0, 1.0, 0)))], projection.source, points)
    assert along.max() == pytest.approx(80.0, abs=2.0)
    assert np.count_nonzero(along) < 150


def test_the_beam_hardens() -> None:
    """The second centimetre of bone takes away less than the first, as in any polychromatic beam."""
    none = np.zeros(1)
    first, second = (-np.log(primary_intensity(none, np.array([d]), none))[0] for d in (10.0, 20.0))
    assert 1.5 * first < second < 1.99 * first
    assert primary_intensity(none, none, none)[0] == pytest.approx(1.0)
    assert primary_intensity(none, none, np.array([5.0]))[0] < 0.05


def exposed(protocol: CarmProtocol, seed: int = 0) -> np.ndarray:
    water = np.full((protocol.matrix, protocol.matrix), 150.0)
    water[:, : protocol.matrix // 2] = 160.0
    return expose(water, np.zeros_like(water), np.zeros_like(water), protocol, np.random.default_rng(seed)).astype(float)


def test_noise_follows_the_number_of_quanta() -> None:
    for quanta in (200.0, 2000.0):
        image = exposed(replace(SHARP, quanta=quanta, bits=16))
        part = image[20:100, 70:120]
        assert part.std() / part.mean() == pytest.approx(1 / np.sqrt(quanta * part.mean() / image[32:96, 32:96].mean()), rel=0.15)


def test_scatter_takes_contrast_away() -> None:
    def contrast(scatter: float) -> float:
        image = exposed(replace(SHARP, scatter=scatter))
        return float(image[:, 70:120].mean() / image[:, 10:60].mean())

    assert 1 < contrast(1.0) < contrast(0.5) < contrast(0.0)


def test_automatic_exposure_holds_the_level_behind_thin_and_thick_patients() -> None:
    thick = np.full((128, 128), 250.0)
    levels = [expose(w, thick * 0, thick * 0, SHARP, np.random.default_rng(0))[32:96, 32:96].mean() for w in (thick, thick / 3)]
    assert levels[0] == pytest.approx(levels[1], rel=0.02)


def test_the_shutters_darken_what_they_cover() -> None:
    image = exposed(replace(SHARP, shutters=(0.5, 0.75)))
    assert image[64, 5] < 0.05 * image[64, 64]
    assert image[5, 64] < 0.05 * image[64, 64]
    assert image[20, 64] > 0.5 * image[64, 64]


def test_log_and_linear_images_read_back_alike(tmp_path: Path, sample_case: Path) -> None:
    """What intake makes of a LOG image is proportional to what it makes of the LIN image of the same exposure."""
    read = {}
    for log in (False, True):
        scenario = Scenario("one", (Step(0, 20), Step(1, 20)), frames=1, carm=replace(SHARP, views=((0.0, 0.0),), log=log, bits=14))
        case = open_case(simulate_case(sample_case / "planning", sample_case / "plan.json", scenario, tmp_path / str(log)))
        read[log] = read_live_image(case.files(case.case.frames[0])[0], 0.0).image.pixels
    ratio = read[True][30:100, 30:100] / read[False][30:100, 30:100]
    assert ratio.std() / ratio.mean() < 0.01


@pytest.fixture(scope="session")
def sample_case() -> Path:
    from SlicerSpineGuide.resources import resource_path

    return resource_path("Cases/t12-vertebroplasty")


@pytest.fixture(scope="module")
def beads() -> tuple[Volume, Trajectory]:
    """Six dense beads in water-equivalent air around a target: what a truth can be checked with."""
    matrix = np.diag([1.0, 1.0, 1.0, 1.0])
    matrix[:3, 3] = CENTRE - [50, 50, 50]
    z, y, x = np.mgrid[:101, :101, :101]
    points = apply(matrix, np.stack([x, y, z], axis=-1))
    places = bead_places()
    near = np.min([np.linalg.norm(points - p, axis=-1) for p in places], axis=0)
    voxels = -1000 + 2600 * np.clip(3.5 - near, 0, 1)
    spec = InstrumentSpec(kind="needle", name="n", diameter_mm=0.7, length_mm=100)
    return Volume(voxels.astype(np.float32), matrix), Trajectory(
        id="t", instrument=spec, entry_lps=tuple(CENTRE + [0, 45, 0]), target_lps=tuple(CENTRE)
    )


def bead_places() -> np.ndarray:
    return CENTRE + np.array([(0, 0, 0), (22, 5, 14), (-20, -12, 30), (18, 14, -26), (-24, 8, -13), (5, -16, -38)])


@pytest.mark.parametrize("views", [((0.0, 0.0), (90.0, 0.0)), ((25.0, 10.0),), ((-40.0, -12.0), (35.0, 0.0))])
def test_the_tags_and_the_truth_together_say_where_everything_appears(
    beads: tuple[Volume, Trajectory], views: tuple[tuple[float, float], ...]
) -> None:
    volume, trajectory = beads
    protocol = replace(SHARP, views=views, matrix=256, pitch_mm=0.6, view_error=0.0, angle_error_deg=2.0, isocentre_error_mm=3.0)
    scenario = Scenario("beads", (Step(0, 10), Step(1, 10)), frames=1, instrument=False, carm=protocol)
    room = VirtualCarm(volume, trajectory, scenario, seed=7)
    (acquisition,) = room.acquisitions()
    live = apply(inverse(np.array(acquisition.truth.plan_from_live)), bead_places())
    assert np.linalg.norm(live[0]) > 2  # the target is not simply at the isocentre
    for exposure in acquisition.images:
        dark = exposure.pixels.max() - exposure.pixels.astype(float)
        for expected in exposure.projection.project(live):
            assert np.linalg.norm(centroid(dark, expected) - expected) < 0.3


def centroid(dark: np.ndarray, near: np.ndarray, reach: int = 9) -> np.ndarray:
    rows, columns = np.mgrid[: dark.shape[0], : dark.shape[1]]
    weight = np.where(np.hypot(columns - near[0], rows - near[1]) < reach, np.clip(dark - 0.1 * dark.max(), 0, None), 0)
    return np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum()


def test_a_patient_does_not_end_where_the_planning_ct_does(sample_case: Path) -> None:
    protocol = replace(SHARP, views=((0.0, 0.0),), pitch_mm=2.0)
    scenario = Scenario("tall", (Step(0, 20), Step(1, 20)), frames=1, instrument=False, carm=protocol)
    planning = load_planning_ct(sample_case / "planning").volume
    trajectory = prepare(sample_case / "planning", sample_case / "plan.json", "on-path").room.trajectory
    (acquisition,) = VirtualCarm(planning, trajectory, scenario).acquisitions()
    middle = acquisition.images[0].pixels[:, 54:74].astype(float).mean(axis=1)
    assert middle.max() < 6 * middle[64]


def test_a_written_xa_case_opens_with_its_geometry(sample_case: Path, tmp_path: Path) -> None:
    protocol = replace(SHARP, views=((20.0, 5.0), (-70.0, 0.0)), matrix=64, pitch_mm=2.5)
    scenario = Scenario("pair", (Step(0, 40), Step(1, 1)), frames=3, carm=protocol)
    case = open_case(simulate_case(sample_case / "planning", sample_case / "plan.json", scenario, tmp_path / "case"))
    assert case.case.modality == "XA"
    for frame in case.case.frames:
        images = [read_live_image(f, 0.0) for f in case.files(frame)]
        assert len({i.acquisition for i in images}) == 1
        for view, image in enumerate(images):
            assert isinstance(image.image, Radiograph)
            assert isinstance(image.image.projection, Projection)
            np.testing.assert_allclose(image.image.projection.matrix, protocol.projection(view).matrix, rtol=1e-6, atol=1e-6)
            assert image.patient_id == case.plan.patient_id
    assert all(f.visible for f in case.truth().frames)


def test_a_run_is_one_multi_frame_object(sample_case: Path, tmp_path: Path) -> None:
    protocol = replace(SHARP, views=((0.0, 0.0),), matrix=64, pitch_mm=2.5, rate_hz=5.0)
    scenario = Scenario("run", (Step(0, 30), Step(1, 20)), frames=3, carm=protocol)
    simulation = prepare(sample_case / "planning", sample_case / "plan.json", scenario)
    exposures = [a.images[0] for a in simulation.room.acquisitions()]
    from datetime import datetime

    header = planning_header(sample_case / "planning", simulation.planning.series_instance_uid)
    dataset = run_image(LiveSeries(header, "run", datetime(2001, 1, 1)), exposures, protocol, 1, 1, 0.0)
    dataset.save_as(tmp_path / "run.dcm", enforce_file_format=True)
    images = read_live_images(tmp_path / "run.dcm", 0.0)
    assert len(images) == 3
    np.testing.assert_allclose(images[2].image.pixels, exposures[2].pixels, rtol=1e-6)
    assert images[1].acquired_s - images[0].acquired_s == pytest.approx(0.2, abs=1e-6)
