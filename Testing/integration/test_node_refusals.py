"""The node refuses what it should, with the answers that the standard has for it; seen from DCMTK and from a raw socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
from node_harness import (
    CALLER,
    CT,
    EXPLICIT,
    VERIFICATION,
    RawPeer,
    command_bytes,
    context_results,
    data_set_bytes,
    dcmtk,
    echo_answers,
    make_ct,
    nothing_half_written,
    running_node,
    save,
    store_command,
    stored_files,
)
from pydicom.uid import generate_uid

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake import NodeConfig, NodeState, NodeSupervisor

MR = "1.2.840.10008.5.1.4.1.1.4"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
LIMITS = {"object_bytes": 1 << 20, "associations": 3, "pixel_bytes": 1 << 24}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("node")


@pytest.fixture(scope="module")
def node(folder: Path) -> Iterator[NodeState]:
    listener = {"aet": "ONLYECHO", "host": "127.0.0.1", "may_store": False}
    elsewhere = {"aet": "ELSEWHERE", "host": "192.0.2.7"}
    with running_node(folder, limits=LIMITS, nodes={"listener": listener, "elsewhere": elsewhere}) as supervisor:
        yield supervisor.state()


@pytest.mark.parametrize(("calling", "called"), [("STRANGER", "SPINEGUIDE"), ("scanner", "SPINEGUIDE"), ("ELSEWHERE", "SPINEGUIDE")])
def test_an_unknown_calling_ae_title_is_rejected_1_1_3(node: NodeState, calling: str, called: str) -> None:
    with RawPeer(node) as peer:
        assert peer.associate(calling=calling) == (3, bytes((0, 1, 1, 3)))
        assert peer.closed_within(4)
    assert "Calling AE Title Not Recognized" in dcmtk("echoscu", node, calling=calling, called=called).stderr


def test_an_unknown_called_ae_title_is_rejected_1_1_7(node: NodeState) -> None:
    assert "Called AE Title Not Recognized" in dcmtk("echoscu", node, called="SOMEONE").stderr


def test_one_association_too_many_is_rejected_2_3_2(node: NodeState) -> None:
    with RawPeer(node) as a, RawPeer(node) as b, RawPeer(node) as c, RawPeer(node) as d:
        assert [peer.associate()[0] for peer in (a, b, c)] == [2, 2, 2]
        assert d.associate() == (3, bytes((0, 2, 3, 2)))
    assert echo_answers(node)


def test_a_nearly_full_disk_is_said_when_the_association_opens_2_3_1(tmp_path: Path) -> None:
    with running_node(tmp_path, limits={"free_disk_bytes": 1 << 60}) as supervisor, RawPeer(supervisor.state()) as peer:
        assert peer.associate() == (3, bytes((0, 2, 3, 1)))


def test_sop_classes_and_transfer_syntaxes_that_are_not_listed_get_results_3_and_4(node: NodeState) -> None:
    with RawPeer(node) as peer:
        kind, body = peer.associate([(MR, [EXPLICIT]), (CT, [JPEG_BASELINE]), (CT, [JPEG_BASELINE, EXPLICIT])])
        assert kind == 2
        assert context_results(body) == [3, 4, 0]


def test_a_node_that_may_not_store_gets_0x0124_and_may_still_echo(node: NodeState, folder: Path) -> None:
    image, before = make_ct(), stored_files(folder)
    with RawPeer(node) as peer:
        peer.associate(calling="ONLYECHO")
        assert peer.store(data_set_bytes(image), image.SOPInstanceUID)[0] == 0x0124
    assert stored_files(folder) == before
    assert dcmtk("echoscu", node, calling="ONLYECHO").returncode == 0


def test_an_object_over_its_size_cap_gets_0xa700_and_the_association_goes_on(node: NodeState, folder: Path) -> None:
    large, small = make_ct(size=1024), make_ct(1)
    with RawPeer(node) as peer:
        peer.associate()
        assert peer.store(data_set_bytes(large), large.SOPInstanceUID)[0] == 0xA700
        assert peer.store(data_set_bytes(small), small.SOPInstanceUID)[0] == 0x0000
    assert nothing_half_written(folder)


@pytest.mark.parametrize("uid", ["../../../etc/passwd", "1.2.x", "", "1." * 40 + "1", "1..2"])
def test_an_invalid_sop_instance_uid_gets_0xa900_and_leaves_no_file(node: NodeState, folder: Path, uid: str) -> None:
    before = stored_files(folder)
    with RawPeer(node) as peer:
        peer.associate()
        peer.send_pdv(1, 3, _store_bytes(uid))
        peer.send_pdv(1, 2, data_set_bytes(make_ct()))
        assert peer.response()[0] == 0xA900
    assert stored_files(folder) == before


def _store_bytes(uid: str) -> bytes:
    """A C-STORE command whose AffectedSOPInstanceUID is whatever `uid` says."""
    value = uid.encode() + b"\0" * (len(uid) % 2)
    command = store_command("1.2")
    del command.AffectedSOPInstanceUID
    encoded = command_bytes(command)
    return encoded + b"\0\0\0\x10" + len(value).to_bytes(4, "little") + value


def test_command_and_data_set_that_disagree_get_0xa900(node: NodeState) -> None:
    image = make_ct()
    with RawPeer(node) as peer:
        peer.associate([(CT, [EXPLICIT]), ("1.2.840.10008.5.1.4.1.1.7", [EXPLICIT])])
        assert peer.store(data_set_bytes(image), generate_uid())[0] == 0xA900
        assert peer.store(data_set_bytes(image), image.SOPInstanceUID, context=3, sop_class=CT)[0] == 0xA900
        assert peer.store(data_set_bytes(image), image.SOPInstanceUID, context=3, sop_class="1.2.840.10008.5.1.4.1.1.7")[0] == 0xA900


def test_what_cannot_be_read_gets_a_status_of_the_0xc000_range(node: NodeState, folder: Path) -> None:
    image = make_ct()
    whole = data_set_bytes(image)
    without_pixels = make_ct()
    del without_pixels.PixelData
    bomb = make_ct(Rows=60000, Columns=1, NumberOfFrames=3)
    one_of_two_frames = make_ct(NumberOfFrames=2)
    before = stored_files(folder)
    with RawPeer(node) as peer:
        peer.associate()
        answers = [
            peer.store(whole[: len(whole) // 2], image.SOPInstanceUID),
            peer.store(b"\xff" * 5000, image.SOPInstanceUID),
            peer.store(data_set_bytes(without_pixels), without_pixels.SOPInstanceUID),
            peer.store(data_set_bytes(bomb), bomb.SOPInstanceUID),
            peer.store(data_set_bytes(one_of_two_frames), one_of_two_frames.SOPInstanceUID),
        ]
    assert [status & 0xF000 for status, _ in answers] == [0xC000] * 5
    assert all(0 < len(comment) <= 64 and "Doe" not in comment for _, comment in answers)
    assert stored_files(folder) == before


def test_the_same_object_twice_is_acknowledged_and_kept_once(node: NodeState, folder: Path, tmp_path: Path) -> None:
    file = save(make_ct(7), tmp_path / "a.dcm")
    before = len(stored_files(folder))
    for _ in range(2):
        assert dcmtk("storescu", node, file).returncode == 0
    assert len(stored_files(folder)) == before + 1


def test_other_bytes_under_a_known_uid_are_refused_with_a_comment_and_the_first_are_kept(node: NodeState, folder: Path) -> None:
    first = make_ct(8)
    second = make_ct(9, SOPInstanceUID=first.SOPInstanceUID)
    with RawPeer(node) as peer:
        peer.associate()
        assert peer.store(data_set_bytes(first), first.SOPInstanceUID)[0] == 0x0000
        status, comment = peer.store(data_set_bytes(second), second.SOPInstanceUID)
    assert status & 0xFF00 == 0xC000
    assert comment
    kept = [d for d in map(pydicom.dcmread, stored_files(folder)) if d.SOPInstanceUID == first.SOPInstanceUID]
    assert [d.PixelData for d in kept] == [first.PixelData]


def test_the_stored_file_is_part_10_with_the_data_set_as_it_was_received(node: NodeState, folder: Path) -> None:
    image = make_ct(10)
    data = data_set_bytes(image)
    with RawPeer(node) as peer:
        peer.associate()
        peer.store(data, image.SOPInstanceUID)
    newest = stored_files(folder)[-1]
    assert newest.read_bytes().endswith(data)
    assert pydicom.dcmread(newest).file_meta.MediaStorageSOPInstanceUID == image.SOPInstanceUID
    assert image.SOPInstanceUID not in newest.name


@pytest.mark.parametrize("wrong", ["context", "release of nothing", "second request", "cancel", "find"])
def test_breaking_the_protocol_ends_the_association_and_nothing_else(node: NodeState, wrong: str) -> None:
    with RawPeer(node) as peer:
        peer.associate()
        if wrong == "context":
            peer.send_pdv(99, 3, command_bytes(store_command("1.2")))
        elif wrong == "release of nothing":
            peer.socket.sendall(bytes((6, 0, 0, 0, 0, 4, 0, 0, 0, 0)))
        elif wrong == "second request":
            peer.associate()
        elif wrong == "cancel":
            peer.send_pdv(1, 3, b"")
        else:
            peer.send_pdv(1, 3, command_bytes(store_command("1.2", CommandField=0x0020)))
        assert peer.closed_within(4)
    assert echo_answers(node)


def test_a_port_in_use_is_one_sentence_at_once(node: NodeState, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=rf"port: {node.port} .* cannot be used"):
        NodeSupervisor(NodeConfig(port=node.port, spool=tmp_path / "other")).start()


def test_a_spool_that_another_node_owns_is_one_sentence(node: NodeState, folder: Path) -> None:
    with pytest.raises(BadInput, match="is used by another node"):
        NodeSupervisor(NodeConfig(port=0, spool=folder / "spool")).start()


def test_verification_alone_is_accepted_too(node: NodeState) -> None:
    with RawPeer(node) as peer:
        kind, body = peer.associate([(VERIFICATION, [EXPLICIT])], calling=CALLER)
        assert (kind, context_results(body)) == (2, [0])
