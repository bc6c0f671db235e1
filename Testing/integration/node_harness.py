"""What the node's tests share: small CT objects, a running node, DCMTK's tools, and a peer made of nothing but a socket."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid
from pynetdicom.dsutils import decode, encode
from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import A_ASSOCIATE, ImplementationClassUIDNotification, MaximumLengthNotification
from pynetdicom.presentation import build_context

from SlicerSpineGuide.intake import NodeConfig, NodeState, NodeSupervisor

CT = str(CTImageStorage)
EXPLICIT = str(ExplicitVRLittleEndian)
VERIFICATION = "1.2.840.10008.1.1"
CALLER = "SCANNER"
ENVIRONMENT = {**os.environ, "TCP_NODELAY": "1"}


def make_ct(seed: int = 0, size: int = 64, **values: Any) -> FileDataset:
    """A CT image of noise, size x size, all of it by `seed` but its new SOP Instance UID; `values` are further attributes."""
    image = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID, image.SOPInstanceUID = CT, generate_uid()
    image.PatientID, image.PatientName, image.Modality = "P1", "Doe^Jane", "CT"
    image.SeriesInstanceUID, image.StudyInstanceUID, image.FrameOfReferenceUID = "1.2.3.4", "1.2.3", "1.2.9"
    image.PatientPosition, image.AcquisitionNumber, image.InstanceNumber = "HFP", seed + 1, seed + 1
    image.ImagePositionPatient, image.ImageOrientationPatient = [-50.0, -60.0, 3.0 * seed], [1, 0, 0, 0, 1, 0]
    image.PixelSpacing, image.SliceThickness = [0.5, 0.5], 3.0
    image.Rows = image.Columns = size
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated = image.BitsStored = 16
    image.HighBit, image.PixelRepresentation = 15, 1
    image.RescaleSlope, image.RescaleIntercept = 1, -1024
    noise = np.random.default_rng(seed).integers(0, 2000, (size, size))
    image.PixelData = noise.astype("<i2").tobytes()
    for keyword, value in values.items():
        setattr(image, keyword, value)
    image.file_meta.MediaStorageSOPClassUID, image.file_meta.MediaStorageSOPInstanceUID = image.SOPClassUID, image.SOPInstanceUID
    return image


def save(image: FileDataset, path: Path) -> Path:
    image.save_as(path, enforce_file_format=True)
    return path


def data_set_bytes(image: Dataset) -> bytes:
    """The data set alone, Explicit VR Little Endian, as C-STORE carries it."""
    return bytes(encode(image, False, True) or b"")


@contextlib.contextmanager
def running_node(
    folder: Path, on_state: Callable[[NodeState], None] = lambda state: None, **settings: Any
) -> Iterator[NodeSupervisor]:
    """A node in its own process, on a free port, that admits CALLER."""
    config = NodeConfig.model_validate({"port": 0, "allow": (CALLER,), "spool": folder / "spool", **settings})
    supervisor = NodeSupervisor(config, on_state)
    supervisor.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()


@contextlib.contextmanager
def bare_node(folder: Path, **settings: Any) -> Iterator[tuple[subprocess.Popen[str], NodeState]]:
    """The node's process with nobody who would start it again."""
    config = NodeConfig.model_validate({"port": 0, "allow": (CALLER,), "spool": folder / "spool", **settings})
    command = [sys.executable, "-m", "SlicerSpineGuide.intake.node_process"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(json.dumps({"config": config.model_dump(mode="json")}) + "\n")
        process.stdin.flush()
        port = 0
        while not port:
            port = json.loads(process.stdout.readline()).get("listening", 0)
        yield process, NodeState(True, config.aet, config.host, port, 0.0)
    finally:
        process.kill()
        process.communicate()


def wait_for(condition: Any, seconds: float = 10.0) -> bool:
    """Whether `condition()` became true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


def dcmtk(
    tool: str, state: NodeState, *arguments: str | Path, calling: str = CALLER, called: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run echoscu or storescu against the node."""
    command = [tool, "-v", "-aet", calling, "-aec", called or state.aet, state.host, str(state.port), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=False)


def echo_answers(state: NodeState) -> bool:
    """Whether the node answers a C-ECHO within 2 seconds."""
    started = time.monotonic()
    done = dcmtk("echoscu", state, "-to", "2")
    return done.returncode == 0 and time.monotonic() - started < 2.0


def stored_files(folder: Path) -> list[Path]:
    return sorted((folder / "spool" / "images").glob("*/*.dcm"))


def nothing_half_written(folder: Path) -> bool:
    return not list((folder / "spool" / "incoming").iterdir())


class RawPeer:
    """A DICOM peer that does exactly what it is told, wrong things included."""

    def __init__(self, state: NodeState, timeout: float = 10.0) -> None:
        self.socket = socket.create_connection((state.host, state.port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._called = state.aet

    def __enter__(self) -> RawPeer:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def associate(self, contexts: list[tuple[str, list[str]]] | None = None, calling: str = CALLER) -> tuple[int, bytes]:
        """Send an A-ASSOCIATE-RQ and return the answer; contexts get the ids 1, 3, 5 ..."""
        self.socket.sendall(associate_request(self._called, contexts, calling))
        return self.read()

    def read(self) -> tuple[int, bytes]:
        """The next PDU: its type and body; (0, b"") where the node closed the connection."""
        head = self._receive(6)
        if len(head) < 6:
            return 0, b""
        return head[0], self._receive(int.from_bytes(head[2:], "big"))

    def _receive(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            try:
                part = self.socket.recv(count - len(data))
            except ConnectionError:
                return data
            if not part:
                return data
            data += part
        return data

    def send_pdv(self, context: int, control: int, data: bytes) -> None:
        self.socket.sendall(p_data(context, control, data))

    def store(self, data: bytes, uid: str, context: int = 1, sop_class: str = CT) -> tuple[int, str]:
        """C-STORE `data`; the answer's status and comment."""
        self.begin_store(data, uid, context, sop_class)
        return self.response()

    def begin_store(self, data: bytes, uid: str, context: int = 1, sop_class: str = CT, piece: int = 16_000) -> None:
        """Send a C-STORE request to its last byte."""
        self.send_pdv(context, 3, command_bytes(store_command(uid, sop_class)))
        for start in range(0, len(data), piece):
            self.send_pdv(context, 2 if start + piece >= len(data) else 0, data[start : start + piece])

    def response(self) -> tuple[int, str]:
        kind, body = self.read()
        assert kind == 4, f"PDU {kind} {body!r} instead of a response"
        response = decode(BytesIO(body[6:]), True, True)
        return int(response.Status), str(response.get("ErrorComment", ""))

    def closed_within(self, seconds: float) -> bool:
        """Whether the node ends the connection in time; what it says before does not matter."""
        self.socket.settimeout(seconds)
        try:
            while self.socket.recv(65536):
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True


def associate_request(called: str, contexts: list[tuple[str, list[str]]] | None = None, calling: str = CALLER) -> bytes:
    primitive = A_ASSOCIATE()
    primitive.application_context_name = "1.2.840.10008.3.1.1.1"
    primitive.calling_ae_title, primitive.called_ae_title = calling, called
    proposed = []
    for number, (abstract, transfers) in enumerate(contexts or [(CT, [EXPLICIT]), (VERIFICATION, [EXPLICIT])]):
        context = build_context(abstract, transfers)
        context.context_id = 2 * number + 1
        proposed.append(context)
    primitive.presentation_context_definition_list = proposed
    length, implementation = MaximumLengthNotification(), ImplementationClassUIDNotification()
    length.maximum_length_received, implementation.implementation_class_uid = 16384, "1.2.3.4.5"
    primitive.user_information = [length, implementation]
    pdu = A_ASSOCIATE_RQ()
    pdu.from_primitive(primitive)
    return bytes(pdu.encode())


def context_results(body: bytes) -> list[int]:
    """The results of an A-ASSOCIATE-AC's presentation contexts, in order of their ids."""
    pdu = A_ASSOCIATE_AC()
    pdu.decode(b"\x02\x00" + struct.pack(">I", len(body)) + body)
    return [int(item.result) for item in pdu.presentation_context]


def store_command(uid: str, sop_class: str = CT, **values: Any) -> Dataset:
    command = Dataset()
    command.AffectedSOPClassUID, command.AffectedSOPInstanceUID = sop_class, uid
    command.CommandField, command.MessageID, command.Priority, command.CommandDataSetType = 0x0001, 1, 0, 0x0001
    for keyword, value in values.items():
        setattr(command, keyword, value)
    return command


def command_bytes(command: Dataset) -> bytes:
    return bytes(encode(command, True, True) or b"")


def p_data(context: int, control: int, data: bytes) -> bytes:
    return struct.pack(">BxIIBB", 4, len(data) + 6, len(data) + 2, context, control) + data
