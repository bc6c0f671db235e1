"""Make Resources/Cases/t12-vertebroplasty: make_sample_case.py LIDC_FOLDER [CASE_FOLDER].

LIDC_FOLDER holds ct.nii.gz and labels.nii.gz of LIDC-IDRI-0001 (ATTRIBUTION.md beside this file says where it is published). The
planning CT is a crop of it as one DICOM series; the path is the planner's first proposal for the right pedicle of T12, as

    spineguide plan propose --planning Resources/Cases/t12-vertebroplasty/planning --segmentation Testing/data/lidc_labels.nii.gz \\
        --level T12 --side right --length 125 --instrument "11G trocar"

prints it; the live images are the virtual room's scenario "demonstration".
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import SimpleITK as sitk

from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import load_planning_ct
from SlicerSpineGuide.plan.choices import instrument_of
from SlicerSpineGuide.plan.model import ZoneRef
from SlicerSpineGuide.plan.planner import Planner
from SlicerSpineGuide.plan.segmentation import open_segmentation
from SlicerSpineGuide.room.simulate import simulate_case

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Testing"))

from planning_series import write_series  # noqa: E402

LOW, SIZE = (158, 240, 8), (204, 190, 42)  # T11 to L1, from the aorta to the skin of the back
PATIENT = "LIDC-IDRI-0001"
CANAL, AORTA = 79, 52
SOURCE = "LIDC-IDRI-0001, LIDC-IDRI, The Cancer Imaging Archive, CC BY 3.0, doi:10.7937/k9/tcia.2015.lo9ql9sx, cropped"
ZONES = (
    ZoneRef(name="spinal canal", file="zones/labels.nrrd", label=1, margin_mm=2.0),
    ZoneRef(name="aorta", file="zones/labels.nrrd", label=2, margin_mm=5.0),
)


def main(lidc: Path, case: Path) -> None:
    ct, labels = (sitk.DICOMOrient(sitk.ReadImage(lidc / name), "LPS") for name in ("ct.nii.gz", "labels.nii.gz"))
    labels = sitk.RegionOfInterest(labels, SIZE, LOW)
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary)
        volume = Volume.from_sitk(sitk.RegionOfInterest(ct, SIZE, LOW))
        write_series(volume, source / "planning", PATIENT, position="FFS", derivation=SOURCE, compress=True)
        (source / "zones").mkdir()
        zones = sitk.Cast((labels == CANAL) + 2 * (labels == AORTA), sitk.sitkUInt8)
        sitk.WriteImage(zones, source / "zones" / "labels.nrrd", True)
        sitk.WriteImage(labels, str(source / "labels.nrrd"), True)
        planner = Planner(load_planning_ct(source / "planning"), open_segmentation(source / "labels.nrrd"))
        trocar = instrument_of("vertebroplasty", "11G trocar", 125)
        best = planner.propose("vertebroplasty", "T12", "right", instrument=trocar, fit_length=False)[0]
        planner.plan("vertebroplasty", [best.trajectory], ZONES).save(source / "plan.json")
        simulate_case(
            source / "planning",
            source / "plan.json",
            "demonstration",
            case,
            seed=12,
            title="T12 vertebroplasty, right transpedicular, under CT",
            attribution=f"Anatomy: patient {SOURCE}. Live images simulated.",
        )


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else ROOT / "Resources" / "Cases" / "t12-vertebroplasty")
