"""`spineguide simulate`: the virtual room writes a case folder, or sends its images over C-STORE at the scanner's pace."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydicom.dataset import Dataset

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import Plan, PlanningCt, Trajectory, load_planning_ct
from SlicerSpineGuide.plan.zones import load_zones
from SlicerSpineGuide.recording.case import Case, CaseFrame, Truth, TruthFrame, check_plan_against_ct
from SlicerSpineGuide.room.live_series import LiveSeries, planning_header
from SlicerSpineGuide.room.run import Acquisition, Run
from SlicerSpineGuide.room.scenario import Scenario, scenario_named
from SlicerSpineGuide.room.sender import Peer, Sender
from SlicerSpineGuide.room.virtual_carm import VirtualCarm
from SlicerSpineGuide.room.virtual_ct import VirtualCt
from SlicerSpineGuide.translation import tr

Progress = Callable[[int, int], None]
CASE_DAY = datetime(2001, 1, 1, 10, 0, 0)  # written cases are the same whenever they are made


@dataclass(frozen=True, eq=False)
class Simulation:
    """A scenario set up on a planning CT and plan, ready to run."""

    planning_dir: Path
    plan_path: Path
    plan: Plan
    planning: PlanningCt
    room: Run


def prepare(
    planning_dir: Path,
    plan_path: Path,
    scenario: str | Scenario,
    *,
    seed: int = 0,
    frames: int | None = None,
    trajectory: str | None = None,
) -> Simulation:
    """Read and check what a simulation needs. BadInput: unknown scenario or trajectory, unusable plan, planning CT or zones."""
    chosen = scenario_named(scenario) if isinstance(scenario, str) else scenario
    plan = Plan.load(plan_path)
    planning = load_planning_ct(planning_dir, plan.series_instance_uid)
    check_plan_against_ct(plan, planning, plan_path)
    zones = load_zones(plan, plan_path.parent, planning)
    kind = VirtualCt if chosen.carm is None else VirtualCarm
    room = kind(planning.volume, _trajectory(plan, trajectory, plan_path), chosen, seed=seed, frames=frames, zones=zones)
    return Simulation(planning_dir, plan_path, plan, planning, room)


def simulate_case(
    planning_dir: Path,
    plan_path: Path,
    scenario: str | Scenario,
    out: Path,
    *,
    seed: int = 0,
    frames: int | None = None,
    trajectory: str | None = None,
    title: str = "",
    attribution: str = "",
    progress: Progress | None = None,
) -> Path:
    """Write a case folder with truth.json to `out`, which must not exist or be empty; returns it. The same input makes the same bytes.

    progress: called with (frames done, frames in all). BadInput as `prepare`, and where `out` is taken.
    """
    simulation = prepare(planning_dir, plan_path, scenario, seed=seed, frames=frames, trajectory=trajectory)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(tr("{path} exists already: name a new folder.").format(path=out))
    (out / "live").mkdir(parents=True, exist_ok=True)
    _copy_planning(simulation, out)
    images = _Images(simulation, CASE_DAY, f"{simulation.planning.series_instance_uid}/{simulation.room.scenario.name}/{seed}")
    entries: list[CaseFrame] = []
    truths: list[TruthFrame] = []
    for acquisition in simulation.room.acquisitions():
        names = []
        for dataset in images.of(acquisition):
            names.append(f"live/{dataset.InstanceNumber:06d}.dcm")
            dataset.save_as(out / names[-1], enforce_file_format=True)
        entries.append(CaseFrame(files=tuple(names), t=round(acquisition.t, 6)))
        truths.append(acquisition.truth)
        if progress is not None:
            progress(acquisition.index + 1, simulation.room.frame_count)
    level = simulation.room.trajectory.label or simulation.room.trajectory.id
    Case(
        title=title or f"{level}: {simulation.room.scenario.name}",
        modality="CT" if simulation.room.modality == "CT" else "XA",
        source="simulated",
        attribution=attribution,
        frames=tuple(entries),
    ).save(out / "case.json")
    simulation.room.truth(truths).save(out / "truth.json")
    return out


def send_live(
    planning_dir: Path,
    plan_path: Path,
    scenario: str | Scenario,
    peer: str,
    *,
    seed: int = 0,
    frames: int | None = None,
    trajectory: str | None = None,
    calling: str = "VIRTUALCT",
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime] = datetime.now,
) -> Truth:
    """Send a scenario's images to `peer` (AE@HOST:PORT) at the scanner's pace, under fresh UIDs; returns the truth.

    The images are computed while the earlier ones are sent: a computer too slow for the pace sends later, never fewer. BadInput as
    `prepare`, and where the peer cannot be reached, refuses the association, or answers an image with a failure.
    """
    simulation = prepare(planning_dir, plan_path, scenario, seed=seed, frames=frames, trajectory=trajectory)
    started = now()
    images = _Images(simulation, started, f"{simulation.planning.series_instance_uid}/{started.isoformat()}/{seed}")
    truths: list[TruthFrame] = []
    with Sender(Peer.parse(peer), calling) as sender:
        zero = clock()
        for acquisition in simulation.room.acquisitions():
            datasets = images.of(acquisition)
            sleep(max(0.0, zero + acquisition.t - clock()))
            for dataset in datasets:
                sender.store(dataset)
            truths.append(acquisition.truth)
            if progress is not None:
                progress(acquisition.index + 1, simulation.room.frame_count)
    return simulation.room.truth(truths)


class _Images:
    """Gives the acquisitions of a run their headers."""

    def __init__(self, simulation: Simulation, started: datetime, salt: str) -> None:
        header = planning_header(simulation.planning_dir, simulation.planning.series_instance_uid)
        self._room = simulation.room
        series = LiveSeries(header, salt, started)
        self._by_fault = {
            "": series,
            "wrong-patient": series.of_another_patient(),
            "new-frame-of-reference": series.in_a_new_frame_of_reference(),
        }
        self._count = 0

    def of(self, acquisition: Acquisition) -> list[Dataset]:
        fault = next((f for f in acquisition.faults if f in self._by_fault), "")
        datasets = []
        for image in acquisition.images:
            self._count += 1
            series = self._by_fault[fault]
            datasets.append(self._room.dataset(series, image, acquisition.index + 1, self._count, acquisition.t))
        return datasets


def _trajectory(plan: Plan, identifier: str | None, path: Path) -> Trajectory:
    try:
        return plan.trajectory(identifier)
    except KeyError:
        names = ", ".join(t.id for t in plan.trajectories)
        raise BadInput(tr("{path} has no trajectory {id!r}: it has {names}.").format(path=path, id=identifier, names=names)) from None


def _copy_planning(simulation: Simulation, out: Path) -> None:
    """Planning CT, plan and zones into the case; zone files keep their names, below zones/."""
    if simulation.planning_dir.resolve() != (out / "planning").resolve():
        shutil.copytree(simulation.planning_dir, out / "planning", dirs_exist_ok=True)
    document = json.loads(simulation.plan.model_dump_json(by_alias=True))
    for zone in document["zones"]:
        source = simulation.plan_path.parent / zone["file"]
        zone["file"] = f"zones/{source.name}"
        (out / "zones").mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, out / zone["file"], dirs_exist_ok=True)
        else:
            shutil.copyfile(source, out / zone["file"])
    (out / "plan.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
