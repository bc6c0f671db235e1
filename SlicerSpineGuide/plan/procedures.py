"""Procedures as data: Resources/Procedures, one file each; a hospital adds its own by adding a file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan.catalogue import families
from SlicerSpineGuide.plan.model import Tolerance, Trajectory, ZoneRef
from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.translation import tr

Millimetres = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Target = Literal[
    "vertebral-body", "pedicle", "disc", "foramen", "epidural-space", "facet-joint", "sacro-iliac-joint", "sacrum", "pelvis"
]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="forbid")


class ProcedureZone(_Model):
    """A structure that matters in this procedure, and the distance to keep from it."""

    name: str
    margin_mm: Millimetres


class Step(_Model):
    """One step of the procedure; `done_when`: who or what tells that it is done."""

    id: str
    label: str
    done_when: Literal["plan-checked", "registration-accepted", "skin-entered", "target-reached", "confirmed-by-hand"]


class Procedure(_Model):
    """One file of Resources/Procedures. Lengths in mm, angles in degrees."""

    schema_: Literal["spineguide-procedure"] = Field(alias="schema")
    version: Literal[1]
    id: str
    label: str
    target: Target
    instruments: tuple[str, ...] = Field(min_length=1, description="ids of families in Resources/Instruments")
    usual_instrument: str = Field("", description="the model that is offered first; by default the first family's first")
    approaches: tuple[str, ...] = ()
    trajectories: tuple[int, int] = Field((1, 1), description="fewest and most trajectories a level")
    patient_position: tuple[Literal["prone", "supine", "lateral"], ...] = ("prone",)
    tolerance: Tolerance
    zones: tuple[ProcedureZone, ...]
    steps: tuple[Step, ...] = Field(min_length=2)
    reached: str = Field(min_length=1, description="what counts as reached, as a sentence")
    bone_breach_allowed_mm: Millimetres = 0.0
    accept_before_guidance: bool = Field(False, description="no position is shown before a person has accepted the registration")

    @model_validator(mode="after")
    def _makes_sense(self) -> Procedure:
        fewest, most = self.trajectories
        if not 1 <= fewest <= most:
            raise ValueError(f"trajectories {fewest} to {most}: give the fewest, at least 1, and the most")
        for what, names in (("zones", [_plain(z.name) for z in self.zones]), ("steps", [step.id for step in self.steps])):
            twice = [name for name in names if names.count(name) > 1]
            if twice:
                raise ValueError(f"{what}: {twice[0]} is there twice")
        return self


@cache
def procedures(folder: Path | None = None) -> dict[str, Procedure]:
    """Every procedure by its id; BadInput names the file and field of one that cannot be used."""
    found: dict[str, Procedure] = {}
    known = families()
    for path in sorted((folder or resource_path("Procedures")).glob("*.json")):
        procedure = read_document(Procedure, path)
        if procedure.id in found:
            raise BadInput(tr("{path}: id: {id} is already the id of another file.").format(path=path, id=procedure.id))
        for name in procedure.instruments:
            if name not in known:
                raise BadInput(
                    tr("{path}: instruments: there is no family {name} in Resources/Instruments.").format(path=path, name=name)
                )
        models = {model.name for name in procedure.instruments for model in known[name].models}
        if procedure.usual_instrument and procedure.usual_instrument not in models:
            raise BadInput(
                tr("{path}: usual_instrument: {name} is no model of {families}.").format(
                    path=path, name=procedure.usual_instrument, families=", ".join(procedure.instruments)
                )
            )
        found[procedure.id] = procedure
    return found


def with_defaults(plan: dict[str, Any]) -> dict[str, Any]:
    """The fields of a plan, what it leaves out of tolerances and margins filled in from its procedure's file.

    Its trajectories and zones may be models or what JSON gives. A procedure without a file, or what is no plan, is left as it is.
    """
    procedure = procedures().get(str(plan.get("procedure")))
    if procedure is None:
        return plan
    margins = {_plain(zone.name): zone.margin_mm for zone in procedure.zones}
    filled = dict(plan)
    if isinstance(plan.get("trajectories"), (list, tuple)):
        filled["trajectories"] = [_with_tolerance(trajectory, procedure.tolerance) for trajectory in plan["trajectories"]]
    if isinstance(plan.get("zones"), (list, tuple)):
        filled["zones"] = [_with_margin(zone, margins) for zone in plan["zones"]]
    return filled


def _with_tolerance(trajectory: Any, default: Tolerance) -> Any:
    if isinstance(trajectory, Trajectory):
        given = trajectory.tolerance.model_dump(exclude_unset=True) if "tolerance" in trajectory.model_fields_set else {}
        return trajectory.model_copy(update={"tolerance": default.model_copy(update=given)})
    if not isinstance(trajectory, dict) or not isinstance(trajectory.get("tolerance", {}), dict):
        return trajectory  # wrong in a way that validation has a sentence for
    return {**trajectory, "tolerance": {**default.model_dump(), **trajectory.get("tolerance", {})}}


def _with_margin(zone: Any, margins: dict[str, float]) -> Any:
    if isinstance(zone, ZoneRef):
        margin = None if "margin_mm" in zone.model_fields_set else margins.get(_plain(zone.name))
        return zone if margin is None else zone.model_copy(update={"margin_mm": margin})
    if not isinstance(zone, dict) or "margin_mm" in zone or _plain(str(zone.get("name"))) not in margins:
        return zone
    return {**zone, "margin_mm": margins[_plain(str(zone["name"]))]}


def _plain(name: str) -> str:
    """A zone's name as procedures and segmentations both write it."""
    return name.strip().lower().replace("_", " ")
