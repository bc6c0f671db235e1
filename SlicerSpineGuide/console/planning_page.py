"""The Plan page: check the selected trajectory, drag its ends, see what that changes, take the corrected plan away as a file.

Guidance goes on with the plan that was opened: a draft never changes what is guided on.
"""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import ValidationError

from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import Plan, Trajectory
from SlicerSpineGuide.plan.checks import Finding, check_plan
from SlicerSpineGuide.plan.review import room_numbers, with_trajectory
from SlicerSpineGuide.plan.zones import Zone, load_zones
from SlicerSpineGuide.recording.case import CaseFolder
from SlicerSpineGuide.scene.draft import PathDraft

ICONS = {"refuse": "mdi-close-octagon-outline", "warn": "mdi-alert-outline", "note": "mdi-check"}


class PlanningPage:
    """Owns the draft of one trajectory; writes `draft` into the page's state."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._session: ConsoleSession | None = None
        self._draft: PathDraft | None = None
        self._zones: tuple[Zone, ...] | None = None
        self._busy = self._again = False
        state.draft = _nothing()

    def begin(self, session: ConsoleSession | None) -> None:
        """Another session: the draft of the former is gone."""
        if self._draft is not None:
            self._draft.remove()
        self._session, self._draft, self._zones = session, None, None
        self._state.draft = _nothing()

    def show(self, scene: Any, trajectory: Trajectory, views: tuple[Any, Any, Any], others: tuple[Any, ...]) -> None:
        """Make a draft of a trajectory and aim the page's views at it, unless there is one of it already."""
        if self._draft is not None and self._state.draft["id"] == trajectory.id:
            self._draft.show(True)
            return
        if self._draft is not None:
            self._draft.remove()
        self._draft = PathDraft(scene, trajectory)
        self._draft.lend(*views, others=others)
        self._state.draft = _nothing() | {"shown": True, "id": trajectory.id, "label": trajectory.label or trajectory.id}
        self._again = True

    def speak(self) -> None:
        """Another language: numbers and findings are said anew."""
        self._again = True

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
        if self._draft is not None:
            self._draft.undo()
            self._draft.aim()
            self._again = True

    def discard(self) -> None:
        """Back to the plan."""
        if self._draft is not None and self._session is not None:
            planned = self._session.plan.trajectory(self._state.draft["id"])
            self._draft.place(planned.entry, planned.target)

    async def follow(self) -> None:
        """Look whether the ends have moved, and check the path again if they have; never two checks at a time."""
        if self._draft is None or self._session is None:
            return
        self._again = self._draft.moved() or self._again
        if self._busy or not self._again:
            return
        self._busy, self._again = True, False
        try:
            session, trajectory = self._session, self._draft.trajectory
            self._draft.aim()
            plan = with_trajectory(session.plan, trajectory)
            numbers, findings = await asyncio.get_running_loop().run_in_executor(None, self._check, session, plan, trajectory)
            self._show(numbers, findings, "", trajectory)
        except (ValidationError, ValueError) as error:
            self._show({}, [], _sentence(error), None)
        except BadInput as error:
            self._show({}, [], str(error), None)
        finally:
            self._busy = False

    def plan_json(self) -> str:
        """The plan with the draft in it, as plan.json."""
        if self._draft is None or self._session is None:
            return ""
        return with_trajectory(self._session.plan, self._draft.trajectory).model_dump_json(by_alias=True, indent=1) + "\n"

    def markups_json(self) -> str:
        """The draft as Slicer's .mrk.json."""
        return self._draft.markups_json() if self._draft is not None else ""

    def _check(self, session: ConsoleSession, plan: Plan, trajectory: Trajectory) -> tuple[dict[str, str], list[Finding]]:
        if self._zones is None:
            case = getattr(session, "case", None)
            self._zones = load_zones(session.plan, case.folder, session.planning) if isinstance(case, CaseFolder) else ()
        findings = [f for f in check_plan(plan, session.planning.volume, self._zones) if f.trajectory in ("", trajectory.id)]
        return room_numbers(trajectory, session.planning), findings

    def _show(self, numbers: dict[str, str], findings: list[Finding], problem: str, trajectory: Trajectory | None) -> None:
        planned = self._session.plan.trajectory(self._state.draft["id"]) if self._session is not None else None
        changed = trajectory is not None and planned is not None and trajectory != planned
        with self._state:
            self._state.draft = self._state.draft | {
                "numbers": [{"label": label, "value": value} for label, value in numbers.items()],
                "findings": [{"icon": ICONS[f.severity], "severity": f.severity, "text": f.message} for f in findings],
                "problem": problem,
                "changed": changed or bool(problem),
            }


def _nothing() -> dict[str, Any]:
    return {
        "shown": False, "id": "", "label": "", "editing": False, "changed": False, "numbers": [], "findings": [], "problem": "",
    }  # fmt: skip


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return str(error)
