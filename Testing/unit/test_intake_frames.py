"""Images are grouped into the frames they were acquired in, whatever the scanner's habits with tags."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from SlicerSpineGuide.geometry import ImagePlane, Projection, rotation_from_vector
from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.intake.frame import LiveImage, Radiograph, Stamps
from SlicerSpineGuide.intake.frames import FrameGrouper, group_all

PIXELS = np.zeros((8, 8), np.float32)
NINE = 9 * 3600.0

Scanner = Callable[[int, int, float], "tuple[Stamps, str]"]


def ct_image(
    uid: str, z: float, stamps: Stamps, arrived: float = 0.0, series: str = "1.2", tilt: float = 0.0, **other: str
) -> LiveImage:
    turn = rotation_from_vector((np.radians(tilt), 0, 0))
    plane = ImagePlane(turn @ (-100.0, -100.0, z), turn @ (1, 0, 0), turn @ (0, 1, 0), (0.5, 0.5), (8, 8), thickness=3.0)
    image = LiveImage(
        Path(uid), uid, series, "1.9", "P1", "HFP", "CT", "", stamps.acquired_s, arrived, Slice(PIXELS, plane), {}, stamps
    )
    return dataclasses.replace(image, **other)  # type: ignore[arg-type]


def stream(scanner: Scanner, frames: int = 8, slices: int = 3, period: float = 0.3, moving: float = 0.0) -> list[list[LiveImage]]:
    """Images of `frames` frames of `slices` slices each, all arriving at once."""
    result = []
    for f in range(frames):
        images = []
        for s in range(slices):
            stamps, series = scanner(f, s, f * period)
            images.append(ct_image(f"{f}.{s}", 3.0 * s + moving * f, stamps, series=series))
        result.append(images)
    return result


def grouped(images: list[LiveImage]) -> list[set[str]]:
    return [{i.sop_instance_uid for i in frame.images} for frame in group_all(images)]


SCANNERS: dict[str, Scanner] = {
    "one acquisition number and time a frame": lambda f, s, t: (
        Stamps(number=f, acquired_s=NINE + t + 0.25, content_s=NINE + t),
        "1.2",
    ),
    "constant number, times of milliseconds": lambda f, s, t: (Stamps(number=1, acquired_s=NINE + t + 0.004 * s + 0.001), "1.2"),
    "only an acquisition number": lambda f, s, t: (Stamps(number=f + 1), "1.2"),
    "constant acquisition time, number per frame": lambda f, s, t: (Stamps(number=f, acquired_s=NINE, series_s=NINE), "1.2"),
    "constant acquisition time, content time per frame": lambda f, s, t: (
        Stamps(number=1, acquired_s=NINE + 0.5, content_s=NINE + t + 0.3, instance=3 * f + s),
        "1.2",
    ),
    "no time, no number": lambda f, s, t: (Stamps(), "1.2"),
    "everything constant": lambda f, s, t: (Stamps(number=1, acquired_s=NINE, content_s=NINE, series_s=NINE), "1.2"),
    "a series a frame": lambda f, s, t: (Stamps(), f"1.2.{f}"),
    "a series a frame, all else constant": lambda f, s, t: (Stamps(number=1, acquired_s=NINE, series_s=NINE), f"1.2.{f}"),
    "whole seconds": lambda f, s, t: (Stamps(number=f, acquired_s=NINE + int(t)), "1.2"),
    "content time of each slice's reconstruction": lambda f, s, t: (
        Stamps(acquired_s=NINE + t + 0.123, content_s=NINE + t + 0.1 * s),
        "1.2",
    ),
    "number copied from the instance number, times of milliseconds": lambda f, s, t: (
        Stamps(number=3 * f + s, instance=3 * f + s, acquired_s=NINE + t + 0.004 * s + 0.123),
        "1.2",
    ),
    "number copied from the instance number": lambda f, s, t: (
        Stamps(number=3 * f + s, instance=3 * f + s, acquired_s=NINE + t + 0.123),
        "1.2",
    ),
}


@pytest.mark.parametrize("scanner", SCANNERS.values(), ids=list(SCANNERS))
@pytest.mark.parametrize("slices", [1, 2, 3, 5])
def test_a_burst_is_split_into_the_frames_it_was_acquired_in(scanner: Scanner, slices: int) -> None:
    frames = stream(scanner, slices=slices)
    assert grouped([i for f in frames for i in f]) == [{i.sop_instance_uid for i in f} for f in frames]


TELLING = [name for name in SCANNERS if name not in ("no time, no number", "everything constant", "whole seconds")]


@pytest.mark.parametrize("name", [n for n in TELLING if not n.startswith("constant acquisition time, content")])
def test_planes_that_move_with_the_table_are_split_too(name: str) -> None:
    frames = stream(SCANNERS[name], slices=3, moving=1.7)
    assert grouped([i for f in frames for i in f]) == [{i.sop_instance_uid for i in f} for f in frames]


@pytest.mark.parametrize("name", TELLING)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_late_sisters_join_their_own_frame_however_the_images_are_shuffled(name: str, seed: int) -> None:
    frames = stream(SCANNERS[name], frames=6)
    first, rest = frames[0] + frames[1], [i for f in frames[2:] for i in f]  # the first frames show the scanner's habits
    order = list(range(len(rest)))
    rng = random.Random(seed)
    order.sort(key=lambda k: k + rng.uniform(0, 5))
    found = grouped(first + [rest[k] for k in order])
    assert sorted(map(sorted, found)) == sorted(sorted(i.sop_instance_uid for i in f) for f in frames)


def test_single_slices_at_twelve_a_second_are_a_frame_each_though_the_plane_moves() -> None:
    frames = stream(lambda f, s, t: (Stamps(number=1, acquired_s=NINE + t + 0.2), "1.2"), 24, 1, period=1 / 12, moving=1.0)
    assert len(grouped([i for f in frames for i in f])) == 24


def test_single_shots_with_a_constant_acquisition_time_are_told_apart_by_their_content_time() -> None:
    frames = stream(
        lambda f, s, t: (Stamps(number=1, acquired_s=NINE + 0.5, content_s=NINE + t), "1.2"), 10, 1, period=4.0, moving=1.0
    )
    assert len(grouped([i for f in frames for i in f])) == 10


def test_a_slice_is_used_at_once_and_its_frame_grows() -> None:
    grouper = FrameGrouper()
    images = stream(SCANNERS["only an acquisition number"], frames=2)
    sizes = [(f.index, len(f.images)) for image in images[0] + images[1] if (f := grouper.add(image)) is not None]
    assert sizes == [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3)]


def test_a_snapshot_that_was_handed_out_never_changes() -> None:
    grouper = FrameGrouper()
    a, b, _ = stream(SCANNERS["only an acquisition number"], frames=1)[0]
    early = grouper.add(a)
    grouper.add(b)
    assert early is not None and len(early.images) == 1


def test_duplicates_are_ignored() -> None:
    grouper = FrameGrouper()
    image = stream(SCANNERS["no time, no number"])[0][0]
    assert grouper.add(image) is not None
    assert grouper.add(image) is None


def test_a_lost_slice_leaves_the_other_frames_whole() -> None:
    frames = stream(SCANNERS["everything constant"], frames=5)
    del frames[2][1]
    assert grouped([i for f in frames for i in f]) == [{i.sop_instance_uid for i in f} for f in frames]


@pytest.mark.parametrize(
    "other", [{"frame_of_reference_uid": "1.8"}, {"patient_id": "P2"}, {"series_instance_uid": "1.3"}], ids=lambda o: next(iter(o))
)
def test_another_patient_series_or_frame_of_reference_is_another_frame(other: dict[str, str]) -> None:
    stamps = Stamps(number=1, acquired_s=NINE + 0.5)
    assert len(group_all([ct_image("a", 0, stamps), dataclasses.replace(ct_image("b", 3, stamps), **other)])) == 2  # type: ignore[arg-type]


def test_another_tilt_is_another_frame() -> None:
    assert len(group_all([ct_image("a", 0, Stamps(number=1)), ct_image("b", 3, Stamps(number=1), tilt=2.0)])) == 2


def test_only_a_silent_header_is_judged_by_arrival() -> None:
    assert len(group_all([ct_image("a", 0, Stamps()), ct_image("b", 3, Stamps(), arrived=0.1)])) == 1
    assert len(group_all([ct_image("a", 0, Stamps()), ct_image("b", 3, Stamps(), arrived=1.0)])) == 2
    assert len(group_all([ct_image("a", 0, Stamps(number=1)), ct_image("b", 3, Stamps(number=1), arrived=1.0)])) == 1


def test_t_counts_from_the_first_arrival_of_all() -> None:
    frames = group_all([ct_image("a", 0, Stamps(number=1), arrived=100.0), ct_image("b", 0, Stamps(number=2), arrived=101.5)])
    assert [f.t for f in frames] == [0.0, 1.5]


def xray(uid: str, primary: float | None, stamps: Stamps, arrived: float = 0.0, series: str = "1.2") -> LiveImage:
    projection = None if primary is None else Projection.from_angles(primary, 0, 1000, 700, (0.5, 0.5), (8, 8))
    return LiveImage(
        Path(uid), uid, series, "", "P1", "", "XA", "", stamps.acquired_s, arrived, Radiograph(PIXELS, projection), {}, stamps
    )


@pytest.mark.parametrize(
    "stamps",
    [
        lambda f, view: Stamps(number=f, acquired_s=NINE + 2.0 * f + 0.03 * view + 0.1),
        lambda f, view: Stamps(acquired_s=NINE + 0.5 * f + 0.03 * view + 0.1),
        lambda f, view: Stamps(number=f),
        lambda f, view: Stamps(number=f, acquired_s=NINE + 30.0 * f + 12.0 * view + 0.1),
        lambda f, view: Stamps(number=1, acquired_s=NINE + 2.0 * f + 0.1),
    ],
    ids=["number and time", "time only", "number only", "one arm turned", "constant number"],
)
@pytest.mark.parametrize("series", ["one series", "a series a plane"])
def test_a_biplane_pair_is_one_frame(stamps: Callable[[int, int], Stamps], series: str) -> None:
    images = [
        xray(f"{f}.{view}", 90.0 * view, stamps(f, view), series="1.2" if series == "one series" else f"1.2.{view}")
        for f in range(5)
        for view in range(2)
    ]
    assert grouped(images) == [{f"{f}.0", f"{f}.1"} for f in range(5)]


def test_a_run_of_one_view_is_a_frame_an_image() -> None:
    images = [xray(str(f), 0.0, Stamps(number=1, acquired_s=NINE + f / 15)) for f in range(20)]
    assert len(grouped(images)) == 20


def test_single_shots_from_other_angles_seconds_apart_are_frames_of_their_own() -> None:
    images = [xray(str(f), 40.0 * f, Stamps(acquired_s=NINE + 8.0 * f)) for f in range(4)]
    assert len(grouped(images)) == 4


def test_captures_without_geometry_are_a_frame_each() -> None:
    assert len(grouped([xray(str(f), None, Stamps()) for f in range(3)])) == 3
