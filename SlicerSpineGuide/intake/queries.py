"""What is asked of a PACS and of a worklist: studies, series and scheduled patients, as plain records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset

from SlicerSpineGuide.intake.remote import RemotePeer


@dataclass(frozen=True)
class Series:
    """A series that a PACS has; images: None where it does not tell."""

    patient_id: str
    patient_name: str
    study_uid: str
    series_uid: str
    study_date: str
    modality: str
    description: str
    images: int | None


@dataclass(frozen=True)
class Scheduled:
    """A patient on the modality worklist (PS3.4 K.6.1)."""

    patient_id: str
    patient_name: str
    birth_date: str
    accession_number: str
    study_uid: str
    description: str
    date: str
    time: str
    modality: str
    station: str


def find_series(
    peer: RemotePeer, patient_id: str = "", patient_name: str = "", study_date: str = "", modality: str = "CT"
) -> list[Series]:
    """The series of matching studies, newest study first; wildcards and date ranges as DICOM writes them."""
    query = Dataset()
    query.QueryRetrieveLevel = "STUDY"
    query.PatientID, query.PatientName, query.StudyDate = patient_id, patient_name, study_date
    query.StudyInstanceUID, query.StudyDescription, query.ModalitiesInStudy = "", "", modality
    found = []
    for study in peer.find(query):
        below = Dataset()
        below.QueryRetrieveLevel = "SERIES"
        below.StudyInstanceUID, below.SeriesInstanceUID = study.StudyInstanceUID, ""
        below.Modality, below.SeriesDescription, below.NumberOfSeriesRelatedInstances = modality, "", ""
        found += [_series(study, series) for series in peer.find(below)]
    return sorted(found, key=lambda s: s.study_date, reverse=True)


def find_scheduled(peer: RemotePeer, date: str = "", modality: str = "", station: str = "") -> list[Scheduled]:
    """The worklist of a day ("YYYYMMDD" or a range), in order of time."""
    step = Dataset()
    step.ScheduledProcedureStepStartDate, step.ScheduledProcedureStepStartTime = date, ""
    step.Modality, step.ScheduledStationAETitle, step.ScheduledProcedureStepDescription = modality, station, ""
    query = Dataset()
    query.PatientID = query.PatientName = query.PatientBirthDate = query.AccessionNumber = ""
    query.StudyInstanceUID = query.RequestedProcedureDescription = ""
    query.ScheduledProcedureStepSequence = [step]
    return sorted((_scheduled(match) for match in peer.find(query, worklist=True)), key=lambda s: (s.date, s.time))


def _series(study: Dataset, series: Dataset) -> Series:
    count = series.get("NumberOfSeriesRelatedInstances")
    return Series(
        _text(study, "PatientID"),
        _text(study, "PatientName"),
        _text(study, "StudyInstanceUID"),
        _text(series, "SeriesInstanceUID"),
        _text(study, "StudyDate"),
        _text(series, "Modality"),
        _text(series, "SeriesDescription") or _text(study, "StudyDescription"),
        int(count) if count not in (None, "") else None,
    )


def _scheduled(match: Dataset) -> Scheduled:
    steps = match.get("ScheduledProcedureStepSequence")
    step: Any = steps[0] if steps else Dataset()
    return Scheduled(
        _text(match, "PatientID"),
        _text(match, "PatientName"),
        _text(match, "PatientBirthDate"),
        _text(match, "AccessionNumber"),
        _text(match, "StudyInstanceUID"),
        _text(step, "ScheduledProcedureStepDescription") or _text(match, "RequestedProcedureDescription"),
        _text(step, "ScheduledProcedureStepStartDate"),
        _text(step, "ScheduledProcedureStepStartTime"),
        _text(step, "Modality"),
        _text(step, "ScheduledStationAETitle"),
    )


def _text(dataset: Any, keyword: str) -> str:
    value = dataset.get(keyword)
    return "" if value is None else str(value).strip()
