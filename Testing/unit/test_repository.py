"""What holds for the repository as a whole: its rules are programs, run here, and its packaging lists are the tree's."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Testing" / "repository"))

import file_lists  # noqa: E402

TEXT_ENDINGS = {".py", ".md", ".toml", ".txt", ".cmake", ".json", ".ui", ".ts", ".sh", ".svg", ".yml", ".cfg", ""}


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """The output of a command that must succeed."""
    found = shutil.which(str(command[0]), path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    assert found, f"{command[0]} is not installed: make install"
    done = subprocess.run([found, *map(str, command[1:])], cwd=cwd, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def text_files() -> list[Path]:
    """The files of the repository that a person reads."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    return [ROOT / name for name in listed if Path(name).suffix in TEXT_ENDINGS and (ROOT / name).is_file()]


def test_a_room_imports_only_from_rooms_above_it() -> None:
    run("lint-imports", "--no-cache")


def test_the_source_is_formatted() -> None:
    run("ruff", "format", "--check", "--no-cache", ".")


def test_the_source_is_free_of_lint() -> None:
    run("ruff", "check", "--no-cache", ".")


def test_the_types_hold() -> None:
    run("mypy")


def test_the_node_calls_nothing_that_windows_does_not_have() -> None:
    """Whatever is in no branch for Linux alone exists there, by the standard library's own type stubs."""
    run("mypy", "--platform", "win32", "--cache-dir", ".mypy_cache/windows", "SlicerSpineGuide/intake")


def test_the_extension_lists_every_file_of_the_tree() -> None:
    output = run("cmake", "-P", "Testing/repository/check_file_list.cmake")
    listed = {kind: re.findall(rf"^{kind} (.+)$", output, flags=re.M) for kind in ("script", "resource", "test")}
    hint = "run `make cmake-files`"
    assert listed["script"] == file_lists.scripts(), hint
    assert listed["resource"] == file_lists.resources(), hint
    assert listed["test"] == ["SpineGuide.py"]


def test_the_wheel_lists_every_package_of_the_tree() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert text == file_lists.with_packages(text), "run `make cmake-files`"


def test_a_file_that_is_added_is_noticed(tmp_path: Path) -> None:
    for folder in ("SlicerSpineGuide/plan", "Resources/UI"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "SlicerSpineGuide" / "plan" / "new.py").touch()
    (tmp_path / "Resources" / "UI" / "New.ui").touch()
    text = file_lists.with_cmake_lists((ROOT / "CMakeLists.txt").read_text(encoding="utf-8"), tmp_path)
    assert "\n  SlicerSpineGuide/plan/new.py\n" in text
    assert "\n  Resources/UI/New.ui\n" in text
    assert "SlicerSpineGuide/geometry.py" not in text


def test_make_bench_runs_every_benchmark() -> None:
    programs = [p for p in (ROOT / "Testing" / "benchmarks").glob("*.py") if "__main__" in p.read_text(encoding="utf-8")]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert programs
    assert not [p.name for p in programs if f"Testing/benchmarks/{p.name}" not in makefile]


def test_no_two_test_files_have_the_same_name() -> None:
    names = [p.name for p in (ROOT / "Testing").rglob("test_*.py")]
    assert len(names) == len(set(names)), "pytest imports test files by their name alone"


def test_there_is_one_python_file_at_the_root() -> None:
    assert [p.name for p in ROOT.glob("*.py")] == ["SpineGuide.py"], "Slicer takes every .py beside the shell for a module"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that nothing of an earlier build gets in."""
    copy = tmp_path_factory.mktemp("tree")
    for name in ("pyproject.toml", "README.md", "LICENSE", "SlicerSpineGuide", "Resources"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", out, copy)
    return next(out.glob("*.whl"))


def test_the_wheel_carries_the_resources(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {f"SlicerSpineGuide/{name}" for name in file_lists.resources() if name.startswith("Resources/")}
    expected |= {name for name in file_lists.scripts()[1:]}
    assert not expected - names
    assert not [name for name in names if not name.startswith(("SlicerSpineGuide/", "slicerspineguide-"))]


def test_an_unpacked_wheel_finds_its_resources(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import SlicerSpineGuide\n"
        "from SlicerSpineGuide.resources import resource_path\n"
        "print(SlicerSpineGuide.__file__)\n"
        "print(resource_path('Icons/SpineGuide.svg'))\n"
    )
    lines = run(sys.executable, "-c", code, cwd=tmp_path).splitlines()
    assert all(line.startswith(str(tmp_path)) for line in lines)
    assert Path(lines[1]).is_file()


def test_nothing_names_a_machine() -> None:
    machine = re.compile(r"/work/(?:main|shared)|/home/[a-z]|/Users/[A-Za-z]|\.\./shared|/root/")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in text_files()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if machine.search(line)
    ]
    assert not found, "\n".join(found)


def test_links_in_the_documentation_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in text_files()
        if path.suffix == ".md"
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


def test_no_source_file_is_longer_than_a_person_reads() -> None:
    long = {
        p.relative_to(ROOT).as_posix(): n
        for p in (ROOT / "SlicerSpineGuide").rglob("*.py")
        if (n := len(p.read_text().splitlines())) > 400
    }
    assert not long


def test_the_extension_index_entry_names_the_extension() -> None:
    entry = json.loads((ROOT / "SpineGuide.json").read_text(encoding="utf-8"))
    assert entry["category"] == "IGT"
    assert entry["$schema"].endswith("slicer-extension-catalog-entry-schema-v1.0.1.json#")
    assert not (ROOT / "SpineGuide.json").stem.startswith("Slicer")
    assert entry["scm_url"].endswith(".git")


@pytest.mark.parametrize("blocked", [("slicer",), ("slicer.i18n", "slicer.ScriptedLoadableModule")])
def test_the_shell_imports_where_the_slicer_application_is_absent(blocked: tuple[str, ...]) -> None:
    code = (
        "import sys\n"
        f"for name in {blocked!r}: sys.modules[name] = None\n"
        "before = set(sys.modules)\n"
        "import SpineGuide\n"
        "print(SpineGuide.SpineGuide, SpineGuide.SpineGuideWidget, SpineGuide.SpineGuideLogic, SpineGuide.SpineGuideTest)\n"
        "heavy = {'pydantic', 'pynetdicom', 'SimpleITK', 'SlicerSpineGuide.desktop', 'SlicerSpineGuide.plan'}\n"
        "assert not heavy & (set(sys.modules) - before), set(sys.modules) - before\n"
    )
    run(sys.executable, "-c", code)
