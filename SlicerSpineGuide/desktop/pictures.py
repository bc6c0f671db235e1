"""A picture of the views as they are, with the words in them: to be shown to somebody, marked as everything here."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import qt
from slicer.i18n import tr as _
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkIOImage import vtkPNGWriter
from vtkmodules.vtkRenderingCore import vtkWindowToImageFilter

from SlicerSpineGuide.errors import BadInput

GAP_PX = 4
Pixels = npt.NDArray[np.uint8]


def save_picture(windows: list[Any], folder: Path | None = None) -> Path:
    """The views' render windows side by side as a PNG in `folder`, by default among the person's pictures; its path.

    BadInput where there is no view of ours, or the folder cannot be written.
    """
    if not windows:
        raise BadInput(_("There is no view to take a picture of: choose a layout of the module."))
    target = folder or Path(qt.QStandardPaths.writableLocation(qt.QStandardPaths.PicturesLocation))
    path = target / f"spine-guide-{time.strftime('%Y%m%d-%H%M%S')}.png"
    try:
        target.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_png(side_by_side([pixels_of(window) for window in windows])))
    except OSError as error:
        raise BadInput(_("{path} cannot be written: {why}.").format(path=path, why=error.strerror)) from None
    return path


def pixels_of(window: Any) -> Pixels:
    """(rows, columns, 3): what a render window shows, the first row at the top."""
    grab = vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.SetInputBufferTypeToRGB()
    grab.ReadFrontBufferOff()
    grab.Update()
    image = grab.GetOutput()
    columns, rows = image.GetDimensions()[:2]
    pixels: Pixels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(rows, columns, 3)[::-1].copy()
    return pixels


def side_by_side(pictures: list[Pixels]) -> Pixels:
    """One picture from left to right, on black, their tops in one line."""
    rows = max(p.shape[0] for p in pictures)
    columns = sum(p.shape[1] for p in pictures) + GAP_PX * (len(pictures) - 1)
    canvas = np.zeros((rows, columns, 3), dtype=np.uint8)
    at = 0
    for picture in pictures:
        canvas[: picture.shape[0], at : at + picture.shape[1]] = picture
        at += picture.shape[1] + GAP_PX
    return canvas


def _png(pixels: Pixels) -> bytes:
    data = vtkImageData()
    data.SetDimensions(pixels.shape[1], pixels.shape[0], 1)
    data.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(pixels[::-1]).reshape(-1, 3), deep=True))
    writer = vtkPNGWriter()
    writer.SetInputData(data)
    writer.WriteToMemoryOn()
    writer.Write()
    return bytes(vtk_to_numpy(writer.GetResult()))
