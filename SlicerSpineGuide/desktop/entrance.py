"""The way in: the panel where everything is there, else a page that says what is missing and offers to install it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import slicer
from slicer.i18n import tr as _

from SlicerSpineGuide.desktop import dependencies
from SlicerSpineGuide.desktop.language import follow_slicer


def open_panel(widget: Any) -> Any:
    """A panel in the module widget's layout: it has enter(), exit() and cleanup()."""
    follow_slicer()
    if dependencies.missing():
        return MissingPackagesPanel(widget)
    from SlicerSpineGuide.desktop.panel import GuidePanel

    return GuidePanel(widget)


def forget_modules() -> None:
    """Drop the package from Python's modules, so that the next import reads the source again."""
    for name in [n for n in sys.modules if n == "SlicerSpineGuide" or n.startswith("SlicerSpineGuide.")]:
        del sys.modules[name]


class MissingPackagesPanel:
    """Names what is missing; its button installs it and then opens the real panel in its own place."""

    def __init__(self, widget: Any) -> None:
        self._widget = widget
        self._wanted: Path | None = None
        self._page = slicer.util.loadUI(widget.resourcePath("UI/SpineGuidePackages.ui"))
        self.ui = slicer.util.childWidgetVariables(self._page)
        widget.layout.addWidget(self._page)
        self.ui.packagesLabel.text = _("These Python packages are missing: {packages}").format(
            packages=", ".join(dependencies.missing())
        )
        self.ui.installButton.connect("clicked(bool)", self._install)

    def open_case(self, folder: Path) -> None:
        """Open the case when the packages are there (Sample Data asks for one, for example)."""
        self._wanted = folder

    def enter(self) -> None:
        pass

    def exit(self) -> None:
        pass

    def cleanup(self) -> None:
        pass

    def _install(self) -> None:
        try:
            dependencies.install(dependencies.missing())
        except Exception as error:  # pip and the person each have their own way to say no
            self.ui.resultLabel.text = _("Not installed: {why}").format(why=error)
            return
        self._page.hide()
        self._page.deleteLater()
        self._widget.panel = open_panel(self._widget)
        self._widget.panel.enter()
        if self._wanted is not None:
            self._widget.panel.open_case(self._wanted)
