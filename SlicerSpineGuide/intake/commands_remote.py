"""`spineguide node add|remove|find|get|move|send|worklist`: remote nodes, and the node as their client."""

from __future__ import annotations

import contextlib
import datetime
import logging
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console as Terminal
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.config import NodeConfig, RemoteNode, default_config_path
from SlicerSpineGuide.translation import tr

if TYPE_CHECKING:
    from SlicerSpineGuide.intake.remote import RemotePeer
    from SlicerSpineGuide.intake.requests import Progress

terminal = Terminal(highlight=False, soft_wrap=True)

NameArgument = Annotated[str, typer.Argument(help="The remote node's name in the configuration.")]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="The configuration file; node.toml in the home folder without.")]


def add_remote_commands(app: typer.Typer) -> None:
    """Register this module's commands."""
    for command in (add, remove, find, get, move, send, worklist):
        app.command()(command)


def add(
    name: NameArgument,
    aet: Annotated[str, typer.Option(help="Its AE title; capitals matter.")],
    host: Annotated[str, typer.Option(help="Its address.")] = "",
    port: Annotated[int, typer.Option(help="Its port; not needed for one that only calls.")] = 0,
    role: Annotated[str, typer.Option(help="What it is, for people.")] = "",
    service: Annotated[list[str] | None, typer.Option(help="echo, store, find, get, move or worklist; may be repeated.")] = None,
    address: Annotated[str, typer.Option(help='Where it calls from, if not from its host; "*" is anywhere.')] = "",
    tls: Annotated[bool, typer.Option("--tls/--no-tls", help="It speaks TLS.")] = False,
    may_store: Annotated[bool, typer.Option("--may-store/--may-not-store", help="It may send images here.")] = True,
    config: ConfigOption = None,
) -> None:
    """Add a remote node, or replace it; it is admitted from its address."""
    from SlicerSpineGuide.intake.config import validated
    from SlicerSpineGuide.intake.settings_file import SettingsFile

    stated = {"aet": aet, "host": host, "port": port, "role": role, "address": address, "tls": tls, "may_store": may_store}
    if service:
        stated["services"] = service
    node = validated(None, {"nodes": {name: stated}}).nodes[name]
    SettingsFile(config or default_config_path()).add_node(name, node)
    text = tr("{name} is {aet} at {host}:{port}.") if node.host else tr("{name} is {aet}; it may call from any address.")
    terminal.print(text.format(name=name, aet=node.aet, host=node.host, port=node.port))


def remove(name: NameArgument, config: ConfigOption = None) -> None:
    """Forget a remote node."""
    from SlicerSpineGuide.intake.settings_file import SettingsFile

    SettingsFile(config or default_config_path()).remove_node(name)


def find(
    name: NameArgument,
    patient: Annotated[str, typer.Option(help="Patient ID; * and ? stand for anything.")] = "",
    patient_name: Annotated[str, typer.Option("--name", help="Patient's name, as FAMILY^GIVEN, with * and ?.")] = "",
    date: Annotated[str, typer.Option(help="Study date YYYYMMDD, or a range with -.")] = "",
    modality: Annotated[str, typer.Option(help="CT unless said otherwise.")] = "CT",
    config: ConfigOption = None,
) -> None:
    """Find series on a PACS."""
    from SlicerSpineGuide.intake.queries import find_series

    _demand_date(date)
    if not (patient or patient_name or date):
        raise BadInput(tr("--patient, --name or --date is needed: without one a PACS would list everything."))
    table = Table(tr("Patient"), tr("Name"), tr("Date"), tr("Modality"), tr("Description"), tr("Images"), tr("Study"), tr("Series"))
    for s in find_series(_peer(name, config), patient, patient_name, date, modality):
        count = "" if s.images is None else str(s.images)
        table.add_row(s.patient_id, s.patient_name, s.study_date, s.modality, s.description, count, s.study_uid, s.series_uid)
    terminal.print(table if table.row_count else tr("Nothing was found."))


def get(
    name: NameArgument,
    study: Annotated[str, typer.Argument(help="Study Instance UID.")],
    series: Annotated[str, typer.Argument(help="Series Instance UID.")],
    folder: Annotated[Path, typer.Argument(help="Where to put the images: a case's planning folder, for example.")],
    config: ConfigOption = None,
) -> None:
    """Retrieve a series by C-GET into a folder; Ctrl-C cancels."""
    with _transfer() as (report, cancel):
        files = _peer(name, config).get_series(study, series, folder, report, cancel)
    terminal.print(tr("{n} images in {folder}").format(n=len(files), folder=folder))


def move(
    name: NameArgument,
    study: Annotated[str, typer.Argument(help="Study Instance UID.")],
    series: Annotated[str, typer.Argument(help="Series Instance UID.")],
    to: Annotated[
        str, typer.Option(help="The AE title to send to; this node's own without. It must be running and known there.")
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Ask a PACS to send a series to a node (C-MOVE); Ctrl-C cancels."""
    settings = NodeConfig.load(config)
    with _transfer() as (report, cancel):
        sent = _peer(name, config).move_series(study, series, to or settings.aet, report, cancel)
    terminal.print(tr("{n} images sent to {to}").format(n=sent, to=to or settings.aet))


def send(
    name: NameArgument,
    files: Annotated[list[Path], typer.Argument(help="DICOM files to store there: reports, captures, images.")],
    config: ConfigOption = None,
) -> None:
    """Store DICOM files on a remote node; Ctrl-C cancels."""
    with _transfer() as (report, cancel):
        answers = _peer(name, config).store(files, report, cancel)
    for file, answer in zip(files, answers, strict=True):
        terminal.print(f"{file}: {answer.words} {answer.advice}".rstrip())
    if not all(answer.ok for answer in answers):
        raise typer.Exit(1)


def worklist(
    name: NameArgument,
    date: Annotated[str, typer.Option(help="YYYYMMDD, or a range with -; today without.")] = "",
    modality: Annotated[str, typer.Option(help="CT or XA; any without.")] = "",
    config: ConfigOption = None,
) -> None:
    """Who is scheduled, from a modality worklist."""
    from SlicerSpineGuide.intake.queries import find_scheduled

    _demand_date(date)
    day = date or datetime.date.today().strftime("%Y%m%d")
    table = Table(tr("Time"), tr("Patient"), tr("Name"), tr("Born"), tr("Procedure"), tr("Modality"), tr("Accession"), tr("Study"))
    for s in find_scheduled(_peer(name, config), day, modality):
        when = f"{s.date} {s.time}"
        table.add_row(when, s.patient_id, s.patient_name, s.birth_date, s.description, s.modality, s.accession_number, s.study_uid)
    terminal.print(table if table.row_count else tr("Nobody is scheduled."))


def _demand_date(text: str) -> None:
    """BadInput where `text` is no date or range of dates as DICOM writes them (PS3.5 6.2, DA; PS3.4 C.2.2.2.5)."""
    if text and not re.fullmatch(r"\d{8}|\d{8}-(\d{8})?|-\d{8}", text):
        raise BadInput(tr("--date {text} is no date: write 20300131, or 20300101-20300131 for a range.").format(text=text))


def _peer(name: str, config: Path | None) -> RemotePeer:
    from SlicerSpineGuide.intake.remote import RemotePeer

    warnings.filterwarnings("ignore", module="pydicom")  # what it thinks of a peer's values may quote patients
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    settings = NodeConfig.load(config)
    node: RemoteNode = settings.node(name)
    return RemotePeer(node, settings)


@contextlib.contextmanager
def _transfer() -> Iterator[tuple[Callable[[Progress], None], threading.Event]]:
    """A progress bar, and an event that Ctrl-C sets; a cancelled transfer is a sentence and status 1."""
    import signal

    from SlicerSpineGuide.intake.requests import Cancelled

    cancel = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: cancel.set())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    try:
        with Bar(*columns, console=Terminal(stderr=True), transient=True) as bar:
            task = bar.add_task(tr("Images"), total=None)
            yield (lambda p: bar.update(task, completed=p.done, total=p.of)), cancel
    except Cancelled:
        terminal.print(tr("Cancelled."))
        raise typer.Exit(1) from None
    finally:
        signal.signal(signal.SIGINT, before)
