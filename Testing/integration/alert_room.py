"""A live session in the console, in a process of its own: `alert_room.py CASE HOME` prints the node's and the console's addresses.

Words on its standard input: "kill" ends the node's process as a crash would, "fill" gives way to a node whose disk counts as full.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from SlicerSpineGuide.console.app import Console
from SlicerSpineGuide.intake import NodeConfig, NodeSupervisor
from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.recording.session import LiveSession

SETTINGS = 'port = 0\nallow = ["SCANNER"]\nspool = "{spool}"\n[limits]\nfree_disk_bytes = {free}\n'


def settings(home: Path, free_disk_bytes: int) -> NodeConfig:
    """The node's configuration, read from a file as a technician would write it."""
    path = home / f"node-{free_disk_bytes}.toml"
    path.write_text(SETTINGS.format(spool=home / "spool", free=free_disk_bytes), encoding="utf-8")
    return NodeConfig.load(path)


class Room(LiveSession):
    """A live session that says where images are to be sent, and does what the test asks for."""

    def __init__(self, case: Path, home: Path) -> None:
        super().__init__(open_case(case, live=False), settings(home, 1))
        self._home = home

    def start(self) -> None:
        super().start()
        print(f"node {self.address}", flush=True)  # noqa: T201
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            if line.strip() == "kill" and self.node.process_id is not None:
                os.kill(self.node.process_id, signal.SIGKILL)
            if line.strip() == "fill":
                self.node.stop()
                self.node = NodeSupervisor(settings(self._home, 1 << 60))
                self.node.start()


if __name__ == "__main__":
    Console(Room(Path(sys.argv[1]), Path(sys.argv[2])), open_browser=False).run()
