"""Work in another thread: taken up once, given up cleanly, failures in one sentence."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from SlicerSpineGuide.errors import BadInput


@pytest.fixture
def background(app: Any) -> Iterator[Any]:
    from SlicerSpineGuide.desktop.background import Background

    made = Background()
    yield made
    made.close()


def finished(background: Any) -> None:
    background.wait()
    background.poll()


def test_a_result_is_taken_up_once_and_only_by_a_look(background: Any) -> None:
    taken: list[int] = []
    background.run("Counting", lambda progress: 42, taken.append)
    background.wait()
    assert (taken, background.words) == ([], "Counting")
    background.poll()
    background.poll()
    assert (taken, background.busy) == ([42], False)


def test_a_job_that_is_given_up_is_discarded_once_whenever_that_happens(background: Any) -> None:
    for moment in ("before it ended", "after it ended"):
        gone: list[str] = []
        go_on = threading.Event()

        def job(_progress: Any, go_on: threading.Event = go_on) -> str:
            go_on.wait(10.0)
            return "a session"

        background.run("Preparing", job, lambda result: pytest.fail(f"{result} was taken up"), gone.append)
        if moment == "after it ended":
            go_on.set()
            background.wait()
        background.cancel()
        go_on.set()
        finished(background)
        assert gone == ["a session"], moment
        assert not background.busy


def test_a_job_ends_at_its_next_step_when_it_is_given_up(background: Any) -> None:
    steps: list[int] = []
    first, go_on = threading.Event(), threading.Event()

    def job(progress: Any) -> None:
        for step in range(100):
            progress(step / 100)
            steps.append(step)
            first.set()
            go_on.wait(10.0)

    background.run("Reading", job, lambda: None)
    assert first.wait(10.0)
    background.cancel()
    go_on.set()
    finished(background)
    assert steps == [0]


def test_another_job_takes_the_place_of_the_one_that_runs(background: Any) -> None:
    taken: list[str] = []
    background.run("First", lambda progress: "first", taken.append)
    background.run("Second", lambda progress: "second", taken.append)
    finished(background)
    assert taken == ["second"]


def test_a_refusal_and_a_fault_are_both_sentences(background: Any) -> None:
    def refuse(_progress: Any) -> None:
        raise BadInput("plan.json: no.")

    def break_down(_progress: Any) -> None:
        raise ZeroDivisionError("by zero")

    for job, sentence in ((refuse, "plan.json: no."), (break_down, "Looking did not work: by zero")):
        background.run("Looking", job, lambda: None)
        background.wait()
        with pytest.raises(BadInput) as told:
            background.poll()
        assert str(told.value) == sentence
        assert not background.busy


def test_what_nobody_waits_for_is_done_in_order_and_its_failure_stops_nothing(background: Any) -> None:
    done: list[int] = []
    background.later(lambda: done.append(1))
    background.later(lambda: 1 / 0)
    background.later(lambda: done.append(2))
    background.wait()
    assert done == [1, 2]
