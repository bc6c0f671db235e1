"""What the console's tests share: a console in a process of its own, and what is on the screen."""

from __future__ import annotations

import io
import json
import queue
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
CASE = HERE.parents[1] / "Resources" / "Cases" / "t12-vertebroplasty"
TITLE = json.loads((CASE / "case.json").read_text())["title"]
COMMAND = [sys.executable, "-m", "SlicerSpineGuide", "--language", "en"]


class ConsoleProcess:
    """The console's process: its address, what it says line by line, and words for its standard input."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=HERE.parents[1]
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()
        self.address = re.search(r"http\S+", self.wait_for("http", 60)).group()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self._lines.put(line.rstrip())

    def wait_for(self, words: str, timeout_s: float = 10.0) -> str:
        """The next line that contains `words`."""
        while True:
            try:
                line = self._lines.get(timeout=timeout_s)
            except queue.Empty:
                raise AssertionError(f"the console did not say {words!r}, but: {self.said}") from None
            self.said.append(line)
            if words in line:
                return line

    def show(self, state: str) -> None:
        self.process.stdin.write(state + "\n")
        self.process.stdin.flush()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


def pixels(locator) -> np.ndarray:
    """(rows, columns, 3) of an element as the browser shows it."""
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(locator.screenshot())).convert("RGB")).astype(int)


def count_of(image: np.ndarray, what: str) -> int:
    """How many pixels have the colour of the instrument (pink) or of the plan (green)."""
    r, g, b = image[..., 0], image[..., 1], image[..., 2]
    if what == "instrument":
        return int(((r - g > 40) & (b - g > 20)).sum())
    return int(((g - r > 60) & (g - b > 30)).sum())
