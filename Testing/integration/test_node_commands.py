"""`spineguide node ...` as a technician uses it: every command against real files and a real node."""

from __future__ import annotations

import datetime
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from node_harness import ENVIRONMENT, dcmtk, make_ct, save, wait_for
from test_node_admission import Authority

from SlicerSpineGuide.cli import main
from SlicerSpineGuide.intake import NodeConfig, NodeState
from SlicerSpineGuide.intake.header import Identity
from SlicerSpineGuide.intake.spool import Spool

Run = Callable[..., "Done"]


class Done(NamedTuple):
    stdout: str
    stderr: str


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs spineguide node, with a home folder of the test's own; checks the exit status."""
    monkeypatch.setenv("SPINEGUIDE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SPINEGUIDE_LANGUAGE", "en")

    def spineguide(*arguments: object, status: int = 0) -> Done:
        monkeypatch.setattr(sys, "argv", ["spineguide", "node", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        done = Done(*capfd.readouterr())
        assert (ended.value.code or 0) == status, done
        return done

    return spineguide


@pytest.fixture
def served(tmp_path: Path) -> Iterator[NodeState]:
    """`spineguide node serve` on a free port."""
    environment = {**ENVIRONMENT, "SPINEGUIDE_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "SlicerSpineGuide", "node", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Listening as SPINEGUIDE@127.0.0.1:")
    yield NodeState(True, "SPINEGUIDE", "127.0.0.1", int(line.strip().rstrip(".").rsplit(":", 1)[1]), 0.0)
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0


def test_a_scanner_that_was_turned_away_is_seen_and_admitted_in_one_step(run: Run, served: NodeState, tmp_path: Path) -> None:
    file = save(make_ct(1), tmp_path / "a.dcm")
    assert dcmtk("storescu", served, file, calling="CT_ROOM2").returncode != 0
    status = run("status").stdout
    assert "CT_ROOM2 from 127.0.0.1 was turned away 1 times" in status
    assert "spineguide node admit 'CT_ROOM2'" in status
    run("admit", "CT_ROOM2")
    assert wait_for(lambda: dcmtk("storescu", served, file, calling="CT_ROOM2").returncode == 0, 8)
    peers = json.loads(run("status", "--json").stdout)["peers"]
    (ours,) = [p for p in peers if p["aet"] == "CT_ROOM2"]
    assert ours["images"] == 1
    assert ours["rejected"] >= 1
    assert ours["ack_p95_ms"] > 0
    log = run("log").stdout
    assert "rejected" in log and "accepted" in log
    assert "Doe" not in log and "P1" not in log
    assert "turned away" not in run("status").stdout


def test_the_nodes_own_check_leaves_no_stranger_and_no_peer_behind(run: Run, served: NodeState, tmp_path: Path) -> None:
    """Also where the called AE title is wrong by then, because the settings were changed under the running node."""
    run("admit", "CT1")
    file = tmp_path / "home" / "node.toml"
    file.write_text(file.read_text().replace("port = 11112", f"port = {served.port}"))
    assert f"A node named SPINEGUIDE is running on 127.0.0.1:{served.port}" in run("check").stdout
    assert json.loads(run("status", "--json").stdout)["peers"] == []
    file.write_text(file.read_text().replace('aet = "SPINEGUIDE"', 'aet = "ROOM7"'))
    assert "Port: The peer rejected the association" in run("check", status=1).stdout
    assert json.loads(run("status", "--json").stdout)["strangers"] == []


def test_check_tells_each_answer_of_a_remote_node(run: Run, served: NodeState) -> None:
    run("add", "self", "--aet", "SPINEGUIDE", "--host", "127.0.0.1", "--port", served.port, "--service", "echo", "--service", "store")
    time.sleep(1.5)  # the node follows its file
    done = run("check", "self").stdout
    assert done.count("ok  ") == 2
    assert "Stored an image of patient SPINEGUIDE-TEST" in done
    run("add", "self", "--aet", "OTHER", "--host", "127.0.0.1", "--port", served.port)
    failed = run("check", "self", status=1).stdout
    assert "is not called OTHER" in failed or "does not know the calling AE title" in failed


def test_check_of_this_node_names_what_is_missing(run: Run) -> None:
    done = run("check", status=1).stdout
    assert "Nobody may call this node." in done
    run("admit", "CT1")
    assert "the node is not running" in run("check").stdout


def test_the_configuration_travels_with_its_comments(run: Run, tmp_path: Path) -> None:
    run("add", "pacs", "--aet", "PACS", "--host", "192.0.2.5", "--port", 104, "--service", "find")
    file = tmp_path / "home" / "node.toml"
    file.write_text(file.read_text().replace("[nodes.pacs]", "# the archive in the basement\n[nodes.pacs]"))
    run("admit", "CT1")
    run("settings", "export", tmp_path / "exported.toml")
    file.unlink()
    run("settings", "import", tmp_path / "exported.toml")
    text = run("settings", "show").stdout
    assert "# the archive in the basement" in text
    config = NodeConfig.load(file)
    assert config.allow == ("CT1",)
    assert config.nodes["pacs"].services == ("find",)
    run("remove", "pacs")
    assert not NodeConfig.load(file).nodes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = 700000", "port:"),
        ("aet = 'much too long an AE title'", "aet: an AE title has"),
        ("prot = 1", "prot: there is no such setting"),
        ("port = = 1", "is no TOML file"),
        ("[nodes.a]\naet='A'\nservices=['fax']", "fax is no service"),
        ("[tls]\nmutual = true", "ca is missing"),
    ],
)
def test_a_wrong_configuration_is_one_line_that_names_file_and_field(run: Run, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "node.toml"
    file.write_text(text)
    for command in (("status",), ("check",), ("serve",)):
        error = run(*command, "--config", file, status=2).stderr
        assert said in error and "node.toml" in error and error.count("\n") == 1
    assert said in run("settings", "import", file, status=2).stderr


def test_promiscuous_mode_is_shown_and_can_be_ended(run: Run) -> None:
    run("promiscuous", "--minutes", 5)
    assert "Every caller is admitted for 5 more minutes" in run("status").stdout
    run("promiscuous", "--minutes", 0)
    assert "Every caller" not in run("status").stdout
    assert "give 0 to 60" in run("promiscuous", "--minutes", 600, status=2).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("serve", "--aet", "MUCH TOO LONG AN AE TITLE"), "aet: an AE title has 1 to 16 plain characters"),
        (("serve", "--port", "99999"), "port: "),
        (("serve", "--port", "0", "--host", "192.0.2.77"), "host: 192.0.2.77 is no address of this machine"),
        (("serve", "--port", "0", "--host", "no.such.host.invalid"), "host: no.such.host.invalid is no address of this machine"),
        (("serve", "--port", "0", "--spool", "/proc/nothing"), "The folder /proc/nothing for received images cannot be used"),
        (("serve", "--config", "/nothing/node.toml"), "/nothing/node.toml does not exist"),
        (("admit", "MUCH TOO LONG AN AE TITLE"), "allow.0: an AE title has 1 to 16 plain characters"),
        (("add", "x", "--aet", "A\\B"), "nodes.x.aet: an AE title has"),
        (("check", "nobody"), "There is no remote node named nobody"),
        (("find", "pacs"), "--patient, --name or --date is needed"),
        (("find", "pacs", "--date", "2.1.2030"), "--date 2.1.2030 is no date: write 20300131"),
        (("worklist", "pacs", "--date", "tomorrow"), "--date tomorrow is no date"),
        (("get", "pacs", "1.2", "1.3", "/proc/x"), "/proc/x cannot be written"),
        (("send", "pacs", "/etc/passwd"), "/etc/passwd cannot be sent: it is no DICOM file"),
        (("send", "pacs", "/nothing.dcm"), "/nothing.dcm cannot be sent: No such file"),
        (("settings", "export", "/proc/x.toml"), "/proc/x.toml cannot be written"),
        (("find", "scanner", "--patient", "P"), "nodes: CT has no host and port, so it cannot be called: add them"),
        (("find", "pacs", "--patient", "P"), "nothing listens on port 1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_a_technician_gets_wrong_is_a_sentence_that_names_it(run: Run, arguments: tuple[str, ...], said: str) -> None:
    run("add", "pacs", "--aet", "PACS", "--host", "127.0.0.1", "--port", 1)
    run("add", "scanner", "--aet", "CT")
    error = run(*arguments, status=2).stderr
    assert said in error
    assert "Traceback" not in error and "Errno" not in error and "failed:" not in error


def test_the_conformance_statement_lists_what_the_node_accepts(run: Run) -> None:
    statement = run("conformance").stdout
    for uid in ("1.2.840.10008.5.1.4.1.1.2 ", "1.2.840.10008.5.1.4.1.1.12.1.1", "1.2.840.10008.1.2.4.70", "0xA900", "0x0124"):
        assert uid in statement


def test_status_and_check_show_what_needs_attention(run: Run, tmp_path: Path) -> None:
    """The end of the certificate, and images that take more room than they may though nobody has looked at them."""
    certificate, key = Authority(tmp_path, days=10).issue("node")
    file = tmp_path / "node.toml"
    file.write_text(
        f"""spool = "{tmp_path / "spool"}"
        allow = ["CT"]
        tls = {{certificate = "{certificate}", key = "{key}"}}
        retention = {{max_bytes = {1 << 20}}}"""
    )
    spool = Spool(tmp_path / "spool")
    for k in range(3):
        incoming = spool.open_object()
        incoming.write(memoryview(bytes([k]) * 400_000))
        spool.store(incoming, Identity("1.2.840.10008.5.1.4.1.1.2", f"1.2.{k}", "1.2.840.10008.1.2.1"), "CT", "127.0.0.1", 0.0)
    spool.close()
    end = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=10)).date().isoformat()
    status = run("status", "--config", file).stdout
    assert f"TLS until {end}" in status
    for sentence in (f"The TLS certificate expires in 10 days, on {end}: renew it.", "nobody has looked at them"):
        assert sentence in status
        assert sentence in run("check", "--config", file, status=1).stdout
    assert "0 of 3 images deleted" in run("clean", "--config", file).stdout


def test_the_systemd_unit_runs_this_node(run: Run, tmp_path: Path) -> None:
    unit = run("systemd-unit").stdout
    assert f"node serve --config {tmp_path / 'home' / 'node.toml'}" in unit
    assert "Restart=always" in unit
    unit = run("systemd-unit", "--config", tmp_path / "100 %" / "node.toml").stdout
    assert f'--config "{tmp_path}/100 %%/node.toml"' in unit


def test_serving_on_a_port_in_use_is_one_line_and_status_2(run: Run, served: NodeState, tmp_path: Path) -> None:
    error = run("serve", "--port", served.port, "--spool", tmp_path / "other", status=2).stderr
    assert f"port: {served.port}" in error and error.count("\n") == 1
