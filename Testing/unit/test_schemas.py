"""The JSON Schemas in the documentation are those of the models."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from SlicerSpineGuide.cli import app

WRITTEN = Path(__file__).parents[2] / "docs" / "schemas"


@pytest.mark.parametrize("name", ["plan", "case", "truth", "report"])
def test_a_schema_in_the_documentation_is_what_the_command_writes(tmp_path, name):
    assert CliRunner().invoke(app, ["schemas", str(tmp_path)]).exit_code == 0
    file = f"{name}.schema.json"
    assert (WRITTEN / file).read_text() == (tmp_path / file).read_text(), "run make schemas"
