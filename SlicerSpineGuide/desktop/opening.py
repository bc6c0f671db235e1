"""Cases from outside the panel: dropped on Slicer's window, chosen in Add Data or in Sample Data."""

from __future__ import annotations

import json
from pathlib import Path

import slicer

from SlicerSpineGuide.recording.archive import holds_case

CERTAIN = 0.9  # of 1: above what Slicer's own readers say of an archive or a JSON file


def confidence(path: Path) -> float:
    """How sure it is that a file is a case of ours, 0 to 1: a zip archive of one, or its case.json."""
    if path.suffix.lower() == ".zip":
        return CERTAIN if holds_case(path) else 0.0
    return CERTAIN if path.name == "case.json" and _says_so(path) else 0.0


def _says_so(path: Path) -> bool:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(document, dict) and document.get("schema") == "spineguide-case"


def show_case(path: Path) -> None:
    """Show the module and open the case in it: a folder, an archive of one, or its case.json."""
    slicer.util.selectModule("SpineGuide")
    slicer.modules.SpineGuideWidget.panel.open_case(path.parent if path.name == "case.json" else path)
