"""What of an Update may be drawn: the one place that decides it, so that nothing old or foreign is ever seen as current."""

from __future__ import annotations

from dataclasses import dataclass

from SlicerSpineGuide.geometry import FloatArray, apply, inverse
from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.intake.frame import Frame, Radiograph
from SlicerSpineGuide.plan import Plan, Trajectory
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.registration.xray import XrayPose
from SlicerSpineGuide.tracking.xray_line import looks_along
from SlicerSpineGuide.translation import tr


@dataclass(frozen=True, eq=False)
class Sight:
    """images: the live images to show, none where none may be shown: one CT slice, or the radiographs of a frame. pose:
    plan_from_live (4, 4) where the plan may be drawn over them. tip, axis (3,): the instrument in plan coordinates where its
    position is true now; depth_mm with them. view_poses: each radiograph's own plan_from_live, by which it is drawn upon: a C-arm
    is a little off between two shots. ends_in_air: nothing was seen beyond the planning CT's ends.
    """

    images: tuple[Slice | Radiograph, ...] = ()
    pose: FloatArray | None = None
    tip: FloatArray | None = None
    axis: FloatArray | None = None
    depth_mm: float | None = None
    view_poses: tuple[FloatArray, ...] = ()
    ends_in_air: bool = False

    def pose_of(self, image: Slice | Radiograph) -> FloatArray | None:
        """plan_from_live (4, 4) for what is drawn over that one of the images, None where nothing may be."""
        with_geometry = [i for i in self.images if isinstance(i, Slice) or i.projection is not None]
        own = next((p for i, p in zip(with_geometry, self.view_poses, strict=False) if i is image), self.pose)
        return None if self.pose is None else own

    @property
    def is_ct(self) -> bool:
        return bool(self.images) and isinstance(self.images[0], Slice)

    def same_as(self, other: Sight) -> bool:
        """Whether it would be drawn alike: an Update is made many times a second, and mostly of the same frame."""
        mine, its = (self.pose, self.tip, self.axis, *self.images), (other.pose, other.tip, other.axis, *other.images)
        return len(mine) == len(its) and all(a is b for a, b in zip(mine, its, strict=True))


def sight_of(update: Update, plan: Plan) -> Sight:
    """What may be drawn of `update`."""
    if is_foreign(update, plan):
        return Sight()
    deviation = update.deviation if update.instrument.visible and not update.hidden_reason else None
    tip, axis = update.instrument.tip, update.instrument.axis
    if update.frame is None:  # a tracked tool needs no image
        return Sight(tip=tip, axis=axis, depth_mm=deviation.depth_mm) if deviation is not None and update.from_tool else Sight()
    pose = update.registration.plan_from_live if update.registration.status == "locked" and not is_stale(update) else None
    chosen = _slice_to_show(update.frame, update.registration, update.instrument.tip)
    images = (chosen,) if chosen is not None else update.frame.radiographs
    found = update.registration
    own: tuple[FloatArray, ...] = ()
    in_air = False
    if isinstance(found, XrayPose) and pose is not None:
        own, in_air = found.view_poses, found.ends_in_air
    if deviation is None or (pose is None and not update.from_tool):
        return Sight(images, pose, view_poses=own, ends_in_air=in_air)
    return Sight(images, pose, tip, axis, deviation.depth_mm, own, in_air)


def looking_along(sight: Sight, trajectory: Trajectory) -> str:
    """A sentence where one of the radiographs that are drawn upon looks along the path, "" where none does."""
    for number, image in enumerate(sight.images, start=1):
        pose = sight.pose_of(image)
        projection = image.projection if isinstance(image, Radiograph) else None
        if projection is not None and pose is not None and looks_along(projection, pose, trajectory):
            text = tr("X-ray view {number} looks along the path: the instrument's tip and depth cannot be seen in it.")
            return text.format(number=number)
    return ""


def is_stale(update: Update) -> bool:
    """Whether what the newest image told is no longer shown as current: it is too old, or its position was taken back."""
    if any(a.code is AlertCode.IMAGE_STALE for a in update.alerts):
        return True
    taken_back = update.hidden_reason and update.instrument.visible and update.acceptance == "accepted"
    return bool(taken_back and update.registration.status == "locked")


def is_foreign(update: Update, plan: Plan) -> bool:
    """Whether the newest images are another patient's, by the alert or by the images themselves."""
    if any(a.code is AlertCode.WRONG_PATIENT for a in update.alerts):
        return True
    images = update.frame.images if update.frame is not None else ()
    return any(i.patient_id.strip() != plan.patient_id.strip() for i in images)


def _slice_to_show(frame: Frame, registration: Registration, tip: FloatArray | None) -> Slice | None:
    """Of slices acquired together: the one through the tip where that is known, else the middle one."""
    slices = sorted(frame.slices, key=lambda s: float(s.plane.origin @ frame.slices[0].plane.normal))
    if not slices:
        return None
    if tip is None or registration.plan_from_live is None:
        return slices[(len(slices) - 1) // 2]
    live_tip = apply(inverse(registration.plan_from_live), tip)
    return min(slices, key=lambda s: abs(float((live_tip - s.plane.origin) @ s.plane.normal)))
