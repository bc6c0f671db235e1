"""What a technician does in the panel: callers, remote nodes, checks of the node."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Any

import pytest
from courses import open_sample, rows, wait_until, wait_until_ready


@pytest.fixture
def node_tools(panel: Any) -> Any:
    """The tools for remote nodes, open and filled in."""
    panel.ui.peersSection.collapsed = False
    panel.ui.nodeSection.collapsed = False
    wait_until(lambda: panel.ui.receivedLabel.text != "", "the first look")
    return panel


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_remote_node_is_added_checked_and_removed(node_tools: Any) -> None:
    ui = node_tools.ui
    ui.remoteNameEdit.text, ui.remoteAetEdit.text, ui.remoteHostEdit.text = "ct", "CT1", "127.0.0.1"
    ui.remotePortSpin.value = free_port()
    ui.addRemoteButton.click()
    assert ui.messageLabel.text == ""
    wait_until(lambda: rows(ui.remoteList) and "CT1@127.0.0.1" in rows(ui.remoteList)[0], "the node in the list")
    ui.remoteList.setCurrentRow(0)
    ui.checkRemoteButton.click()
    wait_until(lambda: ui.answersLabel.text.startswith("✗"), "the answer of a port where nobody listens")
    ui.remoteList.setCurrentRow(0)
    ui.removeRemoteButton.click()
    wait_until(lambda: rows(ui.remoteList) == [], "the empty list")


def test_an_impossible_remote_node_is_refused_in_one_sentence(node_tools: Any) -> None:
    node_tools.ui.remoteAetEdit.text = "A title that is much too long"
    node_tools.ui.addRemoteButton.click()
    assert "aet" in node_tools.ui.messageLabel.text
    assert rows(node_tools.ui.remoteList) == []


def test_a_caller_that_was_turned_away_is_listed_and_admitted(node_tools: Any) -> None:
    from pynetdicom import AE

    open_sample(node_tools)
    node_tools.ui.portSpin.value = 0
    node_tools.ui.startLiveButton.click()
    wait_until_ready(node_tools)
    live = node_tools.conductor.live
    assert live is not None, node_tools.ui.messageLabel.text
    caller = AE(ae_title="NEWCT")
    caller.add_requested_context("1.2.840.10008.1.1")
    refused = caller.associate("127.0.0.1", live.node_state().port, ae_title="SPINEGUIDE")
    assert refused.is_rejected
    wait_until(lambda: any("NEWCT" in row for row in rows(node_tools.ui.strangersList)), "the stranger")
    node_tools.ui.strangersList.setCurrentRow(0)
    node_tools.ui.admitButton.click()
    assert node_tools.ui.messageLabel.text == ""

    def let_in() -> bool:
        association = caller.associate("127.0.0.1", live.node_state().port, ae_title="SPINEGUIDE")
        established = association.is_established
        association.abort() if established else None
        return bool(established)

    wait_until(let_in, "the node following its settings", 30.0)
    node_tools.ui.stopButton.click()


def test_every_caller_is_admitted_for_a_while_and_the_button_is_red(node_tools: Any) -> None:
    node_tools.ui.promiscuousButton.click()
    wait_until(lambda: "c62828" in node_tools.ui.promiscuousButton.styleSheet, "the warning colour")
    node_tools.ui.promiscuousButton.click()
    wait_until(lambda: node_tools.ui.promiscuousButton.styleSheet == "", "the end of it")


def test_the_node_checks_itself(node_tools: Any) -> None:
    node_tools.ui.checkOwnButton.click()
    wait_until(lambda: "Spool folder" in node_tools.ui.answersLabel.text, "the answers")


def test_the_tools_look_only_while_somebody_can_see_them(panel: Any) -> None:
    looks = panel.remote_section
    looks.show()
    assert looks._looked < 0
    panel.ui.peersSection.collapsed = False
    looks.show()
    assert looks._looked < 0, "the section above is closed"
    panel.ui.nodeSection.collapsed = False
    wait_until(lambda: looks._looked > 0, "a look")


def test_associations_are_listed_as_they_were_answered(node_tools: Any) -> None:
    from pynetdicom import AE

    open_sample(node_tools)
    node_tools.ui.portSpin.value, node_tools.ui.callersEdit.text = 0, "CT1"
    node_tools.ui.startLiveButton.click()
    wait_until_ready(node_tools)
    live = node_tools.conductor.live
    assert live is not None, node_tools.ui.messageLabel.text
    caller = AE(ae_title="CT1")
    caller.add_requested_context("1.2.840.10008.1.1")
    association = caller.associate("127.0.0.1", live.node_state().port, ae_title="SPINEGUIDE")
    assert association.is_established
    association.send_c_echo()
    association.release()
    wait_until(lambda: any("CT1" in row and "127.0.0.1" in row for row in rows(node_tools.ui.logList)), "the association in the log")
    node_tools.ui.stopButton.click()


def test_settings_are_exported_and_imported_again(panel: Any, tmp_path: Path) -> None:
    from SlicerSpineGuide.intake import NodeConfig, RemoteNode
    from SlicerSpineGuide.intake.config import default_config_path
    from SlicerSpineGuide.intake.settings_file import SettingsFile

    SettingsFile(default_config_path()).add_node("ct", RemoteNode(aet="CT2", host="192.0.2.17", port=104))
    ui = panel.ui
    ui.settingsPathEdit.currentPath = str(tmp_path / "node.toml")
    ui.exportSettingsButton.click()
    assert str(tmp_path / "node.toml") in ui.messageLabel.text
    text = (tmp_path / "node.toml").read_text(encoding="utf-8")
    assert "CT2" in text
    (tmp_path / "node.toml").write_text('aet = "THEATRE2"\n' + re.sub(r"(?m)^aet = .*\n", "", text, count=1), encoding="utf-8")
    ui.importSettingsButton.click()
    assert ui.aeTitleEdit.text == "THEATRE2"
    assert NodeConfig.load().aet == "THEATRE2"
    assert NodeConfig.load().nodes["ct"].host == "192.0.2.17"


def test_settings_that_cannot_be_used_change_nothing(panel: Any, tmp_path: Path) -> None:
    from SlicerSpineGuide.intake import NodeConfig

    before = NodeConfig.load()
    ui = panel.ui
    ui.importSettingsButton.click()
    assert ui.messageLabel.text == "Name the file first."
    ui.settingsPathEdit.currentPath = str(tmp_path / "missing.toml")
    ui.importSettingsButton.click()
    assert "missing.toml cannot be read" in ui.messageLabel.text
    (tmp_path / "bad.toml").write_text("port = 'many'\n", encoding="utf-8")
    ui.settingsPathEdit.currentPath = str(tmp_path / "bad.toml")
    ui.importSettingsButton.click()
    assert "port" in ui.messageLabel.text
    assert NodeConfig.load() == before
    ui.settingsPathEdit.currentPath = str(tmp_path / "no folder" / "node.toml")
    ui.exportSettingsButton.click()
    assert "cannot be written" in ui.messageLabel.text


def test_the_conformance_statement_is_that_of_the_node_as_it_is_set_up(panel: Any, tmp_path: Path) -> None:
    panel.ui.settingsPathEdit.currentPath = str(tmp_path / "conformance.md")
    panel.ui.conformanceButton.click()
    text = (tmp_path / "conformance.md").read_text(encoding="utf-8")
    assert panel.ui.aeTitleEdit.text in text
    assert "1.2.840.10008.5.1.4.1.1.2" in text, "CT Image Storage"
