"""The plan: what is intended, as plan.json states it (CASE_FORMAT version 1)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, field_validator, model_validator

from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.geometry import FloatArray, unit

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Point = tuple[FiniteFloat, FiniteFloat, FiniteFloat]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class InstrumentSpec(_Model):
    """The instrument as it is bought: its kind, its name on the package, outer diameter and usable length."""

    kind: Literal["needle", "trocar", "screw", "tube"]
    name: str
    diameter_mm: Positive
    length_mm: Positive


class Tolerance(_Model):
    """How far the instrument may be from the plan before it counts as a deviation."""

    lateral_mm: Positive = 2.0
    angle_deg: Positive = 3.0
    depth_mm: Positive = 2.0


class Trajectory(_Model):
    """One planned path, from the skin to where the tip is to end, in planning-CT LPS mm."""

    id: str
    label: str = ""
    level: str = ""
    instrument: InstrumentSpec
    entry_lps: Point
    target_lps: Point
    tolerance: Tolerance = Tolerance()

    @model_validator(mode="after")
    def _has_a_length(self) -> Trajectory:
        if self.length_mm < 1.0:
            raise ValueError("target_lps equals entry_lps: move one of them")
        if self.instrument.kind != "screw" and self.instrument.length_mm < self.length_mm:  # a screw's driver reaches to the skin
            raise ValueError(
                f"instrument.length_mm {self.instrument.length_mm:g} is shorter than the path of {self.length_mm:.1f} mm: "
                "choose a longer instrument"
            )
        return self

    @property
    def entry(self) -> FloatArray:
        return np.array(self.entry_lps)

    @property
    def target(self) -> FloatArray:
        return np.array(self.target_lps)

    @property
    def direction(self) -> FloatArray:
        """Unit vector from the entry to the target."""
        return unit(self.target - self.entry)

    @property
    def length_mm(self) -> float:
        return float(np.linalg.norm(self.target - self.entry))


class ZoneRef(_Model):
    """A zone to stay out of: one label of a label volume in planning-CT space (or one segment of a DICOM SEG)."""

    name: str
    file: str
    label: int = Field(ge=1)
    margin_mm: float = Field(default=2.0, ge=0, allow_inf_nan=False)


class Plan(_Model):
    """plan.json, version 1."""

    schema_: Literal["spineguide-plan"] = Field("spineguide-plan", alias="schema")
    version: Literal[1] = 1
    patient_id: str
    series_instance_uid: str
    frame_of_reference_uid: str
    procedure: str
    trajectories: tuple[Trajectory, ...] = Field(min_length=1)
    zones: tuple[ZoneRef, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _defaults_of_its_procedure(cls, data: Any) -> Any:
        """Tolerances and margins that the plan does not give are its procedure's."""
        from SlicerSpineGuide.plan.procedures import with_defaults  # it stands on this module

        return with_defaults(data) if isinstance(data, dict) else data

    @field_validator("zones")
    @classmethod
    def _names_differ(cls, zones: tuple[ZoneRef, ...]) -> tuple[ZoneRef, ...]:
        """Each zone is alerted by its name: two of the same name (nerve roots, vessels) are numbered."""
        named: dict[str, ZoneRef] = {}
        for zone in zones:
            name, number = zone.name, 1
            while name in named:
                number += 1
                name = f"{zone.name} ({number})"
            named[name] = zone.model_copy(update={"name": name})
        return tuple(named.values())

    @model_validator(mode="after")
    def _ids_differ(self) -> Plan:
        ids = [t.id for t in self.trajectories]
        if len(set(ids)) < len(ids):
            raise ValueError("trajectories: two of them have the same id")
        return self

    @property
    def margins_mm(self) -> dict[str, float]:
        """The margin of each zone, by its name."""
        return {zone.name: zone.margin_mm for zone in self.zones}

    def trajectory(self, identifier: str | None = None) -> Trajectory:
        """The trajectory of that id, or the first one; KeyError where there is none of that id."""
        if identifier is None:
            return self.trajectories[0]
        return {t.id: t for t in self.trajectories}[identifier]

    @classmethod
    def load(cls, path: Path) -> Plan:
        """Read and validate plan.json; BadInput names the file and the field."""
        return read_document(cls, path)

    def save(self, path: Path) -> None:
        path.write_text(self.model_dump_json(by_alias=True, indent=1) + "\n", encoding="utf-8")
