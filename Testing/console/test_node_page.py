"""The technician's page with real DICOM peers: from a scanner turned away to its first image."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pydicom
import pytest
from console_harness import CASE, COMMAND, ConsoleProcess, count_of, pixels
from pynetdicom import AE
from pynetdicom.sop_class import CTImageStorage, Verification

from SlicerSpineGuide.recording.case import open_case


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """The console over a live session whose settings are kept in a file of their own."""
    home = tmp_path_factory.mktemp("home")
    before = os.environ.get("SPINEGUIDE_HOME")
    os.environ["SPINEGUIDE_HOME"] = str(home)
    console = ConsoleProcess([*COMMAND, "guide", str(CASE), "--port", "0", "--no-browser"])
    yield console
    console.stop()
    if before is None:
        del os.environ["SPINEGUIDE_HOME"]
    else:
        os.environ["SPINEGUIDE_HOME"] = before


@pytest.fixture
def page(live, new_page):
    page = new_page(live.address)
    page.wait_for_function("trame.state.get('holder') === spineguide.me")
    page.locator("[data-testid=tab-node]").click()
    page.wait_for_function("trame.state.get('nodes').ready && trame.state.get('nodes').up", timeout=30_000)
    return page


def associate(page, aet: str):
    entity = AE(ae_title=aet)
    entity.add_requested_context(Verification)
    entity.add_requested_context(CTImageStorage, pydicom.uid.ExplicitVRLittleEndian)
    port = int(page.locator("[data-testid=node-port]").inner_text())
    return entity.associate("127.0.0.1", port, ae_title=page.locator("[data-testid=node-aet]").inner_text())


def test_a_beginner_gets_from_a_refused_scanner_to_the_first_image_by_what_the_page_says(page):
    steps = page.locator("[data-testid=ladder]")
    assert "sg-good" in steps.nth(0).get_attribute("class")
    assert "AE title" in steps.nth(1).inner_text(), "the next step is told"
    assert not associate(page, "NEWSCANNER").is_established
    page.locator("[data-testid=strangers] b >> text=NEWSCANNER").wait_for()
    page.locator("[data-testid=admit]").click()
    deadline = time.monotonic() + 10
    while not (association := associate(page, "NEWSCANNER")).is_established and time.monotonic() < deadline:
        time.sleep(0.5)
    assert association.is_established
    assert association.send_c_echo().Status == 0x0000
    page.evaluate("spineguide.act('record')")
    page.wait_for_function("trame.state.get('recording').on && !trame.state.get('recording').busy", timeout=30_000)
    image = pydicom.dcmread(next((CASE / "live").glob("*.dcm")))
    assert association.send_c_store(image).Status == 0x0000
    association.release()
    page.wait_for_function("trame.state.get('nodes').steps.every(step => step.done)", timeout=15_000)
    assert "NEWSCANNER" in page.locator("[data-testid=peers]").inner_text()
    assert count_of(pixels(page.locator("[data-testid=ladder]").last), "plan") > 60, "the last step's tick is green"
    page.locator("[data-testid=node-page] >> text=is not listed").first.wait_for()
    page.evaluate("spineguide.act('language', 'fr')")
    page.locator("[data-testid=node-page] >> text=le titre AE appelant NEWSCANNER n'est pas dans la liste").first.wait_for()
    page.evaluate("spineguide.act('language', 'en')")
    stop_recording_and_play_it(page)


def stop_recording_and_play_it(page) -> None:
    """The image that arrived is in a case of its own, whose place is said, and which the Training page offers."""
    page.locator("[data-testid=tab-guide]").click()
    page.locator("[data-testid=record-menu] summary").click()
    page.wait_for_function("trame.state.get('recording').images === 1", timeout=15_000)
    assert page.locator("[data-testid=record-text]").inner_text().endswith("1")
    page.locator("[data-testid=record]").click()
    page.wait_for_function("!trame.state.get('recording').on && !trame.state.get('recording').busy")
    folder = Path(page.evaluate("trame.state.get('recording').folder"))
    assert str(folder) in page.locator("[data-testid=record-folder]").inner_text()
    recorded = open_case(folder)
    assert len(recorded.case.frames) == 1 and '"recording-started"' in (folder / "decisions.jsonl").read_text()
    page.locator("[data-testid=tab-training]").click()
    assert page.locator(f"[data-testid=cases] option[value='{folder}']").count() == 1
    page.locator("[data-testid=tab-node]").click()


def test_a_remote_node_is_added_checked_in_words_and_removed(page):
    form = page.locator("[data-testid=add-node]")
    port = page.locator("[data-testid=node-port]").inner_text()
    for name, text in {"name": "itself", "aet": "SPINEGUIDE", "host": "127.0.0.1", "port": port, "services": "echo"}.items():
        form.locator(f"[name={name}]").fill(text)
    form.locator("button").click()
    row = page.locator("[data-testid=remote] >> text=itself")
    row.wait_for()
    answers, deadline = page.locator("[data-testid=answers]"), time.monotonic() + 30
    while time.monotonic() < deadline:  # the running node follows its settings within a second or so
        page.evaluate("spineguide.act('node_check', 'itself')")
        page.wait_for_function("trame.state.get('node_answers').rows.length && !trame.state.get('node_answers').busy", timeout=30_000)
        if page.evaluate("trame.state.get('node_answers').rows.every(row => row.ok)"):
            break
        assert len(page.evaluate("trame.state.get('node_answers').rows[0].advice")) > 10, "what to change is said"
        time.sleep(1.0)
    page.wait_for_function("document.querySelectorAll('[data-testid=answers] .mdi-check-circle').length === 1")
    english = answers.inner_text()
    page.evaluate("spineguide.act('language', 'fr')")
    page.wait_for_function("english => document.querySelector('[data-testid=answers]').innerText !== english", arg=english)
    assert page.locator("[data-testid=answers] tr td").last.inner_text() not in english, "the answers follow, not only the heading"
    page.evaluate("spineguide.act('language', 'en')")
    page.wait_for_function("english => document.querySelector('[data-testid=answers]').innerText === english", arg=english)
    assert "itself" in answers.inner_text() and "C-ECHO" in answers.locator("tr").first.inner_text()
    page.locator("[data-testid=remote] button").last.click()
    row.wait_for(state="detached")


def test_wrong_settings_are_refused_in_one_sentence(page):
    form = page.locator("[data-testid=add-node]")
    form.locator("[name=aet]").fill("FAR-TOO-LONG-AN-AE-TITLE")
    form.locator("button").click()
    problem = page.locator("[data-testid=node-problem]")
    problem.wait_for()
    assert "aet" in problem.inner_text() and "Traceback" not in problem.inner_text()
    page.evaluate("spineguide.act('node_import', 'port = \"high\"')")
    page.wait_for_function("trame.state.get('node_problem').includes('port')")


def test_admitting_everyone_is_red_and_ends_by_itself_or_by_hand(page):
    assert page.locator("[data-testid=promiscuous]").count() == 0
    page.locator("[data-testid=promiscuous-on]").click()
    notice = page.locator("[data-testid=promiscuous]")
    notice.wait_for()
    assert notice.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(213, 0, 0)"
    assert 0 < page.evaluate("trame.state.get('nodes').promiscuous_min") <= 10
    notice.locator("button").click()
    notice.wait_for(state="detached")


def test_settings_are_exported_as_they_are_imported_and_the_conformance_statement_is_the_nodes(page):
    text = page.evaluate("spineguide.act('node_settings')")
    assert "aet" in text and "#" in text, "with its comments"
    page.evaluate("text => spineguide.act('node_import', text)", text)
    assert page.evaluate("spineguide.act('node_settings')") == text
    assert "CT Image Storage" in page.evaluate("spineguide.act('node_conformance')")
