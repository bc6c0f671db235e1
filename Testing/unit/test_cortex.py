"""The depth that remains before the far cortex, as the planning CT shows it, and nothing where it does not."""

from __future__ import annotations

import numpy as np
import pytest

from SlicerSpineGuide.geometry import apply, unit
from SlicerSpineGuide.guidance.cortex import cortex_ahead
from SlicerSpineGuide.guidance.deviation import measure
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import InstrumentSpec, Trajectory
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.instrument import Instrument

PLACED = Registration("locked", np.eye(4), 1e-4 * np.eye(6), np.zeros(3), 1.0)
FORWARD = np.array([0.0, -1.0, 0.0])
WALL_MM = 1.5


def bone(marrow_hu: float, *, wall_hu: float = 500.0, noise_hu: float = 15.0, spacing_mm: float = 0.7) -> Volume:
    """A round body of 15 mm radius about the origin with a wall of 1.5 mm, in soft tissue of 40 HU."""
    count = int(50 / spacing_mm)
    matrix = np.diag([spacing_mm, spacing_mm, spacing_mm, 1.0])
    matrix[:3, 3] = -25
    _z, y, x = np.meshgrid(*[np.arange(count) * spacing_mm - 25] * 3, indexing="ij")
    radius = np.hypot(x, y)
    inner, outer = (np.clip((edge - radius) / spacing_mm + 0.5, 0, 1) for edge in (15 - WALL_MM, 15.0))  # partial volume
    hu = 40 + (wall_hu - 40) * outer + (marrow_hu - wall_hu) * inner
    return Volume((hu + np.random.default_rng(0).normal(0, noise_hu, hu.shape)).astype(np.int16), matrix)


@pytest.mark.parametrize("marrow_hu", [200.0, 60.0], ids=["sound marrow", "osteoporotic marrow"])
@pytest.mark.parametrize("before_mm", [0.0, 12.0])
def test_the_far_wall_is_found_whatever_the_marrow(marrow_hu: float, before_mm: float) -> None:
    tip = -before_mm * FORWARD
    found = cortex_ahead(bone(marrow_hu), tip, FORWARD, before_mm)
    assert found is not None
    assert found.mm == pytest.approx(before_mm + 15 - WALL_MM / 2, abs=0.8)
    assert 0 < found.pm_mm < 3


def test_the_wall_before_the_target_is_not_the_one_ahead() -> None:
    found = cortex_ahead(bone(100.0), -30 * FORWARD, FORWARD, 30.0)
    assert found is not None and found.mm == pytest.approx(30 + 15 - WALL_MM / 2, abs=0.8)


@pytest.mark.parametrize("volume", [bone(40.0, wall_hu=60.0), bone(300.0, wall_hu=300.0)], ids=["no wall", "no ridge"])
def test_a_wall_that_does_not_show_has_no_depth(volume: Volume) -> None:
    assert cortex_ahead(volume, np.zeros(3), FORWARD, 0.0) is None


def test_a_noisy_image_is_said_to_be_less_sure() -> None:
    quiet, noisy = (cortex_ahead(bone(100.0, noise_hu=noise), np.zeros(3), FORWARD, 0.0) for noise in (5.0, 60.0))
    assert quiet is not None and (noisy is None or noisy.pm_mm > quiet.pm_mm)


def test_in_a_real_vertebra_the_wall_is_at_its_segmentations_edge(lidc_volume: Volume, lidc_labels: Volume) -> None:
    names, counts = np.unique(lidc_labels.voxels[(lidc_labels.voxels >= 26) & (lidc_labels.voxels <= 43)], return_counts=True)
    label = names[counts.argmax()]
    places = apply(lidc_labels.lps_from_index, np.argwhere(lidc_labels.voxels == label)[:, ::-1])
    centre = places[places[:, 1] < np.quantile(places[:, 1], 0.45)].mean(axis=0)
    errors = []
    for aside in (-0.4, -0.2, 0.0, 0.2, 0.4):
        axis = unit([aside, -1.0, 0.05])
        inside = [_label_at(lidc_labels, centre + s * axis) == label for s in np.arange(0, 50, 0.25)]
        found = cortex_ahead(lidc_volume, centre - 10 * axis, axis, 10.0)
        if found is not None:
            errors.append((found.mm - 10 - 0.25 * inside.index(False)) / (found.pm_mm + 1.0))
    assert len(errors) >= 3 and np.abs(np.median(errors)) < 1


def _label_at(labels: Volume, point: np.ndarray) -> int:
    column, row, sheet = np.rint(apply(labels.index_from_lps, point)).astype(int)
    return int(labels.voxels[sheet, row, column])


def test_the_deviation_carries_the_depth_before_the_cortex_where_it_is_known() -> None:
    trocar = InstrumentSpec(kind="trocar", name="11G", diameter_mm=3.05, length_mm=125)
    trajectory = Trajectory(id="t", instrument=trocar, entry_lps=(0, 60, 0), target_lps=(0, 0, 0))
    instrument = Instrument(True, np.array([0.0, 10, 0]), FORWARD, np.full(3, 0.3), 0.5)
    known = measure(instrument, PLACED, trajectory, planning=bone(100.0))
    assert known.cortex_mm == pytest.approx(10 + 15 - WALL_MM / 2, abs=0.8) and known.cortex_pm_mm > 1.96 * 0.3
    assert measure(instrument, PLACED, trajectory, planning=bone(40.0, wall_hu=60.0)).cortex_mm is None
    assert measure(instrument, PLACED, trajectory).cortex_mm is None
