"""The node's settings as a file, to be taken to another computer, and its conformance statement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.errors import BadInput


class SettingsSection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui = panel, panel.ui
        self._node = panel.node_section
        for button, action in (
            (self._ui.importSettingsButton, self._take),
            (self._ui.exportSettingsButton, self._export),
            (self._ui.conformanceButton, self._conformance),
        ):
            button.connect("clicked(bool)", _attempting(panel, action))

    def refresh(self) -> None:
        """What the session's node was given without a file cannot be replaced by one."""
        self._ui.importSettingsButton.enabled = self._node.desk().path is not None

    def _take(self) -> None:
        path = self._named()
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(_("{path} cannot be read: {why}.").format(path=path, why=_why(error))) from None
        self._node.desk().take_settings(text)
        self._node.fill_in()
        self._panel.note(_("The node's settings are those of {path}.").format(path=path))

    def _export(self) -> None:
        self._write(self._node.desk().settings())

    def _conformance(self) -> None:
        self._write(self._node.desk().conformance())

    def _write(self, text: str) -> None:
        path = self._named()
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise BadInput(_("{path} cannot be written: {why}.").format(path=path, why=_why(error))) from None
        self._panel.note(_("Written: {path}").format(path=path))

    def _named(self) -> Path:
        text = str(self._ui.settingsPathEdit.currentPath).strip()
        if not text:
            raise BadInput(_("Name the file first."))
        return Path(text).expanduser()


def _attempting(panel: Any, action: Any) -> Any:
    return lambda: panel.attempt(action)


def _why(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else _("it is no text")
