"""PDUs of the DICOM upper layer (PS3.8 section 9.3) from a socket, each with a cap on its length and a deadline.

pynetdicom encodes and decodes what is in a PDU; its own reader is not used, because it buffers whatever length a peer claims and
restarts its timeouts with every byte.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from enum import IntEnum

ASSOCIATE_RQ_LIMIT = 1 << 18  # 128 presentation contexts with every transfer syntax take about 100 kB
_SLACK = 1024
_SLOWEST_BYTES_PER_S = 32_768.0


class Pdu(IntEnum):
    ASSOCIATE_RQ = 1
    ASSOCIATE_AC = 2
    ASSOCIATE_RJ = 3
    P_DATA = 4
    RELEASE_RQ = 5
    RELEASE_RP = 6
    ABORT = 7


class AbortReason(IntEnum):
    """Reasons of an A-ABORT by the provider (PS3.8 table 9-26)."""

    NOT_SPECIFIED = 0
    UNRECOGNISED_PDU = 1
    UNEXPECTED_PDU = 2
    UNRECOGNISED_PARAMETER = 4
    UNEXPECTED_PARAMETER = 5
    INVALID_PARAMETER = 6


class PeerGone(Exception):
    """The connection ended, or nothing came within the time that was given."""


class ProtocolError(Exception):
    """The peer sent what no peer may send; the association is to be aborted."""

    def __init__(self, reason: AbortReason, what: str) -> None:
        super().__init__(what)
        self.reason = reason


def associate_reject(result: int, source: int, diagnostic: int) -> bytes:
    return bytes((Pdu.ASSOCIATE_RJ, 0, 0, 0, 0, 4, 0, result, source, diagnostic))


def abort(reason: AbortReason) -> bytes:
    """An A-ABORT whose source is the service provider."""
    return bytes((Pdu.ABORT, 0, 0, 0, 0, 4, 0, 0, 2, reason))


RELEASE_REPLY = bytes((Pdu.RELEASE_RP, 0, 0, 0, 0, 4, 0, 0, 0, 0))


def length_limit(kind: int, pdu_bytes: int) -> int:
    """The longest PDU of a kind that is read; ProtocolError where no PDU is of that kind."""
    if kind == Pdu.P_DATA:
        return pdu_bytes + _SLACK
    if kind in (Pdu.ASSOCIATE_RQ, Pdu.ASSOCIATE_AC):
        return ASSOCIATE_RQ_LIMIT
    if kind in (Pdu.ASSOCIATE_RJ, Pdu.RELEASE_RQ, Pdu.RELEASE_RP, Pdu.ABORT):
        return 4
    raise ProtocolError(AbortReason.UNRECOGNISED_PDU, f"0x{kind:02X} begins no PDU")


def parse_head(head: bytes | bytearray | memoryview, pdu_bytes: int) -> tuple[int, int]:
    """Kind and length of the PDU that the 6 bytes `head` begin; ProtocolError where it is too long or of no kind."""
    kind, length = head[0], int.from_bytes(head[2:6], "big")
    if length > length_limit(kind, pdu_bytes):
        raise ProtocolError(AbortReason.INVALID_PARAMETER, f"a PDU of {length} bytes is longer than agreed")
    return kind, length


def fragments(body: memoryview) -> Iterator[tuple[int, bool, bool, memoryview]]:
    """The presentation data values of a P-DATA-TF: context id, is it command, is it the last, its bytes (PS3.8 9.3.5, E.2)."""
    position = 0
    while position < len(body):
        length = int.from_bytes(body[position : position + 4], "big")
        end = position + 4 + length
        if length < 2 or end > len(body):
            raise ProtocolError(AbortReason.INVALID_PARAMETER, "a presentation data value does not fit its PDU")
        control = body[position + 5]
        yield body[position + 4], bool(control & 1), bool(control & 2), body[position + 6 : end]
        position = end


class PduStream:
    """Whole PDUs from a connected socket. `pdu_s`: how long a PDU may take from its first byte, longer ones proportionally more."""

    def __init__(self, connection: socket.socket, pdu_bytes: int, pdu_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._socket, self._pdu_bytes, self._pdu_s, self._clock = connection, pdu_bytes, pdu_s, clock

    def read(self, wait_s: float) -> tuple[int, memoryview]:
        """The next PDU's kind and body; waits `wait_s` for its first byte.

        PeerGone: nothing came, the PDU did not end in time, or the connection closed. ProtocolError: not a PDU, or too long.
        """
        head = bytearray(6)
        self._fill(memoryview(head)[:1], self._clock() + wait_s)
        deadline = self._clock() + self._pdu_s
        self._fill(memoryview(head)[1:], deadline)
        kind, length = parse_head(head, self._pdu_bytes)
        body = memoryview(bytearray(length))
        self._fill(body, deadline + length / _SLOWEST_BYTES_PER_S)
        return kind, body

    def send(self, data: bytes) -> None:
        """All of `data`, within the time that a PDU may take; PeerGone otherwise."""
        try:
            self._socket.settimeout(self._pdu_s)
            self._socket.sendall(data)
        except OSError as error:
            raise PeerGone(f"the answer could not be sent: {error}") from None

    def _fill(self, view: memoryview, deadline: float) -> None:
        while len(view):
            left = deadline - self._clock()
            if left <= 0:
                raise PeerGone("the peer fell silent")
            try:
                self._socket.settimeout(left)
                count = self._socket.recv_into(view)
            except TimeoutError:
                raise PeerGone("the peer fell silent") from None
            except OSError as error:
                raise PeerGone(f"the connection broke: {error}") from None
            if count == 0:
                raise PeerGone("the peer closed the connection")
            view = view[count:]
