"""A new CT volume onto the plan, and slices that follow it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, inverse, rigid_about
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.slices import prepare
from SlicerSpineGuide.registration.volumes import Cancelled, register_volume

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from registration_room import articulated, neighbours_share
from registration_simulator import LiveScanner, Scanner, random_pose, target_error


@pytest.fixture(scope="module")
def target(lidc_labels: Volume) -> np.ndarray:
    z, y, x = np.nonzero(lidc_labels.voxels == 32)
    return (lidc_labels.lps_from_index @ [x.mean(), y.mean(), z.mean(), 1])[:3]


def new_ct(plan: Volume, plan_from_live: FloatArray, target: FloatArray, rng: np.random.Generator) -> Volume:
    """A CT of the moved patient around the target, on other voxels, with noise; air where the plan ends."""
    size, spacing = [130, 130, 60], [1.0, 1.0, 2.0]
    middle = inverse(plan_from_live)[:3] @ [*target, 1.0] + rng.uniform(-8, 8, 3)
    origin = middle - (np.array(size) - 1) / 2 * spacing
    move = sitk.AffineTransform(3)
    move.SetMatrix(plan_from_live[:3, :3].ravel().tolist())
    move.SetTranslation(plan_from_live[:3, 3].tolist())
    image = sitk.Cast(plan.to_sitk(), sitk.sitkFloat32)
    cut = sitk.Resample(image, size, move, sitk.sitkLinear, origin.tolist(), spacing, np.eye(3).ravel().tolist(), -1024)
    volume = Volume.from_sitk(cut)
    noisy = volume.voxels + rng.normal(0, 20, volume.voxels.shape)
    return Volume(noisy.astype(np.int16), volume.lps_from_index)


def test_a_ct_50_mm_and_20_degrees_away_is_registered_and_slices_follow_it(lidc_volume, target):
    rng = np.random.default_rng(4)
    truth = random_pose(rng, target, 50, 20)
    done: list[float] = []
    found = register_volume(
        new_ct(lidc_volume, truth, target, rng), lidc_volume, target, progress=lambda part: (done.append(part), True)[1]
    )
    assert found.status == "locked"
    assert target_error(found.plan_from_live, truth, target) < 0.3
    assert done == sorted(done)
    assert done[-1] == 1.0
    there = inverse(truth)[:3] @ [*target, 1.0]
    live = LiveScanner(lidc_volume).acquire(truth, there, Scanner(field_mm=110), rng)
    followed = prepare(lidc_volume, target, recovery=False).register(live, found.plan_from_live)
    assert followed.status == "locked"
    assert target_error(followed.plan_from_live, truth, target) < 0.2


def test_the_target_vertebra_is_registered_though_its_neighbours_have_turned(lidc_volume, lidc_labels, target):
    rng = np.random.default_rng(7)
    share = neighbours_share(lidc_volume, lidc_labels, 32, (31, 33))
    bent = articulated(lidc_volume, share, rigid_about(target, np.radians([4.0, 0, 3.0]), [1.0, -1.5, 1.0]))
    truth = random_pose(rng, target, 30, 10)
    found = register_volume(new_ct(bent, truth, target, rng), lidc_volume, target)
    assert found.status == "locked", found.reason
    assert target_error(found.plan_from_live, truth, target) < 0.6


def test_cancelling_stops_at_the_next_step(lidc_volume, target):
    calls: list[float] = []

    def stop_soon(part: float) -> bool:
        calls.append(part)
        return len(calls) < 3

    with pytest.raises(Cancelled):
        register_volume(lidc_volume, lidc_volume, target, progress=stop_soon)
    assert len(calls) == 3


def test_another_patients_ct_is_never_locked(lidc_volume, rider_volume, target):
    found = register_volume(rider_volume, lidc_volume, target)
    assert found.status != "locked"


def test_a_target_outside_the_plan_is_refused(lidc_volume):
    with pytest.raises(BadInput, match="outside the planning CT"):
        register_volume(lidc_volume, lidc_volume, [900.0, 0.0, 0.0])
