"""How long a radiograph of a vertebra's region takes, and how right it is: ours, vtkImageReslice's slab sum, RTK and plastimatch.

    python Testing/benchmarks/drr.py --planning CT [--planning CT ...] [--docs docs/fluoroscopy.md]

CT: a folder with a DICOM series, or a volume file. All projectors run in turn in one run, on the same crop of the same CT; what counts
are the ratios. RTK and plastimatch are optional: ``pip install itk-rtk plastimatch`` (Debian's plastimatch will do); a peer that is
missing is said to be missing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from drr_peers import Plastimatch, ResliceSlab, Rtk, in_plan
from evaluation_tables import markdown_table, replace_marked
from fluoroscopy_simulator import load_patient

from SlicerSpineGuide.geometry import FloatArray, Projection, rigid_about
from SlicerSpineGuide.registration.drr import FloatImage, Projector, attenuation
from SlicerSpineGuide.registration.xray import isocentre_at

HALF_MM = 40.0


def carm(size: int) -> Projection:
    return Projection.from_angles(20, 8, 1000, 650, (160 / size, 160 / size), (size, size))


def fastest_ms(render: Callable[[], object], repeats: int) -> float:
    render()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        render()
        times.append(time.perf_counter() - started)
    return 1000 * min(times)


def compare(path: Path, repeats: int) -> list[list[str]]:
    patient = load_patient(path, 1)
    target = patient.targets[0]
    region = patient.volume.crop(target, HALF_MM)
    values = attenuation(region.voxels)
    pose = rigid_about(target, np.radians([3, -4, 5])) @ isocentre_at(target)
    ours = Projector(values, region.lps_from_index)
    pictures: dict[str, dict[int, FloatImage]] = {"this project": {}}
    times: dict[str, dict[int, float]] = {"this project": {}}
    missing = []
    for size in (128, 256):
        view = carm(size)
        pictures["this project"][size] = ours.render(view, pose)
        times["this project"][size] = fastest_ms(lambda view=view: ours.render(view, pose), repeats)
    for peer in (ResliceSlab, Rtk, Plastimatch):
        try:
            projector = peer(values, region.lps_from_index)
        except (ImportError, FileNotFoundError):
            missing.append([patient.name, peer.name, "not installed", "", "", ""])
            continue
        pictures[peer.name], times[peer.name] = {}, {}
        for size in (128, 256):
            view = in_plan(carm(size), pose)
            pictures[peer.name][size], times[peer.name][size] = timed(projector, view, repeats)
    best = times["this project"]
    rows = []
    for name, taken in times.items():
        off = difference(pictures["this project"][128], pictures[name][128])
        ratio = f"{taken[128] / best[128]:.1f} / {taken[256] / best[256]:.1f}"
        rows.append(
            [patient.name, name, f"{taken[128]:.1f}", f"{taken[256]:.1f}", ratio, "" if name == "this project" else f"{off:.2f} %"]
        )
    return rows + missing


def timed(projector: ResliceSlab | Rtk | Plastimatch, view: Projection, repeats: int) -> tuple[FloatImage, float]:
    """The picture, and the least ms it took: plastimatch's own account, without starting it and reading the CT."""
    if not isinstance(projector, Plastimatch):
        return projector.render(view), fastest_ms(lambda: projector.render(view), repeats)
    stated = []
    for _ in range(min(repeats, 5)):
        picture = projector.render(view)
        stated.append(projector.own_ms)
    return picture, min(stated)


def difference(ours: FloatImage, theirs: FloatImage) -> float:
    """Median absolute difference in percent of the mean, off the region's rim."""
    inner = np.s_[ours.shape[0] // 4 : -(ours.shape[0] // 4), ours.shape[1] // 4 : -(ours.shape[1] // 4)]
    mean: FloatArray = np.asarray(theirs[inner].mean(), dtype=np.float64)
    return float(100 * np.median(np.abs(ours[inner] - theirs[inner])) / mean)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--planning", type=Path, action="append", required=True)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--docs", type=Path, help="a Markdown file whose table marked 'drr' is rewritten")
    arguments = parser.parse_args()
    rows = [row for path in arguments.planning for row in compare(path, arguments.repeats)]
    table = markdown_table(["CT", "projector", "128x128 ms", "256x256 ms", "time over ours", "median difference from ours"], rows)
    print(table)  # noqa: T201
    if arguments.docs:
        replace_marked(arguments.docs, "drr", table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
