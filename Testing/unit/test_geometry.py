"""Rigid transforms, image planes and the C-arm's projection, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from SlicerSpineGuide import geometry as g
from SlicerSpineGuide.errors import BadInput

coordinate = st.floats(-300, 300, allow_nan=False)
point = st.tuples(coordinate, coordinate, coordinate).map(np.array)
turn = st.floats(-1.8, 1.8)
rotation_vector = st.tuples(turn, turn, turn).map(np.array).filter(lambda w: np.linalg.norm(w) < 3.1)
angle = st.floats(-80, 80)


@given(rotation_vector, point, point)
def test_a_transform_and_its_inverse_leave_a_point_where_it_was(w, t, p):
    matrix = g.rigid(g.rotation_from_vector(w), t)
    assert g.is_rigid(matrix)
    assert np.allclose(g.apply(g.inverse(matrix), g.apply(matrix, p)), p, atol=1e-8)


@given(rotation_vector)
def test_a_rotation_vector_survives_the_way_to_a_matrix_and_back(w):
    assert np.allclose(g.vector_from_rotation(g.rotation_from_vector(w)), w, atol=1e-6)


def test_half_a_turn_has_a_rotation_vector_of_length_pi():
    w = g.vector_from_rotation(g.rotation_from_vector((0, np.pi, 0)))
    assert np.allclose(np.abs(w), (0, np.pi, 0), atol=1e-6)


@given(point, rotation_vector, point)
def test_a_motion_about_a_centre_moves_the_centre_by_its_translation_only(centre, w, t):
    assert np.allclose(g.apply(g.rigid_about(centre, w, t), centre), centre + t, atol=1e-8)


def test_a_quarter_turn_about_s_takes_left_to_posterior():
    assert np.allclose(g.rotation_from_vector((0, 0, np.pi / 2)) @ (1, 0, 0), (0, 1, 0), atol=1e-12)


def test_a_mirror_image_is_not_rigid():
    assert not g.is_rigid(np.diag([-1.0, 1, 1, 1]))


@given(st.floats(0, 180))
def test_the_angle_between_directions_is_exact_even_when_it_is_tiny(degrees):
    a = np.radians(degrees)
    assert g.angle_deg((1, 0, 0), (np.cos(a), np.sin(a), 0)) == pytest.approx(degrees, abs=1e-9)


def test_the_distance_to_a_line_does_not_depend_on_where_along_it_one_starts():
    assert g.distance_to_line((3, 4, 9), (0, 0, -50), (0, 0, 2)) == pytest.approx(5)


def ct_dataset(**changes) -> Dataset:
    dataset = Dataset()
    dataset.ImagePositionPatient = [-100, -120, 30]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.PixelSpacing = [0.8, 0.5]
    dataset.Rows, dataset.Columns = 200, 400
    dataset.SliceThickness = 3
    for keyword, value in changes.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    return dataset


def test_pixel_spacing_is_between_rows_first_as_dicom_has_it():
    plane = g.ImagePlane.from_dicom(ct_dataset())
    assert plane.pitch == (0.5, 0.8)
    assert np.allclose(plane.to_lps([10, 10]), (-95, -112, 30))


@given(st.floats(0, 399), st.floats(0, 199), st.floats(-28, 28))
def test_pixels_of_a_tilted_slice_come_back_from_patient_coordinates(column, row, tilt):
    c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    plane = g.ImagePlane.from_dicom(ct_dataset(ImageOrientationPatient=[1, 0, 0, 0, float(c), float(-s)]))
    assert plane.normal @ (0, s, c) == pytest.approx(1, abs=1e-6)
    assert np.allclose(plane.to_pixels(plane.to_lps([column, row])), (column, row, 0), atol=1e-6)
    assert np.allclose(g.apply(plane.lps_from_index, (column, row, 7)), plane.to_lps([column, row]) + 7 * plane.normal, atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"ImagePositionPatient": None}, "ImagePositionPatient"),
        ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, "ImageOrientationPatient"),
        ({"ImageOrientationPatient": [0, 0, 0, 0, 0, 0]}, "ImageOrientationPatient"),
        ({"PixelSpacing": [0, 0.5]}, "PixelSpacing"),
        ({"Rows": 0}, "Rows"),
    ],
)
def test_a_slice_without_a_possible_place_is_refused_by_the_name_of_the_attribute(changes, named):
    with pytest.raises(BadInput, match=named):
        g.ImagePlane.from_dicom(ct_dataset(**changes))


def c_arm(primary: float = 0.0, secondary: float = 0.0) -> g.Projection:
    return g.Projection.from_angles(primary, secondary, 1200.0, 750.0, (0.3, 0.4), (512, 400))


@given(angle, angle)
def test_the_isocentre_projects_onto_the_middle_of_the_image_from_every_angle(primary, secondary):
    assert np.allclose(c_arm(primary, secondary).project((0, 0, 0)), (255.5, 199.5), atol=1e-6)


@given(angle, angle, st.floats(0, 511), st.floats(0, 399))
def test_a_point_on_the_ray_of_a_pixel_projects_onto_that_pixel(primary, secondary, column, row):
    arm = c_arm(primary, secondary)
    for depth in (300.0, 750.0, 1100.0):
        assert np.allclose(arm.project(arm.source + depth * arm.ray((column, row))), (column, row), atol=1e-6)


def test_at_zero_angles_the_detector_is_in_front_of_the_patient_and_left_is_to_the_right_of_the_image():
    arm = c_arm()
    assert np.allclose(arm.source, (0, 750, 0))
    assert np.allclose(arm.detector_centre, (0, -450, 0))
    assert arm.project((10, 0, 0))[0] == pytest.approx(255.5 + 10 * 1200 / 750 / 0.3)
    assert arm.project((0, 0, 10))[1] == pytest.approx(199.5 - 10 * 1200 / 750 / 0.4)


def test_a_positive_primary_angle_brings_the_detector_to_the_patients_left_and_a_positive_secondary_to_the_head():
    assert c_arm(30, 0).detector_centre[0] > 0
    assert c_arm(0, 30).detector_centre[2] > 0
