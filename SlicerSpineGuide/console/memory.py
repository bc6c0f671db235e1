"""Memory that was freed goes back to the system: images of half a megabyte, made on many threads, leave holes in glibc's arenas."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable


def trimmer() -> Callable[[], None]:
    """A function that gives back what is free (glibc's malloc_trim); it does nothing where there is no such call."""
    if sys.platform.startswith("linux"):
        try:
            trim = ctypes.CDLL("libc.so.6").malloc_trim
        except (OSError, AttributeError):  # another C library
            return lambda: None

        def give_back() -> None:
            trim(0)

        return give_back
    return lambda: None
