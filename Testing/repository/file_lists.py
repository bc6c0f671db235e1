"""The lists of files that packaging needs, held against the tree: CMakeLists.txt for the extension, pyproject.toml for the wheel.

python Testing/repository/file_lists.py           says what differs and fails
python Testing/repository/file_lists.py --write   rewrites both lists
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IGNORED = {"__pycache__", ".DS_Store"}


def scripts(root: Path = ROOT) -> list[str]:
    """The module's shell and every Python file of the package, as paths below the root."""
    return ["SpineGuide.py", *(p for p in _files(root, "SlicerSpineGuide") if p.endswith(".py"))]


def resources(root: Path = ROOT) -> list[str]:
    """What is not the module's Python: all of Resources/, the package's data files, and the core's unit tests with their data."""
    data = [p for p in _files(root, "SlicerSpineGuide") if not p.endswith((".py", ".pyc"))]
    return [*data, *_files(root, "Resources"), *core_tests(root)]


def core_tests(root: Path = ROOT) -> list[str]:
    """What SpineGuideTest runs inside Slicer (desktop/core_tests.py)."""
    crops = [p for p in _files(root, "Testing/data") if not p.endswith(".py")]
    return ["Testing/chromium.py", "Testing/conftest.py", "Testing/planning_series.py", *crops, *_files(root, "Testing/unit")]


def packages(root: Path = ROOT) -> list[str]:
    """The Python packages of the wheel; Resources becomes one of them."""
    folders = {str(Path(p).parent).replace("/", ".") for p in scripts(root)[1:]}
    return sorted(folders | {"SlicerSpineGuide.Resources"})


def _files(root: Path, folder: str) -> list[str]:
    paths = (p for p in (root / folder).rglob("*") if p.is_file() and not IGNORED & set(p.parts))
    return sorted(p.relative_to(root).as_posix() for p in paths)


def with_cmake_lists(text: str, root: Path = ROOT) -> str:
    """CMakeLists.txt with both lists as the tree has them."""
    for name, files in (("SCRIPTS", scripts(root)), ("RESOURCES", resources(root))):
        block = "\n".join(f"  {_quoted(f)}" for f in files)
        text = re.sub(
            rf"set\(MODULE_PYTHON_{name}\n.*?\n  \)", lambda _, n=name, b=block: f"set(MODULE_PYTHON_{n}\n{b}\n  )", text, flags=re.S
        )
    return text


def with_packages(text: str, root: Path = ROOT) -> str:
    """pyproject.toml with the packages as the tree has them."""
    block = "\n".join(f'  "{p}",' for p in packages(root))
    return re.sub(r"(?<=\npackages = )\[\n.*?\n\]", lambda _: f"[\n{block}\n]", text, count=1, flags=re.S)


def _quoted(path: str) -> str:
    return f'"{path}"' if re.search(r"[^\w./+-]", path) else path


def main(arguments: list[str]) -> int:
    status = 0
    for name, rewrite in (("CMakeLists.txt", with_cmake_lists), ("pyproject.toml", with_packages)):
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        wanted = rewrite(text)
        if text == wanted:
            continue
        if "--write" in arguments:
            path.write_text(wanted, encoding="utf-8")
            print(f"{name} rewritten")  # noqa: T201
        else:
            missing = sorted(set(wanted.splitlines()) ^ set(text.splitlines()))
            print(f"{name} does not list the tree's files; `make cmake-files` rewrites it:\n" + "\n".join(missing))  # noqa: T201
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
