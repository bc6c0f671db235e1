"""Live images -> frames: what was acquired together, found without waiting for an end that nobody announces.

An image is used the moment it is there: it opens a frame, or joins a recent one that nothing speaks against. What speaks against is
in sisters.py; InstanceNumber, the order of arrival and the end of an association say nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.intake.frame import Frame, LiveImage
from SlicerSpineGuide.intake.sisters import CtSisters, Match, XraySisters

RECENT_FRAMES = 32
REMEMBERED_IMAGES = 20_000


class FrameGrouper:
    """Groups images into frames, one image at a time; of one stream, and used from one thread."""

    def __init__(self, recent: int = RECENT_FRAMES) -> None:
        self._groups: deque[_Group] = deque(maxlen=recent)
        self._rules: dict[str, CtSisters | XraySisters] = {"CT": CtSisters(), "XA": XraySisters()}
        self._seen: dict[tuple[str, int], None] = {}
        self._count = 0
        self._first_arrival: float | None = None

    def add(self, image: LiveImage, decode_ms: float = 0.0) -> Frame | None:
        """The frame that `image` belongs to, as it is now; None for an image that came before (same SOP Instance UID and frame).

        A new index means a new frame; an index seen before means that a sister arrived, perhaps late, and the frame has grown.
        """
        key = (image.sop_instance_uid, image.stamps.frame_number)
        if key in self._seen:
            return None
        self._seen[key] = None
        if len(self._seen) > REMEMBERED_IMAGES:
            del self._seen[next(iter(self._seen))]
        if self._first_arrival is None:
            self._first_arrival = image.arrived_s
        modality = "CT" if isinstance(image.image, Slice) else "XA"
        group = self._group_of(image, modality)
        if group is None:
            group = _Group(self._count, modality, image.arrived_s - self._first_arrival)
            self._count += 1
            self._groups.append(group)
        group.images.append(image)
        group.decode_ms += decode_ms
        return group.frame()

    def _group_of(self, image: LiveImage, modality: str) -> _Group | None:
        """The recent frame nearest to the image by the scanner's clock, the newest of several, among those it can belong to."""
        rules = self._rules[modality]
        candidates = [g for g in reversed(self._groups) if g.modality == modality]
        rules.learn(image, [g.images for g in candidates])
        best: tuple[Match, _Group] | None = None
        for group in candidates:
            match = rules.match(image, group.images)
            if match is not None and (best is None or match.seconds_apart < best[0].seconds_apart):
                best = (match, group)
        return best[1] if best else None


class _Group:
    def __init__(self, index: int, modality: str, t: float) -> None:
        self.index, self.modality, self.t = index, modality, t
        self.images: list[LiveImage] = []
        self.decode_ms = 0.0

    def frame(self) -> Frame:
        return Frame(self.index, "CT" if self.modality == "CT" else "XA", tuple(self.images), self.t, self.decode_ms)


def group_all(images: Sequence[LiveImage]) -> tuple[Frame, ...]:
    """The frames of images in order of arrival, each as it ended."""
    grouper, frames = FrameGrouper(recent=max(1, len(images))), {}
    for image in images:
        frame = grouper.add(image)
        if frame is not None:
            frames[frame.index] = frame
    return tuple(frames[index] for index in sorted(frames))
