"""The node as a client of a real PACS (Orthanc) and its worklist."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest
from node_harness import CALLER, make_ct, running_node, save, stored_files, wait_for
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelGet

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake import NodeConfig, RemoteNode
from SlicerSpineGuide.intake.answers import Answer
from SlicerSpineGuide.intake.checks import TEST_PATIENT, sample_capture
from SlicerSpineGuide.intake.queries import find_scheduled, find_series
from SlicerSpineGuide.intake.remote import RemotePeer
from SlicerSpineGuide.intake.requests import Cancelled, PeerRefused, Progress

ORTHANC = shutil.which("Orthanc") or "/usr/sbin/Orthanc"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def own_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def own(own_port: int) -> NodeConfig:
    return NodeConfig(aet="SPINEGUIDE", port=own_port)


@pytest.fixture(scope="module")
def pacs(tmp_path_factory: pytest.TempPathFactory, own_port: int) -> Iterator[RemoteNode]:
    """Orthanc, which knows SPINEGUIDE at own_port, with a worklist."""
    if not Path(ORTHANC).exists():
        pytest.fail("Orthanc is missing: apt-get install orthanc")
    folder = tmp_path_factory.mktemp("orthanc")
    port = free_port()
    (folder / "worklist").mkdir()
    _write_worklist(folder / "worklist" / "one.wl")
    settings = {
        "DicomAet": "PACS",
        "DicomPort": port,
        "HttpServerEnabled": False,
        "StorageDirectory": str(folder / "db"),
        "IndexDirectory": str(folder / "db"),
        "DicomModalities": {"spine": ["SPINEGUIDE", "127.0.0.1", own_port]},
        "DicomAlwaysAllowGet": True,
        "DicomCheckCalledAet": True,
        "Plugins": sorted(str(p) for p in Path("/usr/lib/orthanc").glob("libModalityWorklists.so*")),
        "Worklists": {"Enable": True, "Database": str(folder / "worklist")},
    }
    (folder / "orthanc.json").write_text(json.dumps(settings))
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([ORTHANC, str(folder / "orthanc.json")], stdout=log, stderr=log)
        try:
            node = RemoteNode(aet="PACS", host="127.0.0.1", port=port)
            assert wait_for(lambda: _listens(port), 30), (folder / "log").read_text()
            yield node
        finally:
            process.terminate()
            process.wait(10)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True


def _write_worklist(path: Path) -> None:
    step = Dataset()
    step.Modality, step.ScheduledStationAETitle = "CT", "SPINEGUIDE"
    step.ScheduledProcedureStepStartDate, step.ScheduledProcedureStepStartTime = "20300102", "093000"
    step.ScheduledProcedureStepDescription = "Vertebroplasty T12"
    item = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    item.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    item.file_meta.MediaStorageSOPClassUID, item.file_meta.MediaStorageSOPInstanceUID = "1.2.276.0.7230010.3.1.0.1", "1.2.3"
    item.PatientID, item.PatientName, item.PatientBirthDate = "P7", "Worklist^Wanda", "19500101"
    item.AccessionNumber, item.StudyInstanceUID, item.RequestedProcedureDescription = "A7", "1.2.777", "Vertebroplasty"
    item.ScheduledProcedureStepSequence = [step]
    item.save_as(path, enforce_file_format=True)


@pytest.fixture(scope="module")
def planning_files(tmp_path_factory: pytest.TempPathFactory, pacs: RemoteNode, own: NodeConfig) -> list[Path]:
    """A planning CT of 30 images, stored in the PACS by C-STORE."""
    folder = tmp_path_factory.mktemp("planning")
    study = {"SeriesInstanceUID": "1.2.30.1", "StudyInstanceUID": "1.2.30", "PatientID": "P30", "StudyDate": "20300101"}
    files = [save(make_ct(k, size=128, SeriesDescription="Planning", **study), folder / f"{k}.dcm") for k in range(30)]
    seen: list[Progress] = []
    answers = RemotePeer(pacs, own).store(files, seen.append)
    assert all(a.ok for a in answers)
    assert (len(answers), seen[-1]) == (30, Progress(30, 30))
    return files


def test_echo(pacs: RemoteNode, own: NodeConfig) -> None:
    assert RemotePeer(pacs, own).echo().ok


def test_the_planning_ct_is_found_and_retrieved_by_get_bit_for_bit(
    pacs: RemoteNode, own: NodeConfig, planning_files: list[Path], tmp_path: Path
) -> None:
    peer = RemotePeer(pacs, own)
    (series,) = find_series(peer, patient_id="P30")
    assert (series.series_uid, series.modality, series.images, series.description) == ("1.2.30.1", "CT", 30, "Planning")
    seen: list[Progress] = []
    files = peer.get_series(series.study_uid, series.series_uid, tmp_path / "planning", seen.append)
    sent = {d.SOPInstanceUID: d.PixelData for d in map(pydicom.dcmread, planning_files)}
    assert {d.SOPInstanceUID: d.PixelData for d in map(pydicom.dcmread, files)} == sent
    assert seen[-1].done == 30


def test_the_planning_ct_is_retrieved_by_move_into_the_running_node(
    pacs: RemoteNode, own: NodeConfig, planning_files: list[Path], tmp_path: Path
) -> None:
    with running_node(tmp_path, port=own.port, allow=("PACS",)):
        sent = RemotePeer(pacs, own).move_series("1.2.30", "1.2.30.1", "SPINEGUIDE")
        assert sent == 30
        assert wait_for(lambda: len(stored_files(tmp_path)) == 30)


def test_a_move_to_an_unknown_destination_is_explained(pacs: RemoteNode, own: NodeConfig, planning_files: list[Path]) -> None:
    with pytest.raises(PeerRefused) as refused:
        RemotePeer(pacs, own).move_series("1.2.30", "1.2.30.1", "NOBODY")
    assert refused.value.answer.advice


def test_a_retrieval_can_be_cancelled(pacs: RemoteNode, own: NodeConfig, planning_files: list[Path], tmp_path: Path) -> None:
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        RemotePeer(pacs, own).get_series("1.2.30", "1.2.30.1", tmp_path, lambda p: p.done < 3 or cancel.set(), cancel)
    assert cancel.is_set()
    assert not list(tmp_path.iterdir())  # half a series could be taken for a whole one


def test_a_move_can_be_cancelled(pacs: RemoteNode, own: NodeConfig, planning_files: list[Path], tmp_path: Path) -> None:
    cancel = threading.Event()
    with running_node(tmp_path, port=own.port, allow=("PACS",)), pytest.raises(Cancelled):
        RemotePeer(pacs, own).move_series("1.2.30", "1.2.30.1", "SPINEGUIDE", lambda p: p.done < 3 or cancel.set(), cancel)
    assert len(stored_files(tmp_path)) < 30


def test_the_worklist_names_the_patient(pacs: RemoteNode, own: NodeConfig) -> None:
    (scheduled,) = find_scheduled(RemotePeer(pacs, own), date="20300102", modality="CT")
    assert (scheduled.patient_id, scheduled.accession_number, scheduled.time) == ("P7", "A7", "093000")
    assert scheduled.description == "Vertebroplasty T12"
    assert find_scheduled(RemotePeer(pacs, own), date="20310101") == []


def test_a_study_that_is_not_there_is_an_empty_list(pacs: RemoteNode, own: NodeConfig) -> None:
    assert find_series(RemotePeer(pacs, own), patient_id="NOBODY") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"aet": "WRONG"}, "It is not called WRONG"),
        ({"host": "no.such.host.invalid"}, "There is no computer named"),
        ({"port": 1}, "nothing listens on port 1"),
        ({"tls": True}, "TLS handshake"),
    ],
    ids=["AE title", "host", "port", "TLS"],
)
def test_what_is_wrong_is_said_in_words_with_what_to_change(
    pacs: RemoteNode, own: NodeConfig, change: dict[str, object], said: str
) -> None:
    with pytest.raises(PeerRefused, match=said) as refused:
        RemotePeer(pacs.model_copy(update=change), own).echo()
    assert refused.value.answer.advice


def test_a_caller_that_the_peer_does_not_know_is_told_what_to_enter_there(tmp_path: Path) -> None:
    with running_node(tmp_path) as supervisor:
        state = supervisor.state()
        peer = RemotePeer(RemoteNode(aet=state.aet, host=state.host, port=state.port), NodeConfig(aet="NEWCOMER"))
        with pytest.raises(PeerRefused, match="does not know the calling AE title NEWCOMER") as refused:
            peer.echo()
        assert "Enter NEWCOMER" in refused.value.answer.advice


def test_reports_and_captures_are_stored_back_each_with_its_own_answer(pacs: RemoteNode, own: NodeConfig, tmp_path: Path) -> None:
    report = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    report.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    report.SOPClassUID = report.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.104.1"
    report.SOPInstanceUID = report.file_meta.MediaStorageSOPInstanceUID = "1.2.30.99"
    report.PatientID, report.StudyInstanceUID, report.SeriesInstanceUID = "P30", "1.2.30", "1.2.30.2"
    report.Modality, report.MIMETypeOfEncapsulatedDocument, report.EncapsulatedDocument = "DOC", "application/pdf", b"%PDF-1.4"
    report.save_as(tmp_path / "report.dcm", enforce_file_format=True)
    sample_capture().save_as(tmp_path / "capture.dcm", enforce_file_format=True)
    peer = RemotePeer(pacs, own)
    assert [a.ok for a in peer.store([tmp_path / "report.dcm", tmp_path / "capture.dcm"])] == [True, True]
    assert [s.series_uid for s in find_series(peer, patient_id="P30", modality="DOC")] == ["1.2.30.2"]
    assert len(find_series(peer, patient_id=TEST_PATIENT, modality="OT")) == 1


class StubbornPeer:
    """A PACS that accepts the association and does what `get` says; it takes CT images alone."""

    def __init__(self, get: Callable[[evt.Event], Iterator[Any]]) -> None:
        entity = AE(ae_title="STUBBORN")
        entity.add_supported_context(CTImageStorage, ExplicitVRLittleEndian, scu_role=True, scp_role=True)
        entity.add_supported_context(StudyRootQueryRetrieveInformationModelGet)
        self._server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_GET, get)])
        self.node = RemoteNode(aet="STUBBORN", host="127.0.0.1", port=self._server.server_address[1])

    def __enter__(self) -> RemotePeer:
        return RemotePeer(self.node, NodeConfig())

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()


def test_a_peer_that_does_not_obey_a_cancel_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("SlicerSpineGuide.intake.requests._STOP_S", 0.3)
    cancel, left, waited = threading.Event(), threading.Event(), list[bool]()

    def never(_: evt.Event) -> Iterator[Any]:
        cancel.set()
        waited.append(left.wait(20))
        yield 0

    with StubbornPeer(never) as peer:
        with pytest.raises(Cancelled):
            peer.get_series("1.2", "1.2.3", tmp_path, cancel=cancel)
        left.set()
        assert wait_for(lambda: waited == [True])  # we left first


def test_a_series_of_which_an_image_did_not_arrive_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    def one_of_two(_: evt.Event) -> Iterator[Any]:
        yield 2
        for series in ("1.2.3", "1.2.4"):  # the second is not what was asked for, so our side refuses it
            yield 0xFF00, make_ct(SeriesInstanceUID=series)

    with StubbornPeer(one_of_two) as peer, pytest.raises(PeerRefused, match=r"1 of 2 images did not arrive") as refused:
        peer.get_series("1.2", "1.2.3", tmp_path)
    assert "Ask for the series again" in refused.value.answer.advice
    assert not list(tmp_path.iterdir())


def test_a_peer_that_takes_some_sop_classes_only_names_the_one_it_does_not(tmp_path: Path) -> None:
    sample_capture().save_as(tmp_path / "capture.dcm", enforce_file_format=True)
    image = save(make_ct(1), tmp_path / "ct.dcm")
    with StubbornPeer(lambda event: iter(())) as peer:
        words = peer.store([tmp_path / "capture.dcm", image])[0].words
        assert words == "The peer does not accept Secondary Capture Image Storage in Explicit VR Little Endian."
        with pytest.raises(PeerRefused, match="but not the service Storage"):
            peer.store([tmp_path / "capture.dcm"])
        with pytest.raises(PeerRefused, match="but not the service Verification"):
            peer.echo()


def test_a_firewall_that_drops_and_a_port_that_is_not_dicom_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("SlicerSpineGuide.intake.remote.CONNECT_S", 0.5)
    monkeypatch.setattr("SlicerSpineGuide.intake.remote.ACCEPT_S", 0.5)
    with socket.socket() as silent, contextlib.ExitStack() as stack:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        node = RemoteNode(aet="SILENT", host="127.0.0.1", port=silent.getsockname()[1])
        answer = refused_answer(RemotePeer(node, NodeConfig()))
        assert answer.words == "The peer takes the connection, but gives no DICOM answer."
        for _ in range(8):  # with its backlog full the system drops what comes, as a firewall does
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", node.port))
        answer = refused_answer(RemotePeer(node, NodeConfig()))
        assert answer.words.endswith("does not answer.")
        assert "firewalls" in answer.advice


def refused_answer(peer: RemotePeer) -> Answer:
    with pytest.raises(PeerRefused) as refused:
        peer.echo()
    return refused.value.answer


def test_a_file_that_is_no_dicom_is_one_sentence(pacs: RemoteNode, own: NodeConfig, tmp_path: Path) -> None:
    (tmp_path / "x.dcm").write_text("no")
    with pytest.raises(BadInput, match=r"x.dcm cannot be sent"):
        RemotePeer(pacs, own).store([tmp_path / "x.dcm"])


def test_what_the_own_node_refuses_is_reported_for_each_file(tmp_path: Path) -> None:
    good, bad = save(make_ct(1), tmp_path / "good.dcm"), make_ct(2)
    bad.PixelData = bad.PixelData[:100]
    with running_node(tmp_path) as supervisor:
        state = supervisor.state()
        peer = RemotePeer(RemoteNode(aet=state.aet, host=state.host, port=state.port), NodeConfig(aet=CALLER))
        answers = peer.store([good, save(bad, tmp_path / "bad.dcm")])
    assert [a.ok for a in answers] == [True, False]
    assert "0xC002" in answers[1].words
