"""Changes to the configuration file that keep its comments; nothing is written that would not be read again."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import tomlkit

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.admission import PROMISCUOUS_LIMIT_S
from SlicerSpineGuide.intake.config import NodeConfig, RemoteNode, read_toml, validated
from SlicerSpineGuide.translation import tr

_COMMENTS = {
    "aet": "the node's own AE title: 1 to 16 characters, capitals matter",
    "host": 'the address to listen on; "0.0.0.0" for every network interface',
    "port": "104 and 11112 are usual, 2762 with TLS",
    "allow": "calling AE titles that may store from any address",
    "promiscuous_until": "every caller is admitted until then (seconds since 1970); set by spineguide node promiscuous",
    "limits": "what one peer, or all together, may ask of the node",
    "tls": "name certificate and key (PEM) to switch TLS on; ca and mutual = true to ask peers for theirs",
    "retention": "received images that were shown are deleted after so many days, or when all take more than max_bytes",
    "nodes": "remote nodes: [nodes.NAME] with aet, host, port, services, tls, may_store, address",
}


class SettingsFile:
    """The configuration file at `path`; made with comments at the first change where there is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._document = read_toml(path) if path.exists() else default_document()

    @property
    def config(self) -> NodeConfig:
        """The settings as they stand; BadInput names what is wrong."""
        return validated(self.path, self._document).model_copy(update={"file": self.path})

    def admit(self, aet: str) -> None:
        """Let a calling AE title in, from any address; BadInput where it is none."""
        (aet,) = validated(None, {"allow": [aet]}).allow
        allow = self._document.setdefault("allow", tomlkit.array())
        if aet not in list(allow):
            allow.append(aet)
        self._write()

    def add_node(self, name: str, node: RemoteNode) -> None:
        """Add a remote node, or replace it."""
        table = tomlkit.table()
        for key, value in node.model_dump(exclude_defaults=True).items():
            table[key] = list(value) if isinstance(value, tuple) else value
        self._document.setdefault("nodes", tomlkit.table(is_super_table=True))[name] = table
        self._write()

    def remove_node(self, name: str) -> None:
        """Forget a remote node; BadInput where there is none of that name."""
        self.config.node(name)
        del self._document["nodes"][name]  # type: ignore[union-attr]
        self._write()

    def set_promiscuous(self, minutes: float) -> None:
        """Admit every caller for so many minutes, 60 at most; 0 ends it."""
        if not 0 <= minutes <= PROMISCUOUS_LIMIT_S / 60:
            raise BadInput(tr("--minutes {n:g} is not possible: give 0 to 60.").format(n=minutes))
        self._document["promiscuous_until"] = round(time.time() + 60 * minutes, 1) if minutes else 0.0
        self._write()

    def replace_with(self, other: Path) -> None:
        """Take over another file's settings and comments; BadInput where it is not valid."""
        document = read_toml(other)
        validated(other, document)
        self._document = document
        self._write()

    def text(self) -> str:
        """The file as it stands, comments included."""
        return tomlkit.dumps(self._document)

    def _write(self) -> None:
        validated(self.path, self._document)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self.path.with_name(self.path.name + ".part")
            with temporary.open("w", encoding="utf-8") as file:
                file.write(self.text())
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
        except OSError as error:
            raise BadInput(tr("{path} cannot be written: {why}.").format(path=self.path, why=error.strerror)) from None


def default_document() -> tomlkit.TOMLDocument:
    """All defaults, each part with its comment."""
    document = tomlkit.document()
    document.add(tomlkit.comment("SlicerSpineGuide: the DICOM node. `spineguide node status` shows what it makes of this file."))
    values = NodeConfig().model_dump(mode="json", exclude={"nodes", "spool"})
    for key, value in sorted(values.items(), key=lambda item: isinstance(item[1], dict)):  # what is no table comes first
        document.add(tomlkit.nl())
        if isinstance(value, dict):
            document.add(key, _table(value, _COMMENTS[key]))
        else:
            document.add(tomlkit.comment(_COMMENTS[key]))
            document.add(key, value)
    document.add(tomlkit.nl())
    document.add(tomlkit.comment(_COMMENTS["nodes"]))
    return document


def _table(values: dict[str, Any], comment: str) -> Any:
    table = tomlkit.table()
    table.add(tomlkit.comment(comment))
    for key, value in values.items():
        if value is not None:
            table.add(key, value)
    return table
