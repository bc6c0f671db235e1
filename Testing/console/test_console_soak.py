"""Replay for hours: what the console's server and the browser hold must not grow. `make soak` runs the long one."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator

import pytest
from console_harness import HERE, ConsoleProcess

SOAK_MINUTES = float(os.environ.get("SPINEGUIDE_SOAK_MINUTES", "120"))
WARM_UP_S = 300.0  # until every view, window size and sound has been drawn and loaded once
ALLOWED_MB, ALLOWED_HEAP_MB = 60.0, 20.0  # caches fill once; a leak of one image a frame would be thousands


@pytest.fixture
def soaked(new_page) -> Iterator:
    consoles = []

    def begin(speed: float):
        console = ConsoleProcess([sys.executable, str(HERE / "soaking.py"), str(speed)])
        consoles.append(console)
        page = new_page(console.address)
        page.wait_for_function("trame.state.get('num').shown", timeout=60_000)
        return Soaked(console, page)

    yield begin
    for console in consoles:
        console.stop()


class Soaked:
    """A console and a browser that watches it, and what both of them hold."""

    def __init__(self, console: ConsoleProcess, page) -> None:
        self._console, self._page = console, page
        self._tools = page.context.new_cdp_session(page)
        self._tools.send("Performance.enable")

    def measure(self) -> dict[str, float]:
        self._console.show("measure")
        server = json.loads(self._console.wait_for("measured", 60.0).removeprefix("measured "))
        self._tools.send("HeapProfiler.collectGarbage")
        metrics = {m["name"]: m["value"] for m in self._tools.send("Performance.getMetrics")["metrics"]}
        browser = {"heap_mb": metrics["JSHeapUsedSize"] / 1e6, "dom": metrics["Nodes"], "listeners": metrics["JSEventListeners"]}
        return server | browser

    def run(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._page.wait_for_timeout(min(5000, 1000 * (end - time.monotonic()) + 1))


def assert_flat(first: dict[str, float], last: dict[str, float]) -> None:
    told = f"{first} -> {last}"
    assert last["passes"] > first["passes"], told
    assert last["nodes"] == first["nodes"] and last["observed"] == first["observed"], told
    assert last["threads"] <= first["threads"] + 2, told
    assert last["memory_mb"] - first["memory_mb"] < ALLOWED_MB, told
    assert last["heap_mb"] - first["heap_mb"] < ALLOWED_HEAP_MB, told
    assert last["dom"] < 1.5 * first["dom"] + 500 and last["listeners"] < 1.5 * first["listeners"] + 100, told
    assert last["dom"] > 0.5 * first["dom"], f"the page is not the one that it was: {told}"


def test_ten_minutes_of_replay_compressed_leave_server_and_browser_as_they_were(soaked):
    console = soaked(speed=40.0)
    console.run(5.0)
    first = console.measure()
    console.run(15.0)
    assert_flat(first, console.measure())


@pytest.mark.long
def test_soak_replay_for_two_hours_leaves_server_and_browser_as_they_were(soaked, capsys):
    """SPINEGUIDE_SOAK_MINUTES runs another length."""
    console = soaked(speed=8.0)
    console.run(WARM_UP_S)
    first = console.measure()
    end = time.monotonic() + 60 * SOAK_MINUTES
    while time.monotonic() < end:
        console.run(min(300.0, end - time.monotonic() + 1))
        now = console.measure()
        with capsys.disabled():
            sys.stdout.write(f"\n{(time.monotonic() - end) / 60 + SOAK_MINUTES:.0f} min: {json.dumps(now)}")
            sys.stdout.flush()
    assert_flat(first, now)
