"""The check of an X-ray registration by eye, in the scene and on the console's page: only while it is locked, else with the reason."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

slicer = pytest.importorskip("slicer", reason="the scene needs slicer-core (extra 'console')")

from scene_fixtures import hidden, plan_in, planning_of, update_at  # noqa: E402
from vtkmodules.util.numpy_support import vtk_to_numpy  # noqa: E402

from SlicerSpineGuide.console.xray_check import XrayCheck  # noqa: E402
from SlicerSpineGuide.geometry import Projection, apply, inverse, rigid_about, rotate  # noqa: E402
from SlicerSpineGuide.intake.frame import Radiograph  # noqa: E402
from SlicerSpineGuide.registration.result import Registration  # noqa: E402
from SlicerSpineGuide.registration.xray import XrayPose  # noqa: E402
from SlicerSpineGuide.scene import GuidanceScene  # noqa: E402
from SlicerSpineGuide.scene.coordinates import ras_from_lps  # noqa: E402


class State(SimpleNamespace):
    """trame's state, as far as it is written to."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


@pytest.fixture(scope="module")
def plan(lidc_volume):
    return plan_in(lidc_volume)


@pytest.fixture
def scene(lidc_volume, plan):
    mrml = slicer.vtkMRMLScene()
    made = GuidanceScene(mrml, planning_of(lidc_volume), plan)
    view = mrml.AddNode(slicer.vtkMRMLSliceNode())
    view.SetLayoutName("live")
    logic = slicer.vtkMRMLSliceLogic()
    logic.SetMRMLScene(mrml)
    logic.SetSliceNode(view)
    made.add_live_view(view)
    yield made
    made.remove()


@pytest.fixture
def seen(lidc_volume, plan):
    """A locked pair whose second view was a little off: what is drawn on it is drawn by its own pose."""
    target = plan.trajectory().target
    update = update_at(lidc_volume, plan)
    pixels = np.random.default_rng(0).uniform(500, 4000, (96, 96)).astype(np.float32)
    pose = rigid_about((0, 0, 0), (0.02, 0.05, -0.03), target)
    own = (pose, rigid_about(target, (0, 0, 0), (0, 0, 6.0)) @ pose)
    images = tuple(
        replace(
            update.frame.images[0],
            modality="XA",
            image=Radiograph(pixels, Projection.from_angles(a, 0, 1200, 750, (1.5, 1.5), (96, 96))),
        )
        for a in (10, 100)
    )
    found = XrayPose("locked", pose, update.registration.covariance, target, 0.9, view_poses=own)
    return replace(update, frame=replace(update.frame, modality="XA", images=images), registration=found)


@pytest.fixture
def session(lidc_volume):
    return SimpleNamespace(planning=planning_of(lidc_volume))


def bone_pixels(scene, number, projection):
    layer = scene._layers[number].xray
    ras = vtk_to_numpy(layer._bone.GetPolyData().GetPoints().GetData()).astype(float)
    return projection.project(ras_from_lps(ras))


def outlined(scene, number=0) -> bool:
    return bool(scene._layers[number].xray._bone.GetDisplayNode().GetVisibility())


def composite(scene):
    return slicer.vtkMRMLSliceLogic.GetSliceCompositeNode(scene._layers[0].views[0])


def in_a_loop(followed: Coroutine[Any, Any, None]) -> None:
    """Run to its end in a thread's own event loop: a browser test of the same process may have left one running in this thread."""
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, followed).result()


def check_with(scene, update, session):
    check = XrayCheck(State())
    scene.show(update)
    in_a_loop(check.follow(update, session, scene))
    return check


def test_a_locked_radiograph_is_outlined_by_its_own_view_s_pose(scene, seen, session, plan):
    check = check_with(scene, seen, session)
    assert check._state.xray["shown"] and check._state.xray["outlined"]
    assert outlined(scene)
    for number, radiograph in enumerate(seen.frame.radiographs):
        target = radiograph.projection.project(apply(inverse(seen.registration.view_poses[number]), plan.trajectory().target))
        low, high = (f(bone_pixels(scene, number, radiograph.projection), axis=0) for f in (np.min, np.max))
        assert (low < target).all() and (target < high).all()
        assert np.linalg.norm((low + high) / 2 - target) < 12


def test_the_slider_blends_the_ct_s_own_radiograph_in(scene, seen, session):
    check = check_with(scene, seen, session)
    assert composite(scene).GetForegroundVolumeID() is None
    check.choose(scene, blend=40)
    assert composite(scene).GetForegroundVolumeID() == scene._layers[0].xray.drr.node.GetID()
    assert composite(scene).GetForegroundOpacity() == pytest.approx(0.4)
    assert composite(scene).GetBackgroundVolumeID() == scene.live.node.GetID()
    check.choose(scene, blend=250)
    assert composite(scene).GetForegroundOpacity() == 1
    assert check._state.xray["blend"] == 100


def test_the_outline_can_be_switched_off_and_stays_off(scene, seen, session):
    check = check_with(scene, seen, session)
    check.choose(scene, outlined=False)
    assert not outlined(scene)
    scene.show(replace(seen, frame=replace(seen.frame, images=tuple(reversed(seen.frame.images)))))
    in_a_loop(check.follow(seen, session, scene))
    assert not outlined(scene)
    check.choose(scene, outlined=True)
    assert outlined(scene)


def test_a_registration_that_is_no_longer_locked_takes_outline_and_blend_away_and_says_why(scene, seen, session):
    check = check_with(scene, seen, session)
    check.choose(scene, blend=50)
    lost = replace(hidden(seen, "The radiograph does not look like the plan."), registration=Registration("lost"))
    scene.show(lost)
    assert not outlined(scene)
    assert composite(scene).GetForegroundVolumeID() is None
    in_a_loop(check.follow(lost, session, scene))
    assert check._state.xray["on"] and not check._state.xray["shown"]
    assert check._state.xray["reason"] == "The radiograph does not look like the plan."


def test_pictures_of_an_image_that_is_gone_are_not_drawn(scene, seen, session):
    check = XrayCheck(State())
    scene.show(seen)
    making = check._pictures.of

    def while_another_arrives(*arguments):
        pictures = making(*arguments)
        scene.show(replace(seen, frame=replace(seen.frame, images=tuple(reversed(seen.frame.images)))))
        return pictures

    check._pictures.of = while_another_arrives
    in_a_loop(check.follow(seen, session, scene))
    assert not outlined(scene)
    assert not check._state.xray["shown"]


def test_without_an_x_ray_image_there_is_no_slider(scene, session, lidc_volume, plan):
    check = check_with(scene, update_at(lidc_volume, plan), session)
    assert not check._state.xray["on"]


def along_the_path(seen, plan):
    """`seen` with a first view down the barrel."""
    pose = seen.registration.view_poses[0]
    x, y, z = rotate(inverse(pose), plan.trajectory().direction)
    view = Projection.from_angles(np.degrees(np.arctan2(x, -y)), np.degrees(np.arcsin(z)) + 3, 1200, 750, (1.5, 1.5), (96, 96))
    first, second = seen.frame.images
    first = replace(first, image=replace(first.image, projection=view))
    return replace(seen, frame=replace(seen.frame, images=(first, second)))


def test_a_view_along_the_path_draws_entry_and_target_as_marks_in_one_another_and_says_so(scene, seen, session, plan):
    check = check_with(scene, seen, session)
    assert check._state.xray["note"] == ""
    barrel = along_the_path(seen, plan)
    check = check_with(scene, barrel, session)
    assert check._state.xray["note"].startswith("X-ray view 1 looks along the path")
    drawn = scene._layers[0]._outlines["plan"].GetPolyData()
    corners = [drawn.GetCell(i).GetNumberOfPoints() - 1 for i in range(drawn.GetNumberOfCells())]
    places = vtk_to_numpy(drawn.GetPoints().GetData()).astype(float)
    rings = places[: corners[0]], places[corners[0] : 2 * corners[0]]
    entry, target = (ring.mean(axis=0) for ring in rings)
    widths = [np.linalg.norm(ring - ring.mean(axis=0), axis=1).mean() for ring in rings]
    trajectory = plan.trajectory()
    assert widths[1] > trajectory.tolerance.lateral_mm
    assert np.linalg.norm(entry - target) < 0.12 * trajectory.length_mm * 1.6
    assert check_with(scene, seen, session)._state.xray["note"] == ""
