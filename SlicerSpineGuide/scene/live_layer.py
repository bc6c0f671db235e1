"""One live image with the views that show it: a CT slice in its plane, or a radiograph on its detector with what it projects."""

from __future__ import annotations

from typing import Any

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, ImagePlane, Projection, apply, inverse, rotate
from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.registration.xray_picture import XrayPicture
from SlicerSpineGuide.scene.nodes import (
    INSTRUMENT_COLOUR,
    PLAN_COLOUR,
    TARGET_COLOUR,
    LiveVolume,
    add_outline,
    remove_with_displays,
    set_window,
)
from SlicerSpineGuide.scene.outlines import cylinder_outline, on_detector, ring
from SlicerSpineGuide.scene.sight import Sight
from SlicerSpineGuide.scene.views import aim, live_view, set_background
from SlicerSpineGuide.scene.xray_layer import XrayLayer, log_grey, plane_of
from SlicerSpineGuide.tracking.xray_line import looks_along

LIVE_FIELD_MM = 150.0
RECENTRE_MM = 20.0
CROSS_MM = 3.0


class LiveLayer:
    """Owns the live volume (which observes the registration) and, for X-ray, the projected outlines; its views are lent to it."""

    def __init__(self, scene: Any, registration: Any, name: str) -> None:
        self.volume = LiveVolume(scene, name)
        self.volume.node.SetAndObserveTransformNodeID(registration.GetID())
        self.views: list[Any] = []
        self.xray = XrayLayer(scene, registration, name)
        self.window = (1.0, 0.0)
        self._image: Slice | Radiograph | None = None
        self._centre: FloatArray | None = None
        self._outlines = {
            "plan": add_outline(scene, f"{name}: planned path", registration, PLAN_COLOUR, 1.0, filled=False),
            "target": add_outline(scene, f"{name}: target", registration, TARGET_COLOUR, 1.0, filled=False),
            "instrument": add_outline(scene, f"{name}: instrument", registration, INSTRUMENT_COLOUR, 0.4, filled=True),
        }

    @property
    def nodes(self) -> list[Any]:
        return [self.volume.node, *self._outlines.values()]

    def remove(self) -> None:
        self.give_back_views()
        self.xray.remove()
        for node in self.nodes:
            remove_with_displays(node)

    def give_back_views(self) -> None:
        for node in self.views:
            set_background(node, None)
        self.xray.give_back_views()
        self.views, self._centre = [], None

    def add_view(self, slice_node: Any) -> None:
        self.views.append(slice_node)
        set_background(slice_node, None)
        for node in self._outlines.values():
            node.GetDisplayNode().AddViewNodeID(slice_node.GetID())
        self.xray.add_view(slice_node)

    def forget_centre(self) -> None:
        """Another path: look at it anew."""
        self._centre = None

    def show(self, image: Slice | Radiograph | None, sight: Sight, trajectory: Trajectory, window: tuple[float, float]) -> None:
        """Take over the image (None: show nothing) and what may be drawn over it."""
        self._image = image
        if isinstance(image, Slice):
            first = self.volume.plane is None
            self.volume.show(image.pixels, image.plane)
            if first:
                set_window(self.volume.node, *window)
        elif isinstance(image, Radiograph):
            self._show_radiograph(image)
        for node in self.views:
            set_background(node, self.volume.node if image is not None else None)
        self.xray.hide()
        projection = image.projection if isinstance(image, Radiograph) else None
        self._project(projection, sight, trajectory)

    def hide_position(self) -> None:
        for node in self._outlines.values():
            node.GetDisplayNode().SetVisibility(False)
        self.xray.hide()

    def show_picture(self, picture: XrayPicture) -> None:
        """Over the radiograph that is shown: what its registration says it should look like."""
        self.xray.show(picture, self.window)

    def aim(self, sight: Sight, trajectory: Trajectory, fit: bool) -> None:
        """Point the views at the image: it stands still while the patient breathes, and follows only when the path would leave it."""
        plane = self.volume.plane
        if plane is None or self._image is None:
            return
        pose = np.eye(4) if sight.pose is None else sight.pose
        wanted, field = plane.centre, min(n * p for n, p in zip(plane.size, plane.pitch, strict=True))
        if isinstance(self._image, Slice):
            field = min(LIVE_FIELD_MM, max(n * p for n, p in zip(plane.size, plane.pitch, strict=True)))
            if sight.pose is not None:
                wanted = apply(inverse(pose), trajectory.target - 0.4 * trajectory.length_mm * trajectory.direction)
        moved = self._centre is not None and float(np.linalg.norm(wanted - self._centre)) > RECENTRE_MM
        if self._centre is None or (moved and (sight.pose is not None or isinstance(self._image, Radiograph))):
            self._centre, fit = wanted, True
        for node in self.views:
            aim(node, live_view(plane, pose, self._centre), field if fit else None)

    def _show_radiograph(self, image: Radiograph) -> None:
        """As a monitor shows it: by the logarithm, metal dark. Without a geometry it lies on a detector of its own."""
        plane = detector_plane(image)
        scaled = log_grey(image.pixels)
        self.volume.show(scaled, plane)
        low, high = np.percentile(scaled[::4, ::4], (1, 99))
        self.window = max(10.0, float(high - low)), float(high + low) / 2
        set_window(self.volume.node, *self.window)

    def _project(self, projection: Projection | None, sight: Sight, trajectory: Trajectory) -> None:
        drawn: dict[str, list[FloatArray]] = {"plan": [], "target": [], "instrument": []}
        pose = sight.pose_of(self._image) if self._image is not None else None
        if projection is not None and pose is not None:
            live = inverse(pose)
            entry, target = apply(live, trajectory.entry), apply(live, trajectory.target)
            width = trajectory.instrument.diameter_mm + 2 * trajectory.tolerance.lateral_mm
            path = projection.project(np.array([entry, target]))
            if looks_along(projection, pose, trajectory):  # entry and target as marks that lie in one another
                drawn["plan"] = [*(ring(projection, end, target - entry, width) for end in (entry, target)), path]
            else:
                drawn["plan"] = [cylinder_outline(projection, target, target - entry, width, trajectory.length_mm), path]
            drawn["target"] = [projection.project(target + np.outer((-CROSS_MM, CROSS_MM), d)) for d in (projection.u, projection.v)]
            if sight.tip is not None and sight.axis is not None:
                tip, axis = apply(live, sight.tip), rotate(live, sight.axis)
                instrument = trajectory.instrument
                drawn["instrument"] = [cylinder_outline(projection, tip, axis, instrument.diameter_mm, instrument.length_mm)]
        for name, node in self._outlines.items():
            if drawn[name] and projection is not None:
                node.SetAndObservePolyData(on_detector(projection, drawn[name], filled=name == "instrument"))
            node.GetDisplayNode().SetVisibility(bool(drawn[name] and self.views))


def detector_plane(image: Radiograph) -> ImagePlane:
    """Where a radiograph's pixels lie in live coordinates; somewhere of its own where it has no geometry."""
    rows, columns = image.pixels.shape
    p = image.projection
    if p is None:
        return ImagePlane(np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 0, -1.0]), (0.4, 0.4), (columns, rows))
    return plane_of(p)
