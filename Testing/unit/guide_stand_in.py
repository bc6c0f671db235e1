"""A plan, frames, and a stand-in that registers and tracks as a test says: the guide without images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from SlicerSpineGuide.geometry import ImagePlane, rigid
from SlicerSpineGuide.guidance.guide import Guide
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.intake.frame import Frame, LiveImage
from SlicerSpineGuide.plan import InstrumentSpec, Plan, PlanningCt, Trajectory
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.tracking.instrument import Instrument

TROCAR = InstrumentSpec(kind="trocar", name="11G trocar", diameter_mm=3.05, length_mm=125)
PLAN = Plan(
    patient_id="P1",
    series_instance_uid="1.2",
    frame_of_reference_uid="1.3",
    procedure="vertebroplasty",
    trajectories=(
        Trajectory(id="left", instrument=TROCAR, entry_lps=(0, 80, 0), target_lps=(0, 0, 0)),
        Trajectory(id="right", instrument=TROCAR, entry_lps=(-20, 80, 0), target_lps=(-20, 0, 0)),
    ),
)
PLANNING = PlanningCt(Volume(np.zeros((4, 4, 4), np.int16), np.diag([60.0, 60.0, 60.0, 1.0])), "P1", "1.2", "1.3", "HFP")
PLANE = ImagePlane(np.array([-50.0, -50, 0]), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (1.0, 1.0), (100, 100), 3.0)
LOCKED = Registration("locked", rigid(), 1e-4 * np.eye(6), np.zeros(3), 0.95)
SEEN = Instrument(True, np.array([0.0, 20, 0]), np.array([0.0, -1, 0]), np.full(3, 0.1), 0.2)


def image(n: int = 0, **changes) -> LiveImage:
    plain = LiveImage(
        Path(f"{n}.dcm"),
        f"1.9.{n}",
        "1.8",
        "1.3",
        "P1",
        "HFP",
        "CT",
        "",
        None,
        0.0,
        Slice(np.zeros((100, 100), np.float32), PLANE),
        {},
    )
    return replace(plain, **changes)


def frame(index: int, t: float = 0.0, **changes) -> Frame:
    return Frame(index, "CT", (image(index, **changes),), t)


class StandIn:
    """Registers and tracks as the test says; remembers which start each frame was given."""

    def __init__(self) -> None:
        self.registration, self.instrument = LOCKED, SEEN
        self.starts: list = []
        self.work = lambda frame: None

    def register(self, frame, start):
        self.work(frame)
        self.starts.append(start)
        return self.registration

    def track(self, frame, registration, previous):
        return self.instrument


@pytest.fixture
def sight() -> StandIn:
    return StandIn()


@pytest.fixture
def guide(sight) -> Guide:
    return Guide(PLAN, PLANNING, make_sight=lambda *_: sight)
