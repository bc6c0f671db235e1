"""The sample case through the real session: what the browser shows is what truth.json says."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from console_harness import CASE, COMMAND, ConsoleProcess, count_of, pixels

LIVE = ".sg-view-live"


@pytest.fixture(scope="module")
def truth():
    return json.loads((CASE / "truth.json").read_text())


@pytest.fixture
def page(case_page):
    return case_page


def value(page, name):
    return float(page.locator(f"[data-testid=number-{name}] .sg-value").inner_text().replace("−", "-"))


def go_to(page, index):
    page.evaluate(f"spineguide.act('seek', {index})")
    page.wait_for_function(f"trame.state.get('img').index === {index + 1} && trame.state.get('num').shown", timeout=30_000)


@pytest.mark.parametrize("index", [2, 15, 30, 39])
def test_the_numbers_of_an_image_are_those_of_the_truth_within_their_plus_minus(page, truth, index):
    go_to(page, index)
    expected = truth["frames"][index]
    assert value(page, "lateral") == pytest.approx(expected["lateral_mm"], abs=1.0)
    assert value(page, "depth") == pytest.approx(expected["depth_mm"], abs=1.0)
    assert value(page, "angle") == pytest.approx(expected["angle_deg"], abs=2.5)


def test_the_picture_shows_the_instrument_where_it_is_and_moves_with_it(page):
    go_to(page, 10)
    deadline = time.monotonic() + 15
    while count_of(pixels(page.locator(LIVE)), "instrument") < 100 and time.monotonic() < deadline:
        time.sleep(0.2)
    before = pixels(page.locator(LIVE))
    assert count_of(before, "instrument") >= 100
    go_to(page, 35)
    while time.monotonic() < deadline + 15:
        changed = (np.abs(pixels(page.locator(LIVE)) - before).max(axis=2) > 50).sum()
        if changed > 500:
            break
        time.sleep(0.2)
    assert changed > 500


def test_a_planted_deviation_alerts_and_is_marked_on_the_timeline(page, truth):
    event = next(e for e in truth["events"] if e["code"] == "LATERAL_DEVIATION")
    go_to(page, event["frame"] - 1)
    for step in range(3):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"trame.state.get('img').index === {event['frame'] + 1 + step}", timeout=20_000)
    page.locator("[data-testid=banner].sg-medium, [data-testid=banner].sg-high").wait_for()
    assert "beside the planned line" in page.locator("[data-testid=banner]").inner_text()
    page.wait_for_function("document.querySelectorAll('.sg-tick-medium, .sg-tick-high').length > 0")


def test_playing_to_the_end_reaches_the_target_and_the_debrief_explains_the_run(page):
    go_to(page, 28)
    page.locator("[data-testid=speed]").select_option("2")
    page.keyboard.press("Space")
    page.wait_for_function("trame.state.get('img').index === 40", timeout=60_000)
    page.wait_for_function("trame.state.get('num').shown && Math.abs(parseFloat(trame.state.get('num').depth.value)) < 2")
    assert "reached" in page.locator("[data-testid=banner]").inner_text()
    page.locator("[data-testid=tab-training]").click()
    page.locator("[data-testid=truth]").wait_for()
    page.locator("[data-testid=debrief-button]").click()
    debrief = page.locator("[data-testid=debrief]")
    debrief.wait_for()
    assert int(debrief.locator("[data-testid=score]").inner_text()) >= 60
    for name in ("lateral_mm", "angle_deg", "depth_mm"):
        assert len(debrief.locator(f"[data-testid=curve-{name}] .sg-plot-curve").get_attribute("d")) > 30
        assert count_of(pixels(debrief.locator(f"[data-testid=curve-{name}] svg")), "instrument") > 150, "the curve is drawn"
    onsets = debrief.locator("[data-testid=onsets] li").all_inner_texts()
    assert any("reached the planned depth" in text for text in onsets), "alerts are told in words, not in codes"
    assert not any("_" in text for text in onsets)
    assert debrief.locator("[data-testid=step-times] > span").all_inner_texts()[0] == "Skin entry"
    assert debrief.locator("[data-testid=step-times] > b").first.inner_text().endswith(" s")
    assert "The tip ended" in debrief.inner_text() and "target registration error" in debrief.inner_text()
    debrief.locator("button").first.click()
    debrief.wait_for(state="hidden")


def test_a_step_that_a_person_confirms_gets_its_time(page):
    step = page.locator("[data-testid=step-plan]")
    step.locator("button").click()
    page.wait_for_function("trame.state.get('steps')[0].when.length === 8")
    assert "sg-done" in step.get_attribute("class")


def test_a_case_that_cannot_be_opened_is_refused_in_one_sentence_and_the_open_one_stays(page, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(CASE, broken)
    shutil.rmtree(broken / "live")
    page.locator("[data-testid=tab-training]").click()
    page.locator("[data-testid=case-path]").fill(str(broken))
    page.locator("[data-testid=open]").click()
    problem = page.locator("[data-testid=problem]")
    problem.wait_for()
    assert str(broken / "live") in problem.inner_text() and "Traceback" not in problem.inner_text()
    go_to(page, 5)


def test_a_dropped_archive_becomes_the_open_case(page, tmp_path):
    copy = tmp_path / "a-case"
    shutil.copytree(CASE, copy)
    case = json.loads((copy / "case.json").read_text())
    (copy / "case.json").write_text(json.dumps(case | {"title": "Dropped on the page", "frames": case["frames"][:6]}))
    truth = json.loads((copy / "truth.json").read_text())
    (copy / "truth.json").write_text(json.dumps(truth | {"frames": truth["frames"][:6], "events": []}))
    archive = Path(shutil.make_archive(str(tmp_path / "dropped"), "zip", tmp_path, "a-case"))
    page.locator("[data-testid=tab-training]").click()
    page.evaluate(
        "bytes => spineguide.upload([['dropped.zip', new Blob([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))])]])",
        __import__("base64").b64encode(archive.read_bytes()).decode(),
    )
    page.locator("[data-testid=case] >> text=Dropped on the page").wait_for()
    page.wait_for_function("trame.state.get('player').length === 6 && trame.state.get('num').shown", timeout=30_000)
    go_to(page, 4)


def test_under_xray_both_views_show_plan_and_instrument_and_the_numbers_are_the_truths(page):
    case = CASE.parent / "xa-l3-vertebroplasty"
    truth = json.loads((case / "truth.json").read_text())
    page.evaluate("path => spineguide.act('open', path)", str(case))
    page.wait_for_function("trame.state.get('layout') === 'xray' && trame.state.get('num').shown", timeout=90_000)
    index = len(truth["frames"]) - 2
    go_to(page, index)
    assert value(page, "depth") == pytest.approx(truth["frames"][index]["depth_mm"], abs=2.5)
    assert value(page, "lateral") == pytest.approx(truth["frames"][index]["lateral_mm"], abs=2.0)
    deadline = time.monotonic() + 15
    for view in (LIVE, ".sg-view-second"):
        while count_of(pixels(page.locator(view)), "plan") < 60 and time.monotonic() < deadline:
            time.sleep(0.3)
        seen = pixels(page.locator(view))
        assert count_of(seen, "plan") >= 60 and count_of(seen, "instrument") >= 60 and seen.std() > 15


def test_a_port_in_use_is_answered_in_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [*COMMAND, "console", str(CASE), "--no-browser", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert str(port) in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_the_demonstration_arrives_over_dicom_and_is_guided_on(new_page):
    console = ConsoleProcess([*COMMAND, "demo", "--no-browser"])
    try:
        page = new_page(console.address)
        page.wait_for_function("trame.state.get('num').shown && trame.state.get('img').registration === 'locked'", timeout=60_000)
        first = page.evaluate("trame.state.get('img').index")
        page.wait_for_function(f"trame.state.get('img').index > {first} + 3", timeout=30_000)
        assert "@127.0.0.1:" in page.locator("[data-testid=node]").inner_text()
    finally:
        console.stop()
    assert console.process.returncode == 0
