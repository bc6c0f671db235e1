"""An X-ray registration checked by eye in the browser: what the outline's switch does to the picture."""

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


def test_the_switch_takes_the_bone_s_outline_away_and_brings_it_back(page):
    with_outline = settled(page)
    switch = page.locator("[data-testid=outline]")
    switch.uncheck()
    without = until(page, lambda now: (np.abs(now - with_outline).max(axis=-1) > 40).sum() > 200)
    changed = np.abs(with_outline - without).max(axis=-1) > 40
    assert changed.mean() < 0.15, "a line, not the picture"
    switch.check()
    until(page, lambda now: apart(now, with_outline) < 0.3)
