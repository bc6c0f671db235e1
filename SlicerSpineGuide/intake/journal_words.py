"""The details of the association log in the language of the reader: the node writes them to its index in English, once."""

from __future__ import annotations

import re
from functools import cache

from SlicerSpineGuide.translation import Sentence, tr

_STATUS = re.compile(r"(0x[0-9A-F]{4}) (.*)")


def detail_in_words(detail: str) -> str:
    """A detail as the reader's language says it; what no sentence of the node fits (a library's own words) stays as it is."""
    if refused := _STATUS.fullmatch(detail):
        return f"{refused[1]} {detail_in_words(refused[2])}"
    for sentence in _sentences():
        if found := _pattern(sentence).fullmatch(detail):
            return sentence.format(**found.groupdict())
    return detail


def _sentences() -> tuple[str, ...]:
    """What the node writes: admission.py, acceptor.py, gate.py, node.py, spool.py."""
    return (
        tr("{n} contexts, {refused} refused"),
        tr("calling AE title {aet} is not listed"),
        tr("{aet} is known, but not from this address"),
        tr("called AE title {aet} is not this node's"),
        tr("by the peer"),
        tr("too many associations"),
        tr("no association request came in time"),
        tr("TLS handshake failed: {why}"),
        tr("This AE title may not store here"),
        tr("Affected SOP Instance UID is not a valid UID"),
        tr("SOP Class UID differs between command and context"),
        tr("The command says that there is no data set"),
        tr("The object is larger than this node accepts"),
        tr("The object was not received"),
        tr("The disk is nearly full"),
        tr("The disk is full"),
        tr("The folder for images cannot be written"),
        tr("Another object with this SOP Instance UID is stored"),
    )


def _pattern(sentence: str) -> re.Pattern[str]:
    return _compiled(sentence.source if isinstance(sentence, Sentence) else sentence)


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*)", re.escape(source)))
