"""The node's speed against DCMTK's storescp, in one run: images a second, acknowledge times, and time to a frame in the guide.

    python Testing/benchmarks/node_speed.py [--images 300] [--rounds 3] [--planning FOLDER] [--idle]

storescu sends (rate); a sender of this file measures each acknowledge from the last byte to the response. TCP_NODELAY is set on
every side. storescp writes without fsync; the node syncs file and folder, and a row of its own says what that takes on this disk.
--planning takes the pixels from any CT, else noise.
"busy": another process keeps both cores at work the way a guide does (VTK reslicing and NumPy) while it follows the node; its times
are the medians of the rounds' medians and 95th percentiles, with the range of the latter.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import pydicom

sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))

from node_harness import CALLER, ENVIRONMENT, RawPeer, data_set_bytes, make_ct, running_node, save

from SlicerSpineGuide.intake import Frame, LiveFeed, NodeConfig, NodeState
from SlicerSpineGuide.intake.spool import sync_folder


def make_images(folder: Path, count: int, planning: Path | None) -> list[Path]:
    """`count` CT images of 512x512, 0.5 MB each."""
    folder.mkdir()
    sources = []
    if planning is not None:
        files = [p for p in sorted(planning.rglob("*")) if p.is_file()]
        sources = [d.pixel_array for d in map(pydicom.dcmread, files[:20]) if (d.Rows, d.Columns) == (512, 512)]
    files = []
    for k in range(count):
        image = make_ct(k, size=512)
        if sources:
            image.PixelData = sources[k % len(sources)].astype("<i2").tobytes()
        files.append(save(image, folder / f"{k:05d}.dcm"))
    return files


@contextlib.contextmanager
def storescp(folder: Path) -> Iterator[NodeState]:
    """DCMTK's receiver on a free port."""
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(["storescp", "-od", str(folder), str(port)], env=ENVIRONMENT)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.02)
        yield NodeState(True, "STORESCP", "127.0.0.1", port, 0.0)
    finally:
        process.terminate()
        process.wait()


def send_rate(state: NodeState, files: list[Path]) -> float:
    """Images a second that one storescu brings across, its own start included."""
    command = ["storescu", "-aet", CALLER, "-aec", state.aet, state.host, str(state.port), *map(str, files)]
    started = time.perf_counter()
    subprocess.run(command, env=ENVIRONMENT, check=True)
    return len(files) / (time.perf_counter() - started)


def acknowledge_ms(state: NodeState, count: int, rate_hz: float | None = None) -> list[float]:
    """Milliseconds from the last byte sent to the response, image by image; rate_hz: paced, None: one after the other."""
    images = [(data_set_bytes(image), image.SOPInstanceUID) for image in (make_ct(k, size=512) for k in range(count))]
    times = []
    with RawPeer(state) as peer:
        peer.associate()
        next_at = time.perf_counter()
        for data, uid in images:
            if rate_hz is not None:
                time.sleep(max(0.0, next_at - time.perf_counter()))
                next_at += 1.0 / rate_hz
            peer.begin_store(data, uid)
            started = time.perf_counter()
            assert peer.response()[0] == 0
            times.append((time.perf_counter() - started) * 1000.0)
    return times


def busy_guide(spool: str, answer: Queue[list[float]], ready: Event, enough: Event) -> None:
    """A process that follows the node while its own work fills both cores; the times from last byte to frame, in ms."""
    from vtkmodules.vtkImagingCore import vtkImageReslice

    from SlicerSpineGuide.images import Volume

    latencies: list[float] = []

    def on_frame(frame: Frame) -> None:
        latencies.append((time.monotonic() - frame.newest.arrived_s) * 1000.0)

    feed = LiveFeed(NodeConfig(spool=Path(spool)), on_frame)
    feed.start()
    volume = Volume(np.zeros((64, 256, 256), np.float32), np.eye(4)).to_vtk()

    def work() -> None:
        reslice = vtkImageReslice()
        reslice.SetInputData(volume)
        reslice.SetInterpolationModeToLinear()
        matrix = np.random.default_rng(0).random((300, 300))
        while not enough.is_set():
            reslice.Modified()
            reslice.Update()
            np.linalg.svd(matrix)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    ready.set()
    for worker in workers:
        worker.join()
    feed.stop()
    answer.put(latencies)


@contextlib.contextmanager
def a_busy_guide(spool: Path) -> Iterator[Callable[[], list[float]]]:
    """Calling what is yielded ends the guide and gives its latencies."""
    context = multiprocessing.get_context("spawn")
    answer, ready, enough = context.Queue(), context.Event(), context.Event()
    process = context.Process(target=busy_guide, args=(str(spool), answer, ready, enough))
    process.start()
    ready.wait(60)

    def latencies() -> list[float]:
        time.sleep(1.0)
        enough.set()
        return answer.get(timeout=60)

    yield latencies
    process.join()


def disk_ms(folder: Path, count: int = 100) -> list[float]:
    """What the disk alone takes, without any network: write 0.5 MB, fsync, rename, fsync of the folder."""
    folder.mkdir(exist_ok=True)
    data, times = os.urandom(525_000), []
    for k in range(count):
        started = time.perf_counter()
        with (folder / f"{k}.part").open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        (folder / f"{k}.part").rename(folder / f"{k}.dcm")
        sync_folder(folder)
        times.append((time.perf_counter() - started) * 1000.0)
    return times


def summary(times: list[float]) -> str:
    low, high = np.percentile(times, [50, 95])
    return f"{low:.1f} / {high:.1f}"


def median_summary(rounds: list[list[float]]) -> str:
    """Of each round's median and 95th percentile the median, and the range of the latter."""
    low, high = np.percentile(np.array(rounds), [50, 95], axis=1)
    return f"{np.median(low):.1f} / {np.median(high):.1f} ({high.min():.1f} to {high.max():.1f})"


def busy_round(folder: Path, senders: int, count: int, rate_hz: float) -> tuple[list[float], list[float]]:
    """Paced senders with a busy guide beside the node: acknowledge times, and times from last byte to frame, in ms."""
    with running_node(folder) as supervisor, a_busy_guide(folder / "spool") as answer:
        times: list[list[float]] = [[] for _ in range(senders)]
        threads = [
            threading.Thread(target=lambda k=k: times[k].extend(acknowledge_ms(supervisor.state(), count, rate_hz)))
            for k in range(senders)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        latencies = answer()
    assert len(latencies) == senders * count, "an image did not become a frame"
    return [t for part in times for t in part], latencies


def busy_rate(folder: Path, files: list[Path]) -> float:
    """Images a second that one storescu brings across while a guide is busy."""
    with running_node(folder) as supervisor, a_busy_guide(folder / "spool") as answer:
        rate = send_rate(supervisor.state(), files)
        answer()
    return rate


def busy_rows(folder: Path, files: list[Path], rounds: int, rows: list[tuple[str, str, str]]) -> dict[str, list[list[float]]]:
    """The rows with a busy guide beside the node; for each kind of sending the rounds' times from last byte to frame, in ms."""
    rates = [busy_rate(folder / f"most{k}", files) for k in range(rounds)]
    rows.append(("node, as fast as it goes, both cores busy with a guide's work", " / ".join(f"{r:.0f}" for r in rates), ""))
    latencies: dict[str, list[list[float]]] = {}
    kinds = {"one sender at 60 images/s": (1, 300, 60.0), "three senders at 12 images/s": (3, 60, 12.0)}
    for name, (senders, count, rate_hz) in kinds.items():
        answers = [busy_round(folder / f"{senders}-{k}", senders, count, rate_hz) for k in range(rounds)]
        rows.append((f"node, {name}, busy", f"{senders * rate_hz:.0f}", median_summary([times for times, _ in answers])))
        latencies[name] = [frames for _, frames in answers]
    return latencies


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--images", type=int, default=300)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--planning", type=Path)
    options.add_argument("--idle", action="store_true", help="without the rows of a busy guide")
    chosen = options.parse_args()
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        files = make_images(folder / "images", chosen.images, chosen.planning)
        ours, theirs, ours_ms, theirs_ms, disk = [], [], [], [], []
        for k in range(chosen.rounds):  # in turn, so that both see the same machine
            with running_node(folder / f"node{k}") as supervisor:
                ours.append(send_rate(supervisor.state(), files))
                ours_ms += acknowledge_ms(supervisor.state(), 100)
            disk += disk_ms(folder / f"disk{k}")
            with storescp(folder / f"scp{k}") as state:
                theirs.append(send_rate(state, files))
                theirs_ms += acknowledge_ms(state, 100)
        rows.append(("node, fsync of file and folder", " / ".join(f"{r:.0f}" for r in ours), summary(ours_ms)))
        rows.append(("DCMTK storescp, no fsync", " / ".join(f"{r:.0f}" for r in theirs), summary(theirs_ms)))
        rows.append(("the disk alone: write, fsync, rename, fsync of folder", f"{1000 / np.median(disk):.0f}", summary(disk)))
        latencies = {} if chosen.idle else busy_rows(folder, files, chosen.rounds, rows)
    lines = [
        "| receiver | images/s | acknowledge, median / p95 ms |",
        "|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]
    for name, rounds in latencies.items():
        lines.append(f"Last byte to frame in the busy guide, {name}: {median_summary(rounds)} ms")
    lines.append(f"Rate against storescp: {np.median(ours) / np.median(theirs):.2f}; cores: {os.cpu_count()}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
