"""The browser application (trame-slicer)."""
