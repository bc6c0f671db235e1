"""The node as a screen shows it to a technician: plain data, the same for every screen."""

from __future__ import annotations

import socket
from typing import Any

from SlicerSpineGuide.intake.activity import journal, when_text
from SlicerSpineGuide.intake.answers import Answer
from SlicerSpineGuide.intake.config import NodeConfig
from SlicerSpineGuide.intake.journal_words import detail_in_words
from SlicerSpineGuide.intake.overview import Overview
from SlicerSpineGuide.translation import tr

LOG_LINES = 40


def node_view(now: Overview, running: Any | None, log: list[dict[str, str]]) -> dict[str, Any]:
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
            {"aet": s.aet, "address": s.address, "when": when_text(s.last_seen), "n": s.attempts, "why": detail_in_words(s.why),
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
        "refused": p.refused, "rejected": p.rejected, "why": detail_in_words(p.last_refusal),
        "p50": number(p.ack_p50_ms), "p95": number(p.ack_p95_ms),
        "rate": number(p.rate_hz), "gap": number(p.longest_gap_s), "skew": _skew(p.clock_skew_s),
    }  # fmt: skip


def _skew(seconds: float | None) -> str:
    """A peer whose clock is days behind mostly sends old images."""
    if seconds is None or abs(seconds) < 86400:
        return "" if seconds is None else f"{seconds:.1f}"
    text = tr("{n:.0f} days ahead") if seconds > 0 else tr("images {n:.0f} days old")
    return text.format(n=abs(seconds) / 86400)


def answer_row(answer: Answer) -> dict[str, Any]:
    return {"what": answer.what, "ok": answer.ok, "words": answer.words, "advice": answer.advice}


def log_rows(config: NodeConfig) -> list[dict[str, str]]:
    lines = journal(config.spool_root, LOG_LINES)
    words = _events()
    return [
        {
            "when": when_text(x.when),
            "event": words.get(x.event, x.event),
            "aet": x.aet,
            "address": x.address,
            "detail": detail_in_words(x.detail),
        }
        for x in lines
    ]


def _events() -> dict[str, str]:
    """What can happen to an association, by the journal's word for it."""
    return {
        "accepted": tr("accepted"),
        "rejected": tr("turned away"),
        "refused": tr("image refused"),
        "released": tr("released"),
        "closed": tr("closed"),
        "dropped": tr("connection lost"),
        "aborted": tr("aborted"),
        "failed": tr("failed"),
    }


def _addresses(host: str) -> list[str]:
    """Where the scanner finds this machine."""
    if host not in ("0.0.0.0", "::", ""):
        return [host]
    try:
        found = {str(i[4][0]) for i in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    except OSError:
        found = set()
    return sorted(a for a in found if not a.startswith("127.")) or [socket.gethostname()]
