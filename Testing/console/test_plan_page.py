"""The Plan page: a path dragged in a view is checked and can be taken away; guidance keeps to the plan that was opened."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
from console_harness import CASE, pixels

from SlicerSpineGuide.plan import Plan

LABELS = Path(__file__).parents[1] / "data" / "lidc_labels.nii.gz"  # of the sample case's patient


@pytest.fixture
def page(case_page):
    page = case_page
    page.locator("[data-testid=tab-plan]").click()
    page.wait_for_function("trame.state.get('draft').numbers.length > 0", timeout=30_000)
    wait_until_drawn(page)
    return page


def wait_until_drawn(page, seconds: float = 20.0) -> None:
    """The view from the side shows the path's plane, in its size, and has stood still."""
    deadline, before, still = time.monotonic() + seconds, None, 0
    while still < 2:
        now = pixels(page.locator(".sg-view-plan_side"))
        same = before is not None and before.shape == now.shape and (before == now).all() and (now > 100).mean() > 0.1
        before, still = now, still + 1 if same else 0
        assert time.monotonic() < deadline, "the view from the side is not drawn"
        time.sleep(0.4)


def exported(page) -> Plan:
    return Plan.model_validate_json(page.evaluate("spineguide.act('plan_json')"))


def drag_target(page, across_px: int) -> None:
    """Drag the target's handle sideways in the view from the side: it lies on the view's middle line, below its middle."""
    box = page.locator(".sg-view-plan_side").bounding_box()
    length = Plan.load(CASE / "plan.json").trajectory().length_mm
    pixels_per_mm = min(box["width"], box["height"]) / max(130.0, 1.15 * length)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + length / 2 * pixels_per_mm
    page.mouse.move(x, y - 3)
    page.mouse.move(x, y)
    time.sleep(0.5)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(x + across_px * step / 5, y)
        time.sleep(0.1)
    page.mouse.up()


def test_the_numbers_are_those_of_the_plan_and_the_zones_are_checked(page):
    planned = Plan.load(CASE / "plan.json").trajectory()
    text = page.locator("[data-testid=plan-numbers]").inner_text()
    assert f"{planned.length_mm:.1f} mm" in text and "to the right" in text
    page.locator("[data-testid=findings] >> text=spinal canal").wait_for()
    assert exported(page) == Plan.load(CASE / "plan.json")


def test_a_locked_path_cannot_be_dragged_by_mistake(page):
    drag_target(page, 30)
    time.sleep(1.0)
    assert exported(page) == Plan.load(CASE / "plan.json")


def test_dragging_the_target_changes_the_draft_and_its_checks_and_undo_takes_it_back(page):
    planned = Plan.load(CASE / "plan.json").trajectory()
    page.locator("[data-testid=plan-edit]").click()
    time.sleep(0.5)
    drag_target(page, 40)
    page.locator("[data-testid=changed]").wait_for()
    moved = exported(page).trajectory()
    distance = np.linalg.norm(moved.target - planned.target)
    assert 5 < distance < 40, "40 pixels on the view's scale"
    np.testing.assert_allclose(moved.entry, planned.entry, atol=0.01)
    assert f"{planned.length_mm:.1f} mm" not in page.locator("[data-testid=plan-numbers] dd").first.inner_text()
    markups = json.loads(page.evaluate("spineguide.act('plan_markups')"))["markups"][0]
    assert markups["coordinateSystem"] == "LPS" and markups["type"] == "Line"
    np.testing.assert_allclose(markups["controlPoints"][1]["position"], moved.target, atol=0.01)
    assert page.evaluate("trame.state.get('num').lateral.limit") == "limit 2 mm"
    page.locator("text=Back to the plan").click()
    page.locator("[data-testid=changed]").wait_for(state="detached")
    np.testing.assert_allclose(exported(page).trajectory().target, planned.target, atol=1e-6)
    page.locator("[data-testid=plan-edit]").click()


def test_a_proposal_can_be_searched_for_taken_undone_redone_and_printed(page):
    page.locator("[data-testid=propose] summary").click()
    page.locator("[data-testid=segmentation-path]").fill(str(CASE / "no-such-file.nrrd"))
    page.locator("[data-testid=segmentation-open]").click()
    page.locator("[data-testid=propose-problem] >> text=does not exist").wait_for()
    page.locator("[data-testid=segmentation-path]").fill(str(LABELS))
    page.locator("[data-testid=segmentation-open]").click()
    page.locator("[data-testid=propose-level]").select_option("T12")
    page.locator("[data-testid=propose-side]").select_option("left")
    page.locator("[data-testid=propose-search]").click()
    page.locator("[data-testid=candidate-1]").wait_for(timeout=60_000)
    assert "to the left" in page.locator("[data-testid=candidate-0]").inner_text()
    assert "canal" in page.locator("[data-testid=candidate-0]").inner_text()
    page.locator("[data-testid=candidate-0]").click()
    page.locator("[data-testid=plan-side] h2 >> text=T12 left").wait_for()
    page.locator("[data-testid=findings] >> text=Gertzbein-Robbins A").wait_for()
    taken = exported(page).trajectory()
    assert taken.id == "T12-left" and taken.entry[0] > taken.target[0], "from the left of the patient"
    sheet = page.evaluate("spineguide.act('plan_sheet')")
    assert sheet.startswith("<!doctype html>") and "T12-left" in sheet and "Not for clinical use" in sheet
    page.locator("[data-testid=plan-undo]").click()
    page.locator("[data-testid=plan-side] h2 >> text=T12 right").wait_for()
    assert exported(page) == Plan.load(CASE / "plan.json")
    page.locator("[data-testid=plan-redo]").click()
    page.locator("[data-testid=plan-side] h2 >> text=T12 left").wait_for()
    assert exported(page).trajectory() == taken
    page.locator("[data-testid=plan-discard]").click()
    page.locator("[data-testid=changed]").wait_for(state="detached")


def handle_in(image: np.ndarray) -> tuple[int, int]:
    """(x, y) of the middle of the densest patch of the draft's blue: a handle, since lines and letters are thinner."""
    r, g, b = image[..., 0], image[..., 1], image[..., 2]
    blue = ((b - r > 50) & (b > 120) & (g > r)).astype(int)
    size = 11
    sums = np.pad(blue, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    dense = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
    y, x = np.unravel_index(int(dense.argmax()), dense.shape)
    assert dense.max() > 40, "no handle is drawn"
    return int(x) + size // 2, int(y) + size // 2


@pytest.mark.parametrize("view", ["threed", "plan_top", "plan_across"])
def test_an_end_can_be_dragged_in_every_view(page, view):
    planned = Plan.load(CASE / "plan.json").trajectory()
    page.locator("[data-testid=plan-edit]").click()
    shown = page.locator(f".sg-cell .sg-view-{view}")
    box = shown.bounding_box()
    down_the_path = view == "plan_across"  # the ends lie upon each other in its middle
    x, y = (box["width"] / 2, box["height"] / 2) if down_the_path else handle_in(pixels(shown))
    x, y = box["x"] + x, box["y"] + y
    page.mouse.move(x - 4, y)
    page.mouse.move(x, y)
    time.sleep(0.6)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(x - 6 * step, y - 3 * step)
        time.sleep(0.1)
    page.mouse.up()
    page.locator("[data-testid=changed]").wait_for()
    moved = exported(page).trajectory()
    assert 2 < max(np.linalg.norm(moved.entry - planned.entry), np.linalg.norm(moved.target - planned.target)) < 60
    page.locator("[data-testid=plan-discard]").click()
    page.locator("[data-testid=changed]").wait_for(state="detached")
    page.locator("[data-testid=plan-edit]").click()
