"""The sample cases as sources of Slicer's Sample Data module."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.desktop.opening import show_case
from SlicerSpineGuide.resources import resource_path


def sample_cases() -> list[tuple[Path, str]]:
    """The folders and titles of the cases that travel with the module, those under CT first.

    Plain JSON: this runs when Slicer starts, perhaps before the packages that read cases were ever installed.
    """
    files = sorted(resource_path("Cases").glob("*/case.json"))
    cases = [(path.parent, json.loads(path.read_text(encoding="utf-8"))) for path in files]
    return [(folder, case["title"]) for folder, case in sorted(cases, key=lambda found: found[1]["modality"] != "CT")]


def sample_case() -> Path:
    """The folder of the case that is opened where nothing else is asked for."""
    return sample_cases()[0][0]


def register() -> None:
    """Offer them under 'Spine Guide'; nothing is downloaded, they are already here."""
    import SampleData

    category, logic = _("Spine Guide"), SampleData.SampleDataLogic
    if hasattr(logic, "registerCustomSampleDataCategory"):  # Slicer 5.12: the category has a name and a title
        logic.registerCustomSampleDataCategory("SpineGuide", title=category)
        category = "SpineGuide"
    for folder, title in sample_cases():
        logic.registerCustomSampleDataSource(
            category=category,
            sampleName=title,
            thumbnailFileName=str(resource_path("Icons/SpineGuideSample.png")),
            customDownloader=partial(_open, folder),
        )


def _open(folder: Path, _source: Any) -> None:
    show_case(folder)
