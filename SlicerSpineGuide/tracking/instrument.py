"""The instrument of one frame: tip, axis, and how sure."""

from __future__ import annotations

from dataclasses import dataclass

from SlicerSpineGuide.geometry import FloatArray


@dataclass(frozen=True, eq=False)
class Instrument:
    """tip (3,) and axis (3,), a unit vector from the hub to the tip, in planning-CT LPS mm; None where not visible.

    tip_sigma_mm (3,): one standard deviation of the tip along the axis and along two directions across it (tracking's part
    only, not the registration's); axis_sigma_deg: of the axis. reason: why it is not visible, as a sentence. unclear: it is seen,
    and only its place cannot be told. doubtful: an instrument is seen that is hardly this path's. others: further instruments in the
    image, tip and axis by their lines alone.
    """

    visible: bool
    tip: FloatArray | None = None
    axis: FloatArray | None = None
    tip_sigma_mm: FloatArray | None = None
    axis_sigma_deg: float = 0.0
    reason: str = ""
    unclear: bool = False
    doubtful: bool = False
    others: tuple[Instrument, ...] = ()

    @property
    def uncertainty_mm(self) -> float:
        """One number for the tip: the largest of its three standard deviations."""
        return float("nan") if self.tip_sigma_mm is None else float(self.tip_sigma_mm.max())
