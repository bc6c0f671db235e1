"""Whether this machine can draw without a display: said in one sentence before VTK ends the process."""

from __future__ import annotations

import ctypes
import os
import sys

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.translation import tr

APT_LINE = "apt-get install -y libegl1 libgl1 libglx-mesa0 libgl1-mesa-dri libxrender1 libxt6"
_LIBRARIES = ("libGL.so.1", "libEGL.so.1", "libXrender.so.1")


def check_graphics() -> None:
    """BadInput names the missing library and the line that installs it."""
    if not sys.platform.startswith("linux"):
        return
    missing = [name for name in _LIBRARIES if not _loads(name)]
    if missing:
        raise BadInput(
            tr("The console cannot draw because {names} is missing: run '{line}' as root.").format(
                names=", ".join(missing), line=APT_LINE
            )
        )


def quiet_vtk() -> None:
    """Draw off screen at once, where VTK would first look for an X server; and let it speak of errors only."""
    from vtkmodules.vtkCommonCore import vtkLogger

    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")


def silence_output_window() -> None:
    """What vtkLogger says already, VTK's output window need not say again; trame-slicer turns it on."""
    from vtkmodules.vtkCommonCore import vtkOutputWindow

    vtkOutputWindow.GetInstance().SetDisplayModeToNever()


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
