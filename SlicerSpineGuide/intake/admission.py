"""Who may open an association: called and calling AE title, address, and the promiscuous mode that ends by itself."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.acceptor import Peer, Rejection
from SlicerSpineGuide.intake.config import NodeConfig, RemoteNode
from SlicerSpineGuide.translation import tr

PROMISCUOUS_LIMIT_S = 3600.0
_RESOLVE_AGAIN_S = 60.0
_READ_AT_START = ("aet", "host", "port", "limits", "tls", "retention", "spool")


class Admission:
    """Decides by the configuration, and follows its file: a node that is admitted there is admitted a second later."""

    def __init__(self, config: NodeConfig) -> None:
        """config: the node's own settings, which may differ from those of its file by what its starter chose."""
        self._own, self._given_allow = config, config.allow
        self._file = config.file
        self._changed = _modified(self._file)
        self._at_start = _loaded(self._file)
        self._problem = ""
        self._resolved: dict[str, _Resolved] = {}
        self._use(config)

    def _use(self, config: NodeConfig) -> None:
        self._nodes = dict(config.nodes)
        self._allow = set(self._given_allow) | set(config.allow)
        left = min(config.promiscuous_until - time.time(), PROMISCUOUS_LIMIT_S)
        self._promiscuous_deadline = time.monotonic() + left  # on a clock that nobody sets back

    @property
    def promiscuous_left_s(self) -> float:
        """Seconds for which every caller is still admitted; 0 when only those who are listed are."""
        return max(0.0, self._promiscuous_deadline - time.monotonic())

    def follow_file(self) -> str:
        """Read the file again where it changed; as a sentence what is wrong with it, or counts only after a new start; or ""."""
        changed = _modified(self._file)
        if self._file is None or changed == self._changed:
            return self._problem
        self._changed, self._problem = changed, ""
        try:
            config = NodeConfig.load(self._file)
        except BadInput as error:
            self._problem = str(error)
            return self._problem
        self._use(config)
        before = self._at_start or NodeConfig()
        other = [name for name in _READ_AT_START if getattr(config, name) != getattr(before, name)]
        if other:
            text = tr("{path}: what changed in {fields} counts once the node is started again.")
            self._problem = text.format(path=self._file, fields=", ".join(other))
        return self._problem

    def decide(self, calling: str, called: str, address: str) -> Peer | Rejection:
        """The peer, or the rejection of PS3.8 table 9-21: 1/1/3 for the calling, 1/1/7 for the called AE title.

        May be called from many threads; it looks up the names of hosts, which takes a while where the network is bad.
        """
        named = [node for node in self._nodes.values() if node.aet == calling]
        here = [node for node in named if self._calls_from(node, address)]
        if not here and calling not in self._allow and not self.promiscuous_left_s:
            if called == calling and is_own_call(self._own, calling, address):
                return Peer(calling, address, may_store=False)  # `spineguide node check`: a verification
            why = f"{calling} is known, but not from this address" if named else f"calling AE title {calling} is not listed"
            return Rejection(1, 1, 3, why)
        if called != self._own.aet:
            return Rejection(1, 1, 7, f"called AE title {called} is not this node's")
        return Peer(calling, address, all(node.may_store for node in here))

    def _calls_from(self, node: RemoteNode, address: str) -> bool:
        """Whether a node calls from `address`: any where none is stated; a name's where it is known."""
        stated = node.address or node.host
        if stated in ("", "*", address):
            return True
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(stated) == ipaddress.ip_address(address)
        known = self._resolved.get(stated)
        if known is None or time.monotonic() - known.at_s > _RESOLVE_AGAIN_S:
            addresses = _lookup(stated) or (known.addresses if known else frozenset())  # the last known while nobody answers
            known = self._resolved[stated] = _Resolved(addresses, time.monotonic())
        return address in known.addresses


@dataclass(frozen=True)
class _Resolved:
    """The addresses of a host's name, and when they were looked up."""

    addresses: frozenset[str]
    at_s: float


def is_own_call(own: NodeConfig, calling: str, address: str) -> bool:
    """Whether a caller is this computer, under the node's own AE title."""
    with contextlib.suppress(ValueError):
        return calling == own.aet and (address == own.host or ipaddress.ip_address(address).is_loopback)
    return False


def _loaded(file: Path | None) -> NodeConfig | None:
    with contextlib.suppress(BadInput):
        return NodeConfig.load(file) if file is not None and file.exists() else None
    return None


def _modified(file: Path | None) -> float:
    with contextlib.suppress(OSError):
        if file is not None:
            return file.stat().st_mtime
    return 0.0


def _lookup(host: str) -> frozenset[str]:
    with contextlib.suppress(OSError):
        return frozenset(str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    return frozenset()
