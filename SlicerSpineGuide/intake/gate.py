"""The listening socket: connections wait here, at next to no cost, until a whole A-ASSOCIATE-RQ has arrived.

One thread watches all waiting connections. Only a peer that has said what it wants within the time gets an association and its
thread; idle connections, port scans, browsers and TLS on the plain port never do.
"""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.config import Limits
from SlicerSpineGuide.intake.upper_layer import AbortReason, Pdu, ProtocolError, abort, associate_reject, parse_head
from SlicerSpineGuide.translation import tr

_FAREWELL_S = 2.0
_MOST_FAREWELLS = 64
_MOST_HELD_BYTES = 16 << 20  # of half association requests, of all waiting connections together
_MOST_SELECTED = 400  # where only select() is there (Windows), which takes 512 sockets and no more
_LOCAL_LIMIT_EXCEEDED = associate_reject(2, 3, 2)

Serve = Callable[[socket.socket, str, bytes], None]
Note = Callable[[str, str, str, str], None]


@dataclass(eq=False)
class _Waiting:
    """A connection that has no association. leaving: it was answered, and only its end is awaited."""

    connection: socket.socket
    address: str
    deadline: float
    handshake: bool
    leaving: bool = False
    received: bytearray = field(default_factory=bytearray)


class Gate:
    """Listens, gathers association requests, and hands each to `serve(connection, address, request)` in a thread of its own."""

    def __init__(self, host: str, port: int, limits: Limits, serve: Serve, note: Note, tls: ssl.SSLContext | None = None) -> None:
        """Bind and listen; BadInput where the address or port cannot be used."""
        self._limits, self._serve, self._note, self._tls = limits, serve, note, tls
        self._listener = _listen(host, port)
        self.port = int(self._listener.getsockname()[1])
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ)
        fewest = _MOST_SELECTED if isinstance(self._selector, selectors.SelectSelector) else limits.waiting_connections
        self._most_waiting = min(limits.waiting_connections, fewest)
        self._waiting: dict[socket.socket, _Waiting] = {}
        self._associations: set[socket.socket] = set()
        self._held = 0
        self._ending = 0
        self._lock = threading.Lock()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="dicom-gate", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and end every connection."""
        self._stopping = True
        self._wake.send(b"x")
        self._thread.join(5.0)
        with self._lock:
            for connection in self._associations:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        deadline = time.monotonic() + _FAREWELL_S
        while self.association_count and time.monotonic() < deadline:
            time.sleep(0.01)

    @property
    def association_count(self) -> int:
        with self._lock:
            return len(self._associations)

    def _run(self) -> None:
        try:
            while not self._stopping:
                for key, _ in self._selector.select(self._until_next_deadline()):
                    if key.fileobj is self._listener:
                        self._accept()
                    elif isinstance(key.data, _Waiting):
                        self._progress(key.data)
                self._drop_late()
        finally:
            for waiting in list(self._waiting.values()):
                self._drop(waiting)
            self._selector.close()
            for end in (self._listener, self._wake, self._woken):
                end.close()

    def _until_next_deadline(self) -> float:
        first = min((w.deadline for w in self._waiting.values()), default=time.monotonic() + 3600.0)
        return max(0.0, first - time.monotonic())

    def _accept(self) -> None:
        try:
            connection, address = self._listener.accept()
        except OSError:
            time.sleep(0.05)  # out of file descriptors: waiting connections end by their deadlines
            return
        if len(self._waiting) >= self._most_waiting:
            self._drop(next(iter(self._waiting.values())))
        try:
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        except OSError:  # the peer has already reset it
            connection.close()
            return
        caller = str(address[0]).removeprefix("::ffff:")  # IPv4, seen by a socket that listens for both
        waiting = _Waiting(connection, caller, time.monotonic() + self._limits.associate_s, self._tls is not None)
        self._waiting[connection] = waiting
        self._selector.register(connection, selectors.EVENT_READ, waiting)
        if waiting.handshake:
            self._progress(waiting)

    def _drop_late(self) -> None:
        now = time.monotonic()
        for waiting in [w for w in self._waiting.values() if w.deadline <= now]:
            if not waiting.leaving:
                self._note("closed", "", waiting.address, "no association request came in time")
            self._drop(waiting)

    def _drop(self, waiting: _Waiting) -> None:
        self._forget(waiting)
        with contextlib.suppress(OSError):
            waiting.connection.close()

    def _forget(self, waiting: _Waiting) -> None:
        if self._waiting.pop(waiting.connection, None) is not None:
            self._held -= len(waiting.received)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(waiting.connection)

    def _progress(self, waiting: _Waiting) -> None:
        try:
            if waiting.handshake:
                assert isinstance(waiting.connection, ssl.SSLSocket)
                waiting.connection.do_handshake()
                waiting.handshake = False
            while self._receive(waiting):
                pass
        except (ssl.SSLWantReadError, BlockingIOError):
            self._watch(waiting, selectors.EVENT_READ)
        except ssl.SSLWantWriteError:
            self._watch(waiting, selectors.EVENT_WRITE)
        except ProtocolError as error:
            self._note("closed", "", waiting.address, f"{_what_came(waiting.received)}: {error}")
            self._farewell(waiting, abort(error.reason) if error.reason != AbortReason.UNRECOGNISED_PDU else b"")
        except OSError as error:
            if waiting.handshake:
                self._note("closed", "", waiting.address, f"TLS handshake failed: {getattr(error, 'reason', None) or error}")
            self._drop(waiting)
        except Exception as error:  # a fault of ours ends this connection, never the gate
            self._note("failed", "", waiting.address, type(error).__name__)
            self._drop(waiting)

    def _watch(self, waiting: _Waiting, events: int) -> None:
        if waiting.connection in self._waiting:
            self._selector.modify(waiting.connection, events, waiting)

    def _receive(self, waiting: _Waiting) -> bool:
        """Read on; False once the connection is out of the gate's hands."""
        if waiting.leaving:
            data = waiting.connection.recv(65536)
            if not data:
                self._drop(waiting)
            return bool(data)
        have = len(waiting.received)
        if have >= 6:
            kind, length = parse_head(waiting.received, self._limits.pdu_bytes)
            if kind != Pdu.ASSOCIATE_RQ:
                raise ProtocolError(AbortReason.UNEXPECTED_PDU, f"a PDU of type {kind} before any association")
            need = 6 + length - have
        else:
            need = 6 - have
        data = waiting.connection.recv(need)
        if not data:
            self._drop(waiting)
            return False
        waiting.received += data
        self._held += len(data)
        if self._held > _MOST_HELD_BYTES:
            raise ProtocolError(AbortReason.NOT_SPECIFIED, "too many half association requests are waiting")
        if have >= 6 and len(data) == need:
            self._open(waiting)
            return False
        if waiting.received[0] > Pdu.ABORT or waiting.received[0] == 0:
            raise ProtocolError(AbortReason.UNRECOGNISED_PDU, f"0x{waiting.received[0]:02X} begins no PDU")
        return True

    def _open(self, waiting: _Waiting) -> None:
        if self.association_count >= self._limits.associations:
            self._note("rejected", "", waiting.address, "too many associations")
            self._farewell(waiting, _LOCAL_LIMIT_EXCEEDED)
            return
        thread = threading.Thread(target=self._serve_one, args=(waiting,), name=f"dicom-association-{waiting.address}", daemon=True)
        with self._lock:
            self._associations.add(waiting.connection)
        self._forget(waiting)
        try:
            thread.start()
        except RuntimeError:  # no more threads: as many associations as this computer takes
            with self._lock:
                self._associations.discard(waiting.connection)
            waiting.connection.close()

    def _serve_one(self, waiting: _Waiting) -> None:
        connection = waiting.connection
        try:
            connection.setblocking(True)
            self._serve(connection, waiting.address, bytes(waiting.received))
        finally:
            with self._lock:
                self._associations.discard(connection)
                self._ending += 1
            if self._ending <= _MOST_FAREWELLS:
                _await_end(connection)
            with self._lock:
                self._ending -= 1
            with contextlib.suppress(OSError):
                connection.close()

    def _farewell(self, waiting: _Waiting, pdu: bytes) -> None:
        """A last word to a DICOM peer, and time for it to close the connection (PS3.8 9.2, state 13); others are just closed."""
        waiting.leaving, waiting.deadline = True, time.monotonic() + _FAREWELL_S
        self._held -= len(waiting.received)
        waiting.received.clear()
        try:
            if pdu:
                waiting.connection.send(pdu)
            else:
                waiting.connection.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(waiting)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        raise BadInput(tr("host: {host} is no address of this machine: choose one of its own.").format(host=host)) from None
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows, where SO_REUSEADDR would let two nodes share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(256)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise BadInput(tr("host: {host} is no address of this machine: choose one of its own.").format(host=host)) from None
        if error.errno == errno.EACCES:
            text = tr("port: {port} may not be used by this user: choose one from 1024 on, or see docs/node.md for 104.")
            raise BadInput(text.format(port=port)) from None
        text = tr("port: {port} on {host} cannot be used ({why}): stop what uses it or choose another port.")
        raise BadInput(text.format(port=port, host=host, why=error.strerror or error)) from None
    listener.setblocking(False)
    return listener


def _await_end(connection: socket.socket) -> None:
    """After the last PDU it is the peer who closes the connection (PS3.8 9.2, state 13); a little time for that."""
    deadline = time.monotonic() + _FAREWELL_S
    with contextlib.suppress(OSError):
        while (left := deadline - time.monotonic()) > 0:
            connection.settimeout(left)
            if not connection.recv(65536):
                return


def _what_came(received: bytearray) -> str:
    if received[:1].isalpha():
        return "text such as HTTP on the DICOM port"
    if received[:1] == b"\x16":
        return "TLS on the plain port"
    return "no association request"
