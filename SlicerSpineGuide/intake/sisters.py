"""Whether an image can be of the same acquisition as others: the rules, and what is learned about the scanner's habits.

Scanners fill AcquisitionNumber and the times each in their own way: constant, missing, one for a frame, a little different from
slice to slice. So a tag that differs speaks against belonging together, while a tag that is equal proves nothing once it has been
equal in two images that were certainly not acquired together: images of one place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from SlicerSpineGuide.geometry import ImagePlane, angle_deg
from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.intake.frame import LiveImage, Radiograph, Stamps

SAME_INSTANT_S = 0.0005
SISTER_SPREAD_S = 0.05  # slices of one rotation may be stamped a little apart; frames come at least 80 ms apart (12 images/s)
RECONSTRUCTION_S = 1.0
ARRIVAL_GAP_S = 0.25  # the last resort, where the header says nothing
BIPLANE_SPREAD_S = 0.25  # the two planes expose in turn
TURNED_ARM_S = 60.0  # one C-arm, turned to its second view under the same acquisition number
OTHER_VIEW_DEG = 10.0


@dataclass(frozen=True)
class Match:
    """An image can belong to a frame; seconds_apart: by the clock that is worth asking, 0 where there is none."""

    seconds_apart: float


class _Clock:
    """One time stamp of the headers, and whether it tells frames apart."""

    def __init__(self) -> None:
        self.constant = False
        self._periods: deque[float] = deque(maxlen=9)

    def learn(self, apart_s: float) -> None:
        """`apart_s`: the difference between two images of one place, so of two acquisitions."""
        if apart_s < SAME_INSTANT_S:
            self.constant = True
        else:
            self._periods.append(apart_s)

    @property
    def spread_s(self) -> float:
        """How far apart the stamps of one acquisition may be."""
        if not self._periods:
            return SISTER_SPREAD_S
        return min(max(0.4 * median(self._periods), SISTER_SPREAD_S), 1.0)


class CtSisters:
    """CT slices: parallel, of one size, side by side, of one instant."""

    def __init__(self) -> None:
        self._acquired, self._content = _Clock(), _Clock()

    def learn(self, image: LiveImage, frames: Sequence[Sequence[LiveImage]]) -> None:
        """Compare with the newest image, and with the newest of the same place. frames: newest first."""
        if frames:
            self._learn_from_reconstruction(image.stamps, frames[0][-1].stamps)
        for members in frames:
            for other in members:
                if _belong(image, other) and _parallel(image, other) and _gap_mm(image, other) < 0.05:
                    if (apart := _apart(image.stamps.acquired_s, other.stamps.acquired_s)) is not None:
                        self._acquired.learn(apart)
                    if (apart := _apart(image.stamps.content_s, other.stamps.content_s)) is not None:
                        self._content.learn(apart)
                    return

    def _learn_from_reconstruction(self, a: Stamps, b: Stamps) -> None:
        """One acquisition is reconstructed within a second: contents further apart show that the acquisition time is a constant."""
        acquired, content = _apart(a.acquired_s, b.acquired_s), _apart(a.content_s, b.content_s)
        if acquired is not None and content is not None and acquired < SAME_INSTANT_S and content > RECONSTRUCTION_S:
            self._acquired.constant = True

    def match(self, image: LiveImage, members: Sequence[LiveImage]) -> Match | None:
        """None where something speaks against `image` being of the acquisition of all `members`."""
        seconds = 0.0
        for other in members:
            apart = self._seconds_apart(image, other)
            if apart is None:
                return None
            seconds = max(seconds, apart)
        return Match(seconds)

    def _seconds_apart(self, image: LiveImage, other: LiveImage) -> float | None:
        a, b = image.stamps, other.stamps
        if not _belong(image, other) or image.series_instance_uid != other.series_instance_uid or not _parallel(image, other):
            return None
        if (a.event_uid and b.event_uid and a.event_uid != b.event_uid) or _differ(a.temporal_position, b.temporal_position):
            return None
        acquired, content = _apart(a.acquired_s, b.acquired_s), _apart(a.content_s, b.content_s)
        if acquired is not None and acquired > self._acquired.spread_s:
            return None
        seconds = acquired if acquired is not None and self._tells(image) else None
        if seconds is None and content is not None and not self._content.constant:
            if content > self._content.spread_s:
                return None
            seconds = content
        if _differ(a.number, b.number) and not (seconds is not None and _number_counts_images(a, b)):
            return None
        silent = seconds is None and a.number is None
        if silent and abs(image.arrived_s - other.arrived_s) > ARRIVAL_GAP_S:
            return None
        same_place_mm = 0.05 if seconds is not None else max(0.05, 0.4 * _plane(image).thickness)
        return None if _gap_mm(image, other) < same_place_mm else seconds or 0.0

    def _tells(self, image: LiveImage) -> bool:
        """Whether equal acquisition times mean one acquisition: not the series' own time in every image, nor whole seconds."""
        seconds = image.stamps.acquired_s
        return not self._acquired.constant and seconds != image.stamps.series_s and seconds is not None and seconds % 1.0 != 0.0


class XraySisters:
    """X-ray projections: of a biplane pair, or of one C-arm turned under one acquisition number; never two of one view."""

    def __init__(self) -> None:
        self._number_constant = False
        self._acquired = _Clock()

    def learn(self, image: LiveImage, frames: Sequence[Sequence[LiveImage]]) -> None:
        """Compare with the newest image of the same view. frames: newest first."""
        for members in frames:
            for other in members:
                if _belong(image, other) and (angle := _view_angle(image, other)) is not None and angle < OTHER_VIEW_DEG:
                    self._number_constant |= image.stamps.number is not None and image.stamps.number == other.stamps.number
                    if (apart := _apart(image.stamps.acquired_s, other.stamps.acquired_s)) is not None:
                        self._acquired.learn(apart)
                    return

    def match(self, image: LiveImage, members: Sequence[LiveImage]) -> Match | None:
        """None where something speaks against `image` being of the acquisition of all `members`."""
        seconds = 0.0
        for other in members:
            angle = _view_angle(image, other)
            if angle is None or angle < OTHER_VIEW_DEG or not _belong(image, other):
                return None
            apart = self._seconds_apart(image, other)
            if apart is None:
                return None
            seconds = max(seconds, apart)
        return Match(seconds)

    def _seconds_apart(self, image: LiveImage, other: LiveImage) -> float | None:
        a, b = image.stamps, other.stamps
        one_number = a.number is not None and a.number == b.number and not self._number_constant
        seconds = None if self._acquired.constant else _apart(a.acquired_s, b.acquired_s)
        if seconds is None:
            seconds = _apart(a.content_s, b.content_s)
        if seconds is None:
            together = one_number if a.number is not None else abs(image.arrived_s - other.arrived_s) < ARRIVAL_GAP_S
            return 0.0 if together else None
        return seconds if seconds < (TURNED_ARM_S if one_number else BIPLANE_SPREAD_S) else None


def _belong(image: LiveImage, other: LiveImage) -> bool:
    """Same patient, and no two different frames of reference."""
    a, b = image.frame_of_reference_uid, other.frame_of_reference_uid
    return image.patient_id == other.patient_id and (not a or not b or a == b)


def _plane(image: LiveImage) -> ImagePlane:
    assert isinstance(image.image, Slice)
    return image.image.plane


def _parallel(image: LiveImage, other: LiveImage) -> bool:
    """Same orientation (within half a degree), matrix and pixel spacing."""
    a, b = _plane(image), _plane(other)
    if a.size != b.size or any(abs(x - y) > 1e-3 * y for x, y in zip(a.pitch, b.pitch, strict=True)):
        return False
    return bool(min(a.u @ b.u, a.v @ b.v) > 0.99996)


def _gap_mm(image: LiveImage, other: LiveImage) -> float:
    """The distance between two parallel slices along their normal."""
    a, b = _plane(image), _plane(other)
    return abs(float((a.origin - b.origin) @ b.normal))


def _view_angle(image: LiveImage, other: LiveImage) -> float | None:
    """Degrees between two central rays; None where one has no geometry."""
    a, b = image.image, other.image
    if not isinstance(a, Radiograph) or not isinstance(b, Radiograph) or a.projection is None or b.projection is None:
        return None
    return angle_deg(a.projection.normal, b.projection.normal)


def _apart(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else abs(a - b)


def _differ(a: int | None, b: int | None) -> bool:
    return a is not None and b is not None and a != b


def _number_counts_images(a: Stamps, b: Stamps) -> bool:
    """Whether the acquisition number is only a copy of the instance number, which counts images."""
    return a.number == a.instance and b.number == b.instance
