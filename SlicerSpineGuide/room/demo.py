"""The demonstration: a live session on loopback, and the virtual room's scanner as a process of its own that sends it a case."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from SlicerSpineGuide.intake import NodeConfig
from SlicerSpineGuide.intake.supervisor import python_environment, python_executable
from SlicerSpineGuide.recording.case import CaseFolder
from SlicerSpineGuide.recording.session import LiveSession

CALLING_AE = "VIRTUALCT"
PASSES = 1000


class DemoSession(LiveSession):
    """A LiveSession whose images come from the case itself, over a real DICOM association, again and again until it is stopped."""

    def __init__(self, case: CaseFolder) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="spineguide-demo-")
        home = Path(self._folder.name)
        super().__init__(case, NodeConfig(port=0, allow=(CALLING_AE,), spool=home / "spool"))
        self._scanner: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        super().start()
        peer = self.address
        module = [python_executable(), "-m", "SlicerSpineGuide.room.play", str(self.case.folder), peer]
        self._scanner = subprocess.Popen([*module, "--calling", CALLING_AE, "--passes", str(PASSES)], env=python_environment())

    def stop(self) -> None:
        if self._scanner is not None:
            self._scanner.terminate()
            self._scanner.wait(5.0)
        super().stop()
        self._folder.cleanup()
