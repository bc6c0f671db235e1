"""The Slicer module's widget (PythonQt)."""
