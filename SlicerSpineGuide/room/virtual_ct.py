"""A run of the virtual CT: slices where an operator would put them, of a patient who moves and an instrument that advances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, ImagePlane, apply, inverse
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.recording.case import TruthFrame
from SlicerSpineGuide.room.ct_image import ct_image
from SlicerSpineGuide.room.live_series import LiveSeries
from SlicerSpineGuide.room.run import Acquisition, Run
from SlicerSpineGuide.room.scanner import CtProtocol, VirtualPatient, acquire
from SlicerSpineGuide.room.scenario import NEW_TILT_DEG, Scenario
from SlicerSpineGuide.room.truth import tip_in_slices, truth_frame
from SlicerSpineGuide.translation import tr

BORDER_MM = 6.0  # the live field keeps that far inside the planning CT
SMALLEST_FIELD_MM = 60.0
OPERATOR_LAG_S = 1.0  # how old the picture is after which the operator places the slices


@dataclass(frozen=True, eq=False)
class Moment:
    """Everything about one frame but its pixels: tip (3,) and axis (3,) in planning LPS or None, planes in live LPS."""

    t: float
    live_from_plan: FloatArray
    tip: FloatArray | None
    axis: FloatArray | None
    planes: tuple[ImagePlane, ...]
    truth: TruthFrame


class VirtualCt(Run):
    """A run under CT."""

    modality = "CT"

    def __init__(
        self,
        planning: Volume,
        trajectory: Trajectory,
        scenario: Scenario,
        *,
        seed: int = 0,
        frames: int | None = None,
        zones: tuple[Zone, ...] = (),
    ) -> None:
        """frames: how many instead of the scenario's own. BadInput where the planning CT is too small to image the path."""
        rate = scenario.protocol.rate_hz
        super().__init__(planning, trajectory, scenario, rate_hz=rate, seed=seed, frames=frames, zones=zones)
        self.protocol, self._centre = fitting_field(planning, trajectory, scenario.protocol)

    @cached_property
    def _patient(self) -> VirtualPatient:
        return patient_around(self._planning, self.trajectory, self._centre, self.protocol)

    def moment(self, index: int) -> Moment:
        """What is so at frame `index`, without its images: cheap."""
        t = self._time(index)
        live_from_plan = self.live_from_plan(t)
        tip, axis = self.instrument(index)
        planes = self._planes(index)
        visible = tip is not None and tip_in_slices(apply(live_from_plan, tip), planes)
        truth = truth_frame(index, inverse(live_from_plan), tip, axis, visible, self.trajectory, self.zones)
        return Moment(t, live_from_plan, tip, axis, planes, truth)

    def truth_of(self, index: int) -> TruthFrame:
        return self.moment(index).truth

    def acquisition(self, index: int) -> Acquisition:
        """Frame `index` with its images."""
        moment = self.moment(index)
        organs = self._motion.organs_mm(moment.t)
        metals, noise, protocol = self._metals(index), self._noise(index), self._protocol_at(index)
        images = acquire(self._patient, metals, moment.live_from_plan, moment.planes, protocol, noise, organs)
        return Acquisition(index, moment.t, tuple(images), moment.truth, self._faults(index))

    def acquisitions(self) -> Iterator[Acquisition]:
        return (self.acquisition(index) for index in range(self.frame_count))

    def dataset(self, series: LiveSeries, image: Any, acquisition: int, instance: int, t: float) -> Dataset:
        return ct_image(series, image, self._protocol_at(acquisition - 1), acquisition, instance, t)

    def _protocol_at(self, index: int) -> CtProtocol:
        """The scanner's settings at frame `index`."""
        if "new-geometry" in self._faults(index):
            return replace(self.protocol, tilt_deg=self.protocol.tilt_deg + NEW_TILT_DEG)
        return self.protocol

    def _planes(self, index: int) -> tuple[ImagePlane, ...]:
        """The slices where the operator puts them: whole slices up or down, so that the tip seen a second ago is in the middle one."""
        before = max(0, index - round(OPERATOR_LAG_S * self.protocol.rate_hz))
        tip = self._path.at(self._part(before))[0]
        held = self._motion.held()
        seen = apply(held.live_from_plan(self._time(before), self.trajectory.target), tip)
        centre = apply(held.live_from_plan(0.0, self.trajectory.target), self._centre)
        protocol = self._protocol_at(index)
        normal = protocol.planes(centre)[0].normal
        thickness = protocol.thickness_mm
        offset = np.rint((seen - centre) @ normal / thickness) * thickness + self.scenario.table_mm(self._part(index))
        return protocol.planes(centre + offset * normal)


def fitting_field(planning: Volume, trajectory: Trajectory, protocol: CtProtocol) -> tuple[CtProtocol, FloatArray]:
    """The protocol with a field that the planning CT can fill, and the field's centre (planning LPS): the path, where that fits.

    BadInput where the planning CT is too small around the path.
    """
    middle = trajectory.target + 0.3 * (trajectory.entry - trajectory.target)
    corners = apply(planning.lps_from_index, np.stack([np.zeros(3), np.array(planning.size) - 1]))
    low, high = corners.min(axis=0), corners.max(axis=0)
    field = min(protocol.field_mm, *(high - low - 2 * BORDER_MM)[:2])
    if field < SMALLEST_FIELD_MM:
        raise BadInput(
            tr("The planning CT is {size:.0f} mm wide: live slices need {need:.0f} mm around the path.").format(
                size=field + 2 * BORDER_MM, need=SMALLEST_FIELD_MM + 2 * BORDER_MM
            )
        )
    reach = np.array([field / 2 + BORDER_MM, field / 2 + BORDER_MM, 0.0])
    return replace(protocol, field_mm=float(field)), np.clip(middle, low + reach, high - reach)


def patient_around(planning: Volume, trajectory: Trajectory, centre: FloatArray, protocol: CtProtocol) -> VirtualPatient:
    """The part of the patient that the slices along the path can show."""
    along = abs(trajectory.entry[2] - trajectory.target[2]) + abs(trajectory.target[2] - centre[2])
    tilted = np.sin(np.radians(abs(protocol.tilt_deg))) * protocol.field_mm / 2
    half = np.array(
        [protocol.field_mm / 2 + 25, protocol.field_mm / 2 + 25, along + tilted + protocol.slices * protocol.thickness_mm / 2 + 30]
    )
    return VirtualPatient(planning, centre, half, spine=trajectory.target)
