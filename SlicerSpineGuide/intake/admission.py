"""Who may open an association: called and calling AE title, address, and the promiscuous mode that ends by itself."""

from __future__ import annotations

import contextlib
import socket
import time
from pathlib import Path

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.acceptor import Peer, Rejection
from SlicerSpineGuide.intake.config import NodeConfig, RemoteNode

PROMISCUOUS_LIMIT_S = 3600.0


class Admission:
    """Decides by the configuration, and follows its file: a node that is admitted there is admitted a second later."""

    def __init__(self, config: NodeConfig) -> None:
        self._given_allow = config.allow
        self._file = config.file
        self._changed = _modified(self._file)
        self._problem = ""
        self._use(config)

    def _use(self, config: NodeConfig) -> None:
        self._config = config
        self._allow = set(self._given_allow) | set(config.allow)
        self._addresses = {name: _addresses(node) for name, node in config.nodes.items()}
        left = min(config.promiscuous_until - time.time(), PROMISCUOUS_LIMIT_S)
        self._promiscuous_deadline = time.monotonic() + left  # on a clock that nobody sets back

    @property
    def promiscuous_left_s(self) -> float:
        """Seconds for which every caller is still admitted; 0 when only those who are listed are."""
        return max(0.0, self._promiscuous_deadline - time.monotonic())

    def follow_file(self) -> str:
        """Read the file again where it changed; what is wrong with it as a sentence, or ""."""
        changed = _modified(self._file)
        if self._file is None or changed == self._changed:
            return self._problem
        self._changed, self._problem = changed, ""
        try:
            self._use(NodeConfig.load(self._file))
        except BadInput as error:
            self._problem = str(error)
        return self._problem

    def decide(self, calling: str, called: str, address: str) -> Peer | Rejection:
        """The peer, or the rejection of ROOM's table: 1/1/3 for the calling, 1/1/7 for the called AE title."""
        named = [(name, node) for name, node in self._config.nodes.items() if node.aet == calling]
        here = [node for name, node in named if "*" in self._addresses[name] or address in self._addresses[name]]
        if not here and calling not in self._allow and not self.promiscuous_left_s:
            why = f"{calling} is known, but not from this address" if named else f"calling AE title {calling} is not listed"
            return Rejection(1, 1, 3, why)
        if called != self._config.aet:
            return Rejection(1, 1, 7, f"called AE title {called} is not this node's")
        return Peer(calling, address, all(node.may_store for node in here))


def _modified(file: Path | None) -> float:
    with contextlib.suppress(OSError):
        if file is not None:
            return file.stat().st_mtime
    return 0.0


def _addresses(node: RemoteNode) -> frozenset[str]:
    """The addresses a node calls from; a name that cannot be resolved now stands for itself and matches nothing."""
    stated = node.address or node.host
    if stated in ("", "*"):
        return frozenset({"*"})
    with contextlib.suppress(OSError):
        return frozenset(str(entry[4][0]) for entry in socket.getaddrinfo(stated, None, type=socket.SOCK_STREAM))
    return frozenset({stated})
