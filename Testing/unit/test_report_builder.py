"""What a report keeps of a session, and where."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from scene_fixtures import hidden, plan_in, planning_of, update_at

from SlicerSpineGuide.guidance.types import Alert, AlertCode, Update
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.recording.case import Case, CaseFolder
from SlicerSpineGuide.recording.frame_store import FrameStore
from SlicerSpineGuide.recording.recorder import CaseRecorder
from SlicerSpineGuide.recording.report import ReportBuilder
from SlicerSpineGuide.recording.report_model import Report

BESIDE = Alert(AlertCode.LATERAL_DEVIATION, "high", "The tip is 4.0 mm beside the planned path.")
GONE = Alert(AlertCode.INSTRUMENT_LOST, "low", "No instrument is seen.")


@pytest.fixture(scope="module")
def moment(lidc_volume: Volume) -> Update:
    return update_at(lidc_volume, plan_in(lidc_volume))


def of_frame(moment: Update, index: int, *alerts: Alert) -> Update:
    return replace(moment, frame=replace(moment.frame, index=index, t=index / 12), alerts=alerts, at_s=index / 12)


def test_a_saved_report_has_every_frame_once_and_in_order(moment, tmp_path):
    builder = ReportBuilder("plan.json")
    for index in (0, 1, 2, 4, 3, 2):
        builder.add(of_frame(moment, index))
    builder.save(tmp_path / "report.json")
    saved = json.loads((tmp_path / "report.json").read_text())
    assert [f["index"] for f in saved["frames"]] == [0, 1, 2, 3, 4]
    assert saved == builder.build()
    assert saved["summary"]["frames"] == builder.frame_count == 5
    assert Report.load(tmp_path / "report.json").frames[4].deviation is not None


def test_an_empty_report_can_be_saved(tmp_path):
    ReportBuilder("plan.json").save(tmp_path / "report.json")
    assert Report.load(tmp_path / "report.json").frames == ()


def test_what_a_frame_was_before_it_grew_is_forgotten(moment):
    builder = ReportBuilder("plan.json")
    builder.add(replace(hidden(moment, "The tip is not in this slice."), frame=moment.frame))
    builder.add(moment)
    assert [f["deviation"] is not None for f in builder.frames] == [True]


def test_two_hours_of_frames_leave_little_in_memory(moment):
    import tracemalloc

    builder = ReportBuilder("plan.json")
    builder.add(of_frame(moment, 0, BESIDE))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for index in range(1, 3001):
        builder.add(of_frame(moment, index, BESIDE))
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown / 3000 < 40  # bytes a frame: 3.5 MB in two hours at 12 frames a second


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_frame_for_which_the_disk_had_no_room_is_left_out_and_the_others_stay():
    store = FrameStore()
    store.put(0, {"index": 0})
    disk, store._file = store._file, Path("/dev/full").open("r+b")  # noqa: SIM115 (it cannot be closed without an error)
    with pytest.raises(OSError, match="No space"):
        store.put(1, {"index": 1})
    with contextlib.suppress(OSError):
        store._file.close()
    store._file = disk
    store.put(2, {"index": 2})
    assert list(store) == [{"index": 0}, {"index": 2}]
    assert len(store) == 2


def test_an_alert_comes_on_once_however_long_it_stays(moment):
    builder = ReportBuilder("plan.json")
    for index, alerts in enumerate([(), (BESIDE,), (BESIDE,), (BESIDE, GONE), (), (BESIDE,)]):
        builder.add(of_frame(moment, index, *alerts))
    assert [(index, alert.code) for index, alert in builder.onsets] == [(1, BESIDE.code), (3, GONE.code), (5, BESIDE.code)]


def test_an_alert_between_two_images_belongs_to_the_next_one(moment):
    builder = ReportBuilder("plan.json")
    builder.add(of_frame(moment, 0))
    builder.add(replace(of_frame(moment, 0, GONE), of_frame=False))
    builder.add(of_frame(moment, 1))
    assert [(index, alert.code) for index, alert in builder.onsets] == [(1, GONE.code)]


def test_a_second_pass_replaces_what_came_on_in_the_first(moment):
    builder = ReportBuilder("plan.json")
    for index, alerts in enumerate([(), (BESIDE,), (BESIDE,)]):
        builder.add(of_frame(moment, index, *alerts))
    for index, alerts in enumerate([(), (), (BESIDE,)]):
        builder.add(of_frame(moment, index, *alerts))
    assert [index for index, _ in builder.onsets] == [2]


class Clock:
    def __init__(self) -> None:
        self.now, self.per_call = 0.0, 0.0

    def __call__(self) -> float:
        self.now += self.per_call
        return self.now


def test_case_json_is_not_written_at_every_frame_once_that_takes_long_and_is_whole_at_the_end(
    moment, lidc_volume, tmp_path, monkeypatch
):
    plan = plan_in(lidc_volume)
    source = CaseFolder(tmp_path / "source", Case(title="A case", modality="CT", source="recorded"), plan, planning_of(lidc_volume))
    image = tmp_path / "image.dcm"
    image.write_bytes(b"as received")
    clock, writes = Clock(), []
    recorder = CaseRecorder(tmp_path / "recorded", source, clock)
    clock.per_call = 0.1  # a write takes a tenth of a second by this clock, so that another is due after five
    save = Case.save
    monkeypatch.setattr(Case, "save", lambda case, path: (writes.append(path), save(case, path)))
    for index in range(10):
        images = tuple(replace(i, path=image, sop_instance_uid=f"1.2.{index}") for i in moment.frame.images)
        recorder.add(replace(moment.frame, index=index, t=index / 12, images=images))
    assert len(writes) == 1
    recorder.close()
    written = Case.model_validate_json((tmp_path / "recorded" / "case.json").read_text())
    assert len(written.frames) == 10
    assert all((tmp_path / "recorded" / name).read_bytes() == b"as received" for f in written.frames for name in f.files)
