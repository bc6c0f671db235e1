"""Rigid transforms, image planes and the C-arm's projection.

Everything is in DICOM patient coordinates (LPS), millimetres, float64; points are (3,) or (N, 3); rigid transforms are (4, 4)
and named target_from_source, so that ``plan_from_live @ p_live = p_plan``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.translation import tr

FloatArray = npt.NDArray[np.float64]
Vector = Sequence[float] | npt.NDArray[Any]


def vector(values: Vector) -> FloatArray:
    """A (3,) float64 array; ValueError where `values` are not three finite numbers."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (3,) or not np.isfinite(array).all():
        raise ValueError(f"three finite numbers expected, got {values!r}")
    return array


def unit(direction: Vector) -> FloatArray:
    """`direction` scaled to length 1; ValueError where it has no length."""
    array = vector(direction)
    length = float(np.linalg.norm(array))
    if length < 1e-12:
        raise ValueError("a direction without length")
    return array / length


def rigid(rotation: npt.ArrayLike | None = None, translation: npt.ArrayLike | None = None) -> FloatArray:
    """The (4, 4) transform x -> rotation @ x + translation; what is left out is the identity."""
    matrix = np.eye(4)
    if rotation is not None:
        matrix[:3, :3] = rotation
    if translation is not None:
        matrix[:3, 3] = translation
    return matrix


def rigid_about(centre: Vector, rotation_vector: Vector, translation: Vector = (0, 0, 0)) -> FloatArray:
    """The (4, 4) transform x -> R (x - centre) + centre + translation, R from `rotation_vector` (rad, right-handed)."""
    rotation = rotation_from_vector(rotation_vector)
    c = vector(centre)
    return rigid(rotation, c - rotation @ c + vector(translation))


def inverse(matrix: FloatArray) -> FloatArray:
    """The inverse of a rigid (4, 4) transform, exactly rigid again."""
    rotation = matrix[:3, :3].T
    return rigid(rotation, -rotation @ matrix[:3, 3])


def apply(matrix: FloatArray, points: npt.ArrayLike) -> FloatArray:
    """`matrix` (4, 4) applied to points (3,) or (N, 3)."""
    p = np.asarray(points, dtype=np.float64)
    return p @ matrix[:3, :3].T + matrix[:3, 3]


def rotate(matrix: FloatArray, directions: npt.ArrayLike) -> FloatArray:
    """The rotation of `matrix` (4, 4) applied to directions (3,) or (N, 3)."""
    return np.asarray(directions, dtype=np.float64) @ matrix[:3, :3].T


def skew(v: Vector) -> FloatArray:
    """The (3, 3) matrix S with S @ x = v x x."""
    x, y, z = (float(c) for c in v)
    return np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]], dtype=np.float64)


def rotation_from_vector(rotation_vector: Vector) -> FloatArray:
    """The (3, 3) rotation about `rotation_vector` by its length in radians (Rodrigues)."""
    w = vector(rotation_vector)
    angle = float(np.linalg.norm(w))
    if angle < 1e-12:
        return np.eye(3) + skew(w)
    k = skew(w / angle)
    return np.asarray(np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k)


def vector_from_rotation(rotation: FloatArray) -> FloatArray:
    """The rotation vector (rad, length in [0, pi]) of a (3, 3) rotation, or of a (4, 4) rigid transform."""
    r = rotation[:3, :3]
    w = np.array([r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]]) / 2
    sine, cosine = float(np.linalg.norm(w)), float((np.trace(r) - 1) / 2)
    if sine > 1e-7:
        return w / sine * np.arctan2(sine, cosine)
    if cosine > 0:
        return w
    axis = np.linalg.svd(r - np.eye(3))[2][2]  # half a turn: the axis is what r leaves in place, its sign is free
    return axis * np.pi


def is_rigid(matrix: FloatArray, tolerance: float = 1e-6) -> bool:
    """Whether `matrix` is a (4, 4) rotation and translation, right-handed."""
    r = matrix[:3, :3]
    return bool(
        matrix.shape == (4, 4)
        and np.isfinite(matrix).all()
        and np.allclose(r @ r.T, np.eye(3), atol=tolerance)
        and np.linalg.det(r) > 0
        and np.allclose(matrix[3], (0, 0, 0, 1), atol=tolerance)
    )


def angle_deg(a: Vector, b: Vector) -> float:
    """The angle between two directions, 0 to 180 degrees."""
    ua, ub = unit(a), unit(b)
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(ua - ub), np.linalg.norm(ua + ub))))


def distance_to_line(point: Vector, through: Vector, direction: Vector) -> float:
    """The distance in mm from `point` to the infinite line through `through` along `direction`."""
    d = unit(direction)
    offset = vector(point) - vector(through)
    return float(np.linalg.norm(offset - d * (offset @ d)))


@dataclass(frozen=True, eq=False)
class ImagePlane:
    """Where the pixels of one slice are (DICOM PS3.3 C.7.6.2, Image Plane Module).

    origin: centre of the first pixel; u: unit vector along which the column index grows; v: along which the row index grows;
    pitch: mm between columns and between rows; size: columns, rows; thickness: mm.
    """

    origin: FloatArray
    u: FloatArray
    v: FloatArray
    pitch: tuple[float, float]
    size: tuple[int, int]
    thickness: float = 1.0
    normal: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "normal", np.cross(self.u, self.v))

    @property
    def lps_from_index(self) -> FloatArray:
        """(4, 4): (column, row, mm along the normal) -> LPS."""
        matrix = np.eye(4)
        matrix[:3, 0] = self.u * self.pitch[0]
        matrix[:3, 1] = self.v * self.pitch[1]
        matrix[:3, 2] = self.normal
        matrix[:3, 3] = self.origin
        return matrix

    def to_lps(self, pixels: npt.ArrayLike) -> FloatArray:
        """LPS points (..., 3) of (column, row) pixel coordinates (..., 2)."""
        p = np.asarray(pixels, dtype=np.float64)
        return self.origin + p[..., :1] * (self.u * self.pitch[0]) + p[..., 1:2] * (self.v * self.pitch[1])

    def to_pixels(self, points: npt.ArrayLike) -> FloatArray:
        """(..., 3): column, row, and signed mm from the plane along its normal, of LPS points (..., 3)."""
        offset = np.asarray(points, dtype=np.float64) - self.origin
        return np.stack((offset @ self.u / self.pitch[0], offset @ self.v / self.pitch[1], offset @ self.normal), axis=-1)

    @property
    def centre(self) -> FloatArray:
        return self.to_lps([(self.size[0] - 1) / 2, (self.size[1] - 1) / 2])

    @classmethod
    def from_dicom(cls, dataset: Any) -> ImagePlane:
        """From ImagePositionPatient, ImageOrientationPatient, PixelSpacing, Rows, Columns and SliceThickness.

        The gantry tilt is in the orientation; the Gantry/Detector Tilt attribute is not read, because it often disagrees.
        BadInput where an attribute is missing or impossible.
        """
        position = _numbers(dataset, "ImagePositionPatient", 3)
        cosines = _numbers(dataset, "ImageOrientationPatient", 6)
        spacing = _numbers(dataset, "PixelSpacing", 2)
        u, v = cosines[:3], cosines[3:]
        lengths = np.linalg.norm(u), np.linalg.norm(v)
        if min(lengths) < 0.9 or max(lengths) > 1.1 or abs(u @ v) > 1e-2:
            raise BadInput(tr("ImageOrientationPatient {value} is not two perpendicular unit vectors.").format(value=cosines.tolist()))
        u = unit(u)
        v = unit(v - u * (u @ v))
        if spacing.min() <= 0:
            raise BadInput(tr("PixelSpacing {value} is not two positive lengths.").format(value=spacing.tolist()))
        rows, columns = int(dataset.get("Rows") or 0), int(dataset.get("Columns") or 0)
        if rows < 2 or columns < 2:
            raise BadInput(tr("Rows and Columns are {rows} and {columns}: no image.").format(rows=rows, columns=columns))
        thickness = float(dataset.get("SliceThickness") or 1.0)
        return cls(position, u, v, (float(spacing[1]), float(spacing[0])), (columns, rows), thickness if thickness > 0 else 1.0)


def _numbers(dataset: Any, keyword: str, count: int) -> FloatArray:
    value = dataset.get(keyword)
    try:
        numbers = np.array([float(v) for v in value], dtype=np.float64)
    except (TypeError, ValueError):
        numbers = np.empty(0)
    if numbers.shape != (count,) or not np.isfinite(numbers).all():
        raise BadInput(tr("{keyword} is missing or is not {count} numbers.").format(keyword=keyword, count=count))
    return numbers


@dataclass(frozen=True, eq=False)
class Projection:
    """One X-ray projection: a point source and a flat detector, in isocentre-centred LPS.

    source, detector_centre: (3,); u: unit vector along which the column index grows; v: along which the row index grows;
    pitch: mm on the detector between columns and between rows; size: columns, rows.
    """

    source: FloatArray
    detector_centre: FloatArray
    u: FloatArray
    v: FloatArray
    pitch: tuple[float, float]
    size: tuple[int, int]

    @classmethod
    def from_angles(
        cls,
        primary_deg: float,
        secondary_deg: float,
        source_to_detector: float,
        source_to_isocentre: float,
        pitch: tuple[float, float],
        size: tuple[int, int],
    ) -> Projection:
        """From the positioner's angles (DICOM PS3.3 C.8.7.5: primary + towards LAO, secondary + cranial) and distances in mm."""
        a, b = np.radians(primary_deg), np.radians(secondary_deg)
        d = np.array([np.sin(a) * np.cos(b), -np.cos(a) * np.cos(b), np.sin(b)])
        u = np.array([np.cos(a), np.sin(a), 0.0])
        return cls(-source_to_isocentre * d, (source_to_detector - source_to_isocentre) * d, u, np.cross(u, d), pitch, size)

    @property
    def normal(self) -> FloatArray:
        """Unit vector from the source to the detector, perpendicular to the detector."""
        return np.cross(self.v, self.u)

    @property
    def source_to_detector(self) -> float:
        return float((self.detector_centre - self.source) @ self.normal)

    @property
    def matrix(self) -> FloatArray:
        """(3, 4): homogeneous LPS -> homogeneous (column, row, 1)."""
        centre = np.array([(self.size[0] - 1) / 2, (self.size[1] - 1) / 2])
        axis = np.array([self.u / self.pitch[0], self.v / self.pitch[1]])
        sid = self.source_to_detector
        principal = centre - axis @ (self.detector_centre - self.source)
        rows = np.vstack([sid * axis + np.outer(principal, self.normal), self.normal])
        return np.hstack([rows, -rows @ self.source[:, None]])

    def project(self, points: npt.ArrayLike) -> FloatArray:
        """(column, row) pixel coordinates (..., 2) of LPS points (..., 3) in front of the source."""
        p = np.asarray(points, dtype=np.float64)
        h = p @ self.matrix[:, :3].T + self.matrix[:, 3]
        return np.asarray(h[..., :2] / h[..., 2:])

    def to_detector(self, pixels: npt.ArrayLike) -> FloatArray:
        """LPS points (..., 3) on the detector of (column, row) pixel coordinates (..., 2)."""
        p = np.asarray(pixels, dtype=np.float64) - [(self.size[0] - 1) / 2, (self.size[1] - 1) / 2]
        return self.detector_centre + p[..., :1] * (self.u * self.pitch[0]) + p[..., 1:2] * (self.v * self.pitch[1])

    def ray(self, pixels: npt.ArrayLike) -> FloatArray:
        """Unit directions (..., 3) from the source through (column, row) pixel coordinates (..., 2)."""
        direction = self.to_detector(pixels) - self.source
        return np.asarray(direction / np.linalg.norm(direction, axis=-1, keepdims=True))
