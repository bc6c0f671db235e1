"""docs/node.md: every command of the technician's guide is run as it is written, against a real node and a real PACS."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from node_harness import ENVIRONMENT, wait_for
from test_node_client import ORTHANC, _listens, _write_worklist, free_port

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "node.md"


def shell_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.S | re.M)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """The Orthanc that the guide speaks of, on the port it speaks of where that is free; the ports of PACS and node."""
    pacs_port, node_port = (free_port() if _taken(port) else port for port in (4242, 11112))
    (tmp_path / "worklist").mkdir()
    _write_worklist(tmp_path / "worklist" / "one.wl")
    plugins = ", ".join(f'"{p}"' for p in Path("/usr/lib/orthanc").glob("libModalityWorklists.so*"))
    (tmp_path / "orthanc.json").write_text(
        f"""{{"DicomAet": "PACS", "DicomPort": {pacs_port}, "HttpServerEnabled": false, "StorageDirectory": "{tmp_path}/db",
        "IndexDirectory": "{tmp_path}/db", "DicomModalities": {{"s": ["SPINEGUIDE", "127.0.0.1", {node_port}]}},
        "DicomAlwaysAllowGet": true, "Plugins": [{plugins}], "Worklists": {{"Enable": true, "Database": "{tmp_path}/worklist"}}}}"""
    )
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen([ORTHANC, str(tmp_path / "orthanc.json")], stdout=log, stderr=log)
        try:
            assert wait_for(lambda: _listens(pacs_port), 30)
            yield pacs_port, node_port
        finally:
            process.terminate()
            process.wait(10)


@pytest.mark.timeout(600)
def test_every_command_of_the_guide_runs_as_written(ports: tuple[int, int], tmp_path: Path) -> None:
    """In one shell, in order, stopping at the first that fails; `spineguide` is this checkout's."""
    work = tmp_path / "work"
    (work / "bin").mkdir(parents=True)
    (work / "Resources").symlink_to(ROOT / "Resources")
    (work / "bin" / "spineguide").write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m SlicerSpineGuide "$@"\n')
    (work / "bin" / "spineguide").chmod(0o755)
    ready = "server=$!; for i in $(seq 100); do echoscu 127.0.0.1 11112 2>&1 | grep -q Rejected && break; sleep 0.2; done"
    lines = "\n".join(shell_blocks()).replace("node serve &", f"node serve &\n{ready}")
    lines = lines.replace("4242", str(ports[0])).replace("11112", str(ports[1]))
    if ports[1] != 11112:
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "node.toml").write_text(f"port = {ports[1]}\n")
    script = f"set -e\ntrap 'kill $server' EXIT\n{lines}\n"
    environment = {**ENVIRONMENT, "PATH": f"{work / 'bin'}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path / "home")}
    environment |= {"SPINEGUIDE_HOME": str(tmp_path / "home"), "SPINEGUIDE_LANGUAGE": "en", "COLUMNS": "200"}
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run([bash, "-c", script], cwd=work, env=environment, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    assert "spineguide node admit 'CT_ROOM2'" in done.stdout
    assert "Vertebroplasty T12" in done.stdout
    planning = len(list((ROOT / "Resources/Cases/t12-vertebroplasty/planning").glob("*.dcm")))
    assert len(list((work / "retrieved").glob("*.dcm"))) == planning
    assert f"{planning} images sent to SPINEGUIDE" in done.stdout
