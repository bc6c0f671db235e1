"""Plays a recorded case over a real DICOM association at the case's own pace: `python -m SlicerSpineGuide.room.play`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import pydicom
from pydicom.uid import generate_uid

from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.recording.case import Case
from SlicerSpineGuide.room.sender import Peer, Sender

PAUSE_BETWEEN_PASSES_S = 6.0


def play_case(folder: Path, peer: Peer, calling: str, *, speed: float = 1.0, passes: int = 1) -> int:
    """Send the live images of a case, frame by frame at the case's times divided by `speed`; returns the number of images sent.

    From the second pass on the images get new instance and series UIDs, as a scanner would give them: a node keeps one image of a
    UID. BadInput where the peer refuses the association or an image.
    """
    case = read_document(Case, folder / "case.json")
    sent = 0
    for number in range(passes):
        sent += _play_once(folder, case, peer, calling, speed, fresh_uids=number > 0)
        if number + 1 < passes:
            time.sleep(PAUSE_BETWEEN_PASSES_S / speed)
    return sent


def _play_once(folder: Path, case: Case, peer: Peer, calling: str, speed: float, fresh_uids: bool) -> int:
    series: dict[str, str] = {}
    frames = [(frame.t, [_read(folder, name, series if fresh_uids else None) for name in frame.files]) for frame in case.frames]
    kinds = {(d.SOPClassUID, d.file_meta.TransferSyntaxUID) for _, datasets in frames for d in datasets}
    with Sender(peer, calling, kinds) as sender:
        started = time.monotonic()
        for t, datasets in frames:
            time.sleep(max(0.0, started + t / speed - time.monotonic()))
            for dataset in datasets:
                sender.store(dataset)
    return sum(len(datasets) for _, datasets in frames)


def _read(folder: Path, name: str, series: dict[str, str] | None) -> pydicom.Dataset:
    dataset = pydicom.dcmread(folder / name)
    if series is not None:
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.SeriesInstanceUID = series.setdefault(dataset.SeriesInstanceUID, generate_uid())
    return dataset


def main() -> None:
    parser = argparse.ArgumentParser(description="Play a recorded case over a DICOM association.")
    parser.add_argument("case", type=Path)
    parser.add_argument("peer", help="AE@HOST:PORT")
    parser.add_argument("--calling", default="VIRTUALCT")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--passes", type=int, default=1)
    arguments = parser.parse_args()
    try:
        play_case(arguments.case, Peer.parse(arguments.peer), arguments.calling, speed=arguments.speed, passes=arguments.passes)
    except BadInput as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
