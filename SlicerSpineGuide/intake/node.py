"""The DICOM node: gate, associations, checks and spool put together. It runs in a process of its own (node_process.py)."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass

from SlicerSpineGuide.intake.acceptor import Acceptor, Peer, Rejection
from SlicerSpineGuide.intake.admission import Admission
from SlicerSpineGuide.intake.config import Limits, NodeConfig
from SlicerSpineGuide.intake.gate import Gate
from SlicerSpineGuide.intake.header import Identity, check_header
from SlicerSpineGuide.intake.retention import sweep
from SlicerSpineGuide.intake.services import Refused, Status
from SlicerSpineGuide.intake.spool import Incoming, Spool
from SlicerSpineGuide.intake.tls import read_certificate, server_context
from SlicerSpineGuide.translation import tr

BEAT_S = 1.0
_SOONEST_S = 0.1
_SWEEP_EVERY_S = 3600.0


@dataclass(frozen=True)
class Beat:
    """A sign of life with the node's counts since it started."""

    port: int
    images: int
    repeated: int
    refused: int
    rejected: int
    conflicts: int
    associations: int
    free_bytes: int
    disk_low: bool
    promiscuous_left_s: float
    problem: str

    def as_dict(self) -> dict[str, int | float | str | bool]:
        return asdict(self)


class Node:
    """A running node. `on_beat` is called at least every second and soon after anything was counted, from one thread."""

    def __init__(
        self, config: NodeConfig, on_beat: Callable[[Beat], None] = lambda beat: None, on_damage: Callable[[], None] = lambda: None
    ) -> None:
        """Open the spool and the port; BadInput where either cannot be used, or another node uses this spool.

        on_damage: called where only a new start helps.
        """
        self._config, self._on_beat, self._on_damage = config, on_beat, on_damage
        self._admission = Admission(config)
        self._spool = Spool(config.spool)
        self._counts = dict.fromkeys(("images", "repeated", "refused", "rejected", "conflicts"), 0)
        self._count_lock = threading.Lock()
        self._problem = ""
        self._bell = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tls = server_context(config.tls)
        self._certificate = read_certificate(config.tls.certificate) if config.tls.certificate is not None else None
        self._gate = Gate(config.host, config.port, config.limits, self._serve, self.note, tls)
        self._stopped, self._stir = threading.Event(), threading.Event()
        self._beat_thread = threading.Thread(target=self._beat_on, name="dicom-beat", daemon=True)
        self._sweep_thread = threading.Thread(target=self._sweep_on, name="dicom-retention", daemon=True)
        self._storage_warning = ""

    @property
    def port(self) -> int:
        return self._gate.port

    def start(self) -> None:
        self._gate.start()
        self._beat_thread.start()
        self._sweep_thread.start()

    def stop(self) -> None:
        self._gate.stop()
        self._stopped.set()
        self._stir.set()
        self._beat_thread.join()
        self._spool.close()
        self._bell.close()

    # ---- what an association asks of its host (acceptor.Host) ----------------------------------------------------------

    @property
    def limits(self) -> Limits:
        return self._config.limits

    def admit(self, calling: str, called: str, address: str) -> Peer | Rejection:
        answer = self._admission.decide(calling, called, address)
        if isinstance(answer, Peer) and self._disk_low():
            return Rejection(2, 3, 1, "the disk is nearly full")
        return answer

    def open_object(self) -> Incoming:
        return self._spool.open_object()

    def store(self, incoming: Incoming, identity: Identity, peer: Peer, arrived_s: float) -> None:
        """Check and store; when this returns the object survives a crash. Refused with status and comment otherwise."""
        if self._disk_low(incoming.size):
            raise Refused(Status.OUT_OF_RESOURCES, "The disk is nearly full")
        complete = check_header(incoming.data, incoming.size, identity, self.limits.pixel_bytes)
        repeated = self._spool.store(incoming, complete, peer.aet, peer.address, arrived_s)
        self._count("repeated" if repeated else "images")
        for port in self._spool.followers():
            with contextlib.suppress(OSError):
                self._bell.sendto(b"!", ("127.0.0.1", port))

    def note(self, event: str, aet: str, address: str, detail: str = "") -> None:
        """A line in the journal; rejections and refusals are counted as well."""
        if event in ("rejected", "refused"):
            self._count(event)
            if detail.startswith(f"0x{Status.OTHER_BYTES:04X}"):
                self._count("conflicts")
        self._spool.note(event, aet, address, detail)

    # --------------------------------------------------------------------------------------------------------------------

    def _serve(self, connection: socket.socket, address: str, request: bytes) -> None:
        Acceptor(connection, address, self).serve(request)

    def _disk_low(self, more: int = 0) -> bool:
        return self._spool.free_bytes() - more < self._config.limits.free_disk_bytes

    def _count(self, what: str) -> None:
        with self._count_lock:
            self._counts[what] += 1
        self._stir.set()

    def _beat_on(self) -> None:
        while not self._stopped.is_set():
            self._stir.clear()
            self._problem = self._admission.follow_file() or self._certificate_warning() or self._storage_warning
            self._on_beat(self.beat())
            if self._spool.damaged:
                self._on_damage()
            self._stopped.wait(_SOONEST_S)
            self._stir.wait(BEAT_S)
        self._on_beat(self.beat())

    def _sweep_on(self) -> None:
        """Keep the retention rules, in a thread of its own: a large spool takes a while."""
        while not self._stopped.is_set():
            rules = self._config.retention
            try:
                self._storage_warning = sweep(self._config.spool_root, rules).warning(rules)
            except (OSError, sqlite3.Error) as error:
                self._storage_warning = tr("Old images cannot be deleted: {why}.").format(why=error)
            self._stopped.wait(_SWEEP_EVERY_S)

    def _certificate_warning(self) -> str:
        return self._certificate.warning(self._config.tls.warn_days) if self._certificate else ""

    def beat(self) -> Beat:
        """The node's state now."""
        free = self._spool.free_bytes()
        return Beat(
            port=self.port,
            associations=self._gate.association_count,
            free_bytes=free,
            disk_low=free < self._config.limits.free_disk_bytes,
            promiscuous_left_s=self._admission.promiscuous_left_s,
            problem=self._problem,
            **self._counts,
        )
