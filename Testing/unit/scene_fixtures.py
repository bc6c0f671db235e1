"""Updates of real types over the test data's CT, for what draws them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, ImagePlane, apply, inverse, rigid_about, unit
from SlicerSpineGuide.guidance.types import Alert, Deviation, StepTimes, Update
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.intake.frame import Frame, LiveImage
from SlicerSpineGuide.plan import InstrumentSpec, Plan, PlanningCt, Trajectory
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.instrument import Instrument

PATIENT = "LIDC-IDRI-0001"


def planning_of(volume: Volume) -> PlanningCt:
    return PlanningCt(volume, PATIENT, "1.2.3", "1.2.4", "HFS")


def plan_in(volume: Volume) -> Plan:
    """Two posterior paths of 70 mm to the middle of the volume, from either side."""
    middle = apply(volume.lps_from_index, (np.array(volume.size) - 1) / 2)
    trocar = InstrumentSpec(kind="trocar", name="11G trocar", diameter_mm=3.05, length_mm=125)
    paths = []
    for side, shift in (("right", -30.0), ("left", 30.0)):
        entry = middle + unit([shift, 70.0, 6.0]) * 70.0
        paths.append(
            Trajectory(id=side, label=f"T12 {side}", level="T12", instrument=trocar, entry_lps=tuple(entry), target_lps=tuple(middle))
        )
    return Plan(
        patient_id=PATIENT, series_instance_uid="1.2.3", frame_of_reference_uid="1.2.4", procedure="vertebroplasty",
        trajectories=tuple(paths),
    )  # fmt: skip


def tilted_plane(through: FloatArray, tilt_deg: float = 12.0, size: int = 200, pitch: float = 0.6) -> ImagePlane:
    """An axial plane turned about the patient's left-right axis, as a gantry tilts, with `through` in its middle."""
    a = np.radians(tilt_deg)
    u, v = np.array([1.0, 0, 0]), np.array([0, np.cos(a), np.sin(a)])
    return ImagePlane(through - (u + v) * pitch * (size - 1) / 2, u, v, (pitch, pitch), (size, size), 3.0)


def pose_near(point: FloatArray) -> FloatArray:
    """plan_from_live of a patient who moved a little."""
    return rigid_about(point, (0.03, -0.02, 0.05), (3.0, -2.0, 4.0))


def live_slice(volume: Volume, plane: ImagePlane, plan_from_live: FloatArray) -> Slice:
    """What a scanner would see in `plane` of the moved patient, by SimpleITK."""
    motion = sitk.AffineTransform(3)
    motion.SetMatrix(plan_from_live[:3, :3].ravel().tolist())
    motion.SetTranslation(plan_from_live[:3, 3].tolist())
    direction = np.stack([plane.u, plane.v, plane.normal], axis=1).ravel().tolist()
    image = sitk.Resample(
        volume.to_sitk(), (*plane.size, 1), motion, sitk.sitkLinear, plane.origin.tolist(), [*plane.pitch, 1.0], direction,
        -1000.0, sitk.sitkFloat32,
    )  # fmt: skip
    return Slice(sitk.GetArrayFromImage(image)[0], plane)


def update_at(
    volume: Volume,
    plan: Plan,
    depth_mm: float = 20.0,
    lateral_mm: float = 1.0,
    index: int = 0,
    pose: FloatArray | None = None,
    alerts: tuple[Alert, ...] = (),
    tilt_deg: float = 12.0,
) -> Update:
    """A locked frame with a trocar `depth_mm` before the target and `lateral_mm` beside the path."""
    path = plan.trajectory()
    plan_from_live = pose_near(path.target) if pose is None else pose
    plane = tilted_plane(apply(inverse(plan_from_live), path.target - 15 * path.direction), tilt_deg)
    image = LiveImage(
        Path("x.dcm"), f"1.{index}", "1.5", "1.6", PATIENT, "HFS", "CT", str(index), None, float(index),
        live_slice(volume, plane, plan_from_live), {},
    )  # fmt: skip
    side = unit(np.cross(path.direction, [0.0, 0.0, 1.0]))
    tip = path.target - depth_mm * path.direction + lateral_mm * side
    instrument = Instrument(True, tip, path.direction, np.full(3, 0.2), 0.3)
    deviation = Deviation(path.id, lateral_mm, 0.0, depth_mm, lateral_mm, lateral_pm_mm=0.4, angle_pm_deg=0.5, depth_pm_mm=0.6)
    registration = Registration("locked", plan_from_live, np.eye(6) * 1e-3, path.target, 0.9)
    frame = Frame(index, "CT", (image,), float(index), 1.0)
    return Update(
        frame, registration, instrument, deviation, alerts, "", path.id, float(index), StepTimes(1, 5, 3, 1, 12), image_rate_hz=3.0
    )


def hidden(update: Update, reason: str) -> Update:
    return replace(update, deviation=None, hidden_reason=reason)
