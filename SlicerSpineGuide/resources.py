"""Where Resources/ is: beside the package in a source tree and in a Slicer extension, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(relative: str) -> Path:
    """The path of a file or folder below Resources/; it need not exist."""
    inside = _PACKAGE / "Resources"
    return (inside if inside.is_dir() else _PACKAGE.parent / "Resources") / relative
