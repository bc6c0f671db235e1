"""The pages in French: nothing that is on a page in English is still there in French but names, data and words that are the same."""

from __future__ import annotations

import re
import time

import pytest
from console_harness import CASE, TITLE

from SlicerSpineGuide.plan import Plan
from SlicerSpineGuide.translation import catalogue

TEXTS = """
() => {
  const found = new Set(), seen = (e) => e.getClientRects().length > 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const parent = node.parentElement;
    if (!parent || ['SCRIPT', 'STYLE', 'TEXTAREA'].includes(parent.tagName)) continue;
    if (seen(parent) || parent.tagName === 'OPTION') found.add(node.nodeValue);
  }
  for (const name of ['title', 'placeholder', 'aria-label'])
    for (const e of document.querySelectorAll(`[${name}]`)) if (seen(e)) found.add(e.getAttribute(name));
  return [...found].map((t) => t.replace(/\\s+/g, ' ').trim()).filter(Boolean);
}
"""
SAME = {
    "SpineGuide", "Guide", "Plan", "EN", "FR", "Image", "Images", "Dose", "Score", "Port", "Services", "Instrument", "Zone",
    "Distance", "Actions", "plan.json", ".mrk.json", "Table", "Position", "Angle", "Pause", "Mode", "images", "Images/s",
    "Silence", "echo store find",
}  # fmt: skip
DATA = (
    re.escape(TITLE),
    *(re.escape(t.label or t.id) for t in Plan.load(CASE / "plan.json").trajectories),
    r"spinal canal|aorta",  # zones are named by the plan
    r"(CTDIvol|DAP) [\d.]+ \S+",
    r"\d+ min \d+ s",
    r"[a-z0-9]+(-[a-z0-9]+)+",  # case folders
    r"(\d+G|11G vertebroplasty) trocar.*",
    r"[LRAPHFS ]|[A-Z]\d\d?",
    r"\S+@[\d.]+:\d+|[\d.]+|/\S+|[A-Z_]+|[A-Z_]+ @ .*",  # addresses, paths, AE titles, codes
    r"[^A-Za-zÀ-ÖØ-öø-ÿ]*(mm|ms|s|/s|MB|GB|mGy)?[^A-Za-zÀ-ÖØ-öø-ÿ]*",
)

HONEST = {
    name: name
    for name in ("no_image", "stale", "lost", "uncertain", "rejected", "to_accept", "wrong_patient", "node_down", "no_instrument")
}
HONEST["broken"] = "impossible"


def language(page, code: str) -> None:
    page.evaluate(f"spineguide.act('language', '{code}')")
    page.wait_for_function(f"trame.state.get('language') === '{code}'")
    page.wait_for_timeout(2600 if page.evaluate("trame.state.get('page')") in ("node", "plan") else 700)


def untranslated(page) -> list[str]:
    """What stays on the page in both languages and is neither data nor a word that they share; a page may take a moment to follow."""
    deadline = time.monotonic() + 15
    while True:
        language(page, "en")
        english = set(page.evaluate(TEXTS))
        language(page, "fr")
        french = set(page.evaluate(TEXTS))
        assert len(english) > 10 and len(french) > 10
        left = sorted(t for t in english & french if t not in SAME and not any(re.fullmatch(pattern, t) for pattern in DATA))
        if not left or time.monotonic() > deadline:
            return left


@pytest.fixture
def page(case_page):
    yield case_page
    language(case_page, "en")


def go_to(page, index: int) -> None:
    page.evaluate(f"spineguide.act('seek', {index})")
    page.wait_for_function(f"trame.state.get('img').index === {index + 1} && trame.state.get('num').shown", timeout=30_000)


def test_the_guide_page_with_an_alert_and_its_registration_menu(page):
    page.locator("[data-testid=tab-guide]").click()
    go_to(page, 38)
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        time.sleep(0.5)
    page.locator("[data-testid=registration-menu] summary").click()
    page.wait_for_function("trame.state.get('alerts').length > 0")
    assert not (left := untranslated(page)), "\n".join(left)
    assert page.locator("[data-testid=step-cement]").inner_text().strip() == "Le ciment est en place, sans fuite"


def test_the_training_page_with_its_debrief_and_the_trainees_own_hands(page):
    page.locator("[data-testid=tab-training]").click()
    go_to(page, 30)
    page.locator("[data-testid=step-plan] button").click()
    page.locator("[data-testid=debrief-button]").click()
    page.locator("[data-testid=debrief]").wait_for()
    assert not (left := untranslated(page)), "\n".join(left)
    page.locator("[data-testid=debrief] button").first.click()
    page.locator("[data-testid=case-path]").fill("/nowhere/at/all")
    page.locator("[data-testid=open]").click()
    page.locator("[data-testid=problem]").wait_for()
    page.locator("[data-testid=drive-button]").click()
    page.locator("[data-testid=drive]").wait_for(timeout=60_000)
    assert not (left := untranslated(page)), "\n".join(left)


def test_the_plan_page_with_its_numbers_and_checks(page):
    page.locator("[data-testid=tab-plan]").click()
    page.wait_for_function("trame.state.get('draft').numbers.length > 0", timeout=30_000)
    page.locator("[data-testid=propose] summary").click()
    assert not (left := untranslated(page)), "\n".join(left)


def test_the_node_page(page):
    page.locator("[data-testid=tab-node]").click()
    page.wait_for_function("trame.state.get('nodes').ready", timeout=30_000)
    assert not (left := untranslated(page)), "\n".join(left)


def test_every_honest_state_says_its_sentence_and_its_next_step_in_french(held, new_page):
    page = new_page(held.address)
    page.wait_for_function("trame.state.get('holder') === spineguide.me")
    french = catalogue("fr")
    for state, asked in HONEST.items():
        held.show(asked)
        page.locator(f"[data-testid=card][data-state={state}]").wait_for()
        said = card_texts(page)
        page.evaluate("spineguide.act('language', 'fr')")
        page.wait_for_function("said => document.querySelector('[data-testid=card] b').innerText !== said", arg=said[0])
        assert card_texts(page) == [french[text] for text in said]
        page.evaluate("spineguide.act('language', 'en')")
        page.wait_for_function("said => document.querySelector('[data-testid=card] b').innerText === said", arg=said[0])


def card_texts(page) -> list[str]:
    """The sentence and the next step."""
    return [page.locator("[data-testid=card] b").inner_text(), page.locator("[data-testid=card] span").last.inner_text()]
