"""The procedure's steps with their times: what the radiologist confirms, and what the images show."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.translation import tr

CONFIRMED = ("plan", "registration", "target")  # by a person; entry and progress are seen in the images
ORDER = ("plan", "registration", "entry", "progress", "target")


class Steps:
    """Plan checked, registration accepted, entry, progress, target confirmed; kept for each trajectory.

    clock: seconds of the day's clock, for time stamps only.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._done: dict[str, dict[str, float]] = {}
        self._progress: dict[str, float] = {}
        self._trajectory = ""
        self.marks: list[dict[str, Any]] = []

    def observe(self, update: Update, trajectory: Trajectory) -> None:
        """Take note of what an Update shows of the current trajectory."""
        self._trajectory = trajectory.id
        if update.deviation is None or update.hidden_reason:
            return
        progress = 1 - update.deviation.depth_mm / trajectory.length_mm
        self._progress[trajectory.id] = progress
        if progress > 0:
            self._mine.setdefault("entry", self._clock())

    def confirm(self, step: str) -> None:
        """A person confirms a step; once more takes the confirmation back."""
        if step not in CONFIRMED:
            return
        if step in self._mine:
            del self._mine[step]
        else:
            self._mine[step] = self._clock()

    def reject(self, step: str) -> None:
        self._mine.pop(step, None)

    def mark(self, update: Update | None) -> None:
        """A moment that a person wants to find again."""
        index = update.frame.index + 1 if update is not None and update.frame is not None else 0
        self.marks.append({"at": _time(self._clock()), "image": index})

    def rows(self) -> list[dict[str, Any]]:
        """The steps as the page lists them: name, label, whether done, when, and whether a person can confirm it."""
        labels = _labels()
        progress = self._progress.get(self._trajectory)
        rows = []
        for name in ORDER:
            at = self._mine.get(name)
            when = _time(at) if at is not None else ""
            if name == "progress" and progress is not None:
                when = f"{100 * min(max(progress, 0.0), 1.5):.0f} %"
            done = at is not None or (name == "progress" and progress is not None and progress >= 1)
            rows.append({"name": name, "label": labels[name], "done": done, "when": when, "confirm": name in CONFIRMED})
        return rows

    @property
    def _mine(self) -> dict[str, float]:
        return self._done.setdefault(self._trajectory, {})


def _time(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def _labels() -> dict[str, str]:
    return {
        "plan": tr("Plan checked"),
        "registration": tr("Registration accepted"),
        "entry": tr("Skin entry"),
        "progress": tr("Progress"),
        "target": tr("Target confirmed"),
    }
