"""The Qt Linguist catalogues in Resources/Translations, kept in step with the texts in the source.

    python Testing/repository/translations.py           says what is missing, obsolete or not translated, and fails
    python Testing/repository/translations.py --write   adds new texts as unfinished, drops obsolete ones, keeps the translations

Contexts are Qt's and Slicer's: `SpineGuide` for the module's shell and for every ``tr()`` of the package, `desktop.<file>` for the
``_()`` of the widget's files (slicer.i18n makes that name from the file's path), and the form's class for the texts of a .ui file.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {"fr": "fr_FR"}
PLACEHOLDER = re.compile(r"(?<!\{)\{([^{}]*)\}(?!\})")


@dataclass(frozen=True, order=True)
class Text:
    """One text of the source: the Qt context it is looked up in, and the English text itself."""

    context: str
    source: str


@dataclass(frozen=True)
class Message:
    """What the catalogue has for a text."""

    translation: str
    finished: bool


def catalogue_path(language: str, root: Path = ROOT) -> Path:
    return root / "Resources" / "Translations" / f"SpineGuide_{language}.ts"


def source_texts(root: Path = ROOT) -> dict[Text, str]:
    """Every translatable text of the source -> the file it was found in first."""
    texts: dict[Text, str] = {}
    for path in [root / "SpineGuide.py", *sorted((root / "SlicerSpineGuide").rglob("*.py"))]:
        for function, source in python_texts(path):
            context = f"{path.parent.name}.{path.stem}" if function == "_" and path.parent != root else "SpineGuide"
            texts.setdefault(Text(context, source), path.relative_to(root).as_posix())
    for path in sorted((root / "Resources" / "Procedures").glob("*.json")):
        for source in procedure_texts(path):
            texts.setdefault(Text("SpineGuide", source), path.relative_to(root).as_posix())
    for path in sorted((root / "Resources" / "UI").glob("*.ui")):
        for text in form_texts(path):
            texts.setdefault(text, path.relative_to(root).as_posix())
    return texts


def python_texts(path: Path) -> Iterator[tuple[str, str]]:
    """("tr" or "_", text) of each call with a literal text."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "_") and node.args:
            for literal in _literals(node.args[0]):
                yield node.func.id, literal


def procedure_texts(path: Path) -> Iterator[str]:
    """What a screen shows of a procedure's file: its label, its steps, and when it has reached its target."""
    procedure = json.loads(path.read_text(encoding="utf-8"))
    yield procedure["label"]
    yield from (step["label"] for step in procedure["steps"])
    yield procedure["reached"]


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def form_texts(path: Path) -> Iterator[Text]:
    """The texts of a .ui file, in the context that QUiLoader looks them up in; `notr` and empty ones are left out."""
    form = ElementTree.parse(path).getroot()
    context = form.findtext("class") or path.stem
    for parent in form.iter():
        for child in parent:
            dynamic = parent.tag == "property" and parent.get("stdset") == "0"
            if child.tag == "string" and not dynamic and parent.tag != "stringlist" and child.get("notr") != "true" and child.text:
                yield Text(context, child.text)


def read_catalogue(path: Path) -> dict[Text, Message]:
    """What a .ts file has; empty where there is no file."""
    messages: dict[Text, Message] = {}
    if path.is_file():
        for context in ElementTree.parse(path).getroot().iter("context"):
            for node in context.iter("message"):
                translation = node.find("translation")
                done = translation is not None and translation.get("type") is None
                text = Text(context.findtext("name") or "", node.findtext("source") or "")
                messages[text] = Message((translation.text or "") if translation is not None else "", done)
    return messages


def write_catalogue(path: Path, language: str, texts: dict[Text, str], messages: dict[Text, Message]) -> None:
    """The texts with the translations that there are, sorted, so that a new text changes only its own lines."""
    by_source = {text.source: m for text, m in messages.items() if m.finished and m.translation}
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        f'<TS version="2.1" language="{language}" sourcelanguage="en_US">',
    ]
    for context in sorted({text.context for text in texts}):
        lines += ["<context>", f"    <name>{escape(context)}</name>"]
        for text in sorted(t for t in texts if t.context == context):
            message = messages.get(text) or by_source.get(text.source) or Message("", False)
            message = message if message.finished else by_source.get(text.source, message)
            kind = "" if message.finished and message.translation else ' type="unfinished"'
            lines += [
                "    <message>",
                f'        <location filename="../../{texts[text]}"/>',
                f"        <source>{escape(text.source)}</source>",
                f"        <translation{kind}>{escape(message.translation)}</translation>",
                "    </message>",
            ]
        lines.append("</context>")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, "</TS>", ""]), encoding="utf-8")


def compile_catalogue(path: Path) -> None:
    """The .qm beside the .ts, which Slicer's Qt reads (Qt's own lrelease, as PySide6 brings it)."""
    lrelease = Path(sys.executable).parent / "pyside6-lrelease"
    subprocess.run([lrelease, "-silent", path, "-qm", path.with_suffix(".qm")], check=True)


def problems(texts: dict[Text, str], messages: dict[Text, Message]) -> list[str]:
    """One sentence for each text that the catalogue lacks, has too much, has not translated, or has with other placeholders."""
    found = [f"missing: {texts[t]}: {t.source!r}" for t in sorted(texts) if t not in messages]
    found += [f"obsolete: {t.context}: {t.source!r}" for t in sorted(messages) if t not in texts]
    for text, message in sorted(messages.items(), key=lambda item: item[0]):
        if not (message.finished and message.translation.strip()):
            found.append(f"not translated: {text.context}: {text.source!r}")
        elif sorted(PLACEHOLDER.findall(text.source)) != sorted(PLACEHOLDER.findall(message.translation)):
            found.append(f"other placeholders: {text.context}: {text.source!r} -> {message.translation!r}")
    return found


def main(arguments: list[str]) -> int:
    status = 0
    for language, locale in LANGUAGES.items():
        path, texts = catalogue_path(language), source_texts()
        messages = read_catalogue(path)
        if "--write" in arguments:
            write_catalogue(path, locale, texts, messages)
            compile_catalogue(path)
            messages = read_catalogue(path)
        found = problems(texts, messages)
        print("\n".join([*found, f"{path.name}: {len(messages)} texts, {len(found)} problems"]))  # noqa: T201
        status |= bool(found)
    return 0 if "--write" in arguments else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
