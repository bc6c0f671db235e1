"""When an image was acquired, as its header tells it: the raw material of grouping images into frames."""

from __future__ import annotations

import datetime
from typing import Any

from SlicerSpineGuide.intake.frame import Stamps


def read_stamps(dataset: Any, frame: int = 0) -> Stamps:
    """The stamps of frame 0, 1 ... of a DICOM dataset (Enhanced objects state them for each frame: PS3.3 C.7.6.16.2.2)."""
    content = functional_group(dataset, frame, "FrameContentSequence")
    date = dataset.get("AcquisitionDate") or dataset.get("ContentDate") or dataset.get("StudyDate")
    acquired = _date_time(content.get("FrameAcquisitionDateTime") or content.get("FrameReferenceDateTime")) if content else None
    if acquired is None:
        acquired = _date_time(dataset.get("AcquisitionDateTime"))
    if acquired is None:
        acquired = _time(dataset.get("AcquisitionDate") or date, dataset.get("AcquisitionTime"))
    step = _number(dataset.get("FrameTime"))  # milliseconds between the frames of a run (PS3.3 C.7.6.5)
    if acquired is not None and not content and frame and step:
        acquired += frame * step / 1000.0
    number = _number(content.get("FrameAcquisitionNumber")) if content else None
    if number is None:
        number = _number(dataset.get("AcquisitionNumber"))
    return Stamps(
        number=None if number is None else int(number),
        event_uid=str(dataset.get("AcquisitionUID") or dataset.get("IrradiationEventUID") or ""),
        acquired_s=acquired,
        content_s=_time(dataset.get("ContentDate") or date, dataset.get("ContentTime")),
        series_s=_time(dataset.get("SeriesDate") or date, dataset.get("SeriesTime") or dataset.get("StudyTime")),
        temporal_position=_integer((content or dataset).get("TemporalPositionIndex")),
        instance=_integer(dataset.get("InstanceNumber")),
        frame_number=frame + 1,
    )


def functional_group(dataset: Any, frame: int, name: str) -> Any:
    """The first item of functional group `name` for a frame, per-frame before shared (PS3.3 C.7.6.16); None where absent."""
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or ()
    if frame < len(per_frame) and per_frame[frame].get(name):
        return per_frame[frame][name][0]
    shared = dataset.get("SharedFunctionalGroupsSequence") or ()
    if shared and shared[0].get(name):
        return shared[0][name][0]
    return None


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _integer(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _date_time(value: Any) -> float | None:
    """Seconds of a DT value "YYYYMMDDHHMMSS.FFFFFF&ZZXX"; the offset from UTC is of no use within one scanner's clock."""
    text = str(value or "").strip()
    for sign in "+-":
        text = text.split(sign)[0]
    return _time(text[:8], text[8:]) if len(text) >= 12 else None


def _time(date: Any, time: Any) -> float | None:
    """Seconds since 1970 of DA "YYYYMMDD" and TM "HHMM[SS[.FFFFFF]]"; since midnight where the date is missing."""
    text = str(time or "").strip().replace(":", "")
    try:
        whole, _, fraction = text.partition(".")
        hours, minutes, seconds = int(whole[:2]), int(whole[2:4]), int(whole[4:6] or 0)
        of_day = hours * 3600 + minutes * 60 + seconds + (float("0." + fraction) if fraction else 0.0)
    except ValueError:
        return None
    try:
        day = datetime.datetime.strptime(str(date or "").strip().replace(".", ""), "%Y%m%d").date().toordinal()
    except ValueError:
        return of_day
    return (day - datetime.date(1970, 1, 1).toordinal()) * 86400.0 + of_day
