"""What is drawn stands where the registration puts it, and is gone when it is not true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

slicer = pytest.importorskip("slicer", reason="the scene needs slicer-core (extra 'console')")

from scene_fixtures import PATIENT, hidden, plan_in, planning_of, pose_near, tilted_plane, update_at  # noqa: E402
from vtkmodules.util.numpy_support import vtk_to_numpy  # noqa: E402
from vtkmodules.vtkCommonMath import vtkMatrix4x4  # noqa: E402

from SlicerSpineGuide.geometry import Projection, apply, inverse, rigid_about, rotate  # noqa: E402
from SlicerSpineGuide.guidance.types import Alert, AlertCode  # noqa: E402
from SlicerSpineGuide.intake.frame import Radiograph  # noqa: E402
from SlicerSpineGuide.registration.result import Registration  # noqa: E402
from SlicerSpineGuide.scene import GuidanceScene  # noqa: E402
from SlicerSpineGuide.scene.coordinates import ras_from_lps, ras_transform  # noqa: E402
from SlicerSpineGuide.scene.outlines import convex_hull  # noqa: E402
from SlicerSpineGuide.scene.shapes import BONE_HU, instrument_surface, pose_along  # noqa: E402
from SlicerSpineGuide.scene.views import across_path_view, along_path_view  # noqa: E402


@pytest.fixture
def mrml():
    return slicer.vtkMRMLScene()


@pytest.fixture
def plan(lidc_volume):
    return plan_in(lidc_volume)


@pytest.fixture
def scene(mrml, lidc_volume, plan):
    return GuidanceScene(mrml, planning_of(lidc_volume), plan)


def slice_node(mrml, name):
    logic = slicer.vtkMRMLSliceLogic()
    logic.SetMRMLScene(mrml)
    node = logic.AddSliceNode(name)
    node.SetDimensions(400, 300, 1)
    node.owner = logic  # the composite node lives as long as its logic
    return node


def matrix_of(vtk_matrix):
    return np.array([[vtk_matrix.GetElement(i, j) for j in range(4)] for i in range(4)])


def world_of(node, index):
    """The world RAS point of a volume node's voxel (column, row, slice), parent transforms included."""
    ijk_to_ras, to_world = vtkMatrix4x4(), vtkMatrix4x4()
    node.GetIJKToRASMatrix(ijk_to_ras)
    if node.GetParentTransformNode() is not None:
        node.GetParentTransformNode().GetMatrixTransformToWorld(to_world)
    return (matrix_of(to_world) @ matrix_of(ijk_to_ras) @ [*index, 1.0])[:3]


def plan_is_drawn_in(scene, node):
    displays = [n.GetDisplayNode() for n in (scene.path, scene.tube, scene.target)]
    drawn = {bool(d.GetVisibility() and d.IsDisplayableInView(node.GetID())) for d in displays}
    assert len(drawn) == 1, "path, tube and target come and go together"
    return drawn.pop()


def background_of(node):
    return slicer.vtkMRMLSliceLogic.GetSliceCompositeNode(node).GetBackgroundVolumeID()


def test_ras_and_lps_are_each_others_inverse():
    points = np.array([[1.0, 2.0, 3.0], [-4.0, 5.0, -6.0]])
    np.testing.assert_allclose(ras_from_lps(points), [[-1, -2, 3], [4, -5, -6]])
    np.testing.assert_allclose(ras_from_lps(ras_from_lps(points)), points)
    motion = pose_near(points[0])
    np.testing.assert_allclose(apply(ras_transform(motion), ras_from_lps(points)), ras_from_lps(apply(motion, points)))


def test_a_voxel_of_the_planning_ct_stands_where_the_ct_says(scene, lidc_volume):
    index = (7, 11, 5)
    np.testing.assert_allclose(
        world_of(scene.planning_volume, index), ras_from_lps(apply(lidc_volume.lps_from_index, index)), atol=1e-9
    )
    voxels = vtk_to_numpy(scene.planning_volume.GetImageData().GetPointData().GetScalars())
    assert voxels[7 + lidc_volume.size[0] * (11 + lidc_volume.size[1] * 5)] == lidc_volume.voxels[5, 11, 7]


def test_a_live_pixel_stands_where_the_registration_puts_it_and_the_planning_ct_stays(scene, lidc_volume, plan):
    before = world_of(scene.planning_volume, (0, 0, 0))
    update = update_at(lidc_volume, plan)
    scene.show(update)
    live = update.frame.slices[0]
    expected = apply(update.registration.plan_from_live, live.plane.to_lps([31, 57]))
    np.testing.assert_allclose(world_of(scene.live.node, (31, 57, 0)), ras_from_lps(expected), atol=1e-6)
    np.testing.assert_allclose(world_of(scene.planning_volume, (0, 0, 0)), before)
    assert scene.planning_volume.GetParentTransformNode() is None
    pixels = vtk_to_numpy(scene.live.node.GetImageData().GetPointData().GetScalars()).reshape(live.pixels.shape)
    np.testing.assert_allclose(pixels, live.pixels, atol=1.0)


def test_the_live_view_lies_in_the_live_slices_plane_whatever_its_tilt(mrml, scene, lidc_volume, plan):
    node = slice_node(mrml, "live")
    scene.add_live_view(node)
    for tilt in (0.0, 12.0, -25.0):
        update = update_at(lidc_volume, plan, tilt_deg=tilt)
        scene.show(update)
        pose, plane = update.registration.plan_from_live, update.frame.slices[0].plane
        view = matrix_of(node.GetSliceToRAS())
        np.testing.assert_allclose(view[:3, 0], ras_from_lps(rotate(pose, plane.u)), atol=1e-9)
        np.testing.assert_allclose(view[:3, 1], ras_from_lps(rotate(pose, -plane.v)), atol=1e-9)
        off = (ras_from_lps(view[:3, 3]) - apply(pose, plane.origin)) @ rotate(pose, plane.normal)
        assert abs(off) < 1e-6


def test_the_instrument_is_a_cylinder_of_its_true_diameter_that_ends_at_the_tip(scene, lidc_volume, plan):
    update = update_at(lidc_volume, plan, depth_mm=20.0, lateral_mm=1.5)
    scene.show(update)
    points = vtk_to_numpy(scene.instrument.GetPolyData().GetPoints().GetData()).astype(float)
    pose = vtkMatrix4x4()
    scene.instrument_pose.GetMatrixTransformToWorld(pose)
    lps = ras_from_lps(points @ matrix_of(pose)[:3, :3].T + matrix_of(pose)[:3, 3])
    offset = lps - update.instrument.tip
    along = offset @ update.instrument.axis
    across = np.linalg.norm(offset - np.outer(along, update.instrument.axis), axis=1)
    assert along.max() == pytest.approx(0.0, abs=1e-3)
    assert along.min() == pytest.approx(-125.0, abs=1e-3)
    assert across.max() == pytest.approx(3.05 / 2, abs=1e-3)
    assert scene.instrument.GetDisplayNode().GetVisibility()


@pytest.mark.parametrize(("diameter", "length"), [(0.7, 90.0), (3.05, 125.0), (8.0, 50.0)])
def test_every_instrument_keeps_its_diameter_and_length(diameter, length):
    bounds = instrument_surface(diameter, length).GetBounds()
    assert bounds[1] - bounds[0] == pytest.approx(diameter, rel=0.01)
    assert bounds[5] - bounds[4] == pytest.approx(length, rel=1e-6)
    assert bounds[5] == pytest.approx(0.0, abs=1e-6)


def test_a_pose_along_an_axis_is_a_rotation():
    for axis in np.vstack([np.eye(3), -np.eye(3), [[0.3, -0.5, 0.8]]]):
        pose = pose_along((1, 2, 3), axis)
        np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-12)
        assert np.linalg.det(pose[:3, :3]) == pytest.approx(1.0)
        np.testing.assert_allclose(pose[:3, 2], axis / np.linalg.norm(axis))


def test_without_a_deviation_no_instrument_is_drawn(mrml, scene, lidc_volume, plan):
    update = update_at(lidc_volume, plan)
    scene.show(update)
    assert scene.instrument.GetDisplayNode().GetVisibility()
    scene.show(replace(update, deviation=None))
    assert not scene.instrument.GetDisplayNode().GetVisibility()
    scene.show(update)
    scene.show(hidden(update, "No instrument is seen in the image."))
    displays = [scene.instrument.GetNthDisplayNode(i) for i in range(scene.instrument.GetNumberOfDisplayNodes())]
    assert len(displays) == 2 and not any(d.GetVisibility() for d in displays)


def test_a_stale_image_keeps_the_plan_out_of_the_live_view_but_not_out_of_the_planning_ct(mrml, scene, lidc_volume, plan):
    live, along = slice_node(mrml, "live"), slice_node(mrml, "along")
    scene.add_live_view(live)
    scene.add_along_view(along)
    update = update_at(lidc_volume, plan)
    scene.show(update)
    assert plan_is_drawn_in(scene, live) and plan_is_drawn_in(scene, along)
    stale = Alert(AlertCode.IMAGE_STALE, "high", "The last image is 3 s old.")
    scene.show(replace(hidden(update, "The last image is 3 s old."), alerts=(stale,)))
    assert not plan_is_drawn_in(scene, live)
    assert plan_is_drawn_in(scene, along)


@pytest.mark.parametrize("status", ["lost", "uncertain", "none"])
def test_without_a_locked_registration_the_plan_is_not_drawn_over_the_live_image(mrml, scene, lidc_volume, plan, status):
    live = slice_node(mrml, "live")
    scene.add_live_view(live)
    update = update_at(lidc_volume, plan)
    scene.show(update)
    pose = update.registration.plan_from_live if status == "uncertain" else None
    scene.show(replace(hidden(update, "lost"), registration=Registration(status, pose)))
    assert not plan_is_drawn_in(scene, live)
    assert background_of(live) == scene.live.node.GetID(), "the image itself stays to be seen"


def test_an_image_of_another_patient_is_never_shown(mrml, scene, lidc_volume, plan):
    live = slice_node(mrml, "live")
    scene.add_live_view(live)
    update = update_at(lidc_volume, plan)
    scene.show(update)
    before = vtk_to_numpy(scene.live.node.GetImageData().GetPointData().GetScalars()).copy()
    other = replace(update.frame.images[0], patient_id=PATIENT + "X")
    other = replace(other, image=replace(other.image, pixels=other.image.pixels + 500))
    scene.show(replace(update, frame=replace(update.frame, images=(other,))))  # even where guidance had missed it
    assert not background_of(live)
    assert not scene.instrument.GetDisplayNode().GetVisibility()
    np.testing.assert_array_equal(vtk_to_numpy(scene.live.node.GetImageData().GetPointData().GetScalars()), before)


def test_of_parallel_slices_the_one_through_the_tip_is_shown(scene, lidc_volume, plan):
    update = update_at(lidc_volume, plan, tilt_deg=0.0)
    pose, middle = update.registration.plan_from_live, update.frame.images[0]
    images = []
    for offset in (-6.0, 0.0, 6.0):
        plane = middle.image.plane
        moved = replace(middle.image, plane=tilted_plane(plane.centre + offset * plane.normal, 0.0))
        images.append(replace(middle, image=moved))
    near = apply(pose, images[2].image.plane.centre + 1.0)
    scene.show(replace(update, frame=replace(update.frame, images=tuple(images)), instrument=replace(update.instrument, tip=near)))
    np.testing.assert_allclose(scene.live.plane.origin, images[2].image.plane.origin)


def xray_projection(target):
    """A view of an isocentre-centred patient, the isocentre on the target; pixels of 0.6 mm."""
    direction = np.array([0.9, -0.3, 0.2]) / np.linalg.norm([0.9, -0.3, 0.2])  # across the path
    u = np.cross(direction, [0, 0, 1.0]) / np.linalg.norm(np.cross(direction, [0, 0, 1.0]))
    v = np.cross(u, direction)
    return Projection(source=-750 * direction, detector_centre=450 * direction, u=u, v=v, pitch=(0.6, 0.6), size=(400, 400))


@pytest.fixture
def xray_update(lidc_volume, plan):
    """A locked radiograph: live coordinates have the isocentre at the origin."""
    update = update_at(lidc_volume, plan)
    target = plan.trajectory().target
    image = Radiograph(np.tile(np.linspace(50, 4000, 400, dtype=np.float32), (400, 1)), xray_projection(target))
    frame = replace(update.frame, modality="XA", images=(replace(update.frame.images[0], modality="XA", image=image),))
    pose = rigid_about((0, 0, 0), (0.02, 0.05, -0.03), target)
    return replace(update, frame=frame, registration=replace(update.registration, plan_from_live=pose))


def outline_pixels(scene, name, projection):
    """The pixel coordinates of an outline's points, from its node's world positions back through the projection."""
    node = next(n for n in scene._layers[0].nodes if n.GetName().endswith(name))
    ras = vtk_to_numpy(node.GetPolyData().GetPoints().GetData()).astype(float)
    live = ras_from_lps(ras)  # the node's own coordinates are live ones; the registration is its parent transform
    return node, projection.project(live)


def test_over_a_radiograph_plan_and_instrument_are_drawn_where_they_project(mrml, scene, plan, xray_update):
    live = slice_node(mrml, "live")
    scene.add_live_view(live)
    scene.show(xray_update)
    projection, path = xray_update.frame.radiographs[0].projection, plan.trajectory()
    live_from_plan = inverse(xray_update.registration.plan_from_live)
    node, pixels = outline_pixels(scene, "planned path", projection)
    for point in (path.entry, path.target):
        expected = projection.project(apply(live_from_plan, point))
        assert np.linalg.norm(pixels - expected, axis=1).min() < 1e-3
    node, pixels = outline_pixels(scene, "instrument", projection)
    assert node.GetDisplayNode().GetVisibility() and node.GetParentTransformNode() is scene.registration
    tip = projection.project(apply(live_from_plan, xray_update.instrument.tip))
    assert np.linalg.norm(pixels - tip, axis=1).min() < 1e-3
    middle = apply(live_from_plan, xray_update.instrument.tip - 40 * xray_update.instrument.axis)
    magnified = 3.05 * 1200 / ((middle - projection.source) @ projection.normal) / 0.6
    along = pixels[np.argmax(np.linalg.norm(pixels - tip, axis=1))] - tip
    across = (pixels - tip) @ np.array([-along[1], along[0]]) / np.linalg.norm(along)
    assert np.ptp(across) == pytest.approx(magnified, rel=0.2), "its true diameter, magnified by the projection"


def test_over_a_radiograph_nothing_is_drawn_that_was_cut_from_the_planning_ct(mrml, scene, xray_update):
    live, along = slice_node(mrml, "live"), slice_node(mrml, "along")
    scene.add_live_view(live)
    scene.add_along_view(along)
    scene.show(xray_update)
    assert not plan_is_drawn_in(scene, live) and plan_is_drawn_in(scene, along)
    assert not scene.instrument.GetDisplayNode().IsDisplayableInView(live.GetID())
    assert scene.instrument.GetDisplayNode().IsDisplayableInView(along.GetID())
    scene.show(hidden(xray_update, "No instrument is seen."))
    outline, _ = outline_pixels(scene, "instrument", xray_update.frame.radiographs[0].projection)
    assert not outline.GetDisplayNode().GetVisibility()
    scene.show(replace(hidden(xray_update, "lost"), registration=Registration("lost")))
    assert not any(n.GetDisplayNode().GetVisibility() for n in scene._layers[0].nodes[1:])


def test_a_radiograph_without_geometry_is_shown_and_nothing_over_it(mrml, scene, xray_update):
    live = slice_node(mrml, "live")
    scene.add_live_view(live)
    image = xray_update.frame.images[0]
    bare = replace(image, image=Radiograph(image.image.pixels, None, "The image states no geometry."))
    scene.show(
        replace(
            hidden(xray_update, "no geometry"), frame=replace(xray_update.frame, images=(bare,)), registration=Registration("none")
        )
    )
    assert background_of(live) == scene.live.node.GetID()
    assert not any(n.GetDisplayNode().GetVisibility() for n in scene._layers[0].nodes[1:])


def test_a_convex_hull_keeps_the_corners_only():
    square = np.array([[0, 0], [4, 0], [4, 4], [0, 4], [2, 2], [2, 0], [1, 3]], dtype=float)
    assert {tuple(p) for p in convex_hull(square)} == {(0, 0), (4, 0), (4, 4), (0, 4)}


def test_views_along_and_across_the_path_contain_it_as_they_say(plan):
    path = plan.trajectory()
    for turn in (0.0, 90.0):
        view = ras_from_lps(along_path_view(path, turn))
        normal = view[:3, 2]
        assert abs((path.entry - view[:3, 3]) @ normal) < 1e-9 and abs((path.target - view[:3, 3]) @ normal) < 1e-9
        np.testing.assert_allclose(view[:3, 1], -path.direction, atol=1e-12)
    across = ras_from_lps(across_path_view(path, 10.0))
    np.testing.assert_allclose(np.abs(across[:3, 2] @ path.direction), 1.0)
    np.testing.assert_allclose(across[:3, 3], path.target - 10 * path.direction)
    assert across[2, 1] > 0.5, "the patient's head is up"


def test_another_trajectory_replaces_the_former_and_leaves_no_node_behind(mrml, scene, lidc_volume, plan):
    scene.show(update_at(lidc_volume, plan))
    count = mrml.GetNumberOfNodes()
    for name in ("left", "right", "left"):
        scene.select_trajectory(name)
    assert mrml.GetNumberOfNodes() == count
    assert scene.trajectory.id == "left"
    entry = [0.0, 0.0, 0.0]
    scene.path.GetNthControlPointPositionWorld(0, entry)
    np.testing.assert_allclose(entry, ras_from_lps(plan.trajectory("left").entry), atol=1e-6)
    assert not scene.instrument.GetDisplayNode().GetVisibility(), "it was the other path's instrument"


def test_many_images_cost_no_new_nodes_and_no_new_voxels(mrml, scene, lidc_volume, plan):
    first = update_at(lidc_volume, plan)
    scene.show(first)
    count, image = mrml.GetNumberOfNodes(), scene.live.node.GetImageData()
    for k in range(1, 20):
        scene.show(replace(first, frame=replace(first.frame, index=k), instrument=replace(first.instrument)))
    assert mrml.GetNumberOfNodes() == count
    assert scene.live.node.GetImageData() is image


def test_an_update_of_the_same_frame_redraws_nothing(scene, lidc_volume, plan):
    update = update_at(lidc_volume, plan)
    scene.show(update)
    before = scene.live.node.GetImageData().GetMTime(), scene.registration.GetMTime(), scene.instrument_pose.GetMTime()
    scene.show(replace(update, at_s=5.0, image_age_s=0.4))
    assert (scene.live.node.GetImageData().GetMTime(), scene.registration.GetMTime(), scene.instrument_pose.GetMTime()) == before


def test_hiding_takes_instrument_and_plan_away_at_once_and_the_next_update_brings_them_back(mrml, scene, lidc_volume, plan):
    live = slice_node(mrml, "live")
    scene.add_live_view(live)
    update = update_at(lidc_volume, plan)
    scene.show(update)
    scene.hide_position()
    assert not scene.instrument.GetDisplayNode().GetVisibility() and not plan_is_drawn_in(scene, live)
    scene.show(update)
    assert scene.instrument.GetDisplayNode().GetVisibility() and plan_is_drawn_in(scene, live)


def test_the_bone_surface_lies_on_bone_about_the_target_and_is_light(scene, lidc_volume, plan):
    surface = scene.make_bone()
    assert 2000 < surface.GetNumberOfPolys() < 100_001
    points = ras_from_lps(vtk_to_numpy(surface.GetPoints().GetData()))
    assert np.abs(points - plan.trajectory().target).max() < 80.0
    index = np.rint(apply(lidc_volume.index_from_lps, points)).astype(int)
    inside = np.all((index >= 1) & (index < np.array(lidc_volume.size) - 1), axis=1)
    around = [
        lidc_volume.voxels[index[inside, 2], index[inside, 1] + dy, index[inside, 0] + dx] for dx in (-1, 0, 1) for dy in (-1, 0, 1)
    ]
    assert np.median(np.mean(around, axis=0)) == pytest.approx(BONE_HU, abs=80)
