"""The node's own process: `python -m SlicerSpineGuide.intake.node_process`.

The first line of standard input is the configuration as JSON; the end of standard input ends the node, so that it never outlives
the program that started it. Standard output is one JSON object a line: {"listening": port}, beats, and {"problem": sentence} before
it ends with status 2.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import pydicom.config

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.config import NodeConfig
from SlicerSpineGuide.intake.node import Beat, Node
from SlicerSpineGuide.translation import tr

_DAMAGED = 3
_NICENESS = -10  # where the system lets us: an image must not wait for a busy guide; what the node does is short


def main() -> int:
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE  # peers' values are stored as they are
    warnings.simplefilter("ignore")  # what the libraries think of a peer's values may quote them, patient names included
    for library in ("pydicom", "pynetdicom"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.nice(_NICENESS)
    stop, damaged = threading.Event(), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the one who started the node ends it
    try:
        message = json.loads(sys.stdin.readline() or "{}")
        file = message.get("file")
        values = {**message.get("config", {}), "file": Path(file) if file else None}

        def start_again() -> None:
            damaged.set()
            stop.set()

        node = Node(NodeConfig.model_validate(values), lambda beat: _say(stop, _beat_message(beat)), start_again)
    except BadInput as error:
        _say(stop, {"problem": str(error)})
        return 2
    except ValueError as error:
        _say(stop, {"problem": tr("The node was given no configuration ({why}).").format(why=type(error).__name__)})
        return 2
    node.start()
    _say(stop, {"listening": node.port})
    threading.Thread(target=_until_input_ends, args=(stop,), daemon=True).start()
    stop.wait()
    node.stop()
    return _DAMAGED if damaged.is_set() else 0


def _beat_message(beat: Beat) -> dict[str, Any]:
    return {"beat": beat.as_dict()}


def _say(stop: threading.Event, message: dict[str, Any]) -> None:
    try:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()
    except (OSError, ValueError):  # nobody listens any more
        stop.set()


def _until_input_ends(stop: threading.Event) -> None:
    for _ in sys.stdin:
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
