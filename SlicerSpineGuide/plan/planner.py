"""Planning without an interface: what the command line, the console's planning page and the Slicer module's plan section call.

A Planner belongs to one planning CT. What it reads off the segmentation or the CT (vertebrae, the pelvis, bone, skin) is read once
and kept. Its methods take seconds the first time: call them from a worker thread, one at a time. LPS, mm, degrees, HU.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.angles import Midline, RoomAngles, room_angles
from SlicerSpineGuide.plan.bone_checks import Bone, bare_bone
from SlicerSpineGuide.plan.checks import check_plan
from SlicerSpineGuide.plan.choices import fitted, instrument_of, procedure_of, usual_instrument
from SlicerSpineGuide.plan.extrapedicular import propose_extrapedicular
from SlicerSpineGuide.plan.findings import Finding
from SlicerSpineGuide.plan.model import InstrumentSpec, Plan, Tolerance, Trajectory, ZoneRef
from SlicerSpineGuide.plan.pelvis import Pelvis, has_pelvis, read_pelvis
from SlicerSpineGuide.plan.planning_ct import PlanningCt
from SlicerSpineGuide.plan.proposals import Proposal, Side
from SlicerSpineGuide.plan.review import room_numbers
from SlicerSpineGuide.plan.sacral import CORRIDORS, propose_sacral
from SlicerSpineGuide.plan.segmentation import Segmentation
from SlicerSpineGuide.plan.sheet import sheet_html
from SlicerSpineGuide.plan.surfaces import body_of, middle_of
from SlicerSpineGuide.plan.transpedicular import propose_transpedicular
from SlicerSpineGuide.plan.vertebra import Vertebra
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.translation import tr

BONE_KEPT_MM = 20.0  # bone read around one target serves the targets near it


@dataclass(frozen=True)
class Search:
    """What can be searched for: an approach of a procedure, the levels at which it can be, and the sides it has."""

    approach: str
    levels: tuple[str, ...]
    sides: tuple[Side, ...] = ("left", "right")


class Planner:
    """Proposals, checks, numbers and the sheet for one planning CT, with or without a segmentation and zones."""

    def __init__(self, planning: PlanningCt, segmentation: Segmentation | None = None, zones: Sequence[Zone] = ()) -> None:
        self.planning = planning
        self.segmentation = segmentation
        self.zones = tuple(zones)
        self._vertebrae: dict[str, Vertebra] = {}
        self._bones: dict[tuple[int, ...], Bone | None] = {}

    def searches(self, procedure: str) -> tuple[Search, ...]:
        """What `propose` can search for in that procedure; empty where its paths are drawn by hand, or nothing is segmented."""
        return tuple(s for s in map(self._search, procedure_of(procedure).approaches) if s is not None and s.levels)

    def propose(
        self,
        procedure: str,
        level: str,
        side: Side,
        approach: str | None = None,
        instrument: InstrumentSpec | None = None,
        count: int = 3,
        fit_length: bool = True,
    ) -> list[Proposal]:
        """The best `count` distinct candidates with their numbers, the best first; a person decides.

        approach: by default the procedure's first that can be searched for at that level; instrument: by default the procedure's
        usual one. fit_length: give each candidate the length that fits it; otherwise the instrument stays as it is. BadInput says in
        one sentence why there is none: no such level, no corridor that is wide enough, no skin.
        """
        search = self._chosen(procedure, level, approach)
        spec = instrument or usual_instrument(procedure)
        if fit_length:
            spec = instrument_of(procedure, spec.name)
        found = self._proposals(search.approach, level, side, spec, procedure_of(procedure).tolerance, count)
        return [replace(p, trajectory=fitted(p.trajectory, procedure, p.in_bone_mm)) for p in found] if fit_length else found

    def check(self, plan: Plan) -> list[Finding]:
        """Everything that speaks against a plan and the numbers of what does not, the worst first."""
        vertebrae = self._segmented(plan)
        named = {v.name for v in vertebrae}
        bones = {t.id: self._bone(t) for t in plan.trajectories if t.level not in named}
        found = {identifier: bone for identifier, bone in bones.items() if bone is not None}
        return check_plan(plan, self.planning.volume, self.zones, vertebrae, found, self._body_if_any)

    def angles(self, trajectory: Trajectory) -> RoomAngles:
        """The path's angles, depths and place at the skin as the CT room speaks of them."""
        return room_angles(trajectory, self.midline(trajectory))

    def numbers(self, trajectory: Trajectory) -> dict[str, str]:
        """The same as label -> text in the current language."""
        return room_numbers(trajectory, self.planning, self.midline(trajectory))

    def midline(self, trajectory: Trajectory) -> Midline | None:
        """The midline at a trajectory: of its segmented vertebra or sacrum, else the middle of the body's outline at its entry; None
        where the CT shows no body."""
        level, levels = trajectory.level, self.segmentation.levels if self.segmentation is not None else {}
        if level in ("S1", "S2") and self.segmentation is not None and has_pelvis(self.segmentation):
            return Midline(self.pelvis.bodies[level], self.pelvis.left, "sacrum")
        if level in levels:
            vertebra = self.vertebra(level)
            return Midline(vertebra.canal_centre, vertebra.axes[0], "vertebra")
        body = self._body_if_any
        if body is None:
            return None
        return Midline(middle_of(body, trajectory.entry), np.array([1.0, 0.0, 0.0]), "body")

    def sheet(self, plan: Plan, findings: Sequence[Finding] | None = None) -> str:
        """The plan sheet as one HTML page in the current language; findings: by default those of `check`."""
        midlines = {t.id: midline for t in plan.trajectories if (midline := self.midline(t)) is not None}
        return sheet_html(plan, self.planning, self.check(plan) if findings is None else findings, midlines)

    def plan(self, procedure: str, trajectories: Sequence[Trajectory], zones: Sequence[ZoneRef] = ()) -> Plan:
        """A plan for this planning CT."""
        ct = self.planning
        return Plan(
            patient_id=ct.patient_id,
            series_instance_uid=ct.series_instance_uid,
            frame_of_reference_uid=ct.frame_of_reference_uid,
            procedure=procedure,
            trajectories=tuple(trajectories),
            zones=tuple(zones),
        )

    @cached_property
    def body(self) -> Volume:
        """The patient's mask, read off the CT once."""
        return body_of(self.planning.volume)

    @cached_property
    def _body_if_any(self) -> Volume | None:
        try:
            return self.body
        except BadInput:
            return None

    @cached_property
    def pelvis(self) -> Pelvis:
        """Sacrum and iliac bones, read once; BadInput where neither S1 nor the sacrum is segmented."""
        if self.segmentation is None:
            raise BadInput(tr("Nothing is segmented: open a segmentation with S1 or the sacrum, or draw the path by hand."))
        return read_pelvis(self.planning, self.segmentation, self.body)

    def vertebra(self, level: str) -> Vertebra:
        """The segmented vertebra of that level, read once; BadInput where there is none."""
        if self.segmentation is None:
            raise BadInput(tr("{level}: nothing is segmented: open a segmentation, or draw the path by hand.").format(level=level))
        if level not in self._vertebrae:
            self._vertebrae[level] = self.segmentation.vertebra(level, self.planning)
        return self._vertebrae[level]

    def _proposals(
        self, approach: str, level: str, side: Side, instrument: InstrumentSpec, tolerance: Tolerance, count: int
    ) -> list[Proposal]:
        volume = self.planning.volume
        if approach in CORRIDORS:
            return propose_sacral(volume, self.pelvis, CORRIDORS[approach], level, side, instrument, tolerance, count, self.body)
        search = propose_extrapedicular if approach == "extrapedicular" else propose_transpedicular
        return search(volume, self.vertebra(level), side, instrument, tolerance, count, self.body)

    def _bone(self, trajectory: Trajectory) -> Bone | None:
        """The bone that a trajectory without a segmented vertebra ends in: the pelvis, or what the CT's threshold shows around it."""
        if trajectory.level in ("S1", "S2") and self.segmentation is not None and has_pelvis(self.segmentation):
            return Bone(self.pelvis.bone, self.pelvis.source == "labels", self.pelvis.crossed_by(trajectory))
        place = tuple(int(c // BONE_KEPT_MM) for c in trajectory.target)
        if place not in self._bones and self._body_if_any is not None:
            self._bones[place] = bare_bone(self.planning.volume, self._body_if_any, trajectory)
        return self._bones.get(place)

    def _segmented(self, plan: Plan) -> list[Vertebra]:
        known = self.segmentation.levels if self.segmentation is not None else {}
        return [self.vertebra(level) for level in sorted({t.level for t in plan.trajectories} & known.keys()) if level[0] != "S"]

    def _search(self, approach: str) -> Search | None:
        levels = self.segmentation.levels if self.segmentation is not None else {}
        if approach in ("transpedicular", "extrapedicular"):
            ordered = sorted((v for v in levels if v[0] in "TL"), key=lambda v: (v[0] == "L", int(v[1:])))
            return Search(approach, tuple(ordered))
        if approach in CORRIDORS and self.segmentation is not None and has_pelvis(self.segmentation):
            return Search(approach, CORRIDORS[approach].levels)
        return None

    def _chosen(self, procedure: str, level: str, approach: str | None) -> Search:
        searches = self.searches(procedure)
        for search in searches:
            if approach in (None, search.approach) and level in search.levels:
                return search
        if approach is None or approach in procedure_of(procedure).approaches:
            possible = "; ".join(f"{s.approach}: {', '.join(s.levels)}" for s in searches) or tr("none")
            raise BadInput(
                tr("{procedure} at {level}: no path can be searched for; draw it by hand. Searched for are {possible}.").format(
                    procedure=procedure, level=level, possible=possible
                )
            )
        known = ", ".join(procedure_of(procedure).approaches)
        raise BadInput(
            tr("{procedure} has no approach {approach}; known: {known}.").format(procedure=procedure, approach=approach, known=known)
        )
