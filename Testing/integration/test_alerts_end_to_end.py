"""Every alert from the scanner's association to the console's banner: nothing in between is replaced."""

from __future__ import annotations

import queue
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.guidance.rules import RULES
from SlicerSpineGuide.guidance.types import AlertCode
from SlicerSpineGuide.images import Slice
from SlicerSpineGuide.plan import Plan, load_planning_ct
from SlicerSpineGuide.plan.zones import load_zones
from SlicerSpineGuide.recording.case import Case
from SlicerSpineGuide.registration.slices import prepare as prepare_registration
from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.room.ct_image import ct_image
from SlicerSpineGuide.room.live_series import LiveSeries, planning_header
from SlicerSpineGuide.room.run import Acquisition
from SlicerSpineGuide.room.scanner import CtProtocol
from SlicerSpineGuide.room.scenario import Scenario, Step
from SlicerSpineGuide.room.sender import Peer, Sender
from SlicerSpineGuide.room.virtual_ct import VirtualCt

HERE = Path(__file__).parent
EACH = 3  # frames of each situation
PROTOCOL = CtProtocol(matrix=160, rate_hz=0.4)  # so slow that the operator has moved the slices to the tip before every frame
PACE_S = 0.15
SITUATIONS = {  # name -> where the instrument is
    "on path": Step(0, 30.0, 0.3),
    "beside": Step(0, 30.0, 0.3, 6.0),
    "leaning": Step(0, 30.0, 9.0),
    "in a zone": Step(0, 22.0, 0.3, 0.0, 1.0),
    "arrived": Step(0, 0.2, 0.3),
    "too deep": Step(0, -6.0, 0.3),
}
OBSERVE = """
window.banner = [];
const look = () => {
  const element = document.querySelector('[data-testid=banner]');
  const more = element.querySelector('.sg-more');
  window.banner.push(element.innerText + '\\n' + (more ? more.title : ''));
};
look();
new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
"""


@dataclass(frozen=True, eq=False)
class Images:
    """Acquisitions of each situation, and the series they belong to."""

    of: dict[str, list[Acquisition]]
    series: LiveSeries
    protocol: CtProtocol


def held(steps: list[Step]) -> Scenario:
    """A run that stands at each step for EACH frames."""
    frames = EACH * len(steps)
    placed = [replace(steps[k // EACH], at=k / (frames - 1)) for k in range(frames)]
    return Scenario("alerts", tuple(placed), frames=frames, protocol=PROTOCOL)


@pytest.fixture(scope="module")
def case() -> Path:
    cases = (path.parent for path in sorted(resource_path("Cases").glob("*/case.json")))
    return next(folder for folder in cases if read_document(Case, folder / "case.json").modality == "CT")


@pytest.fixture(scope="module")
def images(case: Path) -> Images:
    plan = Plan.load(case / "plan.json")
    planning = load_planning_ct(case / "planning", plan.series_instance_uid)
    zones, trajectory = load_zones(plan, case, planning), plan.trajectories[0]
    assert zones, "the case has no zone to enter"
    room = VirtualCt(planning.volume, trajectory, held(list(SITUATIONS.values())), zones=zones)
    taken = list(room.acquisitions())
    of = {name: taken[k * EACH : (k + 1) * EACH] for k, name in enumerate(SITUATIONS)}
    bare = replace(held([SITUATIONS["on path"]]), instrument=False)
    of["no instrument"] = list(VirtualCt(planning.volume, trajectory, bare, zones=zones).acquisitions())
    of["other anatomy"] = [mixed(a, 1.0) for a in of["no instrument"]]
    share = unsure_share(of["no instrument"], prepare_registration(planning.volume, trajectory.target))
    of["half other anatomy"] = [mixed(a, share) for a in of["no instrument"]]
    header = planning_header(case / "planning", plan.series_instance_uid)
    return Images(of, LiveSeries(header, "alerts end to end", datetime(2001, 1, 1, 10)), room.protocol)


def mixed(acquisition: Acquisition, share: float) -> Acquisition:
    """The acquisition with its pixels mixed with their mirror image."""
    slices = tuple(Slice(((1 - share) * s.pixels + share * s.pixels[::-1]).astype(np.float32), s.plane) for s in acquisition.images)
    return replace(acquisition, images=slices)


def unsure_share(acquisitions: list[Acquisition], registration: object) -> float:
    """How much foreign anatomy makes the registration of all of them uncertain."""
    start: FloatArray = registration.register(acquisitions[0].images, None, None).plan_from_live
    for share in np.arange(0.1, 0.9, 0.05):
        if all(registration.register(mixed(a, share).images, start, None).status == "uncertain" for a in acquisitions):
            return float(share)
    raise AssertionError("between locked and lost there is no uncertain registration")


class Room:
    """The console's process, the page that watches it, and the scanner that sends to it."""

    def __init__(self, case: Path, home: Path) -> None:
        command = [sys.executable, str(HERE / "alert_room.py"), str(case), str(home)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        said: list[str] = []
        while len(said) < 2:
            line = self._lines.get(timeout=90)
            if line.startswith("node ") or "http" in line:
                said.append(line)
        self.peer = Peer.parse(next(line for line in said if line.startswith("node "))[5:])
        self.address = re.search(r"http\S+", next(line for line in said if "http" in line)).group()
        self.count = 0

    def _listen(self) -> None:
        for line in self.process.stdout:
            self._lines.put(line.strip())

    def ask(self, word: str) -> None:
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def send(self, images: Images, situation: str, series: LiveSeries | None = None, **header: str) -> None:
        """A situation's frames in one association, at PACE_S. series: instead of the usual one; header: attributes that differ."""
        with Sender(self.peer, "SCANNER") as sender:
            for acquisition in images.of[situation]:
                self.count += 1
                for number, live in enumerate(acquisition.images):
                    dataset = ct_image(
                        series or images.series, live, images.protocol, self.count, 10 * self.count + number, self.count * PACE_S
                    )
                    for keyword, value in header.items():
                        setattr(dataset, keyword, value)
                    sender.store(dataset)
                time.sleep(PACE_S)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(15)


@pytest.fixture(scope="module")
def room(case: Path, tmp_path_factory: pytest.TempPathFactory):
    running = Room(case, tmp_path_factory.mktemp("room"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def page(room: Room, browser):
    page = browser.new_page()
    page.goto(room.address)
    page.wait_for_selector("[data-testid=banner]")
    page.evaluate(OBSERVE)
    yield page
    page.close()


def sentence(code: AlertCode) -> re.Pattern[str]:
    """What the banner says for a code, whatever the numbers."""
    text = next(rule.message() for rule in RULES if rule.code == code)
    return re.compile(re.sub(r"\\\{[^}]*\}", ".*", re.escape(text)).removesuffix(r"\ .*"))


def said(page) -> set[str]:
    """Everything that the banner has said since `forget`."""
    return set(page.evaluate("window.banner"))


def announces(page, code: AlertCode, seconds: float = 12.0) -> None:
    """The banner says the code's sentence, or has said it since `forget`."""
    deadline = time.monotonic() + seconds
    while not any(sentence(code).search(text) for text in said(page)):
        assert time.monotonic() < deadline, f"{code.value} is not in the banner, which said {said(page)}"
        time.sleep(0.1)


def falls_silent(page, seconds: float = 12.0) -> None:
    """No alert is on any more: those of the test before end with the second good frame."""
    deadline = time.monotonic() + seconds
    while page.locator("[data-testid=banner] .sg-message").count():
        assert time.monotonic() < deadline, "an alert stays on"
        time.sleep(0.1)


def forget(page) -> None:
    page.evaluate("window.banner = []")


def test_without_an_image_there_is_no_alert(page) -> None:
    time.sleep(1.0)
    assert not any(sentence(rule.code).search(text) for rule in RULES for text in said(page))


@pytest.mark.parametrize(
    ("situation", "codes"),
    [
        ("beside", (AlertCode.LATERAL_DEVIATION,)),
        ("leaning", (AlertCode.ANGLE_DEVIATION, AlertCode.PREDICTED_MISS)),
        ("in a zone", (AlertCode.ZONE_NEAR, AlertCode.ZONE_ENTERED)),
        ("arrived", (AlertCode.DEPTH_REACHED,)),
        ("too deep", (AlertCode.DEPTH_EXCEEDED,)),
    ],
)
def test_where_the_instrument_goes_the_banner_says_so(
    page, room: Room, images: Images, situation: str, codes: tuple[AlertCode, ...]
) -> None:
    room.send(images, "on path")
    forget(page)
    room.send(images, situation)
    for code in codes:
        announces(page, code)


def test_on_the_path_the_banner_says_nothing_about_the_instrument(page, room: Room, images: Images) -> None:
    room.send(images, "on path")
    falls_silent(page)
    forget(page)
    room.send(images, "on path")
    assert not any(sentence(rule.code).search(text) for rule in RULES if rule.numeric for text in said(page))


@pytest.mark.parametrize(
    ("situation", "code"),
    [
        ("no instrument", AlertCode.INSTRUMENT_LOST),
        ("other anatomy", AlertCode.REGISTRATION_LOST),
        ("half other anatomy", AlertCode.REGISTRATION_UNCERTAIN),
    ],
)
def test_what_can_no_longer_be_found_is_said_to_be_lost(page, room: Room, images: Images, situation: str, code: AlertCode) -> None:
    room.send(images, "on path")
    forget(page)
    room.send(images, situation)
    announces(page, code)


def test_images_of_another_patient_are_announced(page, room: Room, images: Images) -> None:
    room.send(images, "on path")
    forget(page)
    room.send(images, "on path", images.series.of_another_patient())
    announces(page, AlertCode.WRONG_PATIENT)


def test_a_new_frame_of_reference_is_announced(page, room: Room, images: Images) -> None:
    room.send(images, "on path")
    forget(page)
    room.send(images, "on path", images.series.in_a_new_frame_of_reference())
    announces(page, AlertCode.FRAME_OF_REFERENCE_CHANGED)


def test_another_patient_position_is_announced(page, room: Room, images: Images) -> None:
    room.send(images, "on path")
    forget(page)
    other = "FFS" if images.series.header.PatientPosition != "FFS" else "HFS"
    room.send(images, "on path", PatientPosition=other)
    announces(page, AlertCode.GEOMETRY_CHANGED)


def test_images_that_stop_coming_are_announced_as_stale(page, room: Room, images: Images) -> None:
    room.send(images, "on path")
    forget(page)
    announces(page, AlertCode.IMAGE_STALE)


def test_a_node_that_dies_is_announced_and_comes_back(page, room: Room, images: Images) -> None:
    forget(page)
    room.ask("kill")
    announces(page, AlertCode.NODE_DOWN)


def test_a_disk_that_fills_up_is_announced(page, room: Room) -> None:
    forget(page)
    room.ask("fill")
    announces(page, AlertCode.DISK_LOW)
