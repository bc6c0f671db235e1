"""Alerts from images: the virtual room's scenarios on any CT and plan, replayed through the whole guide and scored.

    python Testing/benchmarks/alerts_images.py [--planning DIR --plan plan.json --name CT] [--seeds 1] [--write docs/alerts.md]

Each CT has a table of its own, in which the rows that a run makes are replaced, so that it can be made in parts (--scenarios). Unlike
alerts.py, which judges the rules by numbers, every frame here is simulated, registered and tracked. --minutes 10 adds a run of ten
minutes, a frame a second, in which the instrument is held and moved well within its tolerances while the patient breathes deeply.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from alerts import replace_marked, table

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import Plan
from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.recording.replay import make_guide, updates
from SlicerSpineGuide.recording.report import ReportBuilder
from SlicerSpineGuide.recording.score import Score, score_report
from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.room.scanner import CtProtocol
from SlicerSpineGuide.room.scenario import SCENARIOS, Scenario, Step, scenario_named
from SlicerSpineGuide.room.simulate import simulate_case

SLOW_HZ = 1.0
SAMPLE = resource_path("Cases/t12-vertebroplasty")
HEAD = ["frames", "locked", "tip error, mm, 95 %", "alerts due", "within two frames", "false alerts"]


def within_tolerance(minutes: float) -> Scenario:
    """An instrument that is advanced, held and turned a little, never off by more than two thirds of the usual tolerances."""
    steps = (
        Step(0.0, 40.0, 0.5, 0.3),
        Step(0.3, 30.0, 1.2, 0.5),
        Step(0.5, 30.0, 0.4, 0.8),
        Step(0.7, 20.0, 1.0, 0.2),
        Step(1.0, 9.0, 0.5, 0.5),
    )
    return Scenario(
        "within tolerance",
        steps,
        SCENARIOS["breathing"].motion,
        frames=round(60 * minutes * SLOW_HZ),
        protocol=CtProtocol(matrix=192, rate_hz=SLOW_HZ),
    )


def scored(planning: Path, plan: Path, scenario: str | Scenario, seed: int, frames: int | None) -> Score:
    """One simulated case, replayed and scored."""
    with tempfile.TemporaryDirectory() as folder:
        out = simulate_case(planning, plan, scenario, Path(folder) / "case", seed=seed, frames=frames)
        case, builder = open_case(out), ReportBuilder("plan.json")
        for update in updates(case, make_guide(case)):
            builder.add(update)
        builder.save(Path(folder) / "report.json")
        return score_report(out, Path(folder) / "report.json")


def row(name: str, scores: list[Score]) -> list[str]:
    """The table's row of one scenario, all seeds together."""
    tips = [error for score in scores for error in score.tip_error_mm]
    missed = [code for score in scores for code, _ in score.missed_events]
    false = [code for score in scores for code, _ in score.false_alerts]
    frames, due = sum(s.frames for s in scores), sum(s.planted for s in scores)
    return [
        name,
        str(frames),
        f"{100 * sum(s.locked for s in scores) / frames:.0f} %",
        f"{np.percentile(tips, 95):.2f}" if tips else "–",
        str(due),
        f"{sum(s.alerted for s in scores)}" + (f" (missed: {', '.join(missed)})" if missed else ""),
        f"{len(false)}" + (f" ({', '.join(false)})" if false else ""),
    ]


def with_rows(document: str, name: str, rows: list[list[str]]) -> str:
    """`document` with these rows in the table of that CT, each in place of the one of its scenario; a table it lacks is appended."""
    mark = f"images: {name}"
    if f"<!-- {mark} -->" not in document:
        document += f"\n<!-- {mark} -->\n<!-- {mark} -->\n"
    lines = document.split(f"<!-- {mark} -->")[1].splitlines()
    before = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    known = {cells[0]: cells for cells in (*before[1:], *rows)}
    return replace_marked(document, mark, table([name, *HEAD], list(known.values())))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--planning", type=Path, default=SAMPLE / "planning")
    parser.add_argument("--plan", type=Path, default=SAMPLE / "plan.json")
    parser.add_argument("--scenarios", nargs="*", default=[s.name for s in SCENARIOS.values() if s.carm is None])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=0.0, help="of a run within tolerance, as long as that")
    parser.add_argument("--name", default="the sample case", help="what the CT is called in the document")
    parser.add_argument("--write", type=Path, help="a document in whose table of that name these rows are put")
    arguments = parser.parse_args()
    rows = []
    try:
        zones = Plan.load(arguments.plan).zones
        for name in arguments.scenarios:
            if not zones and any(step.aim for step in scenario_named(name).steps):
                print(f"{name}: left out, the plan has no zone", flush=True)  # noqa: T201
                continue
            scores = [
                scored(arguments.planning, arguments.plan, name, seed, arguments.frames) for seed in range(1, arguments.seeds + 1)
            ]
            rows.append(row(name, scores))
            print(" | ".join(rows[-1]), flush=True)  # noqa: T201
        if arguments.minutes:
            score = scored(arguments.planning, arguments.plan, within_tolerance(arguments.minutes), 1, None)
            rows.append(row(f"{arguments.minutes:g} minutes within tolerance", [score]))
            print(" | ".join(rows[-1]), flush=True)  # noqa: T201
    except BadInput as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    if arguments.write:
        document = arguments.write.read_text(encoding="utf-8")
        arguments.write.write_text(with_rows(document, arguments.name, rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
