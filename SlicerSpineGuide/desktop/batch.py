"""For scripts in Slicer's Python console: a case through the live loop, without a widget."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.recording.replay import replay_to_report


def replay(case_folder: Path, report: Path) -> dict[str, Any]:
    """Replay as fast as it goes, write the report, return its summary; BadInput as `spineguide replay` says it."""
    summary: dict[str, Any] = replay_to_report(open_case(case_folder), report).summary
    return summary
