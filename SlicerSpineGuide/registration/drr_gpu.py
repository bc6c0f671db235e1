"""Digitally reconstructed radiographs on a graphics processor, by VTK's volume ray caster as a plain ray sum.

The same picture as `drr.Projector`'s, for the same region of a CT. The ray caster adds value times step along each ray; its sum leaves
through the frame buffer's three colours, packed to 24 bits, because a frame buffer of whole bytes is what every driver has.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from SlicerSpineGuide.geometry import FloatArray, Projection, apply, rotate
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.registration.drr import FloatImage, Projector, attenuation

STEPS_PER_VOXEL = 2
SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "swrast", "software", "microsoft basic render")
_LEAVES_PACKED = """//VTK::Shading::Exit
  float packed24 = floor(clamp(l_sumValue.x, 0.0, 1.0) * 16777215.0);
  float red = floor(packed24 / 65536.0);
  float green = floor((packed24 - red * 65536.0) / 256.0);
  g_fragColor = vec4(vec3(red, green, packed24 - red * 65536.0 - green * 256.0) / 255.0, 1.0);
"""


def projector_of(volume: Volume) -> Projector | GpuProjector:
    """The quickest projector of a CT volume in HU that this machine has: on a graphics processor where there is a real one."""
    return GpuProjector.of_ct(volume) if is_accelerated() else Projector.of_ct(volume)


@cache
def is_accelerated() -> bool:
    """Whether OpenGL is drawn by hardware here; a processor that plays one is slower at this than `drr.Projector`."""
    name = renderer_name().lower()
    return bool(name) and not any(part in name for part in SOFTWARE)


@cache
def renderer_name() -> str:
    """What OpenGL 3.2 calls the machine that draws it; "" where there is none."""
    try:
        window = _window((16, 16))
        window.Render()
        if not window.SupportsOpenGL():
            return ""
        lines = str(window.ReportCapabilities()).splitlines()
        window.Finalize()
    except (ImportError, RuntimeError):
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if "renderer string" in line), "")


class GpuProjector:
    """Radiographs of one volume of attenuation values by OpenGL. Used from the thread that first draws with it.

    values (slices, rows, columns), in 1/mm, not negative, zero outside; lps_from_index (4, 4), with perpendicular axes. ValueError for
    negative values. RuntimeError at the first picture where there is no OpenGL 3.2.
    """

    def __init__(self, values: npt.ArrayLike, lps_from_index: FloatArray) -> None:
        array = np.asarray(values, dtype=np.float32)
        if array.min() < 0:
            raise ValueError("a ray sum on a graphics processor takes no negative values")
        matrix = lps_from_index.astype(np.float64)
        if np.linalg.det(matrix[:3, :3]) < 0:  # a camera cannot look into a mirrored world
            array, flip = array[::-1], np.diag([1.0, 1.0, -1.0, 1.0])
            flip[2, 3] = len(array) - 1
            matrix = matrix @ flip
        array = np.pad(array, 1)
        matrix[:3, 3] = apply(matrix, (-1, -1, -1))
        self._spacing = np.linalg.norm(matrix[:3, :3], axis=0)
        self._own_from_lps = np.linalg.inv(matrix @ np.diag([*(1 / self._spacing), 1.0]))
        self._highest = max(float(array.max()), 1e-9)
        self._array = np.ascontiguousarray(array / self._highest)
        self._scene: tuple[Any, Any] | None = None

    @classmethod
    def of_ct(cls, volume: Volume) -> GpuProjector:
        """Of a CT volume in HU, by `attenuation`."""
        return cls(attenuation(volume.voxels), volume.lps_from_index)

    @property
    def _longest_mm(self) -> float:
        """No ray is longer inside the volume."""
        return float(np.linalg.norm(self._spacing * self._array.shape[::-1]))

    def render(self, projection: Projection, plan_from_live: FloatArray) -> FloatImage:
        """Line integrals (rows, columns) for the pixels of `projection`, a C-arm in live coordinates."""
        from vtkmodules.util.numpy_support import vtk_to_numpy
        from vtkmodules.vtkRenderingCore import vtkWindowToImageFilter

        window, renderer = self._scene = self._scene or self._build()
        window.SetSize(*projection.size)
        self._aim(renderer.GetActiveCamera(), projection, self._own_from_lps @ plan_from_live)
        window.Render()
        grab = vtkWindowToImageFilter()
        grab.SetInput(window)
        grab.ReadFrontBufferOff()
        grab.SetInputBufferTypeToRGB()
        grab.Update()
        columns, rows = projection.size
        colours = vtk_to_numpy(grab.GetOutput().GetPointData().GetScalars()).reshape(rows, columns, 3).astype(np.float64)
        sums = colours @ (65536.0, 256.0, 1.0) / 16777215.0
        return (sums * self._longest_mm * self._highest).astype(np.float32)

    def _aim(self, camera: Any, projection: Projection, own_from_live: FloatArray) -> None:
        """The camera in the source, the picture on the detector, wherever the perpendicular meets it."""
        from vtkmodules.vtkCommonMath import vtkMatrix4x4

        source = apply(own_from_live, projection.source)
        camera.SetPosition(*source)
        camera.SetFocalPoint(*(source + rotate(own_from_live, projection.normal)))
        camera.SetViewUp(*rotate(own_from_live, projection.v))
        sid = projection.source_to_detector
        near, far = 0.02 * sid, 3 * sid
        middle = projection.detector_centre - projection.source
        frustum = np.zeros((4, 4))
        for axis, direction in enumerate((projection.u, projection.v)):
            half = projection.size[axis] * projection.pitch[axis] / 2
            frustum[axis, axis], frustum[axis, 2] = sid / half, middle @ direction / half
        frustum[2, 2:] = -(far + near) / (far - near), -2 * far * near / (far - near)
        frustum[3, 2] = -1
        matrix = vtkMatrix4x4()
        matrix.DeepCopy(frustum.ravel().tolist())
        camera.SetClippingRange(near, far)
        camera.SetExplicitProjectionTransformMatrix(matrix)
        camera.UseExplicitProjectionTransformMatrixOn()

    def _build(self) -> tuple[Any, Any]:
        from vtkmodules.util.numpy_support import numpy_to_vtk
        from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPiecewiseFunction
        from vtkmodules.vtkRenderingCore import vtkRenderer, vtkVolume
        from vtkmodules.vtkRenderingVolume import vtkGPUVolumeRayCastMapper

        if not renderer_name():
            raise RuntimeError("there is no OpenGL 3.2")
        image = vtkImageData()
        image.SetDimensions(*self._array.shape[::-1])
        image.SetSpacing(*self._spacing)
        image.GetPointData().SetScalars(numpy_to_vtk(self._array.ravel(), deep=False))
        step = float(self._spacing.min()) / STEPS_PER_VOXEL
        mapper = vtkGPUVolumeRayCastMapper()
        mapper.SetInputData(image)
        mapper.SetBlendModeToAdditive()
        mapper.AutoAdjustSampleDistancesOff()
        mapper.UseJitteringOff()
        mapper.SetSampleDistance(step)
        volume, weight = vtkVolume(), vtkPiecewiseFunction()
        for value in (0.0, 1.0):
            weight.AddPoint(value, 1.0 / self._longest_mm)
        volume.SetMapper(mapper)
        volume.GetProperty().SetScalarOpacity(weight)
        volume.GetProperty().SetScalarOpacityUnitDistance(1.0)
        volume.GetProperty().SetInterpolationTypeToLinear()
        volume.GetProperty().ShadeOff()
        volume.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Shading::Exit", True, _LEAVES_PACKED, False)
        renderer = vtkRenderer()
        renderer.SetBackground(0, 0, 0)
        renderer.AddVolume(volume)
        window = _window((16, 16))
        window.AddRenderer(renderer)
        return window, renderer


def _window(size: tuple[int, int]) -> Any:
    """A window that is drawn but never seen."""
    import vtkmodules.vtkRenderingOpenGL2
    import vtkmodules.vtkRenderingVolumeOpenGL2  # noqa: F401  the mappers' OpenGL implementations register themselves
    from vtkmodules.vtkRenderingCore import vtkRenderWindow

    window = vtkRenderWindow()
    window.SetOffScreenRendering(True)
    window.SetShowWindow(False)
    window.SetMultiSamples(0)
    window.SetSize(*size)
    return window
