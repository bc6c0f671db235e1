"""CT images as DICOM datasets: what the virtual scanner sends (DICOM PS3.3 A.3, CT Image IOD)."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage

from SlicerSpineGuide.images import AIR_HU, Slice
from SlicerSpineGuide.room.live_series import LiveSeries, decimal
from SlicerSpineGuide.room.scanner import CtProtocol

CTDI_MGY = 1.4  # of one acquisition


def ct_image(series: LiveSeries, live: Slice, protocol: CtProtocol, acquisition: int, instance: int, t: float) -> Dataset:
    """The dataset of one slice. acquisition, instance: counted from 1; t: seconds since the series began."""
    dataset = series.dataset(CTImageStorage, "CT", acquisition, instance, t)
    dataset.ImageType, dataset.ManufacturerModelName = ["ORIGINAL", "PRIMARY", "AXIAL"], "virtual CT"
    _place(dataset, live, protocol)
    _technique(dataset, protocol)
    _pixels(dataset, live, protocol)
    return dataset


def _place(dataset: Dataset, live: Slice, protocol: CtProtocol) -> None:
    plane = live.plane
    dataset.ImagePositionPatient = [decimal(c) for c in plane.origin]
    dataset.ImageOrientationPatient = [decimal(c, 8) for c in (*plane.u, *plane.v)]
    dataset.PixelSpacing = [decimal(plane.pitch[1]), decimal(plane.pitch[0])]
    dataset.SliceThickness = dataset.SpacingBetweenSlices = decimal(plane.thickness)
    dataset.SliceLocation = decimal(float(plane.origin @ plane.normal))
    dataset.GantryDetectorTilt = decimal(protocol.tilt_deg)


def _technique(dataset: Dataset, protocol: CtProtocol) -> None:
    dataset.KVP, dataset.XRayTubeCurrent, dataset.ExposureTime, dataset.Exposure = "120", 60, 500, 30
    dataset.CTDIvol = CTDI_MGY
    dataset.ReconstructionDiameter = decimal(protocol.field_mm)
    dataset.ConvolutionKernel = protocol.kernel
    dataset.RotationDirection = "CW"


def _pixels(dataset: Dataset, live: Slice, protocol: CtProtocol) -> None:
    stored = np.clip(np.rint(live.pixels - AIR_HU), 0, 65535).astype("<u2")
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = stored.shape
    dataset.BitsAllocated, dataset.PixelRepresentation = 16, 0
    dataset.BitsStored = 12 if protocol.top_hu - AIR_HU < 4096 else 16
    dataset.HighBit = dataset.BitsStored - 1
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = decimal(AIR_HU), "1", "HU"
    dataset.WindowCenter, dataset.WindowWidth = "300", "1500"
    dataset.PixelData = stored.tobytes()
