"""The ground truth of a simulated frame, and the alerts that are due for what was planted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from SlicerSpineGuide.geometry import FloatArray, ImagePlane, angle_deg, distance_to_line
from SlicerSpineGuide.guidance.clearance import clearance_now, inserted_mm
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.plan.zones import Zone
from SlicerSpineGuide.recording.case import Matrix, TruthEvent, TruthFrame

BEYOND_MM = 1.0  # a deviation is due to be alerted once it exceeds its tolerance by that much
BEYOND_DEG = 2.0


def as_matrix(matrix: FloatArray) -> Matrix:
    rows = [tuple(float(v) for v in row) for row in matrix]
    return tuple(rows)  # type: ignore[return-value]


def as_point(values: FloatArray) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z


def truth_frame(
    index: int,
    plan_from_live: FloatArray,
    tip: FloatArray | None,
    axis: FloatArray | None,
    visible: bool,
    trajectory: Trajectory,
    zones: Sequence[Zone] = (),
) -> TruthFrame:
    """The numbers of CASE_FORMAT for an instrument at tip and axis (planning LPS), or for none."""
    if tip is None or axis is None:
        return TruthFrame(index=index, plan_from_live=as_matrix(plan_from_live))
    planned, target = trajectory.direction, trajectory.target
    depth = float((target - tip) @ planned)
    inserted, radius = inserted_mm(trajectory, depth), trajectory.instrument.diameter_mm / 2
    return TruthFrame(
        index=index,
        plan_from_live=as_matrix(plan_from_live),
        visible=visible,
        tip_lps=as_point(tip),
        axis_lps=as_point(axis),
        lateral_mm=distance_to_line(tip, target, planned),
        angle_deg=angle_deg(axis, planned),
        depth_mm=depth,
        predicted_miss_mm=distance_to_line(target, tip, axis),
        clearance_mm={zone.name: clearance_now(zone, tip, axis, inserted, radius).mm for zone in zones},
    )


def tip_in_slices(tip_live: FloatArray, planes: Sequence[ImagePlane]) -> bool:
    """Whether the tip (live LPS) lies in the thickness and the field of one of the slices."""
    for plane in planes:
        column, row, height = plane.to_pixels(tip_live)
        inside = 0 <= column <= plane.size[0] - 1 and 0 <= row <= plane.size[1] - 1
        if inside and abs(height) <= plane.thickness / 2:
            return True
    return False


def planted_events(frames: Sequence[TruthFrame], trajectory: Trajectory, zones: Sequence[Zone]) -> list[TruthEvent]:
    """The deviations that exceed their tolerance by 1 mm or 2 degrees, each from its first frame until it ends.

    Only frames whose instrument is visible count: nobody can be alerted of what no image shows. INSTRUMENT_LOST is due where the
    tip leaves the images for more than one frame after it has been in them.
    """
    limits = trajectory.tolerance
    rules: dict[str, Callable[[TruthFrame], bool]] = {
        "LATERAL_DEVIATION": lambda f: _value(f.lateral_mm) > limits.lateral_mm + BEYOND_MM,
        "ANGLE_DEVIATION": lambda f: _value(f.angle_deg) > limits.angle_deg + BEYOND_DEG,
        "DEPTH_REACHED": lambda f: -limits.depth_mm <= _value(f.depth_mm) <= limits.depth_mm - BEYOND_MM,
        "DEPTH_EXCEEDED": lambda f: _value(f.depth_mm) < -limits.depth_mm - BEYOND_MM,
    }
    events = [event for code, rule in rules.items() for event in _stretches(code, frames, rule)]
    if zones:
        margins = {zone.name: zone.margin_mm for zone in zones}
        clearances = {f.index: f.clearance_mm or {} for f in frames if f.visible}
        near = [i for i, clearance in clearances.items() if any(c < margins[zone] - BEYOND_MM for zone, c in clearance.items())]
        entered = [i for i, clearance in clearances.items() if any(c < -BEYOND_MM for c in clearance.values())]
        events += _stretches("ZONE_NEAR", frames, lambda f: f.index in near and f.index not in entered)
        events += _stretches("ZONE_ENTERED", frames, lambda f: f.index in entered)
    first_seen = next((f.index for f in frames if f.visible), len(frames))
    lost = _stretches("INSTRUMENT_LOST", frames, lambda f: not f.visible and f.index > first_seen, seen=False)
    events += [event for event in lost if event.until != event.frame + 1]
    return sorted(events, key=lambda e: (e.frame, e.code))


def _value(number: float | None) -> float:
    return float("nan") if number is None else number


def _stretches(code: str, frames: Sequence[TruthFrame], due: Callable[[TruthFrame], bool], seen: bool = True) -> list[TruthEvent]:
    """One event for each run of frames in which the alert is due; frames that show no instrument neither begin nor end one."""
    events: list[TruthEvent] = []
    start: int | None = None
    for frame in frames:
        if seen and not frame.visible:
            continue
        if due(frame) and start is None:
            start = frame.index
        elif not due(frame) and start is not None:
            events.append(TruthEvent(code=code, frame=start, until=frame.index))
            start = None
    if start is not None:
        events.append(TruthEvent(code=code, frame=start))
    return events
