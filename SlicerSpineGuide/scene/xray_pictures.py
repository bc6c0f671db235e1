"""The pictures that go over the radiographs which are shown: made off the screen's thread, for what `scene.sight` lets be drawn."""

from __future__ import annotations

from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.registration.xray_picture import XrayPicture, XrayPictures
from SlicerSpineGuide.scene.sight import Sight


class SightPictures:
    """Keeps what was prepared of one planning CT and path. Used from one thread: OpenGL draws in the one that began with it."""

    def __init__(self) -> None:
        self._made: tuple[Trajectory, XrayPictures] | None = None

    def of(self, planning: Volume, trajectory: Trajectory, sight: Sight) -> list[XrayPicture | None]:
        """One for each radiograph of `sight`, None where it has no geometry that has the CT in its beam."""
        if self._made is None or self._made[0] is not trajectory:
            self._made = trajectory, XrayPictures(planning, trajectory.target)
        pictures = self._made[1]
        return [_picture(pictures, sight, image) for image in sight.images if isinstance(image, Radiograph)]


def _picture(pictures: XrayPictures, sight: Sight, radiograph: Radiograph) -> XrayPicture | None:
    pose = sight.pose_of(radiograph)
    if pose is None or radiograph.projection is None:
        return None
    try:
        return pictures.picture(radiograph, pose, ends_in_air=sight.ends_in_air)
    except ValueError:  # a stated geometry that does not have the CT in its beam
        return None
