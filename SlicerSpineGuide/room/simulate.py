"""`spineguide simulate`: the virtual room writes a case folder, or sends its images over C-STORE at the scanner's pace."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydicom.dataset import Dataset

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import Plan, PlanningCt, Trajectory, load_planning_ct
from SlicerSpineGuide.plan.zones import Zone, load_zones
from SlicerSpineGuide.recording.case import Truth, TruthFrame, check_plan_against_ct
from SlicerSpineGuide.room.case_writer import CaseWriter
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
    plan, planning, path, zones = read_inputs(planning_dir, plan_path, trajectory)
    kind = VirtualCt if chosen.carm is None else VirtualCarm
    room = kind(planning.volume, path, chosen, seed=seed, frames=frames, zones=zones)
    return Simulation(planning_dir, plan_path, plan, planning, room)


def read_inputs(
    planning_dir: Path, plan_path: Path, trajectory: str | None, plan: Plan | None = None
) -> tuple[Plan, PlanningCt, Trajectory, tuple[Zone, ...]]:
    """The plan, its planning CT, the trajectory of that id (None: the first) and the zones; BadInput names what is wrong with them.

    plan: in place of what the file says, whose folder still has the zones.
    """
    plan = Plan.load(plan_path) if plan is None else plan
    planning = load_planning_ct(planning_dir, plan.series_instance_uid)
    check_plan_against_ct(plan, planning, plan_path)
    return plan, planning, _trajectory(plan, trajectory, plan_path), load_zones(plan, plan_path.parent, planning)


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
    room = simulation.room
    writer = CaseWriter(out, planning_dir, plan_path, simulation.plan)
    images = LiveImages(simulation, CASE_DAY, f"{simulation.planning.series_instance_uid}/{room.scenario.name}/{seed}")
    for acquisition in room.acquisitions():
        writer.add(images.of(acquisition), acquisition.t, acquisition.truth)
        if progress is not None:
            progress(acquisition.index + 1, room.frame_count)
    name = room.trajectory.label or room.trajectory.id
    writer.finish(room.truth(writer.truths), room.modality, title=title or f"{name}: {room.scenario.name}", attribution=attribution)
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
    images = LiveImages(simulation, started, f"{simulation.planning.series_instance_uid}/{started.isoformat()}/{seed}")
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


class LiveImages:
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
