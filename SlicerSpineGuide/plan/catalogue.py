"""Instruments as data: Resources/Instruments, one file a family, with the source of its diameters."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan.model import InstrumentSpec
from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.translation import tr

Millimetres = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Kind = Literal["needle", "trocar", "screw", "tube"]

# What is made of each kind, (diameter, length) in mm; outside of it the two numbers are exchanged or in another unit.
PLAUSIBLE: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "needle": ((0.3, 1.6), (25, 250)),
    "trocar": ((1.2, 5.0), (50, 300)),
    "screw": ((3.0, 12.0), (15, 200)),
    "tube": ((8.0, 30.0), (30, 150)),
}


class Model(BaseModel):
    """One diameter of a family, and the lengths it is sold in."""

    model_config = ConfigDict(frozen=True)

    name: str
    diameter_mm: Millimetres
    lengths_mm: tuple[Millimetres, ...] = Field(min_length=1)


class Family(BaseModel):
    """One file of Resources/Instruments."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    schema_: Literal["spineguide-instruments"] = Field(alias="schema")
    version: Literal[1]
    id: str
    label: str
    kind: Kind
    source: str = Field(min_length=1)
    models: tuple[Model, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_can_exist(self) -> Family:
        for model in self.models:
            for length in model.lengths_mm:
                why = implausible(self.kind, model.diameter_mm, length)
                if why:
                    raise ValueError(f"{model.name}: {why}")
        return self

    def instrument(self, name: str, length_mm: float) -> InstrumentSpec:
        """One instrument of the family; BadInput where it is not sold so."""
        for model in self.models:
            if model.name == name and length_mm in model.lengths_mm:
                return InstrumentSpec(kind=self.kind, name=name, diameter_mm=model.diameter_mm, length_mm=length_mm)
        raise BadInput(tr("{family} has no {name} of {length:g} mm.").format(family=self.label, name=name, length=length_mm))


def implausible(kind: str, diameter_mm: float, length_mm: float) -> str:
    """Why no instrument of this kind has such a diameter and length, "" where one may."""
    (thin, thick), (short, long) = PLAUSIBLE[kind]
    if thin <= diameter_mm <= thick and short <= length_mm <= long:
        return ""
    if thin <= length_mm <= thick and short <= diameter_mm <= long:
        return tr("length_mm {length:g} and diameter_mm {diameter:g} are exchanged").format(length=length_mm, diameter=diameter_mm)
    return tr(
        "a {kind} is {thin:g} to {thick:g} mm thick and {short:g} to {long:g} mm long, not {diameter:g} by {length:g} mm"
    ).format(kind=kind, thin=thin, thick=thick, short=short, long=long, diameter=diameter_mm, length=length_mm)


@cache
def families(folder: Path | None = None) -> dict[str, Family]:
    """Every family by its id; BadInput names a file that cannot be used, or two of one id."""
    found: dict[str, Family] = {}
    for path in sorted((folder or resource_path("Instruments")).glob("*.json")):
        family = read_document(Family, path)
        if family.id in found:
            raise BadInput(tr("{path}: id: {id} is already the id of another file.").format(path=path, id=family.id))
        found[family.id] = family
    return found
