"""What the registration benchmarks run on: any planning CT, and targets in its spine."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.planning_ct import load_planning_ct

SPACING_MM = 36.0  # between automatic targets, about a level
MARGIN_MM = 25.0
BEHIND_MM = 5.0
TEST_DATA = sorted((Path(__file__).parents[1] / "data").glob("*_ct.nii.gz"))


def add_case_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--planning", type=Path, action="append", help="a DICOM folder or a .nii.gz, may be repeated (default: test data)"
    )
    parser.add_argument(
        "--target", action="append", default=[], help="L,P,S in mm (of the first --planning); else chosen in the spine"
    )
    parser.add_argument("--targets", type=int, default=3, help="how many targets a CT gets where none is named")
    parser.add_argument("--seed", type=int, default=0)


def load_planning(path: Path) -> Volume:
    """The CT of a DICOM folder or of a file that SimpleITK reads, in LPS mm."""
    return load_planning_ct(path).volume if path.is_dir() else Volume.from_sitk(sitk.ReadImage(str(path)))


def cases(arguments: argparse.Namespace) -> list[tuple[str, Volume, list[FloatArray]]]:
    """Name, CT and targets of every --planning."""
    result = []
    for k, path in enumerate(arguments.planning or TEST_DATA):
        volume = load_planning(path)
        named = [np.array([float(c) for c in t.split(",")]) for t in arguments.target] if k == 0 else []
        name = path.name if path.name not in ("dicom", "ct.nii.gz") else path.parent.name
        result.append((name, volume, named or spine_targets(volume, arguments.targets)))
    return result


def spine_targets(volume: Volume, count: int) -> list[FloatArray]:
    """Up to `count` points in the spine, a level or more apart: where bone has most structure at 12 mm (vessels with contrast are
    as dense, but smooth), in the middle third of the image and behind the body's centre."""
    image = sitk.Cast(volume.to_sitk(), sitk.sitkFloat32)
    bone = sitk.Cast(sitk.And(image > 200, image < 1800), sitk.sitkFloat32)
    structure = sitk.GradientMagnitude(sitk.Clamp(image, sitk.sitkFloat32, 0, 1200)) * bone
    density = sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(structure, 12.0))
    slices, _, columns = density.shape
    density[:, :, : columns // 3] = 0
    density[:, :, -(columns // 3) :] = 0
    index = np.indices(volume.voxels.shape)
    behind = sum(volume.lps_from_index[1, 2 - k] * index[k] for k in range(3))
    body = volume.voxels > -300
    density[behind < behind[body].mean() + BEHIND_MM] = 0
    step = float(volume.spacing[2])
    margin = int(min(MARGIN_MM / step, slices / 3))
    usable = np.arange(margin, slices - margin)
    most = max(1, min(count, int(len(usable) * step / SPACING_MM) + 1))
    found = []
    for z in usable[np.linspace(0, len(usable) - 1, most + 2).astype(int)[1:-1]]:
        y, x = np.unravel_index(int(np.argmax(density[z])), density[z].shape)
        found.append((volume.lps_from_index @ [x, y, z, 1])[:3])
    return found
