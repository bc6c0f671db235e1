"""Who may reach the console: loopback names only, no page from elsewhere, beyond loopback TLS and the token."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from console_harness import HERE, ConsoleProcess

PROGRAM = """
import sys
sys.path.insert(0, {here!r})
from pathlib import Path
from double import HeldSession
from SlicerSpineGuide.console.app import Console
Console(HeldSession(), host={host!r}, open_browser=False, certificate={certificate}, key={key}).run()
"""


def status(address: str, headers: dict[str, str] | None = None, context: ssl.SSLContext | None = None) -> int:
    request = urllib.request.Request(address, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20, context=context) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "c3BpbmVndWlkZS1zcGluZQ==",
}  # fmt: skip


def test_on_loopback_a_foreign_page_or_name_reaches_nothing(held):
    assert status(held.address) == 200
    assert status(held.address, {"Host": "attacker.example"}) == 403, "a foreign name that was made to point here"
    port = held.address.rsplit(":", 1)[1]
    assert status(f"{held.address}/ws", UPGRADE | {"Origin": "http://attacker.example"}) == 403
    assert status(f"{held.address}/upload/x", {"Origin": f"http://evil.example:{port}"}) == 403


def test_only_the_controlling_browser_may_upload(held):
    request = urllib.request.Request(
        f"{held.address}/upload/case.json", data=b"{}", method="PUT", headers={"X-Spineguide-Browser": "no"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    assert refused.value.code == 403


@pytest.fixture(scope="module")
def beyond(tmp_path_factory):
    """A console on all interfaces, with a certificate made for it."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl: apt-get install -y openssl")
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    request = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out certificate.pem"
    subprocess.run(["openssl", *request.split()], check=True, capture_output=True, timeout=60, cwd=folder)
    program = PROGRAM.format(here=str(HERE), host="0.0.0.0", certificate=f"Path({str(certificate)!r})", key=f"Path({str(key)!r})")
    console = ConsoleProcess([sys.executable, "-c", program])
    yield console
    console.stop()


def test_beyond_loopback_it_speaks_tls_and_demands_its_token(beyond, browser):
    address, token = beyond.address.replace("0.0.0.0", "127.0.0.1").split("/?token=")
    assert address.startswith("https://") and len(token) > 16
    trusting = ssl._create_unverified_context()
    assert status(address, context=trusting) == 403
    assert status(f"{address}/?token=guess", context=trusting) == 403
    assert status(f"{address}/ws", UPGRADE, trusting) == 403
    assert status(f"{address}/?token={token}", context=trusting) == 200
    with socket.create_connection((address.split("//")[1].split(":")[0], int(address.rsplit(":", 1)[1])), 10) as plain:
        plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b"200 OK" not in plain.recv(200)
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(f"{address}/?token={token}")
    page.wait_for_selector("[data-testid=banner]", timeout=60_000)
    page.wait_for_function("trame.state.get('holder') === spineguide.me", timeout=60_000)
    context.close()


def test_beyond_loopback_without_a_certificate_is_refused_in_one_sentence():
    program = PROGRAM.format(here=str(HERE), host="0.0.0.0", certificate=None, key=None).replace(
        "Console(", "from SlicerSpineGuide.errors import BadInput\ntry:\n    Console("
    ) + "except BadInput as error:\n    print(error)\n"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, cwd=Path(HERE).parents[1])
    assert "only over TLS" in done.stdout and "openssl req" in done.stdout
