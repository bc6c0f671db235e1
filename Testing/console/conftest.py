"""A console in a process of its own, and Chromium to look at it."""

from __future__ import annotations

import sys

import pytest
from console_harness import CASE, COMMAND, HERE, TITLE, ConsoleProcess


@pytest.fixture
def new_page(browser):
    """Open an address in a browser of its own (own session storage), at a given window size."""
    contexts = []

    def open_page(address: str, width: int = 1280, height: int = 800):
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(address)
        page.wait_for_selector("[data-testid=banner]")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def held():
    """The console over a session that stands in whatever state a test asks for."""
    console = ConsoleProcess([sys.executable, str(HERE / "double.py")])
    yield console
    console.stop()


@pytest.fixture(scope="session")
def played():
    """The console that plays the sample case, shared by all tests; `case_page` opens it with the case as it was."""
    console = ConsoleProcess([*COMMAND, "console", str(CASE), "--no-browser"])
    yield console
    console.stop()


@pytest.fixture
def case_page(played, new_page):
    """A browser in control of `played`, the sample case open, whatever the test before has opened."""
    page = new_page(played.address)
    page.wait_for_function("trame.state.get('holder') === spineguide.me", timeout=30_000)
    if page.evaluate("trame.state.get('view').title") != TITLE:
        page.evaluate("path => spineguide.act('open', path)", str(CASE))
        page.wait_for_function(
            "title => trame.state.get('view').title === title && trame.state.get('img').index > 0", arg=TITLE, timeout=60_000
        )
    return page
