"""The French catalogue: every text of the source is in it, translated, with the same placeholders."""

from __future__ import annotations

import ast
import pickle
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Testing" / "repository"))

import translations  # noqa: E402
from translations import Message, Text  # noqa: E402

from SlicerSpineGuide.errors import BadInput  # noqa: E402
from SlicerSpineGuide.intake.journal_words import detail_in_words  # noqa: E402
from SlicerSpineGuide.translation import LANGUAGES, anew, set_language, tr  # noqa: E402

CALLS = {"tr", "_"}


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_text_of_the_source_is_translated_with_the_same_placeholders(language: str) -> None:
    found = translations.problems(translations.source_texts(), translations.read_catalogue(translations.catalogue_path(language)))
    assert not found, "\n".join(["run `make translations` and fill in what it names:", *found])


def test_the_catalogue_that_is_checked_is_the_one_that_is_shown() -> None:
    messages = translations.read_catalogue(translations.catalogue_path("fr"))
    by_source: dict[str, set[str]] = {}
    for text, message in messages.items():
        by_source.setdefault(text.source, set()).add(message.translation)
    assert len(by_source) > 20
    for source, translated in by_source.items():
        assert tr(source, "fr") in translated - {""} or tr(source, "fr") == source, source


def test_a_new_text_an_obsolete_one_and_a_changed_placeholder_are_named() -> None:
    texts = {Text("SpineGuide", "{n} images"): "a.py", Text("SpineGuide", "Open"): "a.py", Text("SpineGuide", "New"): "a.py"}
    catalogue = {
        Text("SpineGuide", "{n} images"): Message("{nombre} images", True),
        Text("SpineGuide", "Open"): Message("Ouvrir", False),
        Text("SpineGuide", "Gone"): Message("Parti", True),
    }
    assert [problem.split(":")[0] for problem in translations.problems(texts, catalogue)] == [
        "missing",
        "obsolete",
        "not translated",
        "other placeholders",
    ]


def test_rewriting_a_catalogue_keeps_translations_and_drops_obsolete_texts(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.ts"
    kept, dropped, added = Text("SpineGuide", "a < b & {c}"), Text("SpineGuide", "gone"), Text("SpineGuide", "new")
    translations.write_catalogue(path, "fr_FR", {kept: "x.py", dropped: "x.py"}, {kept: Message("é < {c}", True)})
    translations.write_catalogue(path, "fr_FR", {kept: "x.py", added: "y.py"}, translations.read_catalogue(path))
    assert translations.read_catalogue(path) == {kept: Message("é < {c}", True), added: Message("", False)}


def test_texts_are_literals_without_f_strings() -> None:
    wrong = []
    for path in [ROOT / "SpineGuide.py", *(ROOT / "SlicerSpineGuide").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args
            if called and any(isinstance(part, ast.JoinedStr) for part in ast.walk(node.args[0])):  # type: ignore[attr-defined]
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")  # type: ignore[attr-defined]
    assert not wrong, f"an f-string cannot be translated; use .format after tr(): {wrong}"


def test_a_sentence_that_was_made_in_one_language_is_said_anew_in_another_with_what_was_filled_in() -> None:
    reason = tr("lost")
    made = tr("The image does not fit from there: {why}").format(why=BadInput(reason))
    kept = pickle.loads(pickle.dumps(str(BadInput(made))))
    assert made == "The image does not fit from there: lost" and isinstance(made, str)
    set_language("fr")
    try:
        assert anew(kept) == tr("The image does not fit from there: {why}").format(why=tr("lost")) != made
        assert anew("somebody's own words") == "somebody's own words"
        assert detail_in_words("calling AE title CT99 is not listed") == "le titre AE appelant CT99 n'est pas dans la liste"
        assert detail_in_words("0xA700 The disk is full") == "0xA700 Le disque est plein"
        assert detail_in_words("ConnectionResetError") == "ConnectionResetError"
    finally:
        set_language("en")
    assert anew(kept) == made
