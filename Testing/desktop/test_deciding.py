"""What the radiologist decides in the panel: the registration, the alerts, the steps, the marks, the limits."""

from __future__ import annotations

import re
from typing import Any

from courses import next_image, rows, step_until, wait_until

from SlicerSpineGuide.guidance.types import AlertCode


def test_a_rejected_registration_shows_nothing_until_it_is_registered_anew(playing: Any) -> None:
    assert playing.ui.lateralLabel.text != "–"
    playing.ui.rejectButton.click()
    wait_until(lambda: playing.ui.lateralLabel.text == "–", "the numbers to go")
    assert not playing.conductor.drawing.instrument.GetDisplayNode().GetVisibility()
    assert playing.ui.adviceLabel.text == "Register anew, or move the image, and compare again."
    playing.ui.searchButton.click()
    wait_until(lambda: playing.ui.lateralLabel.text != "–", "the numbers to come back")


def test_where_acceptance_is_asked_for_nothing_is_shown_before_it(playing: Any) -> None:
    playing.ui.askCheck.click()
    wait_until(lambda: playing.ui.lateralLabel.text == "–", "the numbers to go")
    assert "waits to be accepted" in playing.ui.registrationLabel.text
    playing.ui.acceptButton.click()
    wait_until(lambda: playing.ui.lateralLabel.text != "–", "the numbers to come")
    accepted = [row for row in rows(playing.ui.stepsList) if "Registration accepted" in row]
    assert re.search(r"✓.*\d\d:\d\d:\d\d", accepted[0])


def test_one_alert_is_acknowledged_alone(playing: Any) -> None:
    step_until(playing, lambda update: len(update.alerts) > 0)
    codes = [a.code for a in playing.conductor.latest.alerts]
    playing.ui.alertList.setCurrentRow(0)
    first = playing.live_section._listed[0][0]
    playing.ui.acknowledgeButton.click()
    wait_until(lambda: all(a.acknowledged == (a.code is first) for a in playing.conductor.latest.alerts), "one alert silenced")
    assert "(acknowledged)" in rows(playing.ui.alertList)[-1] or len(codes) == 1


def confirm(panel: Any, row: int) -> None:
    panel.ui.stepsList.setCurrentRow(row)
    panel.ui.confirmStepButton.click()


def test_steps_are_confirmed_by_name_taken_back_and_seen_in_the_images(playing: Any) -> None:
    playing.ui.operatorEdit.text = "  Dr.  Martin "
    confirm(playing, 0)
    assert re.match(r"✓  Plan checked  \d\d:\d\d:\d\d Dr. Martin", rows(playing.ui.stepsList)[0])
    assert playing.ui.stepsList.currentRow == 0, "the choice stays"
    confirm(playing, 0)
    assert rows(playing.ui.stepsList)[0].startswith("○  Plan checked")
    assert any("%" in row for row in rows(playing.ui.stepsList)), "the progress of the tip"


def test_the_steps_are_those_of_the_plans_procedure(opened: Any) -> None:
    from SlicerSpineGuide.plan.procedures import procedures

    own = procedures()[opened.conductor.plan.procedure].steps
    assert len(rows(opened.ui.stepsList)) >= len(own) > 0
    assert opened.ui.stepsList.item(0).toolTip() or own[0].label in rows(opened.ui.stepsList)[0]


def test_the_step_of_the_registration_accepts_it_and_one_that_is_seen_cannot_be_confirmed(playing: Any) -> None:
    steps = playing.conductor.steps.rows()
    playing.ui.rejectButton.click()
    wait_until(lambda: playing.conductor.latest.acceptance == "rejected", "the rejection")
    confirm(playing, next(i for i, s in enumerate(steps) if playing.conductor.steps.is_of_registration(s["name"])))
    wait_until(lambda: playing.conductor.latest.acceptance == "accepted", "the acceptance")
    confirm(playing, next(i for i, s in enumerate(steps) if not s["confirm"]))
    assert playing.ui.messageLabel.text == "Choose a step in the list that a person confirms."


def test_a_mark_is_listed_and_gone_to(playing: Any) -> None:
    step_until(playing, lambda update: update.frame.index == 6)
    playing.ui.markButton.click()
    assert any("image 7" in row for row in rows(playing.ui.stepsList))
    step_until(playing, lambda update: update.frame.index == 9)
    playing.sections[0].refresh()
    wait_until(lambda: any("marked at" in row for row in rows(playing.ui.timelineList)), "the mark on the timeline")
    listed = playing.ui.timelineList
    row = next(i for i, text in enumerate(rows(listed)) if "marked at" in text)
    listed.setCurrentRow(row)
    listed.itemClicked(listed.item(row))
    assert playing.conductor.replay.position == 6


def test_limits_are_the_plans_and_changed_ones_are_judged_by(playing: Any) -> None:
    ui = playing.ui
    tolerance = playing.conductor.trajectory.tolerance
    assert (ui.lateralLimitSpin.value, ui.angleLimitSpin.value) == (tolerance.lateral_mm, tolerance.angle_deg)
    assert ui.zoneSelector.count == len(playing.conductor.plan.zones) > 0
    ui.lateralLimitSpin.value = 0.1
    alerted = False
    while not alerted and playing.conductor.replay.position < playing.conductor.replay.length - 1:
        alerted = AlertCode.LATERAL_DEVIATION in {a.code for a in next_image(playing).alerts}
    assert alerted, "a tenth of a millimetre is passed in every case"
    assert playing.conductor.session.thresholds.lateral_mm == 0.1
    ui.zoneLimitSpin.value = 7.5
    wait_until(lambda: 7.5 in playing.conductor.session.thresholds.zone_margin_mm.values(), "the margin")
    ui.planLimitsButton.click()
    assert ui.lateralLimitSpin.value == tolerance.lateral_mm
    wait_until(lambda: playing.conductor.session.thresholds.lateral_mm == tolerance.lateral_mm, "the plan's limits")
