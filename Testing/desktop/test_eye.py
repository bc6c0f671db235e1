"""The bull's-eye with its depth bar in the panel, and the check of an X-ray registration by eye."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from courses import open_sample, start_replay, step_until, wait_until

from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.scene.bullseye import bullseye


def pixels(panel: Any) -> np.ndarray:
    """(rows, columns, 3): what the bull's-eye shows."""
    from PySide6 import QtGui

    image = panel.ui.eyeLabel.pixmap.toImage().convertToFormat(QtGui.QImage.Format.Format_RGB888)
    data = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return data[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)


def pink(picture: np.ndarray) -> np.ndarray:
    """(n, 2): rows and columns of the instrument's colour."""
    return np.argwhere(np.abs(picture.astype(int) - (0xFF, 0x73, 0xCC)).max(axis=2) < 12)


def test_the_bulls_eye_shows_the_tip_where_it_is_and_nothing_without_a_position(playing: Any) -> None:
    from SlicerSpineGuide.desktop.eye import EYE

    eye = bullseye(playing.conductor.latest, playing.conductor.trajectory)
    assert eye["shown"]
    found = pink(pixels(playing))
    disc = found[found[:, 1] < EYE]
    assert np.abs(disc.mean(axis=0) - (EYE / 2 + eye["y"], EYE / 2 + eye["x"])).max() < 3
    bar = found[found[:, 1] >= EYE]
    assert abs(bar[:, 0].max() - eye["tip_y"]) < 3, "the bar reaches down to the tip"
    playing.ui.rejectButton.click()
    wait_until(lambda: playing.conductor.latest.acceptance == "rejected", "the rejection")
    playing.look()
    assert not len(pink(pixels(playing)))


def test_frozen_views_have_no_tip_in_the_bulls_eye(playing: Any) -> None:
    playing.ui.freezeButton.click()
    playing.look()
    assert not len(pink(pixels(playing)))


@pytest.fixture
def fluoroscopy(panel: Any) -> Any:
    open_sample(panel, resource_path("Cases/xa-l3-vertebroplasty"))
    start_replay(panel)
    step_until(panel, lambda update: update.registration.status == "locked")
    return panel


def test_the_bone_is_outlined_and_the_ct_blended_over_a_radiograph(fluoroscopy: Any, scene: Any) -> None:
    from slicer import vtkMRMLSliceLogic

    from SlicerSpineGuide.desktop import layouts

    panel = fluoroscopy
    outline = scene.GetFirstNodeByName("Live image: bone outline")
    wait_until(lambda: bool(outline.GetDisplayNode().GetVisibility()), "the outline")
    assert outline.GetPolyData().GetNumberOfPoints() > 20
    live = layouts.slice_widget(layouts.LIVE).mrmlSliceNode()
    composite = vtkMRMLSliceLogic.GetSliceCompositeNode(live)
    assert composite.GetForegroundVolumeID() is None
    panel.ui.blendSlider.value = 40
    assert composite.GetForegroundOpacity() == pytest.approx(0.4)
    assert scene.GetNodeByID(composite.GetForegroundVolumeID()).GetName() == "Live image: DRR"
    panel.ui.outlineCheck.checked = False
    assert not outline.GetDisplayNode().GetVisibility()
    panel.ui.rejectButton.click()
    wait_until(lambda: "No check of the registration" in panel.ui.xrayLabel.text, "the reason")
    assert not panel.ui.blendSlider.enabled
    assert composite.GetForegroundVolumeID() is None, "nothing of a rejected registration stays over the image"


def test_without_radiographs_there_is_nothing_to_check(playing: Any) -> None:
    assert not playing.ui.blendSlider.enabled
    assert not playing.ui.outlineCheck.enabled
    assert playing.ui.xrayLabel.text == ""
