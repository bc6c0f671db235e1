"""The Plan page: check the selected trajectory, drag its ends or take a proposal, see what that changes, take the plan away as a file.

Guidance goes on with the plan that was opened: a draft never changes what is guided on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from SlicerSpineGuide.console.proposing import Proposing
from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import Plan, Trajectory
from SlicerSpineGuide.plan.checks import Finding
from SlicerSpineGuide.plan.history import PlanHistory
from SlicerSpineGuide.plan.planner import Planner
from SlicerSpineGuide.plan.zones import load_zones
from SlicerSpineGuide.recording.case import CaseFolder
from SlicerSpineGuide.scene.draft import PathDraft
from SlicerSpineGuide.translation import tr

ICONS = {"refuse": "mdi-close-octagon-outline", "warn": "mdi-alert-outline", "note": "mdi-check"}
T = TypeVar("T")


class PlanningPage:
    """Owns the draft of one trajectory and its history; writes `draft` and (through Proposing) `proposing` into the page's state."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="planner")  # a Planner is asked one thing at a time
        self._draft: PathDraft | None = None
        self.proposing = Proposing(state, self._in_worker)
        self.begin(None)

    def begin(self, session: ConsoleSession | None) -> None:
        """Another session: the draft of the former is gone."""
        if self._draft is not None:
            self._draft.remove()
        self._session, self._draft = session, None
        self._history: PlanHistory | None = PlanHistory(session.plan) if session is not None else None
        self._planner: Planner | None = None
        self._planned = self._id = ""  # the trajectory's id in the plan that was opened, and in the draft
        self._busy = self._again = False
        self._state.draft = _nothing()
        self.proposing.begin(session)

    def show(self, scene: Any, trajectory: Trajectory, views: tuple[Any, Any, Any], others: tuple[Any, ...]) -> None:
        """Make a draft of a trajectory and aim the page's views at it, unless there is one of it already."""
        if self._draft is not None and self._planned == trajectory.id:
            self._draft.show(True)
            return
        if self._draft is not None:
            self._draft.remove()
        self._draft = PathDraft(scene, trajectory)
        self._draft.lend(*views, others=others)
        self._planned = self._id = trajectory.id
        if self._session is not None:
            self._history = PlanHistory(self._session.plan)
        self._state.draft = _nothing() | {"shown": True, "id": trajectory.id, "label": trajectory.label or trajectory.id}
        self._again = True

    def speak(self) -> None:
        """Another language: numbers and findings are said anew."""
        self._again = True
        if self._draft is not None:
            self._draft.name_ends()
        self.proposing.speak()

    def look_away(self) -> None:
        """Nobody is on the page: the draft is not to be seen in the views that other pages share with it."""
        if self._draft is not None:
            self._draft.show(False)

    def edit(self) -> None:
        """Let the ends be dragged, or lock them again."""
        if self._draft is not None:
            editing = not self._state.draft["editing"]
            self._draft.unlock(editing)
            self._state.draft = self._state.draft | {"editing": editing}

    def undo(self) -> None:
        if self._history is not None:
            self._go_to(self._history.undo())

    def redo(self) -> None:
        if self._history is not None:
            self._go_to(self._history.redo())

    def discard(self) -> None:
        """Back to the plan; that too can be undone."""
        if self._session is not None and self._history is not None:
            self._history.record(self._session.plan)
            self._go_to(self._session.plan)

    def take(self, index: int) -> None:
        """Make a proposal the draft: its path, its instrument and its name."""
        trajectory = self.proposing.candidate(index)
        if trajectory is None or self._draft is None or self._history is None:
            return
        others = {t.id for t in self._history.plan.trajectories if t.id != self._id}
        identifier, number = trajectory.id, 2
        while identifier in others:
            identifier, number = f"{trajectory.id}-{number}", number + 1
        plan = _replaced(self._history.plan, self._id, trajectory.model_copy(update={"id": identifier}))
        self._history.record(plan)
        self._go_to(plan)

    async def follow(self) -> None:
        """Look whether the ends have moved, and check the path again if they have; never two checks at a time."""
        if self._draft is None or self._session is None or self._history is None:
            return
        self._again = self._draft.moved() or self._again
        if self._busy or not self._again:
            return
        self._busy, self._again = True, False
        try:
            session, trajectory = self._session, self._draft.trajectory
            plan = _replaced(self._history.plan, self._id, trajectory)
            self._history.record(plan)
            self._draft.aim()
            numbers, findings = await self._in_worker(lambda: self._check(session, plan, trajectory))
            self._show(numbers, findings, "")
        except (ValidationError, ValueError) as error:
            self._show({}, [], _sentence(error))
        except BadInput as error:
            self._show({}, [], str(error))
        finally:
            self._busy = False

    async def segmentation(self, path: str) -> None:
        """Open a segmentation, in which paths can be proposed; what is wrong with it is said on the page."""
        if self._session is not None and path.strip():
            await self.proposing.open(Path(path.strip()).expanduser())
            self._planner = None
            self._again = True

    async def propose(self, level: str, side: str, instrument: str) -> None:
        session = self._session
        if session is not None:
            await self.proposing.search(lambda: self._asked(session), session.plan.procedure, level, side, instrument)

    def plan_json(self) -> str:
        """The plan with the draft in it, as plan.json."""
        plan = self._drafted()
        return plan.model_dump_json(by_alias=True, indent=1) + "\n" if plan is not None else ""

    async def sheet(self) -> str:
        """The plan sheet of the draft, as one HTML page to print."""
        session, plan = self._session, self._drafted()
        if session is None or plan is None:
            return ""
        return await self._in_worker(lambda: self._asked(session).sheet(plan))

    def markups_json(self) -> str:
        """The draft as Slicer's .mrk.json."""
        return self._draft.markups_json() if self._draft is not None else ""

    def _drafted(self) -> Plan | None:
        if self._draft is None or self._history is None:
            return None
        return _replaced(self._history.plan, self._id, self._draft.trajectory)

    def _go_to(self, plan: Plan) -> None:
        """Show the draft as that state of the plan has it."""
        place = [t.id for t in self._history.plan.trajectories] if self._history is not None else []
        if self._draft is None or self._session is None or not place:
            return
        number = [t.id for t in self._session.plan.trajectories].index(self._planned)
        trajectory = plan.trajectories[number]
        self._id = trajectory.id
        self._draft.adopt(trajectory)
        self._draft.aim()
        self._state.draft = self._state.draft | {"id": trajectory.id, "label": trajectory.label or trajectory.id}
        self._again = True

    async def _in_worker(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._worker, function)

    def _asked(self, session: ConsoleSession) -> Planner:
        """The planner of the session's CT, made when it is first needed; on the worker's thread."""
        if self._planner is None or self._planner.planning is not session.planning:
            case = getattr(session, "case", None)
            zones = load_zones(session.plan, case.folder, session.planning) if isinstance(case, CaseFolder) else ()
            self._planner = Planner(session.planning, self.proposing.segmentation, zones)
        return self._planner

    def _check(self, session: ConsoleSession, plan: Plan, trajectory: Trajectory) -> tuple[dict[str, str], list[Finding]]:
        findings = [f for f in self._asked(session).check(plan) if f.trajectory in ("", trajectory.id)]
        numbers = self._asked(session).numbers(trajectory)
        distances = [f for f in findings if f.code == "ZONE" and f.value is not None]
        if distances:
            nearest = min(distances, key=lambda f: f.value if f.value is not None else 0.0)
            numbers[tr("Clearance to the nearest zone")] = f"{nearest.value:.1f} mm".replace("-", "−")
        return numbers, findings

    def _show(self, numbers: dict[str, str], findings: list[Finding], problem: str) -> None:
        history, session = self._history, self._session
        if history is None or session is None:
            return
        with self._state:
            self._state.draft = self._state.draft | {
                "numbers": [{"label": label, "value": value} for label, value in numbers.items()],
                "findings": [{"icon": ICONS[f.severity], "severity": f.severity, "text": f.message} for f in findings],
                "problem": problem,
                "changed": history.plan != session.plan or bool(problem),
                "can_undo": history.can_undo,
                "can_redo": history.can_redo,
            }


def _replaced(plan: Plan, identifier: str, trajectory: Trajectory) -> Plan:
    """The plan with `trajectory` in place of the one of that id."""
    trajectories = tuple(trajectory if t.id == identifier else t for t in plan.trajectories)
    return plan.model_copy(update={"trajectories": trajectories})


def _nothing() -> dict[str, Any]:
    return {
        "shown": False, "id": "", "label": "", "editing": False, "changed": False, "numbers": [], "findings": [], "problem": "",
        "can_undo": False, "can_redo": False,
    }  # fmt: skip


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return str(error)
