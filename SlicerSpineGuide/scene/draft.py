"""A path that a person is moving: a markups line whose ends can be dragged in any view, beside the plan that it may replace."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from slicer import vtkMRMLMarkupsJsonStorageNode

from SlicerSpineGuide.geometry import FloatArray, vector
from SlicerSpineGuide.plan import Trajectory
from SlicerSpineGuide.scene.coordinates import ras_from_lps
from SlicerSpineGuide.scene.nodes import Colour, add_line, remove_with_displays, restrict_to
from SlicerSpineGuide.scene.views import across_path_view, aim, along_path_view
from SlicerSpineGuide.translation import tr

DRAFT_COLOUR: Colour = (0.55, 0.72, 1.0)
ALONG_FIELD_MM, ACROSS_FIELD_MM = 130.0, 70.0
ENTRY, TARGET = 0, 1


class PathDraft:
    """Owns its line and aims the views that are lent to it: from the side, from above, and down the path."""

    def __init__(self, scene: Any, trajectory: Trajectory) -> None:
        self._scene, self._trajectory = scene, trajectory
        self._views: tuple[Any, ...] = ()
        self._former: list[tuple[FloatArray, FloatArray]] = []
        self._later: list[tuple[FloatArray, FloatArray]] = []  # what was undone
        self.line = add_line(
            scene, f"{trajectory.id} draft", ras_from_lps(trajectory.entry), ras_from_lps(trajectory.target), DRAFT_COLOUR
        )
        self.name_ends()
        display = self.line.GetDisplayNode()
        display.SetGlyphScale(3.0)
        display.SetPointLabelsVisibility(True)
        self._seen = self.points

    def name_ends(self) -> None:
        """Entry and target in the language of now."""
        self._label(tr("entry"), tr("target"))

    def _label(self, entry: str, target: str) -> None:
        self.line.SetNthControlPointLabel(ENTRY, entry)
        self.line.SetNthControlPointLabel(TARGET, target)

    def lend(self, side: Any, top: Any, across: Any, others: tuple[Any, ...] = ()) -> None:
        """Slice nodes to aim at the draft, and other view nodes in which it is to be seen too."""
        self._views = (side, top, across)
        restrict_to(self.line.GetDisplayNode(), [n.GetID() for n in (*self._views, *others)])
        self.aim()

    def aim(self) -> None:
        """Point the views at the path as it is now."""
        if not self._views:
            return
        now = self.trajectory
        side, top, across = self._views
        aim(side, along_path_view(now), max(ALONG_FIELD_MM, 1.15 * now.length_mm))
        aim(top, along_path_view(now, 90.0), max(ALONG_FIELD_MM, 1.15 * now.length_mm))
        aim(across, across_path_view(now, 0.25 * now.length_mm), ACROSS_FIELD_MM)

    def show(self, visible: bool) -> None:
        self.line.GetDisplayNode().SetVisibility(visible)

    def unlock(self, unlocked: bool) -> None:
        """Whether the ends can be dragged."""
        self.line.SetLocked(not unlocked)

    @property
    def points(self) -> tuple[FloatArray, FloatArray]:
        """Entry and target, planning-CT LPS mm."""
        return self._point(ENTRY), self._point(TARGET)

    @property
    def trajectory(self) -> Trajectory:
        """The planned trajectory with the ends where they are now; ValueError where that is no path (too short, too long)."""
        entry, target = self.points
        return Trajectory.model_validate(
            self._trajectory.model_dump() | {"entry_lps": tuple(map(float, entry)), "target_lps": tuple(map(float, target))}
        )

    def place(self, entry: FloatArray, target: FloatArray) -> None:
        """Put the ends somewhere (planning-CT LPS mm)."""
        for index, point in ((ENTRY, entry), (TARGET, target)):
            self.line.SetNthControlPointPositionWorld(index, *ras_from_lps(vector(point)))

    def adopt(self, trajectory: Trajectory) -> None:
        """Become the draft of that trajectory: its ends, its instrument and its name."""
        self._trajectory = trajectory
        self.place(trajectory.entry, trajectory.target)
        self._seen = self.points

    def moved(self) -> bool:
        """Whether the ends have moved since the last call; remembers where they were, for undo."""
        now = self.points
        if all((a == b).all() for a, b in zip(now, self._seen, strict=True)):
            return False
        self._former.append(self._seen)
        self._later = []
        self._seen = now
        return True

    def undo(self) -> None:
        """Back to where the ends were before the last move."""
        if self._former:
            self._later.append(self._seen)
            self._go_to(self._former.pop())

    def redo(self) -> None:
        """On again to where the ends were before the last undo."""
        if self._later:
            self._former.append(self._seen)
            self._go_to(self._later.pop())

    def _go_to(self, ends: tuple[FloatArray, FloatArray]) -> None:
        self.place(*ends)
        self._seen = self.points

    def markups_json(self) -> str:
        """The path as Slicer's own markups file (.mrk.json, LPS)."""
        storage = vtkMRMLMarkupsJsonStorageNode()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "path.mrk.json"
            storage.SetFileName(str(path))
            self._label("entry", "target")  # in a file, whatever the language: who reads it looks for them
            written = storage.WriteData(self.line)
            self.name_ends()
            if not written:
                raise OSError(f"{path} could not be written")
            return path.read_text(encoding="utf-8")

    def remove(self) -> None:
        if self.line.GetScene() is self._scene:
            remove_with_displays(self.line)

    def _point(self, index: int) -> FloatArray:
        ras = [0.0, 0.0, 0.0]
        self.line.GetNthControlPointPositionWorld(index, ras)
        return ras_from_lps(ras)
