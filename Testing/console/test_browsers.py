"""Browsers come and go: a server that is silent, a page that never joined, one that sleeps, one that only watches."""

from __future__ import annotations

import signal
import socket
import struct
import time

import msgpack
import pytest
from console_harness import count_of, pixels
from wslink.chunking import generate_chunks

DEPTH = "document.querySelector('[data-testid=number-depth] .sg-value')?.textContent === '20.0'"


@pytest.fixture
def page(held, new_page):
    page = new_page(held.address)
    held.show("near")
    page.wait_for_function(DEPTH)
    page.wait_for_function("window.trame.state.get('holder') === window.spineguide.me")
    return page


def test_a_silent_server_shows_within_two_seconds_and_the_page_comes_back_by_itself(held, page):
    curtain = page.locator("#sg-offline")
    assert not curtain.is_visible()
    drawn = count_of(pixels(page.locator("body")), "instrument")
    assert drawn > 100
    held.process.send_signal(signal.SIGSTOP)
    try:
        curtain.wait_for(state="visible", timeout=3000)
        assert count_of(pixels(page.locator("body")), "instrument") < 0.1 * drawn, "no position is left on the screen"
    finally:
        held.process.send_signal(signal.SIGCONT)
    curtain.wait_for(state="hidden", timeout=15_000)
    page.wait_for_function(DEPTH)


def test_a_page_that_was_never_joined_to_the_server_says_so_and_tries_again(held, page):
    refused = []

    def refuse(socket):
        refused.append(socket)
        socket.close()

    page.route_web_socket("**", refuse)
    page.reload()
    page.locator("#sg-offline").wait_for(state="visible", timeout=20_000)
    assert refused
    page.route_web_socket("**", lambda socket: socket.connect_to_server())
    page.wait_for_function(DEPTH, timeout=40_000)
    page.locator("#sg-offline").wait_for(state="hidden")


def fall_asleep(address: str) -> socket.socket:
    """Join a console as a browser does, then read no more."""
    host, port = address.split("//")[1].rstrip("/").split(":")
    asleep = socket.socket()
    asleep.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    asleep.settimeout(20)
    asleep.connect((host, int(port)))
    upgrade = {"Host": f"{host}:{port}", "Connection": "Upgrade", "Upgrade": "websocket"}
    upgrade |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "c3BpbmVndWlkZS1zcGluZQ=="}
    asleep.sendall(("GET /ws HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in upgrade.items()) + "\r\n").encode())
    assert b"101" in asleep.recv(4096)
    hello = {"wslink": "1.0", "id": "system:c0:0", "method": "wslink.hello", "args": [{"secret": "wslink-secret"}]}
    for chunk in generate_chunks(msgpack.packb(hello), 1 << 20):
        asleep.sendall(b"\x82\xfe" + struct.pack(">H", len(chunk)) + bytes(4) + chunk)  # binary, masked by zeros (RFC 6455, 5.2)
    assert b"clientID" in asleep.recv(4096)
    return asleep


def is_let_go(asleep: socket.socket) -> bool:
    try:
        while asleep.recv(1 << 20):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


def test_a_browser_that_falls_asleep_holds_up_no_other_and_is_let_go(held, page):
    with fall_asleep(held.address) as asleep:
        for _ in range(8):
            page.evaluate("trame.state.set('ballast', 'x'.repeat(4e6) + Math.random())")  # more than any socket takes unread
            beat = page.evaluate("trame.state.get('beat')")
            page.wait_for_function(f"trame.state.get('beat') > {beat}", timeout=1500)
            time.sleep(0.4)
        held.show("deviation")
        page.locator("[data-testid=banner] >> text=4.0 mm beside").wait_for(timeout=3000)
        assert is_let_go(asleep)


def test_a_second_browser_watches_until_it_takes_control(held, page, new_page):
    second = new_page(held.address, 900, 700)
    second.locator("text=watching").wait_for()
    assert second.locator("[data-testid=number-depth] .sg-value").inner_text() == "20.0"
    held.show("deviation")
    second.locator("[data-testid=banner] >> text=4.0 mm beside").wait_for()
    second.locator("[data-testid=banner] button").click()
    time.sleep(0.5)
    assert "sg-flashing" in second.locator("[data-testid=banner]").get_attribute("class"), "a watcher silences nothing"
    second.locator("text=Take control").click()
    page.locator("text=watching").wait_for()
    second.locator("[data-testid=banner] button").click()
    assert held.wait_for("acknowledged") == "acknowledged LATERAL_DEVIATION"
