"""What else lies in and on a patient is neither taken for the instrument nor hides it: found with it beside, nothing without."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from test_tracking_ct import STILL, assert_close, path_in, slices_through, tool_on

from SlicerSpineGuide.geometry import angle_deg, unit
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.tracking.ct import InstrumentTracker

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from instruments_cases import COMPANIONS
from instruments_simulator import MetalTool, Scanner

SEEDS = range(3)


def assert_told_apart(volume: Volume, name: str, seed: int, table_at: float | None = None) -> None:
    """The trocar is found beside them, and nothing is shown where they are alone."""
    trajectory, scanner = path_in(volume), Scanner(streaks=0.0, table_at=table_at)
    tool, random = tool_on(trajectory, back_mm=4.0 + 3 * seed), np.random.default_rng(seed)
    others = COMPANIONS[name](tool, trajectory, random) if name in COMPANIONS else []
    tracker = InstrumentTracker(trajectory, volume)
    assert_close(tracker.track(slices_through(volume, [tool, *others], tool, scanner=scanner, seed=seed), STILL), tool)
    alone = tracker.track(slices_through(volume, others, tool, scanner=scanner, seed=seed), STILL)
    assert not alone.visible, f"{alone.tip} shown, {[other.tip for other in others]} there"


@pytest.mark.parametrize("seed", SEEDS)
def test_an_electrode_and_its_lead_are_not_the_instrument(lidc_volume: Volume, seed: int) -> None:
    assert_told_apart(lidc_volume, "ECG lead", seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_surgical_clips_are_not_the_instrument(lidc_volume: Volume, seed: int) -> None:
    assert_told_apart(lidc_volume, "clips", seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_grid_on_the_skin_is_not_the_instrument(lidc_volume: Volume, seed: int) -> None:
    assert_told_apart(lidc_volume, "skin grid", seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_table_is_not_the_instrument(lidc_volume: Volume, seed: int) -> None:
    face = float(path_in(lidc_volume).entry[1]) + 12.0
    assert_told_apart(lidc_volume, "table", seed, face)


@pytest.mark.parametrize("name", ["one screw", "two screws"])
@pytest.mark.parametrize("seed", SEEDS)
def test_screws_that_are_in_already_do_not_take_the_trocars_place(lidc_volume: Volume, name: str, seed: int) -> None:
    trajectory = path_in(lidc_volume)
    tool = tool_on(trajectory, back_mm=4.0 + 3 * seed)
    screws = COMPANIONS[name](tool, trajectory, np.random.default_rng(seed))
    tracker = InstrumentTracker(trajectory, lidc_volume)
    assert_close(tracker.track(slices_through(lidc_volume, [tool, *screws], tool, seed=seed), STILL), tool)


@pytest.mark.parametrize("psf_mm", [0.45, 0.8])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_screw_that_is_in_already_is_not_shown_as_the_trocar_that_is_not_there(
    lidc_volume: Volume, seed: int, psf_mm: float
) -> None:
    trajectory = path_in(lidc_volume)
    (screw,) = COMPANIONS["one screw"](tool_on(trajectory), trajectory, np.random.default_rng(seed))
    slices = slices_through(lidc_volume, [screw], screw, scanner=Scanner(streaks=0.0, psf_mm=psf_mm), seed=seed)
    assert not InstrumentTracker(trajectory, lidc_volume).track(slices, STILL).visible


@pytest.mark.parametrize("aside", [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], ids=["in the slices", "across the slices"])
@pytest.mark.parametrize("bow_mm", [1.5, 3.0])
def test_of_a_bent_instrument_the_axis_is_that_of_its_tip(lidc_volume: Volume, aside: list[float], bow_mm: float) -> None:
    trajectory = path_in(lidc_volume)
    straight = tool_on(trajectory)
    tool = MetalTool(straight.tip, straight.axis, 3.05, 125.0, taper_mm=2.5, bow_mm=bow_mm, bow_towards=unit(aside))
    assert angle_deg(tool.axis_at_tip, tool.axis) > 2.0
    found = InstrumentTracker(trajectory, lidc_volume).track(slices_through(lidc_volume, [tool], tool, oblique_deg=3.0), STILL)
    assert_close(found, tool, axis_deg=1.2)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_steel_that_starves_the_detector_the_tip_is_within_what_is_claimed(rider_volume: Volume, seed: int) -> None:
    trajectory = path_in(rider_volume)
    tool = tool_on(trajectory, back_mm=3.0 + 4 * seed)
    slices = slices_through(rider_volume, [tool], tool, oblique_deg=2.0, scanner=Scanner(steel=True), seed=seed)
    assert min(float(image.pixels.min()) for image in slices) < -1000  # its shadow
    found = InstrumentTracker(trajectory, rider_volume).track(slices, STILL)
    assert found.visible and found.tip is not None and found.tip_sigma_mm is not None, found.reason
    offset = found.tip - tool.tip
    along = float(offset @ tool.axis)
    assert abs(along) < 2.8 * found.tip_sigma_mm[0] and np.linalg.norm(offset - along * tool.axis) < 2.8 * found.tip_sigma_mm[1:].max()
    assert angle_deg(found.axis, tool.axis) < 2.45 * found.axis_sigma_deg
