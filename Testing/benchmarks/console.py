"""From the last byte of a C-STORE to changed pixels in Chromium: `python Testing/benchmarks/console.py [--case DIR] [--seconds 30]`.

The whole way, on one machine: `spineguide guide` with its node and console; a DICOM association that sends 512 x 512 CT images of
the virtual room at 12 a second; headless Chromium at 1280 x 800 with the guide page. Every image carries its number in the
brightness of a patch beside the spine, and the page reads it back from the picture that it shows, at every frame of the screen.
The clock is the machine's own, read by the sender when the last PDU of an image was handed to the socket and by the page when the
picture has changed. --case: any case folder under CT (its plan and planning CT are used).
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
from pathlib import Path

import numpy as np
import pydicom
from pydicom.uid import CTImageStorage, generate_uid
from pynetdicom import AE, evt

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "console"), str(HERE.parent)]

LEVELS, LOWEST_HU, STEP_HU = 16, -420.0, 90.0  # within the bone window of -450 to 1050 HU
PATCH_MM, HALF_WIDTH_MM, HALF_HEIGHT_MM = 62.0, 6.0, 10.0  # to the left of the view's middle
FIELD_MM = 150.0  # what the live view shows across its shorter side
CALLING, CALLED = "BENCHMARK", "SPINEGUIDE"
WATCH = """
([beside, field]) => {
  window.seen = [];
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d', { willReadFrequently: true });
  canvas.width = canvas.height = 8;
  let last = -1;
  const look = () => {
    const img = document.querySelector('.sg-view-live img');
    if (img && img.complete && img.naturalWidth) {
      const w = img.naturalWidth, h = img.naturalHeight, scale = Math.min(w, h) / field;
      pen.drawImage(img, w / 2 - beside * scale - 4, h / 2 - 4, 8, 8, 0, 0, 8, 8);
      const p = pen.getImageData(0, 0, 8, 8).data;
      let sum = 0;
      for (let i = 0; i < p.length; i += 4) sum += p[i];
      const level = Math.round((sum / 64 / 255 * 1500 - 450 + 420) / 90);
      if (level !== last) { last = level; window.seen.push([Date.now() / 1000, level]); }
    }
    requestAnimationFrame(look);
  };
  look();
}
"""


def numbered_images(case: Path, folder: Path, count: int) -> list[pydicom.Dataset]:
    """`count` images of 512 x 512 of the virtual room along the case's path, each with its number in its patch."""
    from SlicerSpineGuide.geometry import ImagePlane, apply, inverse
    from SlicerSpineGuide.plan import Plan
    from SlicerSpineGuide.recording.case import Truth
    from SlicerSpineGuide.room.scenario import adjusted, scenario_named
    from SlicerSpineGuide.room.simulate import simulate_case

    scenario = adjusted(scenario_named("on-path"), matrix=512, slices=1, rate_hz=12.0)
    made = simulate_case(case / "planning", case / "plan.json", scenario, folder / "made", frames=min(count, 24))
    truth = Truth.model_validate_json((made / "truth.json").read_text())
    path = Plan.load(case / "plan.json").trajectory(truth.trajectory)
    images = [pydicom.dcmread(f) for f in sorted((made / "live").glob("*.dcm"))]
    middle = path.target - 0.4 * path.length_mm * path.direction
    numbered = []
    for k in range(count):
        which = k % len(images) if (k // len(images)) % 2 == 0 else -1 - k % len(images)  # to and fro: no jump
        dataset = pydicom.dcmread(images[which].filename)
        plane = ImagePlane.from_dicom(dataset)
        seen = apply(inverse(np.array(truth.frames[which].plan_from_live)), middle)
        column, row = plane.to_pixels(seen - PATCH_MM * plane.u)[:2]
        pixels = dataset.pixel_array.copy()
        half_w, half_h = int(HALF_WIDTH_MM / plane.pitch[0]), int(HALF_HEIGHT_MM / plane.pitch[1])
        rows, columns = slice(int(row) - half_h, int(row) + half_h), slice(int(column) - half_w, int(column) + half_w)
        value = LOWEST_HU + STEP_HU * (k * 7 % LEVELS)
        pixels[rows, columns] = (value - float(dataset.RescaleIntercept)) / float(dataset.RescaleSlope)
        dataset.PixelData = pixels.tobytes()
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.InstanceNumber = dataset.AcquisitionNumber = k + 1
        numbered.append(dataset)
    return numbered


def send(images: list[pydicom.Dataset], port: int, rate_hz: float, sent: list[tuple[float, int]]) -> None:
    """One association; `sent` gets (when the last byte left, brightness) of every image."""
    from SlicerSpineGuide.room.sender import send_at_once

    last = [0.0]
    entity = AE(ae_title=CALLING)
    entity.add_requested_context(CTImageStorage, images[0].file_meta.TransferSyntaxUID)
    handlers = [(evt.EVT_CONN_OPEN, send_at_once), (evt.EVT_DATA_SENT, lambda event: last.__setitem__(0, time.time()))]
    association = entity.associate("127.0.0.1", port, ae_title=CALLED, evt_handlers=handlers)
    if not association.is_established:
        sys.exit("the node does not accept the association")
    started = time.monotonic()
    for k, dataset in enumerate(images):
        time.sleep(max(0.0, started + k / rate_hz - time.monotonic()))
        status = association.send_c_store(dataset)
        sent.append((last[0], k * 7 % LEVELS))
        if status.get("Status") != 0:
            sys.exit(f"the node answered {status} to an image")
    association.release()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(arguments: argparse.Namespace) -> None:
    from chromium import ARGUMENTS, CHROMIUM
    from console_harness import ConsoleProcess
    from playwright.sync_api import sync_playwright

    folder, port = Path(tempfile.mkdtemp(prefix="spineguide-benchmark-")), free_port()
    os.environ["SPINEGUIDE_HOME"] = str(folder / "home")
    images = numbered_images(arguments.case, folder, int(arguments.rate * arguments.seconds))
    command = [sys.executable, "-m", "SlicerSpineGuide", "--language", "en", "guide", str(arguments.case), "--no-browser"]
    console = ConsoleProcess([*command, "--port", str(port), "--aet", CALLED, "--allow", CALLING])
    sent: list[tuple[float, int]] = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(console.address)
            page.wait_for_function("window.trame?.state?.get('node')?.text.includes('@')", timeout=60_000)
            page.wait_for_timeout(8000)
            page.evaluate(WATCH, [PATCH_MM, FIELD_MM])
            sender = threading.Thread(target=send, args=(images, port, arguments.rate, sent), daemon=True)
            sender.start()
            states = []
            while sender.is_alive():
                page.wait_for_timeout(1000)
                states.append(page.evaluate("[trame.state.get('img').registration, trame.state.get('img').skipped]"))
            page.wait_for_timeout(1500)
            seen = page.evaluate("window.seen")
            if arguments.picture is not None:
                page.screenshot(path=arguments.picture)
            browser.close()
    finally:
        console.stop()
        shutil.rmtree(folder, ignore_errors=True)
    report(sent, seen, states, arguments)


def report(sent: list[tuple[float, int]], seen: list[list[float]], states: list[list[object]], arguments: argparse.Namespace) -> None:
    """For every picture that was seen: the newest image of that brightness whose last byte had left before it."""
    steady = sent[0][0] + arguments.settle
    delays = []
    for at, level in seen:
        times = [t for t, number in sent if number == level and t <= at]
        if times and at - times[-1] < LEVELS / arguments.rate and at >= steady:
            delays.append(1000 * (at - times[-1]))
    counted = sum(t >= steady for t, _ in sent)
    p50, p95, worst = np.percentile(delays, (50, 95, 100)) if delays else (np.nan, np.nan, np.nan)
    result = {
        "images_sent": counted, "pictures_seen": len(delays), "pictures_per_s": round(len(delays) / (counted / arguments.rate), 1),
        "median_ms": round(float(p50)), "p95_ms": round(float(p95)), "worst_ms": round(float(worst)),
        "locked_share": round(sum(s[0] == "locked" for s in states) / max(1, len(states)), 2),
    }  # fmt: skip
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    sample = HERE.parents[1] / "Resources" / "Cases" / "t12-vertebroplasty"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=12.0, help="images a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--settle", type=float, default=3.0, help="seconds at the start that do not count")
    parser.add_argument("--case", type=Path, default=sample)
    parser.add_argument("--picture", type=Path, help="write a picture of the page at the end")
    measure(parser.parse_args())
