"""Radiographs from CT: path lengths against analytic phantoms, against ray-by-ray sampling, and their derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from SlicerSpineGuide.geometry import FloatArray, Projection, apply, inverse, rigid, rigid_about
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.drr import Projector, attenuation, window
from SlicerSpineGuide.registration.drr_motion import after_motion, jacobian, moved, pixel_motion

VOXEL = 0.8
COUNT = 120


def carm(primary: float, secondary: float, size: int = 160, pitch: float = 0.8) -> Projection:
    return Projection.from_angles(primary, secondary, 1000, 650, (pitch, pitch), (size, size))


def all_pixels(projection: Projection) -> FloatArray:
    return np.stack(np.meshgrid(np.arange(projection.size[0]), np.arange(projection.size[1])), axis=-1).astype(np.float64)


@pytest.fixture(scope="module")
def grid() -> tuple[FloatArray, FloatArray]:
    """Voxel centres (slices, rows, columns, 3) in LPS, centred on the origin, and lps_from_index."""
    matrix = np.diag([VOXEL, VOXEL, VOXEL, 1.0])
    matrix[:3, 3] = -(COUNT - 1) / 2 * VOXEL
    axis = matrix[0, 3] + VOXEL * np.arange(COUNT)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    return np.stack((x, y, z), axis=-1), matrix


def inside(signed_distance: FloatArray) -> FloatArray:
    """1 inside, 0 outside, partial volume between."""
    return np.clip(0.5 - signed_distance / VOXEL, 0, 1)


@pytest.mark.parametrize("angles", [(0, 0), (30, 10), (45, 0), (90, 0), (-70, 25), (180, -15)])
def test_the_paths_through_a_sphere_are_right_to_one_percent(grid, angles):
    points, matrix = grid
    radius = 30.0
    projector = Projector(inside(np.linalg.norm(points, axis=-1) - radius), matrix)
    view = carm(*angles)
    closest = np.linalg.norm(np.cross(view.ray(all_pixels(view)), view.source), axis=-1)
    exact = 2 * np.sqrt(np.maximum(radius**2 - closest**2, 0))
    drawn = projector.render(view, np.eye(4))
    core = exact > radius
    assert core.sum() > 1000
    assert np.abs(drawn[core] / exact[core] - 1).max() < 0.01
    assert abs(drawn.sum() / exact.sum() - 1) < 0.002


@pytest.mark.parametrize("angles", [(0, 0), (25, -10), (60, 15)])
def test_the_paths_through_the_wall_of_a_tube_are_right_to_one_percent(grid, angles):
    points, matrix = grid
    outer, inner = 36.0, 16.0
    distance = np.hypot(points[..., 0], points[..., 1])
    projector = Projector(inside(np.abs(distance - (outer + inner) / 2) - (outer - inner) / 2), matrix)
    view = carm(*angles, size=64)
    ray, source = view.ray(all_pixels(view)), view.source

    def chord(radius: float) -> FloatArray:
        a = ray[..., 0] ** 2 + ray[..., 1] ** 2
        b = ray[..., 0] * source[0] + ray[..., 1] * source[1]
        c = source[0] ** 2 + source[1] ** 2 - radius**2
        return 2 * np.sqrt(np.maximum(b * b - a * c, 0)) / a

    exact = chord(outer) - chord(inner)
    off_axis = np.abs(ray[..., 0] * source[1] - ray[..., 1] * source[0]) / np.hypot(ray[..., 0], ray[..., 1])
    away_from_edges = np.minimum(np.abs(off_axis - inner), np.abs(off_axis - outer)) > 2
    core = away_from_edges & (exact > 25)
    assert core.sum() > 500
    assert np.abs(projector.render(view, np.eye(4))[core] / exact[core] - 1).max() < 0.01


def test_it_agrees_with_sampling_every_ray_on_a_turned_patient(lidc_volume: Volume):
    centre = lidc_volume.lps_from_index[:3, 3] + [70, 70, 50]
    part = lidc_volume.crop(centre, 30)
    plan_from_live = rigid_about(centre, [0.1, -0.08, 0.12]) @ rigid(None, centre)
    view = carm(20, -12, size=24, pitch=4.0)
    values = attenuation(part.voxels)
    drawn = Projector(values, part.lps_from_index).render(view, plan_from_live)
    step = 0.25
    along = np.arange(500, 800, step)
    points = view.source + view.ray(all_pixels(view))[..., None, :] * along[:, None]
    index = apply(part.index_from_lps @ plan_from_live, points.reshape(-1, 3))
    sampled = trilinear(values, index).reshape(24, 24, -1).sum(axis=-1) * step
    assert np.percentile(np.abs(drawn - sampled), 90) < 0.01 * sampled.max()  # the rest looks along a face of the volume
    assert abs(drawn.mean() / sampled.mean() - 1) < 0.01


def trilinear(values: np.ndarray, index: FloatArray) -> FloatArray:
    """(N,) of (column, row, slice) indices (N, 3), 0 outside."""
    padded = np.pad(values, 1)
    place = np.clip(index[:, ::-1] + 1, 0, np.array(padded.shape) - 1.001)
    low = place.astype(int)
    part = place - low
    total = np.zeros(len(index))
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(corner, part, 1 - part), axis=1)
        total += weight * padded[tuple((low + corner).T)]
    return total


def test_a_window_shows_the_same_picture_at_another_pitch(lidc_volume: Volume):
    projector = Projector.of_ct(lidc_volume)
    centre = lidc_volume.lps_from_index[:3, 3] + [70, 70, 50]
    view, pose = carm(0, 0, size=101, pitch=0.8), rigid(None, centre)
    part = window(view, (40, 60), 2, (21, 11))
    assert np.allclose(part.to_detector([0, 0]), view.to_detector([20, 50]))
    whole = projector.render(view, pose)
    assert np.allclose(projector.render(part, pose), whole[50:71:2, 20:61:2], atol=0.02 * whole.max())


def test_moving_the_patient_moves_the_picture_as_the_jacobian_says():
    rng = np.random.default_rng(3)
    import SimpleITK as sitk

    noise = sitk.GetImageFromArray(rng.normal(size=(48, 48, 48)).astype(np.float32))
    values = sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(noise, 3.0))
    matrix = np.diag([1.5, 1.5, 1.5, 1.0])
    matrix[:3, 3] = [-30, -40, -20]
    projector = Projector(values, matrix)
    centre = apply(matrix, [23.5, 23.5, 23.5])
    pose = rigid_about(centre, [0.05, -0.1, 0.07], [3, 2, -4]) @ rigid(None, centre)
    view = carm(35, 12, size=90, pitch=1.5)
    seen = projector.render_with_depth(view, pose)
    slopes = jacobian(seen.integral, seen.moment, pixel_motion(view, pose, centre, seen.mean_depth))
    for k in range(6):
        step = np.zeros(6)
        step[k] = 0.3 if k < 3 else 0.006
        after = projector.render(view, rigid_about(centre, step[3:], step[:3]) @ pose)
        before = projector.render(view, rigid_about(centre, -step[3:], -step[:3]) @ pose)
        measured = ((after - before) / (2 * step[k])).ravel()
        stated = slopes[k].ravel()
        assert np.corrcoef(measured, stated)[0, 1] > 0.95, k
        assert 0.85 < float(measured @ stated / (measured @ measured)) < 1.1, k


def test_a_picture_moved_by_its_moment_is_the_one_that_a_projection_would_make(lidc_volume: Volume):
    projector = Projector.of_ct(lidc_volume)
    centre = apply(lidc_volume.lps_from_index, np.array(lidc_volume.size) / 2)
    pose = rigid(None, centre)
    view = carm(20, 8, size=70, pitch=1.5)
    seen = projector.render_with_depth(view, pose)
    motion = pixel_motion(view, pose, centre, seen.mean_depth)
    for small in ([1.5, -1.0, 2.0, 0.0, 0.0, 0.0], [0.5, 1.0, -1.0, 0.012, -0.012, 0.012]):
        truly = projector.render(view, moved(pose, np.array(small), centre))
        drawn = after_motion(seen, motion, np.array(small))
        inner = np.s_[8:-8, 8:-8]
        left_over = np.std((drawn - truly)[inner]) / np.std((seen.integral - truly)[inner])
        assert left_over < 0.2, small


def test_the_moment_tells_how_deep_things_lie():
    matrix = np.diag([1.0, 1.0, 1.0, 1.0])
    matrix[:3, 3] = [-10, -10, -10]
    ball = np.zeros((21, 21, 21), dtype=np.float32)
    ball[10, 10, 10] = 1
    depth = 12.0  # towards the detector, in an image from behind
    view = carm(0, 0, size=9, pitch=1.0)
    pose = inverse(rigid(None, view.normal * depth))
    seen = Projector(ball, matrix).render_with_depth(view, pose)
    middle = seen.integral.sum()
    assert seen.moment.sum() / middle + seen.mean_depth == pytest.approx(650 + depth, abs=0.5)


def test_mm_inside_the_volume_s_box_are_those_of_the_box():
    matrix = np.diag([2.0, 3.0, 1.0, 1.0])
    matrix[:3, 3] = [-19, -28.5, -9.5]  # 40 x 60 x 20 mm about the origin
    projector = Projector(np.zeros((20, 20, 20)), matrix)
    view = carm(0, 0, size=41, pitch=4.0)
    box = projector.inside(view, np.eye(4))
    assert box.integral[20, 20] == pytest.approx(60, abs=1e-3)
    assert box.integral[0, 20] == 0
    assert box.mean_depth == pytest.approx(650, abs=2)


def test_a_volume_behind_the_source_is_refused():
    projector = Projector(np.ones((10, 10, 10)), np.diag([10.0, 10.0, 10.0, 1.0]))
    with pytest.raises(ValueError, match="between the source and the detector"):
        projector.render(carm(0, 0, size=8), rigid(None, [50, -2000, 50]))
