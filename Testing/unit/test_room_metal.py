"""The virtual room's metal: shapes of the right size, partial volume, and the artefacts of a scanner."""

from __future__ import annotations

import numpy as np
import pytest

from SlicerSpineGuide.geometry import ImagePlane, rigid_about, unit
from SlicerSpineGuide.plan import InstrumentSpec
from SlicerSpineGuide.room.metal import HEAD_LENGTH_MM, TUBE_WALL_MM, Metal, metal_fraction
from SlicerSpineGuide.room.streaks import streaks

TIP = np.array([3.0, -4.0, 1.0])


def metal(
    kind: str, diameter: float = 3.0, length: float = 60.0, axis: tuple[float, float, float] = (0, -1, 0), bend: float = 0
) -> Metal:
    return Metal(InstrumentSpec(kind=kind, name=kind, diameter_mm=diameter, length_mm=length), TIP, unit(axis), bend)


def stack(thickness: float, count: int, size: int = 160, pitch: float = 0.5) -> list[ImagePlane]:
    corner = TIP + [-size * pitch / 2, -10.0, 0.0]
    heights = (np.arange(count) - (count - 1) / 2) * thickness
    u, v = np.eye(3)[0], np.eye(3)[1]
    return [ImagePlane(corner + [0, 0, h], u, v, (pitch, pitch), (size, size), thickness) for h in heights]


def volume_mm3(solid: Metal, planes: list[ImagePlane]) -> float:
    return sum(metal_fraction(solid, p)[2].sum() * p.pitch[0] * p.pitch[1] * p.thickness for p in planes)


@pytest.mark.parametrize("thickness", [1.0, 3.0, 5.0])
@pytest.mark.parametrize("axis", [(0, -1, 0), (0.4, -1, 0.1)])
def test_the_slices_of_a_trocar_hold_its_volume(thickness: float, axis: tuple[float, float, float]) -> None:
    cone = 1.5 / np.tan(np.radians(30))
    expected = np.pi * 1.5**2 * (60 - cone * 2 / 3)
    assert volume_mm3(metal("trocar", axis=axis), stack(thickness, int(30 / thickness))) == pytest.approx(expected, rel=0.02)


def test_a_tube_is_hollow() -> None:
    expected = np.pi * (8.0**2 - (8.0 - TUBE_WALL_MM) ** 2) * 60
    assert volume_mm3(metal("tube", diameter=16), stack(1.0, 20)) == pytest.approx(expected, rel=0.03)


def test_a_screw_has_a_head_wider_than_its_shaft_and_a_thread_narrower_than_its_diameter() -> None:
    screw = metal("screw", diameter=6.0, length=45.0)
    behind = np.array([0, 1.0, 0])
    assert screw.inside((TIP + 47 * behind + [4.5, 0, 0])[None])[0]
    assert not screw.inside((TIP + (45 + HEAD_LENGTH_MM + 1) * behind)[None])[0]
    radius = [
        np.flatnonzero(screw.inside(TIP + d * behind + np.linspace(0, 5, 101)[:, None] * [1, 0, 0]))[-1] / 20
        for d in np.arange(15, 40, 0.1)
    ]
    assert max(radius) == pytest.approx(3.0, abs=0.1)
    assert min(radius) == pytest.approx(2.1, abs=0.1)


def test_a_thin_needle_fills_only_part_of_a_thick_slice() -> None:
    fraction = metal_fraction(metal("needle", diameter=0.7, length=90), stack(3.0, 1)[0])[2]
    assert 0.05 < fraction.max() < 0.35


def test_no_metal_lies_in_front_of_the_tip() -> None:
    for kind in ("needle", "trocar", "screw", "tube"):
        first = min(metal_fraction(metal(kind), plane)[0].min() for plane in stack(0.5, 7, pitch=0.25))
        assert 10.0 / 0.25 - 1 <= first <= 10.0 / 0.25 + 2


def test_a_bent_instrument_keeps_its_tip_and_leaves_its_axis_by_the_bend_at_the_hub() -> None:
    bent = metal("trocar", bend=3.0)
    side, _ = bent.frame()
    assert bent.inside((TIP + 60.0 * np.array([0, 1, 0]) * 0.999 + 3.0 * side)[None])[0]
    assert not bent.inside((TIP + 60.0 * np.array([0, 1, 0]) * 0.999)[None])[0]
    assert bent.inside((TIP + [0, 4.0, 0])[None])[0]


def test_metal_moves_with_the_patient() -> None:
    motion = rigid_about(TIP, (0.1, 0.2, -0.1), (5, 6, 7))
    moved = metal("trocar").moved(motion)
    np.testing.assert_allclose(moved.tip, TIP + [5, 6, 7])
    assert moved.inside(moved.tip[None] - 3 * moved.axis)[0]


def in_plane(strength: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    plane = stack(3.0, 1)[0]
    rows, columns, fraction = metal_fraction(metal("trocar"), plane)
    filled = np.zeros((160, 160))
    filled[rows, columns] = fraction
    return filled, streaks(filled, 0.5, strength, np.random.default_rng(0))


def test_a_trocar_throws_a_dark_shadow_beyond_its_tip() -> None:
    _, artefact = in_plane()
    tip_row = 20
    beyond = artefact[tip_row - 8 : tip_row - 2, 78:83].mean()
    beside = artefact[tip_row - 8 : tip_row - 2, 110:140].mean()
    assert beyond < beside - 100


def test_there_are_no_streaks_without_metal_or_with_strength_zero() -> None:
    assert not streaks(np.zeros((64, 64)), 1.0, 1.0, np.random.default_rng(0)).any()
    assert not in_plane(strength=0.0)[1].any()
