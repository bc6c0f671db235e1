"""Sound, picture, mark, limits, and the page before any case is open: each does what its button says."""

from __future__ import annotations

import base64
import json
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from console_harness import CASE, ConsoleProcess, count_of, pixels
from PIL import Image

WITHOUT_CASE = "from SlicerSpineGuide.console.app import Console; Console(None, open_browser=False).run()"


@pytest.fixture
def page(held, new_page):
    page = new_page(held.address)
    held.show("near")
    page.wait_for_function("window.trame.state.get('holder') === window.spineguide.me && trame.state.get('num').shown")
    return page


def test_the_test_button_and_an_alert_are_heard_once_the_page_was_touched_and_not_when_muted(held, page):
    assert page.evaluate("spineguide.audioState()") == "none", "a browser keeps an untouched page silent"
    page.locator("[data-testid=test-sound]").click()
    page.wait_for_function("spineguide.played.length === 1 && spineguide.audioState() === 'running'")
    page.locator("[data-testid=sound] .mdi-volume-high").wait_for()
    started = page.evaluate("spineguide.audioTime()")
    page.wait_for_function(f"spineguide.audioTime() > {started}")
    held.show("deviation")
    page.wait_for_function("spineguide.played.length >= 2 && spineguide.played.at(-1) === 'high'")
    assert page.evaluate("spineguide.loudest()") > 0.1, "the burst is no silence"
    held.show("near")
    page.locator("[data-testid=sound]").click()
    page.locator("[data-testid=sound] .mdi-volume-off").wait_for()
    heard = page.evaluate("spineguide.played.length")
    before = page.evaluate("trame.state.get('sound').n")
    held.show("deviation")
    page.wait_for_function(f"trame.state.get('sound').n > {before}")
    page.wait_for_timeout(500)
    assert page.evaluate("spineguide.played.length") == heard
    page.locator("[data-testid=sound]").click()


def test_a_picture_of_the_screen_has_the_views_the_numbers_and_the_notice_in_it(page):
    deadline = time.monotonic() + 15
    while pixels(page.locator(".sg-view-live")).std() < 15 and time.monotonic() < deadline:
        time.sleep(0.2)
    with page.expect_download() as waiting:
        page.locator("[data-testid=screenshot]").click()
    picture = np.asarray(Image.open(waiting.value.path()).convert("RGB")).astype(int)
    box = page.locator(".sg-views").bounding_box()
    assert picture.shape[1] == pytest.approx(box["width"], abs=4) and picture.shape[0] > box["height"] + 80
    assert (picture[:92] > 200).all(axis=2).sum() > 500, "the words above the views"
    assert picture[92:].std() > 15, "the views themselves"
    assert waiting.value.suggested_filename.startswith("spineguide-")


def test_a_mark_is_counted_and_kept(page):
    page.keyboard.press("m")
    page.wait_for_function("trame.state.get('marks').length === 1 && trame.state.get('marks')[0].image === 1")
    assert "1" in page.locator("[data-testid=mark]").inner_text()


def test_limits_are_changed_by_a_person_refused_in_a_sentence_and_alert_from_then_on(case_page):
    page = case_page
    page.evaluate("spineguide.act('seek', 20)")
    page.wait_for_function("trame.state.get('img').index === 21 && trame.state.get('num').shown", timeout=30_000)
    page.locator("[data-testid=limits-menu] summary").click()
    page.locator("[data-testid=limit-lateral_mm]").fill("-3")
    page.locator("[data-testid=limits-apply]").click()
    page.locator("[data-testid=limits-problem] >> text=lateral_mm").wait_for()
    assert page.locator("[data-testid=limit-lateral_mm]").input_value() == "-3", "what was typed stays while images come"
    assert "limit 2 mm" in page.locator("[data-testid=number-lateral]").inner_text()
    page.locator("[data-testid=limit-lateral_mm]").fill("0,1")
    page.locator("[data-testid='limit-zone:spinal canal']").fill("40")
    page.locator("[data-testid=limits-apply]").click()
    page.locator("[data-testid=number-lateral] >> text=limit 0.1 mm").wait_for()
    for _ in range(3):
        page.evaluate("spineguide.act('step')")
        page.wait_for_timeout(400)
    page.wait_for_function("trame.state.get('alerts').some(a => a.message.includes('spinal canal'))")
    page.locator("[data-testid=limit-lateral_mm]").fill("2")
    page.locator("[data-testid='limit-zone:spinal canal']").fill("2")
    page.locator("[data-testid=limits-apply]").click()
    page.locator("[data-testid=number-lateral] >> text=limit 2 mm").wait_for()


@pytest.fixture
def empty(tmp_path, monkeypatch):
    (tmp_path / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    console = ConsoleProcess([sys.executable, "-c", WITHOUT_CASE])
    yield console
    console.stop()


def small_archive(folder: Path) -> Path:
    """The sample case's first four frames as a zip archive."""
    copy = folder / "a-case"
    shutil.copytree(CASE, copy)
    case = json.loads((copy / "case.json").read_text())
    (copy / "case.json").write_text(json.dumps(case | {"title": "Dropped on the page", "frames": case["frames"][:4]}))
    (copy / "truth.json").unlink()
    return Path(shutil.make_archive(str(folder / "dropped"), "zip", folder, "a-case"))


def test_without_a_case_the_page_says_so_and_a_dropped_archive_opens_one(empty, new_page, tmp_path):
    page = new_page(empty.address)
    card = page.locator("[data-testid=card][data-state=no_plan]")
    card.wait_for()
    assert "No case is open" in card.inner_text() and "Training page" in card.inner_text()
    assert page.locator("[data-testid=number-depth] .sg-value").inner_text() == "–"
    drawn = pixels(page.locator(".sg-view-live"))
    assert count_of(drawn, "plan") + count_of(drawn, "instrument") == 0 and (drawn > 200).all(axis=2).sum() > 500, "only the card"
    page.locator("[data-testid=tab-plan]").click()
    page.locator("[data-testid=plan-empty] >> text=No case is open").wait_for()
    page.evaluate("spineguide.act('language', 'fr')")
    page.locator("[data-testid=plan-empty] >> text=Aucun cas").wait_for()
    page.locator("[data-testid=tab-guide]").click()
    page.locator("[data-testid=card] >> text=Aucun cas").wait_for()
    page.evaluate("spineguide.act('language', 'en')")
    page.locator("[data-testid=tab-training]").click()
    page.evaluate(
        """bytes => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], 'dropped.zip'));
          const drop = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
          document.querySelector('.sg-views').dispatchEvent(drop);
        }""",
        base64.b64encode(small_archive(tmp_path).read_bytes()).decode(),
    )
    page.locator("[data-testid=case] >> text=Dropped on the page").wait_for(timeout=60_000)
    page.wait_for_function("trame.state.get('player').length === 4 && trame.state.get('num').shown", timeout=60_000)
    unpacked = tmp_path / "scratch"
    assert len(list(unpacked.glob("spineguide-case-*"))) == 1, "what was uploaded is gone, what was unpacked is played"
    empty.stop()
    assert not list(unpacked.glob("spineguide-case-*")), "and goes with the program"
