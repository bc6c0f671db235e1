"""The report as it is read back: what scoring, the debrief and the JSON Schema in the documentation go by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.plan.model import Point
from SlicerSpineGuide.recording.case import Matrix

NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Uncertainty(_Model):
    """One standard deviation along and about L, P, S; null where there is no registration."""

    translation_mm: Point | None = None
    rotation_deg: Point | None = None


class ReportRegistration(_Model):
    status: Literal["locked", "uncertain", "lost", "none"]
    plan_from_live: Matrix | None = None
    uncertainty: Uncertainty = Uncertainty()
    quality: Annotated[float, Field(ge=0, le=1)] = 0.0


class ReportInstrument(_Model):
    """tip_lps and axis_lps in planning-CT LPS, the axis a unit vector from the hub to the tip."""

    visible: bool
    tip_lps: Point | None = None
    axis_lps: Point | None = None
    uncertainty_mm: FiniteFloat | None = None


class ReportDeviation(_Model):
    trajectory: str
    lateral_mm: FiniteFloat
    angle_deg: FiniteFloat
    depth_mm: FiniteFloat
    predicted_miss_mm: FiniteFloat
    clearance_mm: dict[str, FiniteFloat]


class ReportAlert(_Model):
    code: str
    priority: Literal["high", "medium", "low"]
    message: str


class StepMilliseconds(_Model):
    decode: NotNegative
    register_: NotNegative = Field(alias="register")
    track: NotNegative
    decide: NotNegative
    total: NotNegative


class ReportFrame(_Model):
    index: int
    sop_instance_uids: tuple[str, ...] = Field(min_length=1)
    t: FiniteFloat
    registration: ReportRegistration
    instrument: ReportInstrument
    deviation: ReportDeviation | None = None
    alerts: tuple[ReportAlert, ...] = ()
    ms: StepMilliseconds

    @property
    def codes(self) -> set[str]:
        """The codes of the alerts that were on."""
        return {alert.code for alert in self.alerts}


class Report(_Model):
    """A report, version 1."""

    schema_: Literal["spineguide-report"] = Field(alias="schema")
    version: Literal[1]
    plan: str
    frames: tuple[ReportFrame, ...]
    summary: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> Report:
        """Read and validate a report; BadInput names the file and the field."""
        return read_document(cls, path)
