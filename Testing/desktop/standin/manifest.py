"""Facts about Slicer's Qt classes, from qt_widgets.json beside this package."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).resolve().parent.parent / "qt_widgets.json"


@cache
def _classes() -> dict[str, dict[str, Any]]:
    return json.loads(PATH.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def knows(class_name: str) -> bool:
    return class_name in _classes()


def names(prefix: str) -> list[str]:
    """The classes whose names begin so."""
    return [name for name in _classes() if name.startswith(prefix)]


def lineage(class_name: str) -> list[str]:
    """The class and its bases that are Slicer's or CTK's, nearest first."""
    found = [class_name]
    for base in _classes()[class_name]["bases"]:
        found += lineage(base) if knows(base) else []
    return found


def qt_base(class_name: str) -> str:
    """The nearest base that is Qt's own; QObject where there is none."""
    for name in lineage(class_name):
        for base in _classes()[name]["bases"]:
            if not knows(base) and base.startswith("Q"):
                return str(base)
    return "QObject"


def properties(class_name: str) -> dict[str, dict[str, Any]]:
    """Property name -> its facts, inherited ones included (Qt's own are not listed: ask Qt)."""
    return {p["name"]: p for name in reversed(lineage(class_name)) for p in _classes()[name]["properties"]}


def signals(class_name: str) -> set[str]:
    """The signals' signatures, inherited ones included."""
    return {s for name in lineage(class_name) for s in _classes()[name]["signals"]}


def slots(class_name: str) -> set[str]:
    return {s for name in lineage(class_name) for s in _classes()[name]["slots"]}


def callables(class_name: str) -> set[str]:
    """The names that may be called: public slots and methods, less the getters that a property of that name hides."""
    signatures = slots(class_name) | {m for name in lineage(class_name) for m in _classes()[name]["methods"]}
    return {s.split("(")[0] for s in signatures} - set(properties(class_name))


def normal(signature: str) -> str:
    """A signature without spaces, const and references, as Qt compares them."""
    text = re.sub(r"\bconst\b|&", "", signature)
    return re.sub(r"\s+", "", text).replace("unsignedint", "unsigned int")
