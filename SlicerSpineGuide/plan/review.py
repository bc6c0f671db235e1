"""A path under review: its numbers as the CT room speaks of them, and the plan with a corrected path in it."""

from __future__ import annotations

from SlicerSpineGuide.plan.angles import room_angles
from SlicerSpineGuide.plan.model import Plan, Trajectory
from SlicerSpineGuide.plan.planning_ct import PlanningCt
from SlicerSpineGuide.translation import tr


def room_numbers(trajectory: Trajectory, planning: PlanningCt) -> dict[str, str]:
    """Length and angles as the CT room speaks of them."""
    angles = room_angles(trajectory)
    side = {"left": tr("to the left"), "right": tr("to the right"), "": ""}[angles.towards]
    inside = tr("inside") if planning.volume.contains(trajectory.target) else tr("outside")
    return {
        tr("Skin entry to target"): f"{angles.skin_to_target_mm:.1f} mm",
        tr("In-plane angle"): f"{angles.in_plane_deg:.1f}° {side}",
        tr("Cranio-caudal angle"): f"{round(angles.cranio_caudal_deg, 1) + 0.0:+.1f}°".replace("-", "−"),
        tr("Table position of the entry slice"): f"{angles.entry_z_mm:.1f} mm".replace("-", "−"),
        tr("Target in the planning CT"): inside,
        tr(
            "Instrument"
        ): f"{trajectory.instrument.name}, {trajectory.instrument.diameter_mm:g} × {trajectory.instrument.length_mm:g} mm",
    }


def with_trajectory(plan: Plan, trajectory: Trajectory) -> Plan:
    """The plan with one trajectory replaced by another of its id."""
    trajectories = tuple(trajectory if t.id == trajectory.id else t for t in plan.trajectories)
    return plan.model_copy(update={"trajectories": trajectories})
