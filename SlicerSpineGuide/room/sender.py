"""C-STORE as a scanner does it: one association, image after image (DICOM PS3.4 annex B)."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, ImplicitVRLittleEndian, XRayAngiographicImageStorage
from pynetdicom import AE, evt

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.requests import keep_answers
from SlicerSpineGuide.translation import tr

CONNECT_TIMEOUT_S = 5.0
RESPONSE_TIMEOUT_S = 30.0
LIVE_KINDS = [
    (sop_class, syntax)
    for sop_class in (CTImageStorage, XRayAngiographicImageStorage)
    for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian)
]


@dataclass(frozen=True)
class Peer:
    """A DICOM node to send to."""

    aet: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Peer:
        """From "AE@HOST:PORT"; BadInput where it is not that."""
        match = re.fullmatch(r"([^@\\]{1,16})@(.+):(\d{1,5})", text.strip())
        if match is None or not 0 < int(match[3]) < 65536:
            raise BadInput(tr("{text!r} is not AE@HOST:PORT, as in SPINEGUIDE@127.0.0.1:11112.").format(text=text))
        return cls(match[1].strip(), match[2].strip("[]"), int(match[3]))

    def __str__(self) -> str:
        return f"{self.aet}@{self.host}:{self.port}"


class Sender:
    """An association that is open inside a `with` block; BadInput where the peer cannot be reached or refuses."""

    def __init__(self, peer: Peer, calling: str, kinds: Iterable[tuple[str, str]] = LIVE_KINDS) -> None:
        """kinds: SOP class and transfer syntax of what will be sent."""
        self.peer = peer
        self._entity = AE(ae_title=calling)
        self._entity.connection_timeout = self._entity.acse_timeout = CONNECT_TIMEOUT_S
        self._entity.dimse_timeout = self._entity.network_timeout = RESPONSE_TIMEOUT_S
        syntaxes: dict[str, list[str]] = {}
        for sop_class, syntax in kinds:
            syntaxes.setdefault(sop_class, []).append(syntax)
        for sop_class in sorted(syntaxes):
            self._entity.add_requested_context(sop_class, sorted(set(syntaxes[sop_class])))
        self._association: Any = None

    def __enter__(self) -> Sender:
        peer = self.peer
        self._association = self._entity.associate(
            peer.host, peer.port, ae_title=peer.aet, evt_handlers=[(evt.EVT_CONN_OPEN, send_at_once)]
        )
        if not self._association.is_established:
            raise BadInput(tr("{peer} {why}.").format(peer=peer, why=self._refusal()))
        keep_answers(self._association)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._association.is_established:
            self._association.release()

    def store(self, dataset: Dataset) -> None:
        """Send one image and wait for the peer's answer; BadInput where that is a failure or does not come."""
        try:
            status = self._association.send_c_store(dataset).get("Status")
        except (RuntimeError, ValueError) as error:
            raise BadInput(tr("{peer} cannot be sent to any more: {why}.").format(peer=self.peer, why=error)) from None
        if status is None:
            raise BadInput(tr("{peer} has closed the connection or does not answer.").format(peer=self.peer))
        if status != 0x0000 and status >> 12 != 0xB:
            raise BadInput(tr("{peer} answered 0x{status:04X} to an image.").format(peer=self.peer, status=status))

    def _refusal(self) -> str:
        association = self._association
        if association.is_rejected:
            answer = association.acceptor.primitive
            return tr("rejects the association: {why}").format(why=answer.reason_str)
        return tr("does not answer or has aborted: check the address, the port and that the node runs")


def send_at_once(event: Any) -> None:
    """Small packets leave at once: Nagle's delay would add 45 ms to every image."""
    connection = event.assoc.dul.socket
    if connection is not None and connection.socket is not None:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
