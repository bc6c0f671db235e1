"""Trajectories as 3D Slicer's markups: lines in .mrk.json (LPS or RAS), pairs of points in .fcsv.

Formats: Slicer's markups JSON schema 1.0.3 (positions in LPS unless coordinateSystem says RAS) and its fiducial CSV, version 4.11.
What a line cannot hold (level, instrument, tolerance) travels in the description of its first point, as JSON.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan.model import InstrumentSpec, Trajectory
from SlicerSpineGuide.translation import tr

SCHEMA = "https://raw.githubusercontent.com/slicer/slicer/master/Modules/Loadable/Markups/Resources/Schema/markups-schema-v1.0.3.json#"
FCSV_COLUMNS = "id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID"
System = Literal["LPS", "RAS"]
Point = tuple[float, float, float]


def write_markups(trajectories: Sequence[Trajectory], path: Path, system: System = "LPS") -> None:
    """Write trajectories to .mrk.json or .fcsv, by the file's name; entry first, then target."""
    text = _fcsv(trajectories, system) if path.suffix == ".fcsv" else _markups_json(trajectories, system)
    path.write_text(text, encoding="utf-8")


def read_markups(path: Path, instrument: InstrumentSpec) -> list[Trajectory]:
    """The trajectories of a .mrk.json (its lines) or an .fcsv (its points, two by two), in planning-CT LPS mm.

    A line drawn in Slicer says nothing of the instrument: it gets `instrument`. BadInput names the file and the line that is no
    trajectory: not two points, an entry that equals its target, a path longer than the instrument.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(tr("{path} cannot be read: {why}.").format(path=path, why=error)) from None
    lines = _fcsv_lines(path, text) if path.suffix == ".fcsv" else _json_lines(path, text)
    if not lines:
        raise BadInput(tr("{path} holds no line: draw one from the entry to the target.").format(path=path))
    return [_trajectory(path, number, name, points, note, instrument) for number, (name, points, note) in enumerate(lines)]


def _note(trajectory: Trajectory) -> str:
    return trajectory.model_dump_json(exclude={"entry_lps", "target_lps"})


def _in(system: System, point: Sequence[float]) -> Point:
    """LPS to `system`, or back: the same change of sign."""
    x, y, z = (float(c) for c in point)
    return (x, y, z) if system == "LPS" else (-x, -y, z)


def _markups_json(trajectories: Sequence[Trajectory], system: System) -> str:
    markups = [
        {
            "type": "Line",
            "coordinateSystem": system,
            "coordinateUnits": "mm",
            "controlPoints": [
                {"id": "1", "label": "entry", "description": _note(t), "position": _in(system, t.entry_lps)},
                {"id": "2", "label": "target", "description": t.label, "position": _in(system, t.target_lps)},
            ],
        }
        for t in trajectories
    ]
    return json.dumps({"@schema": SCHEMA, "markups": markups}, indent=1) + "\n"


def _fcsv(trajectories: Sequence[Trajectory], system: System) -> str:
    out = io.StringIO()
    out.write(f"# Markups fiducial file version = 4.11\n# CoordinateSystem = {system}\n# columns = {FCSV_COLUMNS}\n")
    rows = csv.writer(out, lineterminator="\n")
    for number, t in enumerate(trajectories):
        for k, (label, point, note) in enumerate((("entry", t.entry_lps, _note(t)), ("target", t.target_lps, t.label))):
            rows.writerow([2 * number + k + 1, *_in(system, point), 0, 0, 0, 1, 1, 1, 0, f"{t.id} {label}", note, ""])
    return out.getvalue()


Line = tuple[str, list[Point], str]  # name, points in LPS, the first point's description


def _json_lines(path: Path, text: str) -> list[Line]:
    try:
        document = json.loads(text)
        return [_json_line(m, n) for n, m in enumerate(document["markups"]) if m.get("type") in ("Line", None)]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise BadInput(tr("{path} is no markups file of 3D Slicer: save the line as .mrk.json again.").format(path=path)) from None


def _json_line(markup: dict[str, Any], number: int) -> Line:
    system: System = "RAS" if markup.get("coordinateSystem", "LPS") in ("RAS", "0", 0) else "LPS"
    points = markup["controlPoints"]
    return f"line-{number + 1}", [_in(system, p["position"]) for p in points], str(points[0].get("description", "")) if points else ""


def _fcsv_lines(path: Path, text: str) -> list[Line]:
    system: System = "LPS"
    for row in text.splitlines():
        if row.startswith("#") and "CoordinateSystem" in row:
            system = "RAS" if row.partition("=")[2].strip() in ("RAS", "0") else "LPS"
    rows = list(csv.reader(row for row in text.splitlines() if row.strip() and not row.startswith("#")))
    try:
        points = [(_in(system, [float(c) for c in row[1:4]]), row[12] if len(row) > 12 else "") for row in rows]
    except (ValueError, TypeError):
        raise BadInput(tr("{path} is no fiducial file of 3D Slicer: save the points as .fcsv again.").format(path=path)) from None
    pairs = [points[k : k + 2] for k in range(0, len(points), 2)]
    return [(f"line-{n + 1}", [p for p, _ in pair], pair[0][1]) for n, pair in enumerate(pairs)]


def _trajectory(path: Path, number: int, name: str, points: list[Point], note: str, instrument: InstrumentSpec) -> Trajectory:
    if len(points) != 2:
        raise BadInput(
            tr("{path}: line {n} has {count} points: a trajectory has two, entry and target.").format(
                path=path, n=number + 1, count=len(points)
            )
        )
    known: dict[str, Any] = {"id": name, "instrument": instrument.model_dump()}
    try:
        noted = json.loads(note)
        known |= noted if isinstance(noted, dict) else {}
    except ValueError:
        pass  # somebody's own words
    try:
        return Trajectory.model_validate({**known, "entry_lps": points[0], "target_lps": points[1]})
    except ValidationError as error:
        why = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise BadInput(tr("{path}: line {n}: {why}.").format(path=path, n=number + 1, why=why.rstrip("."))) from None
