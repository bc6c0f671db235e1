"""The plan sheet: one page to print, with the numbers as the room speaks of them and pictures in the planes of the path."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkIOImage import vtkPNGWriter

from SlicerSpineGuide.geometry import FloatArray, apply, unit
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan.angles import Midline, RoomAngles, room_angles
from SlicerSpineGuide.plan.findings import Finding
from SlicerSpineGuide.plan.model import Plan, Trajectory
from SlicerSpineGuide.plan.planning_ct import PlanningCt
from SlicerSpineGuide.plan.procedures import procedures
from SlicerSpineGuide.plan.review import from_midline
from SlicerSpineGuide.translation import current_language, tr

PIXELS, PIXEL_MM = 360, 0.4
WINDOW = (-200.0, 900.0)  # HU, bone with the soft tissue still told from fat
PATH, EDGE, TARGET = (0, 200, 90), (0, 120, 60), (255, 255, 255)

STYLE = """@page{size:A4 portrait;margin:11mm}body{font:13px/1.35 sans-serif;margin:0 auto;max-width:188mm;color:#111}
h1{font-size:19px;margin:0}h2{font-size:16px;margin:0 0 4px}section{break-after:page}section:last-of-type{break-after:auto}
header{border-bottom:1px solid #888;margin-bottom:8px;padding-bottom:4px}header p{margin:2px 0;color:#444}
table{border-collapse:collapse;width:100%}td{padding:2px 14px 2px 0;vertical-align:top}td+td{font-weight:600}
tr+tr td{border-top:1px solid #ddd}
.big td+td{font-size:17px}figure{display:inline-block;margin:8px 6px 0 0;width:60mm;vertical-align:top}figcaption{font-size:11px}
img{width:60mm;display:block}ul{padding-left:0;list-style:none;margin:8px 0}.refuse{color:#b00020;font-weight:700}.warn{color:#8a5a00}
.refuse:before{content:"\\2717  "}.warn:before{content:"!  "}.note:before{content:"\\2713  "}
footer{margin-top:8px;font-weight:700}@media screen{body{margin:10mm auto}}"""


def sheet_html(plan: Plan, planning: PlanningCt, findings: Sequence[Finding], midlines: Mapping[str, Midline] | None = None) -> str:
    """The sheet as one self-contained HTML document in the current language, a printed page for each trajectory.

    midlines: by the trajectory's id, for the entry's distance from it.
    """
    title = tr("Plan sheet: {procedure}, patient {id}").format(procedure=_procedure_name(plan.procedure), id=plan.patient_id)
    pages = "".join(
        _page(title, plan, t, planning.volume, [f for f in findings if f.trajectory == t.id], (midlines or {}).get(t.id))
        for t in plan.trajectories
    )
    return (
        f'<!doctype html><html lang="{current_language()}"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{STYLE}</style>{pages}</html>\n"
    )


def _procedure_name(identifier: str) -> str:
    procedure = procedures().get(identifier)
    return tr(procedure.label) if procedure is not None else identifier


def _page(title: str, plan: Plan, t: Trajectory, volume: Volume, findings: Sequence[Finding], midline: Midline | None) -> str:
    series = tr("Planning CT: series {uid}").format(uid=plan.series_instance_uid)
    pictures = "".join(_figure(caption, png) for caption, png in path_pictures(t, volume))
    notes = "".join(f'<li class="{f.severity}">{html.escape(f.message)}</li>' for f in findings)
    return (
        f"<section><header><h1>{html.escape(title)}</h1><p>{html.escape(series)}</p></header><h2>{html.escape(t.label or t.id)}</h2>"
        f'<table class="big">{_rows(_at_the_table(t, midline))}</table><table>{_rows(_further(t))}</table>{pictures}<ul>{notes}</ul>'
        f"<footer>{html.escape(tr('Not for clinical use: research and training'))}</footer></section>"
    )


def _rows(numbers: Sequence[tuple[str, str]]) -> str:
    return "".join(f"<tr><td>{html.escape(k)}</td><td>{html.escape(v)}</td></tr>" for k, v in numbers)


def _figure(caption: str, png: bytes) -> str:
    data = base64.b64encode(png).decode()
    return f'<figure><img alt="" src="data:image/png;base64,{data}"><figcaption>{html.escape(caption)}</figcaption></figure>'


def _at_the_table(trajectory: Trajectory, midline: Midline | None) -> list[tuple[str, str]]:
    """What is read out at the table, in the order in which it is set there."""
    angles = room_angles(trajectory, midline)
    numbers = [(tr("Table position of the entry slice"), f"z = {angles.entry_z_mm:.1f} mm".replace("-", "−"))]
    if midline is not None:
        numbers.append((tr("Skin entry from the midline"), from_midline(angles, midline)))
    return [
        *numbers,
        (tr("In-plane angle from the vertical"), _in_plane(angles)),
        (tr("Cranio-caudal angle"), _tilt(angles)),
        (tr("Skin to target"), f"{angles.skin_to_target_mm:.0f} mm"),
    ]


def _further(trajectory: Trajectory) -> list[tuple[str, str]]:
    instrument, tolerance = trajectory.instrument, trajectory.tolerance
    return [
        (tr("Instrument"), f"{instrument.name}, {instrument.diameter_mm:g} mm × {instrument.length_mm:g} mm"),
        (tr("Tolerances"), f"{tolerance.lateral_mm:g} mm, {tolerance.angle_deg:g}°, {tolerance.depth_mm:g} mm"),
        (tr("Entry, LPS"), ", ".join(f"{c:.1f}" for c in trajectory.entry)),
        (tr("Target, LPS"), ", ".join(f"{c:.1f}" for c in trajectory.target)),
    ]


def _tilt(angles: RoomAngles) -> str:
    tilt = round(angles.cranio_caudal_deg, 1)
    where = "" if tilt == 0 else tr("hub towards the head") if tilt > 0 else tr("hub towards the feet")
    return f"{abs(tilt):.1f}° {where}".strip()


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
    index = apply(volume.index_from_lps, points)
    grey[((index < -0.5) | (index > np.array(volume.size) - 0.5)).any(axis=-1)] = 0  # the CT ends here
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
