"""The technician's page: what the scanner must be told, how far the connection is, who was turned away, and each remote node."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake import NodeConfig
from SlicerSpineGuide.intake.activity import journal, when_text
from SlicerSpineGuide.intake.answers import Answer
from SlicerSpineGuide.intake.checks import check_own, check_remote
from SlicerSpineGuide.intake.config import default_config_path, validated
from SlicerSpineGuide.intake.conformance import conformance_statement
from SlicerSpineGuide.intake.overview import Overview, overview
from SlicerSpineGuide.intake.settings_file import SettingsFile
from SlicerSpineGuide.translation import tr

PERIOD_S = 2.0
LOG_LINES = 40
PROMISCUOUS_MINUTES = 10.0


class NodePage:
    """Looks at the node in another thread while a browser is on the page; changes go through the settings file.

    `state.nodes` is what the page shows. A node that a session started with settings of its own (no file) is shown, not changed.
    """

    def __init__(self, state: Any) -> None:
        self._state = state
        self._session: ConsoleSession | None = None
        self._looked = 0.0
        self._busy = False
        state.nodes, state.node_problem, state.node_answers = {"ready": False}, "", {"name": "", "busy": False, "rows": []}

    def begin(self, session: ConsoleSession | None) -> None:
        self._session, self._looked = session, 0.0

    async def refresh(self) -> None:
        """Look again if the last look is old enough; never more than one look at a time."""
        if self._busy or time.monotonic() - self._looked < PERIOD_S:
            return
        self._busy = True
        try:
            config = self._config()
            running = self._running()
            look = await asyncio.get_running_loop().run_in_executor(None, lambda: page_of(overview(config), running, _log(config)))
            with self._state:
                self._state.nodes = look | {"writable": self._path() is not None}
        except (BadInput, OSError) as error:
            with self._state:
                self._state.nodes, self._state.node_problem = {"ready": False}, str(error)
        finally:
            self._looked, self._busy = time.monotonic(), False

    def change(self, action: Callable[[SettingsFile], None]) -> None:
        """Change the settings file; what is wrong is said on the page."""
        path = self._path()
        try:
            if path is None:
                raise BadInput(tr("This session's node has settings of its own that are not kept in a file."))
            action(SettingsFile(path))
        except BadInput as error:
            self._state.node_problem = str(error)
        else:
            self._state.node_problem = ""
            self._looked = 0.0

    def admit(self, aet: str) -> None:
        self.change(lambda file: file.admit(aet))

    def add(self, form: Mapping[str, Any]) -> None:
        """Add a remote node from the page's form: name, aet, host, port, services (words), may_store."""

        def add(file: SettingsFile) -> None:
            name = str(form.get("name", "")).strip() or str(form.get("aet", "")).strip().lower()
            stated = {"aet": form.get("aet", ""), "host": form.get("host", ""), "port": form.get("port") or 0}
            services = str(form.get("services", "")).split()
            node = validated(None, {"nodes": {name: stated | ({"services": services} if services else {})}}).nodes[name]
            file.add_node(name, node)

        self.change(add)

    def remove(self, name: str) -> None:
        self.change(lambda file: file.remove_node(name))

    def promiscuous(self, on: bool) -> None:
        """Admit every caller for ten minutes, to find out what a scanner calls itself; or end that."""
        self.change(lambda file: file.set_promiscuous(PROMISCUOUS_MINUTES if on else 0))

    def take_settings(self, text: str) -> None:
        """Import: replace the settings by a TOML file's text, if it is valid."""

        def replace(file: SettingsFile) -> None:
            import tempfile

            with tempfile.TemporaryDirectory() as folder:
                given = Path(folder) / "node.toml"
                given.write_text(text, encoding="utf-8")
                file.replace_with(given)

        self.change(replace)

    def settings(self) -> str:
        """Export: the settings file's text, comments included."""
        path = self._path()
        return SettingsFile(path).text() if path is not None else ""

    def conformance(self) -> str:
        return conformance_statement(self._config())

    async def check(self, name: str) -> None:
        """Check a remote node, or with "" this one; answers appear one after the other."""
        rows: list[dict[str, Any]] = []
        self._answers(name, True, rows)
        try:
            config = self._config()
            steps = iter(check_remote(config.node(name), config) if name else check_own(config))
            loop = asyncio.get_running_loop()
            while (answer := await loop.run_in_executor(None, next, steps, None)) is not None:
                rows.append(_row(answer))
                self._answers(name, True, rows)
        except BadInput as error:
            rows.append({"what": name, "ok": False, "words": str(error), "advice": ""})
        self._answers(name, False, rows)

    def _answers(self, name: str, busy: bool, rows: list[dict[str, Any]]) -> None:
        with self._state:
            self._state.node_answers = {"name": name, "busy": busy, "rows": list(rows)}

    def _config(self) -> NodeConfig:
        """The settings as the node follows them: the file's, with what the session itself chose."""
        own = getattr(self._session, "config", None)
        if not isinstance(own, NodeConfig):
            return NodeConfig.load()
        running = self._running()
        chosen = {"aet": own.aet, "host": own.host, "spool": own.spool, "port": running.port if running is not None else own.port}
        if own.file is None or not own.file.exists():
            return own.with_changes(**chosen)
        written = NodeConfig.load(own.file)
        return written.with_changes(**chosen, allow=tuple(dict.fromkeys((*own.allow, *written.allow))))

    def _running(self) -> Any | None:
        return self._session.node_state() if self._session is not None else None

    def _path(self) -> Path | None:
        """The settings file; None where the session's node was given its settings without one."""
        config = getattr(self._session, "config", None)
        return config.file if isinstance(config, NodeConfig) else default_config_path()


def page_of(now: Overview, running: Any | None, log: list[dict[str, str]]) -> dict[str, Any]:
    """An Overview as the page shows it; running: the NodeState of a session's own node, None where it has none."""
    own = now.config
    up = running.running if running is not None else now.listening
    peers = [_peer(p) for p in now.peers]
    return {
        "ready": True, "own": running is not None, "up": up, "aet": own.aet, "port": own.port, "addresses": _addresses(own.host),
        "loopback_only": own.host in ("127.0.0.1", "localhost", "::1"), "file": now.config_file,
        "allow": list(own.allow), "promiscuous_min": round(now.promiscuous_left_s / 60, 1),
        "tls": now.certificate_expires, "free_gb": f"{now.free_bytes / 1e9:.1f}", "used_mb": f"{now.use.used_bytes / 1e6:.1f}",
        "images": now.use.images, "unseen": now.use.unseen,
        "keep_days": own.retention.days, "keep_gb": f"{own.retention.max_bytes / 1e9:.0f}", "problems": now.problems,
        "restarts": running.restarts if running is not None else 0, "problem": running.problem if running is not None else "",
        "steps": _first_image(now, up), "peers": peers, "log": log,
        "nodes": [
            {"name": name, "aet": node.aet, "host": node.host, "port": node.port or "", "services": " ".join(node.services)}
            for name, node, _ in now.nodes()
        ],
        "strangers": [
            {"aet": s.aet, "address": s.address, "when": when_text(s.last_seen), "n": s.attempts, "why": s.why,
             "admit": "called" not in s.why}
            for s in now.strangers
        ],
    }  # fmt: skip


def _first_image(now: Overview, up: bool) -> list[dict[str, Any]]:
    """From 'installed' to 'first image received', as steps with what to do about the first that is not done."""
    admitted = bool(now.config.allow or now.config.nodes or now.promiscuous_left_s)
    called = bool(now.peers)
    images = any(p.images for p in now.peers)
    todo = (
        (up, tr("The node runs"), tr("Open a live session (spineguide guide CASE), or run spineguide node serve.")),
        (admitted, tr("A scanner is admitted"), tr("Tell this page the scanner's AE title below, or admit it once it has called.")),
        (
            called,
            tr("It has called"),
            tr("On the scanner, add this node with the AE title, address and port above, and press Verify."),
        ),
        (images, tr("First image received"), tr("On the scanner, send one image, or switch on the automatic transfer.")),
    )
    open_yet = next((i for i, (done, _, _) in enumerate(todo) if not done), len(todo))
    return [{"label": label, "done": done, "next": advice if i == open_yet else ""} for i, (done, label, advice) in enumerate(todo)]


def _peer(p: Any) -> dict[str, Any]:
    def number(value: float | None) -> str:
        return "" if value is None else f"{value:.1f}"

    return {
        "aet": p.aet, "address": p.address, "seen": when_text(p.last_seen), "images": p.images, "repeated": p.repeated,
        "refused": p.refused, "rejected": p.rejected, "why": p.last_refusal, "p50": number(p.ack_p50_ms), "p95": number(p.ack_p95_ms),
        "rate": number(p.rate_hz), "gap": number(p.longest_gap_s), "skew": _skew(p.clock_skew_s),
    }  # fmt: skip


def _skew(seconds: float | None) -> str:
    """A peer whose clock is days off mostly sends old images."""
    if seconds is None or abs(seconds) < 86400:
        return "" if seconds is None else f"{seconds:.1f}"
    return tr("{n:.0f} days").format(n=seconds / 86400)


def _row(answer: Answer) -> dict[str, Any]:
    return {"what": answer.what, "ok": answer.ok, "words": answer.words, "advice": answer.advice}


def _log(config: NodeConfig) -> list[dict[str, str]]:
    lines = journal(config.spool_root, LOG_LINES)
    return [{"when": when_text(x.when), "event": x.event, "aet": x.aet, "address": x.address, "detail": x.detail} for x in lines]


def _addresses(host: str) -> list[str]:
    """Where the scanner finds this machine."""
    if host not in ("0.0.0.0", "::", ""):
        return [host]
    try:
        found = {str(i[4][0]) for i in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    except OSError:
        found = set()
    return sorted(a for a in found if not a.startswith("127.")) or [socket.gethostname()]
