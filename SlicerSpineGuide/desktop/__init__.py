"""The Slicer module's widget (PythonQt).

entrance opens the panel, or asks for missing packages first; panel holds the sections together; conductor has the case, the
session and the drawing, and knows no widget; memory keeps them in the scene. Nothing here is imported before the module is opened.
"""
