"""How well instruments are found in CT slices: simulated metal in any real CT.

    python Testing/benchmarks/instruments.py --planning CT [--cases 12] [--empty 2000] [--seed 1] [--write docs/instruments.md]

CT: a folder with one DICOM series, or a volume file that SimpleITK reads. Each row varies one thing about a trocar of 11G in three
slices of 3 mm; streaks are simulated in every third case. Errors are judged through the registration given to the tracker, so that
they are the tracker's alone. "Within its ±": inside the ellipsoid (the axis: the cone) that is claimed to hold 95 % of the errors.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from instruments_cases import COMPANIONS, INSTRUMENTS, Anatomy, Setting, Situation, errors, situation
from threadpoolctl import threadpool_limits

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import load_planning_ct
from SlicerSpineGuide.tracking.ct import InstrumentTracker

BEGIN, END = "<!-- {name}: begin -->", "<!-- {name}: end -->"
TIP_MM, AXIS_DEG = 0.7, 1.0  # the goals, 95 %
ELLIPSOID, CIRCLE = 2.80, 2.45  # standard deviations that hold 95 % in three directions, and in two


@dataclass
class Row:
    """What came of one setting. tips_held, axes_held: how many errors were within what was claimed for 95 % of them;
    misjudged: how many were beyond both that and the goal."""

    name: str
    tips: list[float] = field(default_factory=list)
    axes: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    inside: int = 0
    outside: int = 0
    outside_shown: int = 0
    tips_held: int = 0
    axes_held: int = 0
    tips_misjudged: int = 0
    axes_misjudged: int = 0

    def add(self, case: Situation, volume: Volume, kind: str) -> None:
        tracker = InstrumentTracker(case.trajectory, volume)
        tracker.track(case.slices, case.registration)  # the first call of a kind fills caches
        started = time.process_time()
        found = tracker.track(case.slices, case.registration)
        self.milliseconds.append(1e3 * (time.process_time() - started))
        self.inside += kind == "inside"
        self.outside += kind == "outside"
        if not found.visible or found.tip is None or found.axis is None or found.tip_sigma_mm is None or case.tip is None:
            return
        tip, axis = errors(found.tip, found.axis, case)
        offset = found.tip - case.tip
        along = float(offset @ found.axis)
        across = float(np.linalg.norm(offset - along * found.axis))
        held = np.hypot(along / found.tip_sigma_mm[0], across / found.tip_sigma_mm[1:].max()) < ELLIPSOID
        if kind == "outside":
            self.outside_shown += not held and tip > TIP_MM
            return
        axis_held = axis < CIRCLE * found.axis_sigma_deg
        self.tips.append(tip)
        self.axes.append(axis)
        self.tips_held += bool(held)
        self.axes_held += bool(axis_held)
        self.tips_misjudged += not held and tip > TIP_MM
        self.axes_misjudged += not axis_held and axis > AXIS_DEG

    def cells(self) -> list[str]:
        tips, axes, shown = np.array(self.tips or [np.nan]), np.array(self.axes or [np.nan]), max(len(self.tips), 1)
        return [
            self.name,
            f"{len(self.tips)} of {self.inside}",
            f"{np.median(tips):.2f}",
            f"{np.quantile(tips, 0.95):.2f}",
            f"{100 * self.tips_held / shown:.0f} %",
            f"{np.median(axes):.2f}",
            f"{np.quantile(axes, 0.95):.2f}",
            f"{100 * self.axes_held / shown:.0f} %",
            f"{self.tips_misjudged}, {self.axes_misjudged}",
            f"{self.outside_shown} of {self.outside}",
            f"{np.median(self.milliseconds):.0f}",
        ]


def rows_of_settings() -> list[tuple[str, Setting]]:
    """The table's rows: one thing varied at a time."""
    base = Setting(slices=3, thickness_mm=3.0, oblique_deg=8.0, matrix=384)
    rows = [(name, replace(base, instrument=name, thickness_mm=1.5 if "22G" in name else 3.0)) for name in INSTRUMENTS]
    rows += [(f"3 slices of {t:g} mm", replace(base, thickness_mm=t)) for t in (1.0, 5.0)]
    rows += [("3 slices of 1 mm, gaps of 4 mm", replace(base, thickness_mm=1.0, gap_mm=4.0))]
    rows += [("1 slice of 3 mm, 2 degrees oblique", replace(base, slices=1, oblique_deg=2.0))]
    rows += [
        (f"{a:g} degrees oblique, {n} slices", replace(base, oblique_deg=a, slices=n)) for a, n in ((0.0, 3), (15.0, 3), (30.0, 7))
    ]
    rows += [("noise of 100 HU", replace(base, noise_hu=100.0))]
    rows += [(f"matrix {m} x {m}", replace(base, matrix=m)) for m in (256, 512)]
    rows += [("solid steel that starves the detector", replace(base, steel=True))]
    rows += [("bent by 3 mm over its length", replace(base, bow_mm=3.0))]
    rows += [(f"{name} beside it", replace(base, companions=(name,))) for name in (*COMPANIONS, "table")]
    rows += [("all of these beside it", replace(base, companions=(*COMPANIONS, "table")))]
    rows += [("15 to 35 mm off the plan", replace(base, far=True))]
    return rows


def judge(anatomy: Anatomy, cases: int, seed: int) -> list[Row]:
    rows = []
    for name, setting in rows_of_settings():
        row = Row(name)
        for k in range(cases):
            kind = "outside" if k % 4 == 3 and setting.oblique_deg > 0 else "inside"
            drawn = replace(setting, streaks=1.0 if k % 3 == 0 or setting.steel else 0.0)
            row.add(situation(anatomy, drawn, seed + k, kind), anatomy.volume, kind)
        rows.append(row)
        sys.stderr.write("  ".join(row.cells()) + "\n")
    return rows


def phantoms(anatomy: Anatomy, images: int, seed: int) -> tuple[int, int, float]:
    """(images looked at, frames in which an instrument was shown, median ms of CPU a frame) where there is none."""
    random, seen, shown, milliseconds = np.random.default_rng(seed), 0, 0, []
    while seen < images:
        setting = Setting(
            instrument=str(random.choice(list(INSTRUMENTS))),
            thickness_mm=float(random.choice([1.0, 2.0, 3.0, 5.0])),
            slices=int(random.choice([1, 2, 3, 4])),
            noise_hu=float(random.choice([15, 30, 60, 100])),
            noise_grain_mm=float(random.choice([0.3, 0.5, 0.8])),
            companions=("table",) if random.random() < 0.5 else (),
            oblique_deg=float(random.uniform(0, 30)),
            matrix=int(random.choice([256, 512])),
            registration_mm=0.3,
        )
        case = situation(anatomy, setting, seed + seen, "none")
        tracker, started = InstrumentTracker(case.trajectory, anatomy.volume), time.process_time()
        shown += tracker.track(case.slices, case.registration).visible
        milliseconds.append(1e3 * (time.process_time() - started))
        seen += setting.slices
    return seen, shown, float(np.median(milliseconds))


def report(rows: list[Row], empty: tuple[int, int, float], source: str) -> str:
    head = ["11G trocar, 3 slices of 3 mm, except", "shown", "tip, median mm", "p95", "within its ±", "axis, median deg", "p95"]
    head += ["within its ±", "beyond goal and ±", "tip outside, shown as inside", "ms of CPU"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)] if rows else []
    lines += ["| " + " | ".join(row.cells()) + " |" for row in rows]
    if empty[0]:
        told = (
            f"an instrument was shown in {empty[1]} frames of {empty[0]} images without one ({empty[2]:.1f} ms of CPU a frame, median)"
        )
        lines += ["", f"{source}: {told}."]
    return "\n".join(lines)


def load(path: Path) -> Volume:
    if path.is_dir():
        return load_planning_ct(path).volume
    try:
        return Volume.from_sitk(sitk.ReadImage(str(path)))
    except RuntimeError as error:
        raise BadInput(f"--planning {path} cannot be read as a volume: give a DICOM folder or a volume file ({error}).") from None


def write_between(path: Path, name: str, text: str) -> None:
    """Put `text` between the marks of `name` in a document, or at its end where it has no such marks."""
    begin, end = BEGIN.format(name=name), END.format(name=name)
    document = path.read_text(encoding="utf-8") if path.exists() else ""
    before, _, rest = document.partition(begin)
    _, found, after = rest.partition(end)
    tail = after if found else ""
    path.write_text(f"{before}{begin}\n{text}\n{end}{tail or chr(10)}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--planning", type=Path, required=True)
    parser.add_argument("--cases", type=int, default=12)
    parser.add_argument("--empty", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", default="", help="what the CT is called in the report")
    parser.add_argument("--write", type=Path, help="document whose table is replaced")
    options = parser.parse_args()
    name = options.name or options.planning.name
    threadpool_limits(1, "blas")  # as the guide does: the matrices are small
    try:
        anatomy = Anatomy(load(options.planning))
        empty = phantoms(anatomy, options.empty, options.seed) if options.empty else (0, 0, 0.0)
        sys.stderr.write(f"{empty[0]} images without an instrument, shown in {empty[1]} frames\n")
        text = report(judge(anatomy, options.cases, options.seed) if options.cases else [], empty, name)
    except BadInput as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(text + "\n")
    if options.write:
        write_between(options.write, name, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
