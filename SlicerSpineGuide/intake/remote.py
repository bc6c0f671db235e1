"""The node as a client of others: verify, find, retrieve (C-GET, C-MOVE), store and the modality worklist (PS3.4 B, C, K)."""

from __future__ import annotations

import contextlib
import logging
import secrets
import socket
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import AE, build_role, evt
from pynetdicom.association import Association
from pynetdicom.pdu import A_ASSOCIATE_RJ
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    ModalityWorklistInformationFind,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.answers import (
    Answer,
    connection_answer,
    no_context_answer,
    rejection_answer,
    silence_answer,
    status_answer,
)
from SlicerSpineGuide.intake.config import NodeConfig, RemoteNode
from SlicerSpineGuide.intake.requests import PENDING, Cancelled, PeerRefused, Progress, Report, follow, keep_answers, settled
from SlicerSpineGuide.intake.services import STORAGE_SOP_CLASSES, TRANSFER_SYNTAXES
from SlicerSpineGuide.intake.tls import client_context
from SlicerSpineGuide.translation import tr

logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)  # its log says again what Answer says, and may quote patient data

CONNECT_S, ACCEPT_S, ANSWER_S = 5.0, 10.0, 30.0
_MOST_MATCHES = 500


class RemotePeer:
    """One remote node, called under our own AE title. Every method opens an association of its own and ends it.

    All raise PeerRefused with the peer's answer in words where the peer does not do it, and Cancelled where `cancel` was set.
    """

    def __init__(self, node: RemoteNode, own: NodeConfig) -> None:
        if not node.host or not node.port:
            raise BadInput(tr("nodes: {aet} has no host and port, so it cannot be called: add them.").format(aet=node.aet))
        self._node, self._own = node, own

    def echo(self) -> Answer:
        """C-ECHO."""
        what = tr("C-ECHO")
        with self._association(what, [(Verification, None)], "Verification") as association:
            return settled(what, association.send_c_echo())

    def find(self, identifier: Dataset, worklist: bool = False) -> list[Dataset]:
        """The matches of a C-FIND in the study root, or in the modality worklist; at most 500."""
        model = ModalityWorklistInformationFind if worklist else StudyRootQueryRetrieveInformationModelFind
        what, matches = tr("C-FIND"), []
        with self._association(what, [(model, None)], "Find") as association:
            for status, match in association.send_c_find(identifier, model):
                if "Status" not in status:
                    raise PeerRefused(silence_answer(what))
                if status.Status in PENDING and match is not None:
                    matches.append(match)
                    if len(matches) == _MOST_MATCHES:
                        association.send_c_cancel(1, query_model=model)
                elif status.Status not in (0x0000, 0xFE00, *PENDING):
                    settled(what, status)
        return matches[:_MOST_MATCHES]

    def get_series(
        self, study_uid: str, series_uid: str, folder: Path, progress: Report = lambda p: None, cancel: threading.Event | None = None
    ) -> list[Path]:
        """Retrieve a series by C-GET into `folder`, under file names of our own; the files. All of them or none."""
        model, what = StudyRootQueryRetrieveInformationModelGet, tr("C-GET")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(tr("{path} cannot be written: {why}.").format(path=folder, why=error.strerror)) from None
        files: list[Path] = []

        def keep(event: evt.Event) -> int:
            if cancel is not None and cancel.is_set():
                return 0xA700
            return _keep(event, series_uid, folder, files, self._own.limits.object_bytes)

        contexts = [(model, None), *((sop_class, list(TRANSFER_SYNTAXES)) for sop_class in STORAGE_SOP_CLASSES)]
        roles = [build_role(sop_class, scp_role=True) for sop_class in STORAGE_SOP_CLASSES]
        with self._association(what, contexts, "Get", roles, [(evt.EVT_C_STORE, keep)]) as association:
            responses = association.send_c_get(_series_identifier(study_uid, series_uid), model)
            try:
                follow(what, association, model, responses, progress, cancel, lambda: len(files))
            except (PeerRefused, Cancelled):
                for file in files:  # half a series could be taken for a whole one
                    file.unlink(missing_ok=True)
                raise
        if not files:
            raise PeerRefused(Answer(what, False, tr("The peer sent no image of that series."), tr("Look for the series again.")))
        return files

    def move_series(
        self,
        study_uid: str,
        series_uid: str,
        destination: str,
        progress: Report = lambda p: None,
        cancel: threading.Event | None = None,
    ) -> int:
        """Ask the peer to send a series to the AE title `destination` (C-MOVE); the number of images it sent."""
        model, what = StudyRootQueryRetrieveInformationModelMove, tr("C-MOVE")
        with self._association(what, [(model, None)], "Move") as association:
            responses = association.send_c_move(_series_identifier(study_uid, series_uid), destination, model)
            return follow(what, association, model, responses, progress, cancel)

    def store(self, files: Sequence[Path], progress: Report = lambda p: None, cancel: threading.Event | None = None) -> list[Answer]:
        """C-STORE each file; an answer for each, in order. BadInput: a file that is no DICOM."""
        what = tr("C-STORE")
        kinds = sorted({_kind(file) for file in files})
        if len(kinds) > 128:
            raise BadInput(tr("The files are of {n} kinds: send at most 128 at once.").format(n=len(kinds)))
        answers: list[Answer] = []
        with self._association(what, [(sop_class, [syntax]) for sop_class, syntax in kinds], "Storage") as association:
            for number, file in enumerate(files, 1):
                if cancel is not None and cancel.is_set():
                    raise Cancelled
                answers.append(_store(association, what, file))
                progress(Progress(number, len(files), sum(not a.ok for a in answers)))
        return answers

    # --------------------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _association(
        self,
        what: str,
        contexts: Sequence[tuple[str, list[str] | None]],
        service: str,
        roles: list[object] | None = None,
        handlers: list[tuple[object, object]] | None = None,
    ) -> Iterator[Association]:
        entity = AE(ae_title=self._own.aet)
        entity.acse_timeout, entity.dimse_timeout, entity.network_timeout = ACCEPT_S, ANSWER_S, ANSWER_S
        entity.connection_timeout = CONNECT_S
        for abstract_syntax, transfer_syntaxes in contexts:
            entity.add_requested_context(abstract_syntax, transfer_syntaxes)
        self._reach(what)
        tls = (client_context(self._own.tls), self._node.host) if self._node.tls else None
        reasons: list[tuple[int, int]] = []

        def note_rejection(event: evt.Event) -> None:
            if isinstance(event.pdu, A_ASSOCIATE_RJ):
                reasons.append((int(event.pdu.source or 0), int(event.pdu.reason_diagnostic or 0)))

        listeners = [*(handlers or []), (evt.EVT_PDU_RECV, note_rejection)]
        association = entity.associate(
            self._node.host, self._node.port, ae_title=self._node.aet, ext_neg=roles, evt_handlers=listeners, tls_args=tls
        )
        try:
            if not association.is_established:
                if association.is_aborted and association.rejected_contexts:
                    raise PeerRefused(no_context_answer(what, service))
                raise PeerRefused(rejection_answer(what, self._node, self._own, reasons[0] if reasons else None))
            keep_answers(association)
            yield association
            association.release()
        finally:
            if association.is_established:
                association.abort()

    def _reach(self, what: str) -> None:
        """A connection that ends at once, TLS included: the library does not tell why one failed."""
        in_tls = False
        try:
            with socket.create_connection((self._node.host, self._node.port), CONNECT_S) as plain:
                in_tls = self._node.tls
                if in_tls:
                    client_context(self._own.tls).wrap_socket(plain, server_hostname=self._node.host).close()
        except OSError as error:
            raise PeerRefused(connection_answer(what, self._node, error, in_tls)) from None


def _keep(event: evt.Event, series_uid: str, folder: Path, files: list[Path], limit: int) -> int:
    """Write one image of a C-GET; other series than asked for, and objects over the limit, are refused."""
    data = event.encoded_dataset()
    if len(data) > limit:
        return 0xA700
    name = folder / f"{len(files) + 1:06d}-{secrets.token_hex(4)}.dcm"
    part = name.with_suffix(".part")
    try:
        part.write_bytes(data)
        if str(pydicom.dcmread(part, stop_before_pixels=True).get("SeriesInstanceUID", "")) != series_uid:
            part.unlink()
            return 0xA900
        part.replace(name)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        return 0xA700
    files.append(name)
    return 0x0000


def _store(association: Association, what: str, file: Path) -> Answer:
    try:
        status = association.send_c_store(file)
    except (ValueError, RuntimeError, AttributeError):  # not accepted by the peer, or the association is gone
        if not association.is_established:
            return silence_answer(what)
        sop_class, syntax = (UID(uid).name for uid in _kind(file))
        words = tr("The peer does not accept {sop_class} in {syntax}.").format(sop_class=sop_class, syntax=syntax)
        return Answer(what, False, words, tr("Ask the peer's manager to allow this SOP class."))
    if "Status" not in status:
        return silence_answer(what)
    return status_answer(what, int(status.Status), str(status.get("ErrorComment", "")))


def _kind(file: Path) -> tuple[str, str]:
    try:
        head = pydicom.dcmread(file, stop_before_pixels=True)
        return str(head.SOPClassUID), str(head.file_meta.TransferSyntaxUID)
    except OSError as error:
        raise BadInput(tr("{path} cannot be sent: {why}.").format(path=file, why=error.strerror)) from None
    except Exception:  # pydicom raises many kinds for what is no DICOM, or damaged
        raise BadInput(tr("{path} cannot be sent: {why}.").format(path=file, why=tr("it is no DICOM file"))) from None


def _series_identifier(study_uid: str, series_uid: str) -> Dataset:
    identifier = Dataset()
    identifier.QueryRetrieveLevel = "SERIES"
    identifier.StudyInstanceUID, identifier.SeriesInstanceUID = study_uid, series_uid
    return identifier
