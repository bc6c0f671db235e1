"""Make Resources/Cases/t12-vertebroplasty: make_sample_case.py LIDC_FOLDER [CASE_FOLDER].

LIDC_FOLDER holds ct.nii.gz and labels.nii.gz of LIDC-IDRI-0001 (ATTRIBUTION.md beside this file says where it is published). The
planning CT is a crop of it as one DICOM series; the path was laid through the right pedicle of T12 on reformats along it; the live
images are the virtual room's scenario "demonstration".
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, RLELossless, generate_uid

from SlicerSpineGuide.plan import InstrumentSpec, Plan, Trajectory
from SlicerSpineGuide.plan.model import ZoneRef
from SlicerSpineGuide.room.simulate import simulate_case

ROOT = Path(__file__).resolve().parents[2]
LOW, SIZE = (158, 240, 8), (204, 190, 42)  # T11 to L1, from the aorta to the skin of the back
CANAL, AORTA = 79, 52
ENTRY = (-20.74, 119.87, -261.31)
TARGET = (9.43, 43.46, -254.25)
ATTRIBUTION = (
    "Anatomy: patient LIDC-IDRI-0001, LIDC-IDRI, The Cancer Imaging Archive, CC BY 3.0, doi:10.7937/k9/tcia.2015.lo9ql9sx, cropped. "
    "Live images simulated."
)


def uid(what: str) -> str:
    return str(generate_uid(entropy_srcs=["SlicerSpineGuide sample case T12", what]))


def write_planning(image: sitk.Image, folder: Path) -> None:
    """One axial CT series, RLE lossless, which pydicom and Slicer decode without any plugin."""
    folder.mkdir(parents=True)
    voxels = np.clip(sitk.GetArrayFromImage(image), -1024, 3071)
    for index, pixels in enumerate(voxels):
        dataset = Dataset()
        dataset.SOPClassUID, dataset.SOPInstanceUID = CTImageStorage, uid(f"planning {index}")
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.FrameOfReferenceUID = uid("study"), uid("planning"), uid("frame")
        dataset.PatientID, dataset.PatientName = "LIDC-IDRI-0001", "LIDC-IDRI-0001"
        dataset.PatientBirthDate = dataset.PatientSex = dataset.AccessionNumber = dataset.ReferringPhysicianName = ""
        dataset.PatientIdentityRemoved, dataset.PatientPosition = "YES", "FFS"
        dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = "20000101"
        dataset.StudyTime = dataset.SeriesTime = dataset.ContentTime = "090000"
        dataset.StudyID, dataset.Modality, dataset.SeriesNumber, dataset.InstanceNumber = "1", "CT", 2, index + 1
        dataset.AcquisitionNumber, dataset.ImageType = 1, ["DERIVED", "PRIMARY", "AXIAL"]
        dataset.SeriesDescription = "Planning CT, T11 to L1"
        dataset.DerivationDescription = "cropped from LIDC-IDRI-0001, CC BY 3.0, doi:10.7937/k9/tcia.2015.lo9ql9sx"
        dataset.Manufacturer, dataset.PositionReferenceIndicator = "", ""
        dataset.KVP = "120"
        position = image.TransformIndexToPhysicalPoint((0, 0, index))
        dataset.ImagePositionPatient = [f"{c:.4f}" for c in position]
        dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
        dataset.PixelSpacing, dataset.SliceThickness = [f"{image.GetSpacing()[1]:.6f}", f"{image.GetSpacing()[0]:.6f}"], "2.5"
        dataset.SliceLocation = f"{position[2]:.4f}"
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.Rows, dataset.Columns = pixels.shape
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
        dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "-1024", "1", "HU"
        dataset.WindowCenter, dataset.WindowWidth = "300", "1500"
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.PixelData = (pixels + 1024).astype("<u2").tobytes()
        dataset.compress(RLELossless, generate_instance_uid=False)
        dataset.save_as(folder / f"{index + 1:04d}.dcm", enforce_file_format=True)


def write_zones(labels: sitk.Image, path: Path) -> None:
    """1: spinal canal, 2: aorta; one compressed NRRD."""
    path.parent.mkdir()
    sitk.WriteImage(sitk.Cast((labels == CANAL) + 2 * (labels == AORTA), sitk.sitkUInt8), path, True)


def plan() -> Plan:
    trocar = InstrumentSpec(kind="trocar", name="11G vertebroplasty trocar", diameter_mm=3.05, length_mm=125)
    path = Trajectory(
        id="T12-right", label="T12 right transpedicular", level="T12", instrument=trocar, entry_lps=ENTRY, target_lps=TARGET
    )
    zones = (
        ZoneRef(name="spinal canal", file="zones/labels.nrrd", label=1, margin_mm=2.0),
        ZoneRef(name="aorta", file="zones/labels.nrrd", label=2, margin_mm=5.0),
    )
    return Plan(
        patient_id="LIDC-IDRI-0001",
        series_instance_uid=uid("planning"),
        frame_of_reference_uid=uid("frame"),
        procedure="vertebroplasty",
        trajectories=(path,),
        zones=zones,
    )


def main(lidc: Path, case: Path) -> None:
    ct, labels = (sitk.DICOMOrient(sitk.ReadImage(lidc / name), "LPS") for name in ("ct.nii.gz", "labels.nii.gz"))
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary)
        write_planning(sitk.RegionOfInterest(ct, SIZE, LOW), source / "planning")
        write_zones(sitk.RegionOfInterest(labels, SIZE, LOW), source / "zones" / "labels.nrrd")
        plan().save(source / "plan.json")
        simulate_case(
            source / "planning",
            source / "plan.json",
            "demonstration",
            case,
            seed=12,
            title="T12 vertebroplasty, right transpedicular, under CT",
            attribution=ATTRIBUTION,
        )


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else ROOT / "Resources" / "Cases" / "t12-vertebroplasty")
