"""A volume as the planning CT of a case: one DICOM series and a plan that fits it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, RLELossless, generate_uid

from SlicerSpineGuide.geometry import apply
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import InstrumentSpec, Plan, Trajectory
from SlicerSpineGuide.plan.model import ZoneRef

TROCAR = InstrumentSpec(kind="trocar", name="11G vertebroplasty trocar", diameter_mm=3.05, length_mm=125)


def uid(patient: str, what: str) -> str:
    """The same UID for the same patient and thing, every time."""
    return str(generate_uid(entropy_srcs=["SlicerSpineGuide planning series", patient, what]))


def write_series(
    volume: Volume, folder: Path, patient: str, *, position: str = "HFS", derivation: str = "", compress: bool = False
) -> None:
    """An axial CT series in `folder`; compress: RLE lossless, which pydicom and Slicer decode without any plugin."""
    folder.mkdir(parents=True)
    spacing = volume.spacing
    for index, pixels in enumerate(np.clip(volume.voxels, -1024, 3071)):
        dataset = _header(patient, position, derivation, index)
        origin = apply(volume.lps_from_index, (0, 0, index))
        dataset.ImagePositionPatient = [f"{c:.4f}" for c in origin]
        dataset.ImageOrientationPatient = [f"{c:g}" for c in (volume.lps_from_index[:3, :2] / spacing[:2]).T.ravel()]
        dataset.PixelSpacing, dataset.SliceThickness = [f"{spacing[1]:.6f}", f"{spacing[0]:.6f}"], f"{spacing[2]:.4f}"
        dataset.SliceLocation = f"{origin[2]:.4f}"
        dataset.Rows, dataset.Columns = pixels.shape
        dataset.PixelData = (pixels.astype(np.int32) + 1024).astype("<u2").tobytes()
        if compress:
            dataset.compress(RLELossless, generate_instance_uid=False)
        dataset.save_as(folder / f"{index + 1:04d}.dcm", enforce_file_format=True)


def _header(patient: str, position: str, derivation: str, index: int) -> Dataset:
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = CTImageStorage, uid(patient, f"planning {index}")
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = uid(patient, "study"), uid(patient, "planning")
    dataset.FrameOfReferenceUID = uid(patient, "frame of reference")
    dataset.PatientID = dataset.PatientName = patient
    dataset.PatientBirthDate = dataset.PatientSex = dataset.AccessionNumber = dataset.ReferringPhysicianName = ""
    dataset.PatientIdentityRemoved, dataset.PatientPosition = "YES", position
    dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = "20000101"
    dataset.StudyTime = dataset.SeriesTime = dataset.ContentTime = "090000"
    dataset.StudyID, dataset.Modality, dataset.SeriesNumber, dataset.InstanceNumber = "1", "CT", 2, index + 1
    dataset.AcquisitionNumber, dataset.ImageType, dataset.KVP = 1, ["DERIVED", "PRIMARY", "AXIAL"], "120"
    dataset.SeriesDescription, dataset.DerivationDescription = "Planning CT", derivation
    dataset.Manufacturer = dataset.PositionReferenceIndicator = ""
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "-1024", "1", "HU"
    dataset.WindowCenter, dataset.WindowWidth = "300", "1500"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return dataset


def plan_for(
    patient: str,
    level: str,
    entry: tuple[float, float, float],
    target: tuple[float, float, float],
    *,
    side: str,
    instrument: InstrumentSpec = TROCAR,
    zones: tuple[ZoneRef, ...] = (),
) -> Plan:
    """A vertebroplasty plan with one transpedicular path for a series of write_series; entry and target in planning LPS mm."""
    path = Trajectory(
        id=f"{level}-{side}",
        label=f"{level} {side} transpedicular",
        level=level,
        instrument=instrument,
        entry_lps=entry,
        target_lps=target,
    )
    return Plan(
        patient_id=patient,
        series_instance_uid=uid(patient, "planning"),
        frame_of_reference_uid=uid(patient, "frame of reference"),
        procedure="vertebroplasty",
        trajectories=(path,),
        zones=zones,
    )
