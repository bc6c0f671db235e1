"""An instrument that a tracking system follows (optical, electromagnetic, robotic): its 4x4 matrices stand in for image tracking."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, Vector, apply, is_rigid, rotate, unit, vector
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.instrument import Instrument
from SlicerSpineGuide.translation import tr

RIGID_TOLERANCE = 1e-3  # of what trackers send in single precision


@dataclass(frozen=True)
class ToolGeometry:
    """Where the tip is in the tool's own coordinates (mm, from its calibration), and the direction from the hub to the tip there."""

    tip_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    axis: tuple[float, float, float] = (0.0, 0.0, 1.0)


class ExternalInstrument:
    """The newest pose of a tracked tool, and how old it is.

    Whoever receives the poses calls `update` (from any thread); the live loop calls `track` where it would have looked into an
    image. A pose older than `stale_after_s`, a tool out of its tracker's sight or a matrix that is not rigid is never shown.
    """

    def __init__(
        self,
        geometry: ToolGeometry | None = None,
        *,
        tip_sigma_mm: float = 1.0,
        axis_sigma_deg: float = 0.5,
        stale_after_s: float = 0.5,
        already_in_plan: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """tip_sigma_mm, axis_sigma_deg: the tracking system's accuracy, one standard deviation.

        already_in_plan: whether the matrices lead to planning-CT coordinates by themselves; else they lead to live patient
        coordinates, and each frame's registration leads on. clock: that of `update`'s and `track`'s times, in seconds.
        """
        tool = geometry or ToolGeometry()
        self._tip, self._axis = vector(tool.tip_mm), unit(tool.axis)
        self._sigma_mm, self._sigma_deg = np.full(3, float(tip_sigma_mm)), float(axis_sigma_deg)
        self._stale_after_s, self._already_in_plan, self._clock = float(stale_after_s), already_in_plan, clock
        self._lock = threading.Lock()
        self._matrix: FloatArray | None = None
        self._at_s = -np.inf
        self._why = tr("The tracked tool has not been seen yet.")

    @property
    def already_in_plan(self) -> bool:
        """Whether its place in the plan needs no registration of images."""
        return self._already_in_plan

    def update(self, lps_from_tool: npt.ArrayLike, at_s: float | None = None) -> None:
        """A new pose: the (4, 4) matrix from tool coordinates to LPS mm, at `at_s` on the clock of `track`, now where it is left out.

        What is not rigid (a lost tool's zeros, a scaled or mirrored matrix) makes the tool lost. A pose that arrives out of order
        is left out.
        """
        matrix = np.array(lps_from_tool, dtype=np.float64)
        at_s = self._clock() if at_s is None else at_s
        with self._lock:
            if self._out_of_order(at_s):
                return
            self._at_s = at_s
            if matrix.shape == (4, 4) and is_rigid(matrix, RIGID_TOLERANCE):
                self._matrix, self._why = matrix, ""
            else:
                self._matrix, self._why = (
                    None,
                    tr("The tracker's matrix is not a rotation and a translation: check the tool's transform."),
                )

    def lose(self, at_s: float) -> None:
        """The tracker says that it does not see the tool."""
        with self._lock:
            if not self._out_of_order(at_s):
                self._matrix, self._at_s, self._why = None, at_s, tr("The tracker does not see the tool.")

    def _out_of_order(self, at_s: float) -> bool:
        """Whether a newer pose is there already; one that claims to be of the future, as after a step of the clock, is none."""
        return at_s < self._at_s <= self._clock()

    def age_s(self, now_s: float) -> float:
        """How old the newest pose is; infinite before the first."""
        with self._lock:
            return now_s - self._at_s

    def track(self, registration: Registration, now_s: float | None = None) -> Instrument:
        """The tool in planning-CT LPS, with the tracking system's accuracy; visible False, with the reason, where it is not known."""
        now_s = self._clock() if now_s is None else now_s
        with self._lock:
            matrix, age, why = self._matrix, now_s - self._at_s, self._why
        if matrix is None:
            return Instrument(False, reason=why)
        if age < 0:
            return Instrument(
                False, reason=tr("The tracked tool's time is ahead of this computer's clock: its position is not shown.")
            )
        if not age <= self._stale_after_s:
            return Instrument(False, reason=tr("The tracked tool's last position is {age:.1f} s old.").format(age=age))
        if not self._already_in_plan:
            if registration.plan_from_live is None:
                return Instrument(False, reason=tr("Without a registration the instrument has no place in the plan."))
            matrix = registration.plan_from_live @ matrix
        return Instrument(True, apply(matrix, self._tip), unit(rotate(matrix, self._axis)), self._sigma_mm.copy(), self._sigma_deg)


def tip_from_pivoting(lps_from_tool: npt.ArrayLike) -> tuple[Vector, float]:
    """Tip in tool coordinates (3,) mm and rms residual (mm) from poses (N, 4, 4) taken while the tool turned about its resting tip.

    Pivot calibration by least squares: R_i tip + t_i = pivot (Yaniv, Proc. SPIE 9415, 2015). ValueError where the poses do not turn
    enough to tell.
    """
    poses = np.asarray(lps_from_tool, dtype=np.float64)
    if poses.ndim != 3 or poses.shape[1:] != (4, 4) or len(poses) < 4:
        raise ValueError("at least four (4, 4) poses expected")
    matrix = np.concatenate((poses[:, :3, :3], np.broadcast_to(-np.eye(3), (len(poses), 3, 3))), axis=2).reshape(-1, 6)
    right = -poses[:, :3, 3].reshape(-1)
    solution, _, _, singular = np.linalg.lstsq(matrix, right, rcond=None)
    if singular[-1] < 0.05 * np.sqrt(len(poses)):
        raise ValueError("the tool was hardly turned: tilt it by 30 degrees or more in all directions")
    return solution[:3], float(np.sqrt(np.mean((matrix @ solution - right) ** 2) * 3))
