"""Writes what the virtual room makes as a case folder with its truth (CASE_FORMAT version 1)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydicom.dataset import Dataset

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import Plan
from SlicerSpineGuide.recording.case import Case, CaseFrame, Truth, TruthFrame
from SlicerSpineGuide.translation import tr


class CaseWriter:
    """One case folder in the making; it can be opened once `finish` has been called."""

    def __init__(self, folder: Path, planning_dir: Path, plan_path: Path, plan: Plan) -> None:
        """Copies planning CT, plan and zones into `folder`. BadInput where that exists and is not empty."""
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BadInput(tr("{path} exists already: name a new folder.").format(path=folder))
        (folder / "live").mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.truths: list[TruthFrame] = []
        self._frames: list[CaseFrame] = []
        shutil.copytree(planning_dir, folder / "planning")
        _copy_plan(plan, plan_path, folder)

    def add(self, datasets: Sequence[Dataset], t: float, truth: TruthFrame) -> None:
        """One frame: its images, when it arrived (s from the first), and its truth."""
        names = tuple(f"live/{dataset.InstanceNumber:06d}.dcm" for dataset in datasets)
        for name, dataset in zip(names, datasets, strict=True):
            dataset.save_as(self.folder / name, enforce_file_format=True)
        self._frames.append(CaseFrame(files=names, t=round(t, 6)))
        self.truths.append(truth)

    def finish(self, truth: Truth, modality: Literal["CT", "XA"], *, title: str, attribution: str = "") -> None:
        """Write case.json and truth.json."""
        case = Case(title=title, modality=modality, source="simulated", attribution=attribution, frames=tuple(self._frames))
        case.save(self.folder / "case.json")
        truth.save(self.folder / "truth.json")


def _copy_plan(plan: Plan, plan_path: Path, folder: Path) -> None:
    """plan.json and its zones, whose files keep their names, below zones/."""
    document = json.loads(plan.model_dump_json(by_alias=True))
    for zone in document["zones"]:
        source = plan_path.parent / zone["file"]
        zone["file"] = f"zones/{source.name}"
        (folder / "zones").mkdir(exist_ok=True)
        shutil.copyfile(source, folder / zone["file"])
    (folder / "plan.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
