"""A new CT onto the planning CT, per vertebra, and the slices that follow it: time and accuracy.

    python Testing/benchmarks/registration_volumes.py --planning CT [--planning CT ...] [--trials 3]
    python Testing/benchmarks/registration_volumes.py --planning CT_A --planning CT_B --wrong 4

The new CT is the same patient in another frame of reference, 50 mm and 20 degrees away, on other voxels, with noise; "prone": turned
round by 180 degrees for the table as well, stored as such, soft tissue moved by 8 mm; "neighbours turned": the levels beyond the
target's have turned by 5.7 degrees. Times by the wall clock. --wrong: instead, new CTs that must not be locked: of another patient,
mirrored left to right, and of the same patient where the target's vertebra is not in view (a lock is right only at the true pose).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

import numpy as np
import SimpleITK as sitk
from evaluation_tables import markdown_table
from registration_cases import add_case_arguments, cases
from registration_room import articulated, levels_share
from registration_simulator import LiveScanner, Scanner, random_pose, target_error

from SlicerSpineGuide.geometry import FloatArray, inverse, rigid_about
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.slices import prepare
from SlicerSpineGuide.registration.volumes import register_volume

HEAD = ["CT", "new CT", "trials", "locked", "s median", "s max", "TRE median mm", "TRE max mm", "slices that follow: TRE median mm"]
WRONG_HEAD = ["new CT", "trials", "locked", "uncertain", "lost", "false locks"]
AWAY = 50.0, 20.0
OUT_OF_VIEW_MM = 115.0  # along the body: half the new CT's length and a level and a half
SIZE, SPACING = (200, 200, 90), (0.9, 0.9, 1.5)


def new_ct(
    patient: Volume, plan_from_live: FloatArray, target: FloatArray, rng: np.random.Generator, beside_mm: float = 0.0
) -> Volume:
    """A CT of `patient` around the target after the motion, its middle `beside_mm` along the body from there, on voxels of its own;
    air where the plan ends."""
    there = target + [0.0, 0.0, beside_mm]
    middle = inverse(plan_from_live)[:3] @ [*there, 1.0] + rng.uniform(-15, 15, 3)
    origin = middle - (np.array(SIZE) - 1) / 2 * SPACING
    move = sitk.AffineTransform(3)
    move.SetMatrix(plan_from_live[:3, :3].ravel().tolist())
    move.SetTranslation(plan_from_live[:3, 3].tolist())
    image = sitk.Cast(patient.to_sitk(), sitk.sitkFloat32)
    cut = sitk.Resample(image, SIZE, move, sitk.sitkLinear, origin.tolist(), SPACING, np.eye(3).ravel().tolist(), -1024)
    volume = Volume.from_sitk(cut)
    return Volume((volume.voxels + rng.normal(0, 20, volume.voxels.shape)).astype(np.int16), volume.lps_from_index)


def turned_storage(volume: Volume) -> Volume:
    """The same volume with its columns and rows stored the other way, as of a prone patient."""
    columns, rows, _ = volume.size
    matrix = volume.lps_from_index @ np.diag([-1.0, -1.0, 1.0, 1.0])
    matrix[:3, 3] = (volume.lps_from_index @ [columns - 1, rows - 1, 0, 1])[:3]
    return Volume(np.ascontiguousarray(volume.voxels[:, ::-1, ::-1]), matrix)


def patients(volume: Volume, target: FloatArray) -> dict[str, Volume]:
    bent = articulated(volume, levels_share(volume, target), rigid_about(target, np.radians([4.0, 0, 4.0]), [1.5, -2.0, 1.0]))
    image = sitk.Cast(volume.to_sitk(), sitk.sitkFloat32)
    bone = sitk.BinaryMorphologicalClosing(image > 200, [max(1, round(7.0 / s)) for s in image.GetSpacing()])
    far = sitk.GetArrayFromImage(sitk.SignedMaurerDistanceMap(bone, squaredDistance=False, useImageSpacing=True))
    hanging = articulated(volume, np.clip(far / 15.0, 0, 1), rigid_about(target, [0, 0, 0], [0, -8.0, 0]))
    return {"supine": volume, "prone": hanging, "neighbours turned": bent}


def wrong_rows(entries: list[tuple[str, Volume, list[FloatArray]]], trials: int, rng: np.random.Generator) -> list[list[str]]:
    """Per kind of a new CT that must not be locked: trials, the verdicts, false locks."""
    counts: dict[str, Counter[str]] = {}
    for k, (_, volume, targets) in enumerate(entries):
        _, other, others = entries[(k + 1) % len(entries)]
        mirrored = Volume(np.ascontiguousarray(volume.voxels[:, :, ::-1]), volume.lps_from_index)
        for target in targets:
            for _ in range(trials):
                truth = random_pose(rng, target, *AWAY)
                across = (volume.lps_from_index @ [volume.size[0] - 1, 0, 0, 1])[0] + volume.lps_from_index[0, 3] - target[0]
                away = rng.choice([-1, 1]) * OUT_OF_VIEW_MM
                made = {
                    "mirrored left-right": new_ct(mirrored, truth, np.array([across, *target[1:]]), rng),
                    "vertebra not in view": new_ct(volume, truth, target, rng, away),
                }
                if len(entries) > 1:
                    made["other patient"] = new_ct(other, truth, others[rng.integers(len(others))], rng)
                for kind, live in made.items():
                    found = register_volume(live, volume, target)
                    right = kind == "vertebra not in view" and found.usable and target_error(found.plan_from_live, truth, target) < 2
                    tally = counts.setdefault(kind, Counter())
                    tally[found.status] += 1
                    tally["false"] += found.status == "locked" and not right
    heads = "locked", "uncertain", "lost", "false"
    return [[kind, str(sum(c.values()) - c["false"]), *(str(c[h]) for h in heads)] for kind, c in counts.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_case_arguments(parser)
    parser.add_argument("--trials", type=int, default=3, help="per target")
    parser.add_argument("--wrong", type=int, default=0, help="instead: so many trials per target of CTs that must not be locked")
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    if arguments.wrong:
        print(markdown_table(WRONG_HEAD, wrong_rows(cases(arguments), arguments.wrong, rng)))  # noqa: T201
        return
    rows = []
    for name, volume, targets in cases(arguments):
        for kind in ("supine", "prone", "neighbours turned"):
            seconds, errors, followed, locked = [], [], [], 0
            for target in targets:
                patient = patients(volume, target)[kind]
                scanner, slices = LiveScanner(patient), prepare(volume, target, recovery=False)
                for _ in range(arguments.trials):
                    truth = random_pose(rng, target, *AWAY)
                    live = new_ct(patient, truth, target, rng)
                    live = turned_storage(live) if kind == "prone" else live
                    start = time.perf_counter()
                    found = register_volume(live, volume, target)
                    seconds.append(time.perf_counter() - start)
                    if found.status != "locked":
                        continue
                    locked += 1
                    errors.append(target_error(found.plan_from_live, truth, target))
                    there = inverse(truth)[:3] @ [*target, 1.0]
                    slices.forget()
                    next_ = slices.register(scanner.acquire(truth, there, Scanner(), rng), found.plan_from_live)
                    followed.append(target_error(next_.plan_from_live, truth, target) if next_.status == "locked" else np.inf)
            tre = np.array(errors or [np.nan])
            numbers = np.median(seconds), np.max(seconds), np.median(tre), tre.max(), np.median(followed or [np.nan])
            cells = [f"{v:.1f}" for v in numbers[:2]] + [f"{v:.3f}" for v in numbers[2:]]
            rows.append([name, kind, str(len(seconds)), f"{locked / len(seconds):.0%}", *cells])
            print(" | ".join(rows[-1]), flush=True)  # noqa: T201
    print("\n" + markdown_table(HEAD, rows))  # noqa: T201


if __name__ == "__main__":
    main()
