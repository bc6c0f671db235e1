"""What the screen says when it shows no position: each state has its picture, its sentence and its next step."""

from __future__ import annotations

from SlicerSpineGuide.guidance.types import Update
from SlicerSpineGuide.translation import anew, tr

_ICONS = {
    "no_plan": "mdi-file-question-outline",
    "no_image": "mdi-image-off-outline",
    "stale": "mdi-clock-alert-outline",
    "lost": "mdi-map-marker-off-outline",
    "uncertain": "mdi-map-marker-question-outline",
    "rejected": "mdi-map-marker-remove-outline",
    "to_accept": "mdi-map-marker-check-outline",
    "wrong_patient": "mdi-account-alert-outline",
    "node_down": "mdi-lan-disconnect",
    "no_instrument": "mdi-eye-off-outline",
    "broken": "mdi-alert-octagon-outline",
}


def card(state: str, update: Update | None = None) -> dict[str, str]:
    """The state as the page draws it; empty texts where a position is shown."""
    if not state:
        return {"state": "", "icon": "", "sentence": "", "why": "", "next": ""}
    sentence, next_step = _words()[state]
    why = anew(update.hidden_reason) if update is not None and state in ("stale", "lost", "uncertain", "no_instrument") else ""
    return {"state": state, "icon": _ICONS[state], "sentence": sentence, "why": why, "next": next_step}


def _words() -> dict[str, tuple[str, str]]:
    return {
        "no_plan": (tr("No case is open."), tr("Open a case folder on the Training page.")),
        "no_image": (
            tr("No image has arrived yet."),
            tr("Take a first image; if none arrives, the Node page shows what the scanner must be told."),
        ),
        "stale": (
            tr("The image is old: no position is shown."),
            tr("Take a new image. If you did, check on the Node page whether images arrive."),
        ),
        "lost": (
            tr("The image does not fit the plan: no position is shown."),
            tr("Take an image through the planned vertebra, or register again."),
        ),
        "uncertain": (
            tr("The fit between image and plan is uncertain: no position is shown."),
            tr("Take another image, and compare the bone's outline with the plan before you go on."),
        ),
        "rejected": (
            tr("The registration was rejected: no position is shown."),
            tr("Register again, move the start or mark landmarks in the Registration menu, or accept it after all (key R)."),
        ),
        "to_accept": (
            tr("The registration waits to be accepted: no position is shown."),
            tr("Compare the image with the planned path: accept it (key R), or reject it (key X)."),
        ),
        "wrong_patient": (
            tr("The images are of another patient. They are stored and not shown."),
            tr("Check the patient on the scanner, and which case is open here."),
        ),
        "node_down": (
            tr("The DICOM node does not answer: no image can arrive."),
            tr("It is being restarted. If this stays, ask the technician to look at the Node page."),
        ),
        "no_instrument": (
            tr("The instrument is not seen in this image."),
            tr("Take an image through the instrument's tip."),
        ),
        "broken": (
            tr("The display failed: nothing on this screen may be trusted."),
            tr("Watch the scanner's own screen, and start the console again."),
        ),
    }
