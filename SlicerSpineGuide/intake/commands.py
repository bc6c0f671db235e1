"""`spineguide node ...`: the DICOM node for technicians."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as Terminal
from rich.markup import escape
from rich.table import Table

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.answers import Answer
from SlicerSpineGuide.intake.commands_remote import add_remote_commands
from SlicerSpineGuide.intake.config import NodeConfig, default_config_path
from SlicerSpineGuide.intake.settings_file import SettingsFile
from SlicerSpineGuide.translation import tr

node_app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
settings_app = typer.Typer(no_args_is_help=True, help="The configuration file.")
node_app.add_typer(settings_app, name="settings")
add_remote_commands(node_app)
terminal = Terminal(highlight=False, soft_wrap=True)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The configuration file; node.toml in the home folder without.")]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]


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
    said: set[str] = set()

    def say(state: NodeState) -> None:
        if state.problem and state.problem not in said:
            terminal.print(state.problem)
        said.clear()
        said.add(state.problem)

    supervisor = NodeSupervisor(settings, say)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    state = supervisor.start()
    terminal.print(tr("Listening as {where}.").format(where=state.address))
    while not stop.wait(0.5):  # without a time Windows would not let Ctrl-C through
        pass
    supervisor.stop()


@node_app.command()
def check(
    name: Annotated[str | None, typer.Argument(help="A remote node to check; without, this node's own settings.")] = None,
    config: ConfigOption = None,
) -> None:
    """Check a remote node (echo, test store, query), or this node; each answer in words, with what to change."""
    from SlicerSpineGuide.intake.checks import check_own, check_remote

    settings = NodeConfig.load(config)
    failed = _print_answers(check_own(settings) if name is None else check_remote(settings.node(name), settings))
    if failed:
        raise typer.Exit(1)


def _print_answers(answers: Iterable[Answer]) -> int:
    failed = 0
    for answer in answers:
        mark = "[green]ok[/]" if answer.ok else "[red]failed[/]"
        terminal.print(f"{mark}  {answer.what}: {escape(answer.words)}")
        if answer.advice:
            terminal.print(f"        {answer.advice}", markup=False)
        failed += not answer.ok
    return failed


@node_app.command()
def status(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Own settings, remote nodes, what each has sent, who was turned away, storage."""
    from SlicerSpineGuide.intake.activity import when_text
    from SlicerSpineGuide.intake.overview import overview

    now = overview(NodeConfig.load(config))
    if as_json:
        sys.stdout.write(json.dumps(now.as_dict(), indent=1) + "\n")
        return
    own = now.config
    running = tr("running") if now.listening else tr("not running")
    terminal.print(tr("{aet}@{host}:{port}: {running}").format(aet=own.aet, host=own.host, port=own.port, running=running))
    terminal.print(tr("Configuration: {path}").format(path=now.config_file))
    terminal.print(tr("Admitted from any address: {aets}").format(aets=", ".join(own.allow) or tr("nobody")))
    if now.promiscuous_left_s:
        minutes = now.promiscuous_left_s / 60
        terminal.print("[bold white on red]" + tr("Every caller is admitted for {n:.0f} more minutes").format(n=minutes) + "[/]")
    tls = tr("TLS until {date}").format(date=now.certificate_expires) if now.certificate_expires else tr("no TLS")
    limits = own.limits
    terminal.print(
        tr("{tls}; PDU {pdu} bytes; objects up to {size:.0f} MB; {n} associations at once").format(
            tls=tls, pdu=limits.pdu_bytes, size=limits.object_bytes / 1e6, n=limits.associations
        )
    )
    terminal.print(
        tr("Images: {n} ({used:.1f} MB, {unseen} not looked at); free disk {free:.1f} GB").format(
            n=now.use.images, used=now.use.used_bytes / 1e6, unseen=now.use.unseen, free=now.free_bytes / 1e9
        )
    )
    for problem in now.problems:
        terminal.print(f"[yellow]{escape(problem)}[/]")
    heads = (tr("name"), tr("AE"), tr("host"), tr("port"), tr("role"), tr("TLS"), tr("services"), tr("may store"), tr("images"))
    nodes = Table(*heads, title=tr("Remote nodes"))
    for name, node, sent in now.nodes():
        services, may_store = " ".join(node.services), tr("yes") if node.may_store else tr("no")
        row = (name, node.aet, node.host, str(node.port or ""), node.role, tr("yes") if node.tls else "", services, may_store)
        nodes.add_row(*map(escape, row), str(sent.images if sent else 0))
    if nodes.row_count:
        terminal.print(nodes)
    seen_heads = (tr("AE"), tr("address"), tr("last seen"), tr("images"), tr("refused"), tr("rejected"))
    peers = Table(*seen_heads, tr("p50/p95 ms"), tr("images/s"), tr("gap s"), tr("clock s"), title=tr("Received"))
    for p in now.peers:
        delays = "" if p.ack_p50_ms is None else f"{p.ack_p50_ms:.1f}/{p.ack_p95_ms:.1f}"
        counts = (str(p.images), str(p.refused), str(p.rejected))
        measured = (_number(p.rate_hz), _number(p.longest_gap_s), _number(p.clock_skew_s))
        peers.add_row(escape(p.aet), p.address, when_text(p.last_seen), *counts, delays, *measured)
    if now.peers:
        terminal.print(peers)
    for stranger in now.strangers:
        seen = tr("{aet} from {address} was turned away {n} times, last {when}: {why}.").format(
            aet=stranger.aet, address=stranger.address, n=stranger.attempts, when=when_text(stranger.last_seen), why=stranger.why
        )
        terminal.print(seen, markup=False)
        advice = tr("Correct the called AE title there.") if stranger.called_wrongly else f"spineguide node admit {stranger.aet!r}"
        terminal.print(f"        {advice}", markup=False)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


@node_app.command()
def admit(aet: Annotated[str, typer.Argument(help="The calling AE title.")], config: ConfigOption = None) -> None:
    """Let a caller in; a running node follows within a second."""
    SettingsFile(config or default_config_path()).admit(aet)
    terminal.print(tr("{aet} is admitted from any address.").format(aet=aet))


@node_app.command()
def promiscuous(
    minutes: Annotated[float, typer.Option(help="For how long every caller is admitted, 60 at most; 0 ends it.")] = 10.0,
    config: ConfigOption = None,
) -> None:
    """Admit every caller for a few minutes, to find out what a scanner calls itself; ends by itself."""
    SettingsFile(config or default_config_path()).set_promiscuous(minutes)
    text = tr("Every caller is admitted for {n:g} minutes.") if minutes else tr("Only listed callers are admitted.")
    terminal.print(text.format(n=minutes))


@node_app.command()
def log(
    lines: Annotated[int, typer.Option(help="How many of the newest lines.", min=1)] = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """The association log, newest last; it holds no patient data."""
    from SlicerSpineGuide.intake.activity import journal, when_text

    newest = list(reversed(journal(NodeConfig.load(config).spool_root, lines)))
    if as_json:
        sys.stdout.write(json.dumps([vars(line) for line in newest], indent=1) + "\n")
        return
    for line in newest:
        terminal.print(f"{when_text(line.when)}  {line.event:9} {line.aet:16} {line.address:15} {line.detail}", markup=False)


@node_app.command()
def clean(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False, config: ConfigOption = None
) -> None:
    """Apply the retention rules now: delete images that were looked at and are too old, or in the way."""
    from SlicerSpineGuide.intake.retention import sweep

    settings = NodeConfig.load(config)
    use = sweep(settings.spool_root, settings.retention, dry_run=dry_run)
    text = (
        tr("{n} of {all} images would be deleted ({size:.1f} MB).") if dry_run else tr("{n} of {all} images deleted ({size:.1f} MB).")
    )
    terminal.print(text.format(n=use.doomed, all=use.images, size=use.doomed_bytes / 1e6))


@node_app.command()
def conformance(config: ConfigOption = None) -> None:
    """Print the DICOM Conformance Statement as Markdown."""
    from SlicerSpineGuide.intake.conformance import conformance_statement

    sys.stdout.write(conformance_statement(NodeConfig.load(config)))


@node_app.command("systemd-unit")
def systemd_unit(config: ConfigOption = None) -> None:
    """Print a systemd unit that runs the node on its own."""
    from SlicerSpineGuide.intake.supervisor import python_executable

    path = (config or default_config_path()).absolute()
    sys.stdout.write(
        "[Unit]\nDescription=SlicerSpineGuide DICOM node\nAfter=network-online.target\nWants=network-online.target\n\n"
        f"[Service]\nExecStart={_for_systemd(python_executable())} -m SlicerSpineGuide node serve --config {_for_systemd(path)}\n"
        "Restart=always\nRestartSec=1\nKillMode=mixed\nNoNewPrivileges=true\n\n"
        "[Install]\nWantedBy=default.target\n"
    )


def _for_systemd(path: Path | str) -> str:
    """A path as ExecStart= wants it: quoted where it has a space, % and $ doubled (systemd.service(5), "Command lines")."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if " " in text else text


@settings_app.command("show")
def show_settings(config: ConfigOption = None) -> None:
    """Print the configuration, with its comments."""
    settings = SettingsFile(config or default_config_path())
    assert settings.config
    sys.stdout.write(settings.text())


@settings_app.command("export")
def export_settings(target: Annotated[Path, typer.Argument(help="The new file.")], config: ConfigOption = None) -> None:
    """Write the configuration, with its comments, to another file."""
    settings = SettingsFile(config or default_config_path())
    assert settings.config
    try:
        target.write_text(settings.text(), encoding="utf-8")
    except OSError as error:
        raise BadInput(tr("{path} cannot be written: {why}.").format(path=target, why=error.strerror)) from None
    terminal.print(str(target))


@settings_app.command("import")
def import_settings(source: Annotated[Path, typer.Argument(help="The file to take over.")], config: ConfigOption = None) -> None:
    """Take over a configuration file after checking it, with its comments."""
    target = config or default_config_path()
    SettingsFile(target).replace_with(source)
    terminal.print(str(target))
