"""What SpineGuideTest runs inside Slicer: checks of the whole on the sample cases, then the core's unit tests.

The checks are unittest's, so that they run in every Slicer: positions against the cases' truth, alerts, the node over a real
association, the drawing, the saved state.
"""

from __future__ import annotations

import tempfile
import threading
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import slicer
from slicer.i18n import tr as _

from SlicerSpineGuide.desktop import core_tests, memory
from SlicerSpineGuide.desktop.batch import replay
from SlicerSpineGuide.desktop.conductor import Conductor
from SlicerSpineGuide.desktop.sample_data import sample_case, sample_cases
from SlicerSpineGuide.desktop.state import SpineGuideParameterNode
from SlicerSpineGuide.plan.checks import check_plan
from SlicerSpineGuide.plan.procedures import procedures
from SlicerSpineGuide.plan.zones import load_zones
from SlicerSpineGuide.recording.case import open_case
from SlicerSpineGuide.recording.replay import make_guide, updates
from SlicerSpineGuide.recording.score import GRACE_FRAMES, score_report
from SlicerSpineGuide.room.demo import DemoSession
from SlicerSpineGuide.scene import GuidanceScene
from SlicerSpineGuide.scene.coordinates import ras_from_lps, ras_transform

PATIENCE_S = 60.0


class CoreTest(unittest.TestCase):
    """Run by SpineGuideTest.runTest; each method stands for a room of the core."""

    def setUp(self) -> None:
        slicer.mrmlScene.Clear(0)

    def test_positions_and_alerts_are_the_truths(self) -> None:
        """Every sample case through the live loop, held against its truth."""
        for folder, title in sample_cases():
            with self.subTest(title), tempfile.TemporaryDirectory() as scratch:
                report = Path(scratch) / "report.json"
                replay(folder, report)
                score = score_report(folder, report)
                self.assertGreaterEqual(score.locked, 0.95 * score.frames, score.rows())
                in_time = score.frames - GRACE_FRAMES  # an alert that is due later may still have come
                missed = [event for event in score.missed_events if event[1] <= in_time]
                self.assertFalse(missed or score.false_alerts, score.rows())

    def test_the_plan_is_checked_and_procedures_are_read(self) -> None:
        case = open_case(sample_case())
        findings = check_plan(case.plan, case.planning.volume, load_zones(case.plan, case.folder, case.planning))
        self.assertTrue(findings)
        self.assertFalse([f.message for f in findings if f.severity == "refuse"])
        self.assertIn(case.plan.procedure, procedures())

    def test_images_arrive_over_a_real_association(self) -> None:
        """The node as a process of its own, the virtual scanner as another, on a free port of this computer."""
        session = DemoSession(open_case(sample_case()))
        session.start()
        try:
            end = time.monotonic() + PATIENCE_S
            while session.latest.deviation is None and time.monotonic() < end:
                threading.Event().wait(0.1)  # a test may stand still, and nothing else of the module does
            self.assertIsNotNone(session.latest.deviation, [session.latest.hidden_reason, *session.problems])
        finally:
            session.stop()

    def test_the_instrument_is_drawn_where_it_was_found(self) -> None:
        case = open_case(sample_case())
        drawing = GuidanceScene(slicer.mrmlScene, case.planning, case.plan)
        for update in updates(case, make_guide(case)):
            drawing.show(update)
            if update.deviation is not None:
                break
        self.assertTrue(drawing.instrument.GetDisplayNode().GetVisibility())
        at = [0.0, 0.0, 0.0]
        drawing.instrument_pose.GetTransformToParent().TransformPoint([0.0, 0.0, 0.0], at)
        assert update.instrument.tip is not None
        self.assertLess(float(np.abs(ras_from_lps(np.array(at)) - update.instrument.tip).max()), 1e-3)
        drawing.remove()

    def test_lps_and_ras_meet_in_one_function(self) -> None:
        point, turn = np.array([10.0, -20.0, 30.0]), np.array([[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1.0]])
        there = (turn @ [*point, 1.0])[:3]
        self.assertLess(float(np.abs((ras_transform(turn) @ [*ras_from_lps(point), 1.0])[:3] - ras_from_lps(there)).max()), 1e-9)

    def test_a_case_comes_back_with_its_parameter_node(self) -> None:
        conductor = Conductor(slicer.mrmlScene)
        typed: Any = SpineGuideParameterNode
        try:
            conductor.use(open_case(sample_case()))
            plan = conductor.plan
            node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode", "SpineGuide self test")
            memory.remember(typed(node), conductor)
            conductor.forget()
            self.assertTrue(memory.recall(typed(node), conductor))
            self.assertEqual(conductor.plan, plan)
        finally:
            conductor.close()
            conductor.dispose()


class _Told(unittest.TestResult):
    """Says each test to the person as it begins."""

    def __init__(self, say: Callable[[str], object]) -> None:
        super().__init__()
        self._say = say

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802  (unittest's name)
        super().startTest(test)
        self._say(test.id().rsplit(".", 1)[-1].replace("_", " ").removeprefix("test "))


def run(say: Callable[[str], object]) -> None:
    """AssertionError where this Slicer does not compute what the project's own tests compute; it has what failed, with its trace."""
    result: Any = _Told(say)
    unittest.defaultTestLoader.loadTestsFromTestCase(CoreTest).run(result)
    slicer.mrmlScene.Clear(0)
    failed = [f"{test.id()}\n{trace}" for test, trace in (*result.failures, *result.errors)]
    assert not failed, "\n\n".join(failed)
    core_tests.run(say)
    say(_("Spine Guide works in this Slicer."))
