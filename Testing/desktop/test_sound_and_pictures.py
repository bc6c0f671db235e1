"""The alerts' sounds, and pictures of the views."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from courses import step_until, wait_until
from standin import pythonqt


def test_alerts_sound_by_their_priority_unless_sound_is_off(playing: Any) -> None:
    pythonqt.SoundEffect.played.clear()
    step_until(playing, lambda update: len(update.alerts) > 0)
    urgent = playing.conductor.latest.alerts[0].priority
    assert [Path(p).stem for p in pythonqt.SoundEffect.played] == [urgent]
    assert Path(pythonqt.SoundEffect.played[0]).read_bytes().startswith(b"RIFF")


def test_without_the_check_mark_alerts_are_silent(playing: Any) -> None:
    playing.ui.soundCheck.checked = False
    pythonqt.SoundEffect.played.clear()
    step_until(playing, lambda update: len(update.alerts) > 0)
    assert not pythonqt.SoundEffect.played


def test_the_sound_is_tried_with_its_three_priorities(panel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from SlicerSpineGuide.desktop import sounder

    monkeypatch.setattr(sounder, "SIGNALS", {p: replace(s, pulse_s=0.0, pauses_s=()) for p, s in sounder.SIGNALS.items()})
    monkeypatch.setattr(sounder, "GAP_S", 0.01)
    pythonqt.SoundEffect.played.clear()
    panel.ui.testSoundButton.click()
    wait_until(lambda: len(pythonqt.SoundEffect.played) == 3, "three sounds")
    assert [Path(p).stem for p in pythonqt.SoundEffect.played] == ["high", "medium", "low"]


def test_a_picture_shows_the_views_with_their_words(playing: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import qt
    import SimpleITK

    monkeypatch.setattr(qt.QStandardPaths, "writableLocation", lambda _which: str(tmp_path))
    playing.ui.screenshotButton.click()
    (path,) = tmp_path.glob("spine-guide-*.png")
    assert str(path) in playing.ui.messageLabel.text
    pixels = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
    assert pixels.shape[1] > 3 * 600
    assert np.ptp(pixels[:400, :600]) > 200, "the live image is black"
