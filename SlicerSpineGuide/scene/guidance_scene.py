"""What the session knows, as MRML nodes: the same in the desktop and in the console.

The world of the scene is the planning CT (in RAS). A live slice keeps the geometry that the scanner states and observes the
registration transform; nothing of the plan is ever moved to fit it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.plan import Plan, PlanningCt, Trajectory
from SlicerSpineGuide.registration.xray_picture import XrayPicture
from SlicerSpineGuide.scene.coordinates import ras_from_lps, ras_transform, vtk_matrix
from SlicerSpineGuide.scene.live_layer import LiveLayer
from SlicerSpineGuide.scene.nodes import (
    BONE_COLOUR,
    INSTRUMENT_COLOUR,
    PLAN_COLOUR,
    TARGET_COLOUR,
    LiveVolume,
    add_line,
    add_model,
    add_shadow,
    add_volume,
    remove_with_displays,
    restrict_to,
    set_window,
)
from SlicerSpineGuide.scene.shapes import bone_surface, instrument_surface, pose_along, sphere_surface, tube_surface
from SlicerSpineGuide.scene.sight import Sight, sight_of
from SlicerSpineGuide.scene.views import across_path_view, aim, along_path_view, set_background

WINDOWS = ((1500.0, 300.0), (400.0, 40.0), (3000.0, 800.0))  # bone, soft tissue, metal: width and level, HU
BONE_HALF_SIZE_MM = 65.0
PATH_FIELD_MM = 130.0
ACROSS_FIELD_MM = 60.0


class GuidanceScene:
    """Owns its nodes in a vtkMRMLScene that it is handed; slice views are lent to it and aimed by it."""

    def __init__(self, scene: Any, planning: PlanningCt, plan: Plan, adopt: Mapping[str, Any] | None = None) -> None:
        """`adopt`: nodes that are in the scene already, by the name they have here (planning_volume, registration,
        instrument_pose): a volume that the user loaded, or what a saved scene brought back. They are used instead of new ones.
        """
        self.scene, self.plan, self._planning = scene, plan, planning
        self._adopted = dict(adopt or {})
        self.planning_volume = self._adopted.get("planning_volume")
        self.keeps_volume = self.planning_volume is not None  # whether it stays in the scene after `remove`
        if self.planning_volume is None:
            self.planning_volume = add_volume(scene, "Planning CT", planning.volume)
            set_window(self.planning_volume, *WINDOWS[0])
        self._window = 0
        self.registration = self._adopted.get("registration") or self._transform("Planning CT from live image")
        self.instrument_pose = self._adopted.get("instrument_pose") or self._transform("Planning CT from instrument")
        self._layers = tuple(LiveLayer(scene, self.registration, name) for name in ("Live image", "Second live image"))
        self.bone: Any | None = None
        self._path_nodes: list[Any] = []
        self._elsewhere = True
        self._along_views: list[tuple[Any, float]] = []
        self._across_views: list[Any] = []
        self._fields: dict[str, tuple[int, int]] = {}
        self._shown: Update | None = None
        self._sight = Sight()
        self.select_trajectory(plan.trajectories[0].id)

    def _transform(self, name: str) -> Any:
        return self.scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", name)

    def remove(self) -> None:
        """Take everything out of the scene again but a planning volume that is to stay (the user's own, unless told otherwise)."""
        self.give_back_views()
        for layer in self._layers:
            layer.remove()
        owned = [*self._path_nodes, self.bone, self.registration, self.instrument_pose, self.planning_volume]
        for node in owned:
            kept = self.keeps_volume and node is self.planning_volume
            if node is not None and not kept and node.GetScene() is self.scene:
                remove_with_displays(node)

    def withdraw(self) -> None:
        """Take out of the scene what another GuidanceScene would draw anew; the volume, the registration and the instrument's pose,
        which it would adopt, stay."""
        self.give_back_views()
        for layer in self._layers:
            layer.remove()
        for node in [*self._path_nodes, self.bone]:
            if node is not None and node.GetScene() is self.scene:
                remove_with_displays(node)

    @property
    def live(self) -> LiveVolume:
        """The volume of the (first) live image."""
        return self._layers[0].volume

    @property
    def _live_views(self) -> list[Any]:
        return [node for layer in self._layers for node in layer.views]

    # --- the plan

    @property
    def trajectory(self) -> Trajectory:
        return self._trajectory

    def select_trajectory(self, trajectory_id: str) -> None:
        """Draw another planned path, its tube, target and instrument instead of the former's; the actual instrument is hidden."""
        for node in self._path_nodes:
            remove_with_displays(node)
        self._trajectory = t = self.plan.trajectory(trajectory_id)
        entry, target = ras_from_lps(t.entry), ras_from_lps(t.target)
        self.path = add_line(self.scene, "Planned path", entry, target, PLAN_COLOUR)
        radius = t.instrument.diameter_mm / 2 + t.tolerance.lateral_mm
        self.tube = add_model(self.scene, "Tolerance", tube_surface(entry, target, radius), PLAN_COLOUR, opacity=0.25, line_px=2)
        self.target = add_model(self.scene, "Target", sphere_surface(target, 1.2), TARGET_COLOUR, line_px=2)
        surface = instrument_surface(t.instrument.diameter_mm, t.instrument.length_mm)
        self.instrument = add_model(self.scene, "Instrument", surface, INSTRUMENT_COLOUR)
        self.instrument.SetAndObserveTransformNodeID(self.instrument_pose.GetID())
        shadow = add_shadow(self.instrument, 0.3)
        self._instrument_displays = [self.instrument.GetDisplayNode(), shadow]
        self._draw_instrument(False)
        self._path_nodes = [self.path, self.tube, self.target, self.instrument]
        for layer in self._layers:
            layer.forget_centre()
        self._fields.clear()
        self._restrict_plan(show_on_live=False)
        self._aim_plan_views()

    def make_bone(self) -> Any:
        """The bone about all planned paths as a surface (vtkPolyData, RAS); touches no node, so that any thread may run it."""
        targets = np.array([t.target for t in self.plan.trajectories])
        reach = float(np.ptp(targets, axis=0).max()) / 2 + BONE_HALF_SIZE_MM
        return bone_surface(self._planning.volume, targets.mean(axis=0), reach)

    def hide_position(self) -> None:
        """Take away all that tells a position, at once: what the caller does when it can no longer follow."""
        self._sight, self._shown = Sight(), None
        self._draw_instrument(False)
        self._restrict_plan(show_on_live=False)
        for layer in self._layers:
            layer.hide_position()

    def show_bone(self, surface: Any) -> None:
        """Add the surface of make_bone to the 3D views; not cut in the slice views, where the CT itself is seen."""
        self.bone = add_model(self.scene, "Bone", surface, BONE_COLOUR)
        self.bone.GetDisplayNode().SetVisibility2D(False)
        self.bone.GetDisplayNode().SetOpacity(0.55)

    # --- the views

    def give_back_views(self) -> None:
        """Let go of all slice views, and leave nothing in them."""
        for layer in self._layers:
            layer.give_back_views()
        for node in [n for n, _ in self._along_views] + self._across_views:
            set_background(node, None)
        self._along_views, self._across_views = [], []
        self._fields.clear()

    def add_live_view(self, slice_node: Any, number: int = 0) -> None:
        """A slice view that follows the live slice or radiograph; number 1: the second radiograph of a biplane pair."""
        self._layers[number].add_view(slice_node)
        self._restrict_plan(show_on_live=False)

    def add_along_view(self, slice_node: Any, turn_deg: float = 0.0) -> None:
        """A slice view of the planning CT in a plane that contains the planned path."""
        self._along_views.append((slice_node, turn_deg))
        set_background(slice_node, self.planning_volume)
        self._aim_plan_views()

    def add_across_view(self, slice_node: Any) -> None:
        """A slice view of the planning CT across the planned path, at the tip where there is one, else at the target."""
        self._across_views.append(slice_node)
        set_background(slice_node, self.planning_volume)
        self._aim_plan_views()

    def next_window(self) -> None:
        """Window and level for bone, then soft tissue, then metal, then bone again."""
        self._window = (self._window + 1) % len(WINDOWS)
        ct = not self._sight.images or self._sight.is_ct
        for node in (self.planning_volume, *([self.live.node] if ct else [])):
            set_window(node, *WINDOWS[self._window])

    def resized(self) -> None:
        """Fit the views again after their sizes changed."""
        if self._sizes_changed():
            self._aim_plan_views()
            if self._shown is not None:
                self._aim_live_views(fit=True)

    # --- the moment

    def show(self, update: Update) -> None:
        """Draw what is true now, and take away what is not; costs nothing where nothing has changed."""
        sight = sight_of(update, self.plan)
        if self._shown is not None and update.trajectory == self._shown.trajectory and sight.same_as(self._sight):
            self._shown = update
            return
        self._sight = sight
        if update.trajectory and update.trajectory != self._trajectory.id:
            self.select_trajectory(update.trajectory)
        self._show_image(sight)
        self._restrict_plan(show_on_live=sight.pose is not None and sight.is_ct)
        self._show_instrument(sight)
        self._shown = update
        self._aim_live_views(fit=self._sizes_changed())
        depth = sight.depth_mm
        for node in self._across_views:
            aim(node, across_path_view(self._trajectory, depth if depth is not None else 0.0))

    @property
    def sight(self) -> Sight:
        """What is drawn now."""
        return self._sight

    def show_pictures(self, pictures: Sequence[XrayPicture | None], of: Sight) -> None:
        """Draw over each radiograph of `of` what its registration says it should look like; nothing where it is no longer shown."""
        if of is self._sight:
            for layer, picture in zip(self._layers, pictures, strict=False):
                if picture is not None:
                    layer.show_picture(picture)

    def choose_xray(self, blend: float, outlined: bool) -> None:
        """How much of the CT's own radiograph is blended in, 0 to 1, and whether the bone is outlined, in all X-ray views."""
        for layer in self._layers:
            layer.xray.choose(blend, outlined)

    def _show_image(self, sight: Sight) -> None:
        for number, layer in enumerate(self._layers):
            image = sight.images[number] if number < len(sight.images) else None
            layer.show(image, sight, self._trajectory, WINDOWS[self._window])
        pose = np.eye(4) if sight.pose is None else sight.pose
        self.registration.SetMatrixTransformToParent(vtk_matrix(ras_transform(pose)))

    def _show_instrument(self, sight: Sight) -> None:
        if sight.tip is None or sight.axis is None:
            self._draw_instrument(False)
            return
        self.instrument_pose.SetMatrixTransformToParent(vtk_matrix(ras_from_lps(pose_along(sight.tip, sight.axis))))
        self._draw_instrument(True)

    def _draw_instrument(self, visible: bool) -> None:
        for display in self._instrument_displays:
            display.SetVisibility(visible and self._elsewhere)

    def _restrict_plan(self, show_on_live: bool) -> None:
        """Keep the plan out of the live views unless a registration holds: in the planning CT it is always true."""
        live = {n.GetID() for n in self._live_views}
        views = [] if show_on_live else [i for i in self._view_ids() if i not in live]
        self._elsewhere = show_on_live or bool(views) or not live  # a display node without view nodes shows in all views
        for node in (self.path, self.tube, self.target):
            node.GetDisplayNode().SetVisibility(self._elsewhere)
        for display in (*(n.GetDisplayNode() for n in (self.path, self.tube, self.target)), *self._instrument_displays):
            restrict_to(display, views)

    def _view_ids(self) -> list[str]:
        kinds = ("vtkMRMLSliceNode", "vtkMRMLViewNode")
        return [self.scene.GetNthNodeByClass(i, k).GetID() for k in kinds for i in range(self.scene.GetNumberOfNodesByClass(k))]

    def _aim_plan_views(self) -> None:
        for node, turn in self._along_views:
            aim(node, along_path_view(self._trajectory, turn), max(PATH_FIELD_MM, 1.15 * self._trajectory.length_mm))
        for node in self._across_views:
            aim(node, across_path_view(self._trajectory, 0.0), ACROSS_FIELD_MM)

    def _aim_live_views(self, fit: bool) -> None:
        for layer in self._layers:
            layer.aim(self._sight, self._trajectory, fit)

    def _sizes_changed(self) -> bool:
        nodes = [*self._live_views, *(n for n, _ in self._along_views), *self._across_views]
        sizes = {n.GetID(): tuple(n.GetDimensions()[:2]) for n in nodes}
        changed = sizes != self._fields
        self._fields = sizes
        return changed
