"""From LPS, as everything else counts, to RAS, as MRML does: the only place where the two meet."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from vtkmodules.vtkCommonMath import vtkMatrix4x4

from SlicerSpineGuide.geometry import FloatArray

_FLIP = np.diag([-1.0, -1.0, 1.0, 1.0])


def ras_from_lps(values: npt.ArrayLike) -> FloatArray:
    """Points or directions (..., 3), mm, or a matrix (4, 4) whose results are LPS, in RAS; its own inverse."""
    array = np.asarray(values, dtype=np.float64)
    return _FLIP @ array if array.shape == (4, 4) else array * np.diag(_FLIP)[:3]


def ras_transform(target_from_source: FloatArray) -> FloatArray:
    """A (4, 4) transform from LPS to LPS as one from RAS to RAS."""
    return ras_from_lps(ras_from_lps(target_from_source).T).T


def vtk_matrix(matrix: npt.ArrayLike) -> Any:
    """A (4, 4) array as vtkMatrix4x4."""
    result = vtkMatrix4x4()
    result.DeepCopy([float(v) for v in np.asarray(matrix).ravel()])
    return result
