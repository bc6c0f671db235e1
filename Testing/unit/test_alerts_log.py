"""The log of the alerts: appended line by line, readable whatever happens next."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.thresholds import Thresholds
from SlicerSpineGuide.guidance.types import Alert, AlertCode, Deviation, Update
from SlicerSpineGuide.intake import NodeConfig
from SlicerSpineGuide.recording.alert_log import AlertLog, new_log
from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.recording.session import LiveSession
from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.tracking.instrument import Instrument

ENTERED = Alert(AlertCode.ZONE_ENTERED, "high", "spinal canal: the instrument is 1.0 mm inside.", 3.0, subject="spinal canal")
DEVIATION = Deviation("T12", 1.0, 2.0, 30.0, 1.5, {"spinal canal": -1.0})


def update(at_s: float, *alerts: Alert, deviation: Deviation | None = DEVIATION) -> Update:
    return Update(None, Registration("none"), Instrument(False), deviation, alerts, "", "T12", at_s)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_coming_and_going_is_one_line_at_once(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    log = AlertLog(path)
    log.add(update(1.0))
    assert lines(path) == []
    for at in (2.0, 3.0, 4.0):
        log.add(update(at, ENTERED))
    assert [(line["at_s"], line["alert"], line["code"], line["subject"]) for line in lines(path)] == [
        (2.0, "on", "ZONE_ENTERED", "spinal canal")
    ]
    assert lines(path)[0]["deviation"] == {
        "lateral_mm": 1.0,
        "angle_deg": 2.0,
        "depth_mm": 30.0,
        "predicted_miss_mm": 1.5,
        "clearance_mm": {"spinal canal": -1.0},
    }
    log.add(update(5.0, deviation=None))
    assert [line["alert"] for line in lines(path)] == ["on", "off"]
    assert "deviation" not in lines(path)[1]


def test_a_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    for at in (1.0, 2.0):
        log = AlertLog(path)
        log.add(update(at, ENTERED))
        log.close()
    assert [line["at_s"] for line in lines(path)] == [1.0, 2.0]


def test_a_log_that_cannot_be_written_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written"):
        AlertLog(tmp_path / "nowhere" / "alerts.jsonl")


def test_the_limits_and_each_change_of_them_are_in_the_log(tmp_path: Path) -> None:
    log = AlertLog(tmp_path / "alerts.jsonl", now=lambda: datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc))
    plan = Thresholds(2.0, 3.0, 2.0, {"spinal canal": 2.0})
    for at, limits in ((1.0, plan), (2.0, plan), (3.0, plan.changed(lateral_mm=1.5)), (4.0, plan.changed(lateral_mm=1.5))):
        log.add(replace(update(at), thresholds=limits))
    first, second = lines(tmp_path / "alerts.jsonl")
    assert first["thresholds"] == {"lateral_mm": 2.0, "angle_deg": 3.0, "depth_mm": 2.0, "zone_margin_mm": {"spinal canal": 2.0}}
    assert (second["at_s"], second["trajectory"], second["time"]) == (3.0, "T12", "2026-03-01T09:30:00.000+00:00")
    assert second["thresholds"]["lateral_mm"] == 1.5  # type: ignore[index]


def test_an_acknowledgement_is_in_the_log(tmp_path: Path) -> None:
    log = AlertLog(tmp_path / "alerts.jsonl")
    for at, acknowledged in ((1.0, False), (2.0, True), (3.0, True)):
        log.add(update(at, replace(ENTERED, acknowledged=acknowledged)))
    assert [(line["at_s"], line["alert"]) for line in lines(tmp_path / "alerts.jsonl")] == [(1.0, "on"), (2.0, "acknowledged")]


def test_a_session_has_a_log_of_its_own_in_a_folder_that_is_made(tmp_path: Path) -> None:
    one = new_log(tmp_path / "data" / "alerts", now=lambda: datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc))
    other = new_log(tmp_path / "data" / "alerts", now=lambda: datetime(2026, 3, 1, 9, 31, tzinfo=timezone.utc))
    assert one.parent.is_dir() and one != other
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        new_log(tmp_path / "file" / "alerts")


def test_a_live_session_that_does_not_record_keeps_its_log_beside_the_nodes_spool(tmp_path: Path) -> None:
    case = open_case(resource_path("Cases/t12-vertebroplasty"), live=False)
    session = LiveSession(case, NodeConfig(spool=tmp_path / "spool"))
    assert session.alert_log.parent == tmp_path / "alerts" and session.alert_log.is_file()
    session.change_thresholds(lateral_mm="1.5", zone_margin_mm={case.plan.zones[0].name: 3})  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="angle_deg"):
        session.change_thresholds(angle_deg=-1)
    session.change_thresholds(depth_mm=4)
    session.loop.start()
    session.loop.select(case.plan.trajectories[0].id)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and session.thresholds.lateral_mm != 1.5:
        time.sleep(0.02)
    session.loop.stop()
    written = [line["thresholds"] for line in lines(session.alert_log) if "thresholds" in line]
    assert (written[-1]["lateral_mm"], written[-1]["depth_mm"]) == (1.5, 4.0)  # type: ignore[index]
    assert written[-1]["zone_margin_mm"][case.plan.zones[0].name] == 3.0  # type: ignore[index]
