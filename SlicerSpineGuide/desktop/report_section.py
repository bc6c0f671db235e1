"""The report of the session that runs, or of the last one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.errors import BadInput


class ReportSection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        self._ui.saveReportButton.connect("clicked(bool)", lambda: panel.attempt(self._save))

    def refresh(self) -> None:
        self._ui.saveReportButton.enabled = self._conductor.report is not None

    def _save(self) -> None:
        text = str(self._ui.reportPathEdit.currentPath).strip()
        if not text:
            raise BadInput(_("Name the report file first."))
        path = Path(text)
        if not path.parent.is_dir():
            raise BadInput(_("{path} cannot be written: its folder does not exist.").format(path=path))
        report = self._conductor.report
        report.save(path)
        self._ui.reportLabel.text = _("{count} images written to {path}.").format(count=len(report.build()["frames"]), path=path)
