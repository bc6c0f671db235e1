"""The live image is drawn at once; the other views wait for it, and are never drawn more than once for what they missed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from SlicerSpineGuide.console.painter import Painter
from SlicerSpineGuide.console.turns import AFTER_SENDING_S, SHARE, STREAM_S, InTurn, Turns


def in_a_loop_of_its_own(work: Coroutine[Any, Any, list[str]]) -> list[str]:
    """In a thread, since the browser's tests leave a running loop in this one."""
    with ThreadPoolExecutor(1) as one:
        return one.submit(asyncio.run, work).result()


class Drawn:
    """A painter that remembers who was drawn."""

    def __init__(self, name: str, order: list[str], took_s: float = 0.0) -> None:
        self._name, self._order, self.took_s = name, order, took_s

    def schedule_render(self) -> None:
        self._order.append(self._name)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_without_images_every_view_is_drawn_at_once():
    order: list[str] = []
    view = InTurn(Turns(Clock()), Drawn("along", order), 0.35)
    view.schedule_render()
    view.schedule_render()
    assert order == ["along", "along"]


def test_while_images_stream_in_one_view_is_drawn_after_each_picture_the_longest_waiting_first():
    async def stream() -> list[str]:
        order: list[str] = []
        turns = Turns(Clock())
        turns.image()
        along, three_d = (InTurn(turns, Drawn(name, order), 0.0) for name in ("along", "3D"))
        for view in (along, three_d, along):
            view.schedule_render()
        assert order == []
        for _ in range(3):
            turns.sent()
            await asyncio.sleep(3 * AFTER_SENDING_S)
        return order

    assert in_a_loop_of_its_own(stream()) == ["along", "3D"]


def test_a_view_whose_period_has_not_passed_lets_the_next_one_go_first():
    async def stream() -> list[str]:
        order: list[str] = []
        clock = Clock()
        turns = Turns(clock)
        three_d, along = InTurn(turns, Drawn("3D", order), 1.0), InTurn(turns, Drawn("along", order), 0.35)
        for view in (three_d, along):
            view.schedule_render()
        order.clear()
        clock.now = 0.5
        turns.image()
        for view in (three_d, along):
            view.schedule_render()
        for _ in range(2):
            turns.sent()
            await asyncio.sleep(3 * AFTER_SENDING_S)
        return order

    assert in_a_loop_of_its_own(stream()) == ["along"]


def test_when_no_more_images_come_whoever_waits_is_drawn():
    async def stream() -> list[str]:
        order: list[str] = []
        turns = Turns()
        turns.image()
        view = InTurn(turns, Drawn("along", order), 10.0)
        view.schedule_render()
        assert order == []
        await asyncio.sleep(1.5 * STREAM_S)
        return order

    assert in_a_loop_of_its_own(stream()) == ["along"]


def test_a_view_that_takes_long_to_draw_is_drawn_less_often_while_images_stream_in():
    quick, slow = (InTurn(Turns(Clock()), Drawn("3D", [], took_s), 0.25) for took_s in (0.005, 0.06))
    assert quick.period_s == 0.25
    assert slow.period_s == 0.06 / SHARE > 1.0


class Window:
    """A view's window: each picture is a little brighter than the one before."""

    drawn = 0

    @property
    def img_cols_rows(self) -> tuple[np.ndarray, int, int]:
        self.drawn += 1
        return np.full((8, 16, 3), self.drawn, np.uint8), 16, 8


def test_a_view_that_is_asked_for_many_times_is_drawn_and_sent_once():
    async def ask() -> list[str]:
        sent: list[str] = []
        window = Window()
        painter = Painter(window, lambda content, meta: sent.append(f"{window.drawn} {meta['type']} {content[:2].hex()}"), 1000.0, 90)
        for _ in range(5):
            painter.schedule_render()
        await asyncio.sleep(0.02)
        painter.schedule_render()
        await asyncio.sleep(0.02)
        return sent

    assert in_a_loop_of_its_own(ask()) == ["1 image/jpeg ffd8", "2 image/jpeg ffd8"]


def test_a_view_is_not_drawn_more_often_than_it_may_be_and_the_last_request_is_not_forgotten():
    async def ask() -> list[str]:
        sent: list[str] = []
        window = Window()
        painter = Painter(window, lambda content, meta: sent.append(str(window.drawn)), 2.0, 90)
        for _ in range(4):
            painter.schedule_render()
            await asyncio.sleep(0.001)
        assert sent == ["1"]
        for _ in range(100):
            await asyncio.sleep(0.05)
            if len(sent) > 1:
                break
        return sent

    assert in_a_loop_of_its_own(ask()) == ["1", "2"]
