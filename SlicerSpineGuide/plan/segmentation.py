"""Segmentations from outside: which structure has which label, whatever tool made the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pydicom
import SimpleITK as sitk
from pydantic import BaseModel, ConfigDict, Field

from SlicerSpineGuide.documents import read_document
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan.label_volume import is_dicom, read_label, read_label_image
from SlicerSpineGuide.plan.planning_ct import PlanningCt
from SlicerSpineGuide.plan.vertebra import Vertebra, read_vertebra
from SlicerSpineGuide.resources import resource_path
from SlicerSpineGuide.translation import tr

LEVEL = re.compile(r"(?:^|[^a-z])([ctls])[ _-]?(\d{1,2})(?:$|[^0-9])", re.IGNORECASE)


class NameTable(BaseModel):
    """Names of the labels of a tool's label maps (Resources/Labels, or a file of the same form)."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    schema_: Literal["spineguide-labels"] = Field(alias="schema")
    version: Literal[1]
    id: str
    source: str
    labels: dict[str, int]


@dataclass(frozen=True)
class Segmentation:
    """A file with segments in planning-CT space. labels: structure's name -> label value or segment number."""

    path: Path
    labels: dict[str, int]

    @property
    def levels(self) -> dict[str, int]:
        """Vertebral level ("T12") -> label, from names such as vertebrae_T12, "T12 vertebra" or L1."""
        found = {}
        for name, label in self.labels.items():
            match = LEVEL.search(name)
            if match and not name.lower().startswith(("rib", "disc")):
                found[f"{match[1].upper()}{int(match[2])}"] = label
        return found

    def vertebra(self, level: str, planning: PlanningCt) -> Vertebra:
        """The vertebra of that level; BadInput where the file has none of it."""
        label = self.levels.get(level)
        if label is None:
            known = ", ".join(sorted(self.levels)) or tr("none")
            raise BadInput(tr("{path} names no level {level}; it has {known}.").format(path=self.path, level=level, known=known))
        return read_vertebra(read_label(self.path, label, planning), 1, level)


def open_segmentation(path: Path, names: Path | None = None) -> Segmentation:
    """The names in a segmentation: of a DICOM SEG and a .seg.nrrd their own; of a plain label map those of `names`, by default
    TotalSegmentator's, as far as the map has their labels. BadInput names the file that cannot be read or has no names.
    """
    if not path.is_file():
        raise BadInput(tr("{path} does not exist.").format(path=path))
    own = {} if names is not None else _dicom_names(path) if is_dicom(path) else _nrrd_names(path)
    if own:
        return Segmentation(path, own)
    table = read_document(NameTable, names or resource_path("Labels/totalsegmentator.json")).labels
    if is_dicom(path):
        return Segmentation(path, dict(table))
    present = set(np.unique(sitk.GetArrayViewFromImage(read_label_image(path))).tolist())
    return Segmentation(path, {name: label for name, label in table.items() if label in present})


def _dicom_names(path: Path) -> dict[str, int]:
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    segments = dataset.get("SegmentSequence") or ()
    if not segments:
        raise BadInput(tr("{path} is a DICOM file without segments: give a DICOM SEG.").format(path=path))
    return {str(s.get("SegmentLabel", s.SegmentNumber)): int(s.SegmentNumber) for s in segments}


def _nrrd_names(path: Path) -> dict[str, int]:
    """Segment names from 3D Slicer's .seg.nrrd header (Segment0_Name, Segment0_LabelValue), {} where there are none."""
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except RuntimeError:
        raise BadInput(
            tr("{path} cannot be read: a segmentation is a label volume (.nrrd, .nii.gz) or a DICOM SEG.").format(path=path)
        ) from None
    named = {}
    for key in reader.GetMetaDataKeys():
        if match := re.fullmatch(r"(Segment\d+)_Name", key):
            value = f"{match[1]}_LabelValue"
            if reader.HasMetaDataKey(value):
                named[reader.GetMetaData(key)] = int(reader.GetMetaData(value))
    return named
