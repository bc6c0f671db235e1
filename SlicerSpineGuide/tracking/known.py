"""What is known of the instruments before a frame is looked at: where this path's was, which others are in the patient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, angle_deg
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.tracking.instrument import Instrument
from SlicerSpineGuide.translation import tr

MM_A_DEGREE = 0.5  # how far aside counts as much as a degree of turning
SAME = 10.0  # less unlike than this, two lines of metal are one instrument, seen in two frames or planned and seen
ELSEWHERE = 20.0  # so unlike where it was a moment ago and what is planned, it is hardly the same instrument
CLEARLY = 8.0
MOST_DOUBTS = 5  # frames in a row; then what is in the images, and nothing else, is the instrument
MOST_UNCLEAR = 3  # frames in a row; then it counts as lost
MOST_OTHERS = 8


@dataclass(frozen=True, eq=False)
class Known:
    """last: the path's instrument when it was last visible, `missed` frames ago. others: further instruments that were in the images.

    doubts: for how many frames in a row an instrument was left aside because it is not where the path's could be; unclear: for how
    many its tip could not be told.
    """

    last: Instrument | None = None
    missed: int = 0
    others: tuple[Instrument, ...] = ()
    doubts: int = 0
    unclear: int = 0

    @property
    def just_seen(self) -> Instrument | None:
        """The instrument of the frame before, None where that did not show it."""
        return self.last if self.missed == 0 else None

    def after(self, found: Instrument) -> Known:
        """With what a frame has shown."""
        others = _merged(self.others, found.others)
        if found.visible:
            mine = tuple(other for other in others if unlikeness(other, found) > SAME)
            return Known(found, 0, mine, 0)
        doubts, unclear = self.doubts + 1 if found.doubtful else 0, self.unclear + 1 if found.unclear else 0
        return Known(self.last, self.missed + 1, others, doubts, unclear)

    def may_clear(self, found: Instrument) -> bool:
        """Whether the place of an instrument that is seen may well be told by the next frames."""
        return found.unclear and self.unclear < MOST_UNCLEAR

    def without_last(self) -> Known:
        """When the patient is searched for again: what is placed stays placed, where this path's is has to be seen anew."""
        return replace(self, last=None, missed=0, doubts=0, unclear=0)


NOTHING = Known()


def unlikeness(found: Instrument, other: Instrument | Trajectory) -> float:
    """How far a found instrument lies from another one or from a planned path: mm beside it, a degree counting as half of one."""
    assert found.tip is not None and found.axis is not None
    through, along = (other.target, other.direction) if isinstance(other, Trajectory) else (other.tip, other.axis)
    assert through is not None and along is not None
    return _apart(found.tip, found.axis, through, along)


def _apart(tip: FloatArray, axis: FloatArray, through: FloatArray, along: FloatArray) -> float:
    offset = tip - through
    return float(np.linalg.norm(offset - along * (offset @ along))) + MM_A_DEGREE * angle_deg(axis, along)


def whose(found: Instrument, own: Trajectory, planned: Iterable[Trajectory], known: Known) -> str:
    """Why a found instrument is hardly the one of the path `own`, as a sentence; "" where it is, or may well be.

    One that is far off its plan is still it, unless it lies on another planned path, was there beside this path's, or is not where
    this path's was a moment ago. The last doubt ends after some frames: an instrument may have been drawn out and put in elsewhere.
    """
    from_own = unlikeness(found, own)
    if from_own < SAME or (known.last is not None and known.missed <= MOST_DOUBTS and unlikeness(found, known.last) < SAME):
        return ""
    for trajectory in planned:
        if unlikeness(found, trajectory) < min(SAME, from_own - CLEARLY):
            name = trajectory.label or trajectory.id
            return tr("The image shows the instrument of {path}; this path's instrument is not in it.").format(path=name)
    if any(unlikeness(found, other) < SAME for other in known.others):
        return tr("The image shows an instrument that was placed before; this path's instrument is not in it.")
    if known.last is not None and known.doubts < MOST_DOUBTS and unlikeness(found, known.last) > ELSEWHERE:
        return tr("An instrument is seen far from the planned path and from where this path's was: perhaps another one.")
    return ""


def _merged(former: Sequence[Instrument], new: Sequence[Instrument]) -> tuple[Instrument, ...]:
    """The newest place of each."""
    kept = [old for old in former if all(unlikeness(old, one) > SAME for one in new)]
    return (*kept, *new)[-MOST_OTHERS:]
