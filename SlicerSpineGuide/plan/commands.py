"""`spineguide plan`: propose trajectories, check a plan, print its sheet, take it to Slicer and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as Terminal
from rich.table import Table

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan.catalogue import families
from SlicerSpineGuide.plan.checks import check_plan
from SlicerSpineGuide.plan.interchange import read_markups, write_markups
from SlicerSpineGuide.plan.model import InstrumentSpec, Plan
from SlicerSpineGuide.plan.planning_ct import load_planning_ct
from SlicerSpineGuide.plan.procedures import Procedure, procedures
from SlicerSpineGuide.plan.proposals import Proposal, propose
from SlicerSpineGuide.plan.segmentation import open_segmentation
from SlicerSpineGuide.plan.sheet import write_sheet
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
    instrument: Annotated[str, typer.Option(help="A model of Resources/Instruments.")] = "11G trocar",
    length: Annotated[float, typer.Option(help="Its length in mm.")] = 125,
    procedure: Annotated[str, typer.Option(help="A procedure of Resources/Procedures.")] = "vertebroplasty",
    pick: Annotated[int, typer.Option(min=1, help="Which of the candidates goes into the plan.")] = 1,
    names: NamesOption = None,
) -> None:
    """Find trajectories through a pedicle, ranked; a person decides."""
    chosen = _procedure(procedure)
    spec = _instrument(chosen, instrument, length)
    ct = load_planning_ct(planning)
    if side not in ("left", "right"):
        raise BadInput(tr("--side {side}: left or right.").format(side=side))
    vertebra = open_segmentation(segmentation, names).vertebra(level, ct)
    candidates = propose(ct.volume, vertebra, "left" if side == "left" else "right", spec, chosen.tolerance)
    terminal.print(_candidates(candidates))
    if out is None:
        return
    if pick > len(candidates):
        raise BadInput(tr("--pick {pick}: there are {n} candidates.").format(pick=pick, n=len(candidates)))
    Plan(
        patient_id=ct.patient_id,
        series_instance_uid=ct.series_instance_uid,
        frame_of_reference_uid=ct.frame_of_reference_uid,
        procedure=procedure,
        trajectories=(candidates[pick - 1].trajectory,),
    ).save(out)
    terminal.print(str(out))


@plan_app.command()
def check(plan: PlanArgument, planning: PlanningOption, segmentation: SegmentationOption = None, names: NamesOption = None) -> None:
    """Everything that speaks against a plan, and the numbers of what does not; exit status 1 where it is refused."""
    document = Plan.load(plan)
    ct = load_planning_ct(planning, document.series_instance_uid)
    levels = {t.level for t in document.trajectories}
    vertebrae = []
    if segmentation is not None:
        opened = open_segmentation(segmentation, names)
        vertebrae = [opened.vertebra(level, ct) for level in sorted(levels & opened.levels.keys())]
    findings = check_plan(document, ct.volume, load_zones(document, plan.parent, ct), vertebrae)
    words = {"refuse": tr("refused"), "warn": tr("look"), "note": tr("good")}
    for finding in findings:
        terminal.print(f"{words[finding.severity]}: {finding.message}")
    if any(f.severity == "refuse" for f in findings):
        raise typer.Exit(1)


@plan_app.command()
def sheet(plan: PlanArgument, planning: PlanningOption, out: Annotated[Path, typer.Option(help="The sheet, .html.")]) -> None:
    """A page to print: angles, depths and pictures of every trajectory."""
    document = Plan.load(plan)
    ct = load_planning_ct(planning, document.series_instance_uid)
    write_sheet(document, ct, check_plan(document, ct.volume, load_zones(document, plan.parent, ct)), out)
    terminal.print(str(out))


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


def _procedure(identifier: str) -> Procedure:
    known = procedures()
    if identifier not in known:
        raise BadInput(tr("--procedure {id} is unknown; known: {known}.").format(id=identifier, known=", ".join(known)))
    return known[identifier]


def _instrument(procedure: Procedure, name: str, length: float) -> InstrumentSpec:
    for family in (families()[i] for i in procedure.instruments):
        if any(model.name == name for model in family.models):
            return family.instrument(name, length)
    allowed = [model.name for i in procedure.instruments for model in families()[i].models]
    raise BadInput(
        tr("--instrument {name} is not one for {procedure}; choose from {known}.").format(
            name=name, procedure=procedure.id, known=", ".join(allowed)
        )
    )


def _candidates(candidates: list[Proposal]) -> Table:
    table = Table(
        "", tr("bone clearance, mm"), tr("canal clearance, mm"), tr("in-plane"), tr("cranio-caudal"), tr("skin to target, mm")
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
        )
    return table
