"""Volumes from the field's other forms of an image."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.geometry import apply, rigid_about
from SlicerSpineGuide.images import Volume


def oblique_volume() -> Volume:
    matrix = rigid_about([10, 20, 30], np.radians([10.0, -20.0, 30.0])) @ np.diag([0.7, 0.8, 2.5, 1.0])
    return Volume(np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6), matrix)


def test_a_vtk_image_keeps_its_place_turn_and_voxels():
    volume = oblique_volume()
    back = Volume.from_vtk(volume.to_vtk())
    assert np.allclose(back.lps_from_index, volume.lps_from_index)
    assert np.array_equal(back.voxels, volume.voxels)
    assert back.voxels.dtype == np.int16


def test_a_vtk_image_whose_extent_does_not_begin_at_0_has_its_voxels_where_vtk_has_them():
    image = vtkImageData()
    image.SetExtent(5, 8, -3, 1, 2, 4)
    image.SetSpacing(0.5, 1.0, 2.0)
    image.SetOrigin(1.0, 2.0, 3.0)
    image.SetDirectionMatrix(0, -1, 0, 1, 0, 0, 0, 0, 1)
    image.GetPointData().SetScalars(numpy_to_vtk(np.arange(4 * 5 * 3, dtype=np.float32), deep=True))
    volume = Volume.from_vtk(image)
    for index in ((5, -3, 2), (8, 1, 4)):
        place = [0.0, 0.0, 0.0]
        image.TransformIndexToPhysicalPoint(index, place)
        assert np.allclose(apply(volume.lps_from_index, np.subtract(index, (5, -3, 2))), place)


def test_a_sitk_image_and_a_vtk_image_of_one_volume_are_the_same():
    volume = oblique_volume()
    from_sitk, from_vtk = Volume.from_sitk(volume.to_sitk()), Volume.from_vtk(volume.to_vtk())
    assert np.allclose(from_sitk.lps_from_index, from_vtk.lps_from_index)
    assert np.array_equal(from_sitk.voxels, from_vtk.voxels)


@pytest.mark.parametrize("components", [0, 3])
def test_a_vtk_image_without_one_value_per_voxel_is_refused(components):
    image = vtkImageData()
    image.SetDimensions(2, 2, 2)
    if components:
        image.GetPointData().SetScalars(numpy_to_vtk(np.zeros((8, components), np.int16), deep=True))
    with pytest.raises(BadInput, match="one value per voxel"):
        Volume.from_vtk(image)


def test_a_sitk_image_on_disk_and_in_memory_has_the_same_geometry(tmp_path):
    volume = oblique_volume()
    sitk.WriteImage(volume.to_sitk(), str(tmp_path / "volume.nrrd"))
    read = Volume.from_sitk(sitk.ReadImage(str(tmp_path / "volume.nrrd")))
    assert np.allclose(read.lps_from_index, volume.lps_from_index, atol=1e-6)


def test_every_form_of_an_image_is_taken_and_what_is_none_is_refused_with_what_to_do():
    volume = oblique_volume()
    for image in (volume, volume.to_sitk(), volume.to_vtk()):
        assert np.allclose(Volume.of(image).lps_from_index, volume.lps_from_index)
    with pytest.raises(BadInput, match=r"ndarray.*geometry"):
        Volume.of(volume.voxels)


def test_a_volumes_slices_lie_where_its_voxels_do():
    volume = oblique_volume()
    slices = volume.slices()
    assert len(slices) == 4
    for k, image in enumerate(slices):
        assert np.array_equal(image.pixels, volume.voxels[k])
        assert np.allclose(image.plane.to_lps([3, 2]), apply(volume.lps_from_index, [3, 2, k]))
        assert image.plane.thickness == pytest.approx(2.5)
