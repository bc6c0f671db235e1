"""A console that replays the sample case without end: `soaking.py SPEED` prints the address, and on "measure" what it uses."""

from __future__ import annotations

import gc
import json
import sys
import threading
import time

import psutil
from console_harness import CASE

from SlicerSpineGuide.console.app import Console
from SlicerSpineGuide.console.memory import trimmer
from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.recording.player import ReplaySession

EVENTS = ("ModifiedEvent", "AnyEvent", "DeleteEvent")


def measures(console: Console, session: ReplaySession) -> dict[str, float]:
    """Nodes of the MRML scene, events of theirs that are listened to, threads, MB of memory, and frames shown so far."""
    gc.collect()
    trimmer()()
    scene = console.scene.scene
    nodes = [scene.GetNthNode(i) for i in range(scene.GetNumberOfNodes())]
    return {
        "nodes": len(nodes),
        "observed": sum(bool(node.HasObserver(event)) for node in nodes for event in EVENTS),
        "threads": threading.active_count(),
        "memory_mb": psutil.Process().memory_info().rss / 1e6,
        "passes": session.passes,
    }


class EndlessSession(ReplaySession):
    """Begins again when it has come to the end."""

    passes = 0

    def play(self) -> None:
        self.passes += self._next >= self.length
        super().play()


def main() -> None:
    speed = float(sys.argv[1])
    session = EndlessSession(open_case(CASE))
    console = Console(session, open_browser=False)
    session.speed = speed
    session._case_clock.set(speed=speed)  # faster than a person may ask for

    def again() -> None:
        while True:
            time.sleep(0.2)
            if not session.playing and console.scene is not None:
                session.play()

    def answer() -> None:
        for line in sys.stdin:
            if line.strip() == "measure":
                sys.stdout.write("measured " + json.dumps(measures(console, session)) + "\n")
                sys.stdout.flush()

    for work in (again, answer):
        threading.Thread(target=work, daemon=True).start()
    console.run()


if __name__ == "__main__":
    main()
