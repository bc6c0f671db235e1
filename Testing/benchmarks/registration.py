"""CT slices to plan: speed and accuracy against SimpleITK and itk-elastix on the same slices in the same run, capture range, accuracy.

    python Testing/benchmarks/registration.py --planning CT [--planning CT ...] [--out FOLDER] [--only TABLE ...]

CT: a DICOM folder or a file that SimpleITK reads. Live slices are cut by SimpleITK with a supersampled slice profile; the product
reslices with VTK. Times are milliseconds by the wall clock, of a process alone on its machine, and of processor time (all threads
together). TRE: mean over the target and six points 20 mm from it. Writes registration.md into --out, and a .png of range + conditions.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from evaluation_tables import markdown_table
from registration_cases import add_case_arguments, cases
from registration_peers import ELASTIX_MISSING, elastix_available
from registration_preparation import PREPARATION_HEAD, preparation
from registration_room import articulated, levels_share, on_a_table, stored_prone, vessel, with_contrast
from registration_simulator import LiveScanner, Metal, Scanner, random_pose, target_error
from registration_speed import HEAD, speed_rows

from SlicerSpineGuide.geometry import rigid_about
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.registration.slices import prepare

TABLES = "preparation", "speed", "range", "conditions"
NEAR_MM = 120.0  # a slice of 140 mm reaches 100 mm
TRACKING_START = 2.0, 2.0  # mm, degrees
RANGE = ((2, 2), (5, 5), (8, 8), (12, 12), (15, 15), (20, 20), (25, 25), (30, 30))
CONDITIONS: dict[str, Scanner] = {
    "1 mm thick": Scanner(thickness_mm=1.0),
    "3 mm thick": Scanner(),
    "5 mm thick": Scanner(thickness_mm=5.0),
    "noise 10 HU": Scanner(noise_hu=10.0),
    "noise 60 HU": Scanner(noise_hu=60.0),
    "noise 100 HU": Scanner(noise_hu=100.0),
    "soft kernel, 5 mm": Scanner(thickness_mm=5.0, noise_hu=12.0, kernel_mm=0.8),
    "512x512, 350 mm field": Scanner(field_mm=350.0, pitch_mm=350 / 512),
    "256x256, 350 mm field": Scanner(field_mm=350.0, pitch_mm=350 / 256),
    "192x192, 96 mm field": Scanner(field_mm=96.0, pitch_mm=0.5),
    "field of 64 mm, less than the vertebra": Scanner(field_mm=64.0, pitch_mm=0.4),
    "gantry tilt 20 degrees": Scanner(tilt_deg=20.0),
}


def timed(work: Callable[[], object]) -> tuple[tuple[float, float], object]:
    """Milliseconds by the wall clock and of processor time, and the result."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return (1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - processor)), result


@dataclass(eq=False)
class Patient:
    """A target in a CT, its scanner, and what has been made for a condition of `near`, the CT as far as slices reach."""

    name: str
    volume: Volume
    scanner: LiveScanner
    target: np.ndarray
    near: Volume
    alterations: dict[Callable, LiveScanner] = field(default_factory=dict)
    flesh: LiveScanner | None = None


Acquire = Callable[[Patient, np.ndarray], list[Slice]]


def _plain(rng) -> Acquire:
    return lambda patient, truth: patient.scanner.acquire(truth, patient.target, Scanner(), rng)


class Bench:
    def __init__(self, arguments: argparse.Namespace) -> None:
        self.frames = arguments.frames
        self.rng = np.random.default_rng(arguments.seed)
        self.cases = [(name, volume, LiveScanner(volume), targets) for name, volume, targets in cases(arguments)]
        self.patients = [
            Patient(name, volume, scanner, target, volume.crop(target, NEAR_MM))
            for name, volume, scanner, targets in self.cases
            for target in targets
        ]

    def speed(self, peer_frames: int) -> Iterator[list[str]]:
        """Per CT: times and TRE of the product and the peers at its first target."""
        for name, volume, _, targets in self.cases:
            yield from speed_rows(name, volume, targets[0], 4 * self.frames, peer_frames, self.rng)

    def capture_range(self) -> Iterator[tuple[tuple[int, int], int, int, int, int, float]]:
        """Per start error: trials, right locks, wrong locks, called lost or uncertain, and the median ms."""
        for start in RANGE:
            right = wrong = given_up = 0
            times = []
            for _, volume, scanner, targets in self.cases:
                for target in targets:
                    product = prepare(volume, target, recovery=False)
                    for _ in range(self.frames):
                        truth = random_pose(self.rng, target, *start)
                        live = scanner.acquire(truth, target, Scanner(), self.rng)
                        product.forget()
                        ms, result = timed(lambda live=live, product=product: product.register(live))
                        times.append(ms[1])
                        good = result.usable and target_error(result.plan_from_live, truth, target) < 1
                        right += result.status == "locked" and good
                        wrong += result.status == "locked" and not good
                        given_up += result.status != "locked"
            yield start, right + wrong + given_up, right, wrong, given_up, float(np.median(times))

    def conditions(self) -> Iterator[list[str]]:
        """Accuracy of tracking by condition, all targets together; then what the room adds; then metal; then by target."""
        for label, settings in CONDITIONS.items():
            yield self._accuracy(label, lambda patient, truth, s=settings: patient.scanner.acquire(truth, patient.target, s, self.rng))
        for label, acquire in self._room().items():
            yield self._accuracy(label, acquire)
        for streak in (0, 150, 400):
            yield self._accuracy(
                f"trocar, streaks of {streak} HU", lambda patient, truth, s=streak: self._with_metal(patient, truth, s)
            )
        for patient in self.patients:
            where = ", ".join(f"{c:.0f}" for c in patient.target)
            yield self._accuracy(f"{patient.name} at {where}", _plain(self.rng), [patient])

    def _room(self) -> dict[str, Acquire]:
        plain = _plain(self.rng)
        turned = np.radians([4.0, 0.0, 4.0])

        def altered(patient: Patient, truth, change):
            patient.alterations.setdefault(change, LiveScanner(change(patient)))
            return patient.alterations[change].acquire(truth, patient.target, Scanner(), self.rng)

        def bent(patient: Patient):
            motion = rigid_about(patient.target, turned, [1.5, -2.0, 1.0])
            return articulated(patient.near, levels_share(patient.near, patient.target), motion)

        def opacified(patient: Patient):
            return with_contrast(patient.near, vessel(patient.near, patient.target))

        def moved_flesh(patient: Patient, truth):
            if patient.flesh is None:
                patient.flesh = LiveScanner(patient.near, np.array([1.0, 6.0, 3.0]))
            return patient.flesh.acquire(truth, patient.target, Scanner(), self.rng)

        return {
            "neighbouring levels turned by 5.7 degrees": lambda p, truth: altered(p, truth, bent),
            "soft tissue moved by 7 mm": moved_flesh,
            "stored prone, soft tissue moved by 7 mm": lambda p, truth: stored_prone(moved_flesh(p, truth)),
            "a vessel with contrast": lambda p, truth: altered(p, truth, opacified),
            "table and positioning device": lambda p, truth: on_a_table(plain(p, truth)),
            "plan that ends 15 mm beside the target": plain,
        }

    def _with_metal(self, patient: Patient, truth, streak: float):
        return patient.scanner.acquire(truth, patient.target, Scanner(), self.rng, metal=trocar(patient.target, streak, self.rng))

    def _accuracy(self, label: str, acquire: Acquire, among: list[Patient] | None = None) -> list[str]:
        errors, statuses = [], []
        for patient in among or self.patients:
            plan = patient.volume.crop(patient.target, [15.0, 80.0, 80.0]) if "plan that ends" in label else patient.volume
            product = prepare(plan, patient.target, recovery=False)
            for _ in range(self.frames):
                truth = random_pose(self.rng, patient.target, *TRACKING_START)
                product.forget()
                result = product.register(acquire(patient, truth), np.eye(4))
                statuses.append(result.status)
                if result.status == "locked":
                    errors.append(target_error(result.plan_from_live, truth, patient.target))
        tre = np.array(errors or [np.nan])
        locked = statuses.count("locked") / len(statuses)
        numbers = (f"{v:.3f}" for v in (np.median(tre), np.percentile(tre, 95), tre.max()))
        return [label, str(len(statuses)), f"{locked:.0%}", *numbers]


def trocar(target, streak: float, rng) -> Metal:
    """From the back into the vertebra, mostly in the slice."""
    direction = np.array([rng.uniform(-0.7, 0.7), 1.0, rng.uniform(-0.2, 0.2)])
    tip = target + rng.uniform(-6, 6, 3)
    return Metal(tip + 100 * direction / np.linalg.norm(direction), tip, streak_hu=streak)


def draw(reach, conditions, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 6.5))
    starts = [start[0] for start, *_ in reach]
    left.plot(starts, [100 * row[2] / row[1] for row in reach], "o-", label="locked, within 1 mm")
    left.plot(starts, [100 * row[4] / row[1] for row in reach], "s--", label="reported lost or uncertain")
    left.plot(starts, [100 * row[3] / row[1] for row in reach], "x:", color="red", label="locked wrongly")
    left.set(xlabel="start error, mm and degrees", ylabel="% of captures", ylim=(-3, 103), title="Capture range")
    left.legend()
    left.grid(alpha=0.3)
    labels = [row[0] for row in conditions][::-1]
    right.barh(labels, [float(row[4]) for row in conditions][::-1], color="0.8", label="95th percentile")
    right.barh(labels, [float(row[3]) for row in conditions][::-1], color="tab:blue", label="median", height=0.4)
    right.set(xlabel="TRE of locked frames, mm", title="Accuracy of tracking")
    right.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_case_arguments(parser)
    parser.add_argument("--frames", type=int, default=10, help="per target and condition")
    parser.add_argument("--peer-frames", type=int, default=5, help="per CT, against the peers")
    parser.add_argument("--only", nargs="+", choices=TABLES, default=TABLES, help="some of the tables only")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    arguments = parser.parse_args()
    bench = Bench(arguments)
    arguments.out.mkdir(parents=True, exist_ok=True)
    parts: list[str] = []

    def wanted(name: str) -> bool:
        return name in arguments.only

    def add(head: list[str], rows: Iterable[list[str]]) -> list[list[str]]:
        print("\n" + markdown_table(head, []), flush=True)  # noqa: T201
        made = []
        for row in rows:
            made.append(row)
            print("| " + " | ".join(row) + " |", flush=True)  # noqa: T201
        parts.append(markdown_table(head, made))
        return made

    if wanted("preparation"):
        add(PREPARATION_HEAD, preparation(bench.cases[0][1], bench.cases[0][3][0]))
    if wanted("speed"):
        add(HEAD, bench.speed(arguments.peer_frames))
        if not elastix_available():
            parts.append(ELASTIX_MISSING)
    reach, conditions = [], []
    if wanted("range"):
        reach = list(bench.capture_range())
        rows = [[f"{s[0]} mm, {s[1]} deg", str(n), f"{r / n:.0%}", str(w), str(g), f"{ms:.1f}"] for s, n, r, w, g, ms in reach]
        add(["start error", "trials", "locked, TRE < 1 mm", "locked wrongly", "lost or uncertain", "processor ms"], rows)
    if wanted("conditions"):
        conditions = add(["condition", "frames", "locked", "TRE median mm", "TRE p95 mm", "TRE max mm"], bench.conditions())
    (arguments.out / "registration.md").write_text("\n\n".join(parts) + "\n")
    if reach and conditions:
        draw(reach, conditions, arguments.out / "registration.png")


if __name__ == "__main__":
    main()
