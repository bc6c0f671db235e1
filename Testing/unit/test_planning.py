"""Planning on real CT: vertebrae read off labels, proposals through the pedicle, and plans that are wrong in exactly one way."""

from __future__ import annotations

import json

import numpy as np
import pytest

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import angle_deg, rigid
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import InstrumentSpec, Plan, Tolerance, Trajectory
from SlicerSpineGuide.plan.angles import room_angles
from SlicerSpineGuide.plan.catalogue import families, implausible
from SlicerSpineGuide.plan.checks import breach_depth, check_plan, grade_breach, segment_distance
from SlicerSpineGuide.plan.choices import usual_instrument
from SlicerSpineGuide.plan.extrapedicular import propose_extrapedicular
from SlicerSpineGuide.plan.procedures import procedures
from SlicerSpineGuide.plan.skin import skin_entry
from SlicerSpineGuide.plan.transpedicular import propose_transpedicular
from SlicerSpineGuide.plan.vertebra import read_vertebra
from SlicerSpineGuide.resources import resource_path

TROCAR = InstrumentSpec(kind="trocar", name="11G trocar", diameter_mm=3.05, length_mm=150)


@pytest.fixture(scope="module")
def t12(lidc_labels):
    return read_vertebra(lidc_labels, 32, "T12")


@pytest.fixture(scope="module")
def proposed(lidc_volume, t12):
    return {side: propose_transpedicular(lidc_volume, t12, side, TROCAR, Tolerance()) for side in ("left", "right")}


def test_the_canal_of_a_vertebra_lies_behind_its_body_and_holds_the_cord(t12, lidc_labels):
    assert t12.canal_centre[1] - t12.body_centre[1] > 10
    cord = np.argwhere(lidc_labels.voxels == 79)[:, ::-1]
    points = cord @ lidc_labels.lps_from_index[:3, :3].T + lidc_labels.lps_from_index[:3, 3]
    level = points[np.abs(points[:, 2] - t12.canal_centre[2]) < 5]
    assert (t12.canal.sample(level) > 0).mean() > 0.95


def test_a_body_has_the_size_of_a_body(t12):
    assert 30 < t12.body_width_mm < 50 and 20 < t12.body_depth_mm < 40 and 15 < t12.body_height_mm < 35


def test_an_absent_label_is_named(lidc_labels):
    with pytest.raises(BadInput, match="label 200"):
        read_vertebra(lidc_labels, 200, "L9")


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_proposal_goes_from_the_skin_through_the_pedicle_into_the_body_and_misses_the_canal(proposed, t12, lidc_volume, side):
    best = proposed[side][0]
    trajectory = best.trajectory
    way = trajectory.entry + np.linspace(0, 1, 400)[:, None] * (trajectory.target - trajectory.entry)
    assert t12.canal.sample(way).max() < -TROCAR.diameter_mm / 2
    behind = (way - t12.canal_centre) @ t12.axes[1]
    assert t12.bone.sample(way[behind < 0]).min() > TROCAR.diameter_mm / 2
    assert breach_depth(trajectory, t12) == 0
    beside = (best.narrowest - t12.canal_centre) @ t12.axes[0]
    assert beside > 5 if side == "left" else beside < -5
    around = lidc_volume.sample(trajectory.entry + np.array([[-8.0], [8.0]]) * trajectory.direction)
    assert around[0] < -300 < around[1]


def test_proposals_differ_and_come_ranked(proposed):
    for candidates in proposed.values():
        assert 2 <= len(candidates) <= 3
        assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)
        a, b = candidates[0].trajectory, candidates[1].trajectory
        assert angle_deg(a.direction, b.direction) > 4.9 or np.linalg.norm(a.target - b.target) > 2.9


def test_a_proposal_follows_the_patient_wherever_the_scanner_has_its_origin(lidc_volume, lidc_labels, proposed):
    shift = rigid(translation=(31.0, -57.0, 300.0))
    moved_ct = Volume(lidc_volume.voxels, shift @ lidc_volume.lps_from_index)
    moved = read_vertebra(Volume(lidc_labels.voxels, shift @ lidc_labels.lps_from_index), 32, "T12")
    again = propose_transpedicular(moved_ct, moved, "left", TROCAR, Tolerance())[0].trajectory
    assert np.allclose(again.target, proposed["left"][0].trajectory.target + (31.0, -57.0, 300.0), atol=0.5)


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_extrapedicular_path_enters_the_body_beside_the_pedicle_and_passes_no_other_bone(lidc_volume, t12, side):
    candidates = propose_extrapedicular(lidc_volume, t12, side, TROCAR, Tolerance())
    for candidate in candidates:
        trajectory = candidate.trajectory
        way = trajectory.entry + np.linspace(0, 1, 400)[:, None] * (trajectory.target - trajectory.entry)
        own, hu = t12.bone.sample(way), lidc_volume.sample(way)
        step = trajectory.length_mm / 399
        first = int((own > 0).argmax())
        outside = hu[:first] > 250
        assert outside.sum() * step < 3, "neither rib nor process"
        assert hu[int(8 / step) : first].min() > -300, "no lung"
        beside = abs((way[first] - t12.canal_centre) @ t12.axes[0])
        assert beside > 10 and (way[first] - t12.canal_centre) @ t12.axes[1] < 0
        assert t12.canal.sample(way).max() <= -TROCAR.diameter_mm / 2 - 1.5
        assert candidate.bone_clearance_mm > 0 and 10 < candidate.in_bone_mm < 40


def test_a_pedicle_that_is_too_narrow_is_told_with_its_width(lidc_volume, t12):
    thick = TROCAR.model_copy(update={"diameter_mm": 14.0, "name": "14 mm"})
    with pytest.raises(BadInput, match="too narrow for 14 mm") as refused:
        propose_transpedicular(lidc_volume, t12, "left", thick, Tolerance())
    width = float(str(refused.value).split("pedicle is ")[1].split(" mm")[0])
    best = propose_transpedicular(lidc_volume, t12, "left", TROCAR, Tolerance())[0]
    assert 5 < width < 12 and width >= 2 * best.bone_clearance_mm + TROCAR.diameter_mm - 1.0


def test_an_instrument_that_is_too_short_is_not_proposed(lidc_volume, t12):
    short = TROCAR.model_copy(update={"length_mm": 50})
    with pytest.raises(BadInput, match="T12"):
        propose_transpedicular(lidc_volume, t12, "left", short, Tolerance())


def plan_of(*trajectories: Trajectory) -> Plan:
    return Plan(
        patient_id="P", series_instance_uid="1", frame_of_reference_uid="2", procedure="vertebroplasty", trajectories=trajectories
    )


def changed(trajectory: Trajectory, **changes) -> Trajectory:
    return Trajectory.model_validate({**trajectory.model_dump(), **changes})


def codes(findings, severity=("refuse", "warn")) -> set[str]:
    return {f.code for f in findings if f.severity in severity}


def test_a_proposed_plan_has_nothing_against_it(proposed, lidc_volume, t12):
    assert codes(check_plan(plan_of(proposed["left"][0].trajectory), lidc_volume, (), (t12,))) == set()


def test_a_path_beside_the_pedicle_is_graded_by_its_breach(proposed, lidc_volume, t12):
    good = proposed["left"][0].trajectory
    aside = t12.axes[0] * 7.0
    beside = changed(good, entry_lps=tuple(good.entry + aside), target_lps=tuple(good.target + aside))
    screws = plan_of(beside).model_copy(update={"procedure": "pedicle-screw"})
    finding = next(f for f in check_plan(screws, lidc_volume, (), (t12,)) if f.code == "CORTEX")
    assert finding.severity in ("warn", "refuse") and finding.value > 0
    assert "Gertzbein-Robbins" in finding.message


def test_an_entry_away_from_the_skin_is_told_with_its_distance(proposed, lidc_volume, t12):
    good = proposed["left"][0].trajectory
    outside = changed(good, entry_lps=tuple(good.entry - 20 * good.direction))
    below = changed(good, entry_lps=tuple(good.entry + 20 * good.direction))
    (far,) = [f for f in check_plan(plan_of(outside), lidc_volume, (), (t12,)) if f.code == "SKIN"]
    (deep,) = [f for f in check_plan(plan_of(below), lidc_volume, (), (t12,)) if f.code == "SKIN"]
    assert far.value == pytest.approx(20, abs=1) and "outside" in far.message
    assert deep.value == pytest.approx(-20, abs=1) and "below" in deep.message


def test_a_path_through_the_lung_is_refused(proposed, lidc_volume):
    good = proposed["left"][0].trajectory
    air = np.argwhere(lidc_volume.voxels < -800)[:, ::-1] @ lidc_volume.lps_from_index[:3, :3].T + lidc_volume.lps_from_index[:3, 3]
    lung = air[(np.abs(air[:, 1] - good.target[1]) < 30) & (np.abs(air[:, 2] - good.target[2]) < 15)]
    nearest = lung[np.argmin(np.linalg.norm(lung - good.target, axis=1))]
    through = changed(good, entry_lps=tuple(nearest + 1.5 * (nearest - good.target)))
    assert "AIR" in codes(check_plan(plan_of(through), lidc_volume))


def test_a_trajectory_of_another_level_is_refused(proposed, lidc_volume, lidc_labels):
    l1 = read_vertebra(lidc_labels, 31, "L1")
    wrong = changed(proposed["left"][0].trajectory, level="L1")
    assert "LEVEL" in codes(check_plan(plan_of(wrong), lidc_volume, (), (l1,)), ("refuse",))


def test_exchanged_length_and_diameter_are_refused(proposed, lidc_volume):
    screw = InstrumentSpec(kind="screw", name="screw", diameter_mm=120, length_mm=6.5).model_dump() | {
        "length_mm": 200,
        "diameter_mm": 45,
    }
    odd = changed(proposed["left"][0].trajectory, instrument=screw)
    assert "INSTRUMENT" in codes(check_plan(plan_of(odd), lidc_volume))
    assert "exchanged" in implausible("screw", 45, 6.5)


def test_two_instruments_in_each_others_way_are_refused(proposed, lidc_volume):
    a = proposed["left"][0].trajectory
    b = changed(a, id="other", entry_lps=tuple(a.entry + (2, 0, 0)))
    assert "COLLISION" in codes(check_plan(plan_of(a, b), lidc_volume))
    apart = changed(proposed["right"][0].trajectory, id="apart")
    assert segment_distance(a, apart) > 0


@pytest.mark.parametrize(
    ("depth", "grades"), [(0, "A A I"), (0.5, "B B II"), (2.0, "C C III"), (3.9, "C C III"), (4.5, "D D IV"), (7, "E D IV")]
)
def test_breaches_are_graded_as_published(depth, grades):
    breach = grade_breach(depth)
    assert f"{breach.gertzbein_robbins} {breach.rampersaud} {breach.ravi}" == grades


def test_angles_are_those_the_room_speaks_of():
    tan = np.tan(np.radians(20))
    leaning = Trajectory(id="a", instrument=TROCAR, entry_lps=(-80 * tan, 80, 0), target_lps=(0, 0, 0))
    angles = room_angles(leaning)
    assert angles.in_plane_deg == pytest.approx(20) and angles.towards == "right"
    assert angles.cranio_caudal_deg == pytest.approx(0)
    steep = room_angles(Trajectory(id="a", instrument=TROCAR, entry_lps=(0, 80, 80 * tan), target_lps=(0, 0, 0)))
    assert steep.cranio_caudal_deg == pytest.approx(20)


def test_the_skin_is_where_the_air_begins_and_unknown_where_the_ct_ends():
    voxels = np.full((40, 40, 40), -1000, np.int16)
    voxels[:, :30] = 40
    ct = Volume(voxels, np.eye(4))
    skin = skin_entry(ct, np.array([20.0, 10, 20]), np.array([0.0, 1, 0]))
    assert skin is not None and skin[1] == pytest.approx(29.5, abs=0.6)
    assert skin_entry(ct, np.array([20.0, 10, 20]), np.array([0.0, -1, 0])) is None


def test_every_procedure_names_instruments_that_exist_and_steps_that_end_in_its_target():
    known = procedures()
    assert {"vertebroplasty", "pedicle-screw", "sacral-osteosynthesis", "tubular-discectomy"} <= set(known)
    for procedure in known.values():
        assert set(procedure.instruments) <= set(families())
        assert procedure.steps[0].done_when == "plan-checked"
        assert any(step.done_when == "target-reached" for step in procedure.steps)


def test_a_hospitals_own_procedure_is_a_file_and_a_wrong_one_is_named(tmp_path):
    own = procedures()["vertebroplasty"].model_dump_json(by_alias=True).replace('"vertebroplasty"', '"kyphoplasty"')
    (tmp_path / "kyphoplasty.json").write_text(own)
    assert set(procedures(tmp_path)) == {"kyphoplasty"}
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.json").write_text(own.replace('"trocars"', '"spoons"'))
    with pytest.raises(BadInput, match=r"x\.json.*spoons"):
        procedures(other)


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"reached": ""}, "reached", "at least 1 character"),
        ({"trajectories": [2, 1]}, "the file", "trajectories 2 to 1"),
        ({"tolerance": {"lateral_mm": -1}}, "tolerance.lateral_mm", "greater than 0"),
        ({"zones": [{"name": "aorta", "margin_mm": 5}, {"name": "Aorta", "margin_mm": 4}]}, "the file", "aorta is there twice"),
        ({"steps": [{"id": "a", "label": "A", "done_when": "some-day"}] * 2}, "steps.0.done_when", "target-reached"),
        ({"patient_position": ["standing"]}, "patient_position.0", "prone"),
        ({"usual_instrument": "spoon"}, "usual_instrument", "spoon is no model of trocars"),
        ({"instrument": "11G"}, "instrument", "Extra inputs"),
    ],
)
def test_a_wrong_procedure_is_refused_in_one_sentence_that_names_file_and_field(tmp_path, change, field, why):
    document = json.loads((resource_path("Procedures") / "vertebroplasty.json").read_text()) | change
    (tmp_path / "own.json").write_text(json.dumps(document))
    with pytest.raises(BadInput) as refused:
        procedures(tmp_path)
    text = str(refused.value)
    assert "own.json" in text and field in text and why in text and "\n" not in text


@pytest.mark.parametrize("procedure", procedures().values(), ids=lambda p: p.id)
def test_every_procedure_is_complete_and_its_usual_instrument_can_be_had(procedure):
    assert procedure.approaches and procedure.zones and procedure.reached.endswith(".")
    assert usual_instrument(procedure.id).name == procedure.usual_instrument
    assert procedure.tolerance.lateral_mm <= 3 and procedure.tolerance.angle_deg <= 5


def test_gauges_have_the_diameters_that_trocars_are_sold_with():
    gauges = {m.name: m.diameter_mm for m in families()["trocars"].models}
    assert gauges["11G trocar"] == 3.05 and gauges["8G trocar"] == 4.19
    assert families()["needles"].instrument("22G needle", 90).diameter_mm == 0.7
