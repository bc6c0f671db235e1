"""The report of the session that runs, or of the last one, and its debrief."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import slicer
from slicer.i18n import tr as _

from SlicerSpineGuide.desktop.curves import add_curves
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.guidance.alerts import sentence
from SlicerSpineGuide.recording.debrief import Debrief
from SlicerSpineGuide.recording.training import debrief_against, truth_of


class ReportSection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        self._ui.saveReportButton.connect("clicked(bool)", lambda: panel.attempt(self._save))
        self._ui.debriefButton.connect("clicked(bool)", self._debrief)
        self._ui.curvesButton.connect("clicked(bool)", lambda: panel.attempt(self._curves))
        self._about: Any = None

    def refresh(self) -> None:
        report = self._conductor.report
        for button in (self._ui.saveReportButton, self._ui.debriefButton, self._ui.curvesButton):
            button.enabled = report is not None
        if report is not self._about:
            self._about = report
            self._ui.debriefBrowser.clear()
            self._ui.reportLabel.text = ""

    def _save(self) -> None:
        text = str(self._ui.reportPathEdit.currentPath).strip()
        if not text:
            raise BadInput(_("Name the report file first."))
        path = Path(text)
        if not path.parent.is_dir():
            raise BadInput(_("{path} cannot be written: its folder does not exist.").format(path=path))
        report = self._conductor.report
        report.save(path)
        self._ui.reportLabel.text = _("{count} images written to {path}.").format(count=report.frame_count, path=path)

    def _judged(self) -> tuple[Debrief, list[tuple[str, str]]]:
        conductor = self._conductor
        truth = conductor.driving.truth if conductor.driving is not None else truth_of(conductor.case)
        margins = conductor.plan.margins_mm if conductor.plan is not None else None
        return debrief_against(conductor.report.frames, conductor.trajectory, truth, margins)

    def _debrief(self) -> None:
        result, accuracy = self._judged()
        onsets = [_("Image {index}: {what}").format(index=index + 1, what=sentence(a)) for index, a in self._conductor.report.onsets]
        self._ui.debriefBrowser.setHtml(debrief_html(result, onsets, self._conductor.steps.rows(), accuracy))

    def _curves(self) -> None:
        result, _accuracy = self._judged()
        if not any(curve.points for curve in result.curves):
            raise BadInput(_("The instrument was never seen: there are no curves."))
        add_curves(slicer.mrmlScene, result)
        self._ui.reportLabel.text = _("The table and its plot are in the scene: see the modules Tables and Plots.")


def debrief_html(result: Debrief, onsets: list[str], steps: list[dict[str, Any]], accuracy: list[tuple[str, str]]) -> str:
    """The debrief as a rich text of Qt's: score, judgements, the alerts as they came on, steps, and the comparison with the truth."""
    score = "–" if result.score is None else str(result.score)
    head = _("{score} of 100; {images} images in {seconds:.0f} s").format(score=score, images=result.images, seconds=result.duration_s)
    parts = [f"<h3>{html.escape(head)}</h3>"]
    parts.append(_list([f"{j.sentence}" + (f" ({j.points:+d})" if j.points else "") for j in result.judgements]))
    if onsets:
        parts.append(f"<p><b>{html.escape(_('Alerts'))}</b></p>" + _list(onsets))
    done = [f"{s['label']}: {s['when']}" for s in steps if s["when"]]
    if done:
        parts.append(f"<p><b>{html.escape(_('Steps'))}</b></p>" + _list(done))
    if accuracy:
        rows = "".join(f"<tr><td>{html.escape(what)}&nbsp;&nbsp;</td><td>{html.escape(value)}</td></tr>" for what, value in accuracy)
        parts.append(f"<p><b>{html.escape(_('Guidance against the truth'))}</b></p><table>{rows}</table>")
    parts.append(f"<p><i>{html.escape(_('Not for clinical use: research and training'))}</i></p>")
    return "".join(parts)


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{html.escape(item)}</li>" for item in items) + "</ul>"
