"""Who gets in: TLS by BCP 195, the list by AE title and address, one-step admission, and a promiscuous mode that ends by itself."""

from __future__ import annotations

import contextlib
import datetime
import os
import socket
import ssl
import time
import warnings
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from node_harness import (
    CALLER,
    RawPeer,
    associate_request,
    data_set_bytes,
    dcmtk,
    echo_answers,
    make_ct,
    running_node,
    save,
    stored_files,
    wait_for,
)

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake import NodeConfig, NodeSupervisor
from SlicerSpineGuide.intake.acceptor import Peer, Rejection
from SlicerSpineGuide.intake.admission import Admission
from SlicerSpineGuide.intake.index import create_index


class Authority:
    """A certificate authority of the test's own, and certificates that it signed."""

    def __init__(self, folder: Path, days: float = 90) -> None:
        self.folder, self.days = folder, days
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
        self.ca, _ = self.write("ca", self.key, self.name, True)

    def issue(self, name: str) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        return self.write(name, key, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), False)

    def write(self, name: str, key: ec.EllipticCurvePrivateKey, subject: x509.Name, authority: bool) -> tuple[Path, Path]:
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=100))
        builder = builder.not_valid_after(now + datetime.timedelta(days=self.days))
        builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        certificate, key_file = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        key_file.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
        )
        return certificate, key_file


def _tls(authority: Authority, mutual: bool = False) -> dict[str, object]:
    certificate, key = authority.issue("node")
    return {"certificate": certificate, "key": key, "ca": authority.ca, "mutual": mutual}


def test_dcmtk_stores_over_tls_with_mutual_authentication(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("scanner")
    file = save(make_ct(1, size=512), tmp_path / "a.dcm")
    with running_node(tmp_path, tls=_tls(authority, mutual=True)) as supervisor:
        state = supervisor.state()
        assert dcmtk("storescu", state, file).returncode != 0
        assert dcmtk("storescu", state, "--anonymous-tls", "+cf", authority.ca, file).returncode != 0
        done = dcmtk("storescu", state, "+tls", key, certificate, "+cf", authority.ca, file)
        assert done.returncode == 0, done.stderr
    assert len(stored_files(tmp_path)) == 1


@pytest.mark.parametrize(
    ("version", "accepted"),
    [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)],
    ids=["1.1", "1.2", "1.3"],
)
def test_tls_1_2_and_1_3_are_spoken_and_nothing_older(tmp_path: Path, version: ssl.TLSVersion, accepted: bool) -> None:
    authority = Authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(authority.ca)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    with running_node(tmp_path, tls=_tls(authority)) as supervisor:
        state = supervisor.state()
        with socket.create_connection((state.host, state.port), 5) as plain:
            try:
                with context.wrap_socket(plain) as secure:
                    secure.sendall(associate_request(state.aet))
                    answered = secure.recv(6)[:1] == b"\x02"
            except OSError:
                answered = False
    assert answered == accepted


def test_plain_dicom_on_the_tls_port_is_closed_and_logged(tmp_path: Path) -> None:
    with running_node(tmp_path, tls=_tls(Authority(tmp_path))) as supervisor:
        state = supervisor.state()
        with socket.create_connection((state.host, state.port), 5) as plain:
            plain.sendall(associate_request(state.aet))
            with contextlib.suppress(ConnectionResetError):
                assert plain.recv(100)[:1] in (b"", b"\x15")  # the end, or a TLS alert
        with contextlib.closing(create_index(tmp_path / "spool")) as index:
            question = "SELECT count(*) FROM journal WHERE detail LIKE 'TLS handshake failed%'"
            assert wait_for(lambda: index.execute(question).fetchone()[0] == 1)


def test_peers_that_reset_in_the_handshake_do_not_close_the_gate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with running_node(tmp_path, tls=_tls(authority)) as supervisor:
        state = supervisor.state()
        for k in range(60):
            with socket.create_connection((state.host, state.port), 5) as plain:
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                plain.sendall(b"\x16\x03\x01"[: k % 4] + bytes(k % 3))
        assert dcmtk("echoscu", state, "--anonymous-tls", "+cf", authority.ca).returncode == 0


@pytest.mark.parametrize(("days", "said"), [(10, "expires in"), (-1, "expired on"), (300, "")])
def test_the_end_of_the_certificate_is_warned_of(tmp_path: Path, days: float, said: str) -> None:
    with running_node(tmp_path, tls=_tls(Authority(tmp_path, days))) as supervisor:
        assert wait_for(lambda: supervisor.state().free_bytes > 0)
        assert said in supervisor.state().problem
        assert bool(supervisor.state().problem) == bool(said)


def test_a_certificate_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    config = NodeConfig.model_validate(
        {"port": 0, "spool": tmp_path, "tls": {"certificate": tmp_path / "no.pem", "key": tmp_path / "no.key"}}
    )
    with pytest.raises(BadInput, match=r"tls.certificate: .*no.pem"):
        NodeSupervisor(config).start()


def test_a_private_key_with_a_password_is_one_sentence_and_asks_for_nothing(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).issue("node")
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"secret")
    key.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    config = NodeConfig.model_validate({"port": 0, "spool": tmp_path, "tls": {"certificate": certificate, "key": key}})
    with pytest.raises(BadInput, match=r"tls.certificate: .*node.key cannot be used"):
        NodeSupervisor(config).start()


def test_the_node_listens_on_the_loopback_unless_told_otherwise(tmp_path: Path) -> None:
    assert NodeConfig().host == "127.0.0.1"
    with running_node(tmp_path) as supervisor:
        state = supervisor.state()
        socket.create_connection(("127.0.0.1", state.port), 5).close()
        with pytest.raises(ConnectionRefusedError):  # another address of this computer
            socket.create_connection(("127.0.0.2", state.port), 5)
    with running_node(tmp_path / "open", host="0.0.0.0") as supervisor:
        socket.create_connection(("127.0.0.2", supervisor.state().port), 5).close()


def test_a_listed_node_is_admitted_from_its_address_only() -> None:
    here = {"aet": "A", "host": "127.0.0.1"}
    there = {"aet": "B", "host": "192.0.2.1"}
    anywhere = {"aet": "C", "host": "192.0.2.1", "address": "*"}
    admission = Admission(NodeConfig.model_validate({"nodes": {"a": here, "b": there, "c": anywhere}}))
    answers = [admission.decide(aet, "SPINEGUIDE", "127.0.0.1") for aet in "ABC"]
    assert [isinstance(a, Peer) for a in answers] == [True, False, True]
    assert isinstance(answers[1], Rejection) and "not from this address" in answers[1].why


def test_names_are_looked_up_when_their_node_calls_and_remembered_while_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["192.0.2.5"], [], ["192.0.2.6"]])
    asked: list[str] = []

    def lookup(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        if not (found := next(answers)):
            raise socket.gaierror
        return [(0, 0, 0, "", (address, 0)) for address in found]

    clock = [0.0]
    monkeypatch.setattr("SlicerSpineGuide.intake.admission.socket.getaddrinfo", lookup)
    monkeypatch.setattr("SlicerSpineGuide.intake.admission.time.monotonic", lambda: clock[0])
    admission = Admission(NodeConfig.model_validate({"allow": ["B"], "nodes": {"a": {"aet": "A", "host": "ct.example"}}}))

    def admitted(aet: str, address: str) -> bool:
        return isinstance(admission.decide(aet, "SPINEGUIDE", address), Peer)

    assert admitted("B", "192.0.2.9") and not asked  # nobody waits for a name server who need not
    assert admitted("A", "192.0.2.5") and admitted("A", "192.0.2.5") and asked == ["ct.example"]
    clock[0] += 100
    assert admitted("A", "192.0.2.5") and len(asked) == 2  # no answer now: the last one counts
    clock[0] += 100
    assert admitted("A", "192.0.2.6") and not admitted("A", "192.0.2.5")


def test_what_the_starter_chose_outlives_a_change_of_the_file_and_other_changes_ask_for_a_new_start(tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    file.write_text('allow = ["A"]\n')
    admission = Admission(NodeConfig.load(file).with_changes(aet="ROOM2", port=5000))
    file.write_text('allow = ["A", "B"]\n# a comment, so that the file has another length\n')
    os.utime(file, (1, 1))
    assert admission.follow_file() == ""
    assert isinstance(admission.decide("B", "ROOM2", "192.0.2.1"), Peer)
    file.write_text('port = 104\naet = "OTHER"\nallow = ["A"]\n')
    os.utime(file, (2, 2))
    assert "aet, port counts once the node is started again" in admission.follow_file()
    assert isinstance(admission.decide("A", "ROOM2", "192.0.2.1"), Peer)
    assert isinstance(admission.decide("B", "ROOM2", "192.0.2.1"), Rejection)


def test_the_nodes_own_check_may_verify_and_nothing_else(tmp_path: Path) -> None:
    with running_node(tmp_path) as supervisor:
        state = supervisor.state()
        assert dcmtk("echoscu", state, calling=state.aet).returncode == 0
        image = make_ct(1)
        with RawPeer(state) as peer:
            peer.associate(calling=state.aet)
            assert peer.store(data_set_bytes(image), image.SOPInstanceUID)[0] == 0x0124
    stranger = Admission(NodeConfig()).decide("SPINEGUIDE", "SPINEGUIDE", "192.0.2.1")
    assert isinstance(stranger, Rejection) and stranger.diagnostic == 3


def test_a_caller_that_is_added_to_the_file_is_admitted_without_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    file.write_text(f'port = 0\nspool = "{tmp_path / "spool"}"\nallow = ["{CALLER}"]\n')
    supervisor = NodeSupervisor(NodeConfig.load(file))
    supervisor.start()
    try:
        assert dcmtk("echoscu", supervisor.state(), calling="NEWCOMER").returncode != 0
        file.write_text(file.read_text().replace(f'"{CALLER}"', f'"{CALLER}", "NEWCOMER"'))
        assert wait_for(lambda: dcmtk("echoscu", supervisor.state(), calling="NEWCOMER").returncode == 0, 5)
        file.write_text("allow = 7\n")
        assert wait_for(lambda: "node.toml: allow:" in supervisor.state().problem, 5)
        assert echo_answers(supervisor.state())
    finally:
        supervisor.stop()


def test_promiscuous_mode_is_off_by_default_and_ends_by_itself(tmp_path: Path) -> None:
    with running_node(tmp_path, promiscuous_until=time.time() + 3) as supervisor:
        assert wait_for(lambda: supervisor.state().promiscuous_left_s > 0)
        with RawPeer(supervisor.state()) as peer:
            assert peer.associate(calling="ANYONE")[0] == 2
        assert wait_for(lambda: supervisor.state().promiscuous_left_s == 0, 6)
        with RawPeer(supervisor.state()) as peer:
            assert peer.associate(calling="ANYONE") == (3, bytes((0, 1, 1, 3)))


def test_promiscuous_mode_lasts_an_hour_at_most_whatever_the_file_says() -> None:
    assert Admission(NodeConfig(promiscuous_until=time.time() + 1e6)).promiscuous_left_s <= 3600.0
