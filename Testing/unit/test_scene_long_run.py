"""Ten minutes of images at twelve a second, compressed: nodes, observers and memory stay flat."""

from __future__ import annotations

import gc
from dataclasses import replace

import psutil
import pytest

pytest.importorskip("trame_slicer", reason="the console needs the extra 'console'")

from scene_fixtures import hidden, plan_in, planning_of, update_at
from trame_slicer.core import SlicerApp
from trame_slicer.views import DirectViewFactory, ViewLayoutDefinition
from trame_slicer.views.render_scheduler import NoScheduleRendering

from SlicerSpineGuide.scene import GuidanceScene

FRAMES = 7200
RENDERED_EVERY = 90


def observers(scene) -> int:
    """How many nodes' events are listened to, over all nodes of the scene."""
    nodes = [scene.GetNthNode(i) for i in range(scene.GetNumberOfNodes())]
    events = ("ModifiedEvent", "AnyEvent", "DeleteEvent")
    return sum(bool(node.HasObserver(event)) for node in nodes for event in events)


def test_ten_minutes_of_images_leave_nodes_observers_and_memory_as_they_were(lidc_volume):
    plan = plan_in(lidc_volume)
    app = SlicerApp()
    app.view_manager.register_factory(DirectViewFactory(do_render_offscreen=True))
    view = app.view_manager.create_view(ViewLayoutDefinition.slice_view("Axial", label="live"))
    view.set_scheduled_render(NoScheduleRendering())
    view.update_size(300, 300)
    drawing = GuidanceScene(app.scene, planning_of(lidc_volume), plan)
    drawing.add_live_view(view.get_view_node())
    moments = [update_at(lidc_volume, plan, depth_mm=60.0 - 6 * k, lateral_mm=0.3 * k, index=k) for k in range(10)]
    moments[4] = hidden(moments[4], "No instrument is seen in the image.")

    def play(first: int, count: int) -> None:
        for k in range(first, first + count):
            update = moments[k % len(moments)]
            images = tuple(replace(image, image=replace(image.image)) for image in update.frame.images)  # new images every time
            drawing.show(replace(update, frame=replace(update.frame, index=k, images=images)))
            if k % RENDERED_EVERY == 0:
                view.render_window().Render()

    def measure() -> tuple[int, int, int]:
        gc.collect()
        return app.scene.GetNumberOfNodes(), observers(app.scene), psutil.Process().memory_info().rss

    play(0, 600)
    nodes, listening, memory = measure()
    play(600, FRAMES)
    nodes_after, listening_after, memory_after = measure()
    assert (nodes_after, listening_after) == (nodes, listening)
    assert memory_after - memory < 30e6
