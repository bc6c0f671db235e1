"""What all images of one live series share: patient, study, frame of reference, clock and UIDs."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from SlicerSpineGuide.errors import BadInput
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
    salt: str
    started: datetime
    number: int = 900
    description: str = "live"

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

    def dataset(self, sop_class: str, modality: str, acquisition: int, instance: int, t: float) -> Dataset:
        """All but geometry, technique and pixels of an image. acquisition, instance: from 1; t: seconds since the series began."""
        dataset = deepcopy(self.header)
        for keyword in TYPE_2:
            if keyword not in dataset:
                setattr(dataset, keyword, "")
        now = self.started + timedelta(seconds=t)
        dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, self._uid(f"image {instance}")
        dataset.SeriesInstanceUID, dataset.SeriesNumber = self._uid("series"), self.number
        dataset.Modality, dataset.Manufacturer = modality, MAKER
        dataset.SeriesDescription, dataset.ImageComments = self.description, "simulated, not for clinical use"
        dataset.ReferringPhysicianName, dataset.InstanceNumber, dataset.AcquisitionNumber = "", instance, acquisition
        dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = now.strftime("%Y%m%d")
        dataset.SeriesTime = self.started.strftime("%H%M%S.%f")
        dataset.AcquisitionTime = dataset.ContentTime = now.strftime("%H%M%S.%f")
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        return dataset

    def _uid(self, what: str) -> str:
        return str(generate_uid(entropy_srcs=[MAKER, self.salt, what]))


def decimal(value: float, digits: int = 6) -> str:
    """A DICOM decimal string: at most 16 characters."""
    text = f"{float(value):.{digits}f}".rstrip("0").rstrip(".")[:16]
    return "0" if text == "-0" else text
