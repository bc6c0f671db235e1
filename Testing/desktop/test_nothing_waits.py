"""Reading a case and preparing a session never stand in the way of Qt's thread."""

from __future__ import annotations

import threading
import types
from pathlib import Path
from typing import Any

import pytest
from courses import wait_until, wait_until_ready


def test_a_case_is_read_in_another_thread_while_the_panel_says_what_it_does(panel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from SlicerSpineGuide.desktop import conductor

    threads: list[str] = []
    really = conductor.open_case

    def reading(folder: Path, **options: Any) -> Any:
        threads.append(threading.current_thread().name)
        return really(folder, **options)

    monkeypatch.setattr(conductor, "open_case", reading)
    panel.ui.sampleCaseButton.click()
    assert panel.conductor.case is None, "it was read before the button came back"
    assert panel.ui.busyLabel.text.startswith("Opening ")
    wait_until_ready(panel)
    assert panel.conductor.case is not None
    assert threads != ["MainThread"]
    assert panel.conductor.background.words == ""


def test_a_case_that_is_given_up_while_it_is_read_never_opens(panel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from SlicerSpineGuide.desktop import conductor

    go_on = threading.Event()
    really = conductor.open_case

    def slow(folder: Path, **options: Any) -> Any:
        assert go_on.wait(30.0)
        return really(folder, **options)

    monkeypatch.setattr(conductor, "open_case", slow)
    panel.ui.sampleCaseButton.click()
    panel.ui.cancelButton.click()
    go_on.set()
    panel.conductor.background.wait()
    panel.look()
    assert panel.conductor.case is None
    assert panel.ui.messageLabel.text == ""
    assert panel.ui.openCaseButton.enabled


def test_the_reading_says_how_far_it_is_and_ends_at_the_next_file_when_it_is_given_up(
    panel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pydicom

    from SlicerSpineGuide.plan import planning_ct

    read: list[Any] = []
    half_way, go_on = threading.Event(), threading.Event()

    def one_file(path: Path) -> Any:
        read.append(path)
        if len(read) == 5:
            half_way.set()
            assert go_on.wait(30.0)
        return pydicom.dcmread(path)

    monkeypatch.setattr(planning_ct, "pydicom", types.SimpleNamespace(dcmread=one_file, Dataset=pydicom.Dataset))
    panel.ui.sampleCaseButton.click()
    wait_until(half_way.is_set, "the fifth file")
    panel.look()
    assert 0 < panel.ui.busyBar.value < 100
    panel.ui.cancelButton.click()
    go_on.set()
    panel.conductor.background.wait()
    assert len(read) == 5


def test_where_qt_keeps_pythons_lock_each_look_gives_the_other_threads_a_moment() -> None:
    from SlicerSpineGuide.desktop.breath import Breath

    breath = Breath()
    threading.Event().wait(0.05)
    breath.breathe()
    assert breath.given == 0, "the heart beats: nothing is to be given"
    breath.breathe()  # at once: no beat in between, as where the lock is kept
    before = breath._beats
    breath._seen = breath._beats
    breath.breathe()
    assert breath.given > 0
    assert breath._beats > before, "the other threads ran"
    breath.stop()
    assert not breath._thread.is_alive()


def test_a_session_that_is_given_up_while_it_is_prepared_is_stopped(opened: Any) -> None:
    from SlicerSpineGuide.recording.player import ReplaySession

    made: list[ReplaySession] = []

    def make(case: Any) -> ReplaySession:
        made.append(ReplaySession(case))
        return made[0]

    opened.conductor.start(make)
    opened.ui.cancelButton.click()
    opened.conductor.background.wait()
    opened.look()
    assert not opened.conductor.running
    assert not made or not made[0].loop._thread.is_alive()


def test_what_fails_in_the_background_is_one_sentence(opened: Any) -> None:
    def broken(_case: Any) -> Any:
        raise ZeroDivisionError("a fault of ours")

    opened.conductor.start(broken)
    wait_until_ready(opened)
    wait_until(lambda: "a fault of ours" in opened.ui.messageLabel.text, "the sentence")
    wait_until(lambda: opened.ui.startReplayButton.enabled, "the button to be of use again")
