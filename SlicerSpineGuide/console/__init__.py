"""The browser application (trame-slicer): three people's pages over one session."""
