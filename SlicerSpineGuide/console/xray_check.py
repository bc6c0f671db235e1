"""The check of an X-ray registration by eye: makes its pictures off the console's loop, and says why there is none."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from SlicerSpineGuide.console.session import ConsoleSession
from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.scene import GuidanceScene
from SlicerSpineGuide.scene.sight import Sight, looking_along
from SlicerSpineGuide.scene.xray_pictures import SightPictures
from SlicerSpineGuide.translation import anew, tr


class XrayCheck:
    """Keeps the page's blend slider and outline switch, and the pictures of the radiographs that are shown."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._executor = ThreadPoolExecutor(1, "x-ray pictures")  # one thread: OpenGL draws in the one that began with it
        self._blend, self._outlined = 0.0, True
        self._told: dict[str, Any] = {}
        self.begin()

    def begin(self) -> None:
        """Another session: its pictures are made anew; blend and outline stay as the user left them."""
        self._pictures = SightPictures()
        self._of: Sight | None = None
        self._busy = False
        self._publish(None, "")

    def choose(self, scene: GuidanceScene | None, blend: float | None = None, outlined: bool | None = None) -> None:
        """blend: percent of the CT's own radiograph; what is None stays."""
        self._blend = self._blend if blend is None else min(max(float(blend), 0.0), 100.0)
        self._outlined = self._outlined if outlined is None else bool(outlined)
        if scene is not None:
            scene.choose_xray(self._blend / 100, self._outlined)
        self._publish(self._told["shown"] if self._told["on"] else None, self._told["reason"], self._told["note"])

    async def follow(self, update: Update | None, session: ConsoleSession | None, scene: GuidanceScene | None) -> None:
        """Bring the pictures up to what the scene shows; at most one is being made at a time, and only the newest counts."""
        sight = scene.sight if scene is not None else Sight()
        radiographs = [i for i in sight.images if isinstance(i, Radiograph)]
        if update is None or session is None or scene is None or not radiographs:
            self._of = None
            self._publish(None, "")
            return
        if sight.pose is None:
            self._of = None
            self._publish(False, update.hidden_reason or update.registration.reason or tr("There is no registration to check."))
            return
        if sight is self._of or self._busy:
            return
        self._busy = True
        try:
            loop, trajectory = asyncio.get_running_loop(), scene.trajectory
            pictures = await loop.run_in_executor(self._executor, self._pictures.of, session.planning.volume, trajectory, sight)
            if scene.sight is sight:
                scene.choose_xray(self._blend / 100, self._outlined)
                scene.show_pictures(pictures, sight)
                self._of = sight
                self._publish(True, "", looking_along(sight, trajectory))
        finally:
            self._busy = False

    def _publish(self, shown: bool | None, reason: str, note: str = "") -> None:
        """shown: None without an X-ray image, False with the reason why nothing can be checked; note: what to know of the views."""
        value = {
            "on": shown is not None,
            "shown": bool(shown),
            "reason": anew(reason),
            "note": anew(note),
            "blend": self._blend,
            "outlined": self._outlined,
        }
        if value != self._told:
            self._told = value
            with self._state:
                self._state.xray = dict(value)
