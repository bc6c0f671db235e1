"""Whatever a peer, the disk or the clock does, the node answers afterwards and has lost nothing that it acknowledged."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pydicom
import pytest
from node_harness import (
    CALLER,
    CT,
    EXPLICIT,
    RawPeer,
    associate_request,
    bare_node,
    command_bytes,
    data_set_bytes,
    echo_answers,
    make_ct,
    nothing_half_written,
    running_node,
    store_command,
    stored_files,
    wait_for,
)

from SlicerSpineGuide.intake import Frame, LiveFeed, NodeConfig, NodeSupervisor
from SlicerSpineGuide.intake.header import Identity
from SlicerSpineGuide.intake.index import create_index
from SlicerSpineGuide.intake.spool import Spool

LIMITS = {"associate_s": 1.5, "pdu_s": 1.5, "message_s": 2.0, "associations": 16, "object_bytes": 8 << 20, "pixel_bytes": 1 << 28}
RLE = "1.2.840.10008.1.2.5"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("node")


@pytest.fixture(scope="module")
def long_lived(folder: Path) -> Iterator[NodeSupervisor]:
    with running_node(folder, limits=LIMITS) as supervisor:
        yield supervisor


@contextlib.contextmanager
def unharmed(supervisor: NodeSupervisor, folder: Path) -> Iterator[NodeSupervisor]:
    """The node, which afterwards answers within 2 s, has the same process, no half-written file and not much more memory."""
    process = psutil.Process(supervisor.process_id)
    before = process.memory_info().rss
    yield supervisor
    assert echo_answers(supervisor.state())
    assert supervisor.process_id == process.pid
    assert wait_for(lambda: nothing_half_written(folder), 3)
    assert process.memory_info().rss - before < 50 << 20


@pytest.fixture
def node(long_lived: NodeSupervisor, folder: Path) -> Iterator[NodeSupervisor]:
    with unharmed(long_lived, folder) as supervisor:
        yield supervisor


def test_two_hundred_idle_connections(node: NodeSupervisor) -> None:
    state = node.state()
    idle = [socket.create_connection((state.host, state.port)) for _ in range(200)]
    try:
        assert echo_answers(state)
        assert wait_for(lambda: idle[0].recv(1) == b"", 5)
    finally:
        for connection in idle:
            connection.close()


def test_two_hundred_half_association_requests_take_no_memory(node: NodeSupervisor) -> None:
    state, process = node.state(), psutil.Process(node.process_id)
    before = process.memory_info().rss
    half = b"\x01\x00" + (250_000).to_bytes(4, "big") + bytes(240_000)
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            peer = stack.enter_context(RawPeer(state))
            with contextlib.suppress(OSError):  # the first are turned out to make room
                peer.socket.sendall(half)
        assert echo_answers(state)
        assert process.memory_info().rss - before < 50 << 20


@pytest.mark.parametrize("established", [False, True], ids=["before", "in an association"])
def test_a_pdu_that_claims_two_gibibytes(node: NodeSupervisor, established: bool) -> None:
    with RawPeer(node.state()) as peer:
        if established:
            peer.associate()
        peer.socket.sendall((b"\x04" if established else b"\x01") + b"\x00\x7f\xff\xff\xff")
        assert peer.closed_within(4)


@pytest.mark.parametrize("control", [1, 0], ids=["command", "data set"])
def test_fragments_that_never_end(node: NodeSupervisor, control: int) -> None:
    with RawPeer(node.state()) as peer:
        peer.associate()
        if control == 0:
            peer.send_pdv(1, 3, command_bytes(store_command("1.2.3")))
        deadline = time.monotonic() + 15
        with pytest.raises(OSError):
            while time.monotonic() < deadline:
                peer.send_pdv(1, control, b"\0" * 8)
                time.sleep(0.001)
        assert time.monotonic() < deadline


def test_empty_fragments_that_never_end(node: NodeSupervisor) -> None:
    with RawPeer(node.state()) as peer:
        peer.associate()
        peer.send_pdv(1, 3, command_bytes(store_command("1.2.3")))
        deadline = time.monotonic() + 15
        with pytest.raises(OSError):
            while time.monotonic() < deadline:
                peer.send_pdv(1, 0, b"")
                time.sleep(0.005)
        assert time.monotonic() < deadline


@pytest.mark.parametrize("where", ["request", "pdu", "message"])
def test_one_byte_at_a_time_outlives_no_timeout(node: NodeSupervisor, where: str) -> None:
    state = node.state()
    with RawPeer(state) as peer:
        data = associate_request(state.aet)
        if where != "request":
            peer.associate()
            peer.send_pdv(1, 3, command_bytes(store_command("1.2.3")))
            data = bytes((4, 0, 0, 0, 0xF0, 0)) + b"\0" * 4000
        started = time.monotonic()
        with pytest.raises(OSError):
            for byte in range(100):
                if where == "message":
                    peer.send_pdv(1, 0, b"\0")
                else:
                    peer.socket.sendall(data[byte : byte + 1])
                time.sleep(0.25)
        assert time.monotonic() - started < 10


@pytest.mark.parametrize("percent", [10, 50, 99])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_sender_that_is_cut_off_in_the_middle_of_an_object(node: NodeSupervisor, folder: Path, percent: int, how: str) -> None:
    image, before = make_ct(size=512), stored_files(folder)
    data = data_set_bytes(image)
    with RawPeer(node.state()) as peer:
        peer.associate()
        peer.send_pdv(1, 3, command_bytes(store_command(image.SOPInstanceUID)))
        for start in range(0, len(data) * percent // 100, 16_000):
            peer.send_pdv(1, 0, data[start : start + 16_000])
        if how == "reset":
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert wait_for(lambda: node.state().associations == 0, 5)
    assert stored_files(folder) == before


@pytest.mark.parametrize("text", [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"POST /", bytes(100), b"\xff" * 100])
def test_bytes_that_are_no_dicom(node: NodeSupervisor, text: bytes) -> None:
    with RawPeer(node.state()) as peer:
        peer.socket.sendall(text)
        assert peer.closed_within(4)


def test_tls_on_the_plain_port(node: NodeSupervisor) -> None:
    state = node.state()
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((state.host, state.port), 5) as plain, pytest.raises((ssl.SSLError, OSError)):
        context.wrap_socket(plain)


def test_a_pixel_bomb_is_refused_by_its_header(node: NodeSupervisor, folder: Path) -> None:
    """90 MB by the header, hidden behind a few compressed bytes; and more than the node accepts at all."""
    before = stored_files(folder)
    fragment = b"\xfe\xff\x00\xe0\0\0\0\0" + b"\xfe\xff\x00\xe0\x08\0\0\0" + bytes(8) + b"\xfe\xff\xdd\xe0\0\0\0\0"
    statuses = []
    for rows in (7000, 60000):
        image = make_ct(size=8)
        image.Rows = image.Columns = rows
        head = data_set_bytes(image)[: -len(image.PixelData) - 12]
        data = head + b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff" + fragment
        with RawPeer(node.state()) as peer:
            peer.associate([(CT, [RLE])])
            statuses.append(peer.store(data, image.SOPInstanceUID)[0])
    assert [s >> 8 for s in statuses] == [0xC0, 0xA7]
    assert stored_files(folder) == before


def test_a_pixel_bomb_inside_the_compressed_picture_is_refused(node: NodeSupervisor, folder: Path, tmp_path: Path) -> None:
    plain, packed = tmp_path / "plain.dcm", tmp_path / "packed.dcm"
    make_ct(size=64).save_as(plain, enforce_file_format=True)
    subprocess.run(["dcmcjpeg", "+e1", plain, packed], check=True)
    image = pydicom.dcmread(packed)
    data, before = bytearray(data_set_bytes(image)), stored_files(folder)
    size = data.index(b"\xff\xc3") + 5
    data[size : size + 4] = (60_000).to_bytes(2, "big") * 2
    with RawPeer(node.state()) as peer:
        peer.associate([(CT, [JPEG_LOSSLESS])])
        assert peer.store(bytes(data), image.SOPInstanceUID)[0] == 0xC002
    assert stored_files(folder) == before


def test_a_truncated_jpeg_is_refused(node: NodeSupervisor, folder: Path, tmp_path: Path) -> None:
    plain, packed = tmp_path / "plain.dcm", tmp_path / "packed.dcm"
    make_ct(size=128).save_as(plain, enforce_file_format=True)
    subprocess.run(["dcmcjpeg", "+e1", plain, packed], check=True)
    image = pydicom.dcmread(packed)
    data, before = data_set_bytes(image), stored_files(folder)
    with RawPeer(node.state()) as peer:
        peer.associate([(CT, [JPEG_LOSSLESS])])
        assert peer.store(data[: len(data) // 2], image.SOPInstanceUID)[0] >> 8 == 0xC0
        assert peer.store(data, image.SOPInstanceUID)[0] == 0
    assert len(stored_files(folder)) == len(before) + 1


def test_shuffled_missing_and_repeated_instances_are_all_kept_once(node: NodeSupervisor, folder: Path) -> None:
    images = [make_ct(k) for k in range(12)]
    before = len(stored_files(folder))
    with RawPeer(node.state()) as peer:
        peer.associate()
        for k in (3, 1, 1, 7, 0, 11, 3, 2, 9, 0):
            assert peer.store(data_set_bytes(images[k]), images[k].SOPInstanceUID)[0] == 0
    assert len(stored_files(folder)) == before + 7


def test_killed_right_after_an_acknowledge_every_acknowledged_image_is_there(tmp_path: Path) -> None:
    _kill_after_acknowledge(tmp_path, 20)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_soak_killed_a_thousand_times_every_acknowledged_image_is_there(tmp_path: Path) -> None:
    _kill_after_acknowledge(tmp_path, 1000)


def _kill_after_acknowledge(tmp_path: Path, times: int) -> None:
    acknowledged = []
    for k in range(times):
        image = make_ct(k)
        with bare_node(tmp_path, limits=LIMITS) as (process, state), RawPeer(state) as peer:
            assert nothing_half_written(tmp_path)
            peer.associate()
            assert peer.store(data_set_bytes(image), image.SOPInstanceUID)[0] == 0
            process.kill()
            acknowledged.append(image)
    kept = {d.SOPInstanceUID: d.PixelData for d in map(pydicom.dcmread, stored_files(tmp_path))}
    assert all(kept.get(image.SOPInstanceUID) == image.PixelData for image in acknowledged)
    with contextlib.closing(create_index(tmp_path / "spool")) as index:
        indexed = {row[0] for row in index.execute("SELECT sop_instance_uid FROM images")}
    assert indexed >= {str(image.SOPInstanceUID) for image in acknowledged[:-1]}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], check=False, capture_output=True)
    if done.returncode != 0:
        pytest.skip("mounting a file system needs root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_0xa700_and_room_made_is_used_again(small_disk: Path) -> None:
    with (
        running_node(small_disk, limits={**LIMITS, "free_disk_bytes": 0}) as supervisor,
        unharmed(supervisor, small_disk),
        RawPeer(supervisor.state()) as peer,
    ):
        peer.associate()
        statuses = []
        for k in range(30):
            image = make_ct(k, size=512)
            statuses.append(peer.store(data_set_bytes(image), image.SOPInstanceUID)[0])
        stored = stored_files(small_disk)
        assert set(statuses) == {0x0000, 0xA700}
        assert statuses.count(0) == len(stored)
        assert nothing_half_written(small_disk)
        for file in stored[: len(stored) // 2]:
            file.unlink()
        image = make_ct(99)
        assert peer.store(data_set_bytes(image), image.SOPInstanceUID)[0] == 0


def test_a_folder_that_becomes_read_only_is_0xa700_until_it_is_writable_again(small_disk: Path) -> None:
    image = make_ct(1)
    with (
        running_node(small_disk, limits={**LIMITS, "free_disk_bytes": 0}) as supervisor,
        unharmed(supervisor, small_disk),
        RawPeer(supervisor.state()) as peer,
    ):
        peer.associate(calling=CALLER)
        images = small_disk / "spool" / "images"
        images.mkdir(exist_ok=True)
        subprocess.run(["mount", "--bind", images, images], check=True)
        try:
            subprocess.run(["mount", "-o", "remount,bind,ro", images], check=True)
            assert peer.store(data_set_bytes(image), image.SOPInstanceUID)[0] == 0xA700
            assert nothing_half_written(small_disk)
            assert echo_answers(supervisor.state())
        finally:
            subprocess.run(["umount", images], check=True)
        assert peer.store(data_set_bytes(image), image.SOPInstanceUID)[0] == 0x0000


def _damage_index(folder: Path) -> None:
    """Overwrite all of the index but its first line, as a failing disk does; what SQLite keeps beside it as well."""
    for name, keep in (("index.sqlite", 100), ("index.sqlite-wal", 0), ("index.sqlite-shm", 0)):
        file = folder / "spool" / name
        if file.exists():
            with file.open("r+b") as bytes_:
                bytes_.seek(keep)
                bytes_.write(b"\xa5" * max(0, file.stat().st_size - keep))


def test_an_index_damaged_while_nobody_ran_is_made_again_from_the_images(tmp_path: Path) -> None:
    first, second = make_ct(1), make_ct(2)
    with running_node(tmp_path) as supervisor, RawPeer(supervisor.state()) as peer:
        peer.associate()
        assert peer.store(data_set_bytes(first), first.SOPInstanceUID)[0] == 0
    _damage_index(tmp_path)
    with running_node(tmp_path) as supervisor, RawPeer(supervisor.state()) as peer:
        peer.associate()
        assert [peer.store(data_set_bytes(image), image.SOPInstanceUID)[0] for image in (first, second)] == [0, 0]
        assert wait_for(lambda: (supervisor.state().images, supervisor.state().repeated) == (1, 1))
    assert len(stored_files(tmp_path)) == 2
    assert list((tmp_path / "spool").glob("index-damaged-*.sqlite"))


def test_an_index_damaged_while_the_node_runs_costs_a_restart_and_no_image(tmp_path: Path) -> None:
    image, later = make_ct(1), make_ct(2)
    shown: list[str] = []
    with running_node(tmp_path) as supervisor:
        feed = LiveFeed(NodeConfig(spool=tmp_path / "spool"), lambda frame: shown.append(frame.newest.sop_instance_uid))
        feed.start()
        with RawPeer(supervisor.state()) as peer:
            peer.associate()
            assert peer.store(data_set_bytes(image), image.SOPInstanceUID)[0] == 0
            assert wait_for(lambda: len(shown) == 1)
            _damage_index(tmp_path)
            status = None
            with contextlib.suppress(AssertionError):  # the restart may cut the answer off
                status = peer.store(data_set_bytes(later), later.SOPInstanceUID)[0]
            assert status in (0xA700, None)
        assert wait_for(lambda: supervisor.state().restarts == 1 and supervisor.state().running, 20)
        assert "(status 3)" in supervisor.state().problem or not supervisor.state().problem
        assert echo_answers(supervisor.state())
        assert wait_for(lambda: _followers(tmp_path) == 1)  # the guide follows the new index
        with RawPeer(supervisor.state()) as peer:
            peer.associate()
            assert [peer.store(data_set_bytes(i), i.SOPInstanceUID)[0] for i in (image, later)] == [0, 0]
        assert wait_for(lambda: later.SOPInstanceUID in shown)
        feed.stop()
    assert len(stored_files(tmp_path)) == 2
    assert shown == [image.SOPInstanceUID, later.SOPInstanceUID]


def _followers(folder: Path) -> int:
    with contextlib.closing(create_index(folder / "spool")) as index:
        return int(index.execute("SELECT count(*) FROM followers").fetchone()[0])


def test_a_clock_that_steps_back_changes_neither_order_nor_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(2_000_000_000, 1_000_000_000, -86_400))
    monkeypatch.setattr("SlicerSpineGuide.intake.spool.time.time", lambda: float(next(clock)))
    monkeypatch.setattr("SlicerSpineGuide.intake.spool.time.time_ns", lambda: next(clock) * 10**9)
    spool = Spool(tmp_path / "spool")
    images = [make_ct(k) for k in range(5)]
    for image in images:
        incoming = spool.open_object()
        incoming.write(memoryview(data_set_bytes(image)))
        spool.store(incoming, Identity(CT, image.SOPInstanceUID, EXPLICIT), CALLER, "127.0.0.1", time.monotonic())
    spool.close()
    monkeypatch.undo()
    frames: list[Frame] = []
    feed = LiveFeed(NodeConfig(spool=tmp_path / "spool"), frames.append, catch_up=True)
    feed.start()
    assert wait_for(lambda: len(frames) == 5)
    feed.stop()
    assert [f.newest.sop_instance_uid for f in frames] == [image.SOPInstanceUID for image in images]
