"""Random situations for judging the instrument tracker in any CT: a path to a bone, an instrument near it, slices through it."""

from __future__ import annotations

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
    "6.5 mm screw": ("screw", 6.5, 45.0, 0.0, 3.0, 0.7, (12.0, 14.0)),
    "8 mm screw": ("screw", 8.0, 60.0, 0.0, 3.0, 0.8, (13.0, 15.0)),
    "16 mm tube": ("tube", 16.0, 130.0, 14.0, 0.0, 0.0, (0.0, 0.0)),
    "22 mm tube": ("tube", 22.0, 130.0, 19.5, 0.0, 0.0, (0.0, 0.0)),
}


@dataclass(frozen=True)
class Setting:
    """What is varied: the instrument, the slices, the noise, how the instrument lies in the slices."""

    instrument: str = "11G trocar"
    thickness_mm: float = 3.0
    slices: int = 3
    noise_hu: float = 30.0
    oblique_deg: float = 10.0
    matrix: int = 512
    bow_mm: float = 0.0
    blunt: bool = False
    streaks: float = 1.0
    companions: int = 0
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
            line = self._hu(target + steps[:, None] * outward)
            air = np.flatnonzero(line < -500)
            if len(air) and 35 < steps[air[0]] < reach and (line[air[0] :][:10] < -500).all() and (line[: air[0]] > -400).all():
                return target, target + steps[air[0]] * outward
        raise BadInput("--planning has no path from skin to bone of 35 to 110 mm: give a CT that shows the skin.")

    def _hu(self, points: FloatArray) -> np.ndarray:
        index = np.rint(apply(self.volume.index_from_lps, points)).astype(int)
        size = np.array(self.volume.size)
        inside = ((index >= 0) & (index < size)).all(axis=1)
        column, row, sheet = np.clip(index, 0, size - 1).T
        return np.where(inside, self.volume.voxels[sheet, row, column], -400)


def situation(anatomy: Anatomy, setting: Setting, seed: int, kind: str = "inside") -> Situation:
    """One frame. kind: 'inside' (tip well inside the slices), 'outside' (tip beyond them), 'none' (no instrument)."""
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
    others = [_companion(tool, trajectory, random, i) for i in range(setting.companions)]
    tools = others if kind == "none" else [tool, *others]
    motion = rigid_about(target, np.radians(random.uniform(-8, 8, 3)), random.uniform(-10, 10, 3))
    scanner = Scanner(setting.psf_mm, setting.noise_hu, 0.5, setting.maximum_hu, setting.streaks)
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
    half = setting.thickness_mm * setting.slices / 2
    into = tool.axis @ normal
    if kind == "outside":
        depth = -np.sign(into) * (half + random.uniform(1.5, 6.0)) if into else half + 6.0
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
    planes = slice_planes(centre, u, v, fov / setting.matrix, setting.matrix, setting.thickness_mm, setting.slices)
    return planes, kind == "inside" and abs(depth) < half


def _tilted(direction: FloatArray, degrees: float, random: np.random.Generator) -> FloatArray:
    turn = unit(np.cross(direction, random.standard_normal(3)))
    return rotation_from_vector(turn * np.radians(degrees)) @ direction


def _companion(tool: MetalTool, trajectory: Trajectory, random: np.random.Generator, index: int) -> MetalTool:
    """Another instrument that is not the one asked for: a contralateral trocar, then a clip, then a grid wire on the skin."""
    side = unit(np.cross(trajectory.direction, [0.0, 0, 1]))
    if index == 0:
        axis = _tilted(tool.axis, 15, random)
        return MetalTool(tool.tip + side * random.choice([-1, 1]) * random.uniform(25, 40), axis, 3.05, 125.0, taper_mm=2.5)
    if index == 1:
        return MetalTool(tool.tip + side * random.uniform(10, 40) - tool.axis * random.uniform(0, 40), side, 1.0, 8.0)
    along = np.array([0.0, 0, 1.0])
    return MetalTool(trajectory.entry + side * random.uniform(-30, 30) + along * 40, along, 1.5, 80.0, hu=4000.0)


def errors(found_tip: FloatArray, found_axis: FloatArray, truth: Situation) -> tuple[float, float]:
    """(tip error mm, axis error degrees)."""
    assert truth.tip is not None and truth.axis is not None
    return float(np.linalg.norm(found_tip - truth.tip)), angle_deg(found_axis, truth.axis)
