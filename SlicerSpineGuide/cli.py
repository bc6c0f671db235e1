"""The spineguide command (CASE_FORMAT version 1): exit status 0 done, 2 bad input (one line, no traceback), 1 failure."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console as Terminal
from rich.progress import Progress
from rich.table import Table

from SlicerSpineGuide import __version__
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.commands import node_app
from SlicerSpineGuide.plan.commands import plan_app
from SlicerSpineGuide.translation import language_from_environment, set_language, tr

if TYPE_CHECKING:
    from SlicerSpineGuide.recording.session import Session

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Guidance of percutaneous spine procedures. Not for clinical use: research and training.",
)
app.add_typer(node_app, name="node", help="The DICOM node, for technicians.")
app.add_typer(plan_app, name="plan", help="Propose, check and print plans; to 3D Slicer and back.")
terminal = Terminal(highlight=False, soft_wrap=True)

CaseArgument = Annotated[Path, typer.Argument(help="A case folder: plan.json, planning/ and, to replay it, case.json and live/.")]
ReportOption = Annotated[Path | None, typer.Option("--report", help="Where to write the report (JSON).")]
HeadlessOption = Annotated[bool, typer.Option("--headless", help="Without the console in the browser.")]
HostOption = Annotated[str, typer.Option(help="The address the console is served on.")]
PortOption = Annotated[int, typer.Option(help="The console's port; 0 takes a free one.")]
CertificateOption = Annotated[
    Path | None, typer.Option(help="Certificate (PEM) to serve the console with over TLS: needed beyond loopback.")
]
KeyOption = Annotated[Path | None, typer.Option(help="The certificate's private key (PEM).")]
TokenOption = Annotated[str | None, typer.Option(help="The token that opens the console beyond loopback; a random one without.")]
BrowserOption = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the console in a browser.")]


@app.callback()
def options(
    language: Annotated[str, typer.Option(help="en or fr.")] = "",
    verbose: Annotated[bool, typer.Option("--verbose", help="Say more about what happens.")] = False,
) -> None:
    set_language(language or language_from_environment())
    logging.basicConfig(level=logging.DEBUG if verbose else logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    if not verbose:  # a browser that leaves in the middle of a picture is no failure
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)


@app.command()
def version() -> None:
    """Print the version."""
    terminal.print(f"SlicerSpineGuide {__version__}")


@app.command()
def replay(
    case: CaseArgument,
    headless: HeadlessOption = False,
    max_speed: Annotated[bool, typer.Option("--max-speed", help="As fast as it goes, not at the case's own pace.")] = False,
    report: ReportOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 0,
    browser: BrowserOption = True,
) -> None:
    """Replay a recorded case through the live loop."""
    from SlicerSpineGuide.recording.case import open_case
    from SlicerSpineGuide.recording.player import ReplaySession
    from SlicerSpineGuide.recording.replay import replay_to_report

    opened = open_case(case)
    if not headless:
        _serve(ReplaySession(opened), host, port, browser)
        return
    if report is None:
        raise BadInput(tr("--report is missing: a headless replay needs a file to write its report to."))
    with Progress(console=Terminal(stderr=True), transient=True) as bar:
        task = bar.add_task(tr("replaying"))
        built = replay_to_report(
            opened, report, paced=not max_speed, progress=lambda done, of: bar.update(task, completed=done, total=of)
        )
    _print_summary(report, built.summary)


@app.command()
def guide(
    case: CaseArgument,
    headless: HeadlessOption = False,
    report: ReportOption = None,
    port: Annotated[int | None, typer.Option(help="The DICOM node's port; 0 takes a free one.")] = None,
    aet: Annotated[str | None, typer.Option(help="The DICOM node's AE title.")] = None,
    allow: Annotated[list[str] | None, typer.Option(help="A calling AE title to admit besides those of the configuration.")] = None,
    idle_stop: Annotated[float | None, typer.Option(help="Stop this many seconds after the last image.", min=0.1)] = None,
    record: Annotated[Path | None, typer.Option(help="Record the session as a case into this new folder.")] = None,
    host: HostOption = "127.0.0.1",
    console_port: PortOption = 0,
    browser: BrowserOption = True,
    certificate: CertificateOption = None,
    key: KeyOption = None,
    token: TokenOption = None,
) -> None:
    """Guide on what arrives over the network, with CASE's plan and planning CT."""
    from SlicerSpineGuide.intake import NodeConfig
    from SlicerSpineGuide.recording.case import open_case
    from SlicerSpineGuide.recording.session import LiveSession

    opened = open_case(case, live=False)
    if headless and report is None:
        raise BadInput(tr("--report is missing: headless guidance needs a file to write its report to."))
    if report is not None and not report.parent.is_dir():
        raise BadInput(tr("{path} cannot be written: its folder does not exist.").format(path=report))
    config = NodeConfig.load().for_session()
    changes = {"port": port, "aet": aet, "allow": (*config.allow, *(allow or ()))}
    config = config.with_changes(**{name: value for name, value in changes.items() if value is not None})
    session = LiveSession(opened, config, "every" if headless else "newest", record)
    if not headless:
        _serve(session, host, console_port, browser, certificate, key, token)
        return
    session.run_headless(idle_stop, on_ready=lambda where: terminal.print(tr("Listening as {where}.").format(where=where)))
    assert report is not None
    session.report.save(report)
    _print_summary(report, session.report.summary)


@app.command()
def console(
    case: Annotated[Path | None, typer.Argument(help="A case folder to open.")] = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 0,
    browser: BrowserOption = True,
    certificate: CertificateOption = None,
    key: KeyOption = None,
    token: TokenOption = None,
) -> None:
    """The console in the browser."""
    from SlicerSpineGuide.recording.case import open_case
    from SlicerSpineGuide.recording.player import ReplaySession
    from SlicerSpineGuide.resources import resource_path

    folder = case or _sample_case(resource_path("Cases"))
    _serve(ReplaySession(open_case(folder)), host, port, browser, certificate, key, token)


@app.command()
def demo(
    case: Annotated[Path | None, typer.Option(help="Play this case instead of the sample case.")] = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 0,
    browser: BrowserOption = True,
) -> None:
    """The sample case, played by the virtual room over a real DICOM association into the node, in the console."""
    from SlicerSpineGuide.recording.case import open_case
    from SlicerSpineGuide.resources import resource_path
    from SlicerSpineGuide.room.demo import DemoSession

    folder = case or _sample_case(resource_path("Cases"))
    _serve(DemoSession(open_case(folder)), host, port, browser)


@app.command()
def simulate(
    planning: Annotated[Path | None, typer.Option(help="The planning CT: a folder with one DICOM series.")] = None,
    plan: Annotated[Path | None, typer.Option(help="The plan (plan.json).")] = None,
    scenario: Annotated[str, typer.Option(help="What happens; --list-scenarios names them.")] = "on-path",
    out: Annotated[Path | None, typer.Option(help="Write the case into this new folder.")] = None,
    send: Annotated[str | None, typer.Option(help="Send it live: AE@HOST:PORT.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same case.")] = 0,
    frames: Annotated[int | None, typer.Option(min=1, help="How many frames.")] = None,
    trajectory: Annotated[str | None, typer.Option(help="The plan's trajectory to follow, by its id; the first one without.")] = None,
    calling: Annotated[str, typer.Option(help="The AE title to send as.")] = "VIRTUALCT",
    slices: Annotated[int | None, typer.Option(help="Slices a frame.")] = None,
    thickness: Annotated[float | None, typer.Option(help="Slice thickness in mm.")] = None,
    matrix: Annotated[int | None, typer.Option(help="Rows and columns.")] = None,
    field: Annotated[float | None, typer.Option(help="Width of the field in mm.")] = None,
    tilt: Annotated[float | None, typer.Option(help="Gantry tilt in degrees.")] = None,
    noise: Annotated[float | None, typer.Option(help="Noise in HU, in a slice of 3 mm.")] = None,
    kernel: Annotated[str | None, typer.Option(help="SOFT, STANDARD or BONE.")] = None,
    rate: Annotated[float | None, typer.Option(help="Frames a second.")] = None,
    list_scenarios: Annotated[bool, typer.Option("--list-scenarios", help="Name the scenarios and stop.")] = False,
) -> None:
    """The virtual room: writes a case, or sends it live."""
    from SlicerSpineGuide.room.scenario import SCENARIOS, adjusted, scenario_named
    from SlicerSpineGuide.room.simulate import send_live, simulate_case

    if list_scenarios:
        terminal.print("\n".join(SCENARIOS))
        return
    if planning is None or plan is None:
        raise BadInput(tr("--planning and --plan are needed: the planning CT's folder and its plan.json."))
    if (out is None) == (send is None):
        raise BadInput(tr("Give either --out, a new folder, or --send, a node as AE@HOST:PORT."))
    chosen = adjusted(
        scenario_named(scenario),
        slices=slices,
        thickness_mm=thickness,
        matrix=matrix,
        field_mm=field,
        tilt_deg=tilt,
        noise_hu=noise,
        kernel=kernel,
        rate_hz=rate,
    )
    with Progress(console=terminal, transient=True) as bar:
        task = bar.add_task(tr("Frames"))

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        if out is not None:
            simulate_case(planning, plan, chosen, out, seed=seed, frames=frames, trajectory=trajectory, progress=progress)
        elif send is not None:
            send_live(
                planning, plan, chosen, send, seed=seed, frames=frames, trajectory=trajectory, calling=calling, progress=progress
            )
    if out is not None:
        terminal.print(str(out))


@app.command()
def score(case: CaseArgument, report: Annotated[Path, typer.Argument(help="The report to judge.")]) -> None:
    """A report against the case's ground truth."""
    from SlicerSpineGuide.recording.score import score_report

    table = Table(show_header=False)
    for what, value in score_report(case, report).rows():
        table.add_row(what, value)
    terminal.print(table)


@app.command(hidden=True)
def schemas(folder: Annotated[Path, typer.Argument(help="Where to write the JSON Schemas.")]) -> None:
    """Write the JSON Schemas of plan, case, truth and report."""
    import json

    from SlicerSpineGuide.plan import Plan
    from SlicerSpineGuide.recording.case import Case, Truth
    from SlicerSpineGuide.recording.report_model import Report

    for name, model in (("plan", Plan), ("case", Case), ("truth", Truth), ("report", Report)):
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(model.model_json_schema(by_alias=True), indent=1) + "\n", encoding="utf-8")
        terminal.print(str(path))


def _serve(
    session: Session,
    host: str,
    port: int,
    browser: bool,
    certificate: Path | None = None,
    key: Path | None = None,
    token: str | None = None,
) -> None:
    try:
        from SlicerSpineGuide.console.app import Console
    except ImportError as error:
        raise BadInput(
            tr("The console needs the extra 'console' ({why}): install it with pip install 'SlicerSpineGuide[console]'.").format(
                why=error
            )
        ) from None
    Console(session, host=host, port=port, open_browser=browser, certificate=certificate, key=key, token=token).run()


def _sample_case(folder: Path) -> Path:
    cases = sorted(path.parent for path in folder.glob("*/case.json"))
    if not cases:
        raise BadInput(tr("{path} holds no case: install SlicerSpineGuide again.").format(path=folder))
    return cases[0]


def _print_summary(path: Path, summary: dict[str, object]) -> None:
    terminal.print(tr("{frames} frames, registration {registration}, report in {path}").format(path=path, **summary))


def main() -> None:
    """Entry point: one line for bad input, one line for a failure (the traceback only with SPINEGUIDE_DEBUG set)."""
    try:
        app()
    except BadInput as error:
        sys.stderr.write(f"{' '.join(str(error).split())}\n")
        sys.exit(2)
    except Exception as error:
        if os.environ.get("SPINEGUIDE_DEBUG"):
            raise
        sys.stderr.write(tr("spineguide failed: {why}").format(why=f"{type(error).__name__}: {error}") + "\n")
        sys.exit(1)
