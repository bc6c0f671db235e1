"""What is intended: trajectories, instruments, procedures, zones to stay out of, and the planning CT they lie in."""

from SlicerSpineGuide.plan.model import InstrumentSpec, Plan, Tolerance, Trajectory, ZoneRef
from SlicerSpineGuide.plan.planning_ct import PlanningCt, load_planning_ct

__all__ = ["InstrumentSpec", "Plan", "PlanningCt", "Tolerance", "Trajectory", "ZoneRef", "load_planning_ct"]
