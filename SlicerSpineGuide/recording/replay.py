"""Replay: a recorded case through the same Guide, at the case's own times or as fast as it goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.guide import Guide
from SlicerSpineGuide.guidance.sight import make_sight
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.intake.decode import read_live_image
from SlicerSpineGuide.intake.frame import Frame
from SlicerSpineGuide.plan import Plan
from SlicerSpineGuide.plan.procedures import procedures
from SlicerSpineGuide.plan.zones import load_zones
from SlicerSpineGuide.recording.case import CaseFolder
from SlicerSpineGuide.recording.report import ReportBuilder
from SlicerSpineGuide.translation import tr

WATCHDOG_STEP_S = 0.1


def read_frame(case: CaseFolder, index: int) -> Frame:
    """Decode frame `index` of a case; BadInput names the file that cannot be used."""
    entry = case.case.frames[index]
    started = time.perf_counter()
    images = tuple(read_live_image(path, entry.t) for path in case.files(entry))
    return Frame(index, case.case.modality, images, entry.t, 1e3 * (time.perf_counter() - started))


def make_guide(case: CaseFolder, *, repeatable: bool = False) -> Guide:
    """A Guide prepared for the case's plan, its planning CT and its zones; repeatable: see guidance.sight.make_sight."""
    zones = load_zones(case.plan, case.folder, case.planning)
    return Guide(case.plan, case.planning, zones, make_sight=partial(make_sight, repeatable=repeatable))


def asks_for_acceptance(plan: Plan) -> bool:
    """Whether the plan's procedure wants a person to accept the registration before anything is guided."""
    procedure = procedures().get(plan.procedure)
    return procedure is not None and procedure.accept_before_guidance


def updates(case: CaseFolder, guide: Guide, paced: bool = False) -> Iterator[Update]:
    """Every frame's Update in order, at the case's pace or as fast as it goes; between frames the watchdog runs on case time."""
    now, began = 0.0, time.monotonic()
    for index, entry in enumerate(case.case.frames):
        while now + WATCHDOG_STEP_S < entry.t:
            now += WATCHDOG_STEP_S
            yield guide.tick(now)
        now = entry.t
        if paced:
            time.sleep(max(0.0, began + now - time.monotonic()))
        started = time.perf_counter()
        update = guide.process(read_frame(case, index), now)
        yield replace(update, times=replace(update.times, total=1e3 * (time.perf_counter() - started)))


def replay_to_report(
    case: CaseFolder, report: Path, *, paced: bool = False, progress: Callable[[int, int], None] | None = None
) -> ReportBuilder:
    """Replay the whole case and write its report: the same every time, but for the milliseconds.

    progress: told (done, of all). BadInput where the report cannot be written.
    """
    if not report.parent.is_dir():
        raise BadInput(tr("{path} cannot be written: its folder does not exist.").format(path=report))
    builder = ReportBuilder("plan.json")
    total = len(case.case.frames)
    for update in updates(case, make_guide(case, repeatable=True), paced):
        builder.add(update)
        if progress and update.of_frame and update.frame is not None:
            progress(update.frame.index + 1, total)
    builder.save(report)
    return builder
