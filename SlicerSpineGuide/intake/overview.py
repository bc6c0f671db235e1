"""The node as one record for technicians: what `spineguide node status` prints and a screen shows."""

from __future__ import annotations

import shutil
import socket
import time
from dataclasses import asdict, dataclass
from typing import Any

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.activity import PeerStatistics, UnknownCaller, peer_statistics, unknown_callers
from SlicerSpineGuide.intake.admission import PROMISCUOUS_LIMIT_S, is_own_call
from SlicerSpineGuide.intake.config import NodeConfig, RemoteNode, default_config_path
from SlicerSpineGuide.intake.retention import Use, sweep
from SlicerSpineGuide.intake.services import STORAGE_SOP_CLASSES, TRANSFER_SYNTAXES
from SlicerSpineGuide.intake.tls import read_certificate


@dataclass(frozen=True)
class Overview:
    """Settings, storage, peers and strangers at one moment. problems: sentences of what needs attention."""

    config: NodeConfig
    config_file: str
    listening: bool
    promiscuous_left_s: float
    free_bytes: int
    use: Use
    certificate_expires: str
    peers: list[PeerStatistics]
    strangers: list[UnknownCaller]
    problems: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON and for screens."""
        return {
            "config": self.config.model_dump(mode="json"),
            "config_file": self.config_file,
            "listening": self.listening,
            "promiscuous_left_s": self.promiscuous_left_s,
            "free_bytes": self.free_bytes,
            "use": asdict(self.use),
            "certificate_expires": self.certificate_expires,
            "peers": [asdict(p) for p in self.peers],
            "strangers": [asdict(s) for s in self.strangers],
            "problems": self.problems,
            "sop_classes": STORAGE_SOP_CLASSES,
            "transfer_syntaxes": TRANSFER_SYNTAXES,
        }

    def nodes(self) -> list[tuple[str, RemoteNode, PeerStatistics | None]]:
        """The configured nodes, each with what it has sent."""
        newest = {p.aet: p for p in sorted(self.peers, key=lambda p: p.last_seen)}
        return [(name, node, newest.get(node.aet)) for name, node in sorted(self.config.nodes.items())]


def overview(config: NodeConfig) -> Overview:
    """Look at everything; nothing is changed."""
    root = config.spool_root
    use = sweep(root, config.retention, dry_run=True)
    free = shutil.disk_usage(root if root.exists() else root.anchor).free
    problems = [p for p in (use.warning(config.retention),) if p]
    expires = ""
    if config.tls.certificate is not None:
        try:
            certificate = read_certificate(config.tls.certificate)
            expires = certificate.expires.date().isoformat()
            problems += [p for p in (certificate.warning(config.tls.warn_days),) if p]
        except BadInput as error:
            problems.append(str(error))
    return Overview(
        config=config,
        config_file=str(config.file or default_config_path()),
        listening=_listens(config),
        promiscuous_left_s=max(0.0, min(config.promiscuous_until - time.time(), PROMISCUOUS_LIMIT_S)),
        free_bytes=free,
        use=use,
        certificate_expires=expires,
        peers=[p for p in peer_statistics(root) if p.images or p.repeated or not is_own_call(config, p.aet, p.address)],
        strangers=_still_strangers(config, unknown_callers(root)),
        problems=problems,
    )


def _still_strangers(config: NodeConfig, callers: list[UnknownCaller]) -> list[UnknownCaller]:
    """Those who would be turned away again: not who was admitted since, nor this computer's own checks."""
    return [
        caller
        for caller in callers
        if not is_own_call(config, caller.aet, caller.address) and (caller.called_wrongly or not _admitted(config, caller))
    ]


def _admitted(config: NodeConfig, caller: UnknownCaller) -> bool:
    """As far as that is known without looking up names in the network, which would hold a screen up."""
    here = ("", "*", caller.address)
    return caller.aet in config.allow or any(n.aet == caller.aet and (n.address or n.host) in here for n in config.nodes.values())


def _listens(config: NodeConfig) -> bool:
    try:
        socket.create_connection(("127.0.0.1" if config.host in ("", "0.0.0.0") else config.host, config.port), 1.0).close()
    except OSError:
        return False
    return True
