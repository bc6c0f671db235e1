"""Registration of C-arm radiographs to the planning CT: from a first guess, or from the last registration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, Projection, rigid, vector
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.registration.drr_motion import moved, small_motion
from SlicerSpineGuide.registration.result import Registration, Status
from SlicerSpineGuide.registration.xray_image import LogRadiograph
from SlicerSpineGuide.registration.xray_levels import prepare_levels
from SlicerSpineGuide.registration.xray_search import candidates
from SlicerSpineGuide.registration.xray_solve import WELL_EXPLAINED, Prior, Solution, TagAccuracy, for_each_view, reach_mm, solve
from SlicerSpineGuide.registration.xray_view import Level, View
from SlicerSpineGuide.translation import tr

SEARCH_MM = 36.0  # how far from the first guess the target may turn out to be
# correlations of local contrast around the target; docs/fluoroscopy.md's evaluation shows both sides of each
LOCKED_CORRELATION, LEAST_CORRELATION, LOST_CORRELATION = 0.65, 0.45, 0.4
LOCKED_EXPLAINED = 0.87  # in each view: below it every second pair was more than 1 mm off, and every second view 0.5 mm in its plane
LEAST_USED = 0.25  # of the window that is compared, which is 9 cm wide: a field of 5 cm
RIVAL_MARGIN, RIVAL_APART_MM = 0.08, 14.0  # vertebrae are further apart than that
GOOD_CORRELATION = 0.85  # at the middle level: above it no further starts are tried
# across the rays, and along those of a single view: so far off in depth, what is drawn 4 cm off the target is 0.7 mm off
LOCKED_SIGMA_MM, LOCKED_DEPTH_MM = 1.5, 12.0
DISTANCE_ERROR = 0.005  # of a C-arm's stated distances: what one view's depth, a matter of magnification, cannot do better than
# first guesses that are turned, (N, 3) in rad, about each axis and between them
TURNS = np.radians(np.vstack((12.0 * np.eye(3), -12.0 * np.eye(3), 7.0 * np.array(list(product((-1.0, 1.0), repeat=3))))))
STRIDE = 1.3  # of a tracking step: half as many steps as without
MIDDLE_STEPS, FINE_STEPS, TRACKING_STEPS = 8, 20, 10  # of Gauss-Newton, at most
SLACK_MM = 2.0  # what a window at the finest level has to spare around the target
AT_REST_MM = 0.15  # a pose whose last step was longer is still on its way
SAME_PLACE_MM, REFINED = 1.5, 3  # of the poses found, how many that differ by so much are refined
MOTION_SIGMA = np.array([2.5] * 3 + [np.radians(1.0)] * 3)  # of the patient, from frame to frame
CALM_MM, LEAP_MM = 4.0, 8.0  # from frame to frame: as expected, and the furthest that is followed without a search


@dataclass(frozen=True, eq=False)
class XrayPose(Registration):
    """A registration together with each view's own plan_from_live, for drawing on that view and for triangulation.

    They differ from the common one by what the C-arm's tags were off between the views. correlations: one a view. ends_in_air:
    beyond the CT's ends the radiographs showed nothing, as simulated ones do.
    """

    view_poses: tuple[FloatArray, ...] = ()
    correlations: tuple[float, ...] = ()
    ends_in_air: bool = False


@dataclass(frozen=True, eq=False)
class Place:
    """Where the target may be: what Gauss-Newton came to, with the CT's levels that it was compared with."""

    solution: Solution
    levels: Sequence[Level]

    def promise(self, guess: FloatArray, centre: FloatArray) -> float:
        """The correlation, less what a pose loses by being turned far from the C-arm's angles."""
        angle = np.linalg.norm(small_motion(self.solution.pose, guess, centre)[3:])
        return float(self.solution.correlation - 0.15 * (angle / np.radians(20)) ** 2)


def isocentre_at(target: Sequence[float] | FloatArray) -> FloatArray:
    """The plan_from_live (4, 4) of a C-arm with its isocentre at the target (3,), planning-CT LPS, and its angles as the tags say."""
    return rigid(None, vector(target))


def prepare(volume: Volume, centre: Sequence[float] | FloatArray, tags: TagAccuracy | None = None) -> XrayRegistration:
    """Make the planning CT ready for radiographs of one target: about a second, once for each trajectory.

    volume: the planning CT in HU; centre: the planned target (3,), planning-CT LPS mm; tags: how exactly the C-arm's stated
    geometry holds from shot to shot.
    """
    target = vector(centre)
    return XrayRegistration(prepare_levels(volume, target), target, tags or TagAccuracy())


class XrayRegistration:
    """One planning CT and one target, ready for radiographs. Holds no state of the patient: the same input gives the same answer."""

    def __init__(self, levels: list[Level], centre: FloatArray, tags: TagAccuracy) -> None:
        self.levels, self.centre, self.tags = levels, centre, tags
        self._in_air = [replace(level, ends_in_air=True) for level in levels]

    def register(self, radiographs: Sequence[Radiograph], start: FloatArray | Registration | None = None) -> XrayPose:
        """Where the patient is in radiographs of one position: plan_from_live takes isocentre-centred LPS to planning-CT LPS.

        start: the last registration, or a first guess of plan_from_live (landmarks, say); without one the isocentre is taken to be
        at the target. From the last registration the running image is tracked: refined where it fits at once, and what one view
        cannot see is carried over, ever less certain. Any other start is searched around. Radiographs without geometry are left
        out; with none left the status is none.
        """
        known = [(r.pixels, r.projection) for r in radiographs if r.projection is not None]
        if not known:
            reasons = [r.reason for r in radiographs if r.reason]
            return XrayPose("none", reason=reasons[0] if reasons else tr("There is no radiograph with a known geometry."))
        seen = for_each_view(lambda given: LogRadiograph.of(*given), known)
        try:
            if isinstance(start, Registration):
                if start.usable and (tracked := self._track(seen, start)) is not None:
                    return tracked
                start = start.plan_from_live
            return self._acquire(seen, isocentre_at(self.centre) if start is None else start)
        except ValueError:  # the projector's: source and detector on one side of the CT
            return XrayPose("lost", reason=tr("The stated C-arm geometry does not have the planning CT between source and detector."))

    def _track(self, seen: Sequence[LogRadiograph], last: Registration) -> XrayPose | None:
        """A few steps from the last registration; None where the image no longer fits near there."""
        assert last.plan_from_live is not None
        before = last.plan_from_live
        levels = self._in_air if isinstance(last, XrayPose) and last.ends_in_air else self.levels
        known = last.covariance if last.covariance is not None else Prior.vague(before).covariance
        tags = self.tags if len(seen) > 1 else None
        # one who has moved further than is expected is found at the middle level first, and is not pulled back
        for way, expected, limit_mm in ((levels[2:], 1.0, CALM_MM), (levels[1:], 4.0, LEAP_MM)):
            pose, prior = before, Prior(before, known + np.diag((expected * MOTION_SIGMA) ** 2))
            for level in way:
                views = self._views(seen, level, pose, SLACK_MM)
                found = solve(
                    views,
                    pose,
                    iterations=TRACKING_STEPS,
                    tolerance_mm=0.1,
                    tags=tags,
                    prior=prior,
                    longest_step_mm=4.0,
                    stride=STRIDE,
                )
                pose = found.pose
            moved_mm = float(np.linalg.norm(small_motion(pose, before, self.centre)[:3]))
            if found.correlation >= LOCKED_CORRELATION and moved_mm <= limit_mm:
                return self._judged(_with_depth_doubt(found, seen, prior), np.inf, levels[2].ends_in_air)
        return None

    def _acquire(self, seen: Sequence[LogRadiograph], guess: FloatArray) -> XrayPose:
        """Search around a first guess, coarse to fine; around turned guesses too where the first does not lead to a good fit."""
        ends = any(not View(radiograph, self.levels[0], self.centre, guess, 0.0).whole for radiograph in seen)
        better = [
            place for levels in (self.levels, *([self._in_air] if ends else [])) for place in self._searched(seen, levels, [guess])
        ]
        better.sort(key=lambda place: place.promise(guess, self.centre), reverse=True)
        fine = [self._refined(seen, better[0])]
        if not _fits_well(fine[0].solution):
            turned = [moved(guess, np.concatenate((np.zeros(3), turn)), self.centre) for turn in TURNS]
            refined = better[0]
            better += self._searched(seen, refined.levels, turned)
            better.sort(key=lambda place: place.promise(guess, self.centre), reverse=True)
            promising = self._distinct(seen, better, SAME_PLACE_MM)[:REFINED]
            fine += [self._refined(seen, place) for place in promising if place is not refined]
        best = max(fine, key=lambda place: place.promise(guess, self.centre))
        lead = self._lead(seen, best, better, guess)
        return self._judged(_with_depth_doubt(best.solution, seen), lead, best.levels[2].ends_in_air)

    def _lead(self, seen: Sequence[LogRadiograph], best: Place, others: Sequence[Place], guess: FloatArray) -> float:
        """By how much the best place is more promising than the next best that is elsewhere; at the finest level where it is close."""
        here, *rivals = self._distinct(seen, [best, *others], RIVAL_APART_MM)
        if not rivals:
            return np.inf
        near = [other for other in others if len(self._distinct(seen, [best, other], RIVAL_APART_MM)) == 1]
        lead = max((p.promise(guess, self.centre) for p in near), default=-1.0) - rivals[0].promise(guess, self.centre)
        if lead < RIVAL_MARGIN:
            lead = here.promise(guess, self.centre) - self._refined(seen, rivals[0]).promise(guess, self.centre)
        return lead

    def _searched(self, seen: Sequence[LogRadiograph], levels: Sequence[Level], guesses: Sequence[FloatArray]) -> list[Place]:
        """The best few poses that the guesses lead to at the middle level, best first."""
        coarse, middle, _ = levels
        count = 4 if len(guesses) == 1 else 2
        starts = sorted((c for guess in guesses for c in candidates(seen, coarse, self.centre, guess, SEARCH_MM, count)), reverse=True)
        rough = [Place(self._solve(seen, coarse, start.pose, 4), levels) for start in starts[:6]]
        rough.sort(key=lambda place: -place.solution.correlation)
        distinct = self._distinct(seen, rough, 5.0)[:3]
        better = [Place(self._solve(seen, middle, distinct[0].solution.pose, MIDDLE_STEPS), levels)]
        for other in distinct[1:]:
            near = other.solution.correlation > distinct[0].solution.correlation - 2 * RIVAL_MARGIN
            if better[0].solution.correlation < GOOD_CORRELATION or near:
                better.append(Place(self._solve(seen, middle, other.solution.pose, MIDDLE_STEPS), levels))
        return sorted(better, key=lambda place: -place.solution.correlation)

    def _refined(self, seen: Sequence[LogRadiograph], place: Place) -> Place:
        """The place at the finest level, where it comes to rest; the window that is compared follows the target."""
        found, tags = place.solution, self.tags if len(seen) > 1 else None
        for _ in range(3):
            before = found.pose
            views = self._views(seen, place.levels[2], before, SLACK_MM)
            found = solve(views, before, iterations=FINE_STEPS, tolerance_mm=0.05, tags=tags)
            if reach_mm(small_motion(found.pose, before, self.centre)) < SLACK_MM:
                break
        return replace(place, solution=found)

    def _solve(self, seen: Sequence[LogRadiograph], level: Level, start: FloatArray, iterations: int) -> Solution:
        views = self._views(seen, level, start, 2 * level.pixel_mm)
        return solve(views, start, iterations=iterations, tolerance_mm=level.pixel_mm / 20)

    def _views(self, seen: Sequence[LogRadiograph], level: Level, pose: FloatArray, slack_mm: float) -> list[View]:
        return for_each_view(lambda radiograph: View(radiograph, level, self.centre, pose, slack_mm), seen)

    def _distinct(self, seen: Sequence[LogRadiograph], found: Sequence[Place], apart_mm: float) -> list[Place]:
        """Those of the places, in order, that put the target elsewhere than the ones before; of one view, across its rays."""
        only = seen[0].projection if len(seen) == 1 else None
        kept: list[Place] = []
        for place in found:
            if all(_apart_mm(place.solution.pose, k.solution.pose, self.centre, only) > apart_mm for k in kept):
                kept.append(place)
        return kept

    def _judged(self, found: Solution, lead: float, ends_in_air: bool) -> XrayPose:
        """The registration with its status and, unless it is locked, why. lead: its correlation over that of the next best place."""
        likeness, least = found.correlation, min(found.correlations)
        _, across, along = np.sqrt(np.linalg.eigvalsh(found.covariance[:3, :3]))
        quality = float(np.clip((likeness - 0.2) / 0.7, 0, 1))
        if likeness < LOST_CORRELATION:
            return XrayPose("lost", quality=quality, reason=tr("The radiograph does not look like the planning CT around the target."))
        reason = ""
        if found.last_step_mm > AT_REST_MM:
            reason = tr("The radiograph fits the planning CT only roughly.")
        elif lead < RIVAL_MARGIN:
            reason = tr(
                "Another place, perhaps another level, looks as much like the radiograph: mark landmarks or take a wider image."
            )
        elif likeness < LOCKED_CORRELATION or least < LEAST_CORRELATION or min(found.explained) < LOCKED_EXPLAINED:
            reason = tr("The radiograph fits the planning CT only roughly.")
        elif along > LOCKED_DEPTH_MM or across > LOCKED_SIGMA_MM:
            text = tr("The position is known to {mm:.0f} mm only along the rays: take a second view from another angle.")
            reason = text.format(mm=2 * along)
        if min(found.used) < LEAST_USED:
            reason = tr(
                "Too little around the target is both exposed and inside the planning CT to be sure of the position: "
                "open the collimator."
            )
        status: Status = "uncertain" if reason else "locked"
        return XrayPose(
            status,
            found.pose,
            found.covariance,
            self.centre,
            quality,
            reason,
            view_poses=found.view_poses,
            correlations=found.correlations,
            ends_in_air=ends_in_air,
        )


def _with_depth_doubt(found: Solution, seen: Sequence[LogRadiograph], prior: Prior | None = None) -> Solution:
    """A single view's solution with what its depth owes to the stated distances added to the covariance.

    What was known of the depth beforehand stays known.
    """
    if len(seen) > 1:
        return found
    view = seen[0].projection
    along = found.pose[:3, :3] @ view.normal
    doubt = (DISTANCE_ERROR * float(np.linalg.norm(view.source))) ** 2
    covariance = found.covariance.copy()
    if prior is not None:
        doubt = min(doubt, max(0.0, float(along @ (prior.covariance - covariance)[:3, :3] @ along)))
    covariance[:3, :3] += np.outer(along, along) * doubt
    return replace(found, covariance=covariance)


def _fits_well(found: Solution) -> bool:
    return min(found.explained) >= WELL_EXPLAINED and found.last_step_mm <= AT_REST_MM


def _apart_mm(pose: FloatArray, other: FloatArray, centre: FloatArray, only: Projection | None) -> float:
    """How far two poses put the target apart; with the geometry of an only view, across its rays."""
    apart = small_motion(pose, other, centre)[:3]
    if only is not None:
        along = pose[:3, :3] @ only.normal
        apart = apart - along * (apart @ along)
    return float(np.linalg.norm(apart))
