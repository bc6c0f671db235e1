"""From an Update to changed pixels in Chromium: `python Testing/benchmarks/console.py [--rate 12] [--seconds 20] [--planning DIR]`.

Every image carries its number in its brightness; the page reads it back from the picture that it shows. Both clocks are this
machine's. What lies before the Update (receiving, registering, tracking) is measured by the other benchmarks.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "unit"), str(HERE.parent / "console"), str(HERE.parent)]

LEVELS, LOWEST_HU, STEP_HU = 16, -420.0, 90.0  # within the bone window of -450 to 1050 HU
WATCH = """
() => {
  window.seen = [];
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d', { willReadFrequently: true });
  canvas.width = canvas.height = 8;
  let last = -1;
  const look = () => {
    const img = document.querySelector('.sg-view-live img');
    if (img && img.complete && img.naturalWidth) {
      pen.drawImage(img, img.naturalWidth * 0.8, img.naturalHeight * 0.3, 16, 16, 0, 0, 8, 8);
      const p = pen.getImageData(0, 0, 8, 8).data;
      let sum = 0;
      for (let i = 0; i < p.length; i += 4) sum += p[i];
      const level = Math.round(((sum / 64) / 255 * 1500 - 450 - (-420)) / 90);
      if (level !== last) { last = level; window.seen.push([Date.now() / 1000, level]); }
    }
    requestAnimationFrame(look);
  };
  look();
}
"""


class NumberedSession:
    """Publishes images at a fixed rate, each as bright as its number modulo 16 says."""

    case_title = "benchmark"

    def __init__(self, rate_hz: float, seconds: float, planning_dir: Path | None) -> None:
        from scene_fixtures import plan_in, planning_of, update_at

        from SlicerSpineGuide.plan import load_planning_ct

        if planning_dir is None:
            import SimpleITK as sitk

            from SlicerSpineGuide.images import Volume

            volume = Volume.from_sitk(sitk.ReadImage(str(HERE.parent / "data" / "lidc_ct.nii.gz")))
        else:
            volume = load_planning_ct(planning_dir).volume
        self.planning, self.plan = planning_of(volume), plan_in(volume)
        self._moment, self._rate, self._seconds = update_at(volume, self.plan), rate_hz, seconds
        self.latest = self._moment
        self.published: list[tuple[float, int]] = []

    def node_state(self) -> None:
        return None

    def acknowledge(self, code: object) -> None: ...
    def select_trajectory(self, trajectory_id: str) -> None: ...
    def start(self) -> None:
        threading.Thread(target=self._publish, daemon=True).start()

    def stop(self) -> None: ...
    def _publish(self) -> None:
        sys.stdin.readline()
        image = self._moment.frame.images[0]
        for k in range(int(self._rate * self._seconds)):
            level = k * 7 % LEVELS
            pixels = np.full_like(image.image.pixels, LOWEST_HU + STEP_HU * level)
            frame = replace(self._moment.frame, index=k, images=(replace(image, image=replace(image.image, pixels=pixels)),))
            self.published.append((time.time(), level))
            self.latest = replace(self._moment, frame=frame, instrument=replace(self._moment.instrument))
            time.sleep(1 / self._rate)
        sys.stdout.write(json.dumps({"published": self.published}) + "\n")
        sys.stdout.flush()


def serve(arguments: argparse.Namespace) -> None:
    from SlicerSpineGuide.console.app import Console

    Console(NumberedSession(arguments.rate, arguments.seconds, arguments.planning), open_browser=False).run()


def measure(arguments: argparse.Namespace) -> None:
    from chromium import ARGUMENTS, CHROMIUM
    from console_harness import ConsoleProcess
    from playwright.sync_api import sync_playwright

    console = ConsoleProcess([sys.executable, str(Path(__file__).resolve()), "--serve", *sys.argv[1:]])
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(console.address)
            page.wait_for_function("window.trame?.state?.get('num')?.shown", timeout=60_000)
            page.wait_for_timeout(5000)
            page.evaluate(WATCH)
            console.show("go")
            published = json.loads(console.wait_for("published", arguments.seconds + 60))["published"]
            page.wait_for_timeout(2000)
            seen = page.evaluate("window.seen")
            browser.close()
    finally:
        console.stop()
    report(published, seen, arguments)


def report(published: list[list[float]], seen: list[list[float]], arguments: argparse.Namespace) -> None:
    """For every picture that was seen: the newest Update of that brightness published before it."""
    delays = []
    for at, level in seen:
        times = [t for t, number in published if number == level and t <= at]
        if times and at - times[-1] < LEVELS / arguments.rate:
            delays.append(1000 * (at - times[-1]))
    rate = len(delays) / arguments.seconds
    line = "{n} of {all} images seen ({rate:.1f}/s); Update to pixels: median {p50:.0f} ms, 95 % {p95:.0f} ms, worst {worst:.0f} ms\n"
    p50, p95, worst = np.percentile(delays, (50, 95, 100)) if delays else (np.nan, np.nan, np.nan)
    sys.stdout.write(line.format(n=len(delays), all=len(published), rate=rate, p50=p50, p95=p95, worst=worst))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=12.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--planning", type=Path)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    (serve if options.serve else measure)(options)
