"""Slicer's language for everything the module says: the widget's texts through Qt, the core's through its own catalogue."""

from __future__ import annotations

from typing import Any

import qt
import slicer

from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.translation import set_language

_installed: dict[str, Any] = {}


def follow_slicer() -> None:
    """Take over the application's language, once per language."""
    language = str(slicer.app.applicationLocaleName)[:2].lower()
    set_language(language)
    compiled = resource_path(f"Translations/SpineGuide_{language}.qm")
    if language in _installed or not compiled.is_file():
        return
    translator = qt.QTranslator()
    if translator.load(str(compiled)):
        qt.QCoreApplication.installTranslator(translator)
        _installed[language] = translator
