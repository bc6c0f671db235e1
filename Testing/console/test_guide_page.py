"""The radiologist's page in a real browser: numbers, alerts, pixels, and what is gone when it is not true."""

from __future__ import annotations

import time

import numpy as np
import pytest
from console_harness import count_of, pixels

LIVE = ".sg-view-live"


def until(condition, seconds: float = 10.0):
    """The first true result of `condition` within some seconds."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result or time.monotonic() > deadline:
            return result
        time.sleep(0.1)


@pytest.fixture
def page(held, new_page):
    page = new_page(held.address)
    held.show("near")
    page.wait_for_function("document.querySelector('[data-testid=number-depth] .sg-value')?.textContent === '20.0'")
    page.wait_for_function("window.trame.state.get('holder') === window.spineguide.me")
    return page


def value(page, name):
    return page.locator(f"[data-testid=number-{name}] .sg-value").inner_text()


def drawn(page, what):
    return count_of(pixels(page.locator(LIVE)), what)


def test_the_numbers_stand_with_their_plus_minus_and_limit(page):
    assert value(page, "lateral") == "1.0"
    assert value(page, "angle") == "0.0"
    assert value(page, "depth") == "20.0"
    assert "± 0.4" in page.locator("[data-testid=number-lateral]").inner_text()
    assert "limit 2 mm" in page.locator("[data-testid=number-lateral]").inner_text()
    assert "locked" in page.locator("[data-testid=registration]").inner_text()


def test_instrument_and_plan_are_drawn_over_the_live_image(page):
    assert until(lambda: drawn(page, "instrument") > 200)
    assert drawn(page, "plan") > 100
    assert pixels(page.locator(LIVE)).std() > 15, "there is anatomy under the overlay"


def test_the_picture_and_the_numbers_follow_the_instrument(held, page):
    until(lambda: drawn(page, "instrument") > 200)
    before = pixels(page.locator(LIVE))
    held.show("deviation")
    page.wait_for_function("document.querySelector('[data-testid=number-depth] .sg-value').textContent === '−3.2'")
    assert value(page, "lateral") == "4.0"
    assert until(lambda: (np.abs(pixels(page.locator(LIVE)) - before).max(axis=2) > 60).sum() > 300)


def test_the_most_urgent_alert_is_on_the_banner_in_its_colour_until_silenced(held, page):
    held.show("deviation")
    banner = page.locator("[data-testid=banner]")
    banner.locator("text=4.0 mm beside").wait_for()
    assert "sg-high" in banner.get_attribute("class") and "sg-flashing" in banner.get_attribute("class")
    assert "+ 1" in banner.inner_text(), "the other alert is counted"
    assert "sg-high" in page.locator("[data-testid=number-lateral]").get_attribute("class")
    banner.locator("button").click()
    assert held.wait_for("acknowledged") == "acknowledged LATERAL_DEVIATION"
    banner.locator("text=3.2 mm past").wait_for()
    page.keyboard.press("a")
    assert held.wait_for("acknowledged") == "acknowledged DEPTH_EXCEEDED"
    page.wait_for_selector("[data-testid=banner].sg-acknowledged")


@pytest.mark.parametrize(("state", "colour"), [("deviation", (213, 0, 0)), ("medium", (255, 214, 0)), ("low", (0, 213, 230))])
def test_alert_colours_are_those_of_their_priority_and_without_an_alert_there_is_none(held, page, state, colour):
    banner = page.locator("[data-testid=banner]")
    assert np.abs(pixels(banner) - colour).max(axis=2).min() > 40, "no alert colour without an alert"
    held.show(state)
    assert until(lambda: (np.abs(pixels(banner) - colour).max(axis=2) < 12).mean() > 0.4)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("no_image", "No image has arrived"),
        ("stale", "The image is old"),
        ("lost", "does not fit the plan"),
        ("uncertain", "is uncertain"),
        ("rejected", "was rejected"),
        ("wrong_patient", "another patient"),
        ("node_down", "DICOM node does not answer"),
        ("no_instrument", "not seen in this image"),
    ],
)
def test_every_honest_state_has_its_picture_sentence_and_next_step_and_no_position(held, page, state, sentence):
    held.show(state)
    card = page.locator(f"[data-testid=card][data-state={state}]")
    card.wait_for()
    assert sentence in card.locator("b").inner_text()
    assert len(card.locator("span").last.inner_text()) > 20, "a next step"
    assert card.locator("i.mdi").bounding_box()["width"] > 20, "a picture"
    assert {value(page, n) for n in ("lateral", "angle", "depth")} == {"–"}
    assert page.locator(".sg-eye-tip").count() == 0
    assert until(lambda: drawn(page, "instrument") == 0)
    if state != "no_instrument":
        assert "locked" not in page.locator("[data-testid=registration]").inner_text(), "nothing old looks current"
        assert until(lambda: drawn(page, "plan") == 0), "the plan is not drawn over an image that it may not fit"


@pytest.mark.parametrize("state", ["wrong_patient", "unnoticed_stranger", "no_image"])
def test_no_pixel_of_another_patient_reaches_the_screen(held, page, state):
    assert until(lambda: pixels(page.locator(LIVE)).std() > 15)
    held.show(state)
    bare = lambda: (pixels(page.locator(LIVE))[-200:].max(axis=2) > 60).mean() < 0.02  # noqa: E731
    assert until(bare)
    held.show("near")
    assert until(lambda: not bare())


def test_a_held_picture_says_so_and_shows_no_number_until_it_goes_on(held, page):
    page.keyboard.press("f")
    page.locator("[data-testid=frozen]").wait_for()
    assert value(page, "depth") == "–"
    page.keyboard.press("f")
    page.wait_for_function("trame.state.get('num').shown && trame.state.get('img').registration === 'locked'")
    page.keyboard.press("f")
    page.locator("[data-testid=frozen]").wait_for()
    held.show("deviation")
    time.sleep(0.5)
    assert value(page, "depth") == "–"
    page.keyboard.press("f")
    page.wait_for_function("document.querySelector('[data-testid=number-depth] .sg-value').textContent === '−3.2'")


def test_a_failure_to_draw_takes_the_position_away_and_says_so(held, page):
    until(lambda: drawn(page, "instrument") > 200)
    held.show("impossible")
    page.locator("[data-testid=card][data-state=broken]").wait_for()
    assert value(page, "depth") == "–"
    assert until(lambda: drawn(page, "instrument") == 0)
    held.show("near")
    page.wait_for_function("document.querySelector('[data-testid=number-depth] .sg-value').textContent === '20.0'")


def test_another_trajectory_can_be_chosen(held, page):
    page.locator(".sg-top select.sg-select").select_option("left")
    assert held.wait_for("selected") == "selected left"
    page.locator("[data-testid=card][data-state=no_image]").wait_for()
    held.show("near")
    page.wait_for_function("document.querySelector('select.sg-select').value === 'right'")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080), (1366, 768)])
def test_nothing_overlaps_or_leaves_the_window_on_a_laptop_or_a_large_screen(held, new_page, width, height):
    page = new_page(held.address, width, height)
    held.show("deviation")
    page.locator("[data-testid=banner] >> text=4.0 mm beside").wait_for()
    boxes = {}
    for name in ("number-lateral", "number-angle", "number-depth", "eye", "legal", "registration", "banner"):
        box = page.locator(f"[data-testid={name}]").bounding_box()
        assert box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= width + 1 and box["y"] + box["height"] <= height + 1, (
            name
        )
        boxes[name] = box
    column = [boxes[n] for n in ("number-lateral", "number-angle", "number-depth", "eye")]
    for above, below in zip(column, column[1:], strict=False):
        assert above["y"] + above["height"] <= below["y"] + 1
    assert boxes["eye"]["height"] > 120
    digits = page.locator("[data-testid=number-depth] .sg-value").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert digits >= 0.09 * height, "to be read at two metres"
