"""Drive it yourself: the trainee's own instrument in the virtual room, guided and scored like any other."""

from __future__ import annotations

import pytest
from console_harness import count_of, pixels


def take_image(page, number: int) -> float:
    """Ask for an image and wait for the guidance on it; the depth that it shows."""
    page.locator("[data-testid=take-image]").click()
    page.wait_for_function(f"trame.state.get('img').index === {number} && !trame.state.get('drive').busy", timeout=60_000)
    page.wait_for_function("trame.state.get('num').shown", timeout=30_000)
    return float(page.locator("[data-testid=number-depth] .sg-value").inner_text().replace("−", "-"))


def test_a_trainee_advances_asks_for_images_and_is_scored(case_page):
    page = case_page
    page.locator("[data-testid=tab-training]").click()
    page.locator("[data-testid=drive-button]").click()
    page.locator("[data-testid=drive]").wait_for(timeout=60_000)
    assert page.locator("[data-testid=truth]").count() == 0, "the trainee is told later"
    page.locator("[data-testid=card][data-state=no_image]").wait_for()
    for _ in range(6):
        page.locator("[data-testid=advance-5]").click()
    page.wait_for_function("trame.state.get('drive').depth === '20'")
    assert "Puncture" not in page.locator("[data-testid=drive]").inner_text(), "once it is in, the puncture stays"
    first = take_image(page, 1)
    page.wait_for_timeout(1500)
    assert count_of(pixels(page.locator(".sg-view-live")), "instrument") > 100, "the trainee's own trocar is drawn"
    page.locator("[data-testid=advance-10]").click()
    second = take_image(page, 2)
    assert first - second == pytest.approx(10.0, abs=1.5)
    for towards in ("left", "head"):
        slider = page.locator(f"[data-testid=lean-{towards}]")
        slider.evaluate("e => { e.value = -4.5; e.dispatchEvent(new Event('change')); }")
        page.wait_for_function(f"trame.state.get('drive').{towards} === '-4.5'")
    page.locator("[data-testid=advance--5]").click()
    page.wait_for_function("trame.state.get('drive').depth === '25'")
    before = page.evaluate("trame.state.get('drive').left")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"trame.state.get('drive').left !== {before!r}")
    page.wait_for_timeout(1500)
    assert page.evaluate("trame.state.get('card').state") == "", "thinking does not make the image old"
    page.locator("[data-testid=debrief-button]").click()
    debrief = page.locator("[data-testid=debrief]")
    debrief.wait_for()
    assert "before the target" in debrief.inner_text() and "Acquisitions used: 2" in debrief.inner_text()
    assert "target registration error" in debrief.inner_text(), "now the truth is told"
