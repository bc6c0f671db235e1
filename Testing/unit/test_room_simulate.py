"""The virtual room's runs: scenarios, truth, case folders, and images sent over a real association."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pynetdicom import AE, evt
from pynetdicom.sop_class import CTImageStorage, XRayAngiographicImageStorage

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import apply
from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.intake.decode import read_live_image
from SlicerSpineGuide.plan import Plan
from SlicerSpineGuide.recording.case import Truth, open_case
from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.room.carm import CarmProtocol
from SlicerSpineGuide.room.live_series import LiveSeries, planning_header
from SlicerSpineGuide.room.play import play_case
from SlicerSpineGuide.room.scenario import SCENARIOS, Scenario, Step, adjusted, scenario_named
from SlicerSpineGuide.room.sender import Peer
from SlicerSpineGuide.room.simulate import prepare, send_live, simulate_case

SAMPLE = resource_path("Cases/t12-vertebroplasty")
PLANNING, PLAN = SAMPLE / "planning", SAMPLE / "plan.json"
SMALL = {"matrix": 64, "slices": 2, "field_mm": 70.0}


def truth_of(name: str, seed: int = 3) -> Truth:
    return prepare(PLANNING, PLAN, name, seed=seed).room.truth()


DUE = {
    "demonstration": {"LATERAL_DEVIATION", "ANGLE_DEVIATION", "DEPTH_REACHED"},
    "on-path": {"DEPTH_REACHED"},
    "breathing": {"DEPTH_REACHED"},
    "straying": {"LATERAL_DEVIATION", "ANGLE_DEVIATION"},
    "wrong-entry": {"LATERAL_DEVIATION"},
    "overshoot": {"DEPTH_REACHED", "DEPTH_EXCEEDED"},
    "near-zone": {"LATERAL_DEVIATION", "ANGLE_DEVIATION", "ZONE_NEAR", "ZONE_ENTERED"},
    "drift": set(),
    "image-loss": {"IMAGE_STALE"},
    "wrong-patient": {"WRONG_PATIENT"},
    "new-frame-of-reference": {"FRAME_OF_REFERENCE_CHANGED"},
    "new-geometry": {"GEOMETRY_CHANGED"},
    "tip-leaves": {"INSTRUMENT_LOST"},
    "no-instrument": set(),
    "bent": {"DEPTH_REACHED"},
    "crowded": {"DEPTH_REACHED"},
    "xa-biplane": {"LATERAL_DEVIATION", "ANGLE_DEVIATION", "DEPTH_REACHED"},
    "xa-run": set(),
    "xa-no-instrument": set(),
}


@pytest.mark.parametrize("name", sorted(DUE))
def test_a_scenario_plants_what_its_name_says_and_nothing_else(name: str) -> None:
    assert {e.code for e in truth_of(name).events} == DUE[name]


def test_a_deviation_is_due_from_the_first_frame_that_exceeds_its_tolerance_clearly() -> None:
    truth = truth_of("straying")
    limits = Plan.load(PLAN).trajectory().tolerance
    for code, name, limit in (
        ("LATERAL_DEVIATION", "lateral_mm", limits.lateral_mm + 1),
        ("ANGLE_DEVIATION", "angle_deg", limits.angle_deg + 2),
    ):
        (event,) = [e for e in truth.events if e.code == code]
        values = [getattr(f, name) for f in truth.frames]
        assert all(v <= limit for v in values[: event.frame])
        assert all(v > limit for v in values[event.frame : event.until])


def test_the_instrument_is_visible_exactly_where_its_tip_is_in_the_slices() -> None:
    room = prepare(PLANNING, PLAN, "tip-leaves", seed=1).room
    seen = []
    for index in range(room.frame_count):
        moment = room.moment(index)
        heights = [(apply(moment.live_from_plan, moment.tip) - p.origin) @ p.normal for p in moment.planes]
        seen.append(min(abs(h) for h in heights) <= room.protocol.thickness_mm / 2)
    assert seen == [room.truth_of(i).visible for i in range(room.frame_count)]
    assert 0 < sum(seen) < len(seen)


def test_without_an_instrument_the_truth_has_no_tip() -> None:
    frames = truth_of("no-instrument").frames
    assert all(f.tip_lps is None and not f.visible and f.lateral_mm is None for f in frames)


def test_the_zone_that_near_zone_enters_is_entered_in_truth() -> None:
    truth = truth_of("near-zone")
    entered = next(e for e in truth.events if e.code == "ZONE_ENTERED")
    room = prepare(PLANNING, PLAN, "near-zone", seed=3).room
    tip = np.array(truth.frames[-1].tip_lps)
    assert entered.frame < len(truth.frames)
    assert min(zone.distance(tip[None])[0] for zone in room.zones) < 0


def test_each_seed_is_another_patient_motion_and_the_same_seed_the_same() -> None:
    first, again, other = (truth_of("straying", seed) for seed in (1, 1, 2))
    assert first == again
    assert first.frames[0].plan_from_live != other.frames[0].plan_from_live
    assert first.frames[20].tip_lps != other.frames[20].tip_lps


def test_a_short_path_shrinks_the_scenario_instead_of_leaving_the_skin(tmp_path: Path) -> None:
    plan = Plan.load(PLAN)
    path = plan.trajectories[0]
    entry = path.target - 30.0 * path.direction
    (tmp_path / "zones").symlink_to(SAMPLE / "zones")
    plan.model_copy(update={"trajectories": (path.model_copy(update={"entry_lps": tuple(entry)}),)}).save(tmp_path / "plan.json")
    room = prepare(PLANNING, tmp_path / "plan.json", "straying").room
    depths = [room.truth_of(i).depth_mm for i in range(room.frame_count)]
    assert 20 < max(depths) < 27


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("room") / "case"
    return simulate_case(PLANNING, PLAN, adjusted(SCENARIOS["wrong-patient"], tilt_deg=8.0, **SMALL), folder, seed=4, frames=8)


def test_a_written_case_opens_and_its_images_are_where_its_truth_says(case: Path) -> None:
    opened = open_case(case)
    truth = opened.truth()
    assert truth is not None
    assert len(truth.frames) == len(opened.case.frames) == 8
    room = prepare(PLANNING, PLAN, adjusted(SCENARIOS["wrong-patient"], tilt_deg=8.0, **SMALL), seed=4, frames=8).room
    for frame, expected in zip(opened.case.frames, truth.frames, strict=True):
        moment = room.moment(expected.index)
        assert frame.t == pytest.approx(moment.t, abs=1e-5)
        np.testing.assert_allclose(np.array(expected.plan_from_live) @ moment.live_from_plan, np.eye(4), atol=1e-9)
        for file, plane in zip(opened.files(frame), moment.planes, strict=True):
            image = read_live_image(file, 0.0)
            np.testing.assert_allclose(image.image.plane.lps_from_index, plane.lps_from_index, atol=1e-4)
            assert image.image.plane.thickness == plane.thickness


def test_live_images_belong_to_the_patient_but_for_the_planted_stranger(case: Path) -> None:
    opened = open_case(case)
    headers = [[pydicom.dcmread(f) for f in opened.files(frame)] for frame in opened.case.frames]
    planning = pydicom.dcmread(next(PLANNING.iterdir()))
    event = next(e for e in opened.truth().events if e.code == "WRONG_PATIENT")
    strangers = [i for i, images in enumerate(headers) if images[0].PatientID != planning.PatientID]
    assert strangers == list(range(event.frame, event.until))
    assert planning.SeriesInstanceUID not in {h.SeriesInstanceUID for images in headers for h in images}
    own = [h for images in headers for h in images if h.PatientID == planning.PatientID]
    assert {(h.FrameOfReferenceUID, h.StudyInstanceUID, h.PatientPosition) for h in own} == {
        (planning.FrameOfReferenceUID, planning.StudyInstanceUID, planning.PatientPosition)
    }
    uids = [h.SOPInstanceUID for images in headers for h in images]
    assert len(set(uids)) == len(uids)
    assert all(len({h.AcquisitionNumber for h in images}) == 1 for images in headers)
    assert {float(h.GantryDetectorTilt) for h in own} == {8.0}


def test_the_same_seed_writes_the_same_bytes(case: Path, tmp_path: Path) -> None:
    again = simulate_case(
        PLANNING, PLAN, adjusted(SCENARIOS["wrong-patient"], tilt_deg=8.0, **SMALL), tmp_path / "case", seed=4, frames=8
    )
    files = sorted(p.relative_to(case) for p in case.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    assert all((case / f).read_bytes() == (again / f).read_bytes() for f in files)


def test_the_sample_case_is_what_the_room_makes_of_its_plan() -> None:
    opened = open_case(SAMPLE)
    truth = opened.truth()
    simulation = prepare(PLANNING, PLAN, truth.scenario, seed=truth.seed)
    for acquisition in islice(simulation.room.acquisitions(), 2):
        stored = [read_live_image(f, 0.0).image.pixels for f in opened.files(opened.case.frames[acquisition.index])]
        for mine, theirs in zip(acquisition.images, stored, strict=True):
            assert np.mean(np.abs(mine.pixels - theirs) > 1) < 0.001  # another processor may round a few pixels otherwise
    expected = simulation.room.truth()
    assert expected.events == truth.events
    assert (SAMPLE / "ATTRIBUTION.md").is_file()
    assert sum(p.stat().st_size for p in SAMPLE.rglob("*") if p.is_file()) <= 8e6


def test_the_sample_plan_goes_through_bone_and_keeps_off_the_canal() -> None:
    opened = open_case(SAMPLE)
    room = prepare(PLANNING, PLAN, "on-path").room
    path = opened.plan.trajectory()
    volume = opened.planning.volume
    points = path.target - np.arange(0, path.length_mm, 0.5)[:, None] * path.direction
    canal = next(z for z in room.zones if z.name == "spinal canal")
    assert canal.distance(points).min() - path.instrument.diameter_mm / 2 > 2.0
    index = np.rint(apply(inverse_index(volume), points)).astype(int)
    values = volume.voxels[index[:, 2], index[:, 1], index[:, 0]]
    assert values[:56].mean() > 120  # the last 28 mm lie in vertebral bone; muscle has 60 HU
    assert values[-3:].min() < 0  # and it begins at the skin


def inverse_index(volume: Any) -> np.ndarray:
    return np.linalg.inv(volume.lps_from_index)


class Node:
    """A storage SCP that keeps what it gets; answers `status`."""

    def __init__(self, status: int = 0x0000) -> None:
        self.received: list[Any] = []
        self.status = status
        entity = AE(ae_title="NODE")
        entity.require_called_aet = True
        entity.add_supported_context(CTImageStorage)
        entity.add_supported_context(XRayAngiographicImageStorage)
        self.server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, self._store)])
        self.peer = f"NODE@127.0.0.1:{self.server.socket.getsockname()[1]}"

    def _store(self, event: Any) -> int:
        self.received.append(event.dataset)
        return self.status


@pytest.fixture
def node() -> Iterator[Node]:
    started = Node()
    yield started
    started.server.shutdown()


TINY = adjusted(Scenario("tiny", (Step(0, 30), Step(1, 20)), frames=3), rate_hz=20.0, **SMALL)


def test_images_are_sent_at_the_scanners_pace_under_fresh_uids(node: Node) -> None:
    waited: list[float] = []
    for start in (datetime(2026, 1, 2, 8), datetime(2026, 1, 2, 9)):
        truth = send_live(PLANNING, PLAN, TINY, node.peer, clock=lambda: 0.0, sleep=waited.append, now=lambda start=start: start)
    assert len(truth.frames) == 3
    np.testing.assert_allclose(waited, [0, 0.05, 0.1] * 2)
    assert len(node.received) == 12
    assert len({d.SOPInstanceUID for d in node.received}) == 12
    assert len({d.SeriesInstanceUID for d in node.received}) == 2
    assert [int(d.InstanceNumber) for d in node.received] == [1, 2, 3, 4, 5, 6] * 2
    assert node.received[0].AcquisitionDate == "20260102"


def test_a_biplane_pair_is_sent_as_two_images_of_one_acquisition(node: Node) -> None:
    pair = replace(TINY, name="pair", frames=2, carm=CarmProtocol(matrix=64, pitch_mm=3.0))
    send_live(PLANNING, PLAN, pair, node.peer, sleep=lambda s: None)
    assert [d.Modality for d in node.received] == ["XA"] * 4
    assert [int(d.AcquisitionNumber) for d in node.received] == [1, 1, 2, 2]
    assert [float(d.PositionerPrimaryAngle) for d in node.received] == [0.0, 90.0, 0.0, 90.0]


@pytest.mark.parametrize(
    "peer, said",
    [
        ("SPINEGUIDE", "AE@HOST:PORT"),
        ("A@host:0", "AE@HOST:PORT"),
        ("SEVENTEEN_LETTERS@127.0.0.1:104", "AE@HOST:PORT"),
        ("NODE@127.0.0.1:9", "does not answer"),
    ],
)
def test_a_peer_that_cannot_be_reached_is_named(peer: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        send_live(PLANNING, PLAN, TINY, peer)


def test_a_peer_that_refuses_says_why(node: Node) -> None:
    with pytest.raises(BadInput, match=r"rejects the association: .*[Cc]alled"):
        send_live(PLANNING, PLAN, TINY, node.peer.replace("NODE", "OTHER"))


def test_a_peer_that_cannot_store_is_reported_with_its_status(node: Node) -> None:
    node.status = 0xA700
    with pytest.raises(BadInput, match="0xA700"):
        send_live(PLANNING, PLAN, TINY, node.peer)


def test_a_tilted_gantry_is_in_the_images_planes_and_tags_from_its_frame_on() -> None:
    room = prepare(PLANNING, PLAN, "new-geometry").room
    event = next(e for e in room.truth().events if e.code == "GEOMETRY_CHANGED")
    tilts = [np.degrees(np.arcsin(room.moment(i).planes[0].v[2])) for i in range(room.frame_count)]
    np.testing.assert_allclose(tilts, [0.0] * event.frame + [8.0] * (room.frame_count - event.frame), atol=1e-9)
    header = planning_header(PLANNING, Plan.load(PLAN).series_instance_uid)
    live = Slice(np.zeros((4, 4), dtype=np.float32), room.moment(event.frame).planes[0])
    dataset = room.dataset(LiveSeries(header, "x", datetime(2001, 1, 1)), live, event.frame + 1, 1, 0.0)
    assert float(dataset.GantryDetectorTilt) == 8.0


def test_an_unknown_scenario_lists_the_known_ones() -> None:
    with pytest.raises(BadInput, match="straying-fast"):
        scenario_named("stray")


@pytest.mark.parametrize("change", [{"thickness_mm": 0.0}, {"matrix": 8}, {"kernel": "CRISP"}, {"tilt_deg": 45.0}, {"rate_hz": 0.0}])
def test_a_protocol_that_makes_no_image_is_refused_by_name(change: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=next(iter(change))):
        adjusted(SCENARIOS["on-path"], **change)


def test_settings_reach_the_c_arm_where_the_scenario_uses_one() -> None:
    assert adjusted(SCENARIOS["xa-run"], matrix=128, rate_hz=10.0).carm.matrix == 128
    with pytest.raises(BadInput, match="thickness_mm"):
        adjusted(SCENARIOS["xa-run"], thickness_mm=2.0)


def test_near_zone_needs_a_zone(rider_planning: Path) -> None:
    with pytest.raises(BadInput, match="needs a zone"):
        prepare(rider_planning / "planning", rider_planning / "plan.json", "near-zone")


def test_a_case_is_never_written_over_something(case: Path) -> None:
    with pytest.raises(BadInput, match="exists already"):
        simulate_case(PLANNING, PLAN, TINY, case)


def test_an_unknown_trajectory_names_those_of_the_plan() -> None:
    with pytest.raises(BadInput, match="T12-right"):
        prepare(PLANNING, PLAN, "on-path", trajectory="L5-left")


def test_a_plan_of_another_patient_is_refused(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE / "zones", tmp_path / "zones")
    Plan.load(PLAN).model_copy(update={"patient_id": "OTHER"}).save(tmp_path / "plan.json")
    with pytest.raises(BadInput, match="patient_id"):
        prepare(PLANNING, tmp_path / "plan.json", "on-path")


@pytest.mark.parametrize("patient", ["rider_planning", "lumbar_planning"])
def test_any_planning_ct_and_plan_makes_a_case(patient: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder = request.getfixturevalue(patient)
    opened = open_case(simulate_case(folder / "planning", folder / "plan.json", adjusted(TINY, matrix=128), tmp_path / "case"))
    images = [read_live_image(f, 0.0).image for f in opened.files(opened.case.frames[-1])]
    assert max(i.pixels.max() for i in images) == 3071
    assert opened.truth().frames[-1].visible
    body = np.mean([(i.pixels > -500).mean() for i in images])
    assert body > 0.5


def test_a_recorded_case_is_played_again_and_again_under_fresh_uids(node: Node, tmp_path: Path) -> None:
    folder = simulate_case(PLANNING, PLAN, TINY, tmp_path / "case")
    assert play_case(folder, Peer.parse(node.peer), "SCANNER", speed=1000.0, passes=2) == 12
    first, second = node.received[:6], node.received[6:]
    assert [d.SOPInstanceUID for d in first] == [pydicom.dcmread(folder / "live" / f"{i:06d}.dcm").SOPInstanceUID for i in range(1, 7)]
    assert not {d.SOPInstanceUID for d in first} & {d.SOPInstanceUID for d in second}
    assert not {d.SeriesInstanceUID for d in first} & {d.SeriesInstanceUID for d in second}
    assert [d.PixelData for d in first] == [d.PixelData for d in second]
