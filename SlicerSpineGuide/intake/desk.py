"""The technician's desk: changes to the node's settings file, and the settings as the running node follows them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.config import NodeConfig, default_config_path, validated
from SlicerSpineGuide.intake.conformance import conformance_statement
from SlicerSpineGuide.intake.settings_file import SettingsFile
from SlicerSpineGuide.intake.supervisor import NodeState
from SlicerSpineGuide.translation import tr

PROMISCUOUS_MINUTES = 10.0


class NodeDesk:
    """own: the configuration that a session's node was started with, None where none runs: then the machine's own file counts.

    running: that node's state. What cannot be changed raises BadInput, and nothing is written.
    """

    def __init__(self, own: NodeConfig | None, running: NodeState | None) -> None:
        self._own, self._running = own, running

    @property
    def path(self) -> Path | None:
        """The settings file; None where the session's node was given its settings without one."""
        return self._own.file if self._own is not None else default_config_path()

    @property
    def config(self) -> NodeConfig:
        """The settings as the node follows them: the file's, with what the session itself chose."""
        own = self._own
        if own is None:
            return NodeConfig.load()
        port = self._running.port if self._running is not None else own.port
        chosen = {"aet": own.aet, "host": own.host, "spool": own.spool, "port": port}
        if own.file is None or not own.file.exists():
            return own.with_changes(**chosen)
        written = NodeConfig.load(own.file)
        return written.with_changes(**chosen, allow=tuple(dict.fromkeys((*own.allow, *written.allow))))

    def admit(self, aet: str) -> None:
        self._file().admit(aet)

    def add(self, form: Mapping[str, Any]) -> None:
        """Add a remote node from a form: name, aet, host, port, services (words)."""
        name = str(form.get("name", "")).strip() or str(form.get("aet", "")).strip().lower()
        stated = {"aet": form.get("aet", ""), "host": form.get("host", ""), "port": form.get("port") or 0}
        services = str(form.get("services", "")).split()
        node = validated(None, {"nodes": {name: stated | ({"services": services} if services else {})}}).nodes[name]
        self._file().add_node(name, node)

    def remove(self, name: str) -> None:
        self._file().remove_node(name)

    def promiscuous(self, on: bool) -> None:
        """Admit every caller for ten minutes, to find out what a scanner calls itself; or end that."""
        self._file().set_promiscuous(PROMISCUOUS_MINUTES if on else 0)

    def take_settings(self, text: str) -> None:
        """Import: replace the settings by a TOML file's text, if it is valid."""
        with tempfile.TemporaryDirectory() as folder:
            given = Path(folder) / "node.toml"
            given.write_text(text, encoding="utf-8")
            self._file().replace_with(given)

    def settings(self) -> str:
        """Export: the settings file's text, comments included."""
        return self._file().text() if self.path is not None else ""

    def conformance(self) -> str:
        return conformance_statement(self.config)

    def _file(self) -> SettingsFile:
        if self.path is None:
            raise BadInput(tr("This session's node has settings of its own that are not kept in a file."))
        return SettingsFile(self.path)
