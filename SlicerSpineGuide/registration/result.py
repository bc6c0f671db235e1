"""The registration of one frame: where the patient is, how sure, how good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from SlicerSpineGuide.geometry import FloatArray

Status = Literal["locked", "uncertain", "lost", "none"]


@dataclass(frozen=True, eq=False)
class Registration:
    """plan_from_live (4, 4) takes live LPS to planning-CT LPS; None where the status is lost or none.

    covariance (6, 6), mm and rad: of a small rigid motion after plan_from_live, x -> x + t + w x (x - centre), ordered
    (t, w), in planning-CT axes, about `centre` (the planned target). quality 0 to 1; reason: why it is not locked, as a sentence.
    """

    status: Status
    plan_from_live: FloatArray | None = None
    covariance: FloatArray | None = None
    centre: FloatArray | None = None
    quality: float = 0.0
    reason: str = ""

    @property
    def translation_sigma_mm(self) -> FloatArray:
        """(3,) one standard deviation along L, P, S."""
        return np.full(3, np.nan) if self.covariance is None else np.sqrt(np.diag(self.covariance)[:3])

    @property
    def rotation_sigma_deg(self) -> FloatArray:
        """(3,) one standard deviation about L, P, S."""
        return np.full(3, np.nan) if self.covariance is None else np.degrees(np.sqrt(np.diag(self.covariance)[3:]))

    @property
    def usable(self) -> bool:
        """Whether positions may be shown with it."""
        return self.status in ("locked", "uncertain") and self.plan_from_live is not None
