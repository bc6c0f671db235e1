"""A stand-in for the Slicer desktop: PySide6 off screen behind PythonQt's manners, on top of slicer-core's real scene.

It is stricter than Slicer. What Slicer's classes do not have is refused: an attribute, a signal, a class, a call such as ``w.text()``
on what PythonQt makes an attribute, any use of Qt off the main thread, ``qt.Signal``. What Slicer has and the stand-in does not do
raises NotImplementedError, so that no test passes on something that was never run.

- manifest: which classes, properties, signals and methods Slicer has (qt_widgets.json, read off Slicer's headers)
- pythonqt: Qt objects as PythonQt shows them; the `qt` module
- widgets: the MRML and CTK widgets that the module uses; the `ctk` module
- forms: .ui files, every name checked before it is loaded
- views: the layout manager with slice and 3D views that really draw
- application: slicer.app, slicer.modules and the Python modules that slicer-core lacks; `start()` puts it all in place
"""
