"""Angles and depths as the CT room speaks of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from SlicerSpineGuide.plan.model import Trajectory


@dataclass(frozen=True)
class RoomAngles:
    """in_plane_deg: in the axial plane, between the path and the vertical (the patient's antero-posterior axis), 0 to 180, with
    `towards`, the side on which the instrument lies as it is held; cranio_caudal_deg: between the path and the axial plane, + when
    the instrument's hub is nearer to the head than its tip; skin_to_target_mm: along the path; entry_z_mm: the table position
    (DICOM z) of the slice in which the skin is entered.
    """

    in_plane_deg: float
    towards: str
    cranio_caudal_deg: float
    skin_to_target_mm: float
    entry_z_mm: float


def room_angles(trajectory: Trajectory) -> RoomAngles:
    """The angles of a planned trajectory, in planning-CT axes."""
    back = -trajectory.direction  # from the target to the entry
    vertical = abs(back[1])
    in_plane = float(np.degrees(np.arctan2(abs(back[0]), vertical)))
    towards = "" if in_plane < 0.05 else "left" if back[0] > 0 else "right"
    return RoomAngles(in_plane, towards, float(np.degrees(np.arcsin(back[2]))), trajectory.length_mm, float(trajectory.entry[2]))
