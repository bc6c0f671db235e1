"""Association negotiation (PS3.8 section 7.1, PS3.7 annex D) with pynetdicom's codecs and rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import A_ASSOCIATE, ImplementationClassUIDNotification, ImplementationVersionNameNotification
from pynetdicom.pdu_primitives import MaximumLengthNotification as MaximumLength
from pynetdicom.presentation import PresentationContext, build_context, negotiate_as_acceptor

from SlicerSpineGuide.intake.services import (
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION,
    STORAGE_SOP_CLASSES,
    TRANSFER_SYNTAXES,
    UNCOMPRESSED,
    VERIFICATION,
)
from SlicerSpineGuide.intake.upper_layer import AbortReason, ProtocolError

APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
_NO_LIMIT = 1 << 20
_DEFAULT_PDU_BYTES = 16_384


@dataclass(frozen=True)
class Proposal:
    """What a peer proposed. contexts: context id -> abstract and transfer syntax of those we accept; refused: how many we do not.

    acceptance: the A-ASSOCIATE-AC to send if the peer is admitted. peer_pdu_bytes: the longest PDU that the peer takes.
    """

    calling: str
    called: str
    protocol_known: bool
    application_context_known: bool
    contexts: dict[int, tuple[str, str]]
    refused: int
    peer_pdu_bytes: int
    acceptance: bytes


def read_proposal(request: bytes, pdu_bytes: int) -> Proposal:
    """Decode an A-ASSOCIATE-RQ and negotiate its contexts; pdu_bytes: the longest PDU we take. ProtocolError: it is damaged."""
    try:
        pdu = A_ASSOCIATE_RQ()
        pdu.decode(request)
        primitive: Any = pdu.to_primitive()
        results, _ = negotiate_as_acceptor(primitive.presentation_context_definition_list, supported_contexts())
        accepted = {c.context_id: (str(c.abstract_syntax), str(c.transfer_syntax[0])) for c in results if c.result == 0}
        return Proposal(
            calling=str(primitive.calling_ae_title).strip(),
            called=str(primitive.called_ae_title).strip(),
            protocol_known=bool(pdu.protocol_version & 1),
            application_context_known=str(primitive.application_context_name) == APPLICATION_CONTEXT,
            contexts=accepted,
            refused=len(results) - len(accepted),
            peer_pdu_bytes=_maximum_length(primitive),
            acceptance=_acceptance(primitive, results, pdu_bytes),
        )
    except Exception as error:  # the library raises many kinds for damaged PDUs
        raise ProtocolError(AbortReason.INVALID_PARAMETER, f"unreadable A-ASSOCIATE-RQ ({type(error).__name__})") from None


@cache
def supported_contexts() -> list[PresentationContext]:
    """Every SOP class with the transfer syntaxes accepted for it, in order of preference."""
    storage = [build_context(sop_class, list(TRANSFER_SYNTAXES)) for sop_class in STORAGE_SOP_CLASSES]
    return [build_context(VERIFICATION, list(UNCOMPRESSED)), *storage]


def _acceptance(request: Any, results: list[PresentationContext], pdu_bytes: int) -> bytes:
    primitive = A_ASSOCIATE()
    primitive.application_context_name = APPLICATION_CONTEXT
    primitive.calling_ae_title, primitive.called_ae_title = request.calling_ae_title, request.called_ae_title
    primitive.result, primitive.result_source = 0, 1
    primitive.presentation_context_definition_results_list = results
    length, implementation, version = MaximumLength(), ImplementationClassUIDNotification(), ImplementationVersionNameNotification()
    length.maximum_length_received = pdu_bytes
    implementation.implementation_class_uid = IMPLEMENTATION_CLASS_UID
    version.implementation_version_name = IMPLEMENTATION_VERSION
    primitive.user_information = [length, implementation, version]
    pdu = A_ASSOCIATE_AC()
    pdu.from_primitive(primitive)
    return bytes(pdu.encode())


def _maximum_length(primitive: Any) -> int:
    """The longest PDU that the peer takes; 0 means any (PS3.8 D.1)."""
    for item in primitive.user_information:
        if isinstance(item, MaximumLength):
            return int(item.maximum_length_received or 0) or _NO_LIMIT
    return _DEFAULT_PDU_BYTES
