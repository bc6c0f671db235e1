"""How an alert of each priority looks and sounds, as data modelled on IEC 60601-1-8 (no conformance is claimed).

Visual (its table 2): high red, flashing at 1.4 to 2.8 Hz; medium yellow, 0.4 to 0.8 Hz; low cyan or yellow, constant; duty 20 to
60 %. Auditory (its tables 3 and 4): bursts of ten, three, and one or two pulses; pulses of 75 to 200 ms (high) or 125 to 250 ms;
spacing 50 to 125 ms (high) or 125 to 250 ms; bursts 2.5 to 15 s (high), 2.5 to 30 s (medium), more than 15 s or never (low)
apart; fundamental 150 to 1000 Hz with at least four harmonics between 300 and 4000 Hz.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from SlicerSpineGuide.guidance.types import Priority


@dataclass(frozen=True)
class Signal:
    """colour: "#rrggbb"; flash_hz: 0 for constant, lit for `duty` of a period.

    frequency_hz: the pulses' fundamental; pulse_s: how long each is; pauses_s: the silences between one pulse and the next;
    repeat_s: the silence between two bursts, None for a single burst.
    """

    colour: str
    flash_hz: float
    duty: float
    frequency_hz: float
    pulse_s: float
    pauses_s: tuple[float, ...]
    repeat_s: float | None

    @property
    def burst_s(self) -> float:
        """How long one burst is."""
        return self.pulse_s * (len(self.pauses_s) + 1) + sum(self.pauses_s)


_X, _LONG_X, _BETWEEN_HALVES = 0.1, 0.35, 0.6  # the third pause of five pulses is 2 x + one pulse

SIGNALS: Mapping[Priority, Signal] = {
    "high": Signal("#ff2d2d", 2.0, 0.5, 440.0, 0.15, (_X, _X, _LONG_X, _X, _BETWEEN_HALVES, _X, _X, _LONG_X, _X), 5.0),
    "medium": Signal("#ffd400", 0.6, 0.5, 392.0, 0.2, (0.2, 0.2), 10.0),
    "low": Signal("#00d5ff", 0.0, 1.0, 330.0, 0.2, (0.2,), None),
}
