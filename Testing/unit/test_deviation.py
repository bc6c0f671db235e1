"""The deviation: exact against constructed situations, its plus/minus against random draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vtkmodules.util.numpy_support import vtk_to_numpy

from SlicerSpineGuide.geometry import FloatArray, apply, rigid_about, rotate, rotation_from_vector, unit
from SlicerSpineGuide.guidance.deviation import measure
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import InstrumentSpec, Trajectory
from SlicerSpineGuide.plan.zones import Zone, surface_of
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.instrument import Instrument

ENTRY, TARGET = np.array([30.0, 70.0, -12.0]), np.array([5.0, -4.0, 3.0])
TROCAR = InstrumentSpec(kind="trocar", name="11G", diameter_mm=3.0, length_mm=125.0)
TRAJECTORY = Trajectory(id="T12", instrument=TROCAR, entry_lps=tuple(ENTRY), target_lps=tuple(TARGET))
LOCKED = Registration("locked", np.eye(4), np.zeros((6, 6)), TARGET, 1.0)


def beside(direction: FloatArray) -> FloatArray:
    """A unit vector across `direction`."""
    return unit(np.cross(direction, [0.3, -0.2, 0.9]))


def seen(tip: FloatArray, axis: FloatArray, tip_sigma: tuple[float, float, float] = (0, 0, 0), axis_sigma: float = 0.0) -> Instrument:
    return Instrument(True, tip, unit(axis), np.array(tip_sigma, dtype=float), axis_sigma)


def box_zone(name: str, centre: FloatArray, half: tuple[int, int, int]) -> Zone:
    """A box-shaped zone of 1 mm voxels around an LPS point."""
    matrix = np.eye(4)
    matrix[:3, 3] = centre - np.array(half) + 0.5
    return Zone(name, 2.0, surface_of(Volume(np.ones([2 * h for h in half[::-1]], dtype=np.uint8), matrix)))


@given(lateral=st.floats(0, 20), depth=st.floats(-10, 70), angle=st.floats(0, 30), around=st.floats(0, 6.28), tilt=st.floats(0, 6.28))
def test_the_numbers_are_those_the_instrument_was_placed_with(
    lateral: float, depth: float, angle: float, around: float, tilt: float
) -> None:
    direction = TRAJECTORY.direction
    side = rotation_from_vector(around * direction) @ beside(direction)
    turning = rotation_from_vector(tilt * direction) @ beside(direction)
    tip = TARGET - depth * direction + lateral * side
    axis = rotation_from_vector(math.radians(angle) * turning) @ direction
    deviation = measure(seen(tip, axis), LOCKED, TRAJECTORY)
    assert deviation.trajectory == "T12"
    assert deviation.lateral_mm == pytest.approx(lateral, abs=1e-9)
    assert deviation.depth_mm == pytest.approx(depth, abs=1e-9)
    assert deviation.angle_deg == pytest.approx(angle, abs=1e-6)
    nearest = tip + axis * ((TARGET - tip) @ axis)
    assert deviation.predicted_miss_mm == pytest.approx(np.linalg.norm(nearest - TARGET), abs=1e-9)


def test_an_instrument_on_the_planned_line_misses_nothing() -> None:
    deviation = measure(seen(TARGET - 40 * TRAJECTORY.direction, TRAJECTORY.direction), LOCKED, TRAJECTORY)
    assert max(deviation.lateral_mm, deviation.angle_deg, deviation.predicted_miss_mm) < 1e-6
    assert deviation.depth_mm == pytest.approx(40.0)


def test_the_depth_is_negative_past_the_target() -> None:
    deviation = measure(seen(TARGET + 3 * TRAJECTORY.direction, TRAJECTORY.direction), LOCKED, TRAJECTORY)
    assert deviation.depth_mm == pytest.approx(-3.0)


@pytest.mark.parametrize("depth", [5.0, 45.0])
@pytest.mark.parametrize("lateral", [4.0, 9.0])
def test_the_plus_minus_holds_95_percent_of_the_errors_it_was_told_of(depth: float, lateral: float) -> None:
    rng = np.random.default_rng(7)
    root = rng.normal(size=(6, 6)) * np.array([0.2, 0.2, 0.2, 0.004, 0.004, 0.004])[:, None]
    covariance = root @ root.T
    direction = TRAJECTORY.direction
    tip = TARGET - depth * direction + lateral * beside(direction)
    axis = rotation_from_vector(0.12 * np.cross(beside(direction), direction)) @ direction
    sigma, axis_sigma = (0.3, 0.1, 0.1), 0.4
    zone = box_zone("canal", TARGET - 20 * direction + 14 * beside(direction), (4, 4, 4))
    told = measure(seen(tip, axis, sigma, axis_sigma), Registration("locked", np.eye(4), covariance, TARGET, 1.0), TRAJECTORY, (zone,))
    names = ("lateral_mm", "angle_deg", "depth_mm", "predicted_miss_mm", "clearance_mm")
    errors: dict[str, list[float]] = {name: [] for name in names}
    across = beside(axis), np.cross(axis, beside(axis))
    for _ in range(800):
        motion = rng.multivariate_normal(np.zeros(6), covariance)
        moved = rigid_about(TARGET, motion[3:], motion[:3])
        noise = rng.normal(size=3) * sigma
        tilt = rng.normal(size=2) * math.radians(axis_sigma)
        here = apply(moved, tip + noise[0] * axis + noise[1] * across[0] + noise[2] * across[1])
        there = unit(rotate(moved, axis) + tilt[0] * across[0] + tilt[1] * across[1])
        found = measure(seen(here, there), LOCKED, TRAJECTORY, (zone,))
        for name in names[:-1]:
            errors[name].append(abs(getattr(found, name) - getattr(told, name)))
        errors["clearance_mm"].append(abs(found.clearance_mm["canal"] - told.clearance_mm["canal"]))
    for name, plus_minus in (
        ("lateral_mm", told.lateral_pm_mm),
        ("angle_deg", told.angle_pm_deg),
        ("depth_mm", told.depth_pm_mm),
        ("predicted_miss_mm", told.predicted_miss_pm_mm),
        ("clearance_mm", told.clearance_pm_mm["canal"]),
    ):
        held = np.percentile(errors[name], 95)
        assert 0.9 * held <= plus_minus, f"{name} claims to be surer than it is"
        assert plus_minus <= 1.5 * held, f"{name} claims to know nothing"


def test_on_the_path_too_the_plus_minus_holds_95_percent() -> None:
    rng = np.random.default_rng(8)
    direction, sigma, axis_sigma = TRAJECTORY.direction, 0.2, 0.4
    tip = TARGET - 40 * direction
    zone = box_zone("canal", TARGET + 12 * direction, (4, 4, 4))
    covariance = np.diag([0.2, 0.2, 0.2, 0.004, 0.004, 0.004]) ** 2
    true = measure(seen(tip, direction), LOCKED, TRAJECTORY, (zone,))
    held: dict[str, list[bool]] = {}
    across = beside(direction), np.cross(direction, beside(direction))
    for _ in range(800):
        motion = rng.multivariate_normal(np.zeros(6), covariance)
        moved = rigid_about(TARGET, motion[3:], motion[:3])
        tilt = rng.normal(size=2) * math.radians(axis_sigma)
        here = apply(moved, tip + rng.normal(size=3) * sigma)
        there = unit(rotate(moved, direction) + tilt[0] * across[0] + tilt[1] * across[1])
        found = measure(
            seen(here, there, (sigma, sigma, sigma), axis_sigma),
            Registration("locked", np.eye(4), covariance, TARGET, 1.0),
            TRAJECTORY,
            (zone,),
        )
        for name in ("lateral", "angle", "predicted_miss", "depth"):
            unit_name = "deg" if name == "angle" else "mm"
            plus_minus = getattr(found, f"{name}_pm_{unit_name}")
            held.setdefault(name, []).append(
                abs(getattr(found, f"{name}_{unit_name}") - getattr(true, f"{name}_{unit_name}")) <= plus_minus
            )
        for name in ("clearance", "predicted_clearance", "ahead"):
            error = getattr(found, f"{name}_mm")["canal"] - getattr(true, f"{name}_mm")["canal"]
            held.setdefault(name, []).append(abs(error) <= getattr(found, f"{name}_pm_mm")["canal"])
    for name, inside in held.items():
        assert 0.92 <= np.mean(inside) <= 0.995, f"the plus/minus of {name} holds {np.mean(inside):.1%}"


def test_a_registration_that_tells_no_uncertainty_gives_no_sure_number() -> None:
    deviation = measure(seen(TARGET, TRAJECTORY.direction), Registration("locked", np.eye(4), quality=1.0), TRAJECTORY)
    assert math.isinf(deviation.lateral_pm_mm) and math.isinf(deviation.predicted_miss_pm_mm)


def test_the_clearance_is_measured_from_the_instruments_surface_along_its_inserted_part() -> None:
    direction = TRAJECTORY.direction
    side = beside(direction)
    tip = TARGET - 10 * direction
    at_the_shaft = box_zone("vessel", tip - 25 * direction + 12 * side, (1, 1, 1))
    outside_the_skin = box_zone("air", ENTRY - 40 * direction + 5 * side, (1, 1, 1))
    clearance = measure(seen(tip, direction), LOCKED, TRAJECTORY, (at_the_shaft, outside_the_skin)).clearance_mm
    assert 12 - math.sqrt(3) - 1.5 <= clearance["vessel"] <= 12 - 1 - 1.5 + 0.1
    assert clearance["air"] > 35


def distance_to_instrument(points: FloatArray, tip: FloatArray, axis: FloatArray, inserted: float, radius: float) -> float:
    """The smallest distance of points (N, 3) to a cylinder with flat ends that reaches back from the tip."""
    ahead = (points - tip) @ axis
    beside = np.linalg.norm(points - tip - ahead[:, None] * axis, axis=1)
    return float(np.hypot(np.maximum(np.maximum(ahead, -inserted - ahead), 0), np.maximum(beside - radius, 0)).min())


@pytest.mark.parametrize("diameter", [0.7, 3.05, 6.5, 22.0])
def test_the_clearance_is_that_of_a_cylinder_with_a_flat_end(diameter: float) -> None:
    rng = np.random.default_rng(round(10 * diameter))
    spec = InstrumentSpec(kind="tube", name="any", diameter_mm=diameter, length_mm=125.0)
    trajectory = Trajectory(id="T12", instrument=spec, entry_lps=tuple(ENTRY), target_lps=tuple(TARGET))
    for _ in range(12):
        tip = TARGET - rng.uniform(0, 60) * trajectory.direction + rng.normal(size=3)
        axis = unit(trajectory.direction + rng.normal(size=3) * 0.15)
        centre = tip + rng.uniform(14, 24) * unit(axis + rng.normal(size=3)) + diameter / 2 * unit(rng.normal(size=3))
        zone = box_zone("canal", centre, (4, 3, 2))
        vertices = vtk_to_numpy(zone.surface.GetPoints().GetData()).astype(float)
        edges = np.vstack([a + t * (b - a) for a, b in near_pairs(vertices) for t in (0, 0.25, 0.5, 0.75)])
        found = measure(seen(tip, axis), LOCKED, trajectory, (zone,))
        true = distance_to_instrument(edges, tip, axis, trajectory.length_mm - found.depth_mm, diameter / 2)
        if true > 0:
            assert found.clearance_mm["canal"] == pytest.approx(true, abs=0.15)


def near_pairs(vertices: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    """The pairs of a surface's vertices that are neighbours."""
    gaps = np.linalg.norm(vertices[:, None] - vertices[None], axis=2)
    return [(vertices[i], vertices[j]) for i, j in zip(*np.nonzero(gaps < 1.05), strict=True)]


def test_the_clearance_is_negative_where_the_shaft_crosses_a_zone() -> None:
    direction = TRAJECTORY.direction
    crossed = box_zone("canal", TARGET - 30 * direction, (3, 3, 3))
    deviation = measure(seen(TARGET, direction), LOCKED, TRAJECTORY, (crossed,))
    assert -1.5 - 3 * math.sqrt(3) < deviation.clearance_mm["canal"] < -1.5 - 2.8


def test_what_lies_on_the_way_is_foreseen() -> None:
    direction = TRAJECTORY.direction
    tip = TARGET - 40 * direction
    zone = box_zone("canal", TARGET - 15 * direction, (3, 3, 3))
    deviation = measure(seen(tip, direction), LOCKED, TRAJECTORY, (zone,))
    assert deviation.clearance_mm["canal"] > 18
    assert deviation.predicted_clearance_mm["canal"] < -1.5 - 2.8
    assert 25 - 3 * math.sqrt(3) < deviation.ahead_mm["canal"] <= 25 - 2.9
    beyond = measure(seen(tip, -direction), LOCKED, TRAJECTORY, (zone,))
    assert "canal" not in beyond.ahead_mm
    assert beyond.predicted_clearance_mm["canal"] == beyond.clearance_mm["canal"]


def test_what_is_not_seen_or_not_registered_has_no_deviation() -> None:
    with pytest.raises(ValueError, match="visible"):
        measure(Instrument(False), LOCKED, TRAJECTORY)
    with pytest.raises(ValueError, match="usable"):
        measure(seen(TARGET, TRAJECTORY.direction), Registration("lost"), TRAJECTORY)
