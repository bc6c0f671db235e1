"""Predicted against actual uncertainty of slice registration, by anatomy and noise.

    python Testing/benchmarks/registration_uncertainty.py --planning CT [--planning CT ...]

Columns: root mean square error and root mean square predicted standard deviation, of translation (mm) and rotation (degrees), each
the norm over three axes, and the share of frames whose error lies within the predicted 95 % region (chi-squared, six degrees of
freedom).
"""

from __future__ import annotations

import argparse

import numpy as np
from registration_cases import add_case_arguments, cases
from registration_simulator import LiveScanner, Scanner, random_pose

from SlicerSpineGuide.geometry import apply, inverse, vector_from_rotation
from SlicerSpineGuide.registration.slices import prepare

CHI2_95 = 12.592  # six degrees of freedom
NOISES = 10.0, 30.0, 80.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_case_arguments(parser)
    parser.add_argument("--frames", type=int, default=15, help="per target, noise and thickness")
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    lines = [
        "| CT | noise HU | frames | error mm | predicted mm | error deg | predicted deg | within 95 % |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, volume, targets in cases(arguments):
        scanner = LiveScanner(volume)
        for noise in NOISES:
            errors, spreads = [], []
            for target in targets:
                registration = prepare(volume, target, recovery=False)
                for thickness in (2.0, 5.0):
                    for _ in range(arguments.frames):
                        truth = random_pose(rng, target, rng.uniform(0, 3), rng.uniform(0, 3))
                        live = scanner.acquire(truth, target + rng.uniform(-3, 3, 3), Scanner(120, 0.6, thickness, noise), rng)
                        registration.forget()
                        result = registration.register(live, np.eye(4))
                        if result.status != "locked":
                            continue
                        rest = truth @ inverse(result.plan_from_live)
                        errors.append(np.r_[apply(rest, target) - target, vector_from_rotation(rest)])
                        spreads.append(result.covariance)
            lines.append(
                "| " + " | ".join([name, f"{noise:.0f}", str(len(errors)), *compared(np.array(errors), np.array(spreads))]) + " |"
            )
    print("\n".join(lines))  # noqa: T201


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
