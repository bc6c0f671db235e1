"""The core's own unit tests (Testing/unit), run by pytest in the Python of this Slicer, with its NumPy, VTK and SimpleITK.

They lie beside the module in a source tree, and the extension installs them along with it. pytest is asked for, never presumed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import slicer
from slicer.i18n import tr as _

from SlicerSpineGuide.desktop import dependencies

REQUIREMENTS = ("pytest>=8", "hypothesis>=6.100", "typer>=0.12", "rich>=13", "psutil>=5.9")
NOT_THE_CORES = ("test_repository.py", "test_translations.py", "test_schemas.py")  # of the source tree, the command line
INI = "[pytest]\nmarkers =\n  long: takes minutes to hours\n"
Say = Callable[[str], object]


def folder() -> Path:
    """Where the unit tests lie, with their data beside them."""
    return Path(__file__).resolve().parents[2] / "Testing" / "unit"


def files() -> list[Path]:
    """The test files of the core."""
    return [path for path in sorted(folder().glob("test_*.py")) if path.name not in NOT_THE_CORES]


def run(say: Say) -> None:
    """Run them all, each file named by `say` as it begins; one sentence where they or pytest are not there.

    AssertionError with what failed, and its trace.
    """
    chosen = files()
    if not chosen:
        say(_("The core's unit tests do not lie beside this module, and were not run."))
        return
    lacking = _without_pytest()
    if lacking:
        say(_("The core's unit tests were not run: {packages} is not installed in this Slicer.").format(packages=", ".join(lacking)))
        return
    told = _Told(say)
    status = _pytest(chosen, told)
    assert not told.failed and status == 0, "\n\n".join([*told.failed, f"pytest: {status}"])
    say(_("The core's unit tests passed: {count}.").format(count=told.passed))


def _without_pytest() -> list[str]:
    """What is still missing after a person was asked for it; nobody is asked while Slicer is tested by itself."""
    lacking = dependencies.missing(REQUIREMENTS)
    if lacking and not slicer.app.testingEnabled():
        try:
            dependencies.install(lacking)
        except Exception:  # pip and the person each have their own way to say no
            return dependencies.missing(REQUIREMENTS)
    return dependencies.missing(REQUIREMENTS)


class _Told:
    """A plugin of pytest that keeps what matters: Slicer has no terminal."""

    def __init__(self, say: Say) -> None:
        self._say, self._file = say, ""
        self.passed = 0
        self.failed: list[str] = []

    def pytest_runtest_logstart(self, nodeid: str, location: Any) -> None:
        file = nodeid.split("::")[0].rsplit("/", 1)[-1]
        if file != self._file:
            self._file = file
            self._say(_("The core's unit tests: {file}").format(file=file))

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.passed += report.when == "call" and report.passed
        if report.failed:
            self.failed.append(f"{report.nodeid} ({report.when})\n{report.longreprtext}")

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(f"{report.nodeid}\n{report.longreprtext}")


def _pytest(chosen: list[Path], told: _Told) -> int:
    """pytest's exit status, 0 where all passed; what it put into Python's path and modules is taken out again."""
    import pytest

    tests = chosen[0].parents[1]
    path, modules = list(sys.path), set(sys.modules)
    with tempfile.TemporaryDirectory(prefix="spine-guide-tests-") as scratch:
        ini = Path(scratch) / "pytest.ini"
        ini.write_text(INI, encoding="utf-8")
        own = ["-c", str(ini), "--rootdir", str(tests), "--confcutdir", str(tests), "--basetemp", str(Path(scratch) / "files")]
        try:
            # no:terminal, capture=sys: Slicer's output is a widget; no:cacheprovider: an installed extension may be read-only
            quiet = ["-p", "no:terminal", "-p", "no:cacheprovider", "--capture=sys", "-m", "not long"]
            return int(pytest.main([*own, *quiet, *map(str, chosen)], plugins=[told]))
        finally:
            sys.path[:] = path
            for name in set(sys.modules) - modules:
                if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(tests)):
                    del sys.modules[name]
