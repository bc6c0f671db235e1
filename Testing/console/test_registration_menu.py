"""Accept, reject, register again, move the start, mark landmarks: what each does to the picture, the steps and the log."""

from __future__ import annotations

import time

import pytest
from console_harness import count_of, pixels

LIVE = ".sg-view-live"


@pytest.fixture
def page(case_page):
    page = case_page
    page.evaluate("spineguide.act('layout', 'guide')")
    page.evaluate("spineguide.act('seek', 20)")
    page.wait_for_function("trame.state.get('img').index === 21 && trame.state.get('num').shown", timeout=30_000)
    page.locator("[data-testid=registration-menu] summary").click()
    yield page
    page.evaluate("spineguide.act('pick_mode', false)")
    page.evaluate("spineguide.act('landmarks_clear')")
    page.evaluate("spineguide.act('ask_first', false)")
    page.evaluate("spineguide.act('register_again')")


def registration_text(page) -> str:
    return page.locator("[data-testid=registration] b").inner_text()


def depth(page) -> str:
    return page.locator("[data-testid=number-depth] .sg-value").inner_text()


def answer(page, words: str) -> str:
    page.locator(f"[data-testid=answer] >> text={words}").wait_for(timeout=30_000)
    return page.locator("[data-testid=answer]").inner_text()


def test_a_rejected_registration_leaves_the_screen_with_its_reason_until_it_is_accepted_by_name(page):
    before = depth(page)
    page.locator("[data-testid=operator]").fill("AB")
    page.locator("[data-testid=operator]").press("Enter")
    page.locator("[data-testid=reject]").click()
    page.locator("[data-testid=card][data-state=rejected]").wait_for()
    assert depth(page) == "–" and registration_text(page) == "was rejected"
    deadline = time.monotonic() + 10
    while count_of(pixels(page.locator(LIVE)), "plan") + count_of(pixels(page.locator(LIVE)), "instrument") > 0:
        assert time.monotonic() < deadline, "nothing of the rejected registration is drawn"
        time.sleep(0.2)
    page.locator("[data-testid=accept]").click()
    page.wait_for_function("trame.state.get('num').shown")
    assert depth(page) == before
    page.wait_for_function("trame.state.get('steps').find(s => s.name === 'registration').when.endsWith(' AB')")


def test_where_acceptance_is_asked_for_the_plan_is_drawn_but_nothing_is_guided_before_it(page):
    page.locator("[data-testid=ask-first]").check()
    page.locator("[data-testid=card][data-state=to_accept]").wait_for()
    assert depth(page) == "–" and registration_text(page) == "to be accepted"
    deadline = time.monotonic() + 10
    while count_of(pixels(page.locator(LIVE)), "plan") < 100 or count_of(pixels(page.locator(LIVE)), "instrument") > 0:
        assert time.monotonic() < deadline, "the planned path over the image, to be judged, and no instrument"
        time.sleep(0.2)
    page.locator("summary").first.press("r")
    page.wait_for_function("trame.state.get('num').shown")
    assert registration_text(page) == "locked"


def test_a_moved_start_adds_up_and_the_image_has_the_last_word(page):
    page.wait_for_function("trame.state.get('num').shown")
    before = float(depth(page))
    page.locator("[data-testid=hand-step]").select_option("5")
    place = page.locator("[data-testid=nudge-H]").bounding_box()
    page.locator("[data-testid=nudge-L]").click()
    answer(page, "locks")
    page.locator("[data-testid=moved]").wait_for()
    assert page.locator("[data-testid=nudge-H]").bounding_box() == place, "what is said must not move a button under the pointer"
    page.locator("[data-testid=hand-step]").select_option("1")
    page.locator("[data-testid=nudge-H]").click()
    page.wait_for_function("trame.state.get('hand').moved === 'L 5 mm, H 1 mm'")
    said = answer(page, "The image locks")
    assert float(said.split(" locks ")[1].split(" mm")[0]) < 0.5, "pulled back to where the patient is"
    page.locator("[data-testid=turn-A]").click()
    page.locator("[data-testid=moved] >> text=1° about A").wait_for()
    answer(page, "The image locks")
    page.wait_for_function("trame.state.get('num').shown")
    assert float(depth(page)) == pytest.approx(before, abs=0.4)
    page.evaluate("spineguide.act('language', 'fr')")
    assert "L'image se recale" in answer(page, "L'image se recale"), "what the image said follows the language"
    page.evaluate("spineguide.act('language', 'en')")
    answer(page, "The image locks")
    page.locator("[data-testid=register-again]").click()
    page.locator("[data-testid=moved]").wait_for(state="detached")


def click_in(page, view: str, right: float, down: float) -> None:
    box = page.locator(view).bounding_box()
    page.mouse.click(box["x"] + right * box["width"], box["y"] + down * box["height"])


def test_landmark_pairs_marked_in_live_and_plan_views_are_a_start_that_the_image_judges(page):
    page.evaluate("spineguide.act('layout', 'all')")
    page.wait_for_function("document.querySelector('.sg-view-across img')?.naturalWidth > 0")
    time.sleep(1.5)
    if not page.locator("[data-testid=pick-mode]").is_visible():  # another layout closes the menu
        page.locator("[data-testid=registration-menu] summary").click()
    page.locator("[data-testid=pick-mode]").click()
    page.wait_for_function("trame.state.get('hand').picking")
    for n, (right, down) in enumerate([(0.3, 0.4), (0.6, 0.5), (0.45, 0.7)], 1):
        click_in(page, LIVE, right, down)
        page.wait_for_function(f"trame.state.get('hand').pairs.length === {n} && trame.state.get('hand').pairs[{n - 1}].live")
        if n == 2:
            page.locator("[data-testid=landmarks-use]").click()
            page.locator("[data-testid=hand-problem] >> text=mark at least 3").wait_for()
        click_in(page, ".sg-view-side", right, down)
        page.wait_for_function(f"trame.state.get('hand').pairs[{n - 1}].plan")
    page.locator("[data-testid=landmarks-use]").click()
    page.wait_for_function("['locks', 'decide', 'fit'].some(w => trame.state.get('hand').answer.includes(w))", timeout=30_000)
    shown = page.evaluate("[trame.state.get('img').registration, trame.state.get('num').shown]")
    assert shown in (["locked", True], ["lost", False], ["uncertain", False])
