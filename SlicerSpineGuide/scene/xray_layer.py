"""Over a radiograph, the check of its registration by eye: the outline of the bone, and the CT's own radiograph to blend with."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from slicer import vtkMRMLSliceLogic

from SlicerSpineGuide.geometry import ImagePlane, Projection
from SlicerSpineGuide.registration.xray_picture import XrayPicture
from SlicerSpineGuide.scene.nodes import BONE_COLOUR, LiveVolume, add_outline, remove_with_displays, set_window
from SlicerSpineGuide.scene.outlines import on_detector


class XrayLayer:
    """Owns the DRR's volume and the outline's model of one live image; nothing of them is seen until `show`."""

    def __init__(self, scene: Any, registration: Any, name: str) -> None:
        self.drr = LiveVolume(scene, f"{name}: DRR")
        self.drr.node.SetAndObserveTransformNodeID(registration.GetID())
        self._bone = add_outline(scene, f"{name}: bone outline", registration, BONE_COLOUR, 1.0, filled=False)
        self._views: list[Any] = []
        self._shown = False
        self.blend, self.outlined = 0.0, True

    @property
    def nodes(self) -> list[Any]:
        return [self.drr.node, self._bone]

    def remove(self) -> None:
        for node in self.nodes:
            remove_with_displays(node)

    def add_view(self, slice_node: Any) -> None:
        self._views.append(slice_node)
        self._bone.GetDisplayNode().AddViewNodeID(slice_node.GetID())

    def give_back_views(self) -> None:
        self.hide()
        self._views = []

    def hide(self) -> None:
        """Another image, or no registration: what was drawn for the former one goes at once."""
        self._shown = False
        self._refresh()

    def show(self, picture: XrayPicture, window: tuple[float, float]) -> None:
        """Draw a picture of the image that is shown; window: its display's width and level."""
        self.drr.show(log_grey(picture.drr), plane_of(picture.projection))
        set_window(self.drr.node, *window)
        self._bone.SetAndObservePolyData(on_detector(picture.projection, list(picture.outlines), filled=False))
        self._shown = True
        self._refresh()

    def choose(self, blend: float, outlined: bool) -> None:
        """blend: 0 the radiograph alone, 1 the DRR alone; outlined: whether the bone's outline is drawn."""
        self.blend, self.outlined = float(np.clip(blend, 0, 1)), outlined
        self._refresh()

    def _refresh(self) -> None:
        self._bone.GetDisplayNode().SetVisibility(bool(self._shown and self.outlined and self._views))
        for node in self._views:
            composite = vtkMRMLSliceLogic.GetSliceCompositeNode(node)
            if composite is None:
                continue
            blended = self._shown and self.blend > 0
            composite.SetForegroundVolumeID(self.drr.node.GetID() if blended else None)
            opacity = self.blend if blended else 0.0
            if opacity != composite.GetForegroundOpacity():
                composite.SetForegroundOpacity(opacity)
                node.Modified()  # an opacity alone makes no view draw itself


def log_grey(pixels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Pixel values as a monitor shows a radiograph: by their logarithm, metal dark; thousandths."""
    return np.asarray(1000 * np.log(np.maximum(pixels, max(1e-6, float(pixels.max()) * 1e-4))), dtype=np.float32)


def plane_of(projection: Projection) -> ImagePlane:
    """Where a projection's pixels lie in live coordinates."""
    return ImagePlane(projection.to_detector([0.0, 0.0]), projection.u, projection.v, projection.pitch, projection.size)
