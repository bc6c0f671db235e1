"""The alerts' sound: synthesised bursts, and when one is due. Never the only carrier of an alert."""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.guidance.signals import SIGNALS, Signal
from SlicerSpineGuide.guidance.types import Alert, AlertCode, Priority

RATE_HZ = 44_100
HARMONICS = 6
_ROLL_OFF = 0.75  # each harmonic's amplitude over the former one's: all within 15 dB of the fundamental
_RISE = 0.15  # part of a pulse in which it swells, and in which it fades
_LEVEL = 0.6  # of full scale


@cache
def burst(priority: Priority) -> bytes:
    """One burst of that priority as a WAV file: mono, 16 bits, 44.1 kHz."""
    samples = _burst(SIGNALS[priority])
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    return file.getvalue()


def _burst(signal: Signal) -> npt.NDArray[np.float64]:
    pulse = _pulse(signal)
    parts = [pulse]
    for pause in signal.pauses_s:
        parts += [np.zeros(round(pause * RATE_HZ)), pulse]
    return np.concatenate(parts)


def _pulse(signal: Signal) -> npt.NDArray[np.float64]:
    """A tone with harmonics that swells and fades, so that it does not click."""
    count = round(signal.pulse_s * RATE_HZ)
    phase = 2 * np.pi * signal.frequency_hz * np.arange(count) / RATE_HZ
    tone = sum((_ROLL_OFF**k * np.sin((k + 1) * phase) for k in range(HARMONICS)), np.zeros(count))
    edge = np.minimum(np.arange(count), np.arange(count)[::-1]) / (_RISE * count)
    swell = np.sin(np.pi / 2 * np.clip(edge, 0, 1)) ** 2
    shaped = tone * swell
    return np.asarray(_LEVEL * shaped / np.abs(shaped).max())


class Announcer:
    """Tells the screens when to play which burst: the most urgent priority of which an alert is on and not acknowledged.

    An alert sounds as soon as no more urgent one is audible, and again after its priority's pause for as long as it is on and not
    acknowledged. A low one sounds once.
    """

    def __init__(self) -> None:
        self._sounded: set[tuple[AlertCode, str]] = set()
        self._next_s: dict[Priority, float] = {}

    def due(self, alerts: Sequence[Alert], now_s: float) -> Priority | None:
        """The burst to play now, if any. alerts: those that are on; now_s: seconds on the caller's monotonic clock."""
        self._sounded &= {(a.code, a.subject) for a in alerts}
        for priority, signal in SIGNALS.items():
            audible = {(a.code, a.subject) for a in alerts if a.priority == priority and not a.acknowledged}
            if not audible:
                self._next_s.pop(priority, None)
                continue
            if audible <= self._sounded and now_s < self._next_s.get(priority, math.inf):
                return None
            self._sounded |= audible
            if signal.repeat_s is not None:
                self._next_s[priority] = now_s + signal.burst_s + signal.repeat_s
            return priority
        return None
