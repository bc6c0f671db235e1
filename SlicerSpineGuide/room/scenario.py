"""Scenarios by name, as data: how the instrument goes, how the patient moves, what goes wrong with the images."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import InstrumentSpec, Trajectory
from SlicerSpineGuide.room.carm import CarmProtocol
from SlicerSpineGuide.room.metal import Metal
from SlicerSpineGuide.room.motion import Breathing, Motion, Pose
from SlicerSpineGuide.room.scanner import KERNELS, CtProtocol
from SlicerSpineGuide.translation import tr

FaultKind = Literal["image-loss", "wrong-patient", "new-frame-of-reference", "new-geometry"]


NEW_TILT_DEG = 8.0
PROTOCOL_LIMITS: dict[str, tuple[float, float]] = {
    "slices": (1, 64),
    "thickness_mm": (0.5, 10),
    "field_mm": (60, 600),
    "matrix": (64, 1024),
    "tilt_deg": (-30, 30),
    "noise_hu": (0, 300),
    "streak_strength": (0, 3),
    "rate_hz": (0.1, 50),
}


@dataclass(frozen=True)
class Step:
    """Where the instrument is at the part `at` (0 to 1) of the run; between two steps everything goes linearly.

    to_target_mm: along the planned direction from the tip to the target, negative once past it. angle_deg: of the axis against
    the planned direction, leaning towards `Scenario.azimuth_deg`. offset_mm: of the skin entry, to the same side. aim: 0 leans
    by angle_deg, 1 points at the nearest place of the nearest zone instead (from the entry).
    """

    at: float
    to_target_mm: float
    angle_deg: float = 0.0
    offset_mm: float = 0.0
    aim: float = 0.0


@dataclass(frozen=True)
class Fault:
    """Something that happens to the images from the part `start` of the run until `end`.

    image-loss stops them for `gap_s`; new-geometry tilts the CT's gantry by NEW_TILT_DEG.
    """

    kind: FaultKind
    start: float
    end: float = 1.0
    gap_s: float = 4.0


@dataclass(frozen=True)
class Other:
    """Metal in place already. across_mm: from the planned target towards the other side of the patient, along L; shift_mm: L, P, S.

    mirrored: converging from the other side; else parallel to the plan. along_skin: lying head to foot on the skin at the entry.
    """

    instrument: InstrumentSpec
    across_mm: float = 0.0
    shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    mirrored: bool = False
    along_skin: bool = False

    def placed(self, trajectory: Trajectory) -> Metal:
        """Where it is, in planning LPS, for a plan."""
        side = 1.0 if trajectory.direction[0] >= 0 else -1.0  # the plan converges towards the other side
        shift = np.array(self.shift_mm) + [side * self.across_mm, 0.0, 0.0]
        if self.along_skin:
            return Metal(self.instrument, trajectory.entry + shift + [0, 0, self.instrument.length_mm / 2], np.array([0.0, 0.0, 1.0]))
        axis = trajectory.direction * [-1.0, 1.0, 1.0] if self.mirrored else trajectory.direction
        return Metal(self.instrument, trajectory.target + shift, axis)


@dataclass(frozen=True)
class Scenario:
    """One run. instrument: False for a run without. azimuth_deg: the side the instrument leans to, around the planned direction.

    jump_at: the part of the run at which motion.jump happens. table: (part of the run, mm) pairs: how far the slices are from
    where the operator means to have them, around the tip. bend_mm: of the instrument's hub end, across its axis. others: metal
    that is in place already. protocol: of the CT; carm: of the C-arm that is used instead, where there is one.
    """

    name: str
    steps: tuple[Step, ...]
    motion: Motion = field(default_factory=Motion)
    frames: int = 40
    azimuth_deg: float = 0.0
    jump_at: float | None = None
    faults: tuple[Fault, ...] = ()
    instrument: bool = True
    bend_mm: float = 0.0
    others: tuple[Other, ...] = ()
    table: tuple[tuple[float, float], ...] = ((0.0, 0.0),)
    protocol: CtProtocol = field(default_factory=CtProtocol)
    carm: CarmProtocol | None = None

    def step(self, at: float) -> Step:
        """The instrument's state at the part `at` of the run."""
        times = [s.at for s in self.steps]

        def between(name: str) -> float:
            return float(np.interp(at, times, [getattr(s, name) for s in self.steps]))

        return Step(at, between("to_target_mm"), between("angle_deg"), between("offset_mm"), between("aim"))

    def table_mm(self, at: float) -> float:
        """How far the slices are from around the tip, along their normal, at the part `at` of the run."""
        return float(np.interp(at, [a for a, _ in self.table], [mm for _, mm in self.table]))


SHIFTED = Pose((2.5, -1.5, 3.0), (0.8, -0.6, 1.2))
QUIET = Breathing((0.1, 0.4, 0.8), (0.1, 0.0, 0.0), organs_mm=(0.0, -1.0, 4.0))
DEEP = Breathing((0.3, 2.0, 4.5), (0.5, 0.2, 0.3), organs_mm=(0.5, -3.0, 9.0))
CALM = Motion(start=SHIFTED, breathing=QUIET)
STRAIGHT = (Step(0.0, 55.0, 0.4, 0.2), Step(0.9, 0.5, 0.3, 0.2), Step(1.0, 0.3, 0.3, 0.2))
BESIDE = (Step(0.0, 30.0, 0.4, 0.2), Step(1.0, 8.0, 0.3, 0.2))

# It rests at the target for more than one image, so that what is to be said there can still be said.
STRAY_TO_TARGET = (
    Step(0.0, 55.0, 0.4),
    Step(0.35, 42.0, 7.0),
    Step(0.5, 44.0, 0.5),
    Step(0.84, 0.5, 0.3, 0.2),
    Step(1.0, 0.4, 0.3, 0.2),
)
# An axial path shows its direction only from above or below.
BIPLANE = CarmProtocol(views=((-10.0, 22.0), (90.0, 0.0)), matrix=256, pitch_mm=0.78)
FLUOROSCOPY = CarmProtocol(views=((0.0, 0.0),), matrix=256, pitch_mm=0.78, quanta=500.0, rate_hz=4.0)

DEMONSTRATION = Scenario(
    "demonstration",  # seen and corrected before the bone, then through the pedicle to the target
    (
        Step(0.0, 66.0, 0.4, 0.2),
        Step(0.1, 62.0, 0.5, 0.2),
        Step(0.35, 46.0, 7.5, 0.2),
        Step(0.45, 46.0, 7.0, 0.2),
        Step(0.55, 47.0, 0.5, 0.2),
        Step(0.95, 0.5, 0.3, 0.2),
        Step(1.0, 0.5, 0.3, 0.2),
    ),
    Motion(start=SHIFTED, breathing=Breathing((0.2, 1.0, 2.5), (0.3, 0.1, 0.1), organs_mm=(0.2, -2.0, 6.0))),
    azimuth_deg=50.0,
    protocol=CtProtocol(matrix=144, rate_hz=3.0),
)

_ALL = (
    DEMONSTRATION,
    Scenario("on-path", STRAIGHT, CALM),
    Scenario(
        "straying",
        (Step(0.0, 50.0, 0.4), Step(0.2, 42.0, 0.5), Step(0.55, 22.0, 6.5), Step(0.68, 22.0, 0.6), Step(1.0, 3.5, 0.3)),
        CALM,
        azimuth_deg=40.0,
    ),
    Scenario(
        "straying-fast",
        (Step(0.0, 48.0, 0.4), Step(0.3, 36.0, 0.4), Step(0.42, 26.0, 9.0), Step(0.7, 26.0, 9.0), Step(1.0, 20.0, 9.0)),
        CALM,
        azimuth_deg=130.0,
    ),
    Scenario("wrong-entry", (Step(0.0, 55.0, 0.5, 8.0), Step(1.0, 36.0, 0.5, 8.0)), CALM, azimuth_deg=110.0),
    Scenario("overshoot", (Step(0.0, 25.0, 0.3), Step(0.6, 0.5, 0.3), Step(1.0, -7.0, 0.3)), CALM),
    Scenario(
        "near-zone", (Step(0.0, 55.0, 0.3), Step(0.2, 50.0, 0.3), Step(0.8, 22.0, 0.3, 0.0, 1.0), Step(1.0, 22.0, 0.3, 0.0, 1.0)), CALM
    ),
    Scenario("breathing", STRAIGHT, Motion(start=SHIFTED, breathing=DEEP)),
    Scenario("drift", BESIDE, replace(CALM, drift_per_min=Pose((4.0, 3.0, -6.0), (3.0, 0.0, 5.0)))),
    Scenario("jump", BESIDE, replace(CALM, jump=Pose((6.0, -4.0, 5.0), (2.0, -3.0, 4.0))), jump_at=0.5),
    Scenario("image-loss", BESIDE, CALM, faults=(Fault("image-loss", 0.5),)),
    Scenario("wrong-patient", BESIDE, CALM, faults=(Fault("wrong-patient", 0.5, 0.7),)),
    Scenario("new-frame-of-reference", BESIDE, CALM, faults=(Fault("new-frame-of-reference", 0.5),)),
    Scenario("new-geometry", BESIDE, CALM, faults=(Fault("new-geometry", 0.5),)),
    Scenario("tip-leaves", BESIDE, CALM, table=((0.0, 0.0), (0.5, 0.0), (0.52, -12.0), (0.75, -12.0), (0.77, 0.0))),
    Scenario("bent", STRAIGHT, CALM, bend_mm=3.0),
    Scenario(
        "crowded",  # a contralateral trocar and a screw one level up, electrode and wires on the skin
        STRAIGHT,
        CALM,
        others=(
            Other(
                InstrumentSpec(kind="trocar", name="contralateral", diameter_mm=3.05, length_mm=125), 22.0, (0, 0, 2), mirrored=True
            ),
            Other(InstrumentSpec(kind="screw", name="placed before", diameter_mm=6.5, length_mm=45), 12.0, (0, 6, 16), mirrored=True),
            Other(InstrumentSpec(kind="needle", name="skin wire", diameter_mm=1.0, length_mm=60), 18.0, (0, 3, 0), along_skin=True),
            Other(InstrumentSpec(kind="needle", name="skin wire", diameter_mm=1.0, length_mm=60), -12.0, (0, 2, 0), along_skin=True),
        ),
    ),
    Scenario("xa-demonstration", STRAY_TO_TARGET, CALM, frames=8, azimuth_deg=50.0, carm=BIPLANE),
    Scenario("xa-biplane", STRAY_TO_TARGET, CALM, frames=12, azimuth_deg=50.0, carm=CarmProtocol()),
    Scenario(
        "xa-oblique", STRAIGHT, CALM, frames=12, carm=CarmProtocol(views=((25.0, 5.0), (-35.0, 0.0)), shutters=(0.7, 0.8), log=True)
    ),
    Scenario("xa-single", STRAIGHT, CALM, frames=12, carm=CarmProtocol(views=((10.0, 0.0),))),
    Scenario("xa-run", BESIDE, Motion(start=SHIFTED, breathing=DEEP), frames=16, carm=FLUOROSCOPY),
    Scenario("xa-no-instrument", BESIDE, CALM, frames=6, instrument=False, carm=CarmProtocol()),
    Scenario("no-instrument", BESIDE, replace(CALM, breathing=DEEP), instrument=False),
)
SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in _ALL}


def scenario_named(name: str) -> Scenario:
    """BadInput lists the names where there is none of that name."""
    if name not in SCENARIOS:
        raise BadInput(
            tr("There is no scenario {name!r}: choose one of {names}.").format(name=name, names=", ".join(sorted(SCENARIOS)))
        )
    return SCENARIOS[name]


def adjusted(scenario: Scenario, **changes: float | str | None) -> Scenario:
    """The scenario with some fields of its CtProtocol, or of its CarmProtocol where it has one, changed (None: left as it is).

    BadInput where a value makes no image, or where the scenario's machine has no such setting.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    machine = scenario.protocol if scenario.carm is None else scenario.carm
    for name in given:
        if not hasattr(machine, name):
            raise BadInput(
                tr("{name} cannot be set in the scenario {scenario}: its machine has no such setting.").format(
                    name=name, scenario=scenario.name
                )
            )
    for name, (low, high) in PROTOCOL_LIMITS.items():
        value = given.get(name)
        if isinstance(value, (int, float)) and not low <= value <= high:
            raise BadInput(
                tr("{name} {value:g} is not between {low:g} and {high:g}.").format(name=name, value=value, low=low, high=high)
            )
    if given.get("kernel", "SOFT") not in KERNELS:
        raise BadInput(tr("kernel {name!r} is not one of {names}.").format(name=given["kernel"], names=", ".join(KERNELS)))
    if scenario.carm is not None:
        return replace(scenario, carm=replace(scenario.carm, **given))  # type: ignore[arg-type]
    return replace(scenario, protocol=replace(scenario.protocol, **given))  # type: ignore[arg-type]
