"""A console over a session that stands still in any state asked for: `double.py` prints the address, then reads state names.

The Updates are made of the project's own types over real CT; only guidance is replaced, so that every state can be held.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

import SimpleITK as sitk
from scene_fixtures import hidden, plan_in, planning_of, update_at

from SlicerSpineGuide.console.app import Console
from SlicerSpineGuide.guidance.types import Alert, AlertCode, Update
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.result import Registration

VOLUME = Volume.from_sitk(sitk.ReadImage(str(Path(__file__).parents[1] / "data" / "lidc_ct.nii.gz")))


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


class HeldSession:
    """A session whose latest Update is what the test asked for."""

    case_title = "Console test case"

    def __init__(self) -> None:
        self.planning, self.plan = planning_of(VOLUME), plan_in(VOLUME)
        self._states = self._make_states()
        self.latest: Update = self._states["no_image"]

    def node_state(self) -> None:
        return None

    def acknowledge(self, code: AlertCode) -> None:
        _say(f"acknowledged {code.value}")
        alerts = tuple(replace(a, acknowledged=a.acknowledged or a.code is code) for a in self.latest.alerts)
        self.latest = replace(self.latest, alerts=alerts)

    def select_trajectory(self, trajectory_id: str) -> None:
        _say(f"selected {trajectory_id}")
        self.latest = replace(self._states["no_image"], trajectory=trajectory_id)

    asks = False

    def register_again(self, pose: object, who: str = "", how: str = "") -> None:
        _say(f"register again by {who}: {how}")
        self.latest = replace(self._states["near"])

    def accept_registration(self, who: str = "") -> None:
        _say(f"accepted by {who}")
        self.latest = replace(self._states["near"])

    def reject_registration(self, who: str = "") -> None:
        _say(f"rejected by {who}")
        self.latest = replace(self._states["rejected"])

    def ask_for_acceptance(self, asks: bool, who: str = "") -> None:
        self.asks = asks

    def start(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def stop(self) -> None:
        _say("stopped")

    def _read(self) -> None:
        for line in sys.stdin:
            self.latest = replace(self._states[line.strip()])

    def _make_states(self) -> dict[str, Update]:
        near = update_at(VOLUME, self.plan, depth_mm=20.0, lateral_mm=1.0)
        deep = update_at(VOLUME, self.plan, depth_mm=-3.2, lateral_mm=4.0, index=1)
        lateral = Alert(AlertCode.LATERAL_DEVIATION, "high", "The tip is 4.0 mm beside the planned path.")
        depth = Alert(AlertCode.DEPTH_EXCEEDED, "medium", "The tip is 3.2 mm past the target.")
        low = Alert(AlertCode.INSTRUMENT_LOST, "low", "No instrument is seen.")

        def without(reason: str, *alerts: Alert, **changes: object) -> Update:
            return replace(hidden(near, reason), alerts=alerts, **changes)  # type: ignore[arg-type]

        stranger = replace(near.frame, images=tuple(replace(i, patient_id="SOMEONE-ELSE") for i in near.frame.images))
        empty = replace(without("No image has arrived yet."), frame=None, registration=Registration("none"))
        return {
            "no_image": empty,
            "near": near,
            "deviation": replace(deep, alerts=(depth, lateral)),
            "medium": replace(near, alerts=(depth,)),
            "low": replace(near, alerts=(low,)),
            "stale": without("The last image is 3 s old.", Alert(AlertCode.IMAGE_STALE, "high", "The last image is 3 s old.")),
            "lost": without("The slice does not fit.", registration=Registration("lost", reason="The slice does not fit.")),
            "uncertain": without(
                "The fit is ambiguous.", registration=Registration("uncertain", near.registration.plan_from_live, quality=0.4)
            ),
            "rejected": without(
                "The registration was rejected by the operator.",
                Alert(AlertCode.REGISTRATION_LOST, "medium", "The registration is lost."),
                registration=Registration("lost", reason="The registration was rejected by the operator."),
                acceptance="rejected",
            ),
            "to_accept": replace(without("The registration waits to be accepted."), acceptance="awaited"),
            "wrong_patient": replace(
                without("Another patient.", Alert(AlertCode.WRONG_PATIENT, "high", "Images of another patient.")), frame=stranger
            ),
            "unnoticed_stranger": replace(near, frame=stranger),
            "node_down": without("The last image is 9 s old.", Alert(AlertCode.NODE_DOWN, "high", "The DICOM node is down.")),
            "no_instrument": without("No instrument is seen in the image.", low),
            "impossible": replace(near, instrument=replace(near.instrument, tip=near.instrument.tip[:2])),
        }


if __name__ == "__main__":
    Console(HeldSession(), open_browser=False).run()
