"""The pages' structure; the templates are in Resources/UI/console. Each browser is on a page of its own choice."""

from __future__ import annotations

from typing import Any

from trame.ui.vuetify3 import VAppLayout
from trame.widgets import client, html
from trame_slicer.core import LayoutManager

from SlicerSpineGuide.console.templates import template
from SlicerSpineGuide.console.views import PLAN_ACROSS, PLAN_SIDE, PLAN_TOP, THREE_D

PICTURES = "me && (page === 'guide' || page === 'training')"


def build_pages(server: Any, layouts: LayoutManager) -> None:
    """All pages, on the server's main template."""
    with VAppLayout(server, theme="dark") as page, html.Div(classes="sg-root"):
        _raw(template("top.html"))
        _raw(template("banner.html"))
        with html.Div(classes="sg-main", v_if=(PICTURES,)):
            with html.Div(classes="sg-views"):
                layouts.initialize_layout_grid(page)
            with html.Div(classes="sg-side"):
                _raw(template("numbers.html"))
                _raw(template("bullseye.html"))
        with html.Div(classes="sg-main", v_if=("me && page === 'plan'",)):
            with html.Div(classes="sg-views sg-four"):
                for tag in (PLAN_SIDE, PLAN_TOP, PLAN_ACROSS, THREE_D):
                    with html.Div(classes="sg-cell"):
                        client.ServerTemplate(name=tag)
            _raw(template("plan.html"))
        _raw(template("node.html"))
        _raw(template("debrief.html"))
        with html.Div(classes="sg-foot"):
            _raw(template("drive.html"))
            _raw(template("training.html"))
            _raw(template("steps.html").replace("{{LIMITS}}", template("limits.html") + template("record.html")))
            _raw(template("player.html"))
            _raw(template("status.html"))


def _raw(vue: str) -> None:
    html.Div(vue, style="display: contents")
