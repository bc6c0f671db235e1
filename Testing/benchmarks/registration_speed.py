"""Time and accuracy of tracking and capture, of SimpleITK and of itk-elastix, on the same 512x512 slices in the same run.

Every method runs over all slices of a CT as a live loop would, frame after frame; the methods take turns as blocks, each block begins
with a frame that is not counted, and the blocks are repeated. So nobody pays for another's memory in the caches.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from registration_peers import ELASTIX_SETTINGS, SITK_SETTINGS, ElastixPeer, SitkPeer, elastix_available
from registration_simulator import LiveScanner, Scanner, random_pose, target_error

from SlicerSpineGuide.geometry import FloatArray, apply
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.registration.slices import prepare

HEAD = ["CT", "method", "ms", "p95 ms", "processor ms", "of tracking", "TRE median mm", "TRE p95 mm", "TRE < 1 mm"]
LIVE = Scanner(field_mm=256.0, pitch_mm=0.5)  # 512x512
STEP = 1.1, 1.1  # mm, degrees from the middle of the motion: frame to frame about 2 mm at the vertebra
AWAY = 15.0, 15.0
BLOCKS = 3
PEER_FIELD_MM = 140.0


@dataclass(frozen=True, eq=False)
class LiveFrame:
    """A slice, its true plan_from_live, and the pose of the frame before it."""

    image: Slice
    truth: FloatArray
    before: FloatArray


Method = Callable[[LiveFrame], FloatArray | None]


def live_frames(scanner: LiveScanner, target: FloatArray, count: int, rng: np.random.Generator) -> list[LiveFrame]:
    """`count` frames of a patient who moves by about 2 mm from each to the next."""
    frames: list[LiveFrame] = []
    before = random_pose(rng, target, *STEP)  # from the middle of the motion itself no step would be long enough
    while len(frames) < count:
        truth = random_pose(rng, target, *STEP)
        if not 1.3 < target_error(before, truth, target) < 2.7:
            continue
        frames.append(LiveFrame(scanner.acquire(truth, target, LIVE, rng)[0], truth, before))
        before = truth
    return frames


def speed_rows(name: str, volume: Volume, target: FloatArray, frames: int, peer_frames: int, rng) -> Iterator[list[str]]:
    """Rows of HEAD for one CT: the product, then the peers, each on the first `peer_frames` of the frames."""
    scanner = LiveScanner(volume)
    moving = live_frames(scanner, target, frames, rng)
    poses = [random_pose(rng, target, *AWAY) for _ in range(frames)]
    lost = [LiveFrame(scanner.acquire(p, target, LIVE, rng)[0], p, np.eye(4)) for p in poses]
    product = prepare(volume, target, recovery=False)
    last = [moving[0].truth]

    def track(frame: LiveFrame) -> FloatArray | None:
        found = product.register([frame.image], last[0]).plan_from_live
        last[0] = frame.truth if found is None else found
        return found

    def capture(frame: LiveFrame) -> FloatArray | None:
        product.forget()
        return product.register([frame.image]).plan_from_live

    methods: dict[str, tuple[Method, list[LiveFrame]]] = {
        "tracking, 2 mm": (track, moving),
        "capture, 15 mm and 15 deg": (capture, lost),
    }
    peers = {f"SimpleITK {s}": SitkPeer(volume, target, LIVE.thickness_mm, s) for s in SITK_SETTINGS}
    if elastix_available():
        peers |= {f"itk-elastix {s}": ElastixPeer(volume, target, LIVE.thickness_mm, s) for s in ELASTIX_SETTINGS}
    for label, peer in peers.items():
        methods[label] = (lambda frame, peer=peer: started(peer.register, frame)), moving[:peer_frames]
    times, errors = measured(methods, target)
    base = np.median([wall for wall, _ in times["tracking, 2 mm"]])
    for label, values in times.items():
        wall, processor = np.array(values).T
        tre = np.array(errors[label])
        ms = f"{np.median(wall):.1f}", f"{np.percentile(wall, 95):.1f}", f"{np.median(processor):.1f}"
        accuracy = f"{np.median(tre):.3f}", f"{np.percentile(tre, 95):.3f}", f"{np.mean(tre < 1):.0%}"
        yield [name, label, *ms, f"{np.median(wall) / base:.0f}x", *accuracy]


def measured(methods: dict[str, tuple[Method, list[LiveFrame]]], target: FloatArray):
    """Per method: (wall, processor) milliseconds and TRE of every counted frame."""
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    errors: dict[str, list[float]] = defaultdict(list)
    for _ in range(BLOCKS):
        for label, (method, frames) in methods.items():
            method(frames[0])
            for frame in frames:
                wall, processor = time.perf_counter(), time.process_time()
                pose = method(frame)
                times[label].append((1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - processor)))
                errors[label].append(np.inf if pose is None else target_error(pose, frame.truth, target))
    return times, errors


def started(register: Callable[[Slice], FloatArray], frame: LiveFrame) -> FloatArray:
    """A peer, which starts at identity, given the pose of the frame before as its start, and the 140 mm that matter of the slice."""
    plane, start = frame.image.plane, frame.before
    first = round((plane.size[0] - PEER_FIELD_MM / plane.pitch[0]) / 2)
    count = plane.size[0] - 2 * first
    corner = plane.to_lps([first, first])
    placed = replace(plane, origin=apply(start, corner), u=start[:3, :3] @ plane.u, v=start[:3, :3] @ plane.v, size=(count, count))
    pixels = np.ascontiguousarray(frame.image.pixels[first : first + count, first : first + count])
    return np.asarray(register(Slice(pixels, placed)) @ start)
