"""What SpineGuideTest runs inside Slicer: the core on the sample case, held against its truth, and the drawing of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import slicer
from slicer.i18n import tr as _

from SlicerSpineGuide.desktop.batch import replay
from SlicerSpineGuide.desktop.sample_data import sample_case
from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.recording.replay import make_guide, updates
from SlicerSpineGuide.recording.score import score_report
from SlicerSpineGuide.scene import GuidanceScene


def run(say: Callable[[str], object]) -> None:
    """AssertionError where this Slicer does not compute what the project's own tests compute."""
    slicer.mrmlScene.Clear(0)
    folder = sample_case()
    say(_("Replaying the sample case"))
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        replay(folder, report)
        score = score_report(folder, report)
    assert score.locked >= 0.95 * score.frames, score.rows()
    assert not score.missed_events and not score.false_alerts, score.rows()
    say(_("Drawing the sample case"))
    _draw(folder)
    say(_("Spine Guide works in this Slicer."))


def _draw(folder: Path) -> None:
    case = open_case(folder)
    drawing = GuidanceScene(slicer.mrmlScene, case.planning, case.plan)
    try:
        for update in updates(case, make_guide(case)):
            drawing.show(update)
            if update.deviation is not None:
                break
        assert drawing.instrument.GetDisplayNode().GetVisibility(), "the instrument is found but not drawn"
    finally:
        drawing.remove()
