"""The live loop: which frame is worked on, and what is on the screen while none is."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from guide_stand_in import SEEN, frame, image

from SlicerSpineGuide.guidance.loop import LiveLoop
from SlicerSpineGuide.guidance.types import AlertCode
from SlicerSpineGuide.intake.frame import Frame, LiveImage
from SlicerSpineGuide.tracking.instrument import Instrument


@pytest.fixture
def run(guide):
    """Start a LiveLoop over the guide; returns it and the list of its Updates."""
    loops = []

    def start(order="newest"):
        updates: list = []
        loop = LiveLoop(guide, (updates.append,), order)
        loop.start()
        loops.append(loop)
        return loop, updates

    yield start
    for loop in loops:
        loop.stop()


def live(index: int) -> Frame:
    return frame(index, arrived_s=time.monotonic())


def fresh(n: int) -> LiveImage:
    return image(n, arrived_s=time.monotonic())


def wait_for(condition, timeout_s: float = 5.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_the_newest_frame_is_shown_and_the_overtaken_ones_are_counted(run, sight):
    gate = threading.Event()
    sight.work = lambda f: gate.wait(5) if f.index == 0 else None
    loop, updates = run("newest")
    loop.offer(live(0))
    assert wait_for(lambda: loop._busy)
    for k in range(1, 5):
        loop.offer(live(k))
    gate.set()
    assert wait_for(lambda: loop.latest.frame is not None and loop.latest.frame.index == 4)
    assert [u.frame.index for u in updates if u.frame and u.of_frame] == [0, 4]
    assert loop.latest.skipped == 3


def test_for_a_report_every_frame_has_its_turn(run, sight):
    sight.work = lambda f: time.sleep(0.02)
    loop, updates = run("every")
    for k in range(10):
        loop.offer(live(k))
    assert loop.wait_until_idle(5)
    assert [u.frame.index for u in updates if u.frame and u.of_frame] == list(range(10))


def test_a_frame_that_breaks_the_processing_hides_the_former_position(run, sight, caplog):
    loop, _ = run()
    loop.offer(live(0))
    assert wait_for(lambda: loop.latest.deviation is not None)

    def fail(_):
        raise ZeroDivisionError("planted")

    sight.work = fail
    loop.offer(live(1))
    assert wait_for(lambda: loop.latest.frame.index == 1)
    assert loop.latest.deviation is None and loop.latest.registration.status == "lost"
    assert "planted" in caplog.text


def test_when_images_stop_the_position_goes_by_itself(run):
    loop, _ = run()
    for k in range(5):
        loop.offer(live(k))
        loop.wait_until_idle(5)
    assert loop.latest.deviation is not None
    assert wait_for(lambda: loop.latest.deviation is None)
    assert AlertCode.IMAGE_STALE in {a.code for a in loop.latest.alerts}


def test_other_limits_are_judged_by_from_the_next_frame_on(run, sight):
    beside = Instrument(True, np.array([1.6, 20, 0]), np.array([0.0, -1, 0]), np.full(3, 0.01), 0.05)
    sight.instrument = beside
    loop, _ = run()
    loop.change_thresholds(lambda limits: limits.changed(lateral_mm=1.0))
    loop.change_thresholds(lambda limits: limits.changed(angle_deg=7.0))
    loop.offer(live(0))
    assert wait_for(lambda: loop.latest.frame is not None and loop.latest.alerts)
    assert AlertCode.LATERAL_DEVIATION in [alert.code for alert in loop.latest.alerts]
    assert (loop.latest.thresholds.lateral_mm, loop.latest.thresholds.angle_deg) == (1.0, 7.0)


def test_a_listener_that_fails_does_not_stop_the_loop(guide, sight, caplog):
    def broken(update):
        raise OSError("disk full")

    seen: list = []
    loop = LiveLoop(guide, (broken, seen.append))
    loop.start()
    loop.offer(live(0))
    assert wait_for(lambda: any(u.deviation for u in seen))
    loop.stop()
    assert "disk full" in caplog.text


def test_the_first_slice_of_a_growing_frame_does_not_blank_the_screen_for_its_sisters(run, sight):
    loop, updates = run()
    loop.offer(Frame(0, "CT", (fresh(1), fresh(2), fresh(3)), 0.0))
    assert wait_for(lambda: loop.latest.deviation is not None)
    sight.instrument = Instrument(False, reason="Its tip is not in the slices.")
    loop.offer(Frame(1, "CT", (fresh(4),), 0.1))
    loop.wait_until_idle(5)
    sight.instrument = SEEN
    loop.offer(Frame(1, "CT", (fresh(4), fresh(5), fresh(6)), 0.1))
    assert wait_for(lambda: loop.latest.frame.index == 1)
    assert all(u.deviation is not None for u in updates if u.frame is not None)


def test_a_frame_whose_sisters_never_come_is_shown_as_it_is(run, sight):
    loop, _ = run()
    loop.offer(Frame(0, "CT", (fresh(1), fresh(2)), 0.0))
    assert wait_for(lambda: loop.latest.deviation is not None)
    sight.instrument = Instrument(False, reason="Its tip is not in the slices.")
    loop.offer(Frame(1, "CT", (fresh(3),), 0.1))
    assert wait_for(lambda: loop.latest.frame.index == 1 and loop.latest.deviation is None)


def test_after_a_rewind_an_earlier_frame_is_shown(run):
    loop, _ = run()
    loop.offer(live(7))
    assert wait_for(lambda: loop.latest.frame is not None and loop.latest.frame.index == 7)
    loop.rewind()
    loop.offer(live(2))
    assert wait_for(lambda: loop.latest.frame is not None and loop.latest.frame.index == 2)


def test_a_frame_that_waited_too_long_for_its_turn_shows_no_position(run):
    loop, _ = run()
    for k in range(5):
        loop.offer(live(k))
        loop.wait_until_idle(5)
    loop.offer(frame(5, arrived_s=time.monotonic() - 5.0))
    assert wait_for(lambda: loop.latest.frame.index == 5)
    assert loop.latest.deviation is None and loop.latest.hidden_reason
    assert AlertCode.IMAGE_STALE in {a.code for a in loop.latest.alerts}
