"""Live CT slices onto the planning CT around one target: tracking from the last pose, capture from none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, Vector, rigid, vector
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.registration.gauss_newton import Pose
from SlicerSpineGuide.registration.mirrored import MirrorCheck
from SlicerSpineGuide.registration.patches import LiveSlice
from SlicerSpineGuide.registration.recovery import Recovery
from SlicerSpineGuide.registration.result import Registration, Status
from SlicerSpineGuide.registration.solver import Reference, Solver, apart
from SlicerSpineGuide.registration.verdict import Solution, covariance, judge, quality
from SlicerSpineGuide.translation import tr

Masks = Sequence[npt.NDArray[np.bool_] | None]
KEPT_REFERENCES = 3
SEARCH_AGAIN = 24  # lost frames from one waited-for search to the next
AS_PLANNED = Pose(np.eye(3), np.zeros(3))  # the patient lies as for the planning CT


class SliceRegistration:
    """Registers live slices to the planning CT around one target, for one live loop: not for two threads at once.

    It remembers the last locked pose, as a place to look. When a frame is lost, a wide search runs on that frame in a thread that
    stands aside while `register` works; what it finds is tried on the next frame.
    """

    def __init__(self, volume: Volume, centre: FloatArray, radius: float, recovery: bool, waits: bool = False) -> None:
        self._recovers = recovery
        self._waits = waits
        self._lost_frames = 0
        self._centre = centre
        self._solver = Solver(volume, centre, radius)
        self._references: list[Reference] = []
        self._mirrors = MirrorCheck(volume, centre, radius, self._solver)
        self._recovery = Recovery(self._solver)
        self._locked: Pose | None = None

    def register(self, slices: Sequence[Slice], start: FloatArray | None = None, masks: Masks | None = None) -> Registration:
        """Where the patient is in one frame: parallel slices acquired together, of any tilt, matrix, field and thickness.

        start: plan_from_live (4, 4) of the last frame, for tracking; None searches around identity. masks: per slice, live
        pixels (rows, columns) to ignore, or None. A tracking that fails is followed by a capture around `start`, the last locked
        pose and identity. Never raises for bad pixels.
        """
        if not slices:
            return Registration("none", centre=self._centre, reason=tr("The frame holds no CT slice."))
        given = masks if masks is not None else [None] * len(slices)
        live = [LiveSlice(s, m, self._centre) for s, m in zip(slices, given, strict=True)]
        self._recovery.loop_works(True)
        try:
            return self._register(live, None if start is None else self._pose(start))
        finally:
            self._recovery.loop_works(False)

    def forget(self) -> None:
        """Forget the last locked pose and end a search under way: another patient position is to be expected."""
        self._locked = None
        self._lost_frames = 0
        self._recovery.cancel()
        self._recovery.wait(5.0)

    def wait_for_recovery(self, timeout_s: float) -> bool:
        """Wait for a wide search under way, if any; whether it has ended. The live loop never needs this."""
        return self._recovery.wait(timeout_s)

    def _register(self, live: Sequence[LiveSlice], start: Pose | None) -> Registration:
        best = _Best()
        if start is not None:
            reference = self._reference(live, start)
            best.offer(self._solver.track(reference, live, start), reference)
        if self._waits and not best.locked:
            self._recovery.loop_works(False)
            self._recovery.wait(None)
        found = None if best.locked else self._recovery.take()
        if found is not None and found.pose is not None:
            reference = self._reference(live, found.pose)
            best.offer(self._solver.track(reference, live, found.pose), reference)
        places = self._places(start)
        for near in places:
            if best.locked:
                break
            reference = self._reference(live, near)
            best.offer(self._solver.capture(reference, live, near), reference)
        self._doubt_mirrored(best, live)
        if best.locked and best.solution is not None:
            self._recovery.cancel()
            if self._waits:  # what it may have found at the last moment must not be there at one time and not at another
                self._recovery.wait(None)
                self._recovery.cancel()
            self._locked = best.solution.fit.pose
            self._lost_frames = 0
        elif self._recovers:
            if not self._waits or self._lost_frames % SEARCH_AGAIN == 0:
                self._recovery.begin(live, places)
            self._lost_frames += 1
        if found is not None and found.half_turn and not best.locked:
            return Registration("lost", centre=self._centre, reason=_turned(found.half_turn))
        return self._registration(best)

    def _doubt_mirrored(self, best: _Best, live: Sequence[LiveSlice]) -> None:
        """Do not lock in a new place what fits about as well turned by half."""
        if not best.locked or best.solution is None or best.reference is None:
            return
        if self._locked is not None and not apart(best.solution.fit.pose, self._locked):
            return
        straight = self._reference(live, AS_PLANNED)  # a wrong pose may be turned in a way that the right one is not
        for reference in (straight,) if best.reference is straight else (best.reference, straight):
            axis = self._mirrors.fits_turned(reference, live, best.solution)
            if axis:
                best.status, best.reason = "uncertain", _turned(axis)
                return

    def _places(self, start: Pose | None) -> list[Pose]:
        """Where to look, each place once: around the start, around identity, around the last locked pose."""
        places: list[Pose] = []
        for pose in (start, AS_PLANNED, self._locked):
            if pose is not None and all(apart(pose, other) for other in places):
                places.append(Pose(pose.rotation, pose.translation))
        return places

    def _registration(self, best: _Best) -> Registration:
        solution = best.solution
        if solution is None or best.spread is None:
            return Registration("lost", centre=self._centre, reason=tr("The live slice does not reach the planned target."))
        how_good = quality(solution.likeness)
        if best.status == "lost":
            return Registration("lost", centre=self._centre, quality=how_good, reason=best.reason)
        return Registration(best.status, self._matrix(solution.fit.pose), best.spread, self._centre, how_good, best.reason)

    def _reference(self, live: Sequence[LiveSlice], near: Pose) -> Reference:
        frame = near.rotation @ live[0].frame
        thickness = live[0].plane.thickness
        for known in self._references:
            if known.serves(frame, thickness):
                return known
        made = self._solver.reference(frame, thickness)
        self._references = [made, *self._references[: KEPT_REFERENCES - 1]]
        return made

    def _pose(self, plan_from_live: FloatArray) -> Pose:
        rotation = plan_from_live[:3, :3]
        return Pose(rotation, rotation @ self._centre + plan_from_live[:3, 3] - self._centre)

    def _matrix(self, pose: Pose) -> FloatArray:
        return rigid(pose.rotation, pose.translation - pose.rotation @ self._centre + self._centre)


def _turned(axis: str) -> str:
    reason = tr("The live images look turned by 180 degrees about the {axis} axis against the plan: check the patient position.")
    return reason.format(axis=axis)


class _Best:
    """The better of the solutions offered, judged."""

    def __init__(self) -> None:
        self.solution: Solution | None = None
        self.reference: Reference | None = None
        self.spread: FloatArray | None = None
        self.status: Status = "lost"
        self.reason = ""

    @property
    def locked(self) -> bool:
        return self.status == "locked"

    def offer(self, solution: Solution | None, reference: Reference) -> None:
        if solution is None or (self.solution is not None and self.solution.likeness.misfit <= solution.likeness.misfit):
            return
        self.solution, self.reference, self.spread = solution, reference, covariance(solution)
        self.status, self.reason = judge(solution, self.spread)


def prepare(
    volume: Any, centre: Vector, *, radius_mm: float = 45.0, recovery: bool = True, repeatable: bool = False
) -> SliceRegistration:
    """A registration of live slices to `volume` around `centre` (LPS mm), using what lies within `radius_mm` of it.

    recovery: whether lost frames are searched on in the background. repeatable: the frame after a lost one waits for that search,
    which may take seconds, and not every lost frame has one; so the same frames always give the same results.
    volume: images.Volume, a SimpleITK image or vtkImageData in LPS mm. BadInput where the centre lies outside it.
    """
    volume, target = Volume.of(volume), vector(centre)
    if not volume.contains(target):
        raise BadInput(
            tr("The target {point} lies outside the planning CT: correct the plan.").format(point=np.round(target, 1).tolist())
        )
    return SliceRegistration(volume, target, radius_mm, recovery, repeatable)
