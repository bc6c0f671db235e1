"""The peers of the registration benchmark: SimpleITK's ImageRegistrationMethod and itk-elastix, on the same slices."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from SlicerSpineGuide.geometry import FloatArray, rigid
from SlicerSpineGuide.images import Slice, Volume

PYRAMID = (4, 2.0), (2, 1.0), (1, 0.5)  # shrinking in the plane, smoothing in mm
ELASTIX_MISSING = "itk-elastix is not installed (pip install itk-elastix): its rows are missing"


class SitkPeer:
    """One slice against the plan around a target, starting at identity: three levels, correlation or another metric."""

    def __init__(self, volume: Volume, target: FloatArray, thickness: float, metric: str = "correlation") -> None:
        crop = sitk.Cast(volume.crop(target, 80.0).to_sitk(), sitk.sitkFloat32)
        along = max(thickness**2 / 12, 1e-3)  # the slice profile's variance, so that the peer sees what the slice shows
        thick = sitk.DiscreteGaussian(crop, [1e-3, 1e-3, along])
        self._plans = [sitk.SmoothingRecursiveGaussian(thick, sigma) for _, sigma in PYRAMID]
        self._target = target
        self._metric = metric

    def register(self, live: Slice) -> FloatArray:
        """plan_from_live (4, 4)."""
        transform = sitk.Euler3DTransform()
        transform.SetCenter(self._target.tolist())
        # By hand: SimpleITK's own pyramid refuses images of fewer than four slices.
        for plan, (shrink, sigma) in zip(self._plans, PYRAMID, strict=True):
            plane = sitk.Shrink(sitk.DiscreteGaussian(_image(live), [sigma**2, sigma**2, 1e-6]), [shrink, shrink, 1])
            method = sitk.ImageRegistrationMethod()
            if self._metric == "correlation":
                method.SetMetricAsCorrelation()
            elif self._metric == "mean squares":
                method.SetMetricAsMeanSquares()
            else:
                method.SetMetricAsMattesMutualInformation(32)
            method.MetricUseFixedImageGradientFilterOff()
            method.MetricUseMovingImageGradientFilterOff()
            method.SetInterpolator(sitk.sitkLinear)
            method.SetOptimizerAsRegularStepGradientDescent(1.0, 0.005, 60, relaxationFactor=0.7)
            method.SetOptimizerScalesFromPhysicalShift()
            method.SetInitialTransform(transform, inPlace=True)
            method.Execute(plane, plan)
        return rigid(np.array(transform.GetMatrix()).reshape(3, 3), np.array(transform.TransformPoint((0.0, 0.0, 0.0))))


class ElastixPeer:
    """The same with elastix: its default rigid parameter map, correlation, three resolutions."""

    def __init__(self, volume: Volume, target: FloatArray, thickness: float) -> None:
        import itk

        self._itk = itk
        crop = sitk.Cast(volume.crop(target, 80.0).to_sitk(), sitk.sitkFloat32)
        self._plan = _itk_image(itk, sitk.DiscreteGaussian(crop, [1e-3, 1e-3, max(thickness**2 / 12, 1e-3)]))
        parameters = itk.ParameterObject.New()
        rigid_map = parameters.GetDefaultParameterMap("rigid", 3)
        rigid_map["Metric"] = ["AdvancedNormalizedCorrelation"]
        rigid_map["MaximumNumberOfIterations"] = ["250"]
        rigid_map["NumberOfSpatialSamples"] = ["3000"]
        rigid_map["AutomaticTransformInitialization"] = ["false"]
        # One slice has nothing to shrink along its normal.
        rigid_map["FixedImagePyramid"] = ["FixedSmoothingImagePyramid"]
        rigid_map["FixedImagePyramidSchedule"] = ["4", "4", "0", "2", "2", "0", "1", "1", "0"]
        rigid_map["ImagePyramidSchedule"] = ["4", "4", "1", "2", "2", "1", "1", "1", "1"]
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
