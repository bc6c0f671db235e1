"""The radiologist's page: views, numbers, alert banner, status. Templates are in Resources/UI/console."""

from __future__ import annotations

from typing import Any

from trame.ui.vuetify3 import VAppLayout
from trame.widgets import html
from trame_slicer.core import LayoutManager

from SlicerSpineGuide.console.templates import template
from SlicerSpineGuide.translation import tr


def build_page(server: Any, layouts: LayoutManager) -> None:
    """The page's structure, on the server's main template."""
    with VAppLayout(server, theme="dark") as page, html.Div(classes="sg-root"):
        _raw(template("top.html"))
        _raw(template("banner.html"))
        with html.Div(classes="sg-main"):
            with html.Div(classes="sg-views", v_if=("me",)):
                layouts.initialize_layout_grid(page)
            with html.Div(classes="sg-side"):
                _raw(template("numbers.html"))
                _raw(template("bullseye.html"))
        _raw(template("status.html"))


def _raw(vue: str) -> None:
    html.Div(vue, style="display: contents")


def words() -> dict[str, str]:
    """The page's fixed words in the current language."""
    return {
        "acknowledge": tr("Silence"),
        "acknowledged": tr("silenced"),
        "no_alert": tr("No alert"),
        "registration": tr("Registration"),
        "image_age": tr("Image age"),
        "rate": tr("Images"),
        "image": tr("Image"),
        "skipped": tr("Skipped"),
        "latency": tr("Image to guidance"),
        "node": tr("DICOM node"),
        "tip_now": tr("tip now"),
        "will_end": tr("will pass the target at"),
        "bullseye": tr("Bull's-eye: the tip against the path, and where it will end"),
        "frozen": tr("Held picture: not current"),
        "frozen_next": tr("Press F, or the button, to go on."),
        "go_on": tr("Go on"),
        "take_control": tr("Take control"),
        "watching": tr("watching"),
        "freeze": tr("Hold"),
        "window": tr("Window"),
        "depth_bar": tr("Depth of the tip from entry to target"),
    }
