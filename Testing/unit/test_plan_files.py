"""Segmentations by name, the plan's commands, and the sheet to print."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from planning_series import write_series
from typer.testing import CliRunner

from SlicerSpineGuide.cli import app
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import Plan, load_planning_ct
from SlicerSpineGuide.plan.segmentation import open_segmentation
from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.translation import set_language


@pytest.fixture(scope="module")
def planned(tmp_path_factory, lidc_volume, lidc_labels):
    """A folder with planning/, labels.nii.gz and the plan that `spineguide plan propose` makes of them."""
    folder = tmp_path_factory.mktemp("planned")
    write_series(lidc_volume, folder / "planning", "P1")
    sitk.WriteImage(lidc_labels.to_sitk(), str(folder / "labels.nii.gz"))
    done = run("propose", *inputs(folder), "--level", "T12", "--side", "right", "--out", folder / "plan.json")
    assert done.exit_code == 0, done.output
    return folder


def inputs(folder):
    return "--planning", folder / "planning", "--segmentation", folder / "labels.nii.gz"


def run(*arguments):
    return CliRunner().invoke(app, ["plan", *map(str, arguments)])


def test_levels_are_read_off_the_names_that_tools_give(tmp_path):
    image = sitk.GetImageFromArray(np.ones((4, 4, 4), np.uint8))
    for k, name in enumerate(("vertebrae_T12", "L1 vertebra", "rib_left_12", "S1", "disc L4/L5")):
        image.SetMetaData(f"Segment{k}_Name", name)
        image.SetMetaData(f"Segment{k}_LabelValue", str(k + 1))
    path = tmp_path / "spine.seg.nrrd"
    sitk.WriteImage(image, str(path))
    assert open_segmentation(path).levels == {"T12": 1, "L1": 2, "S1": 4}


def test_a_plain_label_map_is_read_by_totalsegmentators_names(planned):
    levels = open_segmentation(planned / "labels.nii.gz").levels
    assert levels == {"L3": 29, "L2": 30, "L1": 31, "T12": 32, "T11": 33, "T10": 34}, "those that the map has, no others"


def test_a_level_that_is_not_there_is_answered_with_those_that_are(planned):
    with pytest.raises(BadInput, match="T12"):
        open_segmentation(planned / "labels.nii.gz").vertebra("L9", load_planning_ct(planned / "planning"))


def test_a_proposed_plan_passes_its_own_checks(planned):
    trajectory = Plan.load(planned / "plan.json").trajectory()
    assert trajectory.id == "T12-right" and trajectory.instrument.diameter_mm == 3.05
    done = run("check", planned / "plan.json", *inputs(planned))
    assert done.exit_code == 0 and "Gertzbein-Robbins A" in done.output


def test_a_refused_plan_ends_with_status_one(planned, tmp_path):
    plan = Plan.load(planned / "plan.json")
    wrong = plan.trajectories[0].model_copy(update={"level": "L1"})
    plan.model_copy(update={"trajectories": (wrong,)}).save(tmp_path / "plan.json")
    done = run("check", tmp_path / "plan.json", *inputs(planned))
    assert done.exit_code == 1 and "refused" in done.output


def test_the_sample_cases_plan_is_what_the_planner_proposes(tmp_path):
    case, labels = resource_path("Cases/t12-vertebroplasty"), Path(__file__).parents[1] / "data" / "lidc_labels.nii.gz"
    which = "--level", "T12", "--side", "right", "--instrument", "11G trocar", "--length", "125"
    done = run("propose", "--planning", case / "planning", "--segmentation", labels, *which, "--out", tmp_path / "plan.json")
    assert done.exit_code == 0, done.output
    proposed, planned = Plan.load(tmp_path / "plan.json"), Plan.load(case / "plan.json")
    assert proposed.trajectories == planned.trajectories
    assert proposed.series_instance_uid == planned.series_instance_uid


@pytest.mark.parametrize(
    ("approach", "level", "side"),
    [("extrapedicular", "T12", "left"), ("transpedicular", "L1", "right")],
)
def test_a_second_path_is_added_to_the_plan(planned, tmp_path, approach, level, side):
    which = "--level", level, "--side", side, "--approach", approach, "--add", planned / "plan.json"
    done = run("propose", *inputs(planned), *which, "--out", tmp_path / "both.json")
    assert done.exit_code == 0, done.output
    both = Plan.load(tmp_path / "both.json")
    assert [t.id for t in both.trajectories] == ["T12-right", f"{level}-{side}"]
    assert run("check", tmp_path / "both.json", *inputs(planned)).exit_code == 0


def test_what_cannot_be_searched_for_is_answered_with_what_can(planned):
    done = run("propose", *inputs(planned), "--level", "T12", "--side", "left", "--procedure", "sacral-osteosynthesis")
    assert isinstance(done.exception, BadInput) and "by hand" in str(done.exception)
    done = run("propose", *inputs(planned), "--level", "T12", "--side", "left", "--approach", "transnasal")
    assert isinstance(done.exception, BadInput) and "extrapedicular" in str(done.exception)


def test_a_plan_is_checked_without_any_segmentation(planned):
    done = run("check", planned / "plan.json", "--planning", planned / "planning")
    assert done.exit_code == 0 and "threshold, not segmented" in done.output


@pytest.mark.parametrize("name", ["lines.mrk.json", "lines.fcsv"])
def test_a_plan_goes_to_slicer_and_comes_back_the_same(planned, tmp_path, name):
    assert run("export", planned / "plan.json", "--out", tmp_path / name, "--ras").exit_code == 0
    assert run("import", planned / "plan.json", "--lines", tmp_path / name, "--out", tmp_path / "back.json").exit_code == 0
    assert Plan.load(tmp_path / "back.json") == Plan.load(planned / "plan.json")


def test_the_sheet_has_the_rooms_angles_and_three_pictures_of_the_path(planned, tmp_path):
    done = run("sheet", planned / "plan.json", "--planning", planned / "planning", "--out", tmp_path / "sheet.html")
    assert done.exit_code == 0
    text = (tmp_path / "sheet.html").read_text()
    assert text.count("data:image/png;base64,iVBOR") == 3
    assert re.search(r"\d+\.\d° towards the right", text) and "Not for clinical use" in text
    assert re.search(r"\d+ mm to the right \(of the body", text), "the entry's distance from the midline"


def test_the_sheet_with_a_segmentation_measures_from_the_vertebras_midline_and_is_there_in_french(planned, tmp_path):
    try:
        sheet = ["plan", "sheet", planned / "plan.json", *inputs(planned), "--out", tmp_path / "fiche.html"]
        assert CliRunner().invoke(app, list(map(str, sheet)), env={"SPINEGUIDE_LANGUAGE": "fr"}).exit_code == 0
    finally:
        set_language("en")
    text = (tmp_path / "fiche.html").read_text()
    assert re.search(r"\d+ mm à droite \(de la vertèbre", text) and "Fiche de plan" in text and "Vertébroplastie" in text


def test_an_instrument_that_the_procedure_does_not_use_is_refused_with_those_it_does(planned):
    done = run("propose", *inputs(planned), "--level", "T12", "--side", "left", "--instrument", "22G needle")
    assert isinstance(done.exception, BadInput) and "11G trocar" in str(done.exception)
