"""The plan sheet: one page to print, with the numbers as the room speaks of them and pictures in the planes of the path."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkIOImage import vtkPNGWriter

from SlicerSpineGuide.geometry import FloatArray, unit
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.angles import RoomAngles, room_angles
from SlicerSpineGuide.plan.findings import Finding
from SlicerSpineGuide.plan.model import Plan, Trajectory
from SlicerSpineGuide.plan.planning_ct import PlanningCt
from SlicerSpineGuide.translation import current_language, tr

PIXELS, PIXEL_MM = 360, 0.4
WINDOW = (-200.0, 900.0)  # HU, bone with the soft tissue still told from fat
PATH, EDGE, TARGET = (0, 200, 90), (0, 120, 60), (255, 255, 255)

STYLE = """body{font:14px/1.35 sans-serif;margin:12mm;color:#111}h1{font-size:20px;margin:0}h2{font-size:16px;margin:14px 0 4px}
table{border-collapse:collapse}td{padding:2px 14px 2px 0}td+td{font-weight:600}figure{display:inline-block;margin:6px 8px 0 0}
figcaption{font-size:12px}img{width:80mm;image-rendering:auto}.refuse{color:#b00020;font-weight:700}.warn{color:#8a5a00}
footer{margin-top:10px;font-weight:700}@media print{body{margin:0}}"""


def sheet_html(plan: Plan, planning: PlanningCt, findings: Sequence[Finding]) -> str:
    """The sheet as one self-contained HTML page in the current language."""
    parts = [_trajectory(t, planning.volume, [f for f in findings if f.trajectory == t.id]) for t in plan.trajectories]
    title = tr("Plan sheet: {procedure}, patient {id}").format(procedure=plan.procedure, id=plan.patient_id)
    return (
        f'<!doctype html><html lang="{current_language()}"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{STYLE}</style><h1>{html.escape(title)}</h1>{''.join(parts)}"
        f"<footer>{html.escape(tr('Not for clinical use: research and training'))}</footer></html>\n"
    )


def _trajectory(trajectory: Trajectory, volume: Volume, findings: Sequence[Finding]) -> str:
    rows = "".join(f"<tr><td>{html.escape(k)}</td><td>{html.escape(v)}</td></tr>" for k, v in _numbers(trajectory))
    pictures = "".join(_figure(caption, png) for caption, png in path_pictures(trajectory, volume))
    notes = "".join(f'<li class="{f.severity}">{html.escape(f.message)}</li>' for f in findings)
    return f"<h2>{html.escape(trajectory.label or trajectory.id)}</h2><table>{rows}</table>{pictures}<ul>{notes}</ul>"


def _figure(caption: str, png: bytes) -> str:
    data = base64.b64encode(png).decode()
    return f'<figure><img alt="" src="data:image/png;base64,{data}"><figcaption>{html.escape(caption)}</figcaption></figure>'


def _numbers(trajectory: Trajectory) -> list[tuple[str, str]]:
    angles, instrument = room_angles(trajectory), trajectory.instrument
    return [
        (tr("Instrument"), f"{instrument.name}, {instrument.diameter_mm:g} mm × {instrument.length_mm:g} mm"),
        (tr("In-plane angle from the vertical"), _in_plane(angles)),
        (tr("Cranio-caudal angle"), f"{angles.cranio_caudal_deg:+.1f}°"),
        (tr("Skin to target"), f"{angles.skin_to_target_mm:.0f} mm"),
        (tr("Table position of the entry slice"), f"z = {angles.entry_z_mm:.1f} mm"),
        (tr("Entry, LPS"), ", ".join(f"{c:.1f}" for c in trajectory.entry)),
        (tr("Target, LPS"), ", ".join(f"{c:.1f}" for c in trajectory.target)),
    ]


def _in_plane(angles: RoomAngles) -> str:
    side = {"left": tr("towards the left"), "right": tr("towards the right")}.get(angles.towards, "")
    return f"{angles.in_plane_deg:.1f}° {side}".strip()


def path_pictures(trajectory: Trajectory, volume: Volume) -> list[tuple[str, bytes]]:
    """(caption, PNG): the plane through the path nearest to axial, the one nearest to sagittal, and across it at the target."""
    d = trajectory.direction
    left = unit(np.array([1.0, 0, 0]) - d * d[0])
    head = unit(np.array([0.0, 0, 1.0]) - d * d[2])
    middle = trajectory.target - d * min(40.0, trajectory.length_mm / 2)
    return [
        (tr("Along the path, from the feet"), _picture(trajectory, volume, middle, left, -d)),
        (tr("Along the path, from the side"), _picture(trajectory, volume, middle, -d, -head)),
        (tr("Across the path, at the target"), _picture(trajectory, volume, trajectory.target, left, -head)),
    ]


def _picture(trajectory: Trajectory, volume: Volume, centre: FloatArray, u: FloatArray, v: FloatArray) -> bytes:
    """A PNG of the plane through `centre`, u to the right and v downwards, with the path and the instrument's true width on it."""
    offsets = (np.arange(PIXELS) - (PIXELS - 1) / 2) * PIXEL_MM
    points = centre + offsets[None, :, None] * u + offsets[:, None, None] * v
    grey = np.clip((volume.sample(points) - WINDOW[0]) / (WINDOW[1] - WINDOW[0]), 0, 1) * 255
    image = np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)
    offset = points - trajectory.target
    along = -(offset @ trajectory.direction)
    beside = np.linalg.norm(offset + along[..., None] * trajectory.direction, axis=2)
    radius, on_path = trajectory.instrument.diameter_mm / 2, (along >= 0) & (along <= trajectory.length_mm)
    image[on_path & (np.abs(beside - radius) < PIXEL_MM * 0.7)] = EDGE
    image[on_path & (beside < PIXEL_MM * 0.7)] = PATH
    distance = np.linalg.norm(offset, axis=2)
    image[np.abs(distance - 2.0) < PIXEL_MM * 0.7] = TARGET
    return _png(image)


def _png(image: np.ndarray) -> bytes:  # type: ignore[type-arg]
    data = vtkImageData()
    data.SetDimensions(image.shape[1], image.shape[0], 1)
    data.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(image[::-1]).reshape(-1, 3), deep=True))
    writer = vtkPNGWriter()
    writer.SetInputData(data)
    writer.WriteToMemoryOn()
    writer.Write()
    return bytes(vtk_to_numpy(writer.GetResult()))
