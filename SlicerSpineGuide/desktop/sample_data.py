"""The sample case as a source of Slicer's Sample Data module."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import slicer
from slicer.i18n import tr as _

from SlicerSpineGuide.resources import resource_path


def sample_case() -> Path:
    """The folder of the sample case that travels with the module."""
    return next(iter(sorted(p.parent for p in resource_path("Cases").glob("*/case.json"))))


def register() -> None:
    """Offer it under 'Spine Guide'; nothing is downloaded, it is already here."""
    import SampleData

    thumbnail = resource_path("Icons/SpineGuideSample.png")
    SampleData.SampleDataLogic.registerCustomSampleDataSource(
        category=_("Spine Guide"),
        sampleName=_("Vertebroplasty under CT"),
        thumbnailFileName=str(thumbnail),
        customDownloader=_open,
    )


def _open(_source: Any) -> None:
    """Show the module with the sample case open in it."""
    slicer.util.selectModule("SpineGuide")
    slicer.modules.SpineGuideWidget.panel.open_case(sample_case())
