"""The stale watchdog: patience by pace, on a clock of the test's own."""

from __future__ import annotations

import pytest

from SlicerSpineGuide.guidance.watchdog import StaleWatchdog


def fed(gap_s: float, frames: int, start_s: float = 100.0) -> tuple[StaleWatchdog, float]:
    """A watchdog after `frames` frames, and when the last one came."""
    watchdog = StaleWatchdog()
    times = [start_s + index * gap_s for index in range(frames)]
    for index, now in enumerate(times):
        watchdog.frame(index, now)
    return watchdog, times[-1]


def test_before_the_first_image_nothing_is_stale() -> None:
    watchdog = StaleWatchdog()
    assert not watchdog.stale(1e6)
    assert watchdog.image_age_s(1e6) == 0 and watchdog.rate_hz == 0


def test_one_image_alone_is_stale_after_two_seconds() -> None:
    watchdog, last = fed(1.0, 1)
    assert not watchdog.stale(last + 1.9)
    assert watchdog.stale(last + 2.0)


@pytest.mark.parametrize("rate", [2.0, 6.0, 12.0, 30.0])
def test_running_images_that_stop_are_stale_after_one_second(rate: float) -> None:
    watchdog, last = fed(1 / rate, 20)
    assert watchdog.rate_hz == pytest.approx(rate)
    assert not watchdog.stale(last + 0.99)
    assert watchdog.stale(last + 1.0)


@pytest.mark.parametrize(("gap", "patience"), [(1.0, 2.5), (3.0, 7.5), (6.0, 10.0)])
def test_slow_images_are_waited_for_but_never_longer_than_ten_seconds(gap: float, patience: float) -> None:
    watchdog, last = fed(gap, 5)
    assert not watchdog.stale(last + patience - 0.01)
    assert watchdog.stale(last + patience + 0.01)


def test_a_frame_that_grows_is_new_but_does_not_change_the_pace() -> None:
    watchdog = StaleWatchdog()
    for index in range(10):
        for sister in range(3):
            watchdog.frame(index, index * 0.5 + sister * 0.1)
    assert watchdog.rate_hz == pytest.approx(2.0)
    assert watchdog.image_age_s(4.8) == pytest.approx(0.1)


def test_a_single_hiccup_does_not_change_the_patience() -> None:
    watchdog, last = fed(0.1, 20)
    watchdog.frame(20, last + 0.9)
    assert watchdog.stale_after_s == 1.0


def test_after_a_pause_the_pace_is_that_of_the_images_not_of_the_pause() -> None:
    watchdog, last = fed(0.1, 3)
    watchdog.frame(3, last + 60)
    assert watchdog.rate_hz == pytest.approx(10)


def test_images_of_one_instant_do_not_divide_by_nothing() -> None:
    watchdog, last = fed(0.0, 5)
    assert watchdog.rate_hz == 0
    assert watchdog.stale(last + 2.0)
