"""What it costs to prepare a plan of 512x512x300 voxels, and the first frames of new tilts and thicknesses: time and memory."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from registration_simulator import LiveScanner, Scanner, random_pose

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.slices import prepare

PREPARATION_HEAD = ["step", "ms", "peak memory beyond the plan, MB"]
SIZE = 512, 512, 300
STEPS = {
    "first frame, 3 mm thick, no start": Scanner(),
    "second frame of the same": Scanner(),
    "first frame tilted by 20 degrees": Scanner(tilt_deg=20.0),
    "first frame 1 mm thick": Scanner(thickness_mm=1.0),
    "first frame 5 mm thick, tilted by -20 degrees": Scanner(thickness_mm=5.0, tilt_deg=-20.0),
}


def preparation(volume: Volume, target: FloatArray) -> list[list[str]]:
    """Rows of PREPARATION_HEAD, measured in a process of its own on `volume` resampled to 512x512x300 around `target`."""
    image = volume.to_sitk()
    spacing = [min(s, 0.75) for s in image.GetSpacing()[:2]] + [1.0]
    origin = target - (np.array(SIZE) - 1) / 2 * spacing
    axes = np.eye(3).ravel().tolist()
    plan = sitk.Resample(image, SIZE, sitk.Transform(), sitk.sitkLinear, origin.tolist(), spacing, axes, -1024)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (sitk.GetArrayFromImage(plan), spacing, origin, target))


def _measure(voxels: np.ndarray, spacing: list[float], origin: np.ndarray, target: FloatArray) -> list[list[str]]:
    matrix = np.diag([*spacing, 1.0])
    matrix[:3, 3] = origin
    plan, rng = Volume(voxels, matrix), np.random.default_rng(0)
    scanner = LiveScanner(plan)
    frames = {label: scanner.acquire(random_pose(rng, target, 2, 2), target, s, rng) for label, s in STEPS.items()}
    del scanner
    before = _restart_peak()
    rows = []
    registration = None
    for label, live in [("prepare", None), *frames.items()]:
        start = time.perf_counter()
        if live is None:
            registration = prepare(plan, target, recovery=False)
        else:
            registration.forget()
            registration.register(live)
        ms = 1e3 * (time.perf_counter() - start)
        rows.append([label, f"{ms:.0f}", f"{_peak_mb() - before:.0f}"])
    return rows


def _restart_peak() -> float:
    """Have Linux count the peak of this process's memory anew; MB now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak_mb()


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
