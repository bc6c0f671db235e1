"""The dose that an image states of itself, as a line of text."""

from __future__ import annotations

from SlicerSpineGuide.guidance.types import Update

_DOSE_UNITS = {
    "CTDIvol": ("CTDIvol", "mGy", 1.0),
    "ImageAndFluoroscopyAreaDoseProduct": ("DAP", "µGy·m²", 10.0),  # the header's unit is dGy·cm²
    "EntranceDoseInmGy": ("entrance", "mGy", 1.0),
}


def dose(update: Update) -> str:
    """The dose that the newest image's header states; "" where it states none."""
    stated = update.frame.newest.dose if update.frame is not None else {}
    parts = [(label, stated[name] * factor, unit) for name, (label, unit, factor) in _DOSE_UNITS.items() if name in stated]
    return "   ".join(f"{label} {value:.3g} {unit}" for label, value, unit in parts)
