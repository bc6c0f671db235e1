"""Plays a recorded case over a real DICOM association at the case's own pace: `python -m SlicerSpineGuide.room.play`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import pydicom
from pydicom.uid import generate_uid
from pynetdicom import AE, evt
from pynetdicom.association import Association

from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.recording.case import Case, CaseFrame
from SlicerSpineGuide.translation import tr

PAUSE_BETWEEN_PASSES_S = 6.0


def play_case(folder: Path, host: str, port: int, called: str, calling: str, *, speed: float = 1.0, passes: int = 1) -> int:
    """Send the live images of a case, frame by frame at the case's times divided by `speed`; returns the number of images sent.

    From the second pass on the images get new instance and series UIDs, as a scanner would give them: a node keeps one image of a
    UID. BadInput where the peer refuses the association or an image.
    """
    case = read_document(Case, folder / "case.json")
    sent = 0
    for number in range(passes):
        sent += _play_once(folder, case, (host, port, called, calling), speed, fresh_uids=number > 0)
        if number + 1 < passes:
            time.sleep(PAUSE_BETWEEN_PASSES_S / speed)
    return sent


def _play_once(folder: Path, case: Case, peer: tuple[str, int, str, str], speed: float, fresh_uids: bool) -> int:
    series: dict[str, str] = {}
    frames = [(frame, [_read(folder, name, series if fresh_uids else None) for name in frame.files]) for frame in case.frames]
    association = _associate(peer, frames)
    started = time.monotonic()
    try:
        for frame, datasets in frames:
            time.sleep(max(0.0, started + frame.t / speed - time.monotonic()))
            for dataset in datasets:
                status = association.send_c_store(dataset)
                if status.get("Status", 0xFFFF) != 0x0000:
                    raise BadInput(tr("The node answered 0x{status:04X} to an image.").format(status=status.get("Status", 0xFFFF)))
    finally:
        association.release()
    return sum(len(datasets) for _, datasets in frames)


def _read(folder: Path, name: str, series: dict[str, str] | None) -> pydicom.Dataset:
    dataset = pydicom.dcmread(folder / name)
    if series is not None:
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.SeriesInstanceUID = series.setdefault(dataset.SeriesInstanceUID, generate_uid())
    return dataset


def _associate(peer: tuple[str, int, str, str], frames: list[tuple[CaseFrame, list[pydicom.Dataset]]]) -> Association:
    host, port, called, calling = peer
    entity = AE(ae_title=calling)
    kinds = {(d.SOPClassUID, d.file_meta.TransferSyntaxUID) for _, datasets in frames for d in datasets}
    for sop_class, transfer_syntax in sorted(kinds):
        entity.add_requested_context(sop_class, transfer_syntax)
    association = entity.associate(host, port, ae_title=called, evt_handlers=[(evt.EVT_CONN_OPEN, _no_delay)])
    if not association.is_established:
        raise BadInput(tr("{aet} at {host}:{port} does not accept the association.").format(aet=called, host=host, port=port))
    return association


def _no_delay(event: evt.Event) -> None:
    """Small packets leave at once: Nagle's delay would add 45 ms to every image."""
    import socket

    connection = event.assoc.dul.socket
    if connection is not None and connection.socket is not None:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description="Play a recorded case over a DICOM association.")
    parser.add_argument("case", type=Path)
    parser.add_argument("peer", help="AE@HOST:PORT")
    parser.add_argument("--calling", default="VIRTUALCT")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--passes", type=int, default=1)
    arguments = parser.parse_args()
    called, _, address = arguments.peer.partition("@")
    host, _, port = address.rpartition(":")
    try:
        play_case(arguments.case, host, int(port), called, arguments.calling, speed=arguments.speed, passes=arguments.passes)
    except BadInput as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
