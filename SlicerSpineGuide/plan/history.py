"""Undo and redo of a plan: every state that was recorded, and where among them one is."""

from __future__ import annotations

from SlicerSpineGuide.plan.model import Plan

MOST = 200  # states kept; a plan is a few kB


class PlanHistory:
    """The states of one plan, the present one among them. Not for several threads at once."""

    def __init__(self, plan: Plan) -> None:
        self._states = [plan]
        self._place = 0

    @property
    def plan(self) -> Plan:
        """The present state."""
        return self._states[self._place]

    @property
    def can_undo(self) -> bool:
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        return self._place < len(self._states) - 1

    @property
    def changed(self) -> bool:
        """Whether the present state differs from the first one that is kept."""
        return self.plan != self._states[0]

    def record(self, plan: Plan) -> None:
        """Make `plan` the present state; what was undone before is given up. The same plan again is not another state."""
        if plan == self.plan:
            return
        self._states = [*self._states[: self._place + 1], plan][-MOST:]
        self._place = len(self._states) - 1

    def undo(self) -> Plan:
        """One state back, as far as there is one; the plan that is now present."""
        self._place = max(0, self._place - 1)
        return self.plan

    def redo(self) -> Plan:
        """One state forward again, as far as there is one; the plan that is now present."""
        self._place = min(len(self._states) - 1, self._place + 1)
        return self.plan
