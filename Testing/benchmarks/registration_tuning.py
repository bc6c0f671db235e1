"""How the peers' settings were found: each on the same slices of a CT, with its time and TRE.

    python Testing/benchmarks/registration_tuning.py --planning CT [--frames 4]

registration_peers.py holds, of each method, the fastest setting whose TRE is within a tenth of the method's best.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from registration_cases import add_case_arguments, cases
from registration_peers import (
    ONE_LEVEL,
    THREE_LEVELS,
    TWO_LEVELS,
    ElastixPeer,
    ElastixSetting,
    SitkPeer,
    SitkSetting,
    elastix_available,
)
from registration_simulator import LiveScanner, Scanner, random_pose, target_error

METRICS = "correlation", "mean squares", "Mattes"


def sitk_settings() -> list[SitkSetting]:
    result = []
    for metric in METRICS:
        result += [
            SitkSetting(metric),
            SitkSetting(metric, region="disc"),
            SitkSetting(metric, region="bone"),
            SitkSetting(metric, sampling=0.2),
            SitkSetting(metric, region="disc", sampling=0.3),
            SitkSetting(metric, TWO_LEVELS),
            SitkSetting(metric, TWO_LEVELS, "disc"),
            SitkSetting(metric, ONE_LEVEL, "disc"),
            SitkSetting(metric, THREE_LEVELS, "disc", least_step=0.02),
            SitkSetting(metric, TWO_LEVELS, "disc", step=0.5, least_step=0.01),
            SitkSetting(metric, TWO_LEVELS, least_step=0.01, sampling=0.3),
            SitkSetting(metric, TWO_LEVELS, least_step=0.001, iterations=200),
        ]
    return result


def elastix_settings() -> list[ElastixSetting]:
    return [
        ElastixSetting(metric, resolutions, iterations, samples)
        for metric in ("AdvancedNormalizedCorrelation", "AdvancedMeanSquares", "AdvancedMattesMutualInformation")
        for resolutions, iterations, samples in (
            (3, 250, 3000),
            (2, 250, 3000),
            (2, 100, 3000),
            (2, 100, 1000),
            (1, 250, 2000),
            (2, 500, 5000),
        )
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_case_arguments(parser)
    parser.add_argument("--frames", type=int, default=4, help="per target")
    arguments = parser.parse_args()
    print("| CT | method and setting | ms | processor ms | TRE median mm | TRE max mm |\n|---|---|---|---|---|---|")  # noqa: T201
    for name, volume, targets in cases(arguments):
        scanner, rng, live = LiveScanner(volume), np.random.default_rng(arguments.seed), []
        for target in targets:
            for _ in range(arguments.frames):
                truth = random_pose(rng, target, 2.0, 2.0)
                live.append((target, truth, scanner.acquire(truth, target, Scanner(), rng)[0]))
        settings = [*sitk_settings(), *(elastix_settings() if elastix_available() else [])]
        for setting in settings:
            make = SitkPeer if isinstance(setting, SitkSetting) else ElastixPeer
            peers = {tuple(t): make(volume, t, Scanner().thickness_mm, setting) for t in targets}
            wall, processor, errors = [], [], []
            for target, truth, image in live:
                before = time.perf_counter(), time.process_time()
                pose = peers[tuple(target)].register(image)
                wall.append(1e3 * (time.perf_counter() - before[0]))
                processor.append(1e3 * (time.process_time() - before[1]))
                errors.append(target_error(pose, truth, target))
            row = f"| {name} | {setting} | {np.median(wall):.0f} | {np.median(processor):.0f}"
            print(f"{row} | {np.median(errors):.3f} | {max(errors):.3f} |", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
