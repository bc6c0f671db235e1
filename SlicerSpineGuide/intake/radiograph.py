"""X-ray images (XA, RF, CR, DX, their Enhanced forms, Secondary Capture) -> radiographs linear in intensity, with their geometry.

Geometry is CASE_FORMAT's: the isocentre is the origin, it projects onto the image's centre unless an Enhanced object states where,
angles are relative to the patient. Pixels are turned so that columns grow along Projection.u and rows along Projection.v, as
PatientOrientation, where present, tells; a Projection is never mirrored.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, Projection
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.intake.stamps import functional_group
from SlicerSpineGuide.pixels import decode_pixels
from SlicerSpineGuide.translation import tr

_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_LETTERS = {"L": (1, 0, 0), "R": (-1, 0, 0), "P": (0, 1, 0), "A": (0, -1, 0), "H": (0, 0, 1), "F": (0, 0, -1)}


def read_radiographs(dataset: Any) -> list[Radiograph]:
    """The frames of an X-ray dataset, in its order.

    Radiograph.projection is None, with the reason as a sentence, where the geometry is missing or impossible: such an image can be
    shown, never measured on. BadInput: the pixels cannot be decoded, or are no image.
    """
    stack = _stored_values(dataset)
    return [_radiograph(dataset, stored, frame) for frame, stored in enumerate(stack)]


def _radiograph(dataset: Any, stored: npt.NDArray[Any], frame: int) -> Radiograph:
    intensity = _intensity(dataset, stored, frame)
    rows, columns = intensity.shape
    try:
        projection = _projection(dataset, frame, (columns, rows))
        offset = _isocentre_offset(dataset, frame, (columns, rows))
    except BadInput as error:
        return Radiograph(intensity, None, str(error))
    turn = _turn(dataset, frame, projection)
    if turn is None:
        reason = tr("PatientOrientation does not fit the positioner's angles, so nothing is measured on this image.")
        return Radiograph(intensity, None, reason)
    turned = np.ascontiguousarray(_apply_turn(intensity, turn))
    transpose, flip_columns, flip_rows = turn
    if transpose:  # rows and columns change places: the geometry is that of the turned image
        projection = _projection(dataset, frame, (rows, columns), transposed=True)
        offset = offset[::-1]
    across, down = offset[0] * (-1 if flip_columns else 1), offset[1] * (-1 if flip_rows else 1)
    centre = projection.detector_centre - projection.u * across * projection.pitch[0] - projection.v * down * projection.pitch[1]
    return Radiograph(turned, replace(projection, detector_centre=centre))


def _isocentre_offset(dataset: Any, frame: int, size: tuple[int, int]) -> tuple[float, float]:
    """(columns, rows) from the image's centre to where the isocentre projects.

    An Enhanced image states it in elements of the physical detector, of which the image is a part that was rotated clockwise, then
    mirrored (PS3.3 C.8.19.5, C.8.19.6.6, C.8.7.5.1.3 to .5); without it is the centre.
    """
    field = functional_group(dataset, frame, "FieldOfViewSequence") or dataset
    pixel = functional_group(dataset, frame, "FramePixelDataPropertiesSequence") or dataset
    rotation, mirrored = _rotation(field), str(field.get("FieldOfViewHorizontalFlip") or "NO") == "YES"
    if (rotation or mirrored) and _stated_orientation(dataset, frame) is None:
        raise BadInput(tr("The image was turned or mirrored after it was taken, and PatientOrientation does not say how it lies now."))
    try:
        down, across = (float(v) for v in dataset.get("PositionOfIsocenterProjection"))
    except (TypeError, ValueError):
        return 0.0, 0.0
    try:
        origin = [float(v) for v in field.get("FieldOfViewOrigin") or (0.0, 0.0)]
        element = [float(v) for v in dataset.get("DetectorElementSpacing") or dataset.get("DetectorElementPhysicalSize")]
    except (TypeError, ValueError):
        raise BadInput(tr("DetectorElementSpacing or FieldOfViewOrigin is missing, so the isocentre's place is unknown.")) from None
    pitch = _pitch(pixel, dataset)
    columns, rows = size if rotation % 180 == 0 else size[::-1]
    pitch = pitch if rotation % 180 == 0 else pitch[::-1]
    # from the middle of the field, in pixels, before it was turned
    y = (down - origin[0] + 0.5) * element[0] / pitch[1] - rows / 2
    x = (across - origin[1] + 0.5) * element[1] / pitch[0] - columns / 2
    for _ in range(rotation // 90):
        x, y = -y, x
    return -x if mirrored else x, y


def _rotation(field: Any) -> int:
    """FieldOfViewRotation: 0, 90, 180 or 270 degrees clockwise."""
    try:
        turned = float(field.get("FieldOfViewRotation") or 0) % 360
    except (TypeError, ValueError):
        turned = -1.0
    if turned not in (0, 90, 180, 270):
        raise BadInput(tr("FieldOfViewRotation is none of 0, 90, 180 and 270, so nothing is measured on this image."))
    return int(turned)


def _stored_values(dataset: Any) -> npt.NDArray[Any]:
    """(frames, rows, columns) of stored values: colour as luminance, bits outside BitsStored (overlays) masked."""
    pixels = decode_pixels(dataset)
    if int(dataset.get("SamplesPerPixel") or 1) >= 3:
        pixels = pixels[..., :3].astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    frames = int(dataset.get("NumberOfFrames") or 1)
    stack = pixels.reshape((frames, *pixels.shape[-2:])) if pixels.ndim <= 3 else pixels
    if stack.ndim != 3 or min(stack.shape[1:]) < 2:
        raise BadInput(tr("the pixels have the shape {shape}, which is no image.").format(shape=pixels.shape))
    if stack.dtype.kind == "f":
        return stack
    allocated, stored = int(dataset.get("BitsAllocated") or 16), int(dataset.get("BitsStored") or 16)
    high = int(dataset.get("HighBit") or stored - 1)
    if not 1 <= stored <= allocated or high >= allocated or stored == allocated:
        return stack
    bits = stack.astype(np.int64) >> max(0, high - stored + 1)
    bits &= (1 << stored) - 1
    if int(dataset.get("PixelRepresentation") or 0):
        bits -= (bits >> (stored - 1)) << stored
    return bits.astype(np.int32)


def _intensity(dataset: Any, stored: npt.NDArray[Any], frame: int) -> npt.NDArray[np.float32]:
    """Stored values -> values that grow linearly with the detected X-ray intensity (PS3.3 C.8.7.1.1.2 and C.8.11.3.1.2).

    LOG without a table is undone on the assumption that the full range of the stored bits spans as many octaves as there are bits:
    the scale of the logarithm is then a constant factor, the shape is right.
    """
    properties = functional_group(dataset, frame, "FramePixelDataPropertiesSequence") or dataset
    relationship = str(properties.get("PixelIntensityRelationship") or "").upper()
    values = stored.astype(np.float32)
    top = float((1 << int(dataset.get("BitsStored") or 16)) - 1)
    if int(dataset.get("PixelRepresentation") or 0):
        values += (top + 1) / 2
    if relationship == "LOG" and (table := _modality_lut(dataset)) is not None:
        entries, first = table
        return entries[np.clip(stored.astype(np.int64) - first, 0, len(entries) - 1)]
    sign = properties.get("PixelIntensityRelationshipSign")
    if int(sign) < 0 if sign not in (None, "") else str(dataset.get("PhotometricInterpretation")) == "MONOCHROME1":
        values = top - values
    if relationship == "LOG":
        octaves = float(dataset.get("BitsStored") or 16)
        values = np.exp2(values * np.float32(octaves / top)) - 1
    return np.asarray(values, dtype=np.float32)


def _modality_lut(dataset: Any) -> tuple[npt.NDArray[np.float32], int] | None:
    sequence = dataset.get("ModalityLUTSequence")
    if not sequence:
        return None
    try:
        count, first, bits = (int(v) for v in sequence[0].LUTDescriptor)
        data = sequence[0].LUTData
        entries = np.frombuffer(data, dtype="<u2") if isinstance(data, bytes) else np.asarray(data)
    except (AttributeError, TypeError, ValueError):
        return None
    count = count or 65536
    return (entries[:count].astype(np.float32), first) if len(entries) >= count and bits else None


def _projection(dataset: Any, frame: int, size: tuple[int, int], transposed: bool = False) -> Projection:
    """CASE_FORMAT's 'Projection geometry' from the tags (PS3.3 C.8.7.5, C.8.19.6); BadInput says what is missing or impossible."""
    if str(dataset.get("SOPClassUID", "")).startswith(_CAPTURE):
        raise BadInput(tr("This is a Secondary Capture, which has no geometry: it is shown and nothing is measured on it."))
    positioner = functional_group(dataset, frame, "PositionerPositionSequence") or dataset
    isocentre = functional_group(dataset, frame, "IsocenterReferenceSystemSequence") or dataset
    geometry = functional_group(dataset, frame, "XRayGeometrySequence") or dataset
    pixel = functional_group(dataset, frame, "FramePixelDataPropertiesSequence") or dataset
    primary = _angle(positioner, "PositionerPrimaryAngle", isocentre, "PositionerIsocenterPrimaryAngle", dataset, frame)
    secondary = _angle(positioner, "PositionerSecondaryAngle", isocentre, "PositionerIsocenterSecondaryAngle", dataset, frame)
    sid = _length(geometry, "DistanceSourceToDetector", dataset)
    sod = _length(geometry, "DistanceSourceToIsocenter", dataset, "DistanceSourceToPatient")
    if sod >= sid:
        raise BadInput(
            tr("DistanceSourceToPatient {sod:g} mm is not less than DistanceSourceToDetector {sid:g} mm.").format(sod=sod, sid=sid)
        )
    pitch = _pitch(pixel, dataset)
    pitch = pitch[::-1] if transposed else pitch
    return Projection.from_angles(primary, secondary, sid, sod, (pitch[0], pitch[1]), size)


def _angle(first: Any, keyword: str, second: Any, other: str, dataset: Any, frame: int) -> float:
    value = first.get(keyword)
    if value in (None, ""):
        value = second.get(other)
    if value in (None, ""):
        raise BadInput(tr("{keyword} is missing, so nothing is measured on this image.").format(keyword=keyword))
    increments = dataset.get(keyword + "Increment")
    step = 0.0
    if increments not in (None, "") and frame:
        steps = [float(v) for v in (increments if hasattr(increments, "__len__") else [increments])]
        step = steps[0] * frame if len(steps) == 1 else sum(steps[: frame + 1])
    angle = float(value) + step
    if not np.isfinite(angle) or abs(angle) > 360:
        raise BadInput(tr("{keyword} {value} is no angle, so nothing is measured on this image.").format(keyword=keyword, value=value))
    return angle


def _length(first: Any, keyword: str, dataset: Any, other: str = "") -> float:
    value: Any = first.get(keyword) or dataset.get(keyword) or (dataset.get(other) if other else None)
    try:
        length = float(value)
    except (TypeError, ValueError):
        length = 0.0
    if not np.isfinite(length) or not 100 <= length <= 3000:
        name = other or keyword
        raise BadInput(tr("{keyword} is missing or no length, so nothing is measured on this image.").format(keyword=name))
    return length


def _pitch(pixel: Any, dataset: Any) -> tuple[float, float]:
    """mm on the detector between columns and between rows (ImagerPixelSpacing states rows first)."""
    spacing = pixel.get("ImagerPixelSpacing") or dataset.get("ImagerPixelSpacing")
    try:
        between_rows, between_columns = (float(v) for v in spacing)
    except (TypeError, ValueError):
        between_rows = between_columns = 0.0
    if not (0.01 <= between_rows <= 10 and 0.01 <= between_columns <= 10):
        raise BadInput(tr("ImagerPixelSpacing is missing or impossible, so nothing is measured on this image."))
    return between_columns, between_rows


def _turn(dataset: Any, frame: int, projection: Projection) -> tuple[bool, bool, bool] | None:
    """(transpose, then flip columns, flip rows) that PatientOrientation asks for; None where it contradicts the angles."""
    stated = _stated_orientation(dataset, frame)
    if stated is None:
        return False, False, False
    along_columns, along_rows = stated
    transpose = abs(along_columns @ projection.u) < abs(along_columns @ projection.v)
    u_like, v_like = (along_rows, along_columns) if transpose else (along_columns, along_rows)
    across, down = float(u_like @ projection.u), float(v_like @ projection.v)
    if min(abs(across), abs(down)) < 0.3:
        return None
    return bool(transpose), across < 0, down < 0


def _stated_orientation(dataset: Any, frame: int) -> tuple[FloatArray, FloatArray] | None:
    """The directions in which columns and rows grow, by PatientOrientation; None where it is missing or no directions."""
    item = functional_group(dataset, frame, "PatientOrientationInFrameSequence") or dataset
    value = item.get("PatientOrientation")
    if value is None or value == "" or len(value) != 2 or not all(str(v).strip() for v in value):
        return None
    along_columns, along_rows = (_direction(str(v)) for v in value)
    return None if along_columns is None or along_rows is None else (along_columns, along_rows)


def _direction(letters: str) -> FloatArray | None:
    """The direction that letters such as "LA" name, the first letter weighing most; None for other text (PS3.3 C.7.6.1.1.1)."""
    known = [_LETTERS.get(letter) for letter in letters.strip().upper()]
    if not known or None in known:
        return None
    total = sum(np.array(v, dtype=np.float64) / (1 + 0.7 * i) for i, v in enumerate(known) if v is not None)
    return np.asarray(total / np.linalg.norm(total))


def _apply_turn(pixels: npt.NDArray[np.float32], turn: tuple[bool, bool, bool]) -> npt.NDArray[np.float32]:
    transpose, flip_columns, flip_rows = turn
    turned = pixels.T if transpose else pixels
    turned = turned[:, ::-1] if flip_columns else turned
    return turned[::-1] if flip_rows else turned
