"""X-ray images as DICOM datasets: what the virtual C-arm sends (DICOM PS3.3 A.14, X-Ray Angiographic Image IOD)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import XRayAngiographicImageStorage

from SlicerSpineGuide.geometry import Projection
from SlicerSpineGuide.room.carm import CarmProtocol
from SlicerSpineGuide.room.live_series import LiveSeries, decimal


@dataclass(frozen=True, eq=False)
class Exposure:
    """One projection: stored pixel values (rows, columns), the geometry its tags tell, and which of the protocol's views it is."""

    pixels: npt.NDArray[np.uint16]
    projection: Projection
    view: int


def xa_image(series: LiveSeries, exposure: Exposure, protocol: CarmProtocol, acquisition: int, instance: int, t: float) -> Dataset:
    """The dataset of one projection. acquisition, instance: counted from 1; t: seconds since the series began."""
    dataset = series.dataset(XRayAngiographicImageStorage, "XA", acquisition, instance, t)
    plane = "SINGLE PLANE" if len(protocol.views) == 1 else ("BIPLANE A", "BIPLANE B")[min(1, exposure.view)]
    dataset.ImageType, dataset.ManufacturerModelName = ["ORIGINAL", "PRIMARY", plane], "virtual C-arm"
    _geometry(dataset, exposure, protocol)
    _pixels(dataset, exposure.pixels, protocol)
    return dataset


def run_image(series: LiveSeries, run: list[Exposure], protocol: CarmProtocol, acquisition: int, instance: int, t: float) -> Dataset:
    """A run of one view as one multi-frame object, its frames 1 / protocol.rate_hz apart."""
    dataset = xa_image(series, run[0], protocol, acquisition, instance, t)
    dataset.NumberOfFrames = len(run)
    dataset.FrameTime = decimal(1000.0 / protocol.rate_hz)
    dataset.FrameIncrementPointer = 0x00181063
    dataset.PixelData = np.stack([e.pixels for e in run]).astype("<u2").tobytes()
    return dataset


def _geometry(dataset: Dataset, exposure: Exposure, protocol: CarmProtocol) -> None:
    dataset.PositionerMotion, dataset.PositionerType = "STATIC", "CARM"
    primary, secondary = protocol.views[exposure.view]
    dataset.PositionerPrimaryAngle, dataset.PositionerSecondaryAngle = decimal(primary), decimal(secondary)
    dataset.DistanceSourceToDetector = decimal(protocol.source_to_detector_mm)
    dataset.DistanceSourceToPatient = decimal(protocol.source_to_isocentre_mm)
    magnification = protocol.source_to_detector_mm / protocol.source_to_isocentre_mm
    dataset.EstimatedRadiographicMagnificationFactor = decimal(magnification)
    dataset.ImagerPixelSpacing = [decimal(protocol.pitch_mm)] * 2
    dataset.PatientOrientation = [_letters(exposure.projection.u), _letters(exposure.projection.v)]
    left, right = (round(protocol.matrix / 2 * (1 + s * protocol.shutters[0])) for s in (-1, 1))
    upper, lower = (round(protocol.matrix / 2 * (1 + s * protocol.shutters[1])) for s in (-1, 1))
    dataset.CollimatorShape = "RECTANGULAR"
    dataset.CollimatorLeftVerticalEdge, dataset.CollimatorRightVerticalEdge = left, right
    dataset.CollimatorUpperHorizontalEdge, dataset.CollimatorLowerHorizontalEdge = upper, lower
    dataset.RadiationSetting, dataset.KVP, dataset.XRayTubeCurrent, dataset.ExposureTime = "SC", "80", 8, 10


def _pixels(dataset: Dataset, pixels: npt.NDArray[np.uint16], protocol: CarmProtocol) -> None:
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, protocol.bits, protocol.bits - 1
    dataset.PixelRepresentation = 0
    dataset.PixelIntensityRelationship = "LOG" if protocol.log else "LIN"
    dataset.PixelIntensityRelationshipSign = 1
    half = 2 ** (protocol.bits - 1)
    dataset.WindowCenter, dataset.WindowWidth = str(half), str(2 * half)
    dataset.PixelData = pixels.astype("<u2").tobytes()


def _letters(direction: npt.NDArray[np.float64]) -> str:
    """The patient directions that a direction has most of, as PatientOrientation writes them (PS3.3 C.7.6.1.1.1)."""
    names = (("L", "R"), ("P", "A"), ("H", "F"))
    order = [int(i) for i in np.argsort(-np.abs(direction)) if abs(direction[i]) > 0.26]
    return "".join(names[i][0 if direction[i] > 0 else 1] for i in order)
