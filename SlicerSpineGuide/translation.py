"""User-visible text: English in the source, other languages from Qt Linguist catalogues in Resources/Translations.

One catalogue serves the console (read here) and the Slicer module (compiled by Slicer's own build). Texts with parameters are
translated first and formatted afterwards: ``tr("{n} images").format(n=3)``.
"""

from __future__ import annotations

import os
import xml.etree.ElementTree as ElementTree
from functools import cache
from typing import Any

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


class Sentence(str):
    """A text that remembers what it was made of, so that `anew` can say it in a language that is chosen later.

    It is a str to all who need no more. source: the English text; filled: what `format` was given.
    """

    source: str
    filled: tuple[tuple[Any, ...], dict[str, Any]] | None

    def __new__(cls, text: str, source: str, filled: tuple[tuple[Any, ...], dict[str, Any]] | None = None) -> Sentence:
        made = super().__new__(cls, text)
        made.source, made.filled = source, filled
        return made

    def __getnewargs__(self) -> tuple[str, str, Any]:  # type: ignore[override]
        return str.__str__(self), self.source, self.filled

    def __str__(self) -> str:
        return self

    def format(self, *args: Any, **kwargs: Any) -> Sentence:  # type: ignore[override]
        return Sentence(super().format(*args, **kwargs), self.source, (args, kwargs))


def tr(text: str, language: str | None = None) -> str:
    """`text` in the current language (or in `language`), or as it is where the catalogue has no translation."""
    return Sentence(catalogue(language or _language).get(text, text), text)


def anew(text: str) -> str:
    """What `tr` (and `format` after it) once made, in the current language, the texts that were filled in too; others as they are."""
    if not isinstance(text, Sentence):
        return text
    said = tr(text.source)
    if text.filled is None:
        return said
    args, kwargs = text.filled
    return said.format(*(_anew(value) for value in args), **{name: _anew(value) for name, value in kwargs.items()})


def _anew(value: Any) -> Any:
    """A parameter: a text or an exception's text anew, anything else as it is."""
    return anew(str(value)) if isinstance(value, str | Exception) else value


@cache
def catalogue(language: str) -> dict[str, str]:
    """Source text -> translation, as the language's .ts file has it; empty for English."""
    path = resource_path(f"Translations/SpineGuide_{language}.ts")
    if language == "en" or not path.is_file():
        return {}
    messages = ElementTree.parse(path).iter("message")
    pairs = ((m.findtext("source") or "", m.findtext("translation") or "") for m in messages)
    return {source: translation for source, translation in pairs if source and translation}
