"""Make Resources/Cases/xa-l3-vertebroplasty: make_sample_xa_case.py LUMBAR_FOLDER [CASE_FOLDER].

LUMBAR_FOLDER holds ct.nii.gz of the lumbar spine and pelvis that ATTRIBUTION.md beside this file names. The X-rays pass through the
whole of it (the virtual room's scenario "xa-demonstration"); the case's planning CT is a crop around the path, as one DICOM series.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import SimpleITK as sitk

from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.room.simulate import simulate_case

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Testing"))

from planning_series import plan_for, write_series  # noqa: E402

PATIENT = "LUMBAR-PELVIS"
ENTRY = (-53.56, -33.65, 323.08)
TARGET = (-5.04, -143.92, 317.20)
AROUND_TARGET_MM = (105.0, 115.0, 100.0)
SOURCE = "lumbar spine and pelvis from the test files of TotalSegmentator 2.18.0, Apache-2.0"


def main(lumbar: Path, case: Path) -> None:
    ct = sitk.DICOMOrient(sitk.ReadImage(lumbar / "ct.nii.gz"), "LPS")
    volume = Volume.from_sitk(sitk.Cast(sitk.Clamp(ct, sitk.sitkInt32, -1024, 3071), sitk.sitkInt16))
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary)
        write_series(volume, source / "planning", PATIENT, derivation=f"{SOURCE}, put in LPS order")
        plan_for(PATIENT, "L3", ENTRY, TARGET, side="right").save(source / "plan.json")
        simulate_case(
            source / "planning",
            source / "plan.json",
            "xa-demonstration",
            case,
            seed=3,
            title="L3 vertebroplasty, right transpedicular, biplane X-ray",
            attribution=f"Anatomy: {SOURCE}. X-ray images simulated.",
        )
    shutil.rmtree(case / "planning")
    crop = volume.crop(TARGET, AROUND_TARGET_MM)
    write_series(crop, case / "planning", PATIENT, derivation=f"{SOURCE}, put in LPS order and cropped", compress=True)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else ROOT / "Resources" / "Cases" / "xa-l3-vertebroplasty")
