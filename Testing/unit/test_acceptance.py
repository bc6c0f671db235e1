"""What a person's word on the registration does: rejected or not yet accepted, nothing is guided by it."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
from guide_stand_in import PLAN, frame

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import rigid
from SlicerSpineGuide.guidance.guide import Guide
from SlicerSpineGuide.guidance.types import AlertCode
from SlicerSpineGuide.plan.procedures import procedures
from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.recording.decisions import DecisionLog
from SlicerSpineGuide.recording.player import ReplaySession
from SlicerSpineGuide.recording.replay import asks_for_acceptance
from SlicerSpineGuide.scene.sight import is_stale, sight_of

CASE = Path(__file__).parents[2] / "Resources" / "Cases" / "t12-vertebroplasty"


def codes(update) -> set[AlertCode]:
    return {a.code for a in update.alerts}


def test_a_rejected_registration_shows_no_position_at_once_and_says_why(guide):
    assert guide.process(frame(0), 0.0).deviation is not None
    guide.reject()
    update = guide.tick(0.1)
    assert update.deviation is None and update.registration.plan_from_live is None and update.acceptance == "rejected"
    assert update.hidden_reason == "The registration was rejected by the operator."
    assert sight_of(update, PLAN).pose is None


def test_a_rejection_holds_for_the_next_images_and_is_alerted_as_a_lost_registration(guide):
    guide.process(frame(0), 0.0)
    guide.reject()
    for index in range(1, 4):
        update = guide.process(frame(index), 0.1 * index)
    assert update.deviation is None and update.registration.status == "lost"
    assert AlertCode.REGISTRATION_LOST in codes(update)


@pytest.mark.parametrize("settle", [Guide.accept, Guide.restart_registration])
def test_accepting_after_all_or_registering_again_ends_a_rejection(guide, settle):
    guide.process(frame(0), 0.0)
    guide.reject()
    guide.process(frame(1), 0.1)
    settle(guide)
    update = guide.process(frame(1), 0.2)
    assert update.deviation is not None and update.hidden_reason == "" and update.acceptance == "accepted"


def test_registering_again_starts_from_the_given_pose(guide, sight):
    guide.process(frame(0), 0.0)
    start = rigid(None, (1.0, 2.0, 3.0))
    guide.restart_registration(start)
    guide.process(frame(0), 0.1)
    np.testing.assert_array_equal(sight.starts[-1], start)


def test_where_acceptance_is_asked_for_the_plan_is_drawn_to_be_judged_but_nothing_is_guided(guide):
    guide.asks = True
    update = guide.process(frame(0), 0.0)
    assert update.deviation is None and update.acceptance == "awaited"
    assert update.hidden_reason == "The registration waits to be accepted."
    assert not is_stale(update)
    seen = sight_of(update, PLAN)
    assert seen.pose is not None and seen.tip is None
    guide.accept()
    assert guide.process(frame(1), 0.1).deviation is not None


@pytest.mark.parametrize(
    "change", [{"frame_of_reference_uid": "1.99"}, {"patient_position": "FFS"}], ids=["frame of reference", "position"]
)
def test_an_acceptance_does_not_outlive_the_patient_or_the_scanner_moving(guide, change):
    guide.asks = True
    guide.accept()
    assert guide.process(frame(0), 0.0).deviation is not None
    assert guide.process(frame(1, **change), 0.1).acceptance == "awaited"
    guide.accept()
    assert guide.process(frame(2, **change), 0.2).deviation is not None
    guide.restart_registration()
    assert guide.process(frame(2, **change), 0.3).acceptance == "awaited"


def test_a_stranger_stays_a_stranger_whatever_is_accepted(guide):
    guide.process(frame(0), 0.0)
    guide.reject()
    update = guide.process(frame(1, patient_id="P2"), 0.1)
    guide.accept()
    assert "another patient" in update.hidden_reason and "another patient" in guide.tick(0.2).hidden_reason
    assert guide.process(frame(2, patient_id="P2"), 0.3).deviation is None


def test_a_procedure_says_whether_a_person_has_to_accept(monkeypatch):
    asking = procedures()["vertebroplasty"].model_copy(update={"accept_before_guidance": True})
    assert not asks_for_acceptance(PLAN)
    monkeypatch.setattr("SlicerSpineGuide.recording.replay.procedures", lambda: {"vertebroplasty": asking})
    assert asks_for_acceptance(PLAN)
    assert not asks_for_acceptance(PLAN.model_copy(update={"procedure": "something of their own"}))


def test_decisions_are_kept_with_who_and_when_and_written_line_by_line(tmp_path):
    log = DecisionLog(tmp_path / "decisions.jsonl", lambda: datetime(2026, 3, 1, 9, 30, 5, tzinfo=timezone.utc))
    log.add("AB", "registration-accepted")
    log.add("", "nudge", moved_mm=[1.0, 0.0, 0.0])
    lines = [json.loads(line) for line in (tmp_path / "decisions.jsonl").read_text().splitlines()]
    assert lines == log.entries
    assert lines[0] == {
        "at": "2026-03-01T09:30:05+00:00", "who": "AB", "what": "registration-accepted", "trajectory": "", "frame": None,
    }  # fmt: skip
    log.close()
    log.add("AB", "after the end")
    assert len(log.entries) == 3
    with pytest.raises(BadInput, match=r"nowhere.decisions\.jsonl cannot be written"):
        DecisionLog(tmp_path / "nowhere" / "decisions.jsonl")


def until(condition, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def test_in_a_session_a_decision_is_seen_without_another_image():
    session = ReplaySession(open_case(CASE))
    session.start()
    try:
        session.seek(20)
        assert until(lambda: session.latest.deviation is not None)
        index, locked = session.latest.frame.index, session.latest.registration.plan_from_live
        session.reject_registration("AB")
        assert until(lambda: session.latest.acceptance == "rejected" and session.latest.deviation is None)
        session.accept_registration("AB")
        assert until(lambda: session.latest.deviation is not None)
        off = rigid(None, (2.0, -1.0, 1.0)) @ locked
        session.register_again(off, "AB", how="by hand")
        assert until(lambda: session.latest.deviation is not None and session.latest.registration.plan_from_live is not locked)
        np.testing.assert_allclose(session.latest.registration.plan_from_live[:3, 3], locked[:3, 3], atol=0.3)
        assert session.latest.frame.index == index
        assert [(e["who"], e["what"]) for e in session.decisions.entries] == [
            ("AB", "registration-rejected"), ("AB", "registration-accepted"), ("AB", "register-again"),
        ]  # fmt: skip
        assert {e["frame"] for e in session.decisions.entries} == {index}
    finally:
        session.stop()
    assert replace(session.latest).skipped == 0
