"""The page's templates, in Resources/UI/console."""

from SlicerSpineGuide.resources import resource_path


def template(name: str) -> str:
    return resource_path(f"UI/console/{name}").read_text(encoding="utf-8")
