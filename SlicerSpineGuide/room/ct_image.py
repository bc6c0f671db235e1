"""CT images as DICOM datasets: what the virtual scanner sends (DICOM PS3.3 A.3, CT Image IOD)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.images import AIR_HU, Slice
from SlicerSpineGuide.room.scanner import CtProtocol
from SlicerSpineGuide.translation import tr

COPIED = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "AccessionNumber",
    "FrameOfReferenceUID",
    "PositionReferenceIndicator",
    "PatientPosition",
)
TYPE_2 = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID", "AccessionNumber")
CTDI_MGY = 1.4  # of one acquisition
MAKER = "SlicerSpineGuide virtual room"


def planning_header(folder: Path, series_instance_uid: str) -> Dataset:
    """Patient, study and frame of reference of a planning CT, from the header of one of its files."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        try:
            dataset = pydicom.dcmread(path, stop_before_pixels=True)
        except InvalidDicomError:
            continue
        if str(dataset.get("SeriesInstanceUID", "")) == series_instance_uid:
            header = Dataset()
            for keyword in COPIED:
                if keyword in dataset:
                    setattr(header, keyword, dataset[keyword].value)
            return header
    raise BadInput(tr("{path} holds no image of the series {uid}.").format(path=folder, uid=series_instance_uid))


@dataclass(frozen=True, eq=False)
class LiveSeries:
    """What all images of one live series share. salt: what its UIDs are derived from; started: the clock at the first frame."""

    header: Dataset
    protocol: CtProtocol
    salt: str
    started: datetime
    number: int = 900
    description: str = "CT fluoroscopy"

    def of_another_patient(self) -> LiveSeries:
        """The same scanner's series of somebody else."""
        header = deepcopy(self.header)
        header.PatientID, header.PatientName = "SOMEBODY-ELSE", "Else^Somebody"
        header.StudyInstanceUID, header.FrameOfReferenceUID = self._uid("other study"), self._uid("other frame of reference")
        return replace(self, header=header, salt=self.salt + "/other patient", number=self.number + 1)

    def in_a_new_frame_of_reference(self) -> LiveSeries:
        """The same patient's series after new scout images."""
        header = deepcopy(self.header)
        header.FrameOfReferenceUID = self._uid("new frame of reference")
        return replace(self, header=header, salt=self.salt + "/new frame of reference", number=self.number + 1)

    def image(self, live: Slice, acquisition: int, instance: int, t: float) -> Dataset:
        """The dataset of one slice. acquisition, instance: counted from 1; t: seconds since the series began."""
        dataset = deepcopy(self.header)
        for keyword in TYPE_2:
            if keyword not in dataset:
                setattr(dataset, keyword, "")
        self._identify(dataset, acquisition, instance, t)
        self._place(dataset, live)
        self._technique(dataset)
        self._pixels(dataset, live)
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        return dataset

    def _uid(self, what: str) -> str:
        return str(generate_uid(entropy_srcs=[MAKER, self.salt, what]))

    def _identify(self, dataset: Dataset, acquisition: int, instance: int, t: float) -> None:
        now = self.started + timedelta(seconds=t)
        dataset.SOPClassUID, dataset.SOPInstanceUID = CTImageStorage, self._uid(f"image {instance}")
        dataset.SeriesInstanceUID, dataset.SeriesNumber = self._uid("series"), self.number
        dataset.Modality, dataset.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
        dataset.Manufacturer, dataset.ManufacturerModelName = MAKER, "virtual CT"
        dataset.SeriesDescription, dataset.ImageComments = self.description, "simulated, not for clinical use"
        dataset.ReferringPhysicianName, dataset.InstanceNumber, dataset.AcquisitionNumber = "", instance, acquisition
        dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = now.strftime("%Y%m%d")
        dataset.SeriesTime = self.started.strftime("%H%M%S.%f")
        dataset.AcquisitionTime = dataset.ContentTime = now.strftime("%H%M%S.%f")

    def _place(self, dataset: Dataset, live: Slice) -> None:
        plane = live.plane
        dataset.ImagePositionPatient = [_decimal(c) for c in plane.origin]
        dataset.ImageOrientationPatient = [_decimal(c, 8) for c in (*plane.u, *plane.v)]
        dataset.PixelSpacing = [_decimal(plane.pitch[1]), _decimal(plane.pitch[0])]
        dataset.SliceThickness = dataset.SpacingBetweenSlices = _decimal(plane.thickness)
        dataset.SliceLocation = _decimal(float(plane.origin @ plane.normal))
        dataset.GantryDetectorTilt = _decimal(self.protocol.tilt_deg)

    def _technique(self, dataset: Dataset) -> None:
        dataset.KVP, dataset.XRayTubeCurrent, dataset.ExposureTime, dataset.Exposure = "120", 60, 500, 30
        dataset.CTDIvol = CTDI_MGY
        dataset.ReconstructionDiameter = _decimal(self.protocol.field_mm)
        dataset.ConvolutionKernel = self.protocol.kernel
        dataset.RotationDirection = "CW"

    def _pixels(self, dataset: Dataset, live: Slice) -> None:
        stored = np.clip(np.rint(live.pixels - AIR_HU), 0, 65535).astype("<u2")
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.Rows, dataset.Columns = stored.shape
        dataset.BitsAllocated, dataset.PixelRepresentation = 16, 0
        dataset.BitsStored = 12 if self.protocol.top_hu - AIR_HU < 4096 else 16
        dataset.HighBit = dataset.BitsStored - 1
        dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = _decimal(AIR_HU), "1", "HU"
        dataset.WindowCenter, dataset.WindowWidth = "300", "1500"
        dataset.PixelData = stored.tobytes()


def _decimal(value: float, digits: int = 6) -> str:
    """A DICOM decimal string: at most 16 characters."""
    text = f"{float(value):.{digits}f}".rstrip("0").rstrip(".")[:16]
    return "0" if text == "-0" else text
