"""How a radiograph changes as the patient moves a little: the analytic Jacobian of a DRR.

A small rigid motion shifts what lies at depth t on a ray by a pixel vector that is, over the thickness of a patient, affine in t.
The change of the line integral is therefore -(a . grad I0 + b . grad I1), with I0 the integral, I1 its first moment in depth, a the
shift at the mean depth and b its rate of change with depth: two projections give all six derivatives. What is left out is the
change of path length itself, a few percent of the whole for a C-arm's geometry.
"""

from __future__ import annotations

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, Projection, apply, skew
from SlicerSpineGuide.registration.drr import FloatImage, detector_rays


def pixel_motion(
    projection: Projection, plan_from_live: FloatArray, centre: FloatArray, mean_depth: float
) -> tuple[FloatImage, FloatImage]:
    """Shift in pixels, and its change per mm of depth, (6, 2, rows, columns) each, at `mean_depth` on every pixel's ray.

    Per unit of the small motion x -> x + t + w x (x - centre) that follows plan_from_live, ordered (t, w), mm and rad: moving
    plan_from_live so moves the patient's image the other way.
    """
    columns, rows = projection.size
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float64)
    sid, normal = projection.source_to_detector, projection.normal
    rays = detector_rays(projection)
    direction = (rays[:, 0, None, None] * x + rays[:, 1, None, None] * y + rays[:, 2, None, None]) / sid  # per mm of depth
    rotation = plan_from_live[:3, :3]
    lever = apply(plan_from_live, projection.source) - centre
    turned = np.tensordot(rotation, direction, 1)
    # live motion of the point at depth t: -R^T (t_k + w_k x (lever + t * turned)); constant part and part per mm of depth
    constant = np.zeros((6, 3, rows, columns))
    per_depth = np.zeros((6, 3, rows, columns))
    for k in range(3):
        axis = np.eye(3)[k]
        constant[k] = -(rotation.T @ axis)[:, None, None]
        constant[3 + k] = -(rotation.T @ np.cross(axis, lever))[:, None, None]
        per_depth[3 + k] = -np.tensordot(rotation.T @ skew(axis), turned, 1)
    shift = np.empty((6, 2, rows, columns))
    rate = np.empty((6, 2, rows, columns))
    for i, (axis, pitch) in enumerate(zip((projection.u, projection.v), projection.pitch, strict=True)):
        sight = axis[:, None, None] - normal[:, None, None] * np.tensordot(axis, direction, 1)
        fixed = np.einsum("cyx,kcyx->kyx", sight, constant) * (sid / pitch)
        shift[:, i] = fixed / mean_depth + np.einsum("cyx,kcyx->kyx", sight, per_depth) * (sid / pitch)
        rate[:, i] = -fixed / mean_depth**2
    return shift.astype(np.float32), rate.astype(np.float32)


def jacobian(integral: FloatImage, moment: FloatImage, motion: tuple[FloatImage, FloatImage]) -> FloatImage:
    """(6, rows, columns): derivative of line integrals by the small motion of `pixel_motion`.

    integral and moment: as in DepthRadiograph, or both through the same filter, whose width the motion must hardly vary over.
    """
    shift, rate = motion
    rows, columns = np.gradient(integral)
    moment_rows, moment_columns = np.gradient(moment)
    return -(shift[:, 0] * columns + shift[:, 1] * rows + rate[:, 0] * moment_columns + rate[:, 1] * moment_rows)
