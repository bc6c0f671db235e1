"""A start of the registration set by a person: the pose moved step by step, or found from landmark pairs. The image judges it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, Projection, apply, inverse, rigid, vector, vector_from_rotation
from SlicerSpineGuide.registration.landmarks import fit_landmarks, nudge
from SlicerSpineGuide.registration.xray_landmarks import Landmark, from_landmarks
from SlicerSpineGuide.translation import tr

TOWARDS: dict[str, tuple[float, float, float]] = {
    "L": (1, 0, 0), "R": (-1, 0, 0), "P": (0, 1, 0), "A": (0, -1, 0), "H": (0, 0, 1), "F": (0, 0, -1),
}  # fmt: skip
LEAST_PROJECTED = 2  # landmarks in radiographs; what they leave open stays as the C-arm's angles have it


@dataclass(frozen=True, eq=False)
class Nudged:
    """A pose on its way: where it began (plan_from_live), and how far it has been moved (mm) and turned (degrees) along L, P, S."""

    began: FloatArray
    centre: FloatArray
    moved_mm: FloatArray = field(default_factory=lambda: np.zeros(3))
    turned_deg: FloatArray = field(default_factory=lambda: np.zeros(3))

    def move(self, towards: str, mm: float) -> Nudged:
        """Towards a side of the patient: L, R, A, P, H or F."""
        return replace(self, moved_mm=self.moved_mm + mm * np.array(TOWARDS[towards]))

    def turn(self, about: str, degrees: float) -> Nudged:
        """About the axis that points to a side of the patient, through the target."""
        return replace(self, turned_deg=self.turned_deg + degrees * np.array(TOWARDS[about]))

    @property
    def pose(self) -> FloatArray:
        """plan_from_live (4, 4)."""
        return nudge(self.began, self.centre, tuple(self.moved_mm), tuple(self.turned_deg))


@dataclass(frozen=True, eq=False)
class Apart:
    """How far two poses lie from each other at the target: mm, and the angle of the turn between them in degrees."""

    mm: float
    degrees: float


def apart(a: FloatArray, b: FloatArray, target: FloatArray) -> Apart:
    """Between two plan_from_live (4, 4), at the target (3,) in plan coordinates."""
    between = b @ inverse(a)
    turned = np.degrees(np.linalg.norm(vector_from_rotation(between[:3, :3])))
    return Apart(float(np.linalg.norm(apply(between, target) - target)), float(turned))


def assumed_pose(target: FloatArray, projected: bool) -> FloatArray:
    """Where the patient is taken to be before anything is known: as in the planning CT; under X-ray the target in the isocentre."""
    return rigid(None, target) if projected else np.eye(4)


@dataclass(frozen=True, eq=False)
class Marked:
    """A landmark: in the live image (a point in live LPS; on a radiograph a point of its detector plane) and in the plan, or not yet.

    projection: the C-arm of the radiograph it was marked on, None for CT.
    """

    live: FloatArray | None = None
    plan: FloatArray | None = None
    projection: Projection | None = None

    @property
    def complete(self) -> bool:
        return self.live is not None and self.plan is not None


@dataclass(frozen=True, eq=False)
class LandmarkStart:
    """plan_from_live (4, 4), and how far each landmark lies from its partner under it: mm in CT, mm at the detector under X-ray."""

    pose: FloatArray
    residuals_mm: FloatArray


def start_from_landmarks(marks: Sequence[Marked], target: FloatArray) -> LandmarkStart:
    """The pose under which the complete pairs fit best. BadInput where they do not fix one."""
    pairs = [m for m in marks if m.complete]
    if pairs and all(m.projection is not None for m in pairs):
        return _projected(pairs, target)
    fit = fit_landmarks([_point(m.live) for m in pairs], [_point(m.plan) for m in pairs])
    return LandmarkStart(fit.plan_from_live, fit.residuals_mm)


def _projected(pairs: Sequence[Marked], target: FloatArray) -> LandmarkStart:
    if len(pairs) < LEAST_PROJECTED:
        raise BadInput(tr("{n} landmark pairs do not fix a position: mark at least 2.").format(n=len(pairs)))
    landmarks = [Landmark(p, p.project(_point(m.live)), _point(m.plan)) for m in pairs if (p := m.projection) is not None]
    pose = from_landmarks(landmarks, target)
    off = [(k.projection.project(apply(inverse(pose), k.plan)) - k.pixel) * k.projection.pitch for k in landmarks]
    return LandmarkStart(pose, np.linalg.norm(np.array(off), axis=1))


def _point(value: FloatArray | None) -> FloatArray:
    assert value is not None
    return vector(value)
