"""Undo and redo of a plan."""

from __future__ import annotations

from SlicerSpineGuide.plan import InstrumentSpec, Plan, Trajectory
from SlicerSpineGuide.plan.history import MOST, PlanHistory

NEEDLE = InstrumentSpec(kind="needle", name="22G needle", diameter_mm=0.7, length_mm=150)


def plan(x: float) -> Plan:
    path = Trajectory(id="a", instrument=NEEDLE, entry_lps=(x / 10, 80, 0), target_lps=(0, 0, 0))
    return Plan(patient_id="P", series_instance_uid="1", frame_of_reference_uid="2", procedure="own", trajectories=(path,))


def test_what_was_changed_is_undone_and_redone_step_by_step():
    history = PlanHistory(plan(0))
    for x in (1, 2):
        history.record(plan(x))
    assert history.plan == plan(2) and history.changed and not history.can_redo
    assert history.undo() == plan(1) and history.undo() == plan(0) and not history.can_undo and not history.changed
    assert history.undo() == plan(0), "there is nothing before the first"
    assert history.redo() == plan(1) and history.redo() == plan(2) and history.redo() == plan(2)


def test_a_change_after_undo_gives_up_what_was_undone():
    history = PlanHistory(plan(0))
    history.record(plan(1))
    history.undo()
    history.record(plan(5))
    assert not history.can_redo and history.undo() == plan(0) and history.redo() == plan(5)


def test_the_same_plan_again_is_no_step():
    history = PlanHistory(plan(0))
    history.record(plan(0))
    assert not history.can_undo


def test_the_oldest_states_are_let_go():
    history = PlanHistory(plan(-1))
    for x in range(MOST + 10):
        history.record(plan(x))
    for _ in range(2 * MOST):
        history.undo()
    assert history.plan == plan(10) and not history.can_undo
