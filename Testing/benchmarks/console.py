"""From the last byte of a C-STORE to changed pixels in Chromium: `python Testing/benchmarks/console.py [--case DIR] [--seconds 40]`.

The whole way, on one machine: `spineguide guide` with its DICOM node and its console; an association that sends 512 x 512 CT images
of the virtual room 12 times a second, the instrument moving; headless Chromium with the guide page. Every image carries its number
as a column of bright and dark blocks beside the spine, which the page reads back from the picture that it shows. Both clocks are this
machine's: the sender's when the last PDU of an image was handed to the socket, the page's after the frame with the new picture was
painted. --case: any case folder under CT (its plan and its planning CT are used).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.uid import CTImageStorage, generate_uid
from pynetdicom import AE, evt

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "console"), str(HERE.parent)]

BITS = 8  # the number modulo 256 comes again after 21 s at 12 images/s
BLOCK_MM, BESIDE_MM = 8.0, 55.0  # of a block; from the middle of the view to the column, which every shape of view shows
BRIGHT_HU, DARK_HU = 700.0, -400.0  # white and black in the bone window
FIND = """() => {  // the picture in an eighth of its width, for finding the column
  const img = document.querySelector('.sg-view-live img'), canvas = document.createElement('canvas');
  canvas.width = Math.round(img.naturalWidth / 4); canvas.height = Math.round(img.naturalHeight / 4);
  const pen = canvas.getContext('2d');
  pen.drawImage(img, 0, 0, canvas.width, canvas.height);
  const p = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  return [canvas.width, canvas.height, Array.from({length: p.length / 4}, (_, i) => p[4 * i])];
}"""
WATCH = """([left, top, width, height, bits]) => {
  window.seen = [];
  window.unread = 0;
  const img = document.querySelector('.sg-view-live img');
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d', { willReadFrequently: true });
  canvas.width = 1; canvas.height = bits;
  const painted = new MessageChannel();
  let loaded = '', shown = '';
  const paint = () => { shown = loaded; painted.port2.postMessage(0); };
  img.addEventListener('load', () => { loaded = img.src; requestAnimationFrame(paint); });
  painted.port1.onmessage = () => {
    const at = (performance.timeOrigin + performance.now()) / 1000;
    if (img.src !== shown || !img.complete) { window.unread++; return; }
    let number = 0;
    for (let bit = 0; bit < bits; bit++)
      pen.drawImage(img, left, top + height * (bit + 0.3) / bits, width, 0.4 * height / bits, 0, bit, 1, 1);
    const p = pen.getImageData(0, 0, 1, bits).data;
    for (let bit = 0; bit < bits; bit++) number += (p[4 * bit] > 127) << bit;
    window.seen.push([at, number]);
  };
}"""


@dataclass
class Sent:
    """What has gone out: (when the last byte left, number modulo 2**BITS), in order. shows: what goes out. problem: why it ended."""

    images: list[tuple[float, int]] = field(default_factory=list)
    shows: str = "bright"  # bright, dark, numbers
    problem: str = ""


class Room:
    """Images of the virtual room along the case's path, to and fro, with a column of blocks in each."""

    def __init__(self, case: Path, folder: Path, rate_hz: float, different: int = 48) -> None:
        from SlicerSpineGuide.geometry import ImagePlane, apply, inverse
        from SlicerSpineGuide.plan import Plan
        from SlicerSpineGuide.recording.case import Truth
        from SlicerSpineGuide.room.scenario import adjusted, scenario_named
        from SlicerSpineGuide.room.simulate import simulate_case

        scenario = adjusted(scenario_named("on-path"), matrix=512, slices=1, rate_hz=rate_hz)
        made = simulate_case(case / "planning", case / "plan.json", scenario, folder / "made", frames=different)
        truth = Truth.model_validate_json((made / "truth.json").read_text())
        path = Plan.load(case / "plan.json").trajectory(truth.trajectory)
        self._images = [pydicom.dcmread(f) for f in sorted((made / "live").glob("*.dcm"))]
        self._pixels = [d.pixel_array for d in self._images]
        middle = path.target - 0.4 * path.length_mm * path.direction  # of the live view
        plane = ImagePlane.from_dicom(self._images[0])
        column, row = plane.to_pixels(apply(inverse(np.array(truth.frames[0].plan_from_live)), middle))[:2]
        self._block = BLOCK_MM / plane.pitch[0]
        beside = BESIDE_MM / plane.pitch[0] * (1 if column < plane.size[0] / 2 else -1)  # on the side that the image shows more of
        self._column, self._row = column + beside - self._block / 2, row - BITS / 2 * self._block
        self._sent, self._rate = 0, rate_hz

    def next(self, number: int) -> pydicom.Dataset:
        """The next image of the course, with the blocks of `number`."""
        k, self._sent = self._sent, self._sent + 1
        at, n = k % (2 * len(self._images) - 2), len(self._images)
        which = at if at < n else 2 * n - 2 - at
        dataset = self._images[which]
        pixels = self._pixels[which].copy()
        for bit in range(BITS):
            value = BRIGHT_HU if number >> bit & 1 else DARK_HU
            rows = slice(round(self._row + bit * self._block), round(self._row + (bit + 1) * self._block))
            columns = slice(round(self._column), round(self._column + self._block))
            pixels[rows, columns] = (value - float(dataset.RescaleIntercept)) / float(dataset.RescaleSlope)
        dataset.PixelData = pixels.tobytes()
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.InstanceNumber = dataset.AcquisitionNumber = k + 1
        stamp = time.strftime("%H%M%S", time.gmtime(k / self._rate)) + f"{k / self._rate % 1:.6f}"[1:]
        dataset.AcquisitionTime = dataset.ContentTime = stamp
        return dataset


def send(room: Room, port: int, arguments: argparse.Namespace, sent: Sent) -> None:
    """One association: images all bright, images all dark, then the numbers."""
    from SlicerSpineGuide.room.sender import send_at_once

    last = [0.0]
    entity = AE(ae_title="BENCHMARK")
    entity.add_requested_context(CTImageStorage)
    handlers = [(evt.EVT_CONN_OPEN, send_at_once), (evt.EVT_DATA_SENT, lambda event: last.__setitem__(0, time.time()))]
    association = entity.associate("127.0.0.1", port, ae_title="SPINEGUIDE", evt_handlers=handlers)
    if not association.is_established:
        sent.problem = "the node does not accept the association"
        return
    due = time.monotonic()

    def store(number: int) -> bool:
        nonlocal due
        dataset = room.next(number)
        time.sleep(max(0.0, due - time.monotonic()))
        due = max(due + 1 / arguments.rate, time.monotonic())
        status = association.send_c_store(dataset)
        if status.get("Status") != 0:
            sent.problem = f"the node answered {status.get('Status', 'nothing')} to an image"
        return not sent.problem

    while sent.shows != "numbers":
        if not store(2**BITS - 1 if sent.shows == "bright" else 0):
            return
    for k in range(int(arguments.rate * (arguments.settle + arguments.seconds))):
        if not store(k % 2**BITS):
            return
        sent.images.append((last[0], k % 2**BITS))
    association.release()


def column_of(bright: list[Any], dark: list[Any]) -> list[float]:
    """left, top, width, height of the column in the picture's pixels: where bright and dark pictures differ most."""
    columns, rows, _ = dark
    apart = np.array(bright[2]).reshape(rows, columns) - np.array(dark[2]).reshape(rows, columns) > 120
    by_column = apart.sum(axis=0)
    if by_column.max() < rows / 8:
        sys.exit("the page's picture does not show the blocks: is the case under CT, and its registration locked?")
    xs = np.flatnonzero(by_column > 0.6 * by_column.max())
    ys = np.flatnonzero(apart[:, xs].mean(axis=1) > 0.5)
    left, right, top, bottom = xs.min() + 1, xs.max(), ys.min(), ys.max() + 1
    return [4.0 * left, 4.0 * top, 4.0 * (right - left), 4.0 * (bottom - top)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(arguments: argparse.Namespace) -> None:
    from chromium import ARGUMENTS, CHROMIUM
    from console_harness import ConsoleProcess
    from playwright.sync_api import sync_playwright

    folder, port, sent = Path(tempfile.mkdtemp(prefix="spineguide-benchmark-")), free_port(), Sent()
    os.environ["SPINEGUIDE_HOME"] = str(folder / "home")
    room = Room(arguments.case, folder, arguments.rate)
    command = [sys.executable, "-m", "SlicerSpineGuide", "--language", "en", "guide", str(arguments.case), "--no-browser"]
    console = ConsoleProcess([*command, "--port", str(port), "--aet", "SPINEGUIDE", "--allow", "BENCHMARK"])
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = browser.new_page(viewport={"width": arguments.width, "height": arguments.height})
            page.goto(console.address)
            page.wait_for_function("window.spineguide && window.trame?.state?.get('node')?.text.includes('@')", timeout=60_000)
            page.evaluate("name => spineguide.act('layout', name)", arguments.layout)
            page.wait_for_timeout(6000)
            sender = threading.Thread(target=send, args=(room, port, arguments, sent), daemon=True)
            sender.start()
            page.wait_for_function("window.trame?.state?.get('img').registration === 'locked'", timeout=60_000)
            pictures = []
            for sent.shows in ("bright", "dark"):
                page.wait_for_timeout(4000)
                pictures.append(page.evaluate(FIND))
            page.evaluate(WATCH, [*column_of(*pictures), BITS])
            sent.shows = "numbers"
            states = []
            while sender.is_alive():
                page.wait_for_timeout(1000)
                states.append(page.evaluate("[trame.state.get('img').registration, trame.state.get('img').latency]"))
            page.wait_for_timeout(1500)
            seen, unread = page.evaluate("[window.seen, window.unread]")
            if arguments.picture is not None:
                page.screenshot(path=arguments.picture)
            browser.close()
    finally:
        console.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if sent.problem:
        sys.exit(sent.problem)
    report(sent.images, seen, unread, states, arguments)


def report(
    sent: list[tuple[float, int]], seen: list[list[float]], unread: int, states: list[Any], arguments: argparse.Namespace
) -> None:
    """Every image's delay: from its last byte to the first picture that shows it, or a newer one where it was overtaken."""
    steady = sent[0][0] + arguments.settle
    first: dict[float, float] = {}
    for at, number in seen:
        left = max((t for t, k in sent if k == number and t <= at), default=None)
        if left is not None and at - left < 5.0:
            first.setdefault(left, at)
    counted = [t for t, _ in sent if t >= steady]
    shown = [left for left in first if left >= steady]
    answered = ((t, min((at for left, at in first.items() if left >= t), default=None)) for t in counted)
    delays = [1000 * (at - t) for t, at in answered if at is not None]
    p50, p95, worst = np.percentile(delays, (50, 95, 100)) if delays else (np.nan, np.nan, np.nan)
    result = {
        "page": f"{arguments.width}x{arguments.height}", "layout": arguments.layout,
        "images_per_s_sent": round(len(counted) / (counted[-1] - counted[0]), 1), "images_sent": len(counted),
        "images_per_s_shown": round(len(shown) / (counted[-1] - counted[0]), 1), "images_shown": len(shown),
        "pictures_unread": unread,
        "median_ms": round(float(p50)), "p95_ms": round(float(p95)), "worst_ms": round(float(worst)),
        "locked_share": round(sum(s[0] == "locked" for s in states) / max(1, len(states)), 2),
    }  # fmt: skip
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    sample = HERE.parents[1] / "Resources" / "Cases" / "t12-vertebroplasty"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=12.0, help="images a second")
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--settle", type=float, default=4.0, help="seconds at the start that do not count")
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--layout", default="guide", choices=("guide", "all", "live"))
    parser.add_argument("--case", type=Path, default=sample)
    parser.add_argument("--picture", type=Path, help="write a picture of the page at the end")
    measure(parser.parse_args())
