"""Keys for the main actions, while the module is shown."""

from __future__ import annotations

from typing import Any

import qt
import slicer


class Shortcuts:
    """A foot pedal is a keyboard with few keys: give it these."""

    def __init__(self, panel: Any) -> None:
        ui = panel.ui
        self._keys = [
            ("F6", ui.acknowledgeButton),
            ("F7", ui.searchButton),
            ("F8", ui.freezeButton),
            ("F9", ui.playButton),
            ("F10", ui.stepButton),
            ("Shift+F6", ui.acceptButton),
            ("Shift+F7", ui.rejectButton),
            ("Shift+F8", ui.markButton),
            ("Shift+F9", ui.screenshotButton),
            ("Shift+F10", ui.takeImageButton),
        ]
        self._shortcuts: list[Any] = []
        window = slicer.util.mainWindow()
        for keys, button in self._keys:
            button.toolTip = f"{button.toolTip} ({keys})"
            if window is not None:
                shortcut = qt.QShortcut(window)
                shortcut.setKey(qt.QKeySequence(keys))
                shortcut.connect("activated()", button.click)
                shortcut.enabled = False
                self._shortcuts.append(shortcut)

    def enable(self, on: bool) -> None:
        for shortcut in self._shortcuts:
            shortcut.enabled = on

    def remove(self) -> None:
        for shortcut in self._shortcuts:
            shortcut.disconnect("activated()")
            shortcut.deleteLater()
        self._shortcuts = []
