"""Angles and depths as the CT room speaks of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from SlicerSpineGuide.geometry import FloatArray
from SlicerSpineGuide.plan.model import Trajectory


@dataclass(frozen=True, eq=False)
class Midline:
    """The patient's midline as a plane: point (3,) LPS in it, left (3,) its unit normal towards the patient's left.

    source: what it is of: the vertebra's own (through the middle of its canal), the sacrum's, or the middle of the body's outline.
    """

    point: FloatArray
    left: FloatArray
    source: Literal["vertebra", "sacrum", "body"]


@dataclass(frozen=True)
class RoomAngles:
    """in_plane_deg: in the axial plane, between the path and the vertical (the patient's antero-posterior axis), 0 to 180, with
    `towards`, the side on which the instrument lies as it is held; cranio_caudal_deg: between the path and the axial plane, + when
    the instrument's hub is nearer to the head than its tip; skin_to_target_mm: along the path; entry_z_mm: the table position
    (DICOM z) of the slice in which the skin is entered; midline_mm: of the skin entry from the midline, + to the patient's left,
    None where no midline is known.
    """

    in_plane_deg: float
    towards: str
    cranio_caudal_deg: float
    skin_to_target_mm: float
    entry_z_mm: float
    midline_mm: float | None = None


def room_angles(trajectory: Trajectory, midline: Midline | None = None) -> RoomAngles:
    """The angles of a planned trajectory, in planning-CT axes."""
    back = -trajectory.direction  # from the target to the entry
    vertical = abs(back[1])
    in_plane = float(np.degrees(np.arctan2(abs(back[0]), vertical)))
    towards = "" if in_plane < 0.05 else "left" if back[0] > 0 else "right"
    aside = None if midline is None else float((trajectory.entry - midline.point) @ midline.left)
    cranio_caudal = float(np.degrees(np.arcsin(np.clip(back[2], -1, 1))))
    return RoomAngles(in_plane, towards, cranio_caudal, trajectory.length_mm, float(trajectory.entry[2]), aside)
