"""2D/3D registration evaluated as by van de Kraats et al. (IEEE Trans Med Imaging 2005): success and capture range by start error.

    python Testing/benchmarks/fluoroscopy.py --planning CT [--planning CT ...] [--docs docs/fluoroscopy.md] [--plot docs/images/x.png]

CT: a folder with a DICOM series, or a volume file. The fixed images are projected by RTK, or by plastimatch where RTK is missing
(``pip install itk-rtk plastimatch``), never by the projector that registers, then made into radiographs: beam hardening, scatter,
noise, blur; at every second target a steel trocar and collimation. Starts are spread over bins of their mean target registration error
(mTRE), half rotation, half translation. A registration succeeds with a final mTRE under 2 mm; the capture range ends where fewer than
95 % do. One view is judged across its rays only. Times are of the processor, summed over its cores, and by the clock.

With --chain other the radiographs come of another image chain: other spectrum, scatter, blur and noise than any limit was chosen on.

It takes minutes for each CT: with --trials FILE, the trials are kept in that file, and those of a CT that it has are not made again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from drr_peers import Plastimatch, Rtk, in_plan
from evaluation_tables import markdown_table, replace_marked
from fluoroscopy_simulator import CHAINS, STEEL_PER_MM, ImageChain, Patient, Rod, load_patient, mean_target_error, start_at

from SlicerSpineGuide.geometry import FloatArray, Projection, apply, inverse, rigid_about, unit
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.registration.drr import attenuation
from SlicerSpineGuide.registration.xray import XrayPose, XrayRegistration, isocentre_at, prepare

SUCCESS_MM = 2.0


@dataclass(frozen=True)
class Trial:
    """views: how many; start, error: mTRE in mm (error nan: no pose); in_plane: mm at the target across the first view's rays.

    tracking_ms: by the clock, of the same frame once more from 1.5 mm beside a locked registration; nan where it was not locked.
    """

    patient: str
    views: int
    start: float
    error: float
    in_plane: float
    status: str
    cpu_ms: float
    ms: float
    tracking_ms: float = np.nan

    @property
    def success(self) -> bool:
        return self.error < SUCCESS_MM if self.views > 1 else self.in_plane < SUCCESS_MM


@dataclass(frozen=True, eq=False)
class Scene:
    """One target of a patient under the C-arm: the true plan_from_live and radiographs from in front and from the side."""

    target: FloatArray
    truth: FloatArray
    radiographs: tuple[Radiograph, ...]


def make_scene(
    projector: Rtk | Plastimatch, target: FloatArray, disturbed: bool, rng: np.random.Generator, make: type[ImageChain] = ImageChain
) -> Scene:
    truth = rigid_about(target, np.radians(rng.normal(0, 4, 3)), rng.normal(0, 4, 3)) @ isocentre_at(target)
    direction = unit([0.5, -0.75, 0.15])
    rod = Rod(target - 5 * direction, direction, 120, 1.5)
    chain = make(collimation=0.75) if disturbed else make()
    radiographs = []
    for primary in (0.0, 90.0):
        angles = primary + rng.normal(0, 8), rng.normal(0, 8)
        view = Projection.from_angles(*angles, 1000, 650, (0.58, 0.58), (512, 512))
        integrals = projector.render(in_plan(view, truth))
        if disturbed:
            integrals = integrals + STEEL_PER_MM * rod.path(view, truth)
        radiographs.append(Radiograph(chain.radiograph(integrals, rng), view))
    return Scene(target, truth, tuple(radiographs))


def evaluate(patient: Patient, bins: FloatArray, per_bin: int, seed: int, make: type[ImageChain] = ImageChain) -> list[Trial]:
    rng = np.random.default_rng(seed)
    values = attenuation(patient.volume.voxels)
    projector = other_projector(values, patient.volume.lps_from_index)
    trials = []
    for number, target in enumerate(patient.targets):
        scene = make_scene(projector, target, number % 2 == 1, rng, make)
        engine = prepare(patient.volume, target)
        for low, high in zip(bins[:-1], bins[1:], strict=True):
            for _ in range(per_bin):
                start = start_at(scene.truth, target, float(rng.uniform(low, high)), rng)
                for views in (2, 1):
                    began, clock = time.process_time(), time.perf_counter()
                    found = engine.register(scene.radiographs[:views], start)
                    took = 1000 * (time.process_time() - began), 1000 * (time.perf_counter() - clock)
                    tracking_ms = timed_tracking(engine, scene, found, views, rng) if found.status == "locked" else np.nan
                    trials.append(replace(judge(patient, scene, start, found, views, took), tracking_ms=tracking_ms))
    return trials


def timed_tracking(engine: XrayRegistration, scene: Scene, found: XrayPose, views: int, rng: np.random.Generator) -> float:
    assert found.plan_from_live is not None
    last = replace(found, plan_from_live=start_at(found.plan_from_live, scene.target, 1.5, rng))
    began = time.perf_counter()
    engine.register(scene.radiographs[:views], last)
    return 1000 * (time.perf_counter() - began)


def judge(patient: Patient, scene: Scene, start: FloatArray, found: XrayPose, views: int, took: tuple[float, float]) -> Trial:
    begun = mean_target_error(start, scene.truth, scene.target)
    if found.plan_from_live is None:
        return Trial(patient.name, views, begun, np.nan, np.nan, found.status, *took)
    view = scene.radiographs[0].projection
    assert view is not None
    off = apply(inverse(found.plan_from_live), scene.target) - apply(inverse(scene.truth), scene.target)
    across = float(np.hypot(off @ view.u, off @ view.v))
    error = mean_target_error(found.plan_from_live, scene.truth, scene.target)
    return Trial(patient.name, views, begun, error, across, found.status, *took)


def kept(path: Path | None) -> list[Trial]:
    """The trials of a file that an earlier run left."""
    if path is None or not path.exists():
        return []
    return [Trial(**json.loads(line)) for line in path.read_text().splitlines()]


def other_projector(values: np.ndarray, lps_from_index: FloatArray) -> Rtk | Plastimatch:
    for peer in (Rtk, Plastimatch):
        try:
            projector = peer(values, lps_from_index)
            print(f"fixed images: {peer.name}")  # noqa: T201
            return projector
        except (ImportError, FileNotFoundError):
            print(f"{peer.name} is not installed")  # noqa: T201
    raise SystemExit("Neither RTK nor plastimatch is installed: pip install itk-rtk plastimatch")


def summary(trials: Sequence[Trial], bins: FloatArray) -> list[list[str]]:
    rows = []
    for name in dict.fromkeys(t.patient for t in trials):
        for views in (2, 1):
            some = [t for t in trials if t.patient == name and t.views == views]
            near = [t for t in some if t.start <= 12]
            measure = np.array([t.error if views > 1 else t.in_plane for t in near])
            good = measure[np.isfinite(measure)]
            locked = [t for t in some if t.status == "locked"]
            rows.append(
                [
                    name,
                    str(views),
                    str(len(some)),
                    f"{100 * np.mean([t.success for t in near]):.0f} %",
                    f"{np.median(good):.2f}",
                    f"{np.percentile(good, 95):.2f}",
                    f"{capture_range(some, bins):.0f}",
                    f"{100 * len(locked) / len(some):.0f} %",
                    str(sum(not t.success for t in locked)),
                    f"{np.median([t.cpu_ms for t in some]):.0f} / {np.median([t.ms for t in some]):.0f}",
                    f"{np.nanmedian([t.tracking_ms for t in some]):.0f}",
                ]
            )
    return rows


def capture_range(trials: Sequence[Trial], bins: FloatArray) -> float:
    """The upper edge in mm of the last bin up to which at least 95 % succeed in every bin."""
    reached = 0.0
    for low, high in zip(bins[:-1], bins[1:], strict=True):
        some = [t.success for t in trials if low <= t.start < high]
        if some and np.mean(some) < 0.95:
            break
        reached = float(high)
    return reached


def plot(trials: Sequence[Trial], bins: FloatArray, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    middle = (bins[:-1] + bins[1:]) / 2
    for views, colour in ((2, "tab:blue"), (1, "tab:orange")):
        some = [t for t in trials if t.views == views]
        rate = [np.mean([t.success for t in some if a <= t.start < b] or [np.nan]) for a, b in zip(bins[:-1], bins[1:], strict=True)]
        left.plot(middle, 100 * np.array(rate), "o-", color=colour, label="two views" if views > 1 else "one view, across its rays")
        ends = [t.error if views > 1 else t.in_plane for t in some]
        right.semilogy([t.start for t in some], np.clip(ends, 0.01, 50), ".", color=colour)
    left.set(xlabel="start, mTRE in mm", ylabel="success (end under 2 mm), %", ylim=(0, 105))
    left.legend(loc="lower left")
    right.axhline(SUCCESS_MM, color="grey", lw=0.8)
    right.set(xlabel="start, mTRE in mm", ylabel="end in mm (two views: mTRE)")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=90)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--planning", type=Path, action="append", required=True)
    parser.add_argument("--targets", type=int, default=2, help="places along each CT's spine")
    parser.add_argument("--per-bin", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--chain", choices=CHAINS, default="usual", help="what makes radiographs of line integrals")
    parser.add_argument("--docs", type=Path, help="a Markdown file whose table marked 'evaluation' or 'evaluation-other' is rewritten")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--trials", type=Path, help="a file of trials, one a line, to go on from")
    arguments = parser.parse_args()
    bins = np.linspace(0, 20, 11)
    trials = kept(arguments.trials)
    for path in arguments.planning:
        patient = load_patient(path, arguments.targets)
        if not any(t.patient == patient.name for t in trials):
            trials += evaluate(patient, bins, arguments.per_bin, arguments.seed, CHAINS[arguments.chain])
            if arguments.trials:
                arguments.trials.write_text("".join(json.dumps(asdict(t)) + "\n" for t in trials))
    head = [
        "CT",
        "views",
        "starts",
        "success to 12 mm",
        "median mm",
        "p95 mm",
        "capture range mm",
        "locked",
        "locked wrong",
        "median ms: CPU / clock",
        "tracking ms",
    ]
    table = markdown_table(head, summary(trials, bins))
    print(table)  # noqa: T201
    if arguments.docs:
        replace_marked(arguments.docs, "evaluation" if arguments.chain == "usual" else f"evaluation-{arguments.chain}", table)
    if arguments.plot:
        plot(trials, bins, arguments.plot)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
