"""Hours of replay through the widget (`make soak`): memory, nodes and observers stay flat."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from courses import open_sample, start_replay

MINUTES = float(os.environ.get("SPINEGUIDE_SOAK_MINUTES", "120"))


@pytest.mark.long
def test_soak_of_the_widget_keeps_memory_and_nodes_flat(panel: Any, scene: Any, until: Callable[..., None]) -> None:
    session = start_replay(open_sample(panel))
    session.set_speed(8.0)
    until(lambda: panel.conductor.drawing.bone is not None, "the bone surface")
    readings: list[tuple[float, int]] = []
    end = time.monotonic() + 60.0 * MINUTES
    while time.monotonic() < end:
        session.seek(0)
        session.play()
        until(lambda: not session.playing, "the end of the case", 600.0)
        gc.collect()
        readings.append((psutil.Process().memory_info().rss / 2**20, scene.GetNumberOfNodes()))
    settled = readings[len(readings) // 5 :]
    assert len({nodes for _, nodes in settled}) == 1
    assert settled[-1][0] - settled[0][0] < 100, f"MiB: {[round(m) for m, _ in settled]}"
