"""Cut the test data out of the public scans they come from: make_test_data.py LIDC_FOLDER RIDER_DICOM_FOLDER LUMBAR_FOLDER.

LIDC_FOLDER and LUMBAR_FOLDER hold ct.nii.gz and labels.nii.gz (TotalSegmentator's label numbers); ATTRIBUTION.md says where each
is published. The crops keep their place in the scan, in LPS order (columns to the left, rows to the back, slices upwards).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import SimpleITK as sitk

HERE = Path(__file__).parent
STRUCTURES = (26, 27, 28, 29, 30, 31, 32, 33, 34, 52, 79)  # S1, L5 ... L1, T12 ... T10, aorta, spinal cord


def cut(image: sitk.Image, low: tuple[int, int, int], size: tuple[int, int, int]) -> sitk.Image:
    return sitk.RegionOfInterest(sitk.DICOMOrient(image, "LPS"), size, low)


def write_ct(image: sitk.Image, name: str) -> None:
    sitk.WriteImage(sitk.Cast(sitk.Clamp(image, sitk.sitkInt32, -1024, 3071), sitk.sitkInt16), HERE / name, True, 9)


def write_labels(image: sitk.Image, name: str) -> None:
    others = {float(n): 0.0 for n in np.unique(sitk.GetArrayViewFromImage(image)) if n not in STRUCTURES}
    sitk.WriteImage(sitk.Cast(sitk.ChangeLabel(image, others), sitk.sitkUInt8), HERE / name, True, 9)


def main(lidc: Path, rider: Path, lumbar: Path) -> None:
    box = (158, 240, 8), (204, 190, 42)  # T11 to L1, from the aorta to the skin of the back
    write_ct(cut(sitk.ReadImage(lidc / "ct.nii.gz"), *box), "lidc_ct.nii.gz")
    write_labels(cut(sitk.ReadImage(lidc / "labels.nii.gz"), *box), "lidc_labels.nii.gz")

    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(rider)))
    write_ct(cut(reader.Execute(), (170, 295, 2), (180, 190, 34)), "rider_ct.nii.gz")

    box = (36, 45, 34), (44, 50, 70)  # T12 to S1
    write_ct(cut(sitk.ReadImage(lumbar / "ct.nii.gz"), *box), "lumbar_ct.nii.gz")
    write_labels(cut(sitk.ReadImage(lumbar / "labels.nii.gz"), *box), "lumbar_labels.nii.gz")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*(Path(a) for a in sys.argv[1:]))
