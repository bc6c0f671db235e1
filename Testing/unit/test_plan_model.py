"""plan.json: what is accepted, and the sentence for what is not."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import Plan, Trajectory

PLAN = {
    "schema": "spineguide-plan",
    "version": 1,
    "patient_id": "P1",
    "series_instance_uid": "1.2.3",
    "frame_of_reference_uid": "1.2.4",
    "procedure": "vertebroplasty",
    "trajectories": [
        {
            "id": "T12-right",
            "label": "T12 right transpedicular",
            "level": "T12",
            "instrument": {"kind": "trocar", "name": "11G trocar", "diameter_mm": 3.05, "length_mm": 125},
            "entry_lps": [-40, 80, -10],
            "target_lps": [-5, 0, -10],
            "tolerance": {"lateral_mm": 2.0, "angle_deg": 3.0, "depth_mm": 2.0},
        }
    ],
    "zones": [{"name": "spinal canal", "file": "zones/labels.nrrd", "label": 1, "margin_mm": 2.0}],
}


def load(tmp_path, change=None) -> Plan:
    document = copy.deepcopy(PLAN)
    if change:
        change(document)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document))
    return Plan.load(path)


def test_a_plan_is_read_as_it_was_written(tmp_path):
    plan = load(tmp_path)
    plan.save(tmp_path / "again.json")
    assert Plan.load(tmp_path / "again.json") == plan
    assert json.loads((tmp_path / "again.json").read_text()) == PLAN


def test_what_a_plan_leaves_out_of_tolerances_and_margins_is_its_procedures(tmp_path):
    def leave_out(document):
        document["procedure"] = "epidural-infiltration"
        document["trajectories"][0]["tolerance"] = {"angle_deg": 4.0}
        document["zones"] = [{"name": "Dural_Sac", "file": "zones/labels.nrrd", "label": 1}]

    plan = load(tmp_path, leave_out)
    tolerance = plan.trajectory().tolerance
    assert (tolerance.lateral_mm, tolerance.angle_deg, tolerance.depth_mm) == (1.5, 4.0, 1.5)
    assert plan.zones[0].margin_mm == 1.0


def test_a_plan_that_is_built_rather_than_read_has_its_procedures_tolerances_too(tmp_path):
    plan = load(tmp_path)
    bare = plan.trajectory().model_dump(exclude={"tolerance"})
    fields = {**plan.model_dump(by_alias=True), "procedure": "epidural-infiltration"}
    built = Plan(**{**fields, "trajectories": (Trajectory(**bare), plan.trajectory().model_copy(update={"id": "other"}))})
    assert [t.tolerance.lateral_mm for t in built.trajectories] == [1.5, 2.0]


def test_a_procedure_without_a_file_leaves_the_general_tolerances(tmp_path):
    plan = load(tmp_path, lambda d: (d.update(procedure="house special"), d["trajectories"][0].pop("tolerance")))
    assert plan.trajectory().tolerance.lateral_mm == 2.0


def test_the_planned_direction_points_from_the_entry_to_the_target(tmp_path):
    trajectory = load(tmp_path).trajectory()
    assert np.allclose(trajectory.entry + trajectory.direction * trajectory.length_mm, trajectory.target)


def test_an_unknown_trajectory_is_not_replaced_by_another(tmp_path):
    with pytest.raises(KeyError):
        load(tmp_path).trajectory("L1-left")


def first(document):
    return document["trajectories"][0]


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        (lambda d: d.pop("patient_id"), "patient_id", "required"),
        (lambda d: d.update(schema="spineguide-case"), "schema", "spineguide-plan"),
        (lambda d: d.update(version=2), "version", "1"),
        (lambda d: d.update(trajectories=[]), "trajectories", "at least 1"),
        (lambda d: d["trajectories"].append(d["trajectories"][0]), "the file", "same id"),
        (lambda d: first(d).update(entry_lps=[1, 2]), "trajectories.0.entry_lps", "required"),
        (lambda d: first(d).update(entry_lps=[1, 2, "x"]), "trajectories.0.entry_lps.2", "number"),
        (lambda d: first(d).update(target_lps=first(d)["entry_lps"]), "trajectories.0", "target_lps equals entry_lps"),
        (lambda d: first(d)["instrument"].update(length_mm=60), "trajectories.0", "instrument.length_mm 60 is shorter than the path"),
        (lambda d: first(d)["instrument"].update(diameter_mm=0), "trajectories.0.instrument.diameter_mm", "greater than 0"),
        (lambda d: first(d)["instrument"].update(kind="drill"), "trajectories.0.instrument.kind", "trocar"),
        (lambda d: first(d)["tolerance"].update(angle_deg=-1), "trajectories.0.tolerance.angle_deg", "greater than 0"),
        (lambda d: d["zones"][0].update(label=0), "zones.0.label", "greater than or equal to 1"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused_by_the_name_of_the_field(tmp_path, change, field, why):
    with pytest.raises(BadInput) as refused:
        load(tmp_path, change)
    text = str(refused.value)
    assert "plan.json" in text and field in text and why in text
    assert "\n" not in text


def test_a_screw_may_be_shorter_than_its_path_because_its_driver_reaches_to_the_skin(tmp_path):
    screw = {"kind": "screw", "name": "6.5 mm pedicle screw", "diameter_mm": 6.5, "length_mm": 45}
    assert load(tmp_path, lambda d: first(d).update(instrument=screw)).trajectory().length_mm > 45


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": NaN}', "\ufeff\u0000"])
def test_a_file_that_is_no_plan_gets_one_sentence(tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"plan\.json"):
        Plan.load(path)


def test_a_missing_plan_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"plan\.json does not exist"):
        Plan.load(tmp_path / "plan.json")


def test_a_file_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "plan.json"
    path.write_bytes(b"\xff\xfe\x00{")
    with pytest.raises(BadInput, match=r"plan\.json cannot be read"):
        Plan.load(path)


def test_zones_of_the_same_name_are_numbered_so_that_each_has_its_alert() -> None:
    zones = [{"name": "nerve root", "file": "zones/labels.nrrd", "label": label, "margin_mm": label} for label in (1, 2, 3)]
    plan = Plan.model_validate(PLAN | {"zones": zones})
    assert plan.margins_mm == {"nerve root": 1, "nerve root (2)": 2, "nerve root (3)": 3}
    assert Plan.model_validate_json(plan.model_dump_json(by_alias=True)) == plan
