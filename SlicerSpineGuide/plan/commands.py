"""`spineguide plan`: propose trajectories, check a plan, print its sheet, take it to Slicer and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as Terminal
from rich.table import Table

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan.choices import instrument_of, procedure_of
from SlicerSpineGuide.plan.interchange import read_markups, write_markups
from SlicerSpineGuide.plan.model import Plan
from SlicerSpineGuide.plan.planner import Planner
from SlicerSpineGuide.plan.planning_ct import load_planning_ct
from SlicerSpineGuide.plan.proposals import Proposal, Side
from SlicerSpineGuide.plan.segmentation import open_segmentation
from SlicerSpineGuide.plan.zones import load_zones
from SlicerSpineGuide.translation import tr

plan_app = typer.Typer(no_args_is_help=True)
terminal = Terminal(highlight=False, soft_wrap=True)

PlanningOption = Annotated[Path, typer.Option(help="The planning CT: a folder with one DICOM series.")]
SegmentationOption = Annotated[Path | None, typer.Option(help="A label map (TotalSegmentator's labels), a .seg.nrrd or a DICOM SEG.")]
NamesOption = Annotated[Path | None, typer.Option(help="Names of a plain label map's labels, in the form of Resources/Labels.")]
PlanArgument = Annotated[Path, typer.Argument(help="plan.json; its zones lie beside it.")]


@plan_app.command(name="propose")
def propose_command(
    planning: PlanningOption,
    segmentation: Annotated[Path, typer.Option(help="A label map (TotalSegmentator's labels), a .seg.nrrd or a DICOM SEG.")],
    level: Annotated[str, typer.Option(help="The vertebra, T12 for example.")],
    side: Annotated[str, typer.Option(help="left or right.")],
    out: Annotated[Path | None, typer.Option(help="Write the plan (plan.json) with the chosen trajectory here.")] = None,
    instrument: Annotated[
        str | None, typer.Option(help="A model of Resources/Instruments; by default the procedure's usual one.")
    ] = None,
    length: Annotated[float | None, typer.Option(help="Its length in mm; by default the one that fits.")] = None,
    procedure: Annotated[str, typer.Option(help="A procedure of Resources/Procedures.")] = "vertebroplasty",
    approach: Annotated[str | None, typer.Option(help="One of the procedure's approaches; by default its first.")] = None,
    pick: Annotated[int, typer.Option(min=1, help="Which of the candidates goes into the plan.")] = 1,
    add: Annotated[Path | None, typer.Option(help="A plan that the chosen trajectory is added to, with its zones.")] = None,
    names: NamesOption = None,
) -> None:
    """Find trajectories for a level, ranked; a person decides."""
    spec = None if instrument is None else instrument_of(procedure, instrument, length)
    if length is not None and instrument is None:
        raise BadInput(tr("--length {length:g}: of which --instrument?").format(length=length))
    procedure_of(procedure)
    ct = load_planning_ct(planning)
    if side not in ("left", "right"):
        raise BadInput(tr("--side {side}: left or right.").format(side=side))
    planner = Planner(ct, open_segmentation(segmentation, names))
    which: Side = "left" if side == "left" else "right"
    candidates = planner.propose(procedure, level, which, approach, spec, fit_length=length is None)
    terminal.print(_candidates(candidates))
    if out is None:
        return
    if pick > len(candidates):
        raise BadInput(tr("--pick {pick}: there are {n} candidates.").format(pick=pick, n=len(candidates)))
    chosen = candidates[pick - 1].trajectory
    if add is None:
        plan = planner.plan(procedure, (chosen,))
    else:
        before = Plan.load(add)
        plan = planner.plan(procedure, (*(t for t in before.trajectories if t.id != chosen.id), chosen), before.zones)
    plan.save(out)
    terminal.print(str(out))


@plan_app.command()
def check(plan: PlanArgument, planning: PlanningOption, segmentation: SegmentationOption = None, names: NamesOption = None) -> None:
    """Everything that speaks against a plan, and the numbers of what does not; exit status 1 where it is refused."""
    document, planner = _opened(plan, planning, segmentation, names)
    findings = planner.check(document)
    words = {"refuse": tr("refused"), "warn": tr("look"), "note": tr("good")}
    for finding in findings:
        terminal.print(f"{words[finding.severity]}: {finding.message}")
    if any(f.severity == "refuse" for f in findings):
        raise typer.Exit(1)


@plan_app.command()
def sheet(
    plan: PlanArgument,
    planning: PlanningOption,
    out: Annotated[Path, typer.Option(help="The sheet, .html.")],
    segmentation: SegmentationOption = None,
    names: NamesOption = None,
) -> None:
    """A page to print: angles, depths and pictures of every trajectory."""
    document, planner = _opened(plan, planning, segmentation, names)
    out.write_text(planner.sheet(document), encoding="utf-8")
    terminal.print(str(out))


def _opened(plan: Path, planning: Path, segmentation: Path | None, names: Path | None) -> tuple[Plan, Planner]:
    document = Plan.load(plan)
    ct = load_planning_ct(planning, document.series_instance_uid)
    segments = None if segmentation is None else open_segmentation(segmentation, names)
    return document, Planner(ct, segments, load_zones(document, plan.parent, ct))


@plan_app.command(name="export")
def export_markups(
    plan: PlanArgument,
    out: Annotated[Path, typer.Option(help="For 3D Slicer: .mrk.json or .fcsv.")],
    ras: Annotated[bool, typer.Option("--ras", help="In RAS coordinates; LPS without.")] = False,
) -> None:
    """Take the trajectories to 3D Slicer."""
    write_markups(Plan.load(plan).trajectories, out, "RAS" if ras else "LPS")
    terminal.print(str(out))


@plan_app.command(name="import")
def import_markups(
    plan: PlanArgument,
    lines: Annotated[Path, typer.Option(help="Lines from 3D Slicer: .mrk.json or .fcsv.")],
    out: Annotated[Path, typer.Option(help="The plan with the lines as its trajectories.")],
) -> None:
    """Take lines corrected or drawn in 3D Slicer into a plan; a new line gets the instrument of the plan's first trajectory."""
    document = Plan.load(plan)
    trajectories = read_markups(lines, document.trajectories[0].instrument)
    document.model_copy(update={"trajectories": tuple(trajectories)}).save(out)
    Plan.load(out)
    terminal.print(str(out))


def _candidates(candidates: list[Proposal]) -> Table:
    table = Table(
        "",
        tr("bone clearance, mm"),
        tr("canal clearance, mm"),
        tr("in-plane"),
        tr("cranio-caudal"),
        tr("skin to target, mm"),
        tr("in bone, mm"),
        tr("density, HU"),
        tr("instrument"),
    )
    for number, candidate in enumerate(candidates, 1):
        angles = candidate.angles
        table.add_row(
            str(number),
            f"{candidate.bone_clearance_mm:.1f}",
            f"{candidate.canal_clearance_mm:.1f}",
            f"{angles.in_plane_deg:.0f}° {tr(angles.towards)}",
            f"{angles.cranio_caudal_deg:+.0f}°",
            f"{angles.skin_to_target_mm:.0f}",
            f"{candidate.in_bone_mm:.0f}",
            f"{candidate.density_hu:.0f}",
            f"{candidate.trajectory.instrument.name}, {candidate.trajectory.instrument.length_mm:g} mm",
        )
    return table
