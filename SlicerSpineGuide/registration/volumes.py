"""A new CT volume onto the planning CT around one target, with SimpleITK: another frame of reference, another position.

A masked Fourier-domain correlation of the target's surroundings in several orientations proposes places; each is refined on a coarse
grid, and the best on finer ones, over the bone near the target only. Last, the slices through the vertebra decide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, Vector, apply, inverse, rigid, rotation_from_vector, vector, vector_from_rotation
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.reference import HIGH_HU, LOW_HU
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.registration.slices import SliceRegistration
from SlicerSpineGuide.registration.vertebra import VertebraWeight, vertebra_weight
from SlicerSpineGuide.registration.volume_verdict import judge_volume
from SlicerSpineGuide.translation import tr

Progress = Callable[[float], bool]
SEARCH_MM = 5.0  # grid of the search
TILTS_DEG = 15.0
PLACES_PER_ORIENTATION, PLACES = 6, 24  # measured: where neighbours have turned, the right one may be the twelfth
APART_MM = 12.0
STAGES = ((4.0, 60, 4.0), (2.0, 40, 1.0), (1.0, 30, 0.3))  # grid mm, iterations, first step mm
STAGE_WEIGHTS = 0.05, 0.3, 0.3  # what counts at each: first the surroundings too, then the vertebra alone
ALONG_SPINE_MM = 13.0  # half a vertebra: a volume shows its neighbours as well, which may have turned against it
LEAST_OVERLAP = 0.4  # of the template in the search, of the vertebra's bone when refined: a few voxels may agree by chance
THROUGH_VERTEBRA_MM, MOST_SLICES = 10.0, 7
NEAR_MM, NEAR_DEG = 3.0, 4.0  # of the volume's pose: further away the slices have found something else


class Cancelled(Exception):
    """The caller's progress callback asked to stop."""


@dataclass(frozen=True, eq=False)
class _Place:
    score: float
    live_from_plan: sitk.Euler3DTransform


def register_volume(
    live: Volume,
    plan: Volume,
    centre: Vector,
    *,
    radius_mm: float = 45.0,
    start: FloatArray | None = None,
    progress: Progress | None = None,
) -> Registration:
    """plan_from_live of a whole CT volume, for the vertebra around `centre` (planning-CT LPS mm).

    Found from up to about 50 mm further than the volumes overlap and 20 degrees; start: plan_from_live (4, 4) to try as well.
    progress: called with the done part, 0 to 1, and returns whether to go on; Cancelled is raised where it does not. BadInput:
    the centre lies outside the plan. Source: Padfield 2012 (masked correlation), SimpleITK's ImageRegistrationMethod.
    """
    target = vector(centre)
    if not plan.contains(target):
        raise BadInput(
            tr("The target {point} lies outside the planning CT: correct the plan.").format(point=np.round(target, 1).tolist())
        )
    work = _VolumeRegistration(live, plan, target, radius_mm, progress or (lambda _: True))
    places = work.places()
    if start is not None:
        places.append(_Place(1.0, _euler(inverse(start), target)))
    if not places:
        return Registration("lost", centre=target, reason=tr("The target's vertebra is nowhere in the new CT."))
    ranked = sorted((work.refined(p, 0, k, len(places)) for k, p in enumerate(places)), key=lambda p: -p.score)
    best = ranked[0]
    rival = next((p.score for p in ranked[1:] if _distance(p, best, target) > APART_MM), 0.0)
    for stage in range(1, len(STAGES)):
        best = work.refined(best, stage, 0, 1)
    pose, ambiguous = _matrix(best.live_from_plan), ranked[0].score - rival < 0.05
    judged = judge_volume(live, plan, target, work.weight, pose, ambiguous=ambiguous)
    if judged.usable and not ambiguous:
        judged = _by_slices(live, plan, target, radius_mm, pose, judged)
    work.report(1.0)
    return judged


def _by_slices(live: Volume, plan: Volume, target: FloatArray, radius: float, pose: FloatArray, judged: Registration) -> Registration:
    """The pose again from the new CT's slices through the vertebra, whose robust weights leave out neighbours that have turned.

    Taken where they lock next to the volume's pose; else `judged`, which is of the volume.
    """
    middle = apply(live.index_from_lps, apply(inverse(pose), target))[2]
    reach = THROUGH_VERTEBRA_MM / live.spacing[2]
    through = [k for k in range(live.size[2]) if abs(k - middle) < reach]
    few = through[:: max(1, -(-len(through) // MOST_SLICES))]
    found = SliceRegistration(plan, target, radius, recovery=False).register(live.slices(few), pose)
    if found.status != "locked" or found.plan_from_live is None:
        return judged
    moved = found.plan_from_live @ inverse(pose)
    near = np.linalg.norm(apply(moved, target) - target) < NEAR_MM and _turn_deg(moved) < NEAR_DEG
    return found if near else judged


def _turn_deg(motion: FloatArray) -> float:
    """The angle, degrees, by which a rigid motion (4, 4) turns."""
    return float(np.degrees(np.linalg.norm(vector_from_rotation(motion))))


class _VolumeRegistration:
    def __init__(self, live: Volume, plan: Volume, target: FloatArray, radius: float, progress: Progress) -> None:
        self.weight: VertebraWeight = vertebra_weight(plan, target, radius + 10.0, along_mm=ALONG_SPINE_MM)
        self._live = sitk.Clamp(sitk.Cast(live.to_sitk(), sitk.sitkFloat32), sitk.sitkFloat32, LOW_HU, HIGH_HU)
        self._plan = sitk.Clamp(
            sitk.Cast(plan.crop(target, radius + 60.0).to_sitk(), sitk.sitkFloat32), sitk.sitkFloat32, LOW_HU, HIGH_HU
        )
        self._target = target
        self._radius = radius
        self._progress = progress
        self._done = 0.0
        self._smooth: dict[float, sitk.Image] = {}
        self._fixed: dict[float, tuple[sitk.Image, sitk.Image]] = {}
        self._bone_voxels: dict[float, int] = {}

    def report(self, done: float) -> None:
        self._done = max(self._done, done)
        if not self._progress(self._done):
            raise Cancelled

    def places(self) -> list[_Place]:
        """Where the target's surroundings may lie in the live volume, best first."""
        live = _lps_grid(_smoothed(self._live, SEARCH_MM), SEARCH_MM)
        seen = _covered(self._live, live)
        found: list[_Place] = []
        orientations = [np.zeros(3)] + [s * np.radians(TILTS_DEG) * axis for axis in np.eye(3) for s in (1.0, -1.0)]
        template = _smoothed(self._plan, SEARCH_MM)
        for k, turn in enumerate(orientations):
            self.report(0.4 * k / len(orientations))
            found += self._peaks(live, seen, template, turn)
        found.sort(key=lambda p: -p.score)
        kept: list[_Place] = []
        for place in found:
            if all(_distance(place, other, self._target) > APART_MM for other in kept):
                kept.append(place)
        return kept[:PLACES]

    def _peaks(self, live: sitk.Image, seen: sitk.Image, plan: sitk.Image, turn: FloatArray) -> list[_Place]:
        """The best shifts of the target's surroundings, turned by a rotation vector (live from plan), over the live grid."""
        half = int(self._radius / SEARCH_MM)
        grid = sitk.Image([2 * half + 1] * 3, sitk.sitkFloat32)
        grid.SetSpacing([SEARCH_MM] * 3)
        grid.SetOrigin((self._target - half * SEARCH_MM).tolist())
        turned = sitk.Euler3DTransform()
        turned.SetCenter(self._target.tolist())
        turned.SetMatrix(rotation_from_vector(-turn).ravel().tolist())
        template = sitk.Resample(plan, grid, turned, sitk.sitkLinear, LOW_HU)
        inside = sitk.Resample(_ones(plan), grid, turned, sitk.sitkNearestNeighbor, 0)
        unplaced = [sitk.Image(i) for i in (live, template, seen, inside)]
        for image in unplaced:
            image.SetOrigin((0.0, 0.0, 0.0))
        score = sitk.MaskedFFTNormalizedCorrelation(*unplaced, 0, LEAST_OVERLAP)
        values = sitk.GetArrayFromImage(score)
        places = []
        reach = int(APART_MM / SEARCH_MM)
        for _ in range(PLACES_PER_ORIENTATION):
            z, y, x = (int(i) for i in np.unravel_index(int(np.argmax(values)), values.shape))
            if values[z, y, x] <= 0:
                break
            # The correlation's index 0 has the template's last voxel on the live volume's first one.
            corner = np.array([x, y, z]) - 2 * half
            at = np.array(live.GetOrigin()) + (corner + half) * SEARCH_MM
            places.append(
                _Place(float(values[z, y, x]), _euler(rigid(None, at - self._target) @ _about(self._target, turn), self._target))
            )
            values[max(z - reach, 0) : z + reach + 1, max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1] = -1
        return places

    def refined(self, place: _Place, stage: int, index: int, count: int) -> _Place:
        """The place after one stage of optimisation; its score is the correlation over the bone near the target."""
        spacing, iterations, step = STAGES[stage]
        fixed, mask = self._plan_at(spacing, STAGE_WEIGHTS[stage])
        method = sitk.ImageRegistrationMethod()
        method.SetMetricAsCorrelation()
        method.SetMetricFixedMask(mask)
        method.MetricUseMovingImageGradientFilterOff()  # it would differentiate the whole live volume for a few thousand points
        method.MetricUseFixedImageGradientFilterOff()
        method.SetInterpolator(sitk.sitkLinear)
        method.SetOptimizerAsRegularStepGradientDescent(step, 0.01 * spacing, iterations, relaxationFactor=0.6)
        method.SetOptimizerScalesFromPhysicalShift()
        transform = sitk.Euler3DTransform(place.live_from_plan)
        method.SetInitialTransform(transform, inPlace=True)
        first = 0.4 + 0.3 * index / count if stage == 0 else 0.7 + 0.15 * (stage - 1)
        share = 0.3 / count if stage == 0 else 0.15
        cancelled: list[bool] = []

        def step_done() -> None:
            try:
                self.report(first + share * min(method.GetOptimizerIteration() / iterations, 1.0))
            except Cancelled:
                cancelled.append(True)
                method.StopRegistration()

        method.AddCommand(sitk.sitkIterationEvent, step_done)
        try:
            method.Execute(fixed, self._live_at(spacing))
        except RuntimeError:  # SimpleITK's word for "no overlap"
            return _Place(-1.0, place.live_from_plan)
        if cancelled:
            raise Cancelled
        if method.GetMetricNumberOfValidPoints() < LEAST_OVERLAP * self._bone_voxels[spacing]:
            return _Place(-1.0, place.live_from_plan)
        return _Place(-float(method.GetMetricValue()), transform)

    def _live_at(self, spacing: float) -> sitk.Image:
        if spacing not in self._smooth:
            smooth = _smoothed(self._live, spacing)
            self._smooth[spacing] = smooth if spacing <= min(self._live.GetSpacing()) else _lps_grid(smooth, 0.7 * spacing)
        return self._smooth[spacing]

    def _plan_at(self, spacing: float, least: float) -> tuple[sitk.Image, sitk.Image]:
        """The plan around the target on a grid of `spacing` mm, and where bone near the target is."""
        if spacing in self._fixed:
            return self._fixed[spacing]
        half = int(self._radius / spacing)
        grid = sitk.Image([2 * half + 1] * 3, sitk.sitkFloat32)
        grid.SetSpacing([spacing] * 3)
        grid.SetOrigin((self._target - half * spacing).tolist())
        fixed = sitk.Resample(_smoothed(self._plan, spacing), grid, sitk.Transform(), sitk.sitkLinear, LOW_HU)
        offsets = (np.arange(2 * half + 1) - half) * spacing
        z, y, x = np.meshgrid(offsets, offsets, offsets, indexing="ij")
        weight = self.weight.at(np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1).astype(np.float32))
        mask = sitk.GetImageFromArray((weight > least).astype(np.uint8).reshape(x.shape))
        mask.CopyInformation(fixed)
        self._bone_voxels[spacing] = int(np.count_nonzero(weight > least))
        self._fixed[spacing] = fixed, mask
        return fixed, mask


def _about(target: FloatArray, turn: FloatArray) -> FloatArray:
    rotation = rotation_from_vector(turn)
    return rigid(rotation, target - rotation @ target)


def _euler(matrix: FloatArray, target: FloatArray) -> sitk.Euler3DTransform:
    transform = sitk.Euler3DTransform()
    transform.SetCenter(target.tolist())
    transform.SetMatrix(matrix[:3, :3].ravel().tolist(), 1e-6)
    transform.SetTranslation((matrix[:3, :3] @ target + matrix[:3, 3] - target).tolist())
    return transform


def _matrix(live_from_plan: sitk.Euler3DTransform) -> FloatArray:
    rotation = np.array(live_from_plan.GetMatrix()).reshape(3, 3)
    return inverse(rigid(rotation, np.array(live_from_plan.TransformPoint((0.0, 0.0, 0.0)))))


def _distance(a: _Place, b: _Place, target: FloatArray) -> float:
    """mm between two answers at the target, a turn counting 0.5 mm per degree."""
    ma, mb = _matrix(a.live_from_plan), _matrix(b.live_from_plan)
    there = inverse(ma)[:3] @ [*target, 1.0] - inverse(mb)[:3] @ [*target, 1.0]
    return float(np.linalg.norm(there) + 0.5 * np.degrees(np.linalg.norm(vector_from_rotation(ma @ inverse(mb)))))


def _smoothed(image: sitk.Image, spacing: float) -> sitk.Image:
    """Smoothed for sampling at `spacing` mm."""
    sigmas = [0.4 * spacing if s < spacing else 0.0 for s in image.GetSpacing()]
    return sitk.DiscreteGaussian(image, [max(s, 1e-3) ** 2 for s in sigmas], 16) if any(sigmas) else image


def _lps_grid(image: sitk.Image, spacing: float) -> sitk.Image:
    """`image` on a grid along L, P and S that covers it."""
    corners = np.array(
        [
            image.TransformIndexToPhysicalPoint([int(i) * (n - 1) for i, n in zip(f"{k:03b}", image.GetSize(), strict=True)])
            for k in range(8)
        ]
    )
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = [int(n) + 1 for n in (high - low) / spacing]
    return sitk.Resample(
        image, size, sitk.Transform(), sitk.sitkLinear, low.tolist(), [spacing] * 3, np.eye(3).ravel().tolist(), LOW_HU
    )


def _ones(image: sitk.Image) -> sitk.Image:
    ones = sitk.Image(image.GetSize(), sitk.sitkFloat32) + 1
    ones.CopyInformation(image)
    return ones


def _covered(image: sitk.Image, grid: sitk.Image) -> sitk.Image:
    return sitk.Resample(_ones(image), grid, sitk.Transform(), sitk.sitkNearestNeighbor, 0)
