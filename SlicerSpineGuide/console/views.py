"""The console's MRML views: which there are, how they are laid out, how often they are drawn."""

from __future__ import annotations

from typing import Any

from slicer import vtkMRMLAbstractViewNode
from trame.widgets import html
from trame_slicer.core import LayoutManager, SlicerApp
from trame_slicer.views import Layout, LayoutDirection, ViewLayoutDefinition, ViewProps, ViewType

from SlicerSpineGuide.console.control import Control
from SlicerSpineGuide.console.remote_views import HeldSliceViews, HeldThreeDViews, Picked
from SlicerSpineGuide.console.templates import template
from SlicerSpineGuide.console.turns import Turns
from SlicerSpineGuide.scene import GuidanceScene
from SlicerSpineGuide.scene.views import look_at_path, set_background
from SlicerSpineGuide.translation import tr

LIVE, SECOND, ALONG, SIDE, ACROSS, THREE_D = "live", "second", "along", "side", "across", "threed"
PLAN_VIEWS = PLAN_SIDE, PLAN_TOP, PLAN_ACROSS = "plan_side", "plan_top", "plan_across"
LIVE_FPS = 60.0  # at most: each image is drawn once, when it comes
PLANNING_FPS = 5.0  # of the planning CT's views on the guide page
DRAGGING_FPS = 15.0  # of the Plan page's views
THREE_D_FPS = 3.0
# Drawn at most of a live image, since a slice view costs by the pixel: of a slice's 150 mm it is enough; a radiograph has more.
LIVE_PIXELS = {"CT": 400_000, "XA": 600_000}
LEAST_S = 0.25  # between two pictures of any other view while live images stream in
PLAN_LEAST_S = 0.1
JPEG_QUALITY = 90
_DARK = "#0b0d10"


def _slice(tag: str) -> ViewLayoutDefinition:
    return ViewLayoutDefinition(tag, ViewType.SLICE_VIEW, ViewProps(label=tag, orientation="Axial", background_color=_DARK))


def layouts() -> dict[str, Layout]:
    """The named arrangements of the guide page."""
    three_d = ViewLayoutDefinition.threed_view(name=THREE_D, background_color=("#14181d", "#262c33"))
    row, column = LayoutDirection.Horizontal, LayoutDirection.Vertical
    return {
        "guide": Layout(row, [_slice(LIVE), Layout(column, [_slice(ALONG), three_d])], ["5", "3"]),
        "all": Layout(
            row,
            [_slice(LIVE), Layout(column, [_slice(ALONG), _slice(SIDE)]), Layout(column, [_slice(ACROSS), three_d])],
            ["4", "2", "2"],
        ),
        "live": Layout(row, [_slice(LIVE)]),
        "xray": Layout(row, [_slice(LIVE), Layout(column, [_slice(SECOND), three_d])], ["5", "3"]),
        "plan": Layout(row, [Layout(column, [_slice(PLAN_SIDE), _slice(PLAN_ACROSS)]), Layout(column, [_slice(PLAN_TOP), three_d])]),
    }


class ConsoleViews:
    """Creates the views in the server and lends their slice nodes to the guidance scene."""

    def __init__(self, server: Any, app: SlicerApp, control: Control, picked: Picked) -> None:
        self._app = app
        options = {"interactive_quality": JPEG_QUALITY}
        self._factories = (
            HeldSliceViews(server, control, _caption, picked, target_fps=DRAGGING_FPS, blur_fps=DRAGGING_FPS, **options),
            HeldThreeDViews(server, control, _caption, picked, target_fps=THREE_D_FPS, blur_fps=THREE_D_FPS, **options),
        )
        for factory in self._factories:
            app.view_manager.register_factory(factory)
        self.manager = LayoutManager(app.scene, app.view_manager, server)
        self.manager.register_layout_dict(layouts())
        self.turns = Turns()
        self._make_light()
        self._take_turns()

    def choose(self, layout: str) -> None:
        """Another arrangement of the guide page."""
        if self.manager.has_layout(layout):
            self.manager.set_layout(layout)

    def show_modality(self, modality: str) -> None:
        """Draw the live views as finely as this kind of image needs."""
        slices, _ = self._factories
        for tag in (LIVE, SECOND):
            slices.get_factory_view(tag).view_adapter.max_pixel_count = LIVE_PIXELS[modality]

    def lend(self, scene: GuidanceScene) -> None:
        """Let the scene aim the slice views, and look at its path in 3D."""
        scene.add_live_view(self.node(LIVE))
        scene.add_live_view(self.node(SECOND), number=1)
        scene.add_along_view(self.node(ALONG))
        scene.add_along_view(self.node(SIDE), turn_deg=90.0)
        scene.add_across_view(self.node(ACROSS))
        for tag in PLAN_VIEWS:
            set_background(self.node(tag), scene.planning_volume)
        self.look(scene)

    def look(self, scene: GuidanceScene) -> None:
        """The 3D camera to the scene's path."""
        look_at_path(self._view(THREE_D).get_camera_node(), scene.trajectory)

    def node(self, tag: str) -> Any:
        return self._view(tag).get_view_node()

    def _view(self, tag: str) -> Any:
        return self._app.view_manager.get_view(tag)

    def _make_light(self) -> None:
        """Spare the processor: multisampling and depth peeling cost more than all else in a 3D view without a GPU."""
        view = self._view(THREE_D)
        view.render_window().SetMultiSamples(0)
        view.renderer().SetUseDepthPeeling(False)
        view.renderer().SetUseDepthPeelingForVolumes(False)
        node = vtkMRMLAbstractViewNode
        view.set_orientation_marker(node.OrientationMarkerTypeAxes, node.OrientationMarkerSizeSmall)
        for tag in (LIVE, SECOND, ALONG, SIDE, ACROSS, *PLAN_VIEWS):
            self._view(tag).render_window().SetMultiSamples(0)
            self._view(tag).set_ruler(vtkMRMLAbstractViewNode.RulerTypeThin, vtkMRMLAbstractViewNode.RulerColorWhite)

    def _take_turns(self) -> None:
        """The live image first, the other views when there is time."""
        slices, three_d = self._factories
        for tag in (LIVE, SECOND):
            slices.get_factory_view(tag).view_adapter.target_fps = LIVE_FPS
            slices.draw_first(tag, self.turns)
        self.show_modality("CT")
        for tag in (ALONG, SIDE, ACROSS):
            slices.get_factory_view(tag).view_adapter.target_fps = PLANNING_FPS
        for tag in (ALONG, SIDE, ACROSS, *PLAN_VIEWS):
            slices.draw_in_turn(tag, self.turns, PLAN_LEAST_S if tag in PLAN_VIEWS else LEAST_S)
        three_d.draw_in_turn(THREE_D, self.turns, LEAST_S)

    def plan_nodes(self) -> tuple[tuple[Any, Any, Any], tuple[Any, ...]]:
        """The Plan page's slice nodes (side, top, across), and the other views in which its draft is seen."""
        return (self.node(PLAN_SIDE), self.node(PLAN_TOP), self.node(PLAN_ACROSS)), (self.node(THREE_D),)

    def draw_plan_page(self, wanted: bool) -> None:
        """Draw the Plan page's views only while somebody looks at them."""
        for tag in PLAN_VIEWS:
            view = self._view(tag)
            if view.is_render_blocked == wanted:
                view.set_render_blocked(not wanted)

    def follow_holder(self) -> None:
        """Take the window size of the browser that has taken control."""
        for factory in self._factories:
            for area in factory.areas:
                area.follow()


def _caption(tag: str) -> None:
    """What stands on every view: its name, and that it is not for clinical use."""
    html.Div(f"{{{{ captions.{tag} }}}}", classes="sg-caption")
    html.Div("{{ captions.notice }}", classes="sg-notice")
    if tag == LIVE:
        _live_overlay()


def _live_overlay() -> None:
    """Over the live image: why no position is drawn and what to do, or that the picture is held."""
    html.Div(template("card.html"), style="display: contents")
    html.Div(template("xray.html"), style="display: contents")


def captions() -> dict[str, str]:
    """The words on the views."""
    return {
        LIVE: tr("Live image"),
        SECOND: tr("Second X-ray view"),
        ALONG: tr("Along the path, from the side"),
        SIDE: tr("Along the path, from above"),
        ACROSS: tr("Down the path"),
        THREE_D: tr("Bone and path"),
        PLAN_SIDE: tr("Along the path, from the side"),
        PLAN_TOP: tr("Along the path, from above"),
        PLAN_ACROSS: tr("Down the path"),
        "notice": tr("Not for clinical use: research and training"),
    }
