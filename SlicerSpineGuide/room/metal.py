"""Instruments as solids of metal, and how much of each pixel of a slice they fill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, ImagePlane, unit
from SlicerSpineGuide.plan import InstrumentSpec

STEEL_HU = 9000.0  # effective, after a scanner's beam hardening: far above what 12 bits hold
TITANIUM_HU = 6500.0
SUBPIXELS = 3  # per pixel and direction
SUBSLICE_MM = 0.2
DISTAL_DEG = 30.0  # half the opening angle of a trocar's or a screw's point
BEVEL_DEG = 20.0  # a needle's bevel against its axis
THREAD_PITCH_MM = 2.5
THREAD_DEPTH = 0.3  # of the radius
HEAD_LENGTH_MM = 14.0
TUBE_WALL_MM = 1.0


@dataclass(frozen=True, eq=False)
class Metal:
    """One instrument in the patient: its distal point `tip` (3,) and `axis` (3,), the unit vector from hub to tip, in LPS mm.

    bend_mm: how far the hub end has left the straight line through the tip along the axis, across it (a parabola: the tip's
    tangent is the axis).
    """

    spec: InstrumentSpec
    tip: FloatArray
    axis: FloatArray
    bend_mm: float = 0.0

    @property
    def hu(self) -> float:
        return TITANIUM_HU if self.spec.kind == "screw" else STEEL_HU

    @property
    def length_mm(self) -> float:
        """From the tip to the rear end, a screw's head included."""
        return self.spec.length_mm + (HEAD_LENGTH_MM if self.spec.kind == "screw" else 0.0)

    @property
    def reach_mm(self) -> float:
        """No metal is farther than this from the straight axis."""
        return self.spec.diameter_mm / 2 * (1.6 if self.spec.kind == "screw" else 1.0) + abs(self.bend_mm)

    def moved(self, matrix: FloatArray) -> Metal:
        """The same instrument after a rigid (4, 4) transform."""
        return Metal(self.spec, matrix[:3, :3] @ self.tip + matrix[:3, 3], matrix[:3, :3] @ self.axis, self.bend_mm)

    def frame(self) -> tuple[FloatArray, FloatArray]:
        """Two unit vectors across the axis; a bend and a bevel lie along the first."""
        aside = np.eye(3)[int(np.argmin(np.abs(self.axis)))]
        first = unit(np.cross(self.axis, aside))
        return first, np.cross(self.axis, first)

    def inside(self, points: FloatArray) -> npt.NDArray[np.bool_]:
        """Whether LPS points (N, 3) are in metal."""
        offset = points - self.tip
        behind = -(offset @ self.axis)
        first, second = self.frame()
        x = offset @ first - self.bend_mm * (np.clip(behind, 0, None) / self.spec.length_mm) ** 2
        radial = np.hypot(x, offset @ second)
        return np.asarray((behind >= 0) & (behind <= self.length_mm) & self._in_section(behind, x, radial))

    def _in_section(self, behind: FloatArray, x: FloatArray, radial: FloatArray) -> npt.NDArray[np.bool_]:
        radius = self.spec.diameter_mm / 2
        if self.spec.kind == "tube":
            return np.asarray((radial <= radius) & (radial >= radius - TUBE_WALL_MM))
        if self.spec.kind == "needle":
            bevel = (x + radius) / np.tan(np.radians(BEVEL_DEG))
            return np.asarray((radial <= radius) & (behind >= bevel))
        cone = behind * np.tan(np.radians(DISTAL_DEG))
        if self.spec.kind == "trocar":
            return np.asarray(radial <= np.minimum(radius, cone))
        wave = 0.5 + 0.5 * np.cos(2 * np.pi * behind / THREAD_PITCH_MM)
        shaft = radius * (1 - THREAD_DEPTH * wave)
        return np.asarray(radial <= np.where(behind > self.spec.length_mm, 1.6 * radius, np.minimum(shaft, cone)))


def metal_fraction(metal: Metal, plane: ImagePlane) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], FloatArray]:
    """Rows, columns and the part (0 to 1) of each pixel of a slice that is metal, through the slice's whole thickness.

    The slice's sensitivity profile is a trapezoid whose width at half height is the slice's thickness. `metal` and `plane` share
    one coordinate system. Pixels without metal are left out. Supersampled 3 x 3 in the plane and every 0.2 mm across it.
    """
    rows, columns = _pixels_near(metal, plane)
    if not len(rows):
        return rows, columns, np.zeros(0)
    steps = (np.arange(SUBPIXELS) + 0.5) / SUBPIXELS - 0.5
    across, weights = sensitivity(plane.thickness, max(6, int(np.ceil(plane.thickness / SUBSLICE_MM))))
    du, dv = np.meshgrid(steps * plane.pitch[0], steps * plane.pitch[1])
    sub = du.reshape(-1, 1) * plane.u + dv.reshape(-1, 1) * plane.v
    centres = plane.to_lps(np.stack([columns, rows], axis=-1))
    points = (centres[:, None, :] + sub).reshape(-1, 3)
    filled = np.zeros(len(points))
    for height, weight in zip(across, weights, strict=True):
        filled += weight * metal.inside(points + height * plane.normal)
    fraction = filled.reshape(len(rows), -1).mean(axis=1)
    some = fraction > 0
    return rows[some], columns[some], fraction[some]


def sensitivity(thickness: float, steps: int) -> tuple[FloatArray, FloatArray]:
    """Offsets across a slice (mm) and their weights (sum 1): `steps` intervals over the thickness, the two ends at half weight."""
    offsets = np.linspace(-thickness / 2, thickness / 2, steps + 1)
    weights = np.full(steps + 1, 1.0 / steps)
    weights[[0, -1]] /= 2
    return offsets, weights


def _pixels_near(metal: Metal, plane: ImagePlane) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows and columns of the pixels that the instrument may touch."""
    columns, rows = np.meshgrid(np.arange(plane.size[0]), np.arange(plane.size[1]))
    offset = plane.to_lps(np.stack([columns, rows], axis=-1)) - metal.tip
    behind = -(offset @ metal.axis)
    distance = np.linalg.norm(offset + behind[..., None] * metal.axis, axis=-1)
    slack = plane.thickness / 2 + max(plane.pitch)
    near = (distance <= metal.reach_mm + slack) & (behind >= -slack) & (behind <= metal.length_mm + slack)
    found = np.nonzero(near)
    return found[0], found[1]
