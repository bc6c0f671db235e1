"""CT slices to plan: speed and accuracy against SimpleITK and itk-elastix on the same slices in the same run, capture range, accuracy.

    python Testing/benchmarks/registration.py --planning CT [--planning CT ...] [--out FOLDER]

CT: a DICOM folder or a file that SimpleITK reads. Live slices are cut by SimpleITK with a supersampled slice profile; the product
reslices with VTK. Times are medians in milliseconds, by the wall clock and of processor time (all threads together); all
sides take turns frame by frame in one process. On a busy machine only the processor times can be compared. TRE: mean over the
target and six points 20 mm from it. Writes registration.md and .png into --out.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from registration_cases import add_case_arguments, cases
from registration_peers import ELASTIX_MISSING, ElastixPeer, SitkPeer, elastix_available
from registration_simulator import LiveScanner, Metal, Scanner, random_pose, target_error

from SlicerSpineGuide.registration.slices import prepare

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
    "gantry tilt 20 degrees": Scanner(tilt_deg=20.0),
}


def timed(work: Callable[[], object]) -> tuple[tuple[float, float], object]:
    """Milliseconds by the wall clock and of processor time, and the result."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return (1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - processor)), result


class Bench:
    def __init__(self, arguments: argparse.Namespace) -> None:
        self.frames = arguments.frames
        self.rng = np.random.default_rng(arguments.seed)
        self.cases = [(name, volume, LiveScanner(volume), targets) for name, volume, targets in cases(arguments)]

    def peers(self, frames: int) -> Iterator[list[str]]:
        """Per CT: medians of time and TRE of the product and the peers, on the same slices."""
        settings = Scanner()
        for name, volume, scanner, targets in self.cases:
            times: dict[str, list[tuple[float, float]]] = {}
            errors: dict[str, list[float]] = {}
            for target in targets:
                product = prepare(volume, target, recovery=False)
                rivals = {"SimpleITK correlation": SitkPeer(volume, target, settings.thickness_mm)}
                if elastix_available():
                    rivals["itk-elastix correlation"] = ElastixPeer(volume, target, settings.thickness_mm)
                product.register(scanner.acquire(np.eye(4), target, settings, self.rng))  # levels are made at the first frame
                for _ in range(frames):
                    truth = random_pose(self.rng, target, *TRACKING_START)
                    (live,) = scanner.acquire(truth, target, settings, self.rng)
                    product.forget()
                    runs: dict[str, Callable[[], object]] = {
                        "tracking": lambda live=live, product=product: product.register([live], np.eye(4)).plan_from_live,
                        "capture": lambda live=live, product=product: product.register([live]).plan_from_live,
                        **{k: lambda p=p, live=live: p.register(live) for k, p in rivals.items()},
                    }
                    for label, run in runs.items():
                        ms, pose = timed(run)
                        times.setdefault(label, []).append(ms)
                        errors.setdefault(label, []).append(np.inf if pose is None else target_error(pose, truth, target))
            base = np.median(times["tracking"], axis=0)
            for label, values in times.items():
                tre = np.array(errors[label])
                wall, processor = np.median(values, axis=0)
                ratio = f"{processor / base[1]:.0f}x"
                yield [name, label, f"{wall:.1f}", f"{processor:.1f}", ratio, f"{np.median(tre):.3f}",
                       f"{np.percentile(tre, 95):.3f}", f"{np.mean(tre < 1):.0%}"]  # fmt: skip

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
        """Accuracy of tracking by condition, all targets together; then with metal, then by target."""
        for label, settings in CONDITIONS.items():
            yield self._accuracy(label, settings, None)
        for streak in (0, 150, 400):
            yield self._accuracy(f"trocar, streaks of {streak} HU", Scanner(), streak)
        for name, volume, scanner, targets in self.cases:
            for target in targets:
                only = [(name, volume, scanner, [target])]
                yield self._accuracy(f"{name} at {', '.join(f'{c:.0f}' for c in target)}", Scanner(), None, only)

    def _accuracy(self, label: str, settings: Scanner, streak: float | None, among=None) -> list[str]:
        errors, statuses = [], []
        for _, volume, scanner, targets in among or self.cases:
            for target in targets:
                product = prepare(volume, target, recovery=False)
                for _ in range(self.frames):
                    truth = random_pose(self.rng, target, *TRACKING_START)
                    metal = None if streak is None else trocar(target, streak, self.rng)
                    product.forget()
                    result = product.register(scanner.acquire(truth, target, settings, self.rng, metal=metal), np.eye(4))
                    statuses.append(result.status)
                    if result.status == "locked":
                        errors.append(target_error(result.plan_from_live, truth, target))
        tre = np.array(errors or [np.nan])
        locked = statuses.count("locked") / len(statuses)
        return [
            label,
            str(len(statuses)),
            f"{locked:.0%}",
            f"{np.median(tre):.3f}",
            f"{np.percentile(tre, 95):.3f}",
            f"{tre.max():.3f}",
        ]


def trocar(target, streak: float, rng) -> Metal:
    """From the back into the vertebra, mostly in the slice."""
    direction = np.array([rng.uniform(-0.7, 0.7), 1.0, rng.uniform(-0.2, 0.2)])
    tip = target + rng.uniform(-6, 6, 3)
    return Metal(tip + 100 * direction / np.linalg.norm(direction), tip, streak_hu=streak)


def table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def draw(reach, conditions, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 4.5))
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
    parser.add_argument("--peer-frames", type=int, default=5, help="per target, against the peers")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    arguments = parser.parse_args()
    bench = Bench(arguments)
    arguments.out.mkdir(parents=True, exist_ok=True)
    parts = [
        table(
            ["CT", "method", "ms", "processor ms", "of tracking", "TRE median mm", "TRE p95 mm", "TRE < 1 mm"],
            list(bench.peers(arguments.peer_frames)),
        )
    ]
    if not elastix_available():
        parts.append(ELASTIX_MISSING)
    print("\n\n".join(parts), flush=True)  # noqa: T201
    reach = list(bench.capture_range())
    rows = [[f"{s[0]} mm, {s[1]} deg", str(n), f"{r / n:.0%}", str(w), str(g), f"{ms:.1f}"] for s, n, r, w, g, ms in reach]
    parts.append(table(["start error", "trials", "locked, TRE < 1 mm", "locked wrongly", "lost or uncertain", "processor ms"], rows))
    print("\n" + parts[-1], flush=True)  # noqa: T201
    conditions = list(bench.conditions())
    parts.append(table(["condition", "frames", "locked", "TRE median mm", "TRE p95 mm", "TRE max mm"], conditions))
    print("\n" + parts[-1], flush=True)  # noqa: T201
    (arguments.out / "registration.md").write_text("\n\n".join(parts) + "\n")
    draw(reach, conditions, arguments.out / "registration.png")


if __name__ == "__main__":
    main()
