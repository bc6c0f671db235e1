"""One patient under a C-arm of known pose, for the tests of fluoroscopy. The radiographs are the virtual C-arm's: another projector
than the registration's, a polychromatic beam, scatter, noise and a detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, Projection, apply, inverse, rigid, rigid_about
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.plan import InstrumentSpec
from SlicerSpineGuide.room.carm import CarmProtocol, expose
from SlicerSpineGuide.room.metal import Metal
from SlicerSpineGuide.room.projector import Attenuator, detector_points, metal_path_mm

T12 = np.array([16.9, 61.8, -258.6])
VIEWS = ((8.0, 4.0), (84.0, -6.0))
PROTOCOL = CarmProtocol(views=VIEWS, matrix=320, pitch_mm=0.7)


class Room:
    """One patient under a C-arm of known pose."""

    def __init__(self, volume: Volume, seed: int = 0) -> None:
        self.attenuator = Attenuator(volume)
        self.rng = np.random.default_rng(seed)
        self.truth = rigid_about(T12, [0.05, -0.06, 0.04], [4.0, -3.0, 5.0]) @ rigid(None, T12)

    def shoot(
        self,
        view: int,
        metal: Metal | Sequence[Metal] | None = None,
        protocol: CarmProtocol = PROTOCOL,
        pose: FloatArray | None = None,
    ) -> Radiograph:
        """What the C-arm tells, and the image of what its real pose (plan_from_live) sees."""
        metals = [metal] if isinstance(metal, Metal) else list(metal or [])
        told = protocol.projection(view)
        real = in_plan(told, self.truth if pose is None else pose)
        water, bone = self.attenuator.path_mm(real.source, detector_points(real))
        steel = metal_path_mm(metals, real.source, detector_points(real))
        return Radiograph(expose(water, bone, steel, protocol, self.rng).astype(np.float32), told)


def in_plan(projection: Projection, plan_from_live: FloatArray) -> Projection:
    move = plan_from_live[:3, :3]
    return replace(
        projection,
        source=apply(plan_from_live, projection.source),
        detector_centre=apply(plan_from_live, projection.detector_centre),
        u=move @ projection.u,
        v=move @ projection.v,
    )


def target_error(estimate: FloatArray | None, truth: FloatArray) -> FloatArray:
    """(3,): how far off the target is, planning-CT LPS."""
    assert estimate is not None
    return apply(estimate @ inverse(truth), T12) - T12


def mean_error(estimate: FloatArray | None, truth: FloatArray) -> float:
    assert estimate is not None
    points = T12 + 25 * np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return float(np.linalg.norm(apply(estimate @ inverse(truth), points) - points, axis=1).mean())


def drawn_error(projection: Projection, estimate: FloatArray, truth: FloatArray) -> float:
    """mm at the patient, about, by which what is drawn on a view by `estimate` misses what is seen."""
    points = T12 + 25 * np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    off = projection.project(apply(inverse(estimate), points)) - projection.project(apply(inverse(truth), points))
    return float(np.linalg.norm(off, axis=1).mean()) * projection.pitch[0] * 785 / 1180


SPECS = {
    "needle": InstrumentSpec(kind="needle", name="22G", diameter_mm=0.72, length_mm=150),
    "trocar": InstrumentSpec(kind="trocar", name="11G trocar", diameter_mm=3.05, length_mm=125),
    "screw": InstrumentSpec(kind="screw", name="6.5 mm screw", diameter_mm=6.5, length_mm=70),
}
