"""Random situations for judging the instrument tracker in any CT: a path to a bone, an instrument near it, slices through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from instruments_simulator import MetalTool, Scanner, scan, slice_planes

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import FloatArray, ImagePlane, angle_deg, apply, inverse, rigid_about, rotation_from_vector, unit
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.plan import InstrumentSpec, Trajectory
from SlicerSpineGuide.registration.result import Registration

# kind, name, outer diameter, length, bore, taper, thread, head
INSTRUMENTS = {
    "22G needle": ("needle", 0.7, 150.0, 0.0, 0.7, 0.0, (0.0, 0.0)),
    "18G needle": ("needle", 1.27, 150.0, 0.0, 1.3, 0.0, (0.0, 0.0)),
    "13G trocar": ("trocar", 2.41, 125.0, 0.0, 2.0, 0.0, (0.0, 0.0)),
    "11G trocar": ("trocar", 3.05, 125.0, 0.0, 2.5, 0.0, (0.0, 0.0)),
    "8G trocar": ("trocar", 4.19, 125.0, 0.0, 3.0, 0.0, (0.0, 0.0)),
    "4 mm screw": ("screw", 4.0, 35.0, 0.0, 2.0, 0.5, (8.0, 8.0)),
    "6.5 mm screw": ("screw", 6.5, 45.0, 0.0, 3.0, 0.7, (12.0, 14.0)),
    "8 mm screw": ("screw", 8.0, 60.0, 0.0, 3.0, 0.8, (13.0, 15.0)),
    "10 mm screw": ("screw", 10.0, 80.0, 0.0, 4.0, 1.0, (15.0, 16.0)),
    "16 mm tube": ("tube", 16.0, 130.0, 14.0, 0.0, 0.0, (0.0, 0.0)),
    "22 mm tube": ("tube", 22.0, 130.0, 19.5, 0.0, 0.0, (0.0, 0.0)),
}


Companion = Callable[[MetalTool, Trajectory, np.random.Generator], list[MetalTool]]


@dataclass(frozen=True)
class Setting:
    """What is varied: the instrument, the slices, the noise, how the instrument lies in the slices."""

    instrument: str = "11G trocar"
    thickness_mm: float = 3.0
    slices: int = 3
    gap_mm: float = 0.0
    noise_hu: float = 30.0
    oblique_deg: float = 10.0
    matrix: int = 512
    bow_mm: float = 0.0
    blunt: bool = False
    streaks: float = 1.0
    companions: tuple[str, ...] = ()
    steel: bool = False
    noise_grain_mm: float = 0.5
    far: bool = False
    registration_mm: float = 0.05
    hu: float = 8000.0
    maximum_hu: float = 3071.0
    psf_mm: float = 0.45


@dataclass(frozen=True, eq=False)
class Situation:
    """A plan, the slices of one frame, their registration, and the truth in planning coordinates (None: no instrument)."""

    trajectory: Trajectory
    slices: list[Slice]
    registration: Registration
    tip: FloatArray | None
    axis: FloatArray | None
    tip_in_slices: bool
    others: list[MetalTool] = field(default_factory=list)


class Anatomy:
    """A CT in which random paths from the skin to bone are drawn."""

    def __init__(self, volume: Volume) -> None:
        self.volume = volume
        low, high = np.quantile(np.arange(volume.voxels.shape[0]), (0.2, 0.8)).astype(int)
        bone = np.argwhere(volume.voxels[low:high] > 250)
        self._bone = bone[:: max(1, len(bone) // 20000)] + [low, 0, 0]

    def path(self, random: np.random.Generator, reach: float) -> tuple[FloatArray, FloatArray]:
        """(target, entry): a bone voxel and the skin above it, at most `reach` mm away within 20 degrees of the axial plane."""
        for _ in range(2000):
            target = apply(self.volume.lps_from_index, self._bone[random.integers(len(self._bone))][::-1])
            turn, tilt = random.uniform(0, 2 * np.pi), np.radians(random.uniform(-20, 20))
            outward = np.array([np.cos(turn) * np.cos(tilt), np.sin(turn) * np.cos(tilt), np.sin(tilt)])
            steps = np.arange(0, reach + 30, 2.0)
            line = self.hu(target + steps[:, None] * outward)
            air = np.flatnonzero(line < -500)
            if len(air) and 35 < steps[air[0]] < reach and (line[air[0] :][:10] < -500).all() and (line[: air[0]] > -400).all():
                return target, target + steps[air[0]] * outward
        raise BadInput("--planning has no path from skin to bone of 35 to 110 mm: give a CT that shows the skin.")

    def hu(self, points: FloatArray) -> np.ndarray:
        index = np.rint(apply(self.volume.index_from_lps, points)).astype(int)
        size = np.array(self.volume.size)
        inside = ((index >= 0) & (index < size)).all(axis=1)
        column, row, sheet = np.clip(index, 0, size - 1).T
        return np.where(inside, self.volume.voxels[sheet, row, column], -400)


def situation(anatomy: Anatomy, setting: Setting, seed: int, kind: str = "inside") -> Situation:
    """One frame. kind: 'inside' (tip well inside the slices), 'outside' (tip beyond them, or in a gap), 'none' (no instrument)."""
    random = np.random.default_rng(seed)
    what, diameter, length, bore, taper, thread, head = INSTRUMENTS[setting.instrument]
    target, entry = anatomy.path(random, min(110.0, length + 30 if what == "screw" else length - 10))
    if what == "screw":
        entry = target + unit(entry - target) * min(length, float(np.linalg.norm(entry - target))) * 0.95
    spec = InstrumentSpec(kind=what, name=setting.instrument, diameter_mm=diameter, length_mm=length)
    trajectory = Trajectory(id="t", instrument=spec, entry_lps=tuple(entry), target_lps=tuple(target))
    axis = _tilted(trajectory.direction, random.uniform(0, 5), random)
    back = random.uniform(0, 0.5) * trajectory.length_mm if what != "screw" else random.uniform(0, 5)
    side = unit(np.cross(axis, random.standard_normal(3)))
    tip = target - axis * back + side * random.uniform(0, 5)
    if setting.far:
        axis, tip = _tilted(trajectory.direction, random.uniform(10, 20), random), tip + side * random.uniform(15, 30)
    tool = MetalTool(
        tip, axis, diameter, length, setting.hu, bore, 0.0 if setting.blunt else taper, setting.bow_mm, side, thread, head
    )
    planes, reachable = _planes(tool, setting, random, kind)
    others = [metal for name in setting.companions if name in COMPANIONS for metal in COMPANIONS[name](tool, trajectory, random)]
    tools = others if kind == "none" else [tool, *others]
    motion = rigid_about(target, np.radians(random.uniform(-8, 8, 3)), random.uniform(-10, 10, 3))
    table_at = _back_of(anatomy, target) if "table" in setting.companions else None
    scanner = Scanner(
        setting.psf_mm, setting.noise_hu, setting.noise_grain_mm, setting.maximum_hu, setting.streaks, setting.steel, table_at
    )
    slices = scan(anatomy.volume, planes, tools, scanner, random, motion)
    error = rigid_about(
        target, np.radians(random.normal(0, 0.05, 3)), random.normal(0, setting.registration_mm, 3)
    )  # of the registration, not of the tracker
    registration = Registration("locked", error @ inverse(motion), np.eye(6) * 1e-3, target, 1.0)
    if kind == "none":
        return Situation(trajectory, slices, registration, None, None, False, others)
    # the truth is judged through the registration given, so that only tracking is measured
    tip_given, axis_given = apply(error, tip), error[:3, :3] @ tool.axis_at_tip
    return Situation(trajectory, slices, registration, tip_given, axis_given, reachable, others)


def _planes(tool: MetalTool, setting: Setting, random: np.random.Generator, kind: str) -> tuple[list[ImagePlane], bool]:
    across = np.array([0.0, 0.0, 1.0]) - tool.axis * tool.axis[2]
    normal = unit(across) if np.linalg.norm(across) > 0.1 else unit(np.cross(tool.axis, [1.0, 0, 0]))
    angle = np.radians(setting.oblique_deg) * random.choice([-1, 1])
    normal = unit(normal * np.cos(angle) + tool.axis * np.sin(angle))
    half = setting.thickness_mm * (1 if setting.gap_mm else setting.slices) / 2
    into = tool.axis @ normal
    if kind == "outside":
        beyond = random.uniform(1.5, setting.gap_mm - 1.5 if setting.gap_mm else 6.0)
        depth = -np.sign(into) * (half + beyond) if into else half + 6.0
    else:
        depth = random.uniform(-0.6, 0.6) * half
    u = unit(np.cross(unit(np.cross(normal, [1.0, 0, 0])), normal))
    if random.random() < 0.5:
        u = -u
    u = rotation_from_vector(normal * np.radians(random.uniform(-3, 3))) @ u
    v = np.cross(normal, u)
    fov = 260.0
    centre = tool.tip - tool.axis * random.uniform(20, 50) + u * random.uniform(-10, 10) + v * random.uniform(-10, 10)
    centre = centre + normal * ((tool.tip - centre) @ normal + depth)
    planes = slice_planes(centre, u, v, fov / setting.matrix, setting.matrix, setting.thickness_mm, setting.slices, setting.gap_mm)
    return planes, kind == "inside" and abs(depth) < half


def _tilted(direction: FloatArray, degrees: float, random: np.random.Generator) -> FloatArray:
    turn = unit(np.cross(direction, random.standard_normal(3)))
    return rotation_from_vector(turn * np.radians(degrees)) @ direction


def _contralateral(tool: MetalTool, trajectory: Trajectory, random: np.random.Generator) -> list[MetalTool]:
    side = _across(trajectory)
    return [
        MetalTool(
            tool.tip + side * random.choice([-1, 1]) * random.uniform(25, 40),
            _tilted(tool.axis, 15, random),
            3.05,
            125.0,
            taper_mm=2.5,
        )
    ]


def _clips(tool: MetalTool, trajectory: Trajectory, random: np.random.Generator) -> list[MetalTool]:
    """Surgical clips of 8 mm beside the path, as they lie."""
    side = _across(trajectory)
    places = [tool.tip + side * random.uniform(10, 40) - tool.axis * random.uniform(0, 40) for _ in range(3)]
    return [MetalTool(place, unit(random.standard_normal(3)), 1.0, 8.0) for place in places]


def _skin_grid(tool: MetalTool, trajectory: Trajectory, random: np.random.Generator) -> list[MetalTool]:
    """Wires on the skin, 15 mm apart, along the patient."""
    side, along = _across(trajectory), np.array([0.0, 0, 1.0])
    places = [trajectory.entry + side * (15 * k + random.uniform(-5, 5)) + along * 40 for k in range(-2, 3)]
    return [MetalTool(place, along, 1.5, 80.0, hu=4000.0) for place in places]


def _electrodes(tool: MetalTool, trajectory: Trajectory, random: np.random.Generator) -> list[MetalTool]:
    """An electrode's snap on the skin and its lead, which runs along the skin."""
    side, outward = _across(trajectory), -trajectory.direction
    way = random.choice([-1, 1]) * side
    place = trajectory.entry + way * random.uniform(25, 45) + 4.0 * outward
    lead = unit(np.cross(outward, np.cross(way + random.normal(0, 0.3, 3), outward)))
    return [MetalTool(place, trajectory.direction, 10.0, 2.0, hu=3500.0), MetalTool(place + 45 * lead, lead, 1.6, 90.0, hu=2500.0)]


def _screws(count: int) -> Companion:
    """Screws that are in already: the other side's, and the next level's."""

    def placed(tool: MetalTool, trajectory: Trajectory, random: np.random.Generator) -> list[MetalTool]:
        side = _across(trajectory)
        offsets = [side * random.uniform(22, 30), -side * random.uniform(30, 38)]
        return [
            MetalTool(
                trajectory.target + offset,
                _tilted(tool.axis, 10, random),
                6.5,
                45.0,
                6500.0,
                taper_mm=3.0,
                thread_mm=0.7,
                head_mm=(12.0, 14.0),
            )
            for offset in offsets[:count]
        ]

    return placed


COMPANIONS: dict[str, Companion] = {
    "contralateral trocar": _contralateral,
    "clips": _clips,
    "skin grid": _skin_grid,
    "ECG lead": _electrodes,
    "one screw": _screws(1),
    "two screws": _screws(2),
}


def _across(trajectory: Trajectory) -> FloatArray:
    return unit(np.cross(trajectory.direction, [0.0, 0, 1]))


def _back_of(anatomy: Anatomy, target: FloatArray) -> float:
    """LPS y of the table's face: 15 mm into the air behind the patient."""
    steps = np.arange(0.0, 250.0, 2.0)
    line = anatomy.hu(target + steps[:, None] * [0.0, 1.0, 0.0])
    air = np.flatnonzero(line < -500)
    return float(target[1] + (steps[air[0]] if len(air) else steps[-1]) + 15.0)


def errors(found_tip: FloatArray, found_axis: FloatArray, truth: Situation) -> tuple[float, float]:
    """(tip error mm, axis error degrees)."""
    assert truth.tip is not None and truth.axis is not None
    return float(np.linalg.norm(found_tip - truth.tip)), angle_deg(found_axis, truth.axis)
