"""Drive it yourself: a session whose images are those that the trainee asks the virtual room for."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import Any

from SlicerSpineGuide.intake.decode import read_live_image
from SlicerSpineGuide.intake.frame import Frame
from SlicerSpineGuide.recording.case import CaseFolder, Truth
from SlicerSpineGuide.recording.player import CaseClock
from SlicerSpineGuide.recording.session import Session
from SlicerSpineGuide.room.hands_on import HandsOn
from SlicerSpineGuide.translation import tr

START_LEAN_DEG, START_ENTRY_MM = 6.0, 4.0


class DrivingSession(Session):
    """The case's plan and planning CT, an instrument in the trainee's hand, an image at every request.

    Time stands still between two images, so that thinking does not make an image old. seed: of patient and puncture; None: another
    one every time. trajectory: the id of the one to be driven along, None: the plan's first.
    """

    def __init__(self, case: CaseFolder, seed: int | None = None, trajectory: str | None = None) -> None:
        self._case_clock = CaseClock()
        super().__init__(case, "every", self._case_clock)
        rng = random.Random(seed)
        planning, plan = case.folder / "planning", case.folder / "plan.json"
        self.hands = HandsOn(planning, plan, plan=case.plan, trajectory=trajectory, seed=rng.randrange(1 << 16))
        if trajectory is not None:
            self.select_trajectory(trajectory)
        self.hands.turn(rng.uniform(-1, 1) * START_LEAN_DEG, rng.uniform(-1, 1) * START_LEAN_DEG)
        self.hands.move_entry(rng.uniform(-1, 1) * START_ENTRY_MM, rng.uniform(-1, 1) * START_ENTRY_MM)
        self._folder = tempfile.TemporaryDirectory(prefix="spineguide-drive-")
        self._index = 0
        self._started = time.monotonic()

    @property
    def case_title(self) -> str:
        return tr("By hand: {title}").format(title=self.case.case.title)

    @property
    def truth(self) -> Truth | None:
        """The truth of the images so far, None before the first."""
        return self.hands.truth() if self._index else None

    def move(self, what: str, amount: float) -> None:
        """advance (mm), head or left (lean, degrees), entry_head or entry_left (mm, only outside the skin), table (mm)."""
        hands = self.hands
        {
            "advance": lambda: hands.advance(amount),
            "head": lambda: hands.turn(head_deg=amount),
            "left": lambda: hands.turn(left_deg=amount),
            "entry_head": lambda: hands.move_entry(head_mm=amount),
            "entry_left": lambda: hands.move_entry(left_mm=amount),
            "table": lambda: hands.move_table(amount),
        }[what]()

    def take(self) -> None:
        """Ask for an image; takes as long as the virtual CT needs, so it is called off the console's loop."""
        t = time.monotonic() - self._started
        started = time.perf_counter()
        images = []
        for number, dataset in enumerate(self.hands.acquire()):
            path = Path(self._folder.name) / f"{self._index:05d}-{number:02d}.dcm"
            dataset.save_as(path, enforce_file_format=True)
            images.append(read_live_image(path, t))
        index, self._index = self._index, self._index + 1
        self._case_clock.set(at=t)
        self.loop.offer(Frame(index, "CT", tuple(images), t, 1e3 * (time.perf_counter() - started)))

    def stop(self) -> None:
        super().stop()
        self._folder.cleanup()

    def state(self) -> dict[str, Any]:
        """What the page shows of the hand."""
        hand = self.hands.hand
        return {
            "shown": True, "busy": False, "images": self._index, "outside": hand.depth_mm <= 0, "depth": f"{hand.depth_mm:.0f}",
            "head": f"{hand.head_deg:+.1f}", "left": f"{hand.left_deg:+.1f}", "table": f"{hand.table_mm:+.0f}",
        }  # fmt: skip


NOT_DRIVING: dict[str, Any] = {
    "shown": False, "busy": False, "images": 0, "outside": True, "depth": "", "head": "", "left": "", "table": "",
}  # fmt: skip
