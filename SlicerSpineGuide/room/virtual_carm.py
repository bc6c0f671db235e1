"""A run of the virtual C-arm: single shots, biplane pairs or fluoroscopy of a patient who moves and an instrument that advances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from SlicerSpineGuide.geometry import FloatArray, Projection, apply, inverse, rigid, rigid_about, rotate
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.recording.case import TruthFrame
from SlicerSpineGuide.room.carm import expose
from SlicerSpineGuide.room.live_series import LiveSeries
from SlicerSpineGuide.room.projector import Attenuator, detector_points, metal_path_mm
from SlicerSpineGuide.room.run import Acquisition, Run
from SlicerSpineGuide.room.scenario import Scenario
from SlicerSpineGuide.room.truth import truth_frame
from SlicerSpineGuide.room.xa_image import Exposure, xa_image

OFF_CENTRE_MM = 8.0  # how well the operator centres the target
AROUND_MM = (160.0, 400.0, 120.0)  # of the patient in the beam, along L, P, S


class VirtualCarm(Run):
    """A run under the C-arm. Live coordinates are isocentre-centred LPS as the tags tell it (CASE_FORMAT)."""

    modality = "XA"

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
        """frames: how many instead of the scenario's own. ValueError where the scenario has no C-arm."""
        if scenario.carm is None:
            raise ValueError(f"the scenario {scenario.name} has no C-arm")
        self.protocol = scenario.carm
        super().__init__(planning, trajectory, scenario, rate_hz=self.protocol.rate_hz, seed=seed, frames=frames, zones=zones)
        rng = np.random.default_rng([seed, 2])
        self._isocentre = trajectory.target + rng.uniform(-1, 1, 3) * OFF_CENTRE_MM
        self._error = self._pose_error(rng, 1.0)
        self._view_errors = [self._pose_error(rng, self.protocol.view_error) for _ in self.protocol.views]

    @cached_property
    def _attenuator(self) -> Attenuator:
        return Attenuator(_continued(self._planning.crop(self._isocentre, AROUND_MM), self._isocentre, AROUND_MM[2]))

    def live_from_plan(self, t: float) -> FloatArray:
        """(4, 4) to the coordinates in which the tags' geometry holds: the C-arm's error counts as the patient's motion."""
        return inverse(self._error) @ rigid(translation=-self._isocentre) @ super().live_from_plan(t)

    def truth_of(self, index: int) -> TruthFrame:
        live_from_plan = self.live_from_plan(self._time(index))
        tip, axis = self.instrument(index)
        visible = tip is not None and self._in_all_views(apply(live_from_plan, tip))
        return truth_frame(index, inverse(live_from_plan), tip, axis, visible, self.trajectory, self.zones)

    def acquisitions(self) -> Iterator[Acquisition]:
        for index in range(self.frame_count):
            plan_from_live = inverse(self.live_from_plan(self._time(index)))
            rng = self._noise(index)
            exposures = tuple(self._expose(view, index, plan_from_live, rng) for view in range(len(self.protocol.views)))
            yield Acquisition(index, self._time(index), exposures, self.truth_of(index), self._faults(index))

    def dataset(self, series: LiveSeries, image: Any, acquisition: int, instance: int, t: float) -> Dataset:
        return xa_image(series, image, self.protocol, acquisition, instance, t)

    def _expose(self, view: int, index: int, plan_from_live: FloatArray, rng: np.random.Generator) -> Exposure:
        told = self.protocol.projection(view)
        real = _moved(told, plan_from_live @ self._view_errors[view])
        points = detector_points(real)
        water, bone = self._attenuator.path_mm(real.source, points)
        metal = metal_path_mm(self._metals(index), real.source, points)
        return Exposure(expose(water, bone, metal, self.protocol, rng), told, view)

    def _in_all_views(self, tip: FloatArray) -> bool:
        projections = (self.protocol.projection(view) for view in range(len(self.protocol.views)))
        return all(self.protocol.in_field(p.project(tip)) for p in projections)

    def _pose_error(self, rng: np.random.Generator, part: float) -> FloatArray:
        turn = np.radians(rng.normal(0, self.protocol.angle_error_deg, 3)) * part
        return rigid_about(np.zeros(3), turn, rng.normal(0, self.protocol.isocentre_error_mm, 3) * part)


def _continued(volume: Volume, centre: FloatArray, reach_mm: float) -> Volume:
    """The volume mirrored at its first and last slice as far as reach_mm from `centre`: a patient does not end where a CT does."""
    slice_mm = volume.spacing[2]
    index = apply(volume.index_from_lps, centre)[2]
    below = max(0, int(np.ceil(reach_mm / slice_mm - index)))
    above = max(0, int(np.ceil(index + reach_mm / slice_mm)) - (volume.size[2] - 1))
    matrix = volume.lps_from_index.copy()
    matrix[:3, 3] = apply(matrix, (0, 0, -below))
    return Volume(np.pad(volume.voxels, ((below, above), (0, 0), (0, 0)), mode="symmetric"), matrix)


def _moved(projection: Projection, matrix: FloatArray) -> Projection:
    """The same C-arm after a rigid (4, 4) motion."""
    return replace(
        projection,
        source=apply(matrix, projection.source),
        detector_centre=apply(matrix, projection.detector_centre),
        u=rotate(matrix, projection.u),
        v=rotate(matrix, projection.v),
    )
