"""Makes the console's pictures for the documentation: `python Testing/console/screenshots.py [FOLDER]` (docs/images by default)."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from chromium import ARGUMENTS, CHROMIUM
from console_harness import ConsoleProcess
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
CASE = ROOT / "Resources" / "Cases" / "t12-vertebroplasty"
SPINEGUIDE = [sys.executable, "-m", "SlicerSpineGuide", "--language", "en"]
STATES = (
    "no_image", "stale", "lost", "uncertain", "rejected", "to_accept", "wrong_patient", "node_down", "no_instrument", "broken",
)  # fmt: skip
LARGEST_BYTES = 300_000
TINT = 8  # between the brightest and the darkest of red, green and blue: what JPEG leaves of grey
LABELS = ROOT / "Testing" / "data" / "lidc_labels.nii.gz"  # of the sample case's patient


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["SPINEGUIDE_HOME"] = tempfile.mkdtemp(prefix="spineguide-pictures-")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)

        def page_at(address: str, width: int = 1920, height: int = 1080) -> Page:
            page = browser.new_context(viewport={"width": width, "height": height}).new_page()
            page.goto(address)
            page.wait_for_function("window.trame?.state?.get('me')", timeout=60_000)
            return page

        case_pages(folder, page_at)
        node_page(folder, page_at)
        honest_states(folder, page_at)
        browser.close()
    for path in folder.glob("console-*.png"):
        shrink(path, 0.5 if path.name.startswith("console-state") else 0.75)


def shrink(path: Path, part: float) -> None:
    """To a part of its size and 256 colours, and smaller until it is light enough for the repository."""
    picture = Image.open(path).convert("RGB")
    while True:
        size = round(picture.width * part), round(picture.height * part)
        small = picture.resize(size, Image.Resampling.LANCZOS)
        small.quantize(palette=palette(small), dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST_BYTES:
            return
        part *= 0.93


def palette(picture: Image.Image) -> Image.Image:
    """Half of it greys, so that a CT has no tint, half of it what the picture has of colours."""
    pixels = np.asarray(picture).reshape(-1, 3)
    coloured = pixels[np.ptp(pixels.astype(int), axis=1) > TINT]
    greys = [level for level in np.linspace(0, 255, 128).round().astype(int) for _ in range(3)]
    found = Image.fromarray(coloured[None]).quantize(128, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    result = Image.new("P", (1, 1))
    result.putpalette((greys + found + greys)[:768])
    return result


def go_to(page: Page, index: int) -> None:
    page.evaluate(f"spineguide.act('seek', {index})")
    page.wait_for_function(f"trame.state.get('img').index === {index + 1} && trame.state.get('num').shown", timeout=60_000)
    page.wait_for_timeout(2500)


def case_pages(folder: Path, page_at: Callable[..., Page]) -> None:
    console = ConsoleProcess([*SPINEGUIDE, "console", str(CASE), "--no-browser"])
    try:
        page = page_at(console.address)
        page.wait_for_timeout(4000)
        go_to(page, 28)
        page.screenshot(path=folder / "console-guide.png")
        page.evaluate("spineguide.act('layout', 'all')")
        page.wait_for_timeout(4000)
        page.screenshot(path=folder / "console-guide-all-views.png")
        page.locator("[data-testid=registration-menu] summary").click()
        page.locator("[data-testid=hand-step]").select_option("5")
        page.locator("[data-testid=nudge-L]").click()
        page.locator("[data-testid=answer] >> text=locks").wait_for(timeout=60_000)
        page.wait_for_timeout(3000)
        page.screenshot(path=folder / "console-registration.png")
        page.evaluate("spineguide.act('register_again')")
        page.evaluate("spineguide.act('layout', 'guide')")
        go_to(page, 8)
        for _ in range(5):
            page.evaluate("spineguide.act('step')")
            page.wait_for_timeout(1500)
        page.screenshot(path=folder / "console-alert.png")
        laptop = page_at(console.address, 1280, 800)
        laptop.evaluate("trame.trigger('take_control', [spineguide.me])")
        laptop.wait_for_timeout(4000)
        laptop.screenshot(path=folder / "console-guide-laptop.png")
        laptop.context.close()
        page.evaluate("trame.trigger('take_control', [spineguide.me])")
        page.wait_for_timeout(2000)
        page.locator("[data-testid=tab-training]").click()
        page.evaluate("spineguide.act('seek', 0)")
        page.evaluate("spineguide.act('play_pause')")
        page.wait_for_function("trame.state.get('img').index === 40", timeout=120_000)
        page.wait_for_timeout(1500)
        page.screenshot(path=folder / "console-training.png")
        page.locator("[data-testid=debrief-button]").click()
        page.wait_for_timeout(1500)
        page.screenshot(path=folder / "console-debrief.png")
        page.locator("[data-testid=debrief] button").first.click()
        page.locator("[data-testid=tab-plan]").click()
        page.wait_for_function("trame.state.get('draft').numbers.length > 0", timeout=60_000)
        page.evaluate("path => spineguide.act('plan_segmentation', path)", str(LABELS))
        page.evaluate("spineguide.act('plan_propose', 'T12', 'right', '')")
        page.locator("[data-testid=candidate-0]").wait_for(timeout=60_000)
        page.evaluate("document.querySelector('[data-testid=segmentation-path]').value = 'segmentation.nii.gz'")
        page.wait_for_timeout(4000)
        page.screenshot(path=folder / "console-plan.png")
        page.locator("[data-testid=tab-training]").click()
        page.locator("[data-testid=drive-button]").click()
        page.locator("[data-testid=drive]").wait_for(timeout=60_000)
        for _ in range(4):
            page.locator("[data-testid=advance-10]").click()
        page.locator("[data-testid=take-image]").click()
        page.wait_for_function("trame.state.get('num').shown", timeout=60_000)
        page.wait_for_timeout(3000)
        page.screenshot(path=folder / "console-drive.png")
        page.locator("[data-testid=tab-guide]").click()
        page.evaluate("path => spineguide.act('open', path)", str(CASE.parent / "xa-l3-vertebroplasty"))
        page.wait_for_function("trame.state.get('layout') === 'xray' && trame.state.get('num').shown", timeout=90_000)
        go_to(page, 6)
        page.screenshot(path=folder / "console-xray.png")
        page.wait_for_function("trame.state.get('xray').shown", timeout=30_000)
        page.locator("[data-testid=blend]").fill("50")
        page.wait_for_timeout(1500)
        page.screenshot(path=folder / "fluoroscopy-check.png")
        page.context.close()
    finally:
        console.stop()


def node_page(folder: Path, page_at: Callable[..., Page]) -> None:
    console = ConsoleProcess([*SPINEGUIDE, "demo", "--no-browser"])
    try:
        page = page_at(console.address, 1280, 1000)
        page.locator("[data-testid=tab-node]").click()
        page.wait_for_function("trame.state.get('nodes').steps?.every(step => step.done)", timeout=60_000)
        page.locator("[data-testid=check-own]").click()
        page.wait_for_timeout(4000)
        page.screenshot(path=folder / "console-node.png")
        page.context.close()
    finally:
        console.stop()


def honest_states(folder: Path, page_at: Callable[..., Page]) -> None:
    console = ConsoleProcess([sys.executable, str(Path(__file__).parent / "double.py")])
    try:
        page = page_at(console.address, 1280, 800)
        console.show("near")
        page.wait_for_timeout(4000)
        for state in STATES:
            console.show("impossible" if state == "broken" else state)
            page.locator(f"[data-testid=card][data-state={state}]").wait_for()
            page.wait_for_timeout(1500)
            page.screenshot(path=folder / f"console-state-{state.replace('_', '-')}.png")
        page.context.close()
    finally:
        console.stop()


if __name__ == "__main__":
    main()
