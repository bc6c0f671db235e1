"""Packages that Slicer does not bring along: looked for when the module is opened, installed after the person agreed."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Sequence

# The package's own dependencies but numpy, vtk and SimpleITK, which are Slicer's, and what only the command line needs.
# Lower bounds, not pins: other extensions live in the same Python.
REQUIREMENTS = (
    "pydicom>=3.0.2",
    "pynetdicom>=3.0.4",
    "python-gdcm>=3.0.24",
    "pyjpegls>=1.3",
    "pylibjpeg>=2.0",
    "pylibjpeg-openjpeg>=2.4",
    "tomlkit>=0.13",
    "cryptography>=42",
    "pydantic>=2.7",
    "threadpoolctl>=3.1",
)


def missing(requirements: Sequence[str] = REQUIREMENTS) -> list[str]:
    """Those of the requirements that are not met by what is installed."""
    return [requirement for requirement in requirements if not _met(requirement)]


def _met(requirement: str) -> bool:
    name, least = requirement.split(">=")
    try:
        return _numbers(importlib.metadata.version(name)) >= _numbers(least)
    except importlib.metadata.PackageNotFoundError:
        return False


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", version.split("+")[0])[:3])


def install(requirements: list[str]) -> None:
    """Install after Slicer has asked; RuntimeError where the person declines, CalledProcessError where pip fails.

    Slicer 5.12 asks and shows progress by itself (slicer.packaging); before that the question is ours.
    """
    try:
        from slicer import packaging
    except ImportError:
        _install_before_5_12(requirements)
    else:
        packaging.pip_ensure(requirements, requester="Spine Guide")
    lacking = missing(requirements)
    if lacking:
        raise RuntimeError(", ".join(lacking))


def _install_before_5_12(requirements: list[str]) -> None:
    import slicer
    from slicer.i18n import tr as _

    question = _("Spine Guide needs these Python packages: {packages}. Install them now?").format(packages=", ".join(requirements))
    if not slicer.util.confirmOkCancelDisplay(question, windowTitle=_("Spine Guide")):
        raise RuntimeError(_("The installation was declined."))
    slicer.util.pip_install(list(requirements))
