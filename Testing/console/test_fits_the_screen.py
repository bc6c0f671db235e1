"""Nothing covers the numbers and nothing covers its own button, on a 13-inch laptop as on a large screen, in both languages."""

from __future__ import annotations

import pytest

SIZES = [(1280, 720), (1920, 1080)]
COVERED = """
() => {
  const names = ['number-lateral', 'number-angle', 'number-depth'];
  const values = names.map((n) => document.querySelector(`[data-testid=${n}] .sg-value`));
  const buttons = [...document.querySelectorAll('.sg-steps button, .sg-steps summary, .sg-player button')];
  const hidden = [...values, ...buttons].filter((e) => {
    const box = e.getBoundingClientRect();
    if (!box.width || e.closest('.sg-menu-body')) return false;
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return !top || !(e.contains(top) || top.contains(e));
  });
  return hidden.map((e) => e.outerHTML.slice(0, 120));
}
"""
CUT = """
() => [...document.querySelectorAll('.sg-number *, .sg-step, .sg-top button, .sg-item, .sg-legal, .sg-message')]
  .concat([...document.querySelectorAll('.sg-foot button, .sg-foot .sg-step, [data-testid=truth]')].filter((e) => e.offsetParent))
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 || e.offsetParent?.closest('.sg-items')?.scrollWidth > innerWidth)
  .map((e) => e.outerHTML.slice(0, 120))
"""


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_no_menu_covers_the_numbers_or_a_button_and_nothing_is_cut(case_page, language, width, height):
    page = case_page
    page.locator("[data-testid=tab-guide]").click()
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(f"spineguide.act('language', '{language}')")
    page.wait_for_function(f"trame.state.get('language') === '{language}' && trame.state.get('num').shown")
    try:
        for menu in ("registration-menu", "limits-menu"):
            summary = page.locator(f"[data-testid={menu}] summary")
            summary.click()
            page.wait_for_timeout(200)
            assert page.locator(f"[data-testid={menu}] .sg-menu-body").is_visible()
            assert page.evaluate(COVERED) == []
            summary.click()
            assert not page.locator(f"[data-testid={menu}] .sg-menu-body").is_visible()
        assert page.evaluate(CUT) == []
        page.locator("[data-testid=tab-training]").click()
        page.locator("[data-testid=truth]").wait_for()
        assert page.evaluate(CUT) == [] and page.evaluate(COVERED) == []
    finally:
        page.evaluate("spineguide.act('language', 'en')")
        page.wait_for_function("trame.state.get('language') === 'en'")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_numbers_can_be_read_at_two_metres_and_the_bulls_eye_keeps_its_room(case_page, width, height):
    page = case_page
    page.locator("[data-testid=tab-guide]").click()
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(300)
    for name in ("lateral", "angle", "depth"):
        size = page.locator(f"[data-testid=number-{name}] .sg-value").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        # A 13-inch screen has 4.5 px/mm at this width: digits of 0.7 em are 10 mm high, twice what an eye of 20/20 needs at 2 m.
        assert size >= 0.05 * width
    eye = page.locator("[data-testid=eye] .sg-eye").bounding_box()
    assert min(eye["width"], eye["height"]) >= 120
