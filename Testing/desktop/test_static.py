"""What can be known without running anything: names in forms and in the widget's code, and what Slicer forbids."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from standin import forms

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "SpineGuide.py", *sorted((ROOT / "SlicerSpineGuide" / "desktop").glob("*.py"))]
FORMS = sorted((ROOT / "Resources" / "UI").glob("*.ui"))


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("form", FORMS, ids=lambda p: p.stem)
def test_every_name_of_a_form_exists_in_slicer(form: Path) -> None:
    assert not forms.problems(form)


def test_every_widget_that_the_code_names_is_in_a_form() -> None:
    named = {name for form in FORMS for name in re.findall(r'name="(\w+)"', form.read_text(encoding="utf-8"))}
    used: dict[str, str] = {}
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                owner = node.value
                is_ui = (isinstance(owner, ast.Attribute) and owner.attr in ("ui", "_ui")) or (
                    isinstance(owner, ast.Name) and owner.id == "ui"
                )
                if is_ui:
                    used[node.attr] = path.name
    assert len(used) > 30
    assert not {name: where for name, where in used.items() if name not in named}


def test_every_mrml_scene_widget_gets_the_scene() -> None:
    for form in FORMS:
        text = form.read_text(encoding="utf-8")
        selectors = set(re.findall(r'class="qMRMLNodeComboBox" name="(\w+)"', text))
        connected = set(re.findall(r"<receiver>(\w+)</receiver>\s*<slot>setMRMLScene", text))
        assert selectors == connected, form.name


def test_mrml_methods_exist_on_slicer_cores_classes(app: object) -> None:
    import tempfile

    import SimpleITK
    import slicer
    import vtk

    known = {*dir(tempfile), *dir(SimpleITK)}
    for module in (slicer, vtk):
        for name in dir(module):
            if name.startswith("vtk"):
                known |= set(dir(getattr(module, name)))
    called = {
        node.func.attr: path.name
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and re.match(r"[A-Z][a-z]+[A-Z]\w+$", node.func.attr)
    }
    assert len(called) > 15
    assert not {name: where for name, where in called.items() if name not in known}


def test_nothing_that_crashes_or_stalls_slicer_is_used() -> None:
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"qt\.Signal|qt\.Slot|processEvents|time\.sleep|\.exec_\(", text), path.name
        assert not re.search(r"_ = |def _\(|lambda _:", text), f"{path.name}: the translation function is never wrapped or replaced"


def test_nothing_happens_at_import() -> None:
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.Try)
    for path, tree in trees():
        for statement in tree.body:
            is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            assert is_text or isinstance(statement, allowed), f"{path.name}:{statement.lineno}"
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
                calls = [n for n in ast.walk(statement.value) if isinstance(n, ast.Call)]
                names = {ast.unparse(c.func).split(".")[-1] for c in calls}
                assert names <= {"_slice_view", "_box", "TypeVar", "dict", "tuple", "frozenset"}, f"{path.name}:{statement.lineno}"


def test_the_shell_imports_the_package_only_inside_functions() -> None:
    tree = ast.parse((ROOT / "SpineGuide.py").read_text(encoding="utf-8"))
    at_import = [n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom))]
    assert not [n for n in at_import if "SlicerSpineGuide" in ast.unparse(n)]


def test_what_slicer_is_asked_to_install_is_what_the_package_needs() -> None:
    import tomlkit

    from SlicerSpineGuide.desktop.dependencies import REQUIREMENTS

    project = tomlkit.parse((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    not_here = {"numpy", "vtk", "SimpleITK", "typer", "rich"}
    assert set(REQUIREMENTS) == {d for d in project["dependencies"] if re.split(r"[>=<]", d)[0] not in not_here}
