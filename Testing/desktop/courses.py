"""How the tests bring the panel to where they look at it: a case open, a replay at an image."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6 import QtCore, QtWidgets


def wait_until(true: Callable[[], Any], what: str = "", seconds: float = 60.0) -> None:
    """Let Qt's events and timers run until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"it did not come true within {seconds:.0f} s: {what}"
        QtWidgets.QApplication.processEvents(QtCore.QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.005)


def wait_until_ready(panel: Any) -> None:
    """Until nothing is prepared in the background any more."""
    wait_until(lambda: not panel.conductor.background.busy, "the background's work")


def open_sample(panel: Any, folder: Path | None = None) -> Any:
    """The sample case (or another one) open in the panel."""
    if folder is None:
        panel.ui.sampleCaseButton.click()
    else:
        panel.open_case(folder)
    wait_until_ready(panel)
    assert panel.conductor.case is not None, panel.ui.messageLabel.text
    return panel


def start_replay(panel: Any) -> Any:
    """The replay of the open case, standing still at its first image; returns the session."""
    panel.ui.startReplayButton.click()
    wait_until_ready(panel)
    session = panel.conductor.replay
    assert session is not None, panel.ui.messageLabel.text
    session.pause()
    return session


def step_until(panel: Any, reached: Callable[[Any], bool]) -> None:
    """Image by image from the first, each one processed before the next; shown in the panel when it is there."""
    session = panel.conductor.replay
    session.seek(0)
    assert session.loop.wait_until_idle(60.0)
    while not reached(session.latest):
        assert session.position < session.length - 1, "the case has no such image"
        session.step()
        assert session.loop.wait_until_idle(60.0)
    panel.look()


def next_image(panel: Any) -> Any:
    """Step the replay by one image; its Update."""
    panel.ui.stepButton.click()
    shown = panel.conductor.replay.position
    assert panel.conductor.replay.loop.wait_until_idle(60.0)
    wait_until(lambda: panel.conductor.latest.frame.index == shown, "the next image")
    panel.look()
    return panel.conductor.latest


def rows(listed: Any) -> list[str]:
    """What a list shows."""
    return [listed.item(i).text() for i in range(listed.count)]
