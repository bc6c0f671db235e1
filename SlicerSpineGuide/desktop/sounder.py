"""The alerts' sound through Qt: the bursts of guidance.sound, played without waiting for them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import qt

from SlicerSpineGuide.guidance.signals import SIGNALS
from SlicerSpineGuide.guidance.sound import burst
from SlicerSpineGuide.guidance.types import Priority

GAP_S = 0.5  # between the bursts of a test


class Sounder:
    """Silent where Slicer was built without Qt's multimedia."""

    def __init__(self) -> None:
        self._effect_class = getattr(qt, "QSoundEffect", None)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._effects: dict[Priority, Any] = {}
        self._timers: list[Any] = []

    @property
    def possible(self) -> bool:
        return self._effect_class is not None

    def play(self, priority: Priority) -> None:
        """Start the burst of that priority; returns at once."""
        if self._effect_class is None:
            return
        if priority not in self._effects:
            effect = self._effect_class()
            effect.setSource(qt.QUrl.fromLocalFile(str(self._file(priority))))
            self._effects[priority] = effect
        self._effects[priority].play()

    def test(self) -> None:
        """All three, the most urgent first, one after the other."""
        self._forget_timers()
        after_s = 0.0
        for priority, signal in SIGNALS.items():
            timer = qt.QTimer()
            timer.setSingleShot(True)
            timer.setInterval(round(1000 * after_s))
            timer.connect("timeout()", _playing(self, priority))
            timer.start()
            self._timers.append(timer)
            after_s += signal.burst_s + GAP_S

    def remove(self) -> None:
        self._forget_timers()
        for effect in self._effects.values():
            effect.stop()
        self._effects.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _file(self, priority: Priority) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="spine-guide-sound-")
        path = Path(self._folder.name) / f"{priority}.wav"
        path.write_bytes(burst(priority))
        return path

    def _forget_timers(self) -> None:
        for timer in self._timers:
            timer.stop()
            timer.disconnect("timeout()")
        self._timers = []


def _playing(sounder: Sounder, priority: Priority) -> Any:
    return lambda: sounder.play(priority)
