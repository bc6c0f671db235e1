"""The honest state: what keeps a position off the screen, by name."""

from __future__ import annotations

from SlicerSpineGuide.guidance.types import AlertCode, Update
from SlicerSpineGuide.plan import Plan
from SlicerSpineGuide.scene.sight import is_foreign


def state_of(update: Update | None, plan: Plan | None) -> str:
    """The name of the honest state, the gravest first; "" while a position is shown."""
    if plan is None:
        return "no_plan"
    codes = {a.code for a in update.alerts} if update is not None else set()
    if update is not None and is_foreign(update, plan):
        return "wrong_patient"
    if AlertCode.NODE_DOWN in codes:
        return "node_down"
    if update is None or update.frame is None:
        return "no_image"
    if AlertCode.IMAGE_STALE in codes:
        return "stale"
    if update.acceptance == "rejected":
        return "rejected"
    if update.registration.status == "locked" and update.acceptance == "awaited":
        return "to_accept"
    if update.registration.status in ("lost", "none"):
        return "lost"
    if update.registration.status == "uncertain":
        return "uncertain"
    return "no_instrument" if update.hidden_reason or update.deviation is None else ""
