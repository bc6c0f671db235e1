"""Images that real peers send arrive, all of them, as frames."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
from node_harness import CALLER, ENVIRONMENT, RawPeer, data_set_bytes, dcmtk, make_ct, running_node, save, stored_files, wait_for

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake import Frame, LiveFeed, NodeConfig, NodeState, NodeSupervisor


def _feed(supervisor: NodeSupervisor, folder: Path, **options: object) -> tuple[LiveFeed, dict[int, Frame], list[str]]:
    frames: dict[int, Frame] = {}
    problems: list[str] = []
    config = NodeConfig(spool=folder / "spool")
    feed = LiveFeed(config, lambda f: frames.update({f.index: f}), problems.append, **options)  # type: ignore[arg-type]
    feed.start()
    return feed, frames, problems


def test_a_burst_of_dcmtk_becomes_the_frames_it_was_acquired_in(tmp_path: Path) -> None:
    files = []
    for k in range(30):
        image = make_ct(k, AcquisitionNumber=k // 3, ImagePositionPatient=[-50, -60, 3.0 * (k % 3)])
        files.append(save(image, tmp_path / f"{k:03d}.dcm"))
    with running_node(tmp_path) as supervisor:
        feed, frames, problems = _feed(supervisor, tmp_path)
        assert dcmtk("storescu", supervisor.state(), *files).returncode == 0
        assert wait_for(lambda: len(frames) == 10 and all(len(f.images) == 3 for f in frames.values()))
        feed.stop()
    assert not problems
    assert frames[4].modality == "CT"
    np.testing.assert_allclose(frames[4].slices[1].plane.origin, [-50, -60, 3.0])


def test_three_senders_at_once_lose_nothing(tmp_path: Path) -> None:
    with running_node(tmp_path) as supervisor:
        state = supervisor.state()
        senders = []
        for s in range(3):
            folder = tmp_path / f"sender{s}"
            folder.mkdir()
            files = [str(save(make_ct(100 * s + k), folder / f"{k}.dcm")) for k in range(20)]
            command = ["storescu", "-aet", CALLER, "-aec", state.aet, state.host, str(state.port), *files]
            senders.append(subprocess.Popen(command, env=ENVIRONMENT))
        assert [sender.wait(60) for sender in senders] == [0, 0, 0]
        assert len(stored_files(tmp_path)) == 60
        assert wait_for(lambda: supervisor.state().images == 60)


def test_a_feed_hands_on_only_what_comes_after_it_unless_asked_to_catch_up(tmp_path: Path) -> None:
    old, new = make_ct(1), make_ct(2)
    with running_node(tmp_path) as supervisor, RawPeer(supervisor.state()) as peer:
        peer.associate()
        peer.store(data_set_bytes(old), old.SOPInstanceUID)
        feed, frames, _ = _feed(supervisor, tmp_path)
        late, all_frames, _ = _feed(supervisor, tmp_path, catch_up=True)
        peer.store(data_set_bytes(new), new.SOPInstanceUID)
        assert wait_for(lambda: len(frames) == 1 and len(all_frames) == 2)
        feed.stop()
        late.stop()
    assert frames[0].newest.sop_instance_uid == new.SOPInstanceUID


def test_an_object_sent_again_in_another_session_is_shown_again(tmp_path: Path) -> None:
    image = make_ct(1)
    with running_node(tmp_path) as supervisor, RawPeer(supervisor.state()) as peer:
        peer.associate()
        peer.store(data_set_bytes(image), image.SOPInstanceUID)
        feed, frames, _ = _feed(supervisor, tmp_path)
        peer.store(data_set_bytes(image), image.SOPInstanceUID)
        assert wait_for(lambda: len(frames) == 1)
        feed.stop()
    assert supervisor.state().repeated == 1


def test_what_cannot_be_shown_is_said_in_a_sentence(tmp_path: Path) -> None:
    nowhere, refused = make_ct(1), make_ct(2)
    del nowhere.ImagePositionPatient
    with running_node(tmp_path) as supervisor, RawPeer(supervisor.state()) as peer:
        feed, frames, problems = _feed(supervisor, tmp_path)
        peer.associate()
        assert peer.store(data_set_bytes(nowhere), nowhere.SOPInstanceUID)[0] == 0
        assert peer.store(data_set_bytes(refused)[:-500], refused.SOPInstanceUID)[0] != 0
        assert wait_for(lambda: len(problems) == 2)
        feed.stop()
    assert not frames
    assert any("ImagePositionPatient is missing" in p for p in problems)
    assert any("was refused" in p and CALLER in p for p in problems)


def test_an_image_that_nobody_can_use_does_not_end_the_feed(tmp_path: Path) -> None:
    odd, good = make_ct(1), make_ct(2)
    frames: list[Frame] = []
    problems: list[str] = []

    def on_frame(frame: Frame) -> None:
        if frame.newest.sop_instance_uid == odd.SOPInstanceUID:
            raise ZeroDivisionError("no such image was thought of")
        frames.append(frame)

    with running_node(tmp_path) as supervisor, RawPeer(supervisor.state()) as peer:
        feed = LiveFeed(NodeConfig(spool=tmp_path / "spool"), on_frame, problems.append)
        feed.start()
        peer.associate()
        for image in (odd, good):
            assert peer.store(data_set_bytes(image), image.SOPInstanceUID)[0] == 0
        assert wait_for(lambda: len(frames) == 1)
        feed.stop()
    assert len(problems) == 1 and "ZeroDivisionError: no such image was thought of" in problems[0]


def test_a_node_that_dies_is_back_on_its_port_and_the_feed_goes_on(tmp_path: Path) -> None:
    states: list[NodeState] = []
    with running_node(tmp_path, states.append) as supervisor:
        feed, frames, _ = _feed(supervisor, tmp_path)
        before = supervisor.state()
        assert supervisor.process_id is not None
        states.clear()
        os.kill(supervisor.process_id, signal.SIGKILL)
        assert wait_for(lambda: supervisor.state().restarts == 1)
        assert wait_for(lambda: supervisor.state().running, 10.0)
        down, up = (next(s for s in states if s.running == running) for running in (False, True))
        assert up.since_s - down.since_s < 3.0
        assert "started again" in down.problem
        assert supervisor.state().port == before.port
        assert dcmtk("storescu", supervisor.state(), save(make_ct(3), tmp_path / "a.dcm")).returncode == 0
        assert wait_for(lambda: len(frames) == 1)
        feed.stop()


def test_no_file_name_comes_from_the_peer(tmp_path: Path) -> None:
    image = make_ct(1)
    with running_node(tmp_path) as supervisor:
        assert dcmtk("storescu", supervisor.state(), save(image, tmp_path / "a.dcm")).returncode == 0
    (stored,) = stored_files(tmp_path)
    assert image.SOPInstanceUID not in stored.name
    assert image.SeriesInstanceUID not in str(stored)


def test_a_node_that_cannot_start_at_all_is_one_sentence_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("SlicerSpineGuide.intake.supervisor.python_executable", lambda: shutil.which("false"))
    with pytest.raises(BadInput, match="cannot be started"):
        NodeSupervisor(NodeConfig(port=0, spool=tmp_path)).start()
