"""How surely and how fast alerts come, and how often without cause: thousands of short runs on any case's plan.

    python Testing/benchmarks/alerts.py [--case CASE] [--runs 200] [--write docs/alerts.md]

Every deviation that truly exceeds its tolerance by 1 mm or 2 degrees for two frames, of which one at least shows the instrument, is
due to be alerted in its first frame or the next, every planted state likewise, a stale image within a second. An alert about a
number is false where it comes on while the truth is within the limit (early, where it stays on until the limit is truly crossed);
an alert about a state where none was planted.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from alerts_simulator import KINDS, Accuracy, Observer, Run, random_run, ticks, within_tolerance

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.alerts import AlertMachine, Situation
from SlicerSpineGuide.guidance.deviation import measure
from SlicerSpineGuide.guidance.rules import RULES
from SlicerSpineGuide.guidance.signals import SIGNALS
from SlicerSpineGuide.guidance.watchdog import StaleWatchdog
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.plan.zones import Zone, load_zones
from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.tracking.instrument import Instrument
from SlicerSpineGuide.tracking.known import NOTHING

TOLD = Registration("locked", np.eye(4), np.zeros((6, 6)), np.zeros(3), 1.0)
BEYOND = {"ANGLE_DEVIATION": 2.0}  # degrees; everything else 1 mm


@dataclass
class Row:
    """One kind of run, counted. delays: frames from the first in which an alert was due to the one in which it was on."""

    kind: str
    runs: int = 0
    seconds: float = 0.0
    due: int = 0
    delays: list[int] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    early: int = 0
    false: list[str] = field(default_factory=list)

    def cells(self) -> list[str]:
        in_time = sum(delay <= 1 for delay in self.delays)
        mean = f"{np.mean(self.delays):.2f}" if self.delays else "–"
        hours = self.seconds / 3600
        return [
            self.kind,
            str(self.runs),
            str(self.due) if self.due else "–",
            f"{100 * in_time / self.due:.1f} %" if self.due else "–",
            f"{mean} / {max(self.delays)}" if self.delays else "–",
            f"{hours:.2f}",
            str(self.early),
            str(len(self.false)),
            f"{len(self.false) / hours:.1f}" if hours else "–",
        ]


def excesses(run: Run, trajectory: Trajectory, zones: tuple[Zone, ...]) -> list[dict[str, float]]:
    """By how much each number truly exceeds its limit, frame by frame; negative within it."""
    limits = trajectory.tolerance
    found = []
    for moment in run.moments:
        d = measure(Instrument(True, moment.tip, moment.axis, np.zeros(3)), TOLD, trajectory, zones)
        found.append(
            {
                "LATERAL_DEVIATION": d.lateral_mm - limits.lateral_mm,
                "ANGLE_DEVIATION": d.angle_deg - limits.angle_deg,
                "PREDICTED_MISS": d.predicted_miss_mm - limits.lateral_mm,
                "DEPTH_EXCEEDED": -d.depth_mm - limits.depth_mm,
                "DEPTH_REACHED": limits.depth_mm - d.depth_mm,
                "ZONE_NEAR": max((z.margin_mm - d.clearance_mm[z.name] for z in zones), default=-np.inf),
                "ZONE_ENTERED": max((-d.clearance_mm[z.name] for z in zones), default=-np.inf),
            }
        )
    return found


def play(
    run: Run, trajectory: Trajectory, zones: tuple[Zone, ...], accuracy: Accuracy, rng: np.random.Generator
) -> tuple[list[set[str]], list[bool]]:
    """The codes that were on with each frame (what came on between frames counts with the frame before), and what it showed."""
    observer, machine, watchdog = Observer(trajectory, accuracy, rng), AlertMachine(trajectory, zones), StaleWatchdog()
    codes: list[set[str]] = []
    seen: list[bool] = []
    known = NOTHING
    for index, moment in enumerate(run.moments):
        watchdog.frame(index, moment.t)
        registration, instrument = observer.observe(moment)
        deviation = measure(instrument, registration, trajectory, zones) if instrument.visible else None
        foreign = moment.state == "foreign"
        seen.append(instrument.visible)
        unclear = known.may_clear(instrument)
        known = known.after(instrument)
        situation = Situation(
            frame_index=index,
            deviation=deviation,
            registration=registration,
            instrument_visible=instrument.visible,
            instrument_unclear=unclear,
            wrong_patient=foreign,
        )
        codes.append({alert.code.value for alert in machine.step(situation, moment.t)})
        for now in ticks(run.moments, index):
            between = Situation(
                deviation=deviation, registration=registration, instrument_visible=instrument.visible, image_stale=watchdog.stale(now)
            )
            codes[-1] |= {alert.code.value for alert in machine.step(between, now)}
    return codes, seen


def judge(row: Row, run: Run, played: tuple[list[set[str]], list[bool]], truth: list[dict[str, float]]) -> None:
    """Count what was due, what came, and what came without cause."""
    row.runs += 1
    row.seconds += run.moments[-1].t - run.moments[0].t
    codes, seen = played
    events = [*_stretches(run, seen, truth), *((code, first) for code, first, _ in run.due)]
    for code, first in events:
        row.due += 1
        came = next((k for k in range(first, len(codes)) if code in codes[k]), None)
        row.delays.append(came - first if came is not None else len(codes))
        if row.delays[-1] > 1:
            row.late.append(code)
    before: set[str] = set()
    for index, now in enumerate(codes):
        for code in now - before:
            if code not in truth[index]:
                justified = any(c == code and first <= index <= last + 1 for c, first, last in run.due)
            elif truth[index][code] > 0:
                justified = True
            else:
                justified = _early(code, index, codes, truth)
                row.early += justified
            if not justified:
                row.false.append(code)
        before = now


def _early(code: str, index: int, codes: list[set[str]], truth: list[dict[str, float]]) -> bool:
    """Whether an alert stays on until the limit is truly crossed."""
    for now, numbers in zip(codes[index:], truth[index:], strict=True):
        if code not in now:
            return False
        if numbers[code] > 0:
            return True
    return False


def _stretches(run: Run, seen: list[bool], truth: list[dict[str, float]]) -> Iterable[tuple[str, int]]:
    """The beginnings of what is due: a number beyond its limit by 1 mm or 2 degrees, in images that can show it, for two frames."""
    for code in ("LATERAL_DEVIATION", "ANGLE_DEVIATION", "DEPTH_EXCEEDED", "ZONE_NEAR", "ZONE_ENTERED"):
        on = [t[code] >= BEYOND.get(code, 1.0) and m.state == "good" for t, m in zip(truth, run.moments, strict=True)]
        for index, due in enumerate(on[:-1]):
            if due and on[index + 1] and (seen[index] or seen[index + 1]) and (index == 0 or not on[index - 1]):
                yield code, index


def evaluate(trajectory: Trajectory, zones: tuple[Zone, ...], runs: int, long_runs: int, seed: int, accuracy: Accuracy) -> list[Row]:
    rows = []
    for kind in KINDS:
        row = Row(kind)
        for number in range(runs):
            rng = np.random.default_rng([seed, zlib.crc32(kind.encode()), number])
            run = random_run(kind, trajectory, zones, rng)
            judge(row, run, play(run, trajectory, zones, accuracy, rng), excesses(run, trajectory, zones))
        rows.append(row)
        print(" | ".join(row.cells()), _tally(row.late), _tally(row.false), flush=True)  # noqa: T201
    row = Row("ten minutes within tolerance")
    for number in range(long_runs):
        rng = np.random.default_rng([seed, 99, number])
        run = within_tolerance(trajectory, rng, 10.0, float(rng.choice([1.0, 6.0, 12.0])))
        judge(row, run, play(run, trajectory, (), accuracy, rng), excesses(run, trajectory, ()))
    print(" | ".join(row.cells()), _tally(row.late), _tally(row.false), flush=True)  # noqa: T201
    return [*rows, row]


def _tally(codes: list[str]) -> str:
    return ", ".join(f"{code} x{codes.count(code)}" for code in sorted(set(codes)))


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def rules_table() -> str:
    rows = [[f"`{r.code.value}`", r.priority, r.message(), str(r.on_frames), str(r.off_frames), f"{r.hold_s:g}"] for r in RULES]
    return table(["code", "priority", "sentence", "frames to come on, if likely", "frames to go", "shown for at least, s"], rows)


def signals_table() -> str:
    rows = []
    for priority, s in SIGNALS.items():
        flash = f"{s.flash_hz:g} Hz" if s.flash_hz else "constant"
        again = f"{s.repeat_s:g} s later" if s.repeat_s else "never"
        rows.append(
            [priority, s.colour, flash, f"{len(s.pauses_s) + 1} of {1000 * s.pulse_s:.0f} ms", f"{s.frequency_hz:.0f} Hz", again]
        )
    return table(["priority", "colour", "flashing", "pulses in a burst", "fundamental", "again"], rows)


def evaluation_table(rows: list[Row]) -> str:
    head = [
        "run",
        "runs",
        "alerts due",
        "within two frames",
        "delay in frames, mean / most",
        "hours",
        "early",
        "false",
        "false an hour",
    ]
    due, in_time = sum(r.due for r in rows), sum(d <= 1 for r in rows for d in r.delays)
    late, false = _tally([c for r in rows for c in r.late]) or "none", _tally([c for r in rows for c in r.false]) or "none"
    together = f"Together: {in_time} of {due} within two frames. Late or missed: {late}. False: {false}."
    return f"{table(head, [r.cells() for r in rows])}\n\n{together}"


def replace_marked(text: str, name: str, content: str) -> str:
    """`text` with what stands between its two marks of that name replaced."""
    mark = f"<!-- {name} -->"
    before, _, after = text.split(mark)
    return f"{before}{mark}\n{content}\n{mark}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", type=Path, default=resource_path("Cases/t12-vertebroplasty"))
    parser.add_argument("--trajectory")
    parser.add_argument("--runs", type=int, default=200, help="of each kind")
    parser.add_argument("--long-runs", type=int, default=12, help="of ten minutes within tolerance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="a document whose marked part is replaced by the table")
    arguments = parser.parse_args()
    try:
        case = open_case(arguments.case, live=False)
        zones = load_zones(case.plan, case.folder, case.planning)
    except BadInput as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    rows = evaluate(case.plan.trajectory(arguments.trajectory), zones, arguments.runs, arguments.long_runs, arguments.seed, Accuracy())
    if arguments.write:
        text = arguments.write.read_text(encoding="utf-8")
        for name, content in (("rules", rules_table()), ("signals", signals_table()), ("evaluation", evaluation_table(rows))):
            text = replace_marked(text, name, content)
        arguments.write.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
