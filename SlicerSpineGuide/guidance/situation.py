"""What the alerts' rules judge."""

from __future__ import annotations

from dataclasses import dataclass

from SlicerSpineGuide.guidance.types import Deviation
from SlicerSpineGuide.registration.result import Registration


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the rules judge, at one moment.

    frame_index: of the frame just processed (again, where it has grown), None between frames. The node, the disk and the age of
    the image are judged at any time, everything else only with a frame. deviation: None where no position may be shown.
    instrument_unclear: it is seen, and only its tip's place cannot be told.
    """

    frame_index: int | None = None
    deviation: Deviation | None = None
    registration: Registration = Registration("none")  # noqa: RUF009 (frozen)
    instrument_visible: bool = False
    instrument_unclear: bool = False
    image_stale: bool = False
    wrong_patient: bool = False
    frame_of_reference_changed: bool = False
    geometry_changed: bool = False
    node_down: bool = False
    disk_low: bool = False

    @property
    def position_shown(self) -> bool:
        """Whether the numbers are true now."""
        return self.deviation is not None and self.registration.usable and not (self.image_stale or self.wrong_patient)


@dataclass(frozen=True)
class Seen:
    """What there has been, so that it can be missed."""

    registration: bool = False
    instrument: bool = False

    def after(self, situation: Situation) -> Seen:
        good = situation.registration.usable and not situation.wrong_patient
        return Seen(self.registration or good, self.instrument or (good and situation.instrument_visible))
