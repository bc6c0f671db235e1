"""Scoring: a report against the ground truth of its case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, angle_deg, apply, inverse
from SlicerSpineGuide.plan import Plan, Trajectory
from SlicerSpineGuide.recording.case import Case, Truth, TruthEvent, TruthFrame
from SlicerSpineGuide.recording.report_model import Report, ReportFrame
from SlicerSpineGuide.translation import tr

GRACE_FRAMES = 2
RIGHT_MM = 1.0  # an instrument shown no farther from its place is not lost
TRE_RADIUS_MM = 20.0  # of the cube of points around the target at which the registration is judged


@dataclass
class Score:
    """How a report compares with the truth. Lists are per frame concerned; onsets are (code, frame)."""

    frames: int = 0
    locked: int = 0
    tre_mm: list[float] = field(default_factory=list)
    tip_error_mm: list[float] = field(default_factory=list)
    axis_error_deg: list[float] = field(default_factory=list)
    visible_in_truth: int = 0
    seen: int = 0
    phantoms: list[int] = field(default_factory=list)
    planted: int = 0
    alerted: int = 0
    delays_frames: list[int] = field(default_factory=list)
    missed_events: list[tuple[str, int]] = field(default_factory=list)
    false_alerts: list[tuple[str, int]] = field(default_factory=list)

    def rows(self) -> list[tuple[str, str]]:
        """(what, value) for people."""
        share = 100 * self.locked / max(1, self.frames)
        return [
            (tr("frames locked"), f"{self.locked} / {self.frames} ({share:.0f} %)"),
            (tr("target registration error, mm: median, 95 %"), _pair(self.tre_mm)),
            (tr("tip error, mm: median, 95 %"), _pair(self.tip_error_mm)),
            (tr("axis error, degrees: median, 95 %"), _pair(self.axis_error_deg)),
            (tr("instrument seen where its tip is in the images"), f"{self.seen} / {self.visible_in_truth}"),
            (tr("instrument seen where there is none"), str(len(self.phantoms))),
            (tr("planted events alerted within two frames"), f"{self.alerted} / {self.planted}"),
            (tr("events missed"), _onsets(self.missed_events)),
            (tr("false alerts"), _onsets(self.false_alerts)),
        ]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def score_report(case_folder: Path, report_path: Path) -> Score:
    """Judge a report; BadInput where the case has no truth or the report is not this case's."""
    truth_path = case_folder / "truth.json"
    if not truth_path.is_file():
        raise BadInput(tr("{path} does not exist: only simulated cases can be scored.").format(path=truth_path))
    truth = read_document(Truth, truth_path)
    report = read_document(Report, report_path)
    plan = Plan.load(case_folder / "plan.json")
    count = len(read_document(Case, case_folder / "case.json").frames)
    if len(truth.frames) != count:
        raise BadInput(tr("{path}: frames: {n} of them, the case has {m}.").format(path=truth_path, n=len(truth.frames), m=count))
    try:
        trajectory = plan.trajectory(truth.trajectory)
    except KeyError:
        raise BadInput(tr("{path}: trajectory: {id} is not in the plan.").format(path=truth_path, id=truth.trajectory)) from None
    return compare(truth, report.frames, trajectory, count, plan.margins_mm)


def compare(
    truth: Truth, frames: Iterable[ReportFrame], trajectory: Trajectory, count: int, margins_mm: Mapping[str, float] | None = None
) -> Score:
    """The score of report frames against the truth of a case of `count` frames; frames the report lacks count as not locked.

    margins_mm: of the plan's zones.
    """
    score = Score(frames=count)
    reported = {f.index: f for f in frames}
    for expected in truth.frames:
        found = reported.get(expected.index)
        score.visible_in_truth += expected.visible
        if found is not None:
            _judge_positions(score, expected, found, trajectory)
    _judge_events(score, truth, reported)
    _judge_onsets(score, truth, reported, trajectory, margins_mm or {})
    return score


def _judge_positions(score: Score, expected: TruthFrame, found: ReportFrame, trajectory: Trajectory) -> None:
    if found.registration.status == "locked" and found.registration.plan_from_live is not None:
        score.locked += 1
        pose = np.array(found.registration.plan_from_live)
        score.tre_mm.append(target_registration_error(pose, np.array(expected.plan_from_live), trajectory.target))
    tip, axis = found.instrument.tip_lps, found.instrument.axis_lps
    if tip is None or axis is None:
        return
    if expected.tip_lps is None or expected.axis_lps is None:
        score.phantoms.append(expected.index)
        return
    score.seen += expected.visible
    score.tip_error_mm.append(float(np.linalg.norm(np.subtract(tip, expected.tip_lps))))
    score.axis_error_deg.append(angle_deg(axis, expected.axis_lps))


def target_registration_error(plan_from_live: FloatArray, truth: FloatArray, target: FloatArray) -> float:
    """Mean distance in mm, over the target and the corners of a cube around it, between two placements of the live patient."""
    corners: FloatArray = np.array(list(product((-1.0, 1.0), repeat=3))) * TRE_RADIUS_MM / 3**0.5
    around: FloatArray = np.vstack([np.zeros((1, 3)), corners]) + target
    points = apply(inverse(truth), around)
    return float(np.linalg.norm(apply(plan_from_live, points) - apply(truth, points), axis=1).mean())


def _judge_events(score: Score, truth: Truth, reported: dict[int, ReportFrame]) -> None:
    expected = {frame.index: frame for frame in truth.frames}
    for event in truth.events:
        first = event.frame
        if event.code == "INSTRUMENT_LOST":  # just beyond the images it may still be told right: it is lost once it is not
            end = event.until if event.until is not None else score.frames
            right = [_told_right(expected.get(i), reported.get(i)) for i in range(first, end)]
            gone = next((k for k in range(len(right) - 1) if not (right[k] or right[k + 1])), None)
            if gone is None:
                continue
            first += gone
        score.planted += 1
        window = range(first, first + GRACE_FRAMES)
        hits = [i for i in window if i in reported and event.code in reported[i].codes]
        if hits:
            score.alerted += 1
            score.delays_frames.append(hits[0] - first)
        else:
            score.missed_events.append((event.code, event.frame))


def _told_right(expected: TruthFrame | None, found: ReportFrame | None) -> bool:
    """Whether the report shows the instrument where it is."""
    if expected is None or expected.tip_lps is None or found is None or found.instrument.tip_lps is None:
        return False
    return float(np.linalg.norm(np.subtract(found.instrument.tip_lps, expected.tip_lps))) <= RIGHT_MM


def _judge_onsets(
    score: Score, truth: Truth, reported: dict[int, ReportFrame], trajectory: Trajectory, margins_mm: Mapping[str, float]
) -> None:
    """An alert is false where it comes on although the truth is within its limit and nothing of the kind was planted."""
    before: set[str] = set()
    for expected in truth.frames:
        found = reported.get(expected.index)
        codes = found.codes if found is not None else set()
        for code in sorted(codes - before):
            justified = _justified(code, expected, truth.events, trajectory) or _in_zone(code, expected, margins_mm)
            if not justified and not _early(code, expected.index, truth.events, reported):
                score.false_alerts.append((code, expected.index))
        before = codes


def _early(code: str, index: int, events: Iterable[TruthEvent], reported: dict[int, ReportFrame]) -> bool:
    """Whether it is on from frame `index` until an event of its kind begins, which is due 1 mm or 2 degrees beyond the limit."""
    starts = [event.frame for event in events if event.code == code and event.frame > index]
    return bool(starts) and all(i in reported and code in reported[i].codes for i in range(index, min(starts)))


def _justified(code: str, frame: TruthFrame, events: Iterable[TruthEvent], trajectory: Trajectory) -> bool:
    for event in events:
        end = event.until + GRACE_FRAMES if event.until is not None else frame.index + 1
        if event.code == code and event.frame <= frame.index < end:
            return True
    limits = trajectory.tolerance
    excess = {
        "LATERAL_DEVIATION": (frame.lateral_mm, limits.lateral_mm),
        "ANGLE_DEVIATION": (frame.angle_deg, limits.angle_deg),
        "PREDICTED_MISS": (frame.predicted_miss_mm, limits.lateral_mm),
        "DEPTH_EXCEEDED": (None if frame.depth_mm is None else -frame.depth_mm, limits.depth_mm),
        "DEPTH_REACHED": (None if frame.depth_mm is None else -abs(frame.depth_mm), -limits.depth_mm - 1.0),
    }
    value, limit = excess.get(code, (None, 0.0))
    return value is not None and value > limit


def _in_zone(code: str, frame: TruthFrame, margins_mm: Mapping[str, float]) -> bool:
    """Whether an alert about a zone is true of a frame: it is within its margin, or entered."""
    limits = {"ZONE_NEAR": margins_mm, "ZONE_ENTERED": {}}.get(code)
    if limits is None or frame.clearance_mm is None:
        return False
    return any(clearance < limits.get(zone, 0.0) for zone, clearance in frame.clearance_mm.items())


def _pair(values: list[float]) -> str:
    return f"{np.median(values):.2f}, {np.percentile(values, 95):.2f}" if values else "-"


def _onsets(onsets: list[tuple[str, int]]) -> str:
    return ", ".join(f"{code} @ {frame}" for code, frame in onsets) or "0"
