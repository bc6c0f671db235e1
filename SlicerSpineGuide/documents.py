"""JSON files from outside: read and validated with one sentence for whatever is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.translation import tr

Document = TypeVar("Document", bound=BaseModel)


def read_document(model: type[Document], path: Path) -> Document:
    """The JSON file at `path` as `model`; BadInput names the file, the field and what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(tr("{path} does not exist.").format(path=path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(tr("{path} cannot be read: {why}.").format(path=path, why=error)) from None
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or tr("the file")
        why = first["msg"].removeprefix("Value error, ")
        raise BadInput(tr("{path}: {field}: {why}.").format(path=path, field=field, why=why.rstrip("."))) from None
