"""Fixtures of the unit tests: the guide without images."""

from __future__ import annotations

from guide_stand_in import guide, sight  # noqa: F401 (fixtures)
