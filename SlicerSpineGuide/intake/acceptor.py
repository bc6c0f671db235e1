"""One association that the node accepted: negotiation, C-ECHO and C-STORE (PS3.7 sections 9.1.1, 9.1.5; PS3.8).

It blocks on its socket in a thread of its own, every wait with an end. pynetdicom's codecs and negotiation rules are used, its
reactor is not: that one polls twice a millisecond for each association, so that two hundred idle ones starve the listener.
"""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass, field
from io import BytesIO
from typing import Protocol

from pydicom.dataset import Dataset
from pynetdicom.dsutils import decode, encode

from SlicerSpineGuide.intake.config import Limits
from SlicerSpineGuide.intake.header import Identity, valid_uid
from SlicerSpineGuide.intake.negotiation import Proposal, read_proposal
from SlicerSpineGuide.intake.services import VERIFICATION, Refused, Status
from SlicerSpineGuide.intake.spool import Incoming
from SlicerSpineGuide.intake.upper_layer import (
    RELEASE_REPLY,
    AbortReason,
    Pdu,
    PduStream,
    PeerGone,
    ProtocolError,
    abort,
    associate_reject,
    fragments,
)

_C_STORE_RQ, _C_STORE_RSP, _C_ECHO_RQ, _C_ECHO_RSP, _C_CANCEL_RQ = 0x0001, 0x8001, 0x0030, 0x8030, 0x0FFF
_NO_DATA_SET = 0x0101
_COMMAND_LIMIT = 65_536
_REJECT_AFTER_S = 0.02  # pynetdicom 3.0 as a requestor misses now and then the reason of a rejection that comes at once
_SLOWEST_BYTES_PER_S = 65_536.0


@dataclass(frozen=True)
class Rejection:
    """An A-ASSOCIATE-RJ (PS3.8 table 9-21), and the reason in words for the log."""

    result: int
    source: int
    diagnostic: int
    why: str


@dataclass(frozen=True)
class Peer:
    """Who called: AE title and address, and whether it may store."""

    aet: str
    address: str
    may_store: bool = True


class Host(Protocol):
    """What an association needs of its node."""

    @property
    def limits(self) -> Limits: ...
    def admit(self, calling: str, called: str, address: str) -> Peer | Rejection: ...
    def open_object(self) -> Incoming: ...
    def store(self, incoming: Incoming, identity: Identity, peer: Peer, arrived_s: float) -> None: ...
    def note(self, event: str, aet: str, address: str, detail: str = "") -> None: ...


@dataclass
class _Message:
    """A DIMSE message on its way in. refusal: why its data set is read to the end and thrown away."""

    context_id: int
    started_s: float
    command_bytes: bytearray = field(default_factory=bytearray)
    command: Dataset | None = None
    incoming: Incoming | None = None
    refusal: Refused | None = None
    received: int = 0


class Acceptor:
    """Serves one connection whose A-ASSOCIATE-RQ has arrived, until the peer releases it, breaks a rule or falls silent."""

    def __init__(self, connection: socket.socket, address: str, host: Host) -> None:
        self._host, self._address = host, address
        self._stream = PduStream(connection, host.limits.pdu_bytes, host.limits.pdu_s)
        self._contexts: dict[int, tuple[str, str]] = {}
        self._peer = Peer("", address)
        self._peer_pdu_bytes = 0
        self._message: _Message | None = None

    def serve(self, request: bytes) -> None:
        """`request`: the A-ASSOCIATE-RQ PDU as received. Never raises; the caller closes the connection."""
        try:
            if self._negotiate(request):
                self._until_released()
        except PeerGone as error:
            self._host.note("dropped" if self._message else "closed", self._peer.aet, self._address, str(error))
            if self._message is not None or "silent" in str(error):
                self._say_goodbye(abort(AbortReason.NOT_SPECIFIED))
        except ProtocolError as error:
            self._host.note("aborted", self._peer.aet, self._address, str(error))
            self._say_goodbye(abort(error.reason))
        except Exception as error:  # a fault of ours: this association ends, the node goes on, and the log tells
            self._host.note("failed", self._peer.aet, self._address, f"{type(error).__name__}")
            self._say_goodbye(abort(AbortReason.NOT_SPECIFIED))
        finally:
            self._forget_message()

    # ---- negotiation -------------------------------------------------------------------------------------------------

    def _negotiate(self, request: bytes) -> bool:
        proposal = read_proposal(request, self._host.limits.pdu_bytes)
        answer = self._answer(proposal)
        if isinstance(answer, Rejection):
            self._host.note("rejected", proposal.calling, self._address, answer.why)
            time.sleep(_REJECT_AFTER_S)
            self._say_goodbye(associate_reject(answer.result, answer.source, answer.diagnostic))
            return False
        self._peer, self._contexts, self._peer_pdu_bytes = answer, proposal.contexts, proposal.peer_pdu_bytes
        self._stream.send(proposal.acceptance)
        self._host.note("accepted", answer.aet, self._address, f"{len(proposal.contexts)} contexts, {proposal.refused} refused")
        return True

    def _answer(self, proposal: Proposal) -> Peer | Rejection:
        if not proposal.protocol_known:
            return Rejection(1, 2, 2, "protocol version not supported")
        if not proposal.application_context_known:
            return Rejection(1, 1, 2, "application context name not supported")
        return self._host.admit(proposal.calling, proposal.called, self._address)

    # ---- messages ----------------------------------------------------------------------------------------------------

    def _until_released(self) -> None:
        while True:
            kind, body = self._stream.read(self._patience())
            if kind == Pdu.P_DATA:
                for context_id, is_command, is_last, data in fragments(body):
                    self._fragment(context_id, is_command, is_last, data)
            elif kind == Pdu.RELEASE_RQ:
                self._say_goodbye(RELEASE_REPLY)
                self._host.note("released", self._peer.aet, self._address)
                return
            elif kind == Pdu.ABORT:
                self._host.note("aborted", self._peer.aet, self._address, "by the peer")
                return
            else:
                raise ProtocolError(AbortReason.UNEXPECTED_PDU, f"a PDU of type {kind} has no place here")

    def _patience(self) -> float:
        """How long the next PDU may keep us waiting; a message must keep up a slow line's pace, however it is cut."""
        message, limits = self._message, self._host.limits
        if message is None:
            return limits.idle_s
        left = message.started_s + limits.message_s + message.received / _SLOWEST_BYTES_PER_S - time.monotonic()
        if left <= 0:
            raise PeerGone("a message did not end in time")
        return min(left, limits.pdu_s)

    def _fragment(self, context_id: int, is_command: bool, is_last: bool, data: memoryview) -> None:
        if context_id not in self._contexts:
            raise ProtocolError(AbortReason.INVALID_PARAMETER, f"presentation context {context_id} was not accepted")
        if self._message is None:
            self._message = _Message(context_id, time.monotonic())
        message = self._message
        if context_id != message.context_id or is_command != (message.command is None):
            raise ProtocolError(AbortReason.UNEXPECTED_PARAMETER, "the parts of two messages are mixed")
        message.received += len(data)
        if is_command:
            message.command_bytes += data
            if len(message.command_bytes) > _COMMAND_LIMIT:
                raise ProtocolError(AbortReason.INVALID_PARAMETER, "a command set without end")
            if is_last:
                self._begin(message)
        else:
            self._take(message, data)
            if is_last:
                self._finish_store(message)

    def _begin(self, message: _Message) -> None:
        try:
            command = decode(BytesIO(bytes(message.command_bytes)), True, True)
            field_value, has_data = int(command.CommandField), int(command.CommandDataSetType) != _NO_DATA_SET
            message_id = int(command.get("MessageID") or 0)
        except Exception as error:  # as above
            raise ProtocolError(AbortReason.INVALID_PARAMETER, f"unreadable command set ({type(error).__name__})") from None
        message.command = command
        abstract_syntax = self._contexts[message.context_id][0]
        if field_value == _C_ECHO_RQ and not has_data and abstract_syntax == VERIFICATION:
            self._message = None
            self._respond(message.context_id, _C_ECHO_RSP, message_id, VERIFICATION, None, Status.SUCCESS)
        elif field_value == _C_STORE_RQ and abstract_syntax != VERIFICATION:
            message.refusal = self._refusal(command, abstract_syntax, has_data)
            if has_data:
                message.incoming = self._host.open_object() if message.refusal is None else None
            else:
                self._finish_store(message)
        elif field_value == _C_CANCEL_RQ and not has_data:
            self._message = None
        else:
            raise ProtocolError(AbortReason.UNEXPECTED_PARAMETER, f"command 0x{field_value:04X} is not served here")

    def _refusal(self, command: Dataset, abstract_syntax: str, has_data: bool) -> Refused | None:
        """Why an object need not be read at all."""
        sop_class, instance = _text(command, "AffectedSOPClassUID"), _text(command, "AffectedSOPInstanceUID")
        if not self._peer.may_store:
            return Refused(Status.NOT_AUTHORISED, "This AE title may not store here")
        if not valid_uid(instance):
            return Refused(Status.DOES_NOT_MATCH, "Affected SOP Instance UID is not a valid UID")
        if sop_class != abstract_syntax:
            return Refused(Status.DOES_NOT_MATCH, "SOP Class UID differs between command and context")
        if not has_data:
            return Refused(Status.DOES_NOT_MATCH, "The command says that there is no data set")
        return None

    def _take(self, message: _Message, data: memoryview) -> None:
        limit = self._host.limits.object_bytes
        if message.received > 2 * limit + _COMMAND_LIMIT:
            raise ProtocolError(AbortReason.NOT_SPECIFIED, "an object far over its size limit")
        if message.incoming is None:
            return
        try:
            if message.incoming.size + len(data) > limit:
                raise Refused(Status.OUT_OF_RESOURCES, "The object is larger than this node accepts")
            message.incoming.write(data)
        except Refused as refusal:
            message.refusal = refusal
            message.incoming.discard()
            message.incoming = None

    def _finish_store(self, message: _Message) -> None:
        arrived = time.monotonic()
        assert message.command is not None
        sop_class, instance = _text(message.command, "AffectedSOPClassUID"), _text(message.command, "AffectedSOPInstanceUID")
        try:
            if message.refusal is not None or message.incoming is None:
                raise message.refusal or Refused(Status.FAILED, "The object was not received")
            identity = Identity(sop_class, instance, self._contexts[message.context_id][1])
            self._host.store(message.incoming, identity, self._peer, arrived)
            status, comment = Status.SUCCESS, ""
        except Refused as refusal:
            status, comment = refusal.status, refusal.comment
            self._host.note("refused", self._peer.aet, self._address, f"0x{status:04X} {comment}")
        finally:
            self._forget_message()
        message_id = int(message.command.get("MessageID") or 0)
        self._respond(message.context_id, _C_STORE_RSP, message_id, sop_class, instance, status, comment)

    def _respond(
        self,
        context_id: int,
        command_field: int,
        message_id: int,
        sop_class: str,
        instance: str | None,
        status: int,
        comment: str = "",
    ) -> None:
        response = Dataset()
        response.CommandField = command_field
        response.MessageIDBeingRespondedTo = message_id
        response.CommandDataSetType = _NO_DATA_SET
        response.Status = status
        if valid_uid(sop_class):
            response.AffectedSOPClassUID = sop_class
        if instance is not None and valid_uid(instance):
            response.AffectedSOPInstanceUID = instance
        if comment:
            response.ErrorComment = comment
        self._stream.send(_p_data(context_id, _with_group_length(response), self._peer_pdu_bytes))

    def _forget_message(self) -> None:
        if self._message is not None and self._message.incoming is not None:
            self._message.incoming.discard()
        self._message = None

    def _say_goodbye(self, pdu: bytes) -> None:
        with contextlib.suppress(PeerGone):
            self._stream.send(pdu)


def _with_group_length(response: Dataset) -> bytes:
    body = encode(response, True, True) or b""
    return b"\0\0\0\0\4\0\0\0" + len(body).to_bytes(4, "little") + body


def _p_data(context_id: int, command: bytes, peer_pdu_bytes: int) -> bytes:
    """P-DATA-TF PDUs that carry one command set, each no longer than the peer takes."""
    room, out = max(peer_pdu_bytes - 6, 64), bytearray()
    for start in range(0, len(command), room):
        part = command[start : start + room]
        control = 3 if start + room >= len(command) else 1
        out += bytes((Pdu.P_DATA, 0)) + (len(part) + 6).to_bytes(4, "big")
        out += (len(part) + 2).to_bytes(4, "big") + bytes((context_id, control)) + part
    return bytes(out)


def _text(command: Dataset, keyword: str) -> str:
    value = command.get(keyword)
    return str(value).strip() if value is not None else ""
