"""Checks of a plan on real CT, with labels and without: plans that are wrong in exactly one way, each found by what is wrong."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import InstrumentSpec, PlanningCt, Trajectory
from SlicerSpineGuide.plan.planner import Planner
from SlicerSpineGuide.plan.segmentation import open_segmentation
from SlicerSpineGuide.plan.zones import Zone, surface_of

SCREW = InstrumentSpec(kind="screw", name="5.5 mm pedicle screw", diameter_mm=5.5, length_mm=40)
NEEDLE = InstrumentSpec(kind="needle", name="22G needle", diameter_mm=0.7, length_mm=150)


@pytest.fixture(scope="module")
def planning(lidc_volume):
    return PlanningCt(lidc_volume, "P", "1", "2", "HFP")


@pytest.fixture(scope="module")
def planner(planning, lidc_labels, tmp_path_factory):
    path = tmp_path_factory.mktemp("labels") / "labels.nii.gz"
    sitk.WriteImage(lidc_labels.to_sitk(), str(path))
    return Planner(planning, open_segmentation(path))


@pytest.fixture(scope="module")
def bare(planning):
    return Planner(planning)


@pytest.fixture(scope="module")
def good(planner):
    return planner.propose("vertebroplasty", "T12", "left")[0].trajectory


def changed(trajectory: Trajectory, **changes) -> Trajectory:
    return Trajectory.model_validate({**trajectory.model_dump(), **changes})


def moved(trajectory: Trajectory, offset) -> Trajectory:
    return changed(trajectory, entry_lps=tuple(trajectory.entry + offset), target_lps=tuple(trajectory.target + offset))


def against(planner, *trajectories, procedure="vertebroplasty"):
    """code -> the findings against the plan."""
    found = planner.check(planner.plan(procedure, trajectories))
    return {f.code: f for f in found if f.severity != "note"}


def test_a_proposed_path_has_nothing_against_it_with_labels_or_without(planner, bare, good):
    assert against(planner, good) == {}
    assert against(bare, good) == {}


def test_an_extrapedicular_proposal_is_not_a_breach_but_for_a_screw_it_is(planner):
    path = planner.propose("vertebroplasty", "T12", "right", "extrapedicular")[0].trajectory
    assert against(planner, path) == {}
    finding = against(planner, path, procedure="pedicle-screw")["CORTEX"]
    assert finding.severity == "refuse" and "Gertzbein-Robbins" in finding.message


def test_without_labels_every_statement_on_bone_says_where_it_is_from(bare, good):
    found = bare.check(bare.plan("vertebroplasty", [good]))
    about_bone = [f for f in found if f.code in ("CORTEX", "DENSITY", "OTHER_BONE")]
    assert {f.code for f in about_bone} == {"CORTEX", "DENSITY"}
    assert all("threshold, not segmented" in f.message for f in about_bone)


def test_density_without_labels_is_near_that_with_them(planner, bare, good):
    with_labels, without = (
        next(f.value for f in p.check(p.plan("vertebroplasty", [good])) if f.code == "DENSITY") for p in (planner, bare)
    )
    assert with_labels == pytest.approx(without, rel=0.25)


def test_a_path_into_the_canal_is_refused_though_no_zone_is_drawn(planner, good):
    vertebra = planner.vertebra("T12")
    middle = vertebra.canal_centre
    into = changed(good, target_lps=tuple(middle), entry_lps=tuple(middle + [0.0, 70.0, 0.0]))
    finding = against(planner, into)["CANAL"]
    assert finding.severity == "refuse" and finding.value < -5
    assert "CANAL" not in against(planner, changed(into, instrument=NEEDLE.model_dump()), procedure="epidural-infiltration")


def test_the_clearance_from_a_zone_is_from_the_instruments_surface(planning, good, lidc_labels):
    aorta = Volume((lidc_labels.voxels == 52).astype(np.uint8), lidc_labels.lps_from_index)
    planner = Planner(planning, zones=(Zone("aorta", 5.0, surface_of(aorta)),))
    thin, thick = (
        next(
            f.value
            for f in planner.check(
                planner.plan("vertebroplasty", [changed(good, instrument=good.instrument.model_dump() | {"diameter_mm": d})])
            )
            if f.code == "ZONE"
        )
        for d in (2.0, 4.0)
    )
    assert thin - thick == pytest.approx(1.0, abs=0.05)


def test_a_path_through_the_spinous_process_is_told_with_its_length(planner, bare, good):
    vertebra = planner.vertebra("T12")
    bone = vertebra.bone
    deep = np.argwhere(bone.voxels > 1.5)[:, ::-1] @ bone.lps_from_index[:3, :3].T + bone.lps_from_index[:3, 3]
    spinous = deep[np.argsort((deep - vertebra.canal_centre) @ vertebra.axes[1])[-20]]
    outward = spinous - good.target
    outward /= np.linalg.norm(outward)
    through = changed(good, entry_lps=tuple(good.target + 90.0 * outward))
    for who in (planner, bare):
        finding = against(who, through)["OTHER_BONE"]
        assert finding.value >= 3 and "process" in finding.message


def test_a_path_through_a_rib_is_told_without_labels(bare, lidc_volume, good):
    bone = bare._bone(good).distance
    away = np.argwhere(bone.voxels > 2.0)[:, ::-1] @ bone.lps_from_index[:3, :3].T + bone.lps_from_index[:3, 3]
    rib = away[(away[:, 0] - good.target[0] > 38) & (np.abs(away[:, 2] - good.target[2]) < 20)]
    assert len(rib), "a rib is in the crop"
    middle = rib[np.argmax(rib[:, 1])]
    outward = (middle - good.target) / np.linalg.norm(middle - good.target)
    through = changed(good, entry_lps=tuple(good.target + 95.0 * outward))
    assert against(bare, through)["OTHER_BONE"].value >= 3


def test_a_target_beside_the_bone_is_told_without_labels(bare, good):
    beside = moved(good, (35.0, 0.0, 0.0))
    assert {"BONE", "CORTEX"} & against(bare, beside).keys()
    assert "BONE" not in against(bare, changed(beside, instrument=NEEDLE.model_dump()), procedure="foraminal-infiltration")


def test_an_instrument_that_comes_out_of_the_bone_is_told_without_labels(bare, good):
    finding = against(bare, moved(good, (9.0, 0.0, 0.0)))
    assert "CORTEX" in finding or "OTHER_BONE" in finding


def test_a_tilt_beyond_the_gantrys_is_told_with_its_angle(planner, good):
    tilt = np.radians(38.0)
    steep = changed(good, entry_lps=tuple(good.target + 85.0 * np.array([0.0, np.cos(tilt), np.sin(tilt)])))
    assert against(planner, steep)["ANGLE"].value == pytest.approx(38, abs=0.5)


def test_a_screw_is_as_long_as_its_way_in_bone_whatever_the_way_through_the_muscles(planner, planning):
    best = planner.propose("pedicle-screw", "L1", "left", instrument=SCREW)[0]
    trajectory = best.trajectory
    assert best.in_bone_mm - 3 <= trajectory.instrument.length_mm < best.in_bone_mm + 5 < trajectory.length_mm
    assert "LENGTH" not in against(planner, trajectory, procedure="pedicle-screw")
    long = changed(trajectory, instrument=SCREW.model_dump() | {"length_mm": 80.0})
    assert against(planner, long, procedure="pedicle-screw")["LENGTH"].value > 15
    short = changed(trajectory, instrument=SCREW.model_dump() | {"length_mm": 25.0})
    assert against(planner, short, procedure="pedicle-screw")["LENGTH"].value < -5


def test_the_lowest_severity_comes_last_and_the_worst_first(planner, good):
    vertebra = planner.vertebra("T12")
    into = changed(good, target_lps=tuple(vertebra.canal_centre))
    severities = [f.severity for f in planner.check(planner.plan("vertebroplasty", [into]))]
    assert severities == sorted(severities, key=("refuse", "warn", "note").index)
    assert severities[0] == "refuse"


def test_a_ct_that_shows_no_body_is_checked_for_what_can_be_checked(good, planning):
    empty = PlanningCt(Volume(np.full((40, 60, 60), -1000, np.int16), np.diag([4.0, 4.0, 4.0, 1.0])), "P", "1", "2", "HFP")
    planner = Planner(empty)
    found = planner.check(planner.plan("vertebroplasty", [changed(good, entry_lps=(100, 150, 80), target_lps=(100, 80, 80))]))
    assert {f.code for f in found} == {"SKIN", "AIR"}
    assert planner.angles(good).midline_mm is None


def test_the_body_is_found_without_the_table_and_an_arm_beside_it():
    voxels = np.full((20, 90, 120), -1000, np.int16)
    _, y, x = np.meshgrid(np.arange(20), np.arange(90), np.arange(120), indexing="ij")
    trunk = ((x - 50) / 36) ** 2 + ((y - 40) / 26) ** 2 < 1
    arm = (x - 102) ** 2 + (y - 45) ** 2 < 9**2
    voxels[trunk | arm] = 40
    voxels[:, 70:72] = 200  # the table's shell, touched by nothing
    planner = Planner(PlanningCt(Volume(voxels, np.diag([4.0, 4.0, 4.0, 1.0])), "P", "1", "2", "HFS"))
    body = planner.body
    at = lambda *point: float(body.sample(np.array(point) * 4.0))  # noqa: E731
    assert at(50, 40, 10) == 1 and at(102, 45, 10) == 0 and at(50, 70, 10) == 0
    side = Trajectory(id="side", instrument=SCREW, entry_lps=(344, 160, 40), target_lps=(200, 160, 40))
    assert "SKIN" not in against(planner, side), "the trunk's skin, not the arm's"
    assert planner.angles(side).midline_mm == pytest.approx(144, abs=6)
