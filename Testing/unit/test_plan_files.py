"""Segmentations by name, the plan's commands, and the sheet to print."""

from __future__ import annotations

import re

import numpy as np
import pytest
import SimpleITK as sitk
from planning_series import write_series
from typer.testing import CliRunner

from SlicerSpineGuide.cli import app
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import Plan, load_planning_ct
from SlicerSpineGuide.plan.segmentation import open_segmentation


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


def test_an_instrument_that_the_procedure_does_not_use_is_refused_with_those_it_does(planned):
    done = run("propose", *inputs(planned), "--level", "T12", "--side", "left", "--instrument", "22G needle")
    assert isinstance(done.exception, BadInput) and "11G trocar" in str(done.exception)
