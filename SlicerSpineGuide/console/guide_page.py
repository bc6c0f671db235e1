"""The radiologist's page: views, numbers, alert banner, status. Templates are in Resources/UI/console."""

from __future__ import annotations

from typing import Any

from trame.ui.vuetify3 import VAppLayout
from trame.widgets import client, html
from trame_slicer.core import LayoutManager

from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.translation import tr


def template(name: str) -> str:
    """A template of Resources/UI/console."""
    return resource_path(f"UI/console/{name}").read_text(encoding="utf-8")


def live_overlay() -> None:
    """Over the live image: why no position is drawn."""
    with html.Div(v_if=("img.reason",), classes="sg-reason", data_testid="reason"):
        html.B("{{ img.reason }}")


def build_page(server: Any, layouts: LayoutManager) -> None:
    """The page's structure, on the server's main template."""
    with VAppLayout(server, theme="dark") as page:
        client.Style(template("console.css"))
        with html.Div(classes="sg-root"):
            _raw(template("top.html"))
            _raw(template("banner.html"))
            with html.Div(classes="sg-main"):
                with html.Div(classes="sg-views"):
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
        "depth_bar": tr("Depth of the tip from entry to target"),
    }
