"""How a radiograph changes as the patient moves a little: the analytic Jacobian of a DRR.

A small rigid motion shifts what lies at depth t on a ray by a pixel vector that is, over the thickness of a patient, affine in t.
The change of the line integral is therefore -(a . grad I0 + b . grad I1), with I0 the integral, I1 its first moment in depth, a the
shift at the mean depth and b its rate of change with depth: two projections give all six derivatives. What is left out is the
change of path length itself, a few percent of the whole for a C-arm's geometry.
"""

from __future__ import annotations

import numpy as np

from SlicerSpineGuide.geometry import FloatArray, Projection, apply, inverse, rigid_about, skew, vector_from_rotation
from SlicerSpineGuide.registration.drr import DepthRadiograph, FloatImage, detector_rays


def small_motion(after: FloatArray, before: FloatArray, centre: FloatArray) -> FloatArray:
    """(6,): the motion (t, w) about `centre` with after = motion @ before."""
    motion = after @ inverse(before)
    return np.concatenate((motion[:3, :3] @ centre + motion[:3, 3] - centre, vector_from_rotation(motion)))


def moved(pose: FloatArray, motion: FloatArray, centre: FloatArray) -> FloatArray:
    """`pose` followed by the motion (t, w) about `centre`."""
    return rigid_about(centre, motion[3:], motion[:3]) @ pose


def pixel_motion(
    projection: Projection, plan_from_live: FloatArray, centre: FloatArray, mean_depth: float
) -> tuple[FloatImage, FloatImage]:
    """Shift in pixels, and its change per mm of depth, (6, 2, rows, columns) each, at `mean_depth` on every pixel's ray.

    Per unit of the small motion x -> x + t + w x (x - centre) that follows plan_from_live, ordered (t, w), mm and rad: moving
    plan_from_live so moves the patient's image the other way.
    """
    columns, rows = projection.size
    sid, normal = projection.source_to_detector, projection.normal
    x, y = np.meshgrid(np.arange(columns, dtype=np.float64), np.arange(rows, dtype=np.float64))
    pixels = np.stack((x.ravel(), y.ravel(), np.ones(columns * rows)))
    direction = (detector_rays(projection) / sid) @ pixels  # (3, pixels), per mm of depth
    back = plan_from_live[:3, :3].T
    lever = apply(plan_from_live, projection.source) - centre
    # live motion of the point at depth t: -R^T (t_k + w_k x (lever + t * R direction)); constant part and part per mm of depth
    constant = np.hstack((-back, back @ skew(lever)))
    turning = [-back @ skew(axis) @ back.T for axis in np.eye(3)]
    shift = np.zeros((6, 2, columns * rows))
    rate = np.empty((6, 2, columns * rows))
    for i, (axis, pitch) in enumerate(zip((projection.u, projection.v), projection.pitch, strict=True)):
        sight = (axis[:, None] - normal[:, None] * (axis @ direction)) * (sid / pitch)
        fixed = constant.T @ sight
        shift[:, i] = fixed / mean_depth
        for k, turn in enumerate(turning):
            shift[3 + k, i] += np.einsum("cn,cn->n", sight, turn @ direction)
        rate[:, i] = -fixed / mean_depth**2
    shape = (6, 2, rows, columns)
    return shift.reshape(shape).astype(np.float32), rate.reshape(shape).astype(np.float32)


def jacobian(integral: FloatImage, moment: FloatImage, motion: tuple[FloatImage, FloatImage]) -> FloatImage:
    """(6, rows, columns): derivative of line integrals by the small motion of `pixel_motion`.

    integral and moment: as in DepthRadiograph, or both through the same filter, whose width the motion must hardly vary over.
    """
    shift, rate = motion
    rows, columns = np.gradient(integral)
    moment_rows, moment_columns = np.gradient(moment)
    return -(shift[:, 0] * columns + shift[:, 1] * rows + rate[:, 0] * moment_columns + rate[:, 1] * moment_rows)


def after_motion(seen: DepthRadiograph, motion: tuple[FloatImage, FloatImage], small: FloatArray) -> FloatImage:
    """The line integrals (rows, columns) as they would be after a small motion (6,), mm and rad, without projecting again.

    What lies at the mean depth is moved where it goes; what lies off that depth by its first moment. motion: of `pixel_motion` for
    the pose that `seen` was projected at. Good for a few pixels and about a degree.
    """
    shift, rate = (np.tensordot(small.astype(np.float32), part, 1) for part in motion)
    rows, columns = np.gradient(seen.moment)
    return _displaced(seen.integral - rate[0] * columns - rate[1] * rows, shift)


def _displaced(image: FloatImage, shift: FloatImage) -> FloatImage:
    """The image (rows, columns) sampled at each pixel's place less its shift (2, rows, columns); cubic (Catmull and Rom)."""
    rows, columns = image.shape
    padded = np.pad(image, 2, mode="edge").ravel()
    stride = columns + 4
    x = np.clip(np.arange(columns, dtype=np.float32) - shift[0], 0, columns - 1) + 1
    y = np.clip(np.arange(rows, dtype=np.float32)[:, None] - shift[1], 0, rows - 1) + 1
    left, top = x.astype(np.intp), y.astype(np.intp)
    first = top * stride + left
    across, down = _cubic_weights(x - left), _cubic_weights(y - top)
    total = np.zeros_like(image)
    for j in range(4):
        total += down[j] * sum(padded.take(first + (j * stride + i)) * across[i] for i in range(4))
    return total


def _cubic_weights(part: FloatImage) -> FloatImage:
    """(4, ...): of the four samples around a place that lies `part` of the way from the second to the third."""
    part = part.astype(np.float32)
    two, three = part * part, part * part * part
    return np.stack(
        (two - 0.5 * (part + three), 1 - 2.5 * two + 1.5 * three, 0.5 * part + 2 * two - 1.5 * three, 0.5 * (three - two))
    ).astype(np.float32)
