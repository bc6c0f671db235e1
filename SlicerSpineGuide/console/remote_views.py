"""Remote-rendered MRML views that only the controlling browser sizes and turns; the others see the same picture, unstretched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trame.app.asynchronous import create_task
from trame.widgets import html
from trame_rca.widgets.rca import RemoteControlledArea
from trame_slicer.rca_view.rca_view_factory import RcaRenderStrategy, RcaView, RemoteSliceViewFactory, RemoteThreeDViewFactory

from SlicerSpineGuide.console.control import Control
from SlicerSpineGuide.console.painter import Painter
from SlicerSpineGuide.console.turns import InTurn, Turns

EVENT_THROTTLE_MS = 30
ITSELF = "self"  # trame-rca's name for a view that is as large as before, but is to be drawn with another number of pixels
Picked = Callable[[str, float, float], bool]  # view, pixel x, pixel y (upward): whether the click was taken


class HeldArea:
    """Stands between the browsers and a view: remembers each browser's window size, lets through what the holder does."""

    def __init__(self, adapter: Any, control: Control, view: Any, picked: Picked) -> None:
        self._adapter, self._control, self._view, self._picked = adapter, control, view, picked
        self._resize, self._interact = adapter.update_size, adapter.on_interaction
        self._sizes: dict[str, dict[str, Any]] = {}
        self._applied: tuple[str, dict[str, Any]] | None = None
        adapter.update_size, adapter.on_interaction = self.update_size, self.on_interaction

    def update_size(self, origin: str, size: dict[str, Any]) -> None:
        if origin == ITSELF:
            self._applied = None
            self.follow()
            return
        self._control.heard(origin)
        self._sizes[origin] = dict(size)
        self.follow()

    def follow(self) -> None:
        """Take the holder's window size; called again after the holder changed."""
        holder = self._control.holder
        if holder not in self._sizes:
            return
        wanted = (holder, self._sizes[holder])
        if wanted != self._applied:
            self._applied = wanted
            self._resize(*wanted)
        else:
            self._adapter.schedule_render()  # another browser appeared and waits for its first picture

    def on_interaction(self, origin: str, event: dict[str, Any]) -> None:
        if origin != self._control.holder:
            return
        if event.get("type") == "LeftButtonPress":
            self._interact(origin, event | {"type": "MouseMove"})  # VTK's own word for where the pointer is
            if self._picked(self._view.name, *self._view.interactor().GetEventPosition()):
                return
        self._interact(origin, event)


class _HeldViews:
    """What the slice and the 3D factories have in common."""

    areas: list[HeldArea]
    _painters: dict[str, Painter]  # by the view's name
    _control: Control
    _caption: Callable[[str], None]
    _picked: Picked

    def _create_view(self, view: Any, scene: Any, app_logic: Any) -> RcaView[Any]:
        created = super()._create_view(view, scene, app_logic)  # type: ignore[misc]
        self._paint(created)
        self.areas.append(HeldArea(created.view_adapter, self._control, created.slicer_view, self._picked))
        return created

    def _paint(self, created: RcaView[Any]) -> None:
        """A Painter in place of the scheduler that trame-slicer has made for the view."""
        adapter = created.view_adapter
        replaced = adapter._scheduler
        painter = Painter(replaced.rca, adapter.push, self._target_fps, self._interactive_quality)  # type: ignore[attr-defined]
        adapter._scheduler = painter
        created.slicer_view.set_scheduled_render(RcaRenderStrategy(painter))
        self._painters[created.slicer_view.name] = painter
        create_task(replaced.close())

    def draw_first(self, name: str, turns: Turns) -> None:
        """The view of the live image: drawn whenever it changes; it tells when its picture is on its way."""
        push = self.get_factory_view(name).view_adapter.push  # type: ignore[attr-defined]

        def send(content: bytes, meta: dict[str, Any]) -> None:
            push(content, meta)
            turns.sent()

        self._painters[name].set_push_callback(send)

    def draw_in_turn(self, name: str, turns: Turns, least_s: float) -> None:
        """A view that waits for the live image, and for `least_s` between two pictures while images stream in."""
        view = self.get_factory_view(name).slicer_view  # type: ignore[attr-defined]
        view.set_scheduled_render(InTurn(turns, self._painters[name], least_s))

    def _create_vuetify_ui(self, view_id: str, slicer_view: Any, rca_scheduler: Any, *, active_view_cursor: str) -> None:
        with html.Div(
            classes=f"sg-view sg-view-{slicer_view.name}",
            data_view=slicer_view.name,
            style=(f"{{ position: 'relative', width: '100%', height: '100%', overflow: 'hidden', cursor: {active_view_cursor} }}",),
        ):
            RemoteControlledArea(
                name=view_id,
                origin=("me",),
                display="image",
                style="position: relative; width: 100%; height: 100%",
                image_style=("{ width: '100%', height: '100%', objectFit: 'contain' }",),
                send_mouse_move=True,
                event_throttle_ms=(str(EVENT_THROTTLE_MS),),
            )
            self._caption(slicer_view.name)


class HeldSliceViews(_HeldViews, RemoteSliceViewFactory):  # type: ignore[misc]
    """Slice views of trame-slicer under a Control."""

    def __init__(self, server: Any, control: Control, caption: Callable[[str], None], picked: Picked, **options: Any) -> None:
        super().__init__(server, **options)
        self.areas, self._painters, self._control, self._caption, self._picked = [], {}, control, caption, picked


class HeldThreeDViews(_HeldViews, RemoteThreeDViewFactory):  # type: ignore[misc]
    """3D views of trame-slicer under a Control."""

    def __init__(self, server: Any, control: Control, caption: Callable[[str], None], picked: Picked, **options: Any) -> None:
        super().__init__(server, **options)
        self.areas, self._painters, self._control, self._caption, self._picked = [], {}, control, caption, picked
