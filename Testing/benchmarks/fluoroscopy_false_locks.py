"""How often 2D/3D registration is sure of a wrong place: starts a level off, images of another level, another patient's images.

    python Testing/benchmarks/fluoroscopy_false_locks.py --planning CT --planning CT [...] [--docs docs/fluoroscopy.md]

CT: a folder with a DICOM series, or a volume file. The fixed images are RTK's or plastimatch's, as in fluoroscopy.py. 'start a level
off': the start is 20 to 40 mm up or down the spine from the truth. 'other level's image': the C-arm stands 25 to 40 mm up or down the
spine from where it is thought to be, and the field is collimated to a radius of 28 to 35 mm there. 'stranger': images of the next CT
of the list, where there is one. A false lock is a registration called locked whose target is off by more than 2 mm; with one view,
across its rays. With --trials FILE the counts are kept in that file, and those of a CT that it has are not made again.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from drr_peers import Plastimatch, Rtk, in_plan
from evaluation_tables import markdown_table, replace_marked
from fluoroscopy import Scene, judge, other_projector
from fluoroscopy_simulator import ImageChain, Patient, load_patient

from SlicerSpineGuide.geometry import FloatArray, Projection, rigid_about
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.registration.drr import attenuation
from SlicerSpineGuide.registration.xray import XrayPose, isocentre_at, prepare

KINDS = ("start a level off", "other level's image", "stranger")
Key = tuple[str, int]


def pose_near(place: FloatArray, rng: np.random.Generator) -> FloatArray:
    """plan_from_live of a C-arm over a place, off by some degrees and millimetres."""
    return rigid_about(place, np.radians(rng.normal(0, 3, 3)), rng.normal(0, 3, 3)) @ isocentre_at(place)


def shoot(projector: Rtk | Plastimatch, truth: FloatArray, collimation: float, rng: np.random.Generator) -> tuple[Radiograph, ...]:
    """From in front and from the side."""
    images = []
    for primary in (0.0, 90.0):
        view = Projection.from_angles(primary + rng.normal(0, 8), rng.normal(0, 8), 1000, 650, (0.58, 0.58), (512, 512))
        images.append(Radiograph(ImageChain(collimation=collimation).radiograph(projector.render(in_plan(view, truth)), rng), view))
    return tuple(images)


def level_off(rng: np.random.Generator, least: float) -> FloatArray:
    return np.array([0.0, 0.0, rng.choice([-1.0, 1.0]) * rng.uniform(least, 40)])


def trials(
    patient: Patient, projector: Rtk | Plastimatch, stranger: tuple[Patient, Rtk | Plastimatch], count: int, seed: int
) -> Iterator[tuple[Key, str]]:
    rng = np.random.default_rng(seed)
    for target in patient.targets:
        engine = prepare(patient.volume, target)
        for _ in range(count):
            right = pose_near(target, rng)
            other = pose_near(target + level_off(rng, 25), rng)
            elsewhere = stranger[0].targets[int(rng.integers(len(stranger[0].targets)))]
            cases = (
                (KINDS[0], shoot(projector, right, 1.6, rng), right, rigid_about(target, np.zeros(3), level_off(rng, 20)) @ right),
                (KINDS[1], shoot(projector, other, float(rng.uniform(0.29, 0.36)), rng), other, None),
                (KINDS[2], shoot(stranger[1], pose_near(elsewhere, rng), 1.6, rng), None, None),
            )
            for kind, images, truth, start in cases if stranger[0] is not patient else cases[:2]:
                for views in (2, 1):
                    found = engine.register(images[:views], start)
                    yield (
                        (kind, views),
                        outcome(patient, Scene(target, truth if truth is not None else right, images), found, views, truth is None),
                    )


def outcome(patient: Patient, scene: Scene, found: XrayPose, views: int, foreign: bool) -> str:
    if found.status != "locked":
        return "not locked"
    right = judge(patient, scene, isocentre_at(scene.target), found, views, (0.0, 0.0)).success and not foreign
    return "right" if right else f"false (quality {found.quality:.2f}, correlations {found.correlations})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--planning", type=Path, action="append", required=True)
    parser.add_argument("--targets", type=int, default=4, help="places along each CT's spine")
    parser.add_argument("--count", type=int, default=3, help="trials of each kind at each place")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--docs", type=Path, help="a Markdown file whose table marked 'false-locks' is rewritten")
    parser.add_argument("--trials", type=Path, help="a file of counts, one a line, to go on from")
    arguments = parser.parse_args()
    patients = [load_patient(path, arguments.targets) for path in arguments.planning]
    projectors = [other_projector(attenuation(p.volume.voxels), p.volume.lps_from_index) for p in patients]
    rows = (
        [json.loads(line) for line in arguments.trials.read_text().splitlines()]
        if arguments.trials and arguments.trials.exists()
        else []
    )
    for i, patient in enumerate(patients):
        if any(row[0] == patient.name for row in rows):
            continue
        n = (i + 1) % len(patients)
        counted: Counter[tuple[Key, str]] = Counter()
        for key, result in trials(patient, projectors[i], (patients[n], projectors[n]), arguments.count, arguments.seed + i):
            counted[key, result.split(" (")[0]] += 1
            if result.startswith("false"):
                print(patient.name, key, result, flush=True)  # noqa: T201
        for kind in KINDS:
            for views in (2, 1):
                right, open_, false = (counted[(kind, views), result] for result in ("right", "not locked", "false"))
                rows.append([patient.name, kind, str(views), str(right + open_ + false), str(right), str(open_), str(false)])
        print(markdown_table(["CT"], rows[-6:]), flush=True)  # noqa: T201
        if arguments.trials:
            arguments.trials.write_text("".join(json.dumps(row) + "\n" for row in rows))
    table = markdown_table(["CT", "trial", "views", "trials", "locked, within 2 mm", "not locked", "locked wrong"], rows)
    if arguments.docs:
        replace_marked(arguments.docs, "false-locks", table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
