"""Starts the node's process, watches it, starts it again when it ends or falls silent, and tells its state to screens."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.config import NodeConfig
from SlicerSpineGuide.translation import tr

_START_S = 30.0
_SILENT_S = 6.0
_PAUSE_S = (0.0, 0.5, 1.0)  # before the first, second and every further start in a row: all within three seconds


@dataclass(frozen=True)
class NodeState:
    """The node as screens show it. since_s: on this process's monotonic clock; last_image_s likewise, None before the first image.

    images .. conflicts: since the supervisor started. restarts: how often the node ended without being asked to.
    """

    running: bool
    aet: str
    host: str
    port: int
    since_s: float
    images: int = 0
    repeated: int = 0
    refused: int = 0
    rejected: int = 0
    conflicts: int = 0
    associations: int = 0
    last_image_s: float | None = None
    restarts: int = 0
    free_bytes: int = 0
    disk_low: bool = False
    promiscuous_left_s: float = 0.0
    problem: str = ""

    @property
    def address(self) -> str:
        """As others configure it: AE@host:port."""
        return f"{self.aet}@{self.host}:{self.port}"


_COUNTED = ("images", "repeated", "refused", "rejected", "conflicts")


class NodeSupervisor:
    """One node for as long as this object runs. `on_state` is called from a thread of its own whenever the state changed."""

    def __init__(
        self,
        config: NodeConfig,
        on_state: Callable[[NodeState], None] = lambda state: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config, self._on_state, self._clock = config, on_state, clock
        self._lock = threading.Lock()
        self._state = NodeState(False, config.aet, config.host, config.port, clock())
        self._process: subprocess.Popen[str] | None = None
        self._heard_s = clock()
        self._before = dict.fromkeys(_COUNTED, 0)  # counts of the node's earlier lives
        self._stopping = False
        self._listening, self._refused = threading.Event(), threading.Event()
        self._watchman = threading.Thread(target=self._watch, name="node-supervisor", daemon=True)

    def state(self) -> NodeState:
        """The node as it is now."""
        with self._lock:
            return self._state

    def start(self) -> NodeState:
        """Start the node and wait until it listens.

        BadInput within seconds where it cannot: port in use, spool not writable or in use, settings that are impossible.
        """
        self._watchman.start()
        deadline = time.monotonic() + _START_S
        while not self._listening.wait(0.02):
            if self._refused.is_set() or time.monotonic() > deadline:
                problem = self.state().problem or tr("The DICOM node did not start within {s:g} s.").format(s=_START_S)
                self.stop()
                raise BadInput(problem)
        return self.state()

    def stop(self) -> None:
        """End the node; returns when its process has ended."""
        self._stopping = True
        process = self._process
        if process is not None:
            with contextlib.suppress(OSError):
                if process.stdin is not None:
                    process.stdin.close()
            try:
                process.wait(5.0)
            except subprocess.TimeoutExpired:
                process.kill()
        if self._watchman.is_alive() and threading.current_thread() is not self._watchman:
            self._watchman.join(10.0)

    @property
    def process_id(self) -> int | None:
        """The node's process, for tools that measure it; None while there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def _watch(self) -> None:
        quick_ends = 0
        while not self._stopping:
            started = time.monotonic()
            code = self._one_life()
            if self._stopping or self._refused.is_set():
                break
            quick_ends = quick_ends + 1 if time.monotonic() - started < 10.0 else 0
            problem = tr("The DICOM node ended (status {code}) and is started again.").format(code=code)
            if quick_ends > 1 and not self._listening.is_set():
                self._change(problem=tr("The DICOM node cannot be started: {why}.").format(why=tr("it ends at once")))
                self._refused.set()
                break
            self._change(running=False, since_s=self._clock(), restarts=self.state().restarts + 1, problem=problem)
            time.sleep(_PAUSE_S[min(quick_ends, len(_PAUSE_S) - 1)])
        self._change(running=False, since_s=self._clock())

    def _one_life(self) -> int:
        """Start the process and read what it says until it ends."""
        try:
            command = [python_executable(), "-m", "SlicerSpineGuide.intake.node_process"]
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=python_environment()
            )
        except (OSError, BadInput) as error:
            self._change(problem=tr("The DICOM node cannot be started: {why}.").format(why=error))
            return 1
        self._process, self._heard_s = process, self._clock()
        assert process.stdin is not None and process.stdout is not None
        silence = threading.Thread(target=self._end_when_silent, args=(process,), daemon=True)
        silence.start()
        with contextlib.suppress(OSError):
            process.stdin.write(json.dumps(self._message()) + "\n")
            process.stdin.flush()
        if self._stopping:
            process.kill()
        for line in process.stdout:
            self._heard_s = self._clock()
            with contextlib.suppress(ValueError):
                self._hear(json.loads(line))
        code = process.wait()
        self._before = {name: getattr(self.state(), name) for name in _COUNTED}
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()
        return code

    def _message(self) -> dict[str, Any]:
        config = self._config
        if self._listening.is_set():  # a new life takes the port that peers know, also where any was asked for
            config = config.with_changes(port=self.state().port)
        return {"config": config.model_dump(mode="json"), "file": str(config.file) if config.file else None}

    def _hear(self, message: dict[str, Any]) -> None:
        if "listening" in message:
            self._change(running=True, port=int(message["listening"]), since_s=self._clock())
            self._listening.set()
        elif "problem" in message:
            if not self._listening.is_set():
                self._refused.set()
            self._change(problem=str(message["problem"]))
        elif "beat" in message:
            beat = dict(message["beat"])
            counts = {name: self._before[name] + int(beat.pop(name)) for name in _COUNTED}
            moved = counts["images"] + counts["repeated"] > self.state().images + self.state().repeated
            self._change(**beat, **counts, **({"last_image_s": self._clock()} if moved else {}))

    def _change(self, **changes: Any) -> None:
        with self._lock:
            before, self._state = self._state, replace(self._state, **changes)
            now = self._state
        if now != before:
            with contextlib.suppress(Exception):  # a screen that fails must not cost the node its watchman
                self._on_state(now)

    def _end_when_silent(self, process: subprocess.Popen[str]) -> None:
        """A node that hangs is as bad as one that ended: end it, so that it is started again."""
        while process.poll() is None:
            patience = _SILENT_S if self.state().running else _START_S
            if self._listening.is_set() and self._clock() - self._heard_s > patience:
                process.kill()
                return
            time.sleep(0.5)


def python_executable() -> str:
    """The Python interpreter to start other processes with: inside Slicer sys.executable is Slicer itself."""
    if "python" in Path(sys.executable).name.lower():
        return sys.executable
    found = shutil.which("PythonSlicer") or shutil.which("python-real") or shutil.which("python3")
    if found is None:
        raise BadInput(tr("No Python interpreter was found to run the DICOM node: install PythonSlicer or python3."))
    return found


def python_environment() -> dict[str, str]:
    """The environment for it: where this package lies (an added module path, in Slicer) is known to this process only."""
    package_parent = str(Path(__file__).resolve().parents[2])
    before = os.environ.get("PYTHONPATH", "")
    path = package_parent + (os.pathsep + before if before else "")
    return {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
