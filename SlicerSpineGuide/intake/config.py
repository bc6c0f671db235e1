"""The DICOM node's configuration: one TOML file that a technician edits, and the folders where everything is kept."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path
from typing import Annotated, Any

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator
from tomlkit.exceptions import TOMLKitError

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.translation import tr

# PS3.5 6.2, AE: 16 characters of the default repertoire without backslash and control characters; case matters
AeTitle = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=16, pattern=r"^[ -\[\]-~]+$")]
Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Section):
    """What one peer, or all of them together, may ask of the node."""

    associations: int = Field(default=32, ge=1, le=512)
    waiting_connections: int = Field(default=512, ge=1, le=4096)
    pdu_bytes: int = Field(default=131072, ge=4096, le=1 << 20)
    object_bytes: int = Field(default=1 << 30, ge=1 << 16)
    pixel_bytes: int = Field(default=2 << 30, ge=1 << 16)
    associate_s: Seconds = 10.0
    pdu_s: Seconds = 10.0
    message_s: Seconds = 60.0
    idle_s: Seconds = 300.0
    free_disk_bytes: int = Field(default=200 << 20, ge=0)


class Tls(_Section):
    """TLS by BCP 195: on where a certificate is named. ca: whom to trust; mutual: a peer must show a certificate of that CA."""

    certificate: Path | None = None
    key: Path | None = None
    ca: Path | None = None
    mutual: bool = False
    warn_days: int = Field(default=30, ge=0)

    @model_validator(mode="after")
    def _complete(self) -> Tls:
        if self.certificate is not None and self.key is None:
            raise ValueError("key is missing: name the private key of the certificate")
        if self.mutual and self.ca is None:
            raise ValueError("ca is missing: mutual authentication needs the CA that signed the peers' certificates")
        return self


class Retention(_Section):
    """How long images stay and how much room they may take; what nobody has looked at, and what is recorded, always stays."""

    days: float = Field(default=14.0, gt=0, allow_inf_nan=False)
    max_bytes: int = Field(default=20 << 30, ge=1 << 20)
    warn_fraction: float = Field(default=0.8, gt=0, le=1)


class RemoteNode(_Section):
    """A peer: a scanner, a PACS, a worklist. address: the host it calls from, where that is not `host`; "*" is any."""

    aet: AeTitle
    host: str = ""
    port: Port = 0
    address: str = ""
    role: str = ""
    tls: bool = False
    may_store: bool = True
    services: tuple[str, ...] = ("echo", "store")

    @field_validator("services")
    @classmethod
    def _known(cls, services: tuple[str, ...]) -> tuple[str, ...]:
        known = {"echo", "store", "find", "get", "move", "worklist"}
        if unknown := sorted(set(services) - known):
            raise ValueError(f"{unknown[0]} is no service: choose from {', '.join(sorted(known))}")
        return services


class NodeConfig(_Section):
    """All settings of the node. `allow` admits calling AE titles from any address; `nodes` admits its AE titles from their address.

    promiscuous_until: seconds since 1970 until which every caller is admitted; 0: nobody who is not listed.
    spool: where received images are kept; file: where this configuration was read from (followed for changes), if anywhere.
    """

    aet: AeTitle = "SPINEGUIDE"
    host: str = "127.0.0.1"
    port: Port = 11112
    allow: tuple[AeTitle, ...] = ()
    promiscuous_until: float = 0.0
    nodes: dict[str, RemoteNode] = Field(default_factory=dict)
    limits: Limits = Limits()
    tls: Tls = Tls()
    retention: Retention = Retention()
    spool: Path = Field(default_factory=lambda: default_home() / "spool")
    file: Path | None = Field(default=None, exclude=True)

    @classmethod
    def load(cls, path: Path | None = None) -> NodeConfig:
        """The configuration file, by default node.toml in the home folder; the defaults where there is no such default file.

        BadInput names the file, the field and what is wrong with it.
        """
        chosen = path or default_config_path()
        if path is None and not chosen.exists():
            return cls(file=chosen)
        return cls.model_validate({**validated(chosen, read_toml(chosen)).model_dump(), "file": chosen})

    def with_changes(self, **changes: Any) -> NodeConfig:
        """A copy with other settings, validated; BadInput where one is impossible."""
        try:
            return NodeConfig.model_validate({**self.model_dump(), "file": self.file, **changes})
        except ValidationError as error:
            raise BadInput(_sentence(None, error)) from None

    def for_session(self) -> NodeConfig:
        """A copy whose spool is a new folder below this one's: two guides at once do not share images, and a simulator that uses
        its UIDs again in another session is not refused for it."""
        name = f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}-{secrets.token_hex(2)}"
        return self.with_changes(spool=self.spool / "sessions" / name)

    @property
    def spool_root(self) -> Path:
        """The folder that holds this spool and, where it is a session's, the other sessions' spools too."""
        return self.spool.parents[1] if self.spool.parent.name == "sessions" else self.spool

    def node(self, name: str) -> RemoteNode:
        """The remote node of that name; BadInput where there is none."""
        try:
            return self.nodes[name]
        except KeyError:
            known = ", ".join(sorted(self.nodes)) or tr("none")
            raise BadInput(tr("There is no remote node named {name}; known: {known}.").format(name=name, known=known)) from None


def read_toml(path: Path) -> tomlkit.TOMLDocument:
    """The TOML file with its comments; BadInput where it is missing or no TOML."""
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(tr("{path} does not exist.").format(path=path)) from None
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise BadInput(tr("{path} is no TOML file: {why}.").format(path=path, why=str(error).rstrip("."))) from None


def validated(path: Path | None, document: Any) -> NodeConfig:
    """`document` as a configuration; BadInput names `path` and the field."""
    try:
        values = document.unwrap() if hasattr(document, "unwrap") else dict(document)
        return NodeConfig.model_validate(values)
    except ValidationError as error:
        raise BadInput(_sentence(path, error)) from None


def _sentence(path: Path | None, error: ValidationError) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or tr("the file")
    why = first["msg"].removeprefix("Value error, ").rstrip(".")
    if first["type"] == "extra_forbidden":
        why = tr("there is no such setting")
    elif "aet" in first["loc"][-1:] or "allow" in first["loc"][:-1]:
        why = tr("an AE title has 1 to 16 plain characters and no backslash")
    place = f"{path}: " if path else ""
    return tr("{place}{field}: {why}.").format(place=place, field=field, why=why)


def default_home() -> Path:
    """The folder for everything that is kept: SPINEGUIDE_HOME, else spineguide in the user's data folder."""
    if home := os.environ.get("SPINEGUIDE_HOME"):
        return Path(home).expanduser()
    base = os.environ.get("XDG_DATA_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".local" / "share") / "spineguide"


def default_config_path() -> Path:
    return default_home() / "node.toml"
