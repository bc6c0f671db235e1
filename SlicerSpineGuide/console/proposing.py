"""Proposals on the Plan page: a segmentation, what can be searched for in it, and the candidates that a search found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.plan.choices import instrument_of, models_of, usual_instrument
from SlicerSpineGuide.plan.planner import Planner
from SlicerSpineGuide.plan.procedures import procedures
from SlicerSpineGuide.plan.proposals import Proposal, Side
from SlicerSpineGuide.plan.segmentation import Segmentation, open_segmentation
from SlicerSpineGuide.recording.case import CaseFolder
from SlicerSpineGuide.translation import anew, tr

InWorker = Callable[[Callable[[], Any]], Awaitable[Any]]


class Proposing:
    """Writes `proposing` into the page's state; in_worker runs a function off the console's loop."""

    def __init__(self, state: Any, in_worker: InWorker) -> None:
        self._state, self._in_worker = state, in_worker
        self.segmentation: Segmentation | None = None
        self._found: list[Proposal] = []
        self._session: ConsoleSession | None = None
        self._problem = ""

    def begin(self, session: ConsoleSession | None) -> None:
        """Another session: a file named segmentation.* in its case folder is opened, nothing else is known."""
        self._session, self.segmentation, self._found = session, None, []
        case = getattr(session, "case", None)
        beside = sorted(case.folder.glob("segmentation.*")) if isinstance(case, CaseFolder) else []
        if beside:
            try:
                self.segmentation = open_segmentation(beside[0])
            except BadInput as error:
                self._publish(problem=str(error))
                return
        self._publish()

    def speak(self) -> None:
        self._publish(busy=self._state.proposing["busy"], problem=self._problem)

    async def open(self, path: Path) -> None:
        """Open a label map, .seg.nrrd or DICOM SEG of the planning CT."""
        try:
            self.segmentation = await self._in_worker(lambda: open_segmentation(path))
            self._found, problem = [], ""
            if not self.segmentation.levels:
                problem = tr("{path} names no vertebral level: no path can be proposed in it.").format(path=path)
        except BadInput as error:
            problem = str(error)
        with self._state:
            self._publish(problem=problem)

    async def search(self, planner: Callable[[], Planner], procedure: str, level: str, side: str, instrument: str) -> None:
        """Find the candidates for a level and a side; instrument: a model that the procedure allows."""
        if self._state.proposing["busy"] or side not in ("left", "right"):
            return
        with self._state:
            self._publish(busy=True)
        wanted: Side = "left" if side == "left" else "right"
        try:
            spec = instrument_of(procedure, instrument) if instrument else None
            self._found = await self._in_worker(lambda: planner().propose(procedure, level, wanted, instrument=spec))
            problem = ""
        except BadInput as error:
            self._found, problem = [], str(error)
        with self._state:
            self._publish(problem=problem)

    def candidate(self, index: int) -> Trajectory | None:
        return self._found[index].trajectory if 0 <= index < len(self._found) else None

    def _publish(self, busy: bool = False, problem: str = "") -> None:
        self._problem = problem
        procedure = self._session.plan.procedure if self._session is not None else ""
        known = procedures().get(procedure)
        planner = Planner(self._session.planning, self.segmentation) if self._session is not None else None
        searches = planner.searches(procedure) if planner is not None and known is not None else ()
        self._state.proposing = {
            "procedure": tr(known.label) if known is not None else procedure,
            "file": str(self.segmentation.path) if self.segmentation is not None else "",
            "levels": list(dict.fromkeys(level for s in searches for level in s.levels)),
            "instruments": [model.name for _, model in models_of(procedure)] if known is not None else [],
            "usual": usual_instrument(procedure).name if known is not None else "",
            "busy": busy,
            "problem": anew(problem),
            "candidates": [_row(n, p) for n, p in enumerate(self._found)],
        }


def _row(number: int, proposal: Proposal) -> dict[str, Any]:
    """A candidate in the room's numbers."""
    angles = proposal.angles
    side = {"left": tr("to the left"), "right": tr("to the right"), "": ""}[angles.towards]
    instrument = proposal.trajectory.instrument
    return {
        "index": number,
        "clearance": tr("bone {bone:.1f} mm, canal {canal:.1f} mm").format(
            bone=proposal.bone_clearance_mm, canal=proposal.canal_clearance_mm
        ).replace("-", "−"),
        "angles": f"{angles.in_plane_deg:.0f}° {side}, {round(angles.cranio_caudal_deg) + 0:+d}°".replace("-", "−"),
        "depth": f"{angles.skin_to_target_mm:.0f} mm",
        "instrument": f"{instrument.name}, {instrument.length_mm:g} mm",
    }  # fmt: skip
