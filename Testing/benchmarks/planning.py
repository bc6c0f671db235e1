"""Proposals on any CT: for every segmented level and both sides, what is proposed, its clearances and angles, and pictures.

    python Testing/benchmarks/planning.py --planning CT --labels LABELS [--planning ... --labels ...] [--write docs]

CT: a DICOM folder or a NIfTI/NRRD volume; LABELS: a label map with TotalSegmentator's labels, a .seg.nrrd or a DICOM SEG. Whether a
path stays in bone is judged on the labels themselves, voxel by voxel, not on the distances the search went by. A second table has
the sacrum's corridors, for each diameter of --screws. Seconds: reading the level (the label file is read once before) and the search.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import InstrumentSpec, PlanningCt, Trajectory, load_planning_ct
from SlicerSpineGuide.plan.choices import instrument_of
from SlicerSpineGuide.plan.label_volume import is_dicom, read_label_image
from SlicerSpineGuide.plan.pelvis import has_pelvis
from SlicerSpineGuide.plan.planner import Planner
from SlicerSpineGuide.plan.proposals import Proposal, Side
from SlicerSpineGuide.plan.sacral import CORRIDORS
from SlicerSpineGuide.plan.segmentation import open_segmentation
from SlicerSpineGuide.plan.sheet import path_pictures

SIDES: tuple[Side, Side] = ("left", "right")
TROCAR = "11G trocar"
SCREWS = (7.3, 6.5)
DATA = Path(__file__).parents[1] / "data"
HEAD = ("CT", "level", "side", "approach", "instrument mm", "in bone", "bone mm", "canal mm", "in-plane", "cranio-caudal",
        "from midline mm", "skin to target mm", "in bone mm", "HU", "candidates", "s")  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One level, side and approach; part: of the path that has to be in bone, the share whose nearest voxel has a label of bone."""

    data: str
    level: str
    side: Side
    best: Proposal
    part: float
    midline_mm: float
    candidates: int
    seconds: float

    def cells(self) -> tuple[str, ...]:
        p = self.best
        return (
            self.data, self.level, self.side, p.approach, f"{p.trajectory.instrument.diameter_mm:g}",
            "" if np.isnan(self.part) else f"{100 * self.part:.0f} %",
            f"{p.bone_clearance_mm:.1f}", f"{p.canal_clearance_mm:.1f}", f"{p.angles.in_plane_deg:.0f}°",
            f"{round(p.angles.cranio_caudal_deg):+d}°", f"{self.midline_mm:.0f}", f"{p.angles.skin_to_target_mm:.0f}",
            f"{p.in_bone_mm:.0f}", f"{p.density_hu:.0f}", str(self.candidates), f"{self.seconds:.1f}",
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--planning", type=Path, action="append")
    parser.add_argument("--labels", type=Path, action="append")
    parser.add_argument("--write", type=Path, help="a folder: the pictures go to its images/")
    parser.add_argument("--screws", type=float, nargs="*", default=SCREWS, help="diameters for the sacrum's corridors, mm")
    parser.add_argument("--extrapedicular", action="store_true", help="these paths too")
    arguments = parser.parse_args()
    plannings = arguments.planning or [DATA / "lidc_ct.nii.gz", DATA / "lumbar_ct.nii.gz"]
    labels = arguments.labels or [DATA / "lidc_labels.nii.gz", DATA / "lumbar_labels.nii.gz"]
    if len(plannings) != len(labels):
        sys.exit("give as many --labels as --planning")
    write_line(HEAD)
    write_line(("---",) * len(HEAD))
    for path, label_path in zip(plannings, labels, strict=True):
        run(path, label_path, arguments)


def run(path: Path, label_path: Path, arguments: argparse.Namespace) -> None:
    name = path.parent.name if path.name.startswith("ct.") or path.is_dir() else path.name.split(".")[0]
    planner = Planner(read_ct(path), open_segmentation(label_path))
    levels = sorted(planner.segmentation.levels, key=lambda v: ("CTLS".index(v[0]), int(v[1:])))
    _ = planner.body
    spine, sacrum = [], []
    for level in (v for v in levels if v[0] in "TL"):
        for approach in ("transpedicular", "extrapedicular")[: 1 + arguments.extrapedicular]:
            spine += rows_of(name, planner, "vertebroplasty", level, approach, instrument_of("vertebroplasty", TROCAR, 150))
    for corridor in CORRIDORS.values() if has_pelvis(planner.segmentation) else ():
        for level in corridor.levels:
            for diameter in arguments.screws:
                screw = InstrumentSpec(kind="screw", name=f"{diameter:g} mm screw", diameter_mm=diameter, length_mm=180)
                sacrum += rows_of(name, planner, "sacral-osteosynthesis", level, corridor.approach, screw)
    for rows, what in ((spine, ""), (sacrum, "-sacrum")):
        if arguments.write is not None and rows:
            pictures = [(row.best.trajectory, f"{row.level} {row.side}, {row.best.approach}") for row in rows]
            montage(pictures, planner.planning.volume, arguments.write / "images" / f"planning-{name}{what}.png")


def rows_of(name: str, planner: Planner, procedure: str, level: str, approach: str, instrument: InstrumentSpec) -> list[Row]:
    """Both sides of a level, each written as it is found; a line on stderr where there is no path, with the reason."""
    rows = []
    for side in SIDES:
        started = time.perf_counter()
        try:
            found = planner.propose(procedure, level, side, approach, instrument, fit_length=False)
        except BadInput as error:
            sys.stderr.write(f"{name} {error}\n")
            continue
        seconds = time.perf_counter() - started
        midline = planner.angles(found[0].trajectory).midline_mm or 0.0
        part = part_in_bone(found[0], planner, level) if approach == "transpedicular" else float("nan")
        rows.append(Row(name, level, side, found[0], part, midline, len(found), seconds))
        write_line(rows[-1].cells())
    return rows


def write_line(cells: Sequence[str]) -> None:
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


def part_in_bone(proposal: Proposal, planner: Planner, level: str) -> float:
    """The part of the path in front of the canal's middle, seen from behind, whose nearest voxel has the level's label."""
    path, trajectory, vertebra = planner.segmentation.path, proposal.trajectory, planner.vertebra(level)
    if is_dicom(path):
        return float("nan")
    labels = read_label_image(path)
    points = trajectory.entry + np.arange(0.0, trajectory.length_mm, 0.5)[:, None] * trajectory.direction
    points = points[(points - vertebra.canal_centre) @ vertebra.axes[1] < 0]
    value = planner.segmentation.levels[level]
    return float(np.mean([labels.GetPixel(*labels.TransformPhysicalPointToIndex(p.tolist())) == value for p in points]))


def read_ct(path: Path) -> PlanningCt:
    if path.is_dir():
        return load_planning_ct(path)
    return PlanningCt(Volume.from_sitk(sitk.ReadImage(str(path), sitk.sitkInt16)), "", "", "", "")


def montage(pictures: list[tuple[Trajectory, str]], volume: Volume, path: Path) -> None:
    """The two planes along every path, two trajectories a row."""
    from matplotlib import pyplot as plt
    from PIL import Image

    rows = (len(pictures) + 1) // 2
    figure, axes = plt.subplots(rows, 4, figsize=(12, 3.1 * rows), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for k, (trajectory, title) in enumerate(pictures):
        for j, (_, png) in enumerate(path_pictures(trajectory, volume)[:2]):
            axis = axes[k // 2][2 * (k % 2) + j]
            axis.imshow(plt.imread(_file(png), format="png"))
            axis.set_title(title if j == 0 else "", fontsize=9)
    figure.tight_layout(pad=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=60)
    Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)  # a third of the size


def _file(png: bytes):  # type: ignore[no-untyped-def]
    import io

    return io.BytesIO(png)


if __name__ == "__main__":
    main()
