"""The alerts' sound: the pulse patterns that IEC 60601-1-8 describes, when they are due, and what the log keeps."""

from __future__ import annotations

import io
import wave
from dataclasses import replace

import numpy as np
import pytest

from SlicerSpineGuide.guidance.events import alert_events
from SlicerSpineGuide.guidance.signals import SIGNALS
from SlicerSpineGuide.guidance.sound import Announcer, burst
from SlicerSpineGuide.guidance.types import Alert, AlertCode, Priority

PRIORITIES: tuple[Priority, ...] = ("high", "medium", "low")
HIGH = Alert(AlertCode.ZONE_ENTERED, "high", "Inside.", subject="canal")
MEDIUM = Alert(AlertCode.LATERAL_DEVIATION, "medium", "Beside.")
LOW = Alert(AlertCode.DEPTH_REACHED, "low", "Reached.")


def samples(priority: Priority) -> tuple[np.ndarray, int]:
    with wave.open(io.BytesIO(burst(priority))) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768, file.getframerate()


def pulses(priority: Priority) -> list[tuple[float, float]]:
    """(begin, end) in seconds of every stretch of sound."""
    sound, rate = samples(priority)
    window = rate // 200
    loud = np.array([np.abs(sound[i : i + window]).max() > 0.01 for i in range(0, len(sound), window)])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    return [(a * window / rate, b * window / rate) for a, b in zip(edges[::2], edges[1::2], strict=True)]


@pytest.mark.parametrize(
    ("priority", "count", "shortest", "longest"), [("high", 10, 0.075, 0.2), ("medium", 3, 0.125, 0.25), ("low", 2, 0.125, 0.25)]
)
def test_a_burst_has_its_prioritys_number_and_length_of_pulses(
    priority: Priority, count: int, shortest: float, longest: float
) -> None:
    found = pulses(priority)
    assert len(found) == count
    assert all(shortest <= end - begin <= longest for begin, end in found)


@pytest.mark.parametrize(("priority", "shortest", "longest"), [("high", 0.05, 0.125), ("medium", 0.125, 0.25), ("low", 0.125, 0.25)])
def test_the_pulses_are_as_far_apart_as_their_priority_asks(priority: Priority, shortest: float, longest: float) -> None:
    found = pulses(priority)
    pauses = [b[0] - a[1] for a, b in zip(found, found[1:], strict=False)]
    usual = [pause for pause in pauses if pause < 0.3]
    assert all(shortest - 0.02 <= pause <= longest + 0.02 for pause in usual)
    if priority == "high":
        assert 0.35 <= pauses[4] <= 1.3, "two groups of five"
        assert pauses[2] == pytest.approx(2 * pauses[0] + (found[0][1] - found[0][0]), abs=0.05)


@pytest.mark.parametrize("priority", PRIORITIES)
def test_a_pulse_has_a_fundamental_and_at_least_four_audible_harmonics(priority: Priority) -> None:
    sound, rate = samples(priority)
    begin, end = pulses(priority)[0]
    part = sound[int(begin * rate) : int(end * rate)]
    spectrum = 20 * np.log10(np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 16)) + 1e-9)
    frequency = np.fft.rfftfreq(1 << 16, 1 / rate)
    fundamental = SIGNALS[priority].frequency_hz
    assert 150 <= fundamental <= 1000

    def level(hz: float) -> float:
        return float(spectrum[np.abs(frequency - hz) < 15].max())

    harmonics = [k * fundamental for k in range(1, 12) if 300 <= k * fundamental <= 4000]
    strong = [hz for hz in harmonics if level(hz) > level(fundamental) - 15]
    assert len(strong) >= 4
    assert level(2.5 * fundamental) < level(fundamental) - 30, "between the harmonics there is nothing"


@pytest.mark.parametrize("priority", PRIORITIES)
def test_a_burst_neither_clips_nor_clicks(priority: Priority) -> None:
    sound, _ = samples(priority)
    assert 0.3 < np.abs(sound).max() < 0.95
    assert abs(sound[0]) < 0.01 and abs(sound[-1]) < 0.01


def test_the_colours_and_the_flashing_are_those_of_their_priority() -> None:
    assert len({signal.colour for signal in SIGNALS.values()}) == 3
    assert 1.4 <= SIGNALS["high"].flash_hz <= 2.8
    assert 0.4 <= SIGNALS["medium"].flash_hz <= 0.8
    assert SIGNALS["low"].flash_hz == 0
    assert all(0.2 <= SIGNALS[p].duty <= 0.6 for p in ("high", "medium"))


def played(announcer: Announcer, alerts: tuple[Alert, ...], until_s: float, start_s: float = 0.0) -> list[tuple[float, Priority]]:
    """What is due at every tenth of a second."""
    times = [start_s + tenth / 10 for tenth in range(round((until_s - start_s) * 10))]
    due = [(now, announcer.due(alerts, now)) for now in times]
    return [(now, priority) for now, priority in due if priority is not None]


def test_a_new_alert_sounds_at_once_and_again_until_it_is_acknowledged() -> None:
    announcer = Announcer()
    times = [now for now, _ in played(announcer, (HIGH,), 30)]
    assert times[0] == 0 and len(times) >= 3
    gaps = np.diff(times) - SIGNALS["high"].burst_s
    assert gaps.min() >= 2.5 and gaps.max() <= 15
    assert played(announcer, (replace(HIGH, acknowledged=True),), 90, 30) == []


def test_only_the_most_urgent_alert_sounds() -> None:
    announcer = Announcer()
    assert {priority for _, priority in played(announcer, (HIGH, MEDIUM, LOW), 60)} == {"high"}


def test_the_next_in_urgency_sounds_once_the_most_urgent_is_acknowledged() -> None:
    announcer = Announcer()
    played(announcer, (HIGH, MEDIUM), 10)
    later = played(announcer, (replace(HIGH, acknowledged=True), MEDIUM), 40, 10)
    assert not later or {priority for _, priority in later} == {"medium"}
    assert later, "the alert that nobody has acknowledged is silent"


def test_a_low_alert_sounds_once() -> None:
    assert len(played(Announcer(), (LOW,), 120)) == 1


def test_an_alert_that_returns_sounds_again() -> None:
    announcer = Announcer()
    assert announcer.due((LOW,), 0.0) == "low"
    assert announcer.due((), 1.0) is None
    assert announcer.due((LOW,), 2.0) == "low"


def test_a_more_urgent_alert_interrupts_the_pause_of_another() -> None:
    announcer = Announcer()
    assert announcer.due((MEDIUM,), 0.0) == "medium"
    assert announcer.due((HIGH, MEDIUM), 0.1) == "high"


def test_the_log_records_every_change_once() -> None:
    acknowledged = replace(MEDIUM, acknowledged=True)
    sequence = [(), (MEDIUM,), (MEDIUM,), (HIGH, MEDIUM), (HIGH, acknowledged), (acknowledged,), ()]
    events = [
        (event.what, event.code)
        for at, (before, after) in enumerate(zip(sequence, sequence[1:], strict=False))
        for event in alert_events(before, after, float(at))
    ]
    assert events == [
        ("on", AlertCode.LATERAL_DEVIATION),
        ("on", AlertCode.ZONE_ENTERED),
        ("acknowledged", AlertCode.LATERAL_DEVIATION),
        ("off", AlertCode.ZONE_ENTERED),
        ("off", AlertCode.LATERAL_DEVIATION),
    ]


def test_a_log_record_is_plain_json() -> None:
    (event,) = alert_events((), (HIGH,), 1.23456)
    assert event.as_json() == {
        "at_s": 1.235,
        "alert": "on",
        "code": "ZONE_ENTERED",
        "priority": "high",
        "subject": "canal",
        "message": "Inside.",
    }
