"""Who calls the node, and remote nodes: the technician's tools, on the settings file that the node follows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.desktop.background import Background, Progress
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.checks import check_own, check_remote
from SlicerSpineGuide.intake.desk import NodeDesk
from SlicerSpineGuide.intake.node_view import answer_row, log_rows, node_view
from SlicerSpineGuide.intake.overview import overview

PERIOD_S = 2.0


class RemoteSection:
    """Looks at the node every two seconds in another thread, as long as the section is open."""

    def __init__(self, panel: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._panel, self._ui, self._conductor, self._clock = panel, panel.ui, panel.conductor, clock
        self._node = panel.node_section
        ui = self._ui
        self._looks, self._questions = Background(), Background()
        self._looked = -PERIOD_S
        self._strangers: list[dict[str, Any]] = []
        self._names: list[str] = []
        self._answers: list[dict[str, Any]] = []  # appended to by the questions' thread
        self._told = 0
        ui.peersSection.connect("toggled(bool)", self._opened)
        ui.nodeSection.connect("contentsCollapsed(bool)", self._opened)
        ui.admitButton.connect("clicked(bool)", self._admit)
        ui.promiscuousButton.connect("clicked(bool)", lambda on: self._change(lambda desk: desk.promiscuous(on)))
        ui.checkRemoteButton.connect("clicked(bool)", self._check_chosen)
        ui.checkOwnButton.connect("clicked(bool)", self._check_own)
        ui.removeRemoteButton.connect("clicked(bool)", self._remove)
        ui.addRemoteButton.connect("clicked(bool)", self._add)

    def refresh(self) -> None:
        writable = self._node.desk().path is not None
        for button in (self._ui.admitButton, self._ui.promiscuousButton, self._ui.removeRemoteButton, self._ui.addRemoteButton):
            button.enabled = writable

    def show(self) -> None:
        """Take up what was seen and answered, and look again when it is time; never waits."""
        self._panel.attempt_quietly(self._looks.poll)
        self._panel.attempt_quietly(self._questions.poll)
        if self._told != len(self._answers):
            self._say_answers()
        if self.watched and not self._looks.busy and self._clock() - self._looked >= PERIOD_S:
            self._looked = self._clock()
            self._look()

    @property
    def watched(self) -> bool:
        """Whether somebody can see the section."""
        return not (self._ui.nodeSection.collapsed or self._ui.peersSection.collapsed)

    def cleanup(self) -> None:
        self._looks.close()
        self._questions.close()

    def _opened(self) -> None:
        self._looked = -PERIOD_S
        self._panel.keep_looking()

    def _look(self) -> None:
        live, desk = self._conductor.live, self._node.desk()

        def look(_progress: Progress) -> dict[str, Any]:
            config = desk.config
            return node_view(overview(config), live.node_state() if live is not None else None, log_rows(config))

        self._looks.run(_("Looking at the node"), look, self._take)

    def _take(self, seen: dict[str, Any]) -> None:
        ui = self._ui
        self._strangers = seen["strangers"]
        strangers = [f"{s['aet']} ({s['address']}, {s['when']}): {s['why']}" for s in self._strangers]
        _fill(ui.strangersList, strangers)
        self._names = [node["name"] for node in seen["nodes"]]
        _fill(ui.remoteList, [f"{n['name']}: {n['aet']}@{n['host']}:{n['port']}  {n['services']}" for n in seen["nodes"]])
        received = [
            _("{aet} ({address}): {images} images, {refused} refused, last {seen}").format(
                aet=p["aet"], address=p["address"], images=p["images"], refused=p["refused"], seen=p["seen"]
            )
            for p in seen["peers"]
        ]
        problems = [str(p) for p in seen["problems"]]
        _write(ui.receivedLabel, "\n".join([*received, *problems]) or _("Nothing yet."))
        _fill(ui.logList, [_log_row(x) for x in seen["log"]])
        _write(ui.firstImageLabel, "\n".join(_step(*numbered) for numbered in enumerate(seen["steps"])))
        on = seen["promiscuous_min"] > 0
        if ui.promiscuousButton.checked != on:
            ui.promiscuousButton.checked = on
        ui.promiscuousButton.setStyleSheet("background: #c62828; color: white" if on else "")

    # --- changes and questions

    def _change(self, action: Callable[[NodeDesk], None]) -> None:
        if self._panel.attempt(action, self._node.desk()):
            self._opened()

    def _admit(self) -> None:
        row = self._ui.strangersList.currentRow
        if 0 <= row < len(self._strangers):
            self._change(lambda desk: desk.admit(self._strangers[row]["aet"]))
        else:
            self._panel.say(_("Choose a caller that was turned away first."))

    def _remove(self) -> None:
        name = self._chosen()
        if name:
            self._change(lambda desk: desk.remove(name))

    def _add(self) -> None:
        ui = self._ui
        form = {
            "name": ui.remoteNameEdit.text,
            "aet": ui.remoteAetEdit.text.strip(),
            "host": ui.remoteHostEdit.text.strip(),
            "port": ui.remotePortSpin.value,
            "services": ui.remoteServicesEdit.text,
        }
        self._change(lambda desk: desk.add(form))

    def _check_chosen(self) -> None:
        name = self._chosen()
        if name:
            self._ask(name)

    def _check_own(self) -> None:
        self._ask("")

    def _chosen(self) -> str:
        row = self._ui.remoteList.currentRow
        if 0 <= row < len(self._names):
            return self._names[row]
        self._panel.say(_("Choose a remote node first."))
        return ""

    def _ask(self, name: str) -> None:
        """Check a remote node, or with "" this one; the answers appear one after the other."""
        desk, answers = self._node.desk(), list[dict[str, Any]]()
        self._answers, self._told = answers, -1

        def ask(progress: Progress) -> None:
            try:
                config = desk.config
                for answer in check_remote(config.node(name), config) if name else check_own(config):
                    progress(0.5)
                    answers.append(answer_row(answer))
            except BadInput as error:
                answers.append({"what": name, "ok": False, "words": str(error), "advice": ""})

        self._questions.run(_("Asking"), ask, self._asked)
        self._panel.keep_looking()

    def _asked(self, _nothing: None) -> None:
        self._say_answers()

    def _say_answers(self) -> None:
        self._told = len(self._answers)
        rows = [f"{'✓' if a['ok'] else '✗'}  {a['what']}: {a['words']} {a['advice']}".strip() for a in self._answers]
        _write(self._ui.answersLabel, "\n".join(rows) or _("Asking …"))


def _step(number: int, step: dict[str, Any]) -> str:
    """One step from here to the first image; under the first open one, what to do here in Slicer."""
    line = f"{'✓' if step['done'] else '○'}  {step['label']}"
    here = {
        0: _("Press Start live guidance, in the section of that name."),
        1: _("Name the scanner's AE title under Admitted callers, or admit it once it has called."),
    }
    return f"{line}\n     {here.get(number, step['next'])}" if step["next"] else line


def _log_row(entry: dict[str, str]) -> str:
    """One association, or what became of it."""
    caller = f"{entry['aet']} ({entry['address']})" if entry["address"] else entry["aet"]
    return "  ".join(part for part in (entry["when"], entry["event"], caller, entry["detail"]) if part)


def _fill(listed: Any, rows: list[str]) -> None:
    """The rows of a list, with the choice kept where the rows are the same."""
    now = [listed.item(i).text() for i in range(listed.count)]
    if now != rows:
        listed.clear()
        listed.addItems(rows)


def _write(label: Any, text: str) -> None:
    if label.text != text:
        label.text = text
