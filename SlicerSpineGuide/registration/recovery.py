"""Finding a lost patient again, beside the live loop: a wide search on one lost frame in a thread that stands aside for the loop."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, rotation_from_vector
from SlicerSpineGuide.registration.gauss_newton import Pose
from SlicerSpineGuide.registration.patches import LiveSlice
from SlicerSpineGuide.registration.solver import Solver
from SlicerSpineGuide.registration.verdict import covariance, judge

TILT_DEG = 20.0
ANYWHERE_MM = 400.0
HALF_TURNS = {"S": (0.0, 0.0, np.pi), "P": (0.0, np.pi, 0.0), "L": (np.pi, 0.0, 0.0)}


@dataclass(frozen=True, eq=False)
class Finding:
    """What a wide search found: a pose that holds on the frame it was found on, or a half turn (about L, P or S) that fits instead."""

    pose: Pose | None
    half_turn: str = ""


class Recovery:
    """At most one wide search at a time. Between its steps it waits while the live loop is registering."""

    def __init__(self, solver: Solver) -> None:
        self._solver = solver
        self._idle = threading.Event()
        self._idle.set()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._found: Finding | None = None

    def loop_works(self, working: bool) -> None:
        """Told by the live loop when it begins and ends: the search stands aside meanwhile."""
        if working:
            self._idle.clear()
        else:
            self._idle.set()

    def begin(self, live: Sequence[LiveSlice], around: Sequence[Pose]) -> None:
        """Search `live` around these poses, unless a search is under way."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._stop.clear()
        self._thread = threading.Thread(target=self._search, args=(live, around), name="registration recovery", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """The loop has found the patient itself."""
        self._stop.set()
        self._found = None

    def take(self) -> Finding | None:
        """What the last search found, once."""
        found, self._found = self._found, None
        return found

    def wait(self, timeout_s: float | None) -> bool:
        """Wait for a running search (None: as long as it takes); whether it has ended."""
        if self._thread is not None:
            self._thread.join(timeout_s)
            return not self._thread.is_alive()
        return True

    def _search(self, live: Sequence[LiveSlice], around: Sequence[Pose]) -> None:
        for near in around:
            for turn in _tilts(live[0].frame):
                if self._holds(live, near, turn):
                    return
        for name, vector in HALF_TURNS.items():
            if self._holds(live, around[0], np.asarray(vector), name):
                return

    def _holds(self, live: Sequence[LiveSlice], near: Pose, turn: FloatArray, half_turn: str = "") -> bool:
        """Try one orientation; keep what is found. True also when told to stop."""
        if self._step():
            return True
        start = Pose(rotation_from_vector(turn) @ near.rotation, rotation_from_vector(turn) @ near.translation)
        reference = self._solver.reference(start.rotation @ live[0].frame, live[0].plane.thickness)
        solution = self._solver.capture(reference, live, start, ANYWHERE_MM, self._step)
        if self._stop.is_set():
            return True
        if solution is None or judge(solution, covariance(solution))[0] != "locked":
            return False
        self._found = Finding(None, half_turn) if half_turn else Finding(solution.fit.pose)
        return True

    def _step(self) -> bool:
        """Wait until the loop rests; whether to stop."""
        while not self._stop.is_set() and not self._idle.wait(0.5):
            pass
        return self._stop.is_set()


def _tilts(frame: FloatArray) -> list[FloatArray]:
    """Rotation vectors to try: none, then either way about each of the slices' axes (3, 3: u, v, normal)."""
    turns = [np.zeros(3)]
    for axis in (2, 0, 1):
        turns += [sign * np.radians(TILT_DEG) * frame[:, axis] for sign in (1.0, -1.0)]
    return turns
