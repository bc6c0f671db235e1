"""The console's plain functions: what stands on the page for a given Update, and who may ask for what."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("trame_slicer", reason="the console needs the extra 'console'")

from scene_fixtures import hidden, plan_in, update_at

from SlicerSpineGuide.console.control import ABSENT_S, Control
from SlicerSpineGuide.console.graphics import APT_LINE, check_graphics
from SlicerSpineGuide.console.honest import card
from SlicerSpineGuide.console.readouts import alerts, image_state, numbers
from SlicerSpineGuide.console.serving import Access, is_loopback
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.dose import dose
from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.guidance.types import Alert, AlertCode
from SlicerSpineGuide.recording.archive import case_root, safe_relative, unpack
from SlicerSpineGuide.recording.steps import Steps
from SlicerSpineGuide.scene.bullseye import FIELD_PX, TOLERANCE_PX, bullseye
from SlicerSpineGuide.scene.state import state_of


@pytest.fixture(scope="module")
def plan(lidc_volume):
    return plan_in(lidc_volume)


@pytest.fixture(scope="module")
def update(lidc_volume, plan):
    return update_at(lidc_volume, plan, depth_mm=20.0, lateral_mm=1.0)


def test_numbers_carry_their_plus_minus_and_the_priority_of_their_alert(update, plan):
    off = replace(
        update, alerts=(Alert(AlertCode.LATERAL_DEVIATION, "high", "off"), Alert(AlertCode.PREDICTED_MISS, "medium", "miss"))
    )
    shown = numbers(off, plan.trajectory())
    assert (shown["lateral"]["value"], shown["lateral"]["pm"], shown["lateral"]["priority"]) == ("1.0", "± 0.4", "high")
    assert shown["angle"]["priority"] == ""


@pytest.mark.parametrize("take_away", [lambda u: None, lambda u: replace(u, deviation=None), lambda u: hidden(u, "lost")])
def test_without_a_position_there_are_dashes_and_no_alert_colour(update, plan, take_away):
    off = replace(update, alerts=(Alert(AlertCode.LATERAL_DEVIATION, "high", "off"),))
    shown = numbers(take_away(off), plan.trajectory())
    assert not shown["shown"]
    assert {shown[n]["value"] for n in ("lateral", "angle", "depth")} == {"–"}
    assert {shown[n]["priority"] for n in ("lateral", "angle", "depth")} == {""}
    assert not bullseye(take_away(off), plan.trajectory())["shown"]


def test_without_a_plan_no_limit_is_shown():
    assert {numbers(None, None)[n]["limit"] for n in ("lateral", "angle", "depth")} == {""}


def test_the_limits_that_were_changed_stand_beside_the_numbers_and_make_the_ring(update, plan):
    changed = replace(update, thresholds=Thresholds(0.5, 1.5, 4.0))
    shown = numbers(changed, plan.trajectory())
    assert [shown[n]["limit"] for n in ("lateral", "angle", "depth")] == ["limit 0.5 mm", "limit 1.5 °", "limit 4 mm"]
    drawn = bullseye(changed, plan.trajectory())
    assert (drawn["x"] ** 2 + drawn["y"] ** 2) ** 0.5 == pytest.approx(2 * TOLERANCE_PX, abs=0.2), "1 mm beside, the ring at 0.5 mm"


def test_what_one_view_cannot_tell_is_no_number_and_no_dot_until_it_is_an_alert(update, plan):
    deviation = replace(update.deviation, lateral_mm=0.3, lateral_pm_mm=19.6, predicted_miss_pm_mm=19.6)
    blind = replace(update, deviation=deviation, alerts=())
    shown = numbers(blind, plan.trajectory())
    assert (shown["lateral"]["value"], shown["lateral"]["pm"], shown["miss"]) == ("–", "not known (± 19.6)", "–")
    assert shown["depth"]["value"] != "–"
    assert not bullseye(blind, plan.trajectory())["shown"]
    alert = Alert(AlertCode.LATERAL_DEVIATION, "medium", "beside the line", 0.0, False)
    alarmed = replace(blind, deviation=replace(deviation, lateral_mm=25.0), alerts=(alert,))
    assert numbers(alarmed, plan.trajectory())["lateral"]["value"] == "25.0"
    assert bullseye(alarmed, plan.trajectory())["shown"]


def test_a_number_that_rounds_to_zero_has_no_minus(update, plan):
    barely = replace(update, deviation=replace(update.deviation, depth_mm=-0.04))
    assert numbers(barely, plan.trajectory())["depth"]["value"] == "0.0"
    past = replace(update, deviation=replace(update.deviation, depth_mm=-3.21))
    assert numbers(past, plan.trajectory())["depth"]["value"] == "−3.2"


def test_the_nearest_zone_stands_under_the_bullseye(update, plan):
    near = replace(update.deviation, clearance_mm={"aorta": 12.0, "canal": 2.5}, clearance_pm_mm={"aorta": 1.0, "canal": 0.7})
    assert numbers(replace(update, deviation=near), plan.trajectory())["clearance"] == {"zone": "canal", "value": "2.5", "pm": "± 0.7"}
    limits = Thresholds(2.0, 3.0, 2.0, {"aorta": 5.0, "canal": 2.0})
    for foreseen, told in ((3.0, {}), (0.5, {"label": "Pushed on: canal", "value": "0.5", "pm": "± 0.8"})):
        ahead = {"aorta": 6.0, "canal": foreseen}
        coming = replace(near, predicted_clearance_mm=ahead, predicted_clearance_pm_mm={"aorta": 1.0, "canal": 0.8})
        assert numbers(replace(update, deviation=coming, thresholds=limits), plan.trajectory())["ahead"] == told
    assert numbers(replace(update, deviation=replace(near, cortex_mm=None)), plan.trajectory())["cortex"] == {}
    ahead = numbers(replace(update, deviation=replace(near, cortex_mm=12.04, cortex_pm_mm=2.0)), plan.trajectory())["cortex"]
    assert (ahead["value"], ahead["pm"]) == ("12.0", "± 2.0")


def test_alerts_come_most_urgent_first_and_silenced_ones_last(update):
    on = (
        Alert(AlertCode.DEPTH_REACHED, "low", "c", 1.0),
        Alert(AlertCode.LATERAL_DEVIATION, "high", "silenced", 2.0, acknowledged=True),
        Alert(AlertCode.ANGLE_DEVIATION, "medium", "b", 3.0),
        Alert(AlertCode.ZONE_ENTERED, "high", "a", 4.0),
    )
    assert [a["message"] for a in alerts(replace(update, alerts=on))] == ["a", "b", "c", "silenced"]


def test_the_bullseye_puts_the_tolerance_at_its_ring_and_what_is_far_off_on_the_rim(lidc_volume, plan):
    path = plan.trajectory()
    at_limit = bullseye(update_at(lidc_volume, plan, lateral_mm=path.tolerance.lateral_mm), path)
    assert (at_limit["x"] ** 2 + at_limit["y"] ** 2) ** 0.5 == pytest.approx(TOLERANCE_PX, abs=0.2)
    far = bullseye(update_at(lidc_volume, plan, lateral_mm=30.0), path)
    assert (far["x"] ** 2 + far["y"] ** 2) ** 0.5 == pytest.approx(FIELD_PX, abs=0.2)
    assert far["radius"] == 0.0, "a thickness drawn on the rim would lie wrong"
    assert {at_limit["up"], at_limit["down"]} == {"H", "F"} and {at_limit["left"], at_limit["right"]} == {"L", "R"}


def test_the_depth_bar_fills_as_the_tip_goes_in(lidc_volume, plan):
    path = plan.trajectory()
    drawn = [bullseye(update_at(lidc_volume, plan, depth_mm=d), path) for d in (70.0, 35.0, 0.0, -5.0)]
    assert [d["tip_y"] for d in drawn] == sorted(d["tip_y"] for d in drawn)
    assert drawn[2]["tip_y"] == pytest.approx(drawn[2]["target_y"])


def test_the_gravest_state_is_the_one_that_is_said(update, plan):
    stale = Alert(AlertCode.IMAGE_STALE, "high", "old")
    foreign = Alert(AlertCode.WRONG_PATIENT, "high", "foreign")
    assert state_of(update, plan) == ""
    assert state_of(None, None) == "no_plan"
    assert state_of(replace(hidden(update, "old"), alerts=(stale, foreign)), plan) == "wrong_patient"
    assert state_of(replace(hidden(update, "old"), alerts=(stale,)), plan) == "stale"
    assert state_of(replace(update, deviation=None), plan) == "no_instrument"


def test_every_state_has_a_picture_a_sentence_and_a_next_step():
    states = ("no_plan", "no_image", "stale", "lost", "uncertain", "rejected", "to_accept", "wrong_patient", "node_down", "broken")
    for state in (*states, "no_instrument"):
        shown = card(state)
        assert shown["icon"].startswith("mdi-") and shown["sentence"].endswith(".") and len(shown["next"]) > 20, state


def test_the_dose_is_said_in_units_that_people_use(update):
    image = replace(update.frame.images[0], dose={"CTDIvol": 1.44, "KVP": 120.0, "ImageAndFluoroscopyAreaDoseProduct": 0.25})
    assert dose(replace(update, frame=replace(update.frame, images=(image,)))) == "CTDIvol 1.44 mGy   DAP 2.5 µGy·m²"
    assert image_state(update, plan=None)["dose"] == ""


def test_steps_are_stamped_when_seen_or_confirmed_and_kept_for_each_path(update, plan):
    now = [1_000_000.0]
    steps = Steps(clock=lambda: now[0])
    steps.observe(update, plan.trajectory("right"))
    done = {row["name"]: row["done"] for row in steps.rows()}
    assert done == {"plan": False, "registration": False, "entry": True, "progress": False, "target": False}
    steps.confirm("plan")
    now[0] += 60
    steps.confirm("target")
    steps.observe(update, plan.trajectory("right"))
    rows = {row["name"]: row for row in steps.rows()}
    assert rows["plan"]["done"] and rows["target"]["done"] and rows["plan"]["when"] != rows["target"]["when"]
    assert rows["progress"]["when"] == "71 %"
    steps.confirm("plan")
    assert not steps.rows()[0]["done"], "a second press takes it back"
    steps.observe(hidden(replace(update, trajectory="left"), "lost"), plan.trajectory("left"))
    assert not any(row["done"] for row in steps.rows())
    steps.confirm("entry")
    assert not any(row["done"] for row in steps.rows()), "what the images show, nobody can tick"


def test_the_steps_are_the_procedures_own_and_the_registration_is_accepted_by_name(update, plan):
    now = [1_000_000.0]
    steps = Steps(plan.model_copy(update={"procedure": "vertebroplasty"}), clock=lambda: now[0])
    steps.observe(update, plan.trajectory("right"))
    names = [row["name"] for row in steps.rows()]
    assert names == ["plan", "registration", "entry", "progress", "target", "position", "cement"]
    steps.confirm("plan", "AB")
    now[0] += 90
    steps.accept_registration("AB")
    now[0] += 30
    steps.confirm("cement", "CD")
    rows = {row["name"]: row for row in steps.rows()}
    assert rows["registration"]["when"].endswith(" AB") and rows["cement"]["when"].endswith(" CD")
    assert [(label, spent) for label, spent in steps.durations() if spent] == [
        ("Registration accepted", 90.0), ("The cement is in place and none has leaked", 30.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "undone",
    [{"acceptance": "rejected"}, {"acceptance": "awaited"}, {"alerts": (Alert(AlertCode.GEOMETRY_CHANGED, "medium", "moved"),)}],
    ids=["rejected", "registered anew", "scanner moved"],
)
def test_an_acceptance_does_not_stay_ticked_when_it_no_longer_holds(update, plan, undone):
    steps = Steps()
    steps.observe(update, plan.trajectory("right"))
    steps.accept_registration("AB")
    steps.observe(replace(update, **undone), plan.trajectory("right"))
    assert not next(r for r in steps.rows() if r["name"] == "registration")["done"]
    steps.accept_registration("AB")
    steps.observe(replace(update, alerts=undone.get("alerts", ())), plan.trajectory("right"))
    assert next(r for r in steps.rows() if r["name"] == "registration")["done"], "accepted again, it holds"


def test_progress_is_not_shown_of_a_position_that_is_no_longer_true(update, plan):
    steps = Steps()
    steps.observe(update, plan.trajectory("right"))
    assert next(r for r in steps.rows() if r["name"] == "progress")["when"] == "71 %"
    steps.observe(hidden(update, "old"), plan.trajectory("right"))
    assert next(r for r in steps.rows() if r["name"] == "progress")["when"] == ""


def test_the_status_line_does_not_call_the_registration_of_an_old_image_locked(update, plan):
    assert image_state(update, plan)["registration_text"] == "locked"
    stale = replace(hidden(update, "The last image is 3 s old."), alerts=(Alert(AlertCode.IMAGE_STALE, "high", "old"),))
    shown = image_state(stale, plan)
    assert (shown["registration"], shown["registration_text"], shown["quality"]) == ("old", "of an old image", "")
    assert shown["rate"] == shown["latency"] == "–"
    assert image_state(replace(update, acceptance="rejected"), plan)["registration_text"] == "was rejected"


def test_one_browser_controls_until_it_is_gone_silent_or_another_takes_over():
    now = [0.0]
    control = Control(lambda: now[0])
    done = []
    control.add("do", done.append)
    control.act("first", "do", 1)
    control.act("second", "do", 2)
    assert done == [1] and control.holder == "first"
    control.take("second")
    control.act("second", "do", 3)
    control.act("first", "do", 4)
    assert done == [1, 3]
    now[0] += ABSENT_S + 0.1
    control.act("first", "do", 5)
    assert done == [1, 3, 5], "the silent one has lost it"
    control.heard("second")
    control.gone("first")
    assert control.holder == "second" and control.watching == 1
    assert control.act("second", "unknown") is None


def test_beyond_loopback_a_certificate_is_demanded_and_a_token_made():
    with pytest.raises(BadInput, match="only over TLS"):
        Access("0.0.0.0")
    with pytest.raises(BadInput, match="cannot be used"):
        Access("0.0.0.0", Path(__file__), Path(__file__))
    assert Access("127.0.0.1").token == "" and Access("127.0.0.1").address(80) == "http://127.0.0.1:80"
    assert is_loopback("localhost") and is_loopback("::1") and not is_loopback("192.168.1.4") and not is_loopback("example.org")


@pytest.mark.parametrize("name", ["/etc/passwd", "../case.json", "a/../../b", "C:\\x", "a\\b", ""])
def test_an_uploaded_path_stays_inside(name):
    with pytest.raises(BadInput):
        safe_relative(name)


def test_an_archive_that_leads_out_or_is_none_is_refused(tmp_path):
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("../outside.txt", "x")
    with pytest.raises(BadInput, match="not a path inside"):
        unpack(evil, tmp_path / "out")
    assert not (tmp_path / "outside.txt").exists()
    (tmp_path / "none.zip").write_text("no archive")
    with pytest.raises(BadInput, match="cannot be unpacked"):
        unpack(tmp_path / "none.zip", tmp_path / "out")


def test_a_case_wrapped_in_one_folder_is_found(tmp_path):
    (tmp_path / "wrapped" / "inner").mkdir(parents=True)
    (tmp_path / "wrapped" / "inner" / "case.json").write_text("{}")
    assert case_root(tmp_path / "wrapped") == tmp_path / "wrapped" / "inner"
    assert case_root(tmp_path / "missing") == tmp_path / "missing"


def test_a_missing_graphics_library_is_named_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setattr("SlicerSpineGuide.console.graphics._loads", lambda name: name != "libEGL.so.1")
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(BadInput, match=r"libEGL\.so\.1") as told:
        check_graphics()
    assert APT_LINE in str(told.value)
