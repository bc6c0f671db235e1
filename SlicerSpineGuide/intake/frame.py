"""The types that intake hands on: a decoded live image, and a frame of images acquired together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import Projection
from SlicerSpineGuide.images import Slice


@dataclass(frozen=True, eq=False)
class Radiograph:
    """One X-ray image: pixels (rows, columns) float32, linear in detected intensity; projection None where it has no geometry."""

    pixels: npt.NDArray[np.float32]
    projection: Projection | None
    reason: str = ""  # why there is no projection, as a sentence


@dataclass(frozen=True)
class Stamps:
    """What a header tells about when its image was acquired; None or "" where it is silent.

    number: AcquisitionNumber. event_uid: AcquisitionUID or IrradiationEventUID. acquired_s, content_s, series_s: seconds on the
    scanner's own clock of AcquisitionDateTime (or AcquisitionDate and -Time), ContentTime and SeriesTime (or StudyTime), comparable
    with one another. temporal_position: TemporalPositionIndex. instance: InstanceNumber, read only to see through scanners that
    copy it into the acquisition number. frame_number: 1, 2 ... within a multi-frame object.
    """

    number: int | None = None
    event_uid: str = ""
    acquired_s: float | None = None
    content_s: float | None = None
    series_s: float | None = None
    temporal_position: int | None = None
    instance: int | None = None
    frame_number: int = 1


@dataclass(frozen=True, eq=False)
class LiveImage:
    """One image as the room sent it: who, what, where, when.

    image: a Slice (CT, HU) or a Radiograph (XA, RF, SC). acquired_s: seconds of the day of the acquisition by the scanner's own
    clock, or None; arrived_s: seconds on the intake's monotonic clock (in replay: the case's t). path: the stored file.
    dose: dose values found in the header, in the header's units.
    """

    path: Path
    sop_instance_uid: str
    series_instance_uid: str
    frame_of_reference_uid: str
    patient_id: str
    patient_position: str
    modality: str
    acquisition: str  # the acquisition number, for display; "" where the header does not tell. Grouping reads `stamps`
    acquired_s: float | None
    arrived_s: float
    image: Slice | Radiograph
    dose: dict[str, float]
    stamps: Stamps = Stamps()


@dataclass(frozen=True, eq=False)
class Frame:
    """What was acquired together, of the patient in one position; images in order of arrival.

    index: 0, 1, 2 ... in order of first arrival; a frame that grows as its sisters arrive keeps its index.
    t: seconds from the first arrival of all to this frame's first; decode_ms: time spent decoding its images.
    """

    index: int
    modality: Literal["CT", "XA"]
    images: tuple[LiveImage, ...]
    t: float
    decode_ms: float = 0.0

    @property
    def slices(self) -> tuple[Slice, ...]:
        return tuple(i.image for i in self.images if isinstance(i.image, Slice))

    @property
    def radiographs(self) -> tuple[Radiograph, ...]:
        return tuple(i.image for i in self.images if isinstance(i.image, Radiograph))

    @property
    def newest(self) -> LiveImage:
        return self.images[-1]
