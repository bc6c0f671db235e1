"""Markdown tables, and their places in the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def replace_marked(path: Path, name: str, content: str) -> None:
    """Put `content` between <!-- name --> and <!-- /name --> in the file; KeyError where it has no such place."""
    text = path.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(text):
        raise KeyError(name)
    path.write_text(pattern.sub(lambda m: f"{m[1]}{content}\n{m[2]}", text), encoding="utf-8")
