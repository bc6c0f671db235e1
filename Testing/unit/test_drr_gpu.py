"""Radiographs by OpenGL against the processor's, drawn by Mesa's software where there is no graphics processor."""

from __future__ import annotations

import numpy as np
import pytest

from SlicerSpineGuide.geometry import Projection, apply, rigid, rigid_about
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration import drr_gpu
from SlicerSpineGuide.registration.drr import Projector, attenuation
from SlicerSpineGuide.registration.drr_gpu import GpuProjector, is_accelerated, projector_of, renderer_name

needs_opengl = pytest.mark.skipif(not renderer_name(), reason="no OpenGL 3.2, not even Mesa's software, is on this machine")


def carm(primary: float, secondary: float, size: int = 64, pitch: float = 2.0) -> Projection:
    return Projection.from_angles(primary, secondary, 1000, 650, (pitch, pitch), (size, size))


@needs_opengl
@pytest.mark.parametrize("angles", [(0, 0), (90, 0), (30, 15), (-70, -20)])
@pytest.mark.parametrize("mirrored", [False, True])
def test_it_draws_the_same_picture_as_the_processor(lidc_volume: Volume, angles, mirrored):
    centre = lidc_volume.lps_from_index[:3, 3] + [70, 70, 50]
    part = lidc_volume.crop(centre, 25)
    values, matrix = attenuation(part.voxels), part.lps_from_index
    if mirrored:  # the same patient, the slices counted from the other end
        flip = np.diag([1.0, 1.0, -1.0, 1.0])
        flip[2, 3] = len(values) - 1
        values, matrix = values[::-1], matrix @ flip
    pose = rigid_about(centre, [0.1, -0.05, 0.2], [5, -4, 6]) @ rigid(None, centre)
    view = carm(*angles)
    expected, drawn = Projector(values, matrix).render(view, pose), GpuProjector(values, matrix).render(view, pose)
    core = expected > 0.5 * expected.max()
    assert core.sum() > 200
    assert np.abs(drawn[core] / expected[core] - 1).mean() < 0.01
    assert np.corrcoef(drawn.ravel(), expected.ravel())[0, 1] > 0.999


@needs_opengl
def test_its_path_lengths_through_a_sphere_are_right_to_one_percent():
    count, voxel, radius = 96, 0.7, 30.0
    matrix = np.diag([voxel, voxel, voxel, 1.0])
    matrix[:3, 3] = -(count - 1) / 2 * voxel
    z, y, x = np.mgrid[:count, :count, :count] * voxel + matrix[0, 3]
    ball = np.clip(0.5 - (np.sqrt(x * x + y * y + z * z) - radius) / voxel, 0, 1)
    view = carm(25, 10)
    pixels = np.stack(np.meshgrid(np.arange(64), np.arange(64)), axis=-1)
    closest = np.linalg.norm(np.cross(view.ray(pixels), view.source), axis=-1)
    exact = 2 * np.sqrt(np.maximum(radius**2 - closest**2, 0))
    core = exact > radius
    drawn = GpuProjector(ball, matrix).render(view, np.eye(4))
    assert core.sum() > 200
    assert np.abs(drawn[core] / exact[core] - 1).max() < 0.01


@needs_opengl
def test_a_part_of_the_detector_off_the_beam_s_middle_shows_its_part():
    matrix = np.diag([2.0, 2.0, 2.0, 1.0])
    matrix[:3, 3] = -20
    values = np.random.default_rng(0).random((21, 21, 21)).astype(np.float32)
    whole = carm(0, 0, 64, 1.5)
    corner = Projection(whole.source, whole.to_detector([39.5, 25.5]), whole.u, whole.v, whole.pitch, (16, 20))
    projector = GpuProjector(values, matrix)
    assert np.allclose(projector.render(corner, np.eye(4)), projector.render(whole, np.eye(4))[16:36, 32:48], atol=0.02)


def test_negative_values_are_refused():
    with pytest.raises(ValueError, match="negative"):
        GpuProjector(np.full((4, 4, 4), -1.0), np.eye(4))


@pytest.mark.parametrize(
    ("name", "hardware"),
    [("NVIDIA H100", True), ("Mesa Intel(R) UHD Graphics", True), ("llvmpipe (LLVM 15.0.6, 256 bits)", False), ("", False)],
)
def test_the_graphics_processor_is_chosen_only_where_there_is_a_real_one(monkeypatch, lidc_volume, name, hardware):
    monkeypatch.setattr(drr_gpu, "renderer_name", lambda: name)
    is_accelerated.cache_clear()
    part = lidc_volume.crop(apply(lidc_volume.lps_from_index, [70, 70, 20]), 5)
    try:
        assert isinstance(projector_of(part), GpuProjector if hardware else Projector)
    finally:
        is_accelerated.cache_clear()
