"""A case folder (CASE_FORMAT version 1): case.json, plan.json, planning/, zones/, live/, truth.json."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, field_validator

from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import is_rigid
from SlicerSpineGuide.plan import Plan, PlanningCt, load_planning_ct
from SlicerSpineGuide.plan.model import Point
from SlicerSpineGuide.translation import tr

Row = tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]
Matrix = tuple[Row, Row, Row, Row]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class CaseFrame(_Model):
    """What was acquired together: its files in order of arrival, relative to the case folder; t in s from the first arrival."""

    files: tuple[str, ...] = Field(min_length=1)
    t: Annotated[float, Field(ge=0, allow_inf_nan=False)]

    @field_validator("files")
    @classmethod
    def _stay_inside(cls, files: tuple[str, ...]) -> tuple[str, ...]:
        for name in files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name:
                raise ValueError(f"{name} leads out of the case folder")
        return files


class Case(_Model):
    """case.json, version 1."""

    schema_: Literal["spineguide-case"] = Field("spineguide-case", alias="schema")
    version: Literal[1] = 1
    title: str
    modality: Literal["CT", "XA"]
    source: Literal["simulated", "recorded"]
    attribution: str = ""
    frames: tuple[CaseFrame, ...] = ()

    @field_validator("frames")
    @classmethod
    def _in_order(cls, frames: tuple[CaseFrame, ...]) -> tuple[CaseFrame, ...]:
        if any(a.t > b.t for a, b in zip(frames, frames[1:], strict=False)):
            raise ValueError("t must not decrease from one frame to the next")
        return frames

    def save(self, path: Path) -> None:
        path.write_text(self.model_dump_json(by_alias=True, indent=1) + "\n", encoding="utf-8")


class TruthFrame(_Model):
    """The truth of one frame; tip and axis in planning-CT LPS, None where there is no instrument.

    visible: whether the tip lies inside the images of the frame. lateral_mm .. clearance_mm as in the report.
    """

    index: int
    plan_from_live: Matrix
    visible: bool = False
    tip_lps: Point | None = None
    axis_lps: Point | None = None
    lateral_mm: FiniteFloat | None = None
    angle_deg: FiniteFloat | None = None
    depth_mm: FiniteFloat | None = None
    predicted_miss_mm: FiniteFloat | None = None
    clearance_mm: dict[str, FiniteFloat] | None = None

    @field_validator("plan_from_live")
    @classmethod
    def _rigid(cls, matrix: Matrix) -> Matrix:
        if not is_rigid(np.array(matrix), 1e-4):
            raise ValueError("not a rotation and a translation")
        return matrix


class TruthEvent(_Model):
    """Something planted: the alert that is due from this frame on (two frames of grace), until `until` (exclusive, None: the end)."""

    code: str
    frame: int
    until: int | None = None


class Truth(_Model):
    """truth.json of a simulated case, version 1. Replay never reads it; scoring does."""

    schema_: Literal["spineguide-truth"] = Field("spineguide-truth", alias="schema")
    version: Literal[1] = 1
    trajectory: str
    scenario: str = ""
    seed: int = 0
    frames: tuple[TruthFrame, ...]
    events: tuple[TruthEvent, ...] = ()

    def save(self, path: Path) -> None:
        path.write_text(self.model_dump_json(by_alias=True, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True, eq=False)
class CaseFolder:
    """A case on disk, opened and checked: every file that case.json names is there, the plan fits the planning CT."""

    folder: Path
    case: Case
    plan: Plan
    planning: PlanningCt

    def files(self, frame: CaseFrame) -> list[Path]:
        return [self.folder / name for name in frame.files]

    def truth(self) -> Truth | None:
        """truth.json, or None where the case has none."""
        path = self.folder / "truth.json"
        return read_document(Truth, path) if path.is_file() else None


def open_case(folder: Path, *, live: bool = True, progress: Callable[[float], None] = lambda _fraction: None) -> CaseFolder:
    """Open a case folder; with live=False only the plan and its CT are needed (the images will arrive over the network).

    progress is told how far the reading is, 0 to 1; what it raises ends it. BadInput: a missing or damaged file, named; a plan of
    another patient or series; a point outside the CT.
    """
    if not folder.is_dir():
        raise BadInput(tr("{path} is not a folder: give the case folder that holds plan.json.").format(path=folder))
    plan_path = folder / "plan.json"
    plan = Plan.load(plan_path)
    if live or (folder / "case.json").is_file():
        case = read_document(Case, folder / "case.json")
    else:
        case = Case(title=folder.name, modality="CT", source="recorded")
    if live:
        _check_live(folder, case)
    planning = load_planning_ct(folder / "planning", plan.series_instance_uid, progress)
    check_plan_against_ct(plan, planning, plan_path)
    return CaseFolder(folder, case, plan, planning)


def _check_live(folder: Path, case: Case) -> None:
    if not case.frames:
        raise BadInput(tr("{path}: frames: the case has none to replay.").format(path=folder / "case.json"))
    if not (folder / "live").is_dir() and any(name.startswith("live/") for f in case.frames for name in f.files):
        raise BadInput(tr("{path} is missing: it holds the images that case.json lists.").format(path=folder / "live"))
    for index, frame in enumerate(case.frames):
        for name in frame.files:
            if not (folder / name).is_file():
                raise BadInput(
                    tr("{case}: frames.{index}.files: {name} does not exist.").format(
                        case=folder / "case.json", index=index, name=name
                    )
                )


def check_plan_against_ct(plan: Plan, planning: PlanningCt, path: Path) -> None:
    """BadInput, naming the field, where the plan is not this CT's or one of its points lies outside it."""
    identities = (
        ("patient_id", plan.patient_id, planning.patient_id),
        ("series_instance_uid", plan.series_instance_uid, planning.series_instance_uid),
        ("frame_of_reference_uid", plan.frame_of_reference_uid, planning.frame_of_reference_uid),
    )
    for field, planned, found in identities:
        if planned.strip() != found.strip():
            raise BadInput(
                tr("{path}: {field}: the plan says {planned!r}, the planning CT is {found!r}: use the plan made on this CT.").format(
                    path=path, field=field, planned=planned, found=found
                )
            )
    for index, trajectory in enumerate(plan.trajectories):
        for field, point in (("entry_lps", trajectory.entry), ("target_lps", trajectory.target)):
            if not planning.volume.contains(point):
                raise BadInput(
                    tr("{path}: trajectories.{index}.{field}: {point} lies outside the planning CT.").format(
                        path=path, index=index, field=field, point=[round(float(c), 1) for c in point]
                    )
                )
