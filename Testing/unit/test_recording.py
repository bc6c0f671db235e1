"""A recording is a case that can be opened; a full disk ends it in a sentence and never stops what called it."""

from __future__ import annotations

import errno
import shutil
from collections import namedtuple
from dataclasses import replace
from datetime import datetime

import pytest
from scene_fixtures import plan_in, planning_of, update_at

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake import NodeConfig
from SlicerSpineGuide.recording.case import Case, CaseFolder
from SlicerSpineGuide.recording.decisions import DecisionLog
from SlicerSpineGuide.recording.recording import Recording, new_folder, recorded_cases
from SlicerSpineGuide.recording.session import LiveSession
from SlicerSpineGuide.translation import anew, set_language, tr


@pytest.fixture
def source(lidc_volume, tmp_path):
    plan = plan_in(lidc_volume)
    (tmp_path / "source" / "planning").mkdir(parents=True)
    return CaseFolder(tmp_path / "source", Case(title="A case", modality="CT", source="recorded"), plan, planning_of(lidc_volume))


@pytest.fixture
def frames(lidc_volume, source, tmp_path):
    image = tmp_path / "image.dcm"
    image.write_bytes(b"as received")
    frame = update_at(lidc_volume, source.plan, depth_mm=20.0, lateral_mm=1.0).frame

    def numbered(index: int):
        images = tuple(replace(i, path=image, sop_instance_uid=f"1.2.{index}") for i in frame.images)
        return replace(frame, index=index, t=100.0 + index, images=images)

    return [numbered(index) for index in range(7, 12)]


def test_what_arrives_between_start_and_stop_is_a_case_that_counts_from_its_first_image(source, frames, tmp_path):
    recording, folder = Recording(source), new_folder(tmp_path, lambda: datetime(2026, 5, 4, 9, 8, 7))
    recording.add(frames[0])
    recording.start(folder, own=True)
    for frame in frames[1:4]:
        recording.add(frame)
    assert recording.state.on and recording.state.images == 3
    with pytest.raises(BadInput, match="already"):
        recording.start(tmp_path / "another")
    recording.stop()
    recording.add(frames[4])
    case = Case.model_validate_json((folder / "case.json").read_text())
    assert [frame.t for frame in case.frames] == [0.0, 1.0, 2.0]
    assert len(list((folder / "live").iterdir())) == 3
    assert recorded_cases(tmp_path) == [folder] and folder.name == "2026-05-04-090807"
    assert new_folder(tmp_path, lambda: datetime(2026, 5, 4, 9, 8, 7)).name == "2026-05-04-090807-2"


def test_a_full_disk_ends_the_recording_in_a_sentence_and_leaves_a_whole_case(source, frames, tmp_path, monkeypatch):
    recording, copy = Recording(source), shutil.copyfile
    recording.start(tmp_path / "recorded")
    recording.add(frames[0])

    def full(origin, target):
        target.write_bytes(b"as")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    recording.add(frames[1])
    monkeypatch.setattr(shutil, "copyfile", copy)
    recording.add(frames[2])
    state = recording.state
    assert not state.on and state.images == 1 and "after 1 images: No space left on device" in state.problem
    try:
        set_language("fr")
        assert anew(state.problem).startswith("L'enregistrement s'est arrêté après 1 images")
    finally:
        set_language("en")
    case = Case.model_validate_json((tmp_path / "recorded" / "case.json").read_text())
    assert [f.files for f in case.frames] == [("live/000001.dcm",)] and len(list((tmp_path / "recorded" / "live").iterdir())) == 1


def test_without_room_for_the_planning_ct_nothing_begins_and_nothing_is_left(source, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 1000, 1000))
    recording = Recording(source)
    with pytest.raises(BadInput, match=r"0\.0 GB free"):
        recording.start(tmp_path / "home" / "recorded")
    assert "free space there" in recording.state.problem and not (tmp_path / "home").exists()


def test_a_recording_without_an_image_leaves_nothing_and_says_so(source, tmp_path):
    recording = Recording(source)
    recording.start(tmp_path / "recorded", own=True)
    recording.stop()
    assert recording.state.problem.startswith("Nothing was recorded") and not (tmp_path / "recorded").exists()


def test_a_recording_whose_decisions_cannot_be_written_does_not_begin_and_says_so(source, tmp_path, monkeypatch):
    monkeypatch.setenv("SPINEGUIDE_HOME", str(tmp_path / "home"))
    session = LiveSession(source, NodeConfig(spool=tmp_path / "spool"))

    def no_room(self, path):
        raise BadInput(tr("{path} cannot be written: {why}.").format(path=path, why="No space left on device"))

    monkeypatch.setattr(DecisionLog, "keep_in", no_room)
    with pytest.raises(BadInput, match="No space left"):
        session.start_recording()
    assert not session.recording.on and session.recording.problem.endswith("No space left on device.")
    assert not recorded_cases(tmp_path / "home")
    session.stop()
