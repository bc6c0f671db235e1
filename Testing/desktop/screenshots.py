"""The pictures of docs/slicer.md, made on the stand-in with the sample case:

    python Testing/desktop/screenshots.py docs/images
    python Testing/desktop/screenshots.py docs/images fr    (the same in French, with -fr in their names)

The panel is drawn by PySide6, the views by slicer-core's displayable managers; arranged side by side as the layout arranges them.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import courses  # noqa: E402
from standin import application  # noqa: E402

from SlicerSpineGuide.desktop import layouts  # noqa: E402
from SlicerSpineGuide.intake import RemoteNode  # noqa: E402
from SlicerSpineGuide.intake.settings_file import SettingsFile  # noqa: E402
from SlicerSpineGuide.resources import resource_path  # noqa: E402

PANEL_WIDTH, HEIGHT = 480, 1120
ROOM_FOR_WRAPPED_WORDS = 120
LARGE, SMALL, HALF = (860, 1120), (570, 556), (283, 556)
CT, FLUOROSCOPY = (layouts.ALONG, layouts.ACROSS), (layouts.SECOND, layouts.ALONG)  # above, and below beside the 3D view


def main(folder: Path, language: str = "en") -> None:
    """All pictures, in English or ("fr") in French."""
    folder.mkdir(parents=True, exist_ok=True)
    app = application.start()
    app.temporaryPath = os.environ["SPINEGUIDE_HOME"] = tempfile.mkdtemp()
    SettingsFile(Path(app.temporaryPath) / "node.toml").add_node("ct-room-2", RemoteNode(aet="CT2", host="192.0.2.17", port=104))
    app.applicationLocaleName = "fr_FR" if language == "fr" else "en_US"
    end = "-fr" if language == "fr" else ""
    application.load_module("SpineGuide", application.ROOT / "SpineGuide.py")
    representation = application.Representation("SpineGuide")
    panel = representation.open().panel
    panel.enter()
    widget = representation.qt_widget
    widget.show()
    courses.open_sample(panel)
    panel.ui.caseFolderEdit.currentPath = "Resources/Cases/t12-vertebroplasty"
    _guide(panel, widget, CT, lambda update: bool(update.alerts) and update.deviation is not None)
    _save_desktop(widget, CT, folder / f"slicer-guidance{end}.png")
    panel.ui.debriefButton.click()
    for name, section in SECTIONS.items():
        _open_only(panel, section)
        _run(lambda: panel.ui.pathSection.collapsed or panel.ui.findingsList.count > 0)
        _fit(widget)
        getattr(panel.ui, section[0]).qt_object.grab().save(str(folder / f"slicer-{name}{end}.png"))
    panel.ui.stopButton.click()
    courses.open_sample(panel, resource_path("Cases/xa-l3-vertebroplasty"))
    panel.ui.blendSlider.value = 35
    _open_only(panel, ("liveSection", "viewsSection"))
    _guide(panel, widget, FLUOROSCOPY, lambda update: update.deviation is not None)
    _save_desktop(widget, FLUOROSCOPY, folder / f"slicer-fluoroscopy{end}.png")
    representation.close()


def _guide(panel: Any, widget: Any, small: tuple[str, str], reached: Any) -> None:
    """Replay the open case up to an image, with everything drawn that takes its time."""
    widget.resize(PANEL_WIDTH, HEIGHT)
    _resize_views(panel, small)
    session = courses.start_replay(panel)
    _run(lambda: panel.conductor.drawing.bone is not None)
    courses.step_until(panel, reached)
    panel.ui.stepsList.setCurrentRow(0)
    panel.ui.confirmStepButton.click()
    panel.ui.acceptButton.click()
    panel.ui.markButton.click()
    _run(lambda: session.loop.wait_until_idle(0.0))
    panel.look()
    _run(lambda: not panel.xray_section.working)


def _fit(widget: Any) -> None:
    """As high as the sections that are open need it."""
    _run(lambda: True)
    height = max(widget.layout().minimumSize().height(), widget.layout().totalHeightForWidth(PANEL_WIDTH))
    widget.resize(PANEL_WIDTH, height + ROOM_FOR_WRAPPED_WORDS)
    _run(lambda: True)


SECTIONS = {
    "case": ("caseSection", "planSection", "pathSection"),
    "node": ("nodeSection", "peersSection", "settingsSection"),
    "live": ("liveSection", "handSection", "stepsSection", "limitsSection", "viewsSection"),
    "replay": ("replaySection", "driveSection"),
    "report": ("reportSection",),
}


def _open_only(panel: Any, names: tuple[str, ...]) -> None:
    for group in SECTIONS.values():
        for name in group:
            getattr(panel.ui, name).collapsed = name not in names


def _resize_views(panel: Any, small: tuple[str, str]) -> None:
    for name, size in ((layouts.LIVE, LARGE), (small[0], SMALL), (small[1], HALF)):
        widget = layouts.slice_widget(name)
        widget.view.render_window().SetSize(*size)
        widget.sliceLogic().ResizeSliceNode(*size)
    layouts.three_d_widget().threeDView().renderWindow().SetSize(*HALF)
    panel.conductor.drawing.resized()


def _save_desktop(panel_widget: Any, small: tuple[str, str], path: Path) -> None:
    """Panel and views side by side, as the layout has them."""
    from PySide6 import QtGui

    picture = QtGui.QImage(PANEL_WIDTH + LARGE[0] + SMALL[0] + 12, HEIGHT, QtGui.QImage.Format.Format_RGB32)
    picture.fill(QtGui.QColor("#303030"))
    painter = QtGui.QPainter(picture)
    painter.drawPixmap(0, 0, panel_widget.grab())
    x = PANEL_WIDTH + 4
    painter.drawImage(x, 0, _picture(layouts.slice_widget(layouts.LIVE).sliceView()))
    x += LARGE[0] + 4
    painter.drawImage(x, 0, _picture(layouts.slice_widget(small[0]).sliceView()))
    painter.drawImage(x, 560, _picture(layouts.slice_widget(small[1]).sliceView()))
    painter.drawImage(x + 287, 560, _picture(layouts.three_d_widget().threeDView()))
    painter.end()
    picture.save(str(path))


def _picture(view: Any) -> Any:
    from PySide6 import QtGui
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkRenderingCore import vtkWindowToImageFilter

    view.forceRender()
    grab = vtkWindowToImageFilter(input=view.renderWindow(), read_front_buffer=False)
    grab.Update()
    image = grab.GetOutput()
    columns, rows, _ = image.GetDimensions()
    pixels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(rows, columns, -1)[::-1, :, :3].copy()
    return QtGui.QImage(pixels.data, columns, rows, 3 * columns, QtGui.QImage.Format.Format_RGB888).copy()


def _run(true: Any, seconds: float = 60.0) -> None:
    from PySide6 import QtWidgets

    end, least = time.monotonic() + seconds, time.monotonic() + 0.3
    while time.monotonic() < least or not true():
        QtWidgets.QApplication.processEvents()
        time.sleep(0.01)
        assert time.monotonic() < end


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"), sys.argv[2] if len(sys.argv) > 2 else "en")
