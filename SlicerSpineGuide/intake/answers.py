"""What a peer answered, in plain words, and what to change: for technicians."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from SlicerSpineGuide.intake.config import NodeConfig, RemoteNode
from SlicerSpineGuide.translation import tr


@dataclass(frozen=True)
class Answer:
    """The outcome of one thing that was asked of a peer. words: what it answered; advice: what to change, "" where all is well."""

    what: str
    ok: bool
    words: str
    advice: str = ""


def connection_answer(what: str, node: RemoteNode, error: OSError, in_tls: bool) -> Answer:
    """No connection came about; in_tls: it failed in the TLS handshake."""
    where = {"host": node.host, "port": node.port}
    if in_tls:
        reason = getattr(error, "reason", None) or str(error)
        advice = tr("Check that the peer speaks TLS on this port, and that its certificate is signed by the CA in [tls] ca.")
        return Answer(what, False, tr("The TLS handshake with {host}:{port} failed: {why}.").format(why=reason, **where), advice)
    if isinstance(error, socket.gaierror):
        words = tr("There is no computer named {host}.").format(**where)
        return Answer(what, False, words, tr("Correct the host of this node, or use its IP address."))
    if isinstance(error, ConnectionRefusedError):
        words = tr("{host} is there, but nothing listens on port {port}.").format(**where)
        return Answer(what, False, words, tr("Ask for the port of the peer's DICOM service, and whether it is running."))
    words = tr("{host}:{port} does not answer.").format(**where)
    return Answer(what, False, words, tr("Check the address, the network cable and the firewalls between the two."))


def rejection_answer(what: str, node: RemoteNode, own: NodeConfig, reason: tuple[int, int] | None) -> Answer:
    """The peer did not accept the association: source and reason of its A-ASSOCIATE-RJ (PS3.8 table 9-21), None: it sent none."""
    if reason is None:
        words = tr("The peer takes the connection, but gives no DICOM answer.")
        return Answer(what, False, words, tr("Look into the peer's log; it may want TLS, or not know this computer."))
    names = {"own": own.aet, "called": node.aet}
    known = {
        (1, 2): (tr("It does not know this protocol."), tr("The peer is no DICOM node, or a very old one.")),
        (1, 3): (
            tr("It does not know the calling AE title {own}.").format(**names),
            tr("Enter {own} with this computer's address in the peer's list of nodes; capitals matter.").format(**names),
        ),
        (1, 7): (
            tr("It is not called {called}.").format(**names),
            tr("Correct the AE title of this node; capitals matter.").format(**names),
        ),
        (3, 1): (tr("It is busy at the moment."), tr("Try again; if it stays so, look at the peer's disk and load.")),
        (3, 2): (tr("It has too many associations open."), tr("Try again later, or raise the peer's limit.")),
    }
    words, advice = known.get(reason, (tr("It gave no reason."), tr("Look into the peer's log.")))
    return Answer(what, False, tr("The peer rejected the association: {why}").format(why=words), advice)


def no_context_answer(what: str, service: str) -> Answer:
    """The association stands, but the service was not accepted."""
    words = tr("The peer accepts the association, but not the service {service}.").format(service=service)
    return Answer(what, False, words, tr("Switch that service on at the peer, or remove it from this node's services."))


def status_answer(what: str, status: int, comment: str = "") -> Answer:
    """A DIMSE status (PS3.7 annex C, PS3.4 tables B.2-1, C.4-1 ...)."""
    said = f" ({comment})" if comment else ""
    if status == 0 or status & 0xF000 == 0xB000:
        return Answer(what, True, tr("Done ({comment}).").format(comment=comment) if comment else tr("Done."))
    text = tr("The peer answered status 0x{status:04X}: {why}{said}.")
    if status == 0x0124:
        why, advice = tr("not authorised"), tr("Give this AE title the right at the peer.")
    elif status == 0x0122:
        why, advice = tr("it does not keep objects of this kind"), tr("Ask the peer's manager to allow this SOP class.")
    elif status >> 8 == 0xA7:
        why, advice = tr("out of resources"), tr("Look at the peer's disk; for a C-MOVE: its entry for the destination.")
    elif status == 0xA801:
        why, advice = (
            tr("it does not know the destination of the move"),
            tr("Enter this node's AE title, address and port at the peer."),
        )
    elif status >> 8 == 0xA9:
        why, advice = tr("it finds the object or the query contradictory"), tr("Look into the peer's log.")
    elif status == 0xFE00:
        why, advice = tr("cancelled"), ""
    else:
        why, advice = tr("it could not do it"), tr("Look into the peer's log.")
    return Answer(what, False, text.format(status=status, why=why, said=said), advice)


def silence_answer(what: str) -> Answer:
    words = tr("The peer accepted the association and then fell silent or ended it.")
    return Answer(what, False, words, tr("Try again; look into the peer's log and at the network."))
