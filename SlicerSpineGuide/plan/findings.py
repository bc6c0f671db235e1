"""One finding of a plan's checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["refuse", "warn", "note"]


@dataclass(frozen=True)
class Finding:
    """One finding about a trajectory. value: the number behind it (mm, HU or degrees), None where there is none."""

    trajectory: str
    code: str
    severity: Severity
    message: str
    value: float | None = None
