"""Wrong input: one sentence that names what is wrong, exit status 2, and never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest

from SlicerSpineGuide.resources import resource_path

SPINEGUIDE = [sys.executable, "-m", "SlicerSpineGuide"]


def refused(*arguments: object, status: int = 2, **environment: str) -> str:
    """Run spineguide, expect the exit status and one line on stderr; returns that line."""
    done = subprocess.run(
        [*SPINEGUIDE, *map(str, arguments)], capture_output=True, text=True, timeout=120, env={**os.environ, **environment}
    )
    assert done.returncode == status, done.stderr + done.stdout
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


@pytest.fixture
def case(tmp_path) -> Path:
    """A copy of the sample case to spoil."""
    sample = sorted(p.parent for p in resource_path("Cases").glob("*/truth.json"))[0]
    copy = tmp_path / "case"
    shutil.copytree(sample, copy)
    return copy


def replayed(case: Path) -> str:
    return refused("replay", case, "--headless", "--max-speed", "--report", case.parent / "report.json")


def edit(path: Path, change) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def first_live(case: Path) -> Path:
    return case / json.loads((case / "case.json").read_text())["frames"][0]["files"][0]


def test_a_case_that_does_not_exist(tmp_path):
    assert "nowhere" in replayed(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["plan.json", "case.json"])
def test_a_missing_file_is_named(case, name):
    (case / name).unlink()
    assert name in replayed(case)


def test_a_missing_live_folder_is_named(case):
    shutil.rmtree(case / "live")
    assert "live" in replayed(case)


def test_a_missing_live_image_is_named(case):
    name = first_live(case)
    name.unlink()
    line = replayed(case)
    assert name.name in line and "frames.0.files" in line


def test_a_missing_planning_folder_is_named(case):
    shutil.rmtree(case / "planning")
    assert "planning" in replayed(case)


def test_a_planning_folder_without_ct_is_named(case):
    for path in (case / "planning").iterdir():
        path.unlink()
    (case / "planning" / "notes.txt").write_text("no image here")
    assert "holds no CT" in replayed(case)


def test_a_dicom_file_that_is_not_ct_is_named_with_what_it_is(case):
    path = first_live(case)
    dataset = pydicom.dcmread(path)
    dataset.Modality = "MR"
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
    dataset.save_as(path)
    line = replayed(case)
    assert path.name in line and "MR" in line


def test_a_truncated_live_image_is_named(case):
    path = first_live(case)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert path.name in replayed(case)


def test_a_truncated_planning_image_is_named(case):
    path = sorted((case / "planning").iterdir())[3]
    path.write_bytes(path.read_bytes()[:600])
    assert path.name in replayed(case) or "planning" in replayed(case)


def test_a_plan_for_another_patient_is_refused_by_the_field(case):
    edit(case / "plan.json", lambda d: d.update(patient_id="SOMEBODY-ELSE"))
    line = replayed(case)
    assert "plan.json" in line and "patient_id" in line


def test_a_plan_of_another_series_is_refused_by_the_field(case):
    edit(case / "plan.json", lambda d: d.update(series_instance_uid="1.2.3"))
    assert "series_instance_uid" in replayed(case)


@pytest.mark.parametrize("field", ["entry_lps", "target_lps"])
def test_a_plan_outside_the_ct_is_refused_by_the_field(case, field):
    def outside(document):
        document["trajectories"][0][field][2] += 2000
        document["trajectories"][0]["instrument"]["length_mm"] = 5000

    edit(case / "plan.json", outside)
    assert f"trajectories.0.{field}" in replayed(case)


def test_a_zone_file_that_is_missing_is_named(case):
    edit(case / "plan.json", lambda d: d.update(zones=[{"name": "canal", "file": "zones/none.nrrd", "label": 1, "margin_mm": 2}]))
    assert "none.nrrd" in replayed(case)


def test_a_path_that_leads_out_of_the_case_is_refused(case):
    edit(case / "case.json", lambda d: d["frames"][0].update(files=["../../etc/passwd"]))
    assert "frames.0.files" in replayed(case)


def test_a_report_into_a_folder_that_does_not_exist_is_refused_before_the_work(case):
    assert "nowhere" in refused("replay", case, "--headless", "--max-speed", "--report", case.parent / "nowhere" / "r.json")


def test_a_port_in_use_is_named(case):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        home = str(case.parent / "home")
        line = refused(
            "guide", case, "--headless", "--report", case.parent / "r.json", "--port", port, "--idle-stop", "1", SPINEGUIDE_HOME=home
        )
    assert str(port) in line


def test_scoring_a_case_without_truth_says_so(case):
    (case / "truth.json").unlink()
    assert "truth.json" in refused("score", case, case / "case.json")


def test_scoring_something_that_is_no_report_names_the_field(case):
    assert "schema" in refused("score", case, case / "case.json")


def test_an_unknown_scenario_is_answered_with_the_known_ones(case):
    line = refused(
        "simulate", "--planning", case / "planning", "--plan", case / "plan.json", "--scenario", "tango", "--out", case.parent / "out"
    )
    assert "tango" in line and "on-path" in line


def test_recording_never_overwrites(case):
    keep = case.parent / "kept"
    keep.mkdir()
    (keep / "precious.txt").write_text("x")
    line = refused("guide", case, "--headless", "--report", case.parent / "r.json", "--port", 0, "--record", keep)
    assert "kept" in line and (keep / "precious.txt").exists()
