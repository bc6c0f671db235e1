"""Procedures as data: Resources/Procedures, one file each; a hospital adds its own by adding a file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan.catalogue import families
from SlicerSpineGuide.plan.model import Tolerance
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
    approaches: tuple[str, ...] = ()
    trajectories: tuple[int, int] = Field((1, 1), description="fewest and most trajectories a level")
    patient_position: tuple[Literal["prone", "supine", "lateral"], ...] = ("prone",)
    tolerance: Tolerance
    zones: tuple[ProcedureZone, ...]
    steps: tuple[Step, ...] = Field(min_length=2)
    reached: str = Field(min_length=1, description="what counts as reached, as a sentence")
    bone_breach_allowed_mm: Millimetres = 0.0
    accept_before_guidance: bool = Field(False, description="no position is shown before a person has accepted the registration")


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
        found[procedure.id] = procedure
    return found
