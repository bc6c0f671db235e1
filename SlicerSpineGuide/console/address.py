"""Where the console is served, and opening a browser there."""

from __future__ import annotations

import socket

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.translation import tr


def free_port(host: str, port: int) -> int:
    """`port`, or a free one for 0; BadInput where it cannot be listened on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(
                tr("The console cannot listen on {host}:{port} ({why}): choose another --port, or 0 for a free one.").format(
                    host=host, port=port, why=error.strerror or error
                )
            ) from None
        return int(probe.getsockname()[1])


def announce(address: str, open_browser: bool) -> None:
    """Print the address, and open a browser there where there is one."""
    import webbrowser

    from rich.console import Console as Terminal

    terminal = Terminal(highlight=False, soft_wrap=True)
    terminal.print(tr("The console is at {address}").format(address=address))
    if not open_browser:
        return
    try:
        opened = webbrowser.open(address)
    except webbrowser.Error:
        opened = False
    if not opened:
        terminal.print(tr("No browser was found here: open that address in one."))
