"""How often a wrong pose is called locked: slices of other levels, other patients, mirrored, turned, and starts a level off.

    python Testing/benchmarks/registration_false_locks.py --planning CT_A --planning CT_B --trials 2000

A lock is false where the slice is not of this patient in this orientation, or where the pose is more than 2 mm off. Slices that
can be registered are in the mix: they show that locks do happen.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict

import numpy as np
from registration_cases import add_case_arguments, cases
from registration_simulator import LiveScanner, Scanner, random_pose, target_error

from SlicerSpineGuide.geometry import rigid_about
from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.registration.slices import prepare

WRONG_MM = 2.0


def scanner(rng) -> Scanner:
    pitch = float(rng.choice([0.4, 0.55, 0.7]))
    return Scanner(
        pitch * int(rng.choice([160, 192, 256])),
        pitch,
        float(rng.choice([1.5, 3, 5])),
        float(rng.choice([15, 30, 60])),
        profile_samples=5,
    )


def flipped(slices, rows: bool, columns: bool):
    step = slice(None, None, -1)
    return [
        Slice(np.ascontiguousarray(s.pixels[step if rows else slice(None), step if columns else slice(None)]), s.plane) for s in slices
    ]


def trial(kind, target, own, other, rng):
    """Slices and their true pose (None: there is none) of one trial; None where the CT has no such slice."""
    settings = scanner(rng)
    pose = random_pose(rng, target, rng.uniform(0, 10), rng.uniform(0, 10))
    if kind in ("right", "start a level off"):
        return own.acquire(pose, target, settings, rng), pose
    if kind == "other level":
        away = rng.choice([-1, 1]) * rng.uniform(18, 70)
        pose = rigid_about(target, [0, 0, 0], [0, 0, away]) @ pose
        return own.acquire(pose, target, settings, rng), pose
    if kind == "other patient":
        if other is None:
            return None
        scan, there = other
        shift = rigid_about(target, [0, 0, 0], there - target + rng.uniform(-15, 15, 3))
        return scan.acquire(shift @ pose, target, settings, rng), None
    slices = own.acquire(pose, target, settings, rng)
    rows, columns = {
        "mirrored left-right": (False, True),
        "mirrored front-back": (True, False),
        "turned by 180 degrees": (True, True),
    }[kind]
    return flipped(slices, rows, columns), None


KINDS = ("right", "other level", "other level", "other patient", "other patient", "mirrored left-right", "mirrored front-back",
         "turned by 180 degrees", "start a level off")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_case_arguments(parser)
    parser.add_argument("--trials", type=int, default=2000)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    loaded = [(name, LiveScanner(volume), volume, targets) for name, volume, targets in cases(arguments)]
    places = [(k, target) for k, entry in enumerate(loaded) for target in entry[3]]
    counts: dict[str, Counter] = defaultdict(Counter)
    worst_quality = defaultdict(float)
    share = -(-arguments.trials // len(places))
    for index, target in places:
        _, own, volume, _ = loaded[index]
        registration = prepare(volume, target, recovery=False)
        for k in range(share):
            kind = KINDS[k % len(KINDS)]
            others = [(i, t) for i, t in places if i != index]
            other = None
            if others:
                i, there = others[rng.integers(len(others))]
                other = loaded[i][1], there
            made = trial(kind, target, own, other, rng)
            if made is None:
                continue
            slices, truth = made
            start = (
                rigid_about(target, [0, 0, 0], [0, 0, rng.choice([-1, 1]) * rng.uniform(20, 40)])
                if kind == "start a level off"
                else None
            )
            registration.forget()  # the memory of one trial must not help the next
            result = registration.register(slices, start)
            right = truth is not None and result.usable and target_error(result.plan_from_live, truth, target) < WRONG_MM
            counts[kind][result.status] += 1
            counts[kind]["false lock"] += result.status == "locked" and not right
            if not right:
                worst_quality[kind] = max(worst_quality[kind], result.quality)
    lines = [
        "| slices | trials | locked | uncertain | lost | false locks | best quality of a wrong pose |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, c in counts.items():
        trials = c["locked"] + c["uncertain"] + c["lost"]
        cells = kind, trials, c["locked"], c["uncertain"], c["lost"], c["false lock"], f"{worst_quality[kind]:.2f}"
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    wrong = sum(c["false lock"] for c in counts.values())
    total = sum(c["locked"] + c["uncertain"] + c["lost"] for c in counts.values())
    lines += ["", f"False locks: {wrong} in {total} trials."]
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    main()
