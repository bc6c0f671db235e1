"""User-visible text: English in the source, other languages from Qt Linguist catalogues in Resources/Translations.

One catalogue serves the console (read here) and the Slicer module (compiled by Slicer's own build). Texts with parameters are
translated first and formatted afterwards: ``tr("{n} images").format(n=3)``.
"""

from __future__ import annotations

import os
import xml.etree.ElementTree as ElementTree
from functools import cache

from SlicerSpineGuide.resources import resource_path

LANGUAGES = ("en", "fr")
_language = "en"


def set_language(language: str) -> None:
    """Select the language of all texts from now on; anything but a known code means English."""
    global _language
    _language = language if language in LANGUAGES else "en"


def language_from_environment() -> str:
    """The language asked for by SPINEGUIDE_LANGUAGE, else by the usual locale variables."""
    for name in ("SPINEGUIDE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")[:2].lower()
        if value in LANGUAGES:
            return value
    return "en"


def current_language() -> str:
    return _language


def tr(text: str, language: str | None = None) -> str:
    """`text` in the current language (or in `language`), or as it is where the catalogue has no translation."""
    return catalogue(language or _language).get(text, text)


@cache
def catalogue(language: str) -> dict[str, str]:
    """Source text -> translation, as the language's .ts file has it; empty for English."""
    path = resource_path(f"Translations/SpineGuide_{language}.ts")
    if language == "en" or not path.is_file():
        return {}
    messages = ElementTree.parse(path).iter("message")
    pairs = ((m.findtext("source") or "", m.findtext("translation") or "") for m in messages)
    return {source: translation for source, translation in pairs if source and translation}
