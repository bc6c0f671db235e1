"""The DICOM node: what the scanner has to know, who may send, and how the node is."""

from __future__ import annotations

from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.intake import NodeConfig
from SlicerSpineGuide.intake.desk import NodeDesk


class NodeSection:
    def __init__(self, panel: Any) -> None:
        self._panel, self._ui, self._conductor = panel, panel.ui, panel.conductor
        panel.attempt(self.fill_in)

    def config(self) -> NodeConfig:
        """The configuration of this machine's node with what the form says; BadInput names what is impossible."""
        callers = tuple(name.strip() for name in self._ui.callersEdit.text.split(",") if name.strip())
        return NodeConfig.load().with_changes(aet=self._ui.aeTitleEdit.text.strip(), port=self._ui.portSpin.value, allow=callers)

    def desk(self) -> NodeDesk:
        """The settings of the session's node, else of this machine's."""
        live = self._conductor.live
        return NodeDesk(live.config, live.node_state()) if live is not None else NodeDesk(None, None)

    def refresh(self) -> None:
        idle = self._conductor.live is None and not self._conductor.background.busy
        for field in (self._ui.aeTitleEdit, self._ui.portSpin, self._ui.callersEdit):
            field.enabled = idle
        self.show()

    def show(self) -> None:
        live = self._conductor.live
        if live is None:
            self._say(_("The node runs while live guidance runs."), "")
            return
        state = live.node_state()
        running = _("Listening as {address}").format(address=state.address) if state.running else _("The node is down.")
        self._say(running, live.problems[-1] if live.problems else "")

    def _say(self, state: str, problem: str) -> None:
        if self._ui.nodeLabel.text != state:
            self._ui.nodeLabel.text = state
        if self._ui.nodeProblemLabel.text != problem:
            self._ui.nodeProblemLabel.text = problem

    def fill_in(self) -> None:
        """Put what the settings file says into the form."""
        config = NodeConfig.load()
        self._ui.aeTitleEdit.text = config.aet
        self._ui.portSpin.value = config.port
        self._ui.callersEdit.text = ", ".join(config.allow)
