"""Fixtures for every test: crops of real CT with labels (Testing/data/ATTRIBUTION.md says whose), in LPS mm and HU."""

from __future__ import annotations

from pathlib import Path

import pytest
import SimpleITK as sitk
from chromium import ARGUMENTS, CHROMIUM
from hypothesis import settings
from planning_series import plan_for, write_series

from SlicerSpineGuide.images import Volume

DATA = Path(__file__).parent / "data"

# The same examples every time: a run tells of the change, not of the draw. `pytest --hypothesis-profile=default` draws anew.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


def _volume(name: str) -> Volume:
    return Volume.from_sitk(sitk.ReadImage(str(DATA / name)))


@pytest.fixture(scope="session")
def lidc_volume() -> Volume:
    """T11 to L1 from the aorta to the skin of the back, 0.703x0.703x2.5 mm, soft kernel, int16 HU."""
    return _volume("lidc_ct.nii.gz")


@pytest.fixture(scope="session")
def lidc_labels() -> Volume:
    """lidc_volume's labels: 31 L1, 32 T12, 33 T11, 52 aorta, 79 spinal cord."""
    return _volume("lidc_labels.nii.gz")


@pytest.fixture(scope="session")
def rider_volume() -> Volume:
    """Another patient's lower thoracic spine, 0.576x0.576x1.25 mm, sharp and noisy lung kernel, int16 HU."""
    return _volume("rider_ct.nii.gz")


@pytest.fixture(scope="session")
def lumbar_volume() -> Volume:
    """A third patient's lumbar spine, T12 to S1, 3 mm voxels, int16 HU."""
    return _volume("lumbar_ct.nii.gz")


@pytest.fixture(scope="session")
def lumbar_labels() -> Volume:
    """lumbar_volume's labels: 26 S1, 27 L5, 28 L4, 29 L3, 30 L2, 31 L1, 32 T12."""
    return _volume("lumbar_labels.nii.gz")


@pytest.fixture(scope="session")
def rider_planning(rider_volume: Volume, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with planning/ and plan.json: a lower thoracic vertebra of another patient, from the left, sharp kernel."""
    folder = tmp_path_factory.mktemp("rider")
    write_series(rider_volume, folder / "planning", "RIDER-1129164940", position="FFS")
    plan_for("RIDER-1129164940", "thoracic", (37.25, 122.91, -288.70), (11.17, 42.33, -302.50), side="left").save(folder / "plan.json")
    return folder


@pytest.fixture(scope="session")
def lumbar_planning(lumbar_volume: Volume, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with planning/ and plan.json: L3 of a third patient, from the right, 3 mm voxels."""
    folder = tmp_path_factory.mktemp("lumbar")
    write_series(lumbar_volume, folder / "planning", "LUMBAR")
    plan_for("LUMBAR", "L3", (-53.56, -33.65, 323.08), (-5.04, -143.92, 317.20), side="right").save(folder / "plan.json")
    return folder


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests of a process: playwright's synchronous form can be started only once in each."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt-get install -y chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()
