"""An X-ray registration checked by eye in the browser: what slider and switch do to the picture, and when there is neither."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from console_harness import CASE, pixels

LIVE = ".sg-view-live"
MIDDLE = np.s_[120:-120, 60:-60]  # of the view: without its words and its border


@pytest.fixture
def page(case_page):
    page = case_page
    page.evaluate("path => spineguide.act('open', path)", str(CASE.parent / "xa-l3-vertebroplasty"))
    page.wait_for_function("trame.state.get('layout') === 'xray' && trame.state.get('num').shown", timeout=90_000)
    page.evaluate("spineguide.act('seek', 4)")
    page.wait_for_function("trame.state.get('img').index === 5 && trame.state.get('xray').shown", timeout=60_000)
    yield page
    page.evaluate("spineguide.act('xray_blend', 0)")
    page.evaluate("spineguide.act('xray_outline', true)")
    page.evaluate("spineguide.act('register_again')")


def settled(page) -> np.ndarray:
    """The live view's middle once it has stopped changing."""
    deadline, last = time.monotonic() + 20, pixels(page.locator(LIVE))
    while time.monotonic() < deadline:
        time.sleep(0.7)
        now = pixels(page.locator(LIVE))
        if np.abs(now - last).mean() < 0.05:
            return now[MIDDLE]
        last = now
    raise AssertionError("the view does not come to rest")


def until(page, true_of: Callable[[np.ndarray], bool]) -> np.ndarray:
    """The live view's middle once it is as asked for, and at rest."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if true_of(pixels(page.locator(LIVE))[MIDDLE]):
            return settled(page)
        time.sleep(0.3)
    raise AssertionError("the picture does not follow")


def apart(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).mean())


def test_the_slider_blends_the_radiograph_with_the_ct_s_own_and_back(page):
    radiograph = settled(page)
    page.locator("[data-testid=blend]").fill("100")
    ct = until(page, lambda now: apart(now, radiograph) > 3)
    assert ct.std() > 10, "a picture, not a blank"
    page.locator("[data-testid=blend]").fill("50")
    between = until(page, lambda now: apart(now, ct) > 1)
    assert apart(between, radiograph) < apart(ct, radiograph)
    assert apart(between, (radiograph + ct) / 2) < 0.5 * apart(ct, radiograph)
    page.locator("[data-testid=blend]").fill("0")
    again = until(page, lambda now: apart(now, between) > 1)
    assert apart(again, radiograph) < 0.3


def test_the_switch_takes_the_bone_s_outline_away_and_brings_it_back(page):
    with_outline = settled(page)
    switch = page.locator("[data-testid=outline]")
    switch.uncheck()
    without = until(page, lambda now: (np.abs(now - with_outline).max(axis=-1) > 40).sum() > 200)
    changed = np.abs(with_outline - without).max(axis=-1) > 40
    assert changed.mean() < 0.15, "a line, not the picture"
    switch.check()
    until(page, lambda now: apart(now, with_outline) < 0.3)


def test_without_a_registration_that_counts_nothing_of_the_ct_is_drawn_and_the_reason_stands_there(page):
    page.locator("[data-testid=outline]").uncheck()
    radiograph = settled(page)
    page.locator("[data-testid=blend]").fill("100")
    page.locator("[data-testid=outline]").check()
    ct = until(page, lambda now: apart(now, radiograph) > 3)
    page.evaluate("spineguide.act('reject')")
    page.wait_for_function("!trame.state.get('xray').shown", timeout=30_000)
    reason = page.evaluate("trame.state.get('xray').reason")
    assert reason
    assert reason in page.locator("[data-testid=xray-reason]").inner_text()
    assert not page.locator("[data-testid=blend]").is_visible()
    page.add_style_tag(content=".sg-card { visibility: hidden }")  # what stands over the image is not compared
    plain = until(page, lambda now: apart(now, radiograph) < 0.5 * apart(now, ct))
    changed = np.abs(plain - radiograph).max(axis=-1) > 40
    assert changed.mean() < 0.1, "only the plan and the instrument have gone"
