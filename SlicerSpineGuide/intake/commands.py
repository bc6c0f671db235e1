"""`spineguide node ...`: the DICOM node for technicians."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as Terminal

from SlicerSpineGuide.intake.config import NodeConfig
from SlicerSpineGuide.translation import tr

node_app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
terminal = Terminal(highlight=False, soft_wrap=True)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The configuration file; node.toml in the home folder without.")]


@node_app.command()
def serve(
    config: ConfigOption = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on; loopback unless chosen otherwise.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 takes a free one.")] = None,
    aet: Annotated[str | None, typer.Option(help="The node's own AE title.")] = None,
    allow: Annotated[list[str] | None, typer.Option(help="A calling AE title to admit besides those of the configuration.")] = None,
    spool: Annotated[Path | None, typer.Option(help="The folder for received images.")] = None,
) -> None:
    """Run the node on its own until it is interrupted."""
    from SlicerSpineGuide.intake.supervisor import NodeState, NodeSupervisor

    settings = NodeConfig.load(config)
    changes = {"host": host, "port": port, "aet": aet, "spool": spool, "allow": (*settings.allow, *allow) if allow else None}
    settings = settings.with_changes(**{name: value for name, value in changes.items() if value is not None})

    said = [""]

    def say(state: NodeState) -> None:
        if state.problem and state.problem != said[0]:
            terminal.print(state.problem)
        said[0] = state.problem

    supervisor = NodeSupervisor(settings, say)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    state = supervisor.start()
    terminal.print(tr("Listening as {where}.").format(where=state.address))
    stop.wait()
    supervisor.stop()
