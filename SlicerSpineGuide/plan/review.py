"""A path under review: its numbers as the CT room speaks of them, and the plan with a corrected path in it."""

from __future__ import annotations

from SlicerSpineGuide.plan.angles import Midline, RoomAngles, room_angles
from SlicerSpineGuide.plan.model import Plan, Trajectory
from SlicerSpineGuide.plan.planning_ct import PlanningCt
from SlicerSpineGuide.translation import tr


def room_numbers(trajectory: Trajectory, planning: PlanningCt, midline: Midline | None = None) -> dict[str, str]:
    """Length, angles and the entry's place as the CT room speaks of them; a line for the midline where it is known."""
    angles = room_angles(trajectory, midline)
    side = {"left": tr("to the left"), "right": tr("to the right"), "": ""}[angles.towards]
    inside = tr("inside") if planning.volume.contains(trajectory.target) else tr("outside")
    numbers = {
        tr("Skin entry to target"): f"{angles.skin_to_target_mm:.1f} mm",
        tr("In-plane angle"): f"{angles.in_plane_deg:.1f}° {side}".strip(),
        tr("Cranio-caudal angle"): f"{round(angles.cranio_caudal_deg, 1) + 0.0:+.1f}°".replace("-", "−"),
        tr("Table position of the entry slice"): f"{angles.entry_z_mm:.1f} mm".replace("-", "−"),
    }
    if midline is not None:
        numbers[tr("Skin entry from the midline")] = from_midline(angles, midline)
    numbers[tr("Target in the planning CT")] = inside
    instrument = trajectory.instrument
    numbers[tr("Instrument")] = f"{instrument.name}, {instrument.diameter_mm:g} × {instrument.length_mm:g} mm"
    return numbers


def from_midline(angles: RoomAngles, midline: Midline) -> str:
    """The skin entry's distance from the midline, its side, and whose midline that is."""
    aside = angles.midline_mm or 0.0
    side = "" if abs(aside) < 0.5 else tr("to the left") if aside > 0 else tr("to the right")
    whose = {"vertebra": tr("of the vertebra"), "sacrum": tr("of the sacrum"), "body": tr("of the body's outline")}[midline.source]
    return f"{abs(aside):.0f} mm {side} ({whose})".replace("  ", " ")


def with_trajectory(plan: Plan, trajectory: Trajectory) -> Plan:
    """The plan with one trajectory replaced by another of its id."""
    trajectories = tuple(trajectory if t.id == trajectory.id else t for t in plan.trajectories)
    return plan.model_copy(update={"trajectories": trajectories})
