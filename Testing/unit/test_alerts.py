"""Alerts: when they come, when they go, what they never do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.alerts import AlertMachine, Situation
from SlicerSpineGuide.guidance.rules import RULES
from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.guidance.types import Alert, AlertCode, Deviation
from SlicerSpineGuide.plan import InstrumentSpec, Tolerance, Trajectory
from SlicerSpineGuide.plan.procedures import Procedure, procedures
from SlicerSpineGuide.registration.result import Registration

TRAJECTORY = Trajectory(
    id="L1",
    instrument=InstrumentSpec(kind="trocar", name="11G", diameter_mm=3.0, length_mm=125.0),
    entry_lps=(0, 60, 0),
    target_lps=(0, 0, 0),
    tolerance=Tolerance(lateral_mm=2.0, angle_deg=3.0, depth_mm=2.0),
)
LOCKED = Registration("locked", np.eye(4), quality=1.0)
ON_PATH = Deviation("L1", 0.4, 0.5, 30.0, 0.5, {"canal": 6.0, "aorta": 30.0}, 0.3, 0.5, 0.3, 0.4)
THRESHOLDS = Thresholds(2.0, 3.0, 2.0, {"canal": 2.0, "aorta": 5.0})
BEYOND = {
    AlertCode.LATERAL_DEVIATION: replace(ON_PATH, lateral_mm=3.0),
    AlertCode.ANGLE_DEVIATION: replace(ON_PATH, angle_deg=5.0),
    AlertCode.PREDICTED_MISS: replace(ON_PATH, predicted_miss_mm=3.0),
    AlertCode.DEPTH_EXCEEDED: replace(ON_PATH, depth_mm=-3.0),
    AlertCode.DEPTH_REACHED: replace(ON_PATH, depth_mm=1.0),
    AlertCode.ZONE_NEAR: replace(ON_PATH, clearance_mm={"canal": 1.0, "aorta": 30.0}),
    AlertCode.ZONE_ENTERED: replace(ON_PATH, clearance_mm={"canal": -1.0, "aorta": 30.0}),
}
STATES = {
    AlertCode.WRONG_PATIENT: Situation(registration=Registration("none"), wrong_patient=True),
    AlertCode.IMAGE_STALE: Situation(registration=LOCKED, image_stale=True),
    AlertCode.REGISTRATION_LOST: Situation(registration=Registration("lost", reason="The image shows other anatomy.")),
    AlertCode.REGISTRATION_UNCERTAIN: Situation(
        registration=Registration("uncertain", np.eye(4), reason="Half of the bone is missing.")
    ),
    AlertCode.INSTRUMENT_LOST: Situation(registration=LOCKED, instrument_visible=False),
    AlertCode.FRAME_OF_REFERENCE_CHANGED: Situation(registration=LOCKED, frame_of_reference_changed=True),
    AlertCode.GEOMETRY_CHANGED: Situation(registration=LOCKED, geometry_changed=True),
    AlertCode.NODE_DOWN: Situation(registration=LOCKED, node_down=True),
    AlertCode.DISK_LOW: Situation(registration=LOCKED, disk_low=True),
}


class Run:
    """Frames at ten a second through one machine."""

    def __init__(self) -> None:
        self.machine = AlertMachine(TRAJECTORY, thresholds=THRESHOLDS)
        self.index = -1
        self.now_s = 0.0

    def situation(self, situation: Situation, *, same_frame: bool = False) -> tuple[Alert, ...]:
        self.index += 0 if same_frame else 1
        self.now_s += 0.1
        return self.machine.step(replace(situation, frame_index=self.index), self.now_s)

    def frame(self, deviation: Deviation, *, same_frame: bool = False) -> tuple[Alert, ...]:
        return self.situation(Situation(deviation=deviation, registration=LOCKED, instrument_visible=True), same_frame=same_frame)

    def tick(self, **state: bool) -> tuple[Alert, ...]:
        self.now_s += 0.1
        return self.machine.step(Situation(deviation=ON_PATH, registration=LOCKED, instrument_visible=True, **state), self.now_s)


def codes(alerts: tuple[Alert, ...]) -> list[AlertCode]:
    return [alert.code for alert in alerts]


def test_every_code_of_the_format_has_one_rule() -> None:
    assert sorted(rule.code for rule in RULES) == sorted(AlertCode)
    assert set(BEYOND) | set(STATES) == set(AlertCode)


def test_on_the_path_nothing_is_alerted() -> None:
    run = Run()
    assert all(run.frame(ON_PATH) == () for _ in range(50))


@pytest.mark.parametrize("code", BEYOND)
def test_a_number_beyond_its_limit_by_one_mm_or_two_degrees_alerts_within_two_frames(code: AlertCode) -> None:
    run = Run()
    run.frame(ON_PATH)
    first, second = codes(run.frame(BEYOND[code])), codes(run.frame(BEYOND[code]))
    assert code in first or code in second
    assert code in codes(run.frame(BEYOND[code]))


@pytest.mark.parametrize("code", BEYOND)
def test_an_alert_goes_after_two_frames_well_inside_and_not_after_one(code: AlertCode) -> None:
    run = Run()
    for _ in range(2):
        run.frame(BEYOND[code])
    assert code in codes(run.frame(ON_PATH))
    assert code not in codes(run.frame(ON_PATH))


@pytest.mark.parametrize("code", STATES)
def test_a_state_alerts_within_two_frames_and_ends_with_it(code: AlertCode) -> None:
    run = Run()
    run.frame(ON_PATH)
    run.situation(STATES[code])
    assert code in codes(run.situation(STATES[code]))
    for _ in range(35):
        run.frame(ON_PATH)
    assert run.frame(ON_PATH) == ()


@pytest.mark.parametrize("code", sorted({AlertCode.WRONG_PATIENT, AlertCode.REGISTRATION_LOST, AlertCode.IMAGE_STALE}))
def test_what_hides_the_position_is_alerted_at_once_and_most_urgently(code: AlertCode) -> None:
    run = Run()
    run.frame(ON_PATH)
    first = run.situation(STATES[code])[0]
    assert (first.code, first.priority) == (code, "high")


@pytest.mark.parametrize("value", [2.1, 2.2])
def test_within_the_plus_minus_of_the_limit_nothing_is_alerted(value: float) -> None:
    run = Run()
    near = replace(ON_PATH, lateral_mm=value, lateral_pm_mm=0.3)
    assert all(run.frame(near) == () for _ in range(50))


def test_one_unsure_outlier_is_not_alerted_and_one_sure_excess_is() -> None:
    run = Run()
    unsure = replace(ON_PATH, lateral_mm=3.2, lateral_pm_mm=2.0)
    for _ in range(20):
        assert run.frame(unsure) == ()
        assert run.frame(ON_PATH) == ()
    assert codes(run.frame(replace(unsure, lateral_pm_mm=0.4))) == [AlertCode.LATERAL_DEVIATION]


def test_an_unsure_number_beyond_the_limit_still_alerts_with_the_second_frame() -> None:
    run = Run()
    unsure = replace(ON_PATH, lateral_mm=3.0, lateral_pm_mm=float("inf"))
    assert run.frame(unsure) == ()
    assert codes(run.frame(unsure)) == [AlertCode.LATERAL_DEVIATION]


def test_a_predicted_miss_that_its_plus_minus_explains_is_not_alerted() -> None:
    run = Run()
    unsure = replace(ON_PATH, predicted_miss_mm=3.5, predicted_miss_pm_mm=1.8)
    assert all(run.frame(unsure) == () for _ in range(30))
    run.frame(replace(unsure, predicted_miss_mm=4.0))
    assert codes(run.frame(replace(unsure, predicted_miss_mm=4.0))) == [AlertCode.PREDICTED_MISS]


def test_far_from_the_target_a_predicted_miss_is_alerted_only_where_more_than_a_degree_explains_it() -> None:
    run = Run()
    far_away = replace(ON_PATH, depth_mm=80.0, predicted_miss_mm=3.3, predicted_miss_pm_mm=0.1)
    assert all(run.frame(far_away) == () for _ in range(30))
    run.frame(replace(far_away, predicted_miss_mm=3.5))
    assert codes(run.frame(replace(far_away, predicted_miss_mm=3.5))) == [AlertCode.PREDICTED_MISS]


def test_around_the_limit_an_alert_does_not_flicker() -> None:
    run = Run()
    for _ in range(2):
        run.frame(BEYOND[AlertCode.LATERAL_DEVIATION])
    for lateral in (1.8, 2.2, 1.2, 1.1, 1.9, 1.05) * 10:
        assert codes(run.frame(replace(ON_PATH, lateral_mm=lateral))) == [AlertCode.LATERAL_DEVIATION]


def test_a_tolerance_below_two_mm_can_still_be_met_again() -> None:
    run = Run()
    run.machine.thresholds = replace(THRESHOLDS, lateral_mm=0.8)
    for _ in range(2):
        assert codes(run.frame(replace(ON_PATH, lateral_mm=2.0))) == [AlertCode.LATERAL_DEVIATION]
    run.frame(replace(ON_PATH, lateral_mm=0.39))
    assert run.frame(replace(ON_PATH, lateral_mm=0.39)) == ()


def test_a_frame_that_grows_counts_once() -> None:
    run = Run()
    unsure = replace(ON_PATH, lateral_mm=2.4)
    assert run.frame(unsure) == ()
    assert run.frame(unsure, same_frame=True) == () == run.frame(unsure, same_frame=True)
    assert codes(run.frame(unsure)) == [AlertCode.LATERAL_DEVIATION]


def test_what_a_frame_takes_back_as_it_grows_was_never_alerted() -> None:
    run = Run()
    assert codes(run.frame(BEYOND[AlertCode.ZONE_ENTERED]))
    assert run.frame(ON_PATH, same_frame=True) == ()
    assert run.frame(ON_PATH) == ()


def test_an_alert_keeps_its_beginning_and_its_acknowledgement_while_its_frame_grows() -> None:
    run = Run()
    beyond = BEYOND[AlertCode.ZONE_ENTERED]
    began = run.frame(beyond)[0].since_s
    run.machine.acknowledge(AlertCode.ZONE_ENTERED)
    again = run.frame(beyond, same_frame=True)[0]
    assert (again.since_s, again.acknowledged) == (began, True)


@pytest.mark.parametrize("hiding", [AlertCode.WRONG_PATIENT, AlertCode.REGISTRATION_LOST, AlertCode.IMAGE_STALE])
def test_no_alert_speaks_of_a_number_that_is_hidden(hiding: AlertCode) -> None:
    run = Run()
    for _ in range(3):
        run.frame(BEYOND[AlertCode.ZONE_ENTERED])
    hidden = replace(STATES[hiding], deviation=BEYOND[AlertCode.ZONE_ENTERED], instrument_visible=True)
    assert not set(codes(run.situation(hidden))) & set(BEYOND)


def test_stale_between_frames_hides_the_numbers_alerts_and_the_next_image_brings_them_back() -> None:
    run = Run()
    for _ in range(3):
        run.frame(BEYOND[AlertCode.LATERAL_DEVIATION])
    assert codes(run.tick()) == [AlertCode.LATERAL_DEVIATION]
    assert codes(run.tick(image_stale=True)) == [AlertCode.IMAGE_STALE]
    assert codes(run.frame(replace(ON_PATH, lateral_mm=2.1))) == [AlertCode.LATERAL_DEVIATION]


def test_after_being_hidden_an_alert_does_not_return_for_a_position_within_its_limit() -> None:
    run = Run()
    for _ in range(3):
        run.frame(BEYOND[AlertCode.LATERAL_DEVIATION])
    run.tick(image_stale=True)
    assert run.frame(replace(ON_PATH, lateral_mm=1.8)) == ()


def test_ticks_between_frames_do_not_count_as_frames() -> None:
    run = Run()
    unsure = replace(ON_PATH, lateral_mm=2.4)
    run.frame(unsure)
    for _ in range(20):
        assert run.tick() == ()
    for _ in range(2):
        run.frame(BEYOND[AlertCode.LATERAL_DEVIATION])
    run.frame(ON_PATH)
    for _ in range(20):
        assert codes(run.tick()) == [AlertCode.LATERAL_DEVIATION]


def test_an_instrument_that_was_never_seen_cannot_be_lost() -> None:
    run = Run()
    nothing = STATES[AlertCode.INSTRUMENT_LOST]
    assert all(run.situation(nothing) == () for _ in range(20))


def test_a_single_frame_without_the_instrument_is_not_alerted() -> None:
    run = Run()
    for _ in range(10):
        assert run.frame(ON_PATH) == ()
        assert run.situation(STATES[AlertCode.INSTRUMENT_LOST]) == ()


def test_a_registration_there_never_was_is_not_lost() -> None:
    run = Run()
    assert run.situation(Situation(registration=Registration("none"))) == ()
    run.frame(ON_PATH)
    assert codes(run.situation(Situation(registration=Registration("none")))) == [AlertCode.REGISTRATION_LOST]


def test_the_reason_of_a_lost_registration_is_in_the_message() -> None:
    assert Run().situation(STATES[AlertCode.REGISTRATION_LOST])[0].message.endswith("The image shows other anatomy.")


def test_another_patient_stays_on_the_screen_for_three_seconds() -> None:
    run = Run()
    run.situation(STATES[AlertCode.WRONG_PATIENT])
    assert all(codes(run.frame(ON_PATH)) == [AlertCode.WRONG_PATIENT] for _ in range(29))
    assert run.frame(ON_PATH) == () or run.frame(ON_PATH) == ()


def test_acknowledging_silences_but_hides_nothing_and_ends_with_the_condition() -> None:
    run = Run()
    beyond = BEYOND[AlertCode.DEPTH_EXCEEDED]
    assert not run.frame(beyond)[0].acknowledged
    run.machine.acknowledge(AlertCode.DEPTH_EXCEEDED)
    assert run.frame(beyond)[0].acknowledged
    assert run.tick()[0].acknowledged
    for _ in range(3):
        run.frame(ON_PATH)
    assert not run.frame(beyond)[0].acknowledged


def test_an_acknowledged_alert_that_was_hidden_comes_back_acknowledged() -> None:
    run = Run()
    run.frame(BEYOND[AlertCode.LATERAL_DEVIATION])
    run.machine.acknowledge(AlertCode.LATERAL_DEVIATION)
    run.tick(image_stale=True)
    assert run.frame(BEYOND[AlertCode.LATERAL_DEVIATION])[0].acknowledged


def test_each_zone_has_its_own_alert() -> None:
    run = Run()
    both = replace(ON_PATH, clearance_mm={"canal": 1.0, "aorta": 3.5})
    alerts = run.frame(both)
    assert [(a.code, a.subject) for a in alerts] == [(AlertCode.ZONE_NEAR, "canal"), (AlertCode.ZONE_NEAR, "aorta")]
    assert "canal" in alerts[0].message and "aorta" in alerts[1].message


def test_the_most_urgent_alert_comes_first() -> None:
    run = Run()
    many = replace(BEYOND[AlertCode.ZONE_ENTERED], lateral_mm=4.0, depth_mm=1.0)
    situation = Situation(deviation=many, registration=LOCKED, instrument_visible=True, disk_low=True, geometry_changed=True)
    alerts = run.situation(situation)
    priorities = [alert.priority for alert in alerts]
    assert priorities == sorted(priorities, key=("high", "medium", "low").index)
    assert alerts[0].code == AlertCode.ZONE_ENTERED and {"high", "medium", "low"} == set(priorities)


def test_thresholds_can_be_changed_while_guiding() -> None:
    run = Run()
    assert run.frame(replace(ON_PATH, lateral_mm=1.8)) == ()
    run.machine.thresholds = replace(run.machine.thresholds, lateral_mm=1.0)
    assert codes(run.frame(replace(ON_PATH, lateral_mm=1.8))) == [AlertCode.LATERAL_DEVIATION]


def test_the_plan_gives_the_thresholds() -> None:
    assert AlertMachine(TRAJECTORY).thresholds == Thresholds(2.0, 3.0, 2.0, {})


@pytest.mark.parametrize("procedure", procedures().values(), ids=lambda p: p.id)
def test_every_procedure_has_sane_default_thresholds(procedure: Procedure) -> None:
    thresholds = Thresholds.of_procedure(procedure)
    assert 0.5 <= thresholds.lateral_mm <= 5 and 1 <= thresholds.angle_deg <= 10 and 0.5 <= thresholds.depth_mm <= 5
    assert all(0.5 <= margin <= 10 for margin in thresholds.zone_margin_mm.values())


@pytest.mark.parametrize(
    "wrong", [{"lateral_mm": 0.0}, {"angle_deg": -1.0}, {"depth_mm": float("nan")}, {"zone_margin_mm": {"canal": -1.0}}]
)
def test_a_threshold_that_is_none_is_refused_in_a_sentence_that_names_it(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as error:
        replace(THRESHOLDS, **wrong)
    assert ("canal" if "zone_margin_mm" in wrong else next(iter(wrong))) in str(error.value)


def test_thresholds_are_changed_one_by_one_and_the_rest_stays() -> None:
    changed = THRESHOLDS.changed(angle_deg=5, zone_margin_mm={"canal": 3})
    assert changed == Thresholds(2.0, 5.0, 2.0, {"canal": 3.0, "aorta": 5.0})


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"lateral_mm": "two"}, "lateral_mm"),
        ({"depth_mm": 1e9}, "depth_mm"),
        ({"zone_margin_mm": {"liver": 2.0}}, "liver"),
        ({"zone_margin_mm": {"canal": ""}}, "canal"),
    ],
)
def test_a_wrong_change_of_a_threshold_is_refused_and_names_the_field(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(BadInput, match=named):
        THRESHOLDS.changed(**wrong)
