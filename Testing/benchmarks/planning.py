"""Proposals on any CT: for every segmented level and both sides, what is proposed, its clearances and angles, and pictures.

    python Testing/benchmarks/planning.py --planning CT --labels LABELS [--planning ... --labels ...] [--write docs]

CT: a DICOM folder or a NIfTI/NRRD volume; LABELS: a label map with TotalSegmentator's labels, a .seg.nrrd or a DICOM SEG. Whether a
path stays in bone is judged on the labels themselves, voxel by voxel, not on the distances the search went by.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import InstrumentSpec, PlanningCt, Tolerance, Trajectory, load_planning_ct
from SlicerSpineGuide.plan.proposals import Proposal
from SlicerSpineGuide.plan.segmentation import Segmentation, open_segmentation
from SlicerSpineGuide.plan.sheet import path_pictures
from SlicerSpineGuide.plan.transpedicular import propose_transpedicular
from SlicerSpineGuide.plan.vertebra import Vertebra

TROCAR = InstrumentSpec(kind="trocar", name="11G trocar", diameter_mm=3.05, length_mm=150)
DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Row:
    """One level and side. in_bone: the part of the path from the pedicle's back to the target whose axis lies in the label."""

    data: str
    level: str
    side: str
    proposal: Proposal
    in_bone: float
    seconds: float

    def cells(self) -> tuple[str, ...]:
        p = self.proposal
        return (
            self.data,
            self.level,
            self.side,
            f"{100 * self.in_bone:.0f} %",
            f"{p.bone_clearance_mm:.1f}",
            f"{p.canal_clearance_mm:.1f}",
            f"{p.angles.in_plane_deg:.0f}°",
            f"{p.angles.cranio_caudal_deg:+.0f}°",
            f"{p.angles.skin_to_target_mm:.0f}",
            f"{self.seconds:.1f}",
        )


HEAD = ("CT", "level", "side", "in bone", "bone mm", "canal mm", "in-plane", "cranio-caudal", "skin to target mm", "s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--planning", type=Path, action="append")
    parser.add_argument("--labels", type=Path, action="append")
    parser.add_argument("--write", type=Path, help="a folder: the pictures go to its images/")
    arguments = parser.parse_args()
    plannings = arguments.planning or [DATA / "lidc_ct.nii.gz", DATA / "lumbar_ct.nii.gz"]
    labels = arguments.labels or [DATA / "lidc_labels.nii.gz", DATA / "lumbar_labels.nii.gz"]
    if len(plannings) != len(labels):
        sys.exit("give as many --labels as --planning")
    sys.stdout.write("| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD) + "\n")
    for path, label_path in zip(plannings, labels, strict=True):
        run(path, label_path, arguments.write)


def run(path: Path, label_path: Path, write: Path | None) -> None:
    name = path.parent.name if path.name.startswith("ct.") or path.is_dir() else path.name.split(".")[0]
    ct, segmentation = read_ct(path), open_segmentation(label_path)
    pictures = []
    for level in sorted(segmentation.levels, key=lambda v: ("CTLS".index(v[0]), int(v[1:]))):
        if level[0] not in "TL":
            continue
        for row in rows_of(name, level, ct, segmentation):
            sys.stdout.write("| " + " | ".join(row.cells()) + " |\n")
            sys.stdout.flush()
            pictures.append((row.proposal.trajectory, f"{level} {row.side}"))
    if write is not None and pictures:
        montage(pictures, ct.volume, write / "images" / f"planning-{name}.png")


def rows_of(name: str, level: str, ct: PlanningCt, segmentation: Segmentation) -> list[Row]:
    """Both sides of a level; a line on stderr where there is no vertebra or no path."""
    rows = []
    try:
        vertebra = segmentation.vertebra(level, ct)
        label = sitk.ReadImage(str(segmentation.path)) if segmentation.path.suffix != ".dcm" else None
        for side in ("left", "right"):
            started = time.perf_counter()
            best = propose_transpedicular(ct.volume, vertebra, side, TROCAR, Tolerance())[0]
            seconds = time.perf_counter() - started
            part = part_in_bone(best.trajectory, vertebra, label, segmentation.levels[level])
            rows.append(Row(name, level, side, best, part, seconds))
    except BadInput as error:
        sys.stderr.write(f"{name} {error}\n")
    return rows


def part_in_bone(trajectory: Trajectory, vertebra: Vertebra, label: sitk.Image | None, value: int) -> float:
    """The part of the path in front of the canal's middle, seen from behind, whose nearest voxel has the level's label."""
    if label is None:
        return float("nan")
    points = trajectory.entry + np.arange(0.0, trajectory.length_mm, 0.5)[:, None] * trajectory.direction
    points = points[(points - vertebra.canal_centre) @ vertebra.axes[1] < 0]
    inside = [label.GetPixel(*label.TransformPhysicalPointToIndex(p.tolist())) == value for p in points]
    return float(np.mean(inside))


def read_ct(path: Path) -> PlanningCt:
    if path.is_dir():
        return load_planning_ct(path)
    return PlanningCt(Volume.from_sitk(sitk.ReadImage(str(path), sitk.sitkInt16)), "", "", "", "")


def montage(pictures: list[tuple[Trajectory, str]], volume: Volume, path: Path) -> None:
    """The two planes along every path, two trajectories a row."""
    from matplotlib import pyplot as plt

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
    figure.savefig(path, dpi=80)


def _file(png: bytes):  # type: ignore[no-untyped-def]
    import io

    return io.BytesIO(png)


if __name__ == "__main__":
    main()
