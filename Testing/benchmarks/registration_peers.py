"""The peers of the registration benchmark: SimpleITK's ImageRegistrationMethod and itk-elastix, on the same slices.

Each has the help that the product has: it starts at the same pose, sees the plan blurred by the slice's profile, may look at the
target's surroundings only, and rotates about the target. Their settings are the result of registration_tuning.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, rigid
from SlicerSpineGuide.images import Slice, Volume
from SlicerSpineGuide.registration.vertebra import vertebra_weight

ELASTIX_MISSING = "itk-elastix is not installed (pip install itk-elastix): its rows are missing"
REGION_MM = 45.0  # the product's
THREE_LEVELS = (4, 2.0), (2, 1.0), (1, 0.5)  # shrinking in the plane, smoothing in mm
TWO_LEVELS = (3, 1.5), (1, 0.5)
ONE_LEVEL = ((1, 0.7),)


@dataclass(frozen=True)
class SitkSetting:
    """metric: correlation, mean squares or Mattes; region: the live pixels compared (all of the "field", a "disc" around the
    target, or the "bone" in it); sampling: the part of them taken at random; step, least_step: mm, of the gradient descent."""

    metric: str
    pyramid: tuple[tuple[int, float], ...] = THREE_LEVELS
    region: str = "field"
    sampling: float = 1.0
    step: float = 1.0
    least_step: float = 0.005
    iterations: int = 60

    def __str__(self) -> str:
        share = "" if self.sampling == 1 else f" ({self.sampling:.0%})"
        return f"{self.metric}, {self.region}{share}, {len(self.pyramid)} levels of {self.iterations} steps to {self.least_step} mm"


# Of each metric the fastest among the most exact, on all of the field and on the bone that the product looks at.
SITK_SETTINGS = (
    SitkSetting("correlation"),
    SitkSetting("correlation", region="bone"),
    SitkSetting("mean squares"),
    SitkSetting("mean squares", region="bone"),
    SitkSetting("Mattes"),
    SitkSetting("Mattes", region="bone"),
)


class SitkPeer:
    """One slice against the plan around a target, starting at identity."""

    def __init__(self, volume: Volume, target: FloatArray, thickness: float, setting: SitkSetting) -> None:
        crop = sitk.Cast(volume.crop(target, 80.0).to_sitk(), sitk.sitkFloat32)
        along = max(thickness**2 / 12, 1e-3)  # the slice profile's variance, so that the peer sees what the slice shows
        thick = sitk.DiscreteGaussian(crop, [1e-3, 1e-3, along])
        self._plans = [sitk.SmoothingRecursiveGaussian(thick, sigma) for _, sigma in setting.pyramid]
        self._target = target
        self._setting = setting
        self._weight = vertebra_weight(volume, target, REGION_MM + 20.0)

    def register(self, live: Slice) -> FloatArray:
        """plan_from_live (4, 4)."""
        setting = self._setting
        transform = sitk.Euler3DTransform()
        transform.SetCenter(self._target.tolist())
        # By hand: SimpleITK's own pyramid refuses images of fewer than four slices.
        for plan, (shrink, sigma) in zip(self._plans, setting.pyramid, strict=True):
            plane = sitk.Shrink(sitk.DiscreteGaussian(_image(live), [sigma**2, sigma**2, 1e-6]), [shrink, shrink, 1])
            method = sitk.ImageRegistrationMethod()
            if setting.metric == "correlation":
                method.SetMetricAsCorrelation()
            elif setting.metric == "mean squares":
                method.SetMetricAsMeanSquares()
            else:
                method.SetMetricAsMattesMutualInformation(32)
            if setting.region != "field":
                method.SetMetricFixedMask(self._mask(plane))
            if setting.sampling < 1:
                method.SetMetricSamplingStrategy(method.RANDOM)
                method.SetMetricSamplingPercentage(setting.sampling, 1)
            method.MetricUseFixedImageGradientFilterOff()
            method.MetricUseMovingImageGradientFilterOff()
            method.SetInterpolator(sitk.sitkLinear)
            method.SetOptimizerAsRegularStepGradientDescent(setting.step, setting.least_step, setting.iterations, relaxationFactor=0.7)
            method.SetOptimizerScalesFromPhysicalShift()
            method.SetInitialTransform(transform, inPlace=True)
            method.Execute(plane, plan)
        return rigid(np.array(transform.GetMatrix()).reshape(3, 3), np.array(transform.TransformPoint((0.0, 0.0, 0.0))))

    def _mask(self, plane: sitk.Image) -> sitk.Image:
        """Which pixels of `plane` lie in the region, at the start's pose."""
        columns, rows = plane.GetSize()[:2]
        u, v = np.array(plane.GetDirection()).reshape(3, 3)[:, :2].T
        x, y = np.meshgrid(np.arange(columns) * plane.GetSpacing()[0], np.arange(rows) * plane.GetSpacing()[1])
        points = np.array(plane.GetOrigin()) + x[..., None] * u + y[..., None] * v - self._target
        inside = np.linalg.norm(points, axis=-1) < REGION_MM
        if self._setting.region == "bone":
            inside &= self._weight.at(points.reshape(-1, 3).astype(np.float32)).reshape(inside.shape) > 0.05
        mask = sitk.GetImageFromArray(inside[None].astype(np.uint8))
        mask.CopyInformation(plane)
        return mask


@dataclass(frozen=True)
class ElastixSetting:
    """elastix's rigid parameter map with these changes; metric: elastix's name."""

    metric: str = "AdvancedNormalizedCorrelation"
    resolutions: int = 3
    iterations: int = 250
    samples: int = 3000

    def __str__(self) -> str:
        return f"{self.metric}, {self.resolutions} levels of {self.iterations} iterations, {self.samples} samples"


ELASTIX_SETTINGS = (ElastixSetting("AdvancedNormalizedCorrelation", 2), ElastixSetting("AdvancedMeanSquares", 2))


class ElastixPeer:
    """The same with elastix: adaptive stochastic gradient descent."""

    def __init__(self, volume: Volume, target: FloatArray, thickness: float, setting: ElastixSetting) -> None:
        import itk

        self._itk = itk
        crop = sitk.Cast(volume.crop(target, 80.0).to_sitk(), sitk.sitkFloat32)
        self._plan = _itk_image(itk, sitk.DiscreteGaussian(crop, [1e-3, 1e-3, max(thickness**2 / 12, 1e-3)]))
        parameters = itk.ParameterObject.New()
        rigid_map = parameters.GetDefaultParameterMap("rigid", setting.resolutions)
        rigid_map["Metric"] = [setting.metric]
        rigid_map["MaximumNumberOfIterations"] = [str(setting.iterations)]
        rigid_map["NumberOfSpatialSamples"] = [str(setting.samples)]
        rigid_map["AutomaticTransformInitialization"] = ["false"]
        rigid_map["CenterOfRotationPoint"] = [str(float(c)) for c in target]
        rigid_map["WriteResultImage"] = ["false"]
        # One slice has nothing to shrink along its normal.
        factors = [2**k for k in reversed(range(setting.resolutions))]
        rigid_map["FixedImagePyramid"] = ["FixedSmoothingImagePyramid"]
        rigid_map["FixedImagePyramidSchedule"] = [s for f in factors for s in (str(f), str(f), "0")]
        rigid_map["ImagePyramidSchedule"] = [s for f in factors for s in (str(f), str(f), "1")]
        parameters.AddParameterMap(rigid_map)
        self._parameters = parameters

    def register(self, live: Slice) -> FloatArray:
        """plan_from_live (4, 4)."""
        # elastix takes gradients over three slices at least: the slice stands for its neighbours too.
        fixed = _itk_image(self._itk, sitk.JoinSeries([_plane(live)] * 3, 0.0, live.plane.thickness / 3), live)
        _, found = self._itk.elastix_registration_method(fixed, self._plan, parameter_object=self._parameters, log_to_console=False)
        last = found.GetParameterMap(found.GetNumberOfParameterMaps() - 1)
        angles = [float(v) for v in last["TransformParameters"]]
        transform = sitk.Euler3DTransform()
        transform.SetComputeZYX(last["ComputeZYX"][0] == "true")
        transform.SetCenter([float(c) for c in last["CenterOfRotationPoint"]])
        transform.SetRotation(*angles[:3])
        transform.SetTranslation(angles[3:])
        return rigid(np.array(transform.GetMatrix()).reshape(3, 3), np.array(transform.TransformPoint((0.0, 0.0, 0.0))))


def elastix_available() -> bool:
    try:
        import itk

        return hasattr(itk, "elastix_registration_method")
    except ImportError:
        return False


def _plane(live: Slice) -> sitk.Image:
    image = sitk.GetImageFromArray(live.pixels)
    image.SetSpacing(live.plane.pitch)
    return image


def _image(live: Slice) -> sitk.Image:
    image = sitk.GetImageFromArray(live.pixels[None])
    plane = live.plane
    image.SetSpacing([*plane.pitch, plane.thickness])
    image.SetOrigin(plane.origin.tolist())
    image.SetDirection(np.stack([plane.u, plane.v, plane.normal], axis=1).ravel().tolist())
    return image


def _itk_image(itk: object, image: sitk.Image, live: Slice | None = None) -> object:
    """The same for ITK's Python; with `live`, a stack of its plane centred on it."""
    result = itk.image_from_array(sitk.GetArrayFromImage(image))  # type: ignore[attr-defined]
    direction, origin = np.array(image.GetDirection()).reshape(3, 3), np.array(image.GetOrigin())
    if live is not None:
        direction = np.stack([live.plane.u, live.plane.v, live.plane.normal], axis=1)
        origin = live.plane.origin - live.plane.normal * image.GetSpacing()[2]
    result.SetSpacing([float(s) for s in image.GetSpacing()])
    result.SetOrigin([float(c) for c in origin])
    result.SetDirection(itk.matrix_from_array(direction))  # type: ignore[attr-defined]
    return result
