"""The bull's-eye and the depth bar as a picture: what `scene.bullseye` says, drawn with Qt."""

from __future__ import annotations

from typing import Any

import qt

from SlicerSpineGuide.scene.bullseye import BAR_END_PX, BAR_TOP_PX, FIELD_PX, TOLERANCE_PX

GAP, BAR_X, BAR_WIDTH = 26, 14, 26
EYE = 224  # twice FIELD_PX and the margin
WIDTH, HEIGHT = EYE + GAP + BAR_WIDTH + 2 * BAR_X, EYE
BACK, LINE, DIM, PLAN, TIP, WHITE = "#0e1216", "#46505a", "#aab4be", "#3ddb85", "#ff73cc", "#ffffff"
TIP_PX, END_PX = 6, 8


def draw_eye(eye: dict[str, Any]) -> Any:
    """A QPixmap of that bull's-eye; without a position the field and the tolerance alone."""
    pixmap = qt.QPixmap(WIDTH, HEIGHT)
    pixmap.fill(qt.QColor(BACK))
    painter = qt.QPainter()
    painter.begin(pixmap)
    painter.setRenderHint(qt.QPainter.Antialiasing)
    _field(painter, eye)
    if eye["shown"]:
        _instrument(painter, eye)
    _bar(painter, eye)
    painter.end()
    return pixmap


def _field(painter: Any, eye: dict[str, Any]) -> None:
    middle = EYE // 2
    _pen(painter, LINE, 1)
    _circle(painter, 0, 0, FIELD_PX)
    painter.drawLine(middle - round(FIELD_PX), middle, middle + round(FIELD_PX), middle)
    painter.drawLine(middle, middle - round(FIELD_PX), middle, middle + round(FIELD_PX))
    _pen(painter, PLAN, 2)
    _circle(painter, 0, 0, TOLERANCE_PX)
    if "up" not in eye:
        return
    _pen(painter, DIM, 1)
    far = round(FIELD_PX) - 8
    places = ((eye["up"], 0, -far), (eye["down"], 0, far), (eye["left"], -far, 0), (eye["right"], far, 0))
    for letter, x, y in places:
        painter.drawText(middle + x - 4, middle + y + 5, letter)


def _instrument(painter: Any, eye: dict[str, Any]) -> None:
    """The tip now, the instrument's thickness about it, and the way on to where it passes the target."""
    middle = EYE // 2
    _pen(painter, WHITE, 2)
    painter.drawLine(middle + round(eye["x"]), middle + round(eye["y"]), middle + round(eye["end_x"]), middle + round(eye["end_y"]))
    _circle(painter, eye["end_x"], eye["end_y"], END_PX)
    _pen(painter, TIP, 2)
    _circle(painter, eye["x"], eye["y"], eye["radius"])
    painter.setBrush(qt.QBrush(qt.QColor(TIP)))
    _circle(painter, eye["x"], eye["y"], TIP_PX)
    painter.setBrush(qt.QBrush(qt.Qt.NoBrush))


def _bar(painter: Any, eye: dict[str, Any]) -> None:
    """The way from the skin (top) to the target, the tolerance about it, and how deep the tip is."""
    x = EYE + GAP + BAR_X
    _pen(painter, LINE, 1)
    painter.drawRect(x, round(BAR_TOP_PX), BAR_WIDTH, round(BAR_END_PX - BAR_TOP_PX))
    painter.fillRect(x + 1, round(eye["band_y"]), BAR_WIDTH - 1, max(1, round(eye["band_height"])), qt.QColor("#1e5a3c"))
    if eye["shown"]:
        tip = round(eye["tip_y"])
        painter.fillRect(x + 7, round(BAR_TOP_PX), BAR_WIDTH - 13, max(1, tip - round(BAR_TOP_PX)), qt.QColor(TIP))
    _pen(painter, PLAN, 3)
    painter.drawLine(x - 8, round(eye["target_y"]), x + BAR_WIDTH + 8, round(eye["target_y"]))


def _pen(painter: Any, colour: str, width: int) -> None:
    pen = qt.QPen(qt.QColor(colour))
    pen.setWidth(width)
    painter.setPen(pen)


def _circle(painter: Any, x: float, y: float, radius: float) -> None:
    middle = EYE // 2
    painter.drawEllipse(round(middle + x - radius), round(middle + y - radius), round(2 * radius), round(2 * radius))
