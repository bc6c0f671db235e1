"""`spineguide node check`: whether a remote node can be worked with, and whether this one is set up to run; each step in words."""

from __future__ import annotations

import datetime
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.answers import Answer
from SlicerSpineGuide.intake.config import NodeConfig, RemoteNode
from SlicerSpineGuide.intake.index import create_index
from SlicerSpineGuide.intake.remote import RemotePeer
from SlicerSpineGuide.intake.requests import PeerRefused
from SlicerSpineGuide.intake.retention import sweep
from SlicerSpineGuide.intake.tls import read_certificate, server_context
from SlicerSpineGuide.translation import tr

TEST_PATIENT = "SPINEGUIDE-TEST"


def check_remote(node: RemoteNode, own: NodeConfig) -> Iterator[Answer]:
    """Echo, then a test image stored, then a query, as far as the node's services say; ends at the first connection that fails."""
    peer = RemotePeer(node, own)
    try:
        yield peer.echo()
    except PeerRefused as refused:
        yield refused.answer
        return
    if "store" in node.services:
        yield _asked(tr("Test store"), lambda: _store_test_image(peer))
    if "find" in node.services:
        yield _asked(tr("Query"), lambda: _query(peer, worklist=False))
    if "worklist" in node.services:
        yield _asked(tr("Worklist"), lambda: _query(peer, worklist=True))


def check_own(config: NodeConfig) -> Iterator[Answer]:
    """Spool, TLS, retention, and whether this node answers under its own address; nothing is changed."""
    yield _asked(tr("Spool folder"), lambda: _check_spool(config))
    if config.tls.certificate is not None:
        yield _asked(tr("TLS"), lambda: _check_tls(config))
    yield _asked(tr("Port"), lambda: _check_port(config))
    if not config.allow and not config.nodes:
        advice = tr("Admit a scanner: spineguide node admit AE_TITLE, or spineguide node add NAME.")
        yield Answer(tr("Callers"), False, tr("Nobody may call this node."), advice)


def _asked(what: str, question: Callable[[], Answer | str]) -> Answer:
    try:
        words = question()
    except PeerRefused as refused:
        return Answer(what, False, refused.answer.words, refused.answer.advice)
    except BadInput as error:
        return Answer(what, False, str(error))
    return words if isinstance(words, Answer) else Answer(what, True, words)


def _store_test_image(peer: RemotePeer) -> Answer:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "test.dcm"
        sample_capture().save_as(file, enforce_file_format=True)
        answer = peer.store([file])[0]
    if not answer.ok:
        return Answer(tr("Test store"), False, answer.words, answer.advice)
    return Answer(tr("Test store"), True, tr("Stored an image of patient {id}; delete it there.").format(id=TEST_PATIENT))


def _query(peer: RemotePeer, worklist: bool) -> str:
    identifier = Dataset()
    identifier.PatientID, identifier.StudyInstanceUID = TEST_PATIENT, ""
    if worklist:
        step = Dataset()
        step.ScheduledProcedureStepStartDate = datetime.date.today().strftime("%Y%m%d")
        identifier.PatientID, identifier.ScheduledProcedureStepSequence = "", [step]
    else:
        identifier.QueryRetrieveLevel = "STUDY"
    return tr("Answered with {n} matches.").format(n=len(peer.find(identifier, worklist)))


def _check_spool(config: NodeConfig) -> str:
    create_index(config.spool).close()
    use = sweep(config.spool_root, config.retention, dry_run=True)
    if warning := use.warning(config.retention):
        raise BadInput(warning)
    return tr("{path} is writable and holds {n} images ({size:.1f} MB).").format(
        path=config.spool, n=use.images, size=use.used_bytes / 1e6
    )


def _check_tls(config: NodeConfig) -> str:
    server_context(config.tls)
    assert config.tls.certificate is not None
    certificate = read_certificate(config.tls.certificate)
    if warning := certificate.warning(config.tls.warn_days):
        raise BadInput(warning)
    return tr("The certificate {subject} is valid until {date}.").format(subject=certificate.subject, date=certificate.expires.date())


def _check_port(config: NodeConfig) -> str:
    host = "127.0.0.1" if config.host in ("", "0.0.0.0") else config.host
    try:
        socket.create_connection((host, config.port), 2.0).close()
    except OSError:
        return tr("Nothing listens on {host}:{port}: the node is not running.").format(host=host, port=config.port)
    RemotePeer(RemoteNode(aet=config.aet, host=host, port=config.port, tls=config.tls.certificate is not None), config).echo()
    return tr("A node named {aet} is running on {host}:{port}.").format(aet=config.aet, host=host, port=config.port)


def sample_capture() -> FileDataset:
    """A small Secondary Capture of an invented patient, for a test store."""
    image = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    image.StudyInstanceUID, image.SeriesInstanceUID = generate_uid(), generate_uid()
    image.PatientID, image.PatientName, image.Modality, image.ConversionType = TEST_PATIENT, "Test^Spineguide", "OT", "SYN"
    image.StudyDate = image.ContentDate = datetime.date.today().strftime("%Y%m%d")
    image.StudyTime = image.ContentTime = "120000"
    image.PatientBirthDate = image.PatientSex = image.AccessionNumber = image.ReferringPhysicianName = image.StudyID = ""
    image.SeriesNumber = image.InstanceNumber = 1
    image.Rows = image.Columns = 16
    image.SamplesPerPixel, image.PhotometricInterpretation, image.PixelRepresentation = 1, "MONOCHROME2", 0
    image.BitsAllocated, image.BitsStored, image.HighBit = 8, 8, 7
    image.PixelData = np.arange(256, dtype=np.uint8).tobytes()
    return image
