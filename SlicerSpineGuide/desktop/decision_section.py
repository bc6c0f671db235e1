"""What the radiologist decides while guiding: the registration, the steps with their times, the marks, the limits."""

from __future__ import annotations

from functools import partial
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.plan.procedures import procedures


class DecisionSection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        ui, conductor = self._ui, self._conductor
        ui.acceptButton.connect("clicked(bool)", conductor.accept)
        ui.rejectButton.connect("clicked(bool)", conductor.reject)
        ui.searchButton.connect("clicked(bool)", conductor.search_again)
        ui.askCheck.connect("clicked(bool)", self._ask)
        ui.markButton.connect("clicked(bool)", self._mark)
        ui.confirmStepButton.connect("clicked(bool)", self._confirm)
        ui.stepsList.connect("itemDoubleClicked(QListWidgetItem*)", self._confirm)
        ui.operatorEdit.connect("textChanged(QString)", self._name)
        self._rows: list[str] = []
        self._steps: list[dict[str, Any]] = []
        self._filling = False
        self._zones: list[str] = []
        for spin, name in (
            (ui.lateralLimitSpin, "lateral_mm"),
            (ui.angleLimitSpin, "angle_deg"),
            (ui.depthLimitSpin, "depth_mm"),
        ):
            spin.connect("valueChanged(double)", partial(self._limit, name))
        ui.zoneSelector.connect("activated(int)", self._show_limits)
        ui.zoneLimitSpin.connect("valueChanged(double)", self._zone_limit)
        ui.planLimitsButton.connect("clicked(bool)", self._plan_limits)

    def refresh(self) -> None:
        ui, session = self._ui, self._conductor.session
        running = session is not None
        for control in (ui.acceptButton, ui.rejectButton, ui.searchButton, ui.markButton, ui.askCheck):
            control.enabled = running
        ui.confirmStepButton.enabled = self._conductor.case is not None
        ui.askCheck.checked = session.asks if session is not None else self._asked_by_procedure()
        for control in (ui.lateralLimitSpin, ui.angleLimitSpin, ui.depthLimitSpin, ui.planLimitsButton):
            control.enabled = running
        self._list_zones()
        self._show_limits()
        self.show()

    def show(self) -> None:
        """The steps as they are now; the limits of another path, or those that somebody else changed."""
        update = self._conductor.latest
        if update is not None:
            self._ui.acceptButton.enabled = update.registration.status == "locked" or update.acceptance == "rejected"
        self._steps = self._conductor.steps.rows() if self._conductor.case is not None else []
        rows = [_row(step) for step in self._steps]
        rows += [_("Marked at {time}, image {image}").format(time=m["at"], image=m["image"]) for m in self._conductor.steps.marks]
        if rows != self._rows:
            chosen, listed = self._ui.stepsList.currentRow, self._ui.stepsList
            self._rows = rows
            listed.clear()
            listed.addItems(rows)
            for number, step in enumerate(self._steps):
                listed.item(number).setToolTip(step["hint"])
            listed.setCurrentRow(chosen if chosen < len(rows) else -1)  # the choice stays while the progress counts

    # --- steps and marks

    def _confirm(self) -> None:
        """Confirm the step that is chosen in the list, or take it back; that of the registration accepts the registration."""
        row = self._ui.stepsList.currentRow
        if not 0 <= row < len(self._steps) or not self._steps[row]["confirm"]:
            self._panel.say(_("Choose a step in the list that a person confirms."))
            return
        self._panel.say("")
        name = self._steps[row]["name"]
        if self._conductor.steps.is_of_registration(name):
            self._conductor.accept()
        else:
            self._conductor.steps.confirm(name, self._conductor.operator)
        self.show()

    def _name(self, text: str) -> None:
        self._conductor.operator = " ".join(text.split())[:24]

    def _mark(self) -> None:
        self._conductor.steps.mark(self._conductor.latest)
        self.show()

    def _ask(self, on: bool) -> None:
        if self._conductor.session is not None:
            self._conductor.hand.ask_first(on, self._conductor.operator)

    def _asked_by_procedure(self) -> bool:
        plan = self._conductor.plan
        procedure = procedures().get(plan.procedure) if plan is not None else None
        return procedure.accept_before_guidance if procedure is not None else False

    # --- limits

    @property
    def _limits(self) -> Thresholds | None:
        if self._conductor.session is not None:
            return self._conductor.session.thresholds
        return Thresholds.of_plan(self._conductor.trajectory) if self._conductor.trajectory is not None else None

    def _list_zones(self) -> None:
        limits = self._limits
        zones = sorted(limits.zone_margin_mm) if limits is not None else []
        if zones != self._zones:
            self._zones = zones
            self._ui.zoneSelector.clear()
            self._ui.zoneSelector.addItems(zones)
        self._ui.zoneSelector.enabled = self._ui.zoneLimitSpin.enabled = bool(zones) and self._conductor.running

    def _show_limits(self) -> None:
        limits = self._limits
        if limits is not None:
            self._fill(limits)

    def _fill(self, limits: Thresholds) -> None:
        ui = self._ui
        self._filling = True  # a value that is shown is not a value that a person has set
        ui.lateralLimitSpin.value, ui.angleLimitSpin.value = limits.lateral_mm, limits.angle_deg
        ui.depthLimitSpin.value = limits.depth_mm
        if self._zones:
            ui.zoneLimitSpin.value = limits.zone_margin_mm[self._zones[max(0, ui.zoneSelector.currentIndex)]]
        self._filling = False

    def _limit(self, name: str, value: float) -> None:
        if not self._filling and self._conductor.session is not None:
            self._panel.attempt(partial(self._change, **{name: value}))

    def _zone_limit(self, value: float) -> None:
        if not self._filling and self._conductor.session is not None and self._zones:
            zone = self._zones[max(0, self._ui.zoneSelector.currentIndex)]
            self._panel.attempt(partial(self._change, zone_margin_mm={zone: value}))

    def _change(self, **limits: Any) -> None:
        """Judge by other limits, and log who said so."""
        session = self._conductor.session
        session.change_thresholds(**limits)
        session.decisions.add(self._conductor.operator, "limits-changed", session.latest, **limits)

    def _plan_limits(self) -> None:
        session, trajectory = self._conductor.session, self._conductor.trajectory
        if session is None or trajectory is None:
            return
        tolerance = trajectory.tolerance
        margins = self._conductor.plan.margins_mm
        self._change(
            lateral_mm=tolerance.lateral_mm, angle_deg=tolerance.angle_deg, depth_mm=tolerance.depth_mm, zone_margin_mm=margins
        )
        self._fill(Thresholds(tolerance.lateral_mm, tolerance.angle_deg, tolerance.depth_mm, margins))


def _row(step: dict[str, Any]) -> str:
    return f"{'✓' if step['done'] else '○'}  {step['label']}" + (f"  {step['when']}" if step["when"] else "")
