"""Predicted against actual uncertainty of slice registration, by anatomy, noise, moving soft tissue and streaks.

    python Testing/benchmarks/registration_uncertainty.py --planning CT [--planning CT ...]

Columns: root mean square error and root mean square predicted standard deviation, of translation (mm) and rotation (degrees), each
the norm over three axes, and the share of frames whose error lies within the predicted 95 % region (chi-squared, six degrees of
freedom).
"""

from __future__ import annotations

import argparse

import numpy as np
from evaluation_tables import markdown_table
from registration import NEAR_MM, trocar
from registration_cases import add_case_arguments, cases
from registration_simulator import LiveScanner, Scanner, random_pose

from SlicerSpineGuide.geometry import apply, inverse, vector_from_rotation
from SlicerSpineGuide.registration.slices import prepare

CHI2_95 = 12.592  # six degrees of freedom
NOISE_HU = 30.0
NOISES = 10.0, NOISE_HU, 80.0
STREAKS_HU = 150.0, 400.0
FLESH_MM = 1.0, 6.0, 3.0
THICKNESSES = 2.0, 5.0
SLICES_MM = (0.0,), (-4.0, 0.0, 4.0)
HEAD = ["CT", "condition", "slices", "locked", "error mm", "predicted mm", "error deg", "predicted deg", "within 95 %"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_case_arguments(parser)
    parser.add_argument("--frames", type=int, default=15, help="per target, condition, thickness and number of slices")
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    print(markdown_table(HEAD, []))  # noqa: T201
    for name, volume, targets in cases(arguments):
        scanners = [LiveScanner(volume.crop(target, NEAR_MM)) for target in targets]
        flesh = [LiveScanner(volume.crop(target, NEAR_MM), np.array(FLESH_MM)) for target in targets]
        conditions: dict[str, tuple[float, float, list[LiveScanner]]] = {
            **{f"noise {noise:.0f} HU": (noise, 0.0, scanners) for noise in NOISES},
            "soft tissue moved by 7 mm": (NOISE_HU, 0.0, flesh),
            **{f"trocar, streaks of {streak:.0f} HU": (NOISE_HU, streak, scanners) for streak in STREAKS_HU},
        }
        for label, (noise, streak, among) in conditions.items():
            for offsets in SLICES_MM:
                errors, spreads, frames = [], [], 0
                for target, scanner in zip(targets, among, strict=True):
                    registration = prepare(volume, target, recovery=False)
                    for thickness in THICKNESSES:
                        for _ in range(arguments.frames):
                            truth = random_pose(rng, target, rng.uniform(0, 3), rng.uniform(0, 3))
                            about, settings = target + rng.uniform(-3, 3, 3), Scanner(120, 0.6, thickness, noise)
                            metal = trocar(target, streak, rng) if streak else None
                            live = scanner.acquire(truth, about, settings, rng, offsets, metal)
                            frames += 1
                            registration.forget()
                            result = registration.register(live, np.eye(4))
                            if result.status != "locked":
                                continue
                            rest = truth @ inverse(result.plan_from_live)
                            errors.append(np.r_[apply(rest, target) - target, vector_from_rotation(rest)])
                            spreads.append(result.covariance)
                cells = compared(np.array(errors), np.array(spreads))
                row = [name, label, str(len(offsets)), f"{len(errors)} of {frames}", *cells]
                print("| " + " | ".join(row) + " |", flush=True)  # noqa: T201


def compared(errors: np.ndarray, spreads: np.ndarray) -> list[str]:
    """Error and prediction of translation and rotation, and the share within the 95 % region, of (n, 6) and (n, 6, 6)."""
    if not len(errors):
        return ["-"] * 5
    variances = np.diagonal(spreads, axis1=1, axis2=2)
    distance = np.einsum("ni,nij,nj->n", errors, np.linalg.inv(spreads), errors)

    def rms(values: np.ndarray, unit: float) -> str:
        return f"{unit * np.sqrt(values.sum(axis=1).mean()):.3f}"

    degrees = 180 / np.pi
    mm = rms(errors[:, :3] ** 2, 1.0), rms(variances[:, :3], 1.0)
    deg = rms(errors[:, 3:] ** 2, degrees), rms(variances[:, 3:], degrees)
    return [*mm, *deg, f"{np.mean(distance < CHI2_95):.0%}"]


if __name__ == "__main__":
    main()
