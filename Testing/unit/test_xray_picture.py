"""What is drawn over a radiograph to check its registration by eye: the DRR to blend with it, and the outline of the bone."""

from __future__ import annotations

import numpy as np
import pytest
from xray_room import T12, Room

from SlicerSpineGuide.geometry import apply, inverse, rigid_about
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.registration.xray_image import LogRadiograph
from SlicerSpineGuide.registration.xray_picture import XrayPictures, bone_shadow, rings


@pytest.fixture(scope="module")
def room(lidc_volume: Volume) -> Room:
    return Room(lidc_volume)


@pytest.fixture(scope="module")
def radiograph(room: Room) -> Radiograph:
    return room.shoot(0)


@pytest.fixture(scope="module")
def pictures(lidc_volume: Volume) -> XrayPictures:
    return XrayPictures(lidc_volume, T12)


def test_the_drr_has_the_radiograph_s_own_brightness_and_fits_it_only_where_the_pose_is_right(pictures, room, radiograph):
    right = pictures.picture(radiograph, room.truth, ends_in_air=True)
    wrong = pictures.picture(radiograph, rigid_about(T12, [0, 0, 0], [8, 0, 8]) @ room.truth, ends_in_air=True)
    seen = LogRadiograph.of(radiograph.pixels, radiograph.projection).resample(right.projection).values
    rows, columns = seen.shape
    middle = np.s_[rows // 3 : -(rows // 3), columns // 3 : -(columns // 3)]

    def likeness(image: np.ndarray) -> float:
        return float(np.corrcoef(np.log(image[middle]).ravel(), -seen[middle].ravel())[0, 1])

    assert right.drr.shape == seen.shape
    assert likeness(right.drr) > max(0.5, likeness(wrong.drr) + 0.02)
    assert np.abs(np.log(right.drr[middle]) + seen[middle]).mean() < 0.3


def test_the_bone_s_outline_is_closed_and_lies_where_the_vertebra_is(pictures, room, radiograph):
    picture = pictures.picture(radiograph, room.truth)
    target = picture.projection.project(apply(inverse(room.truth), T12))
    assert picture.outlines
    for ring in picture.outlines:
        assert np.allclose(ring[0], ring[-1])
        assert np.linalg.norm(ring - target, axis=1).max() * 0.7 < 45  # mm, about
    low, high = np.vstack(picture.outlines).min(axis=0), np.vstack(picture.outlines).max(axis=0)
    assert (low < target).all()
    assert (high > target).all()


def test_the_outline_moves_with_the_pose(pictures, room, radiograph):
    middle = []
    for shift in (0.0, 10.0):
        pose = rigid_about(T12, [0, 0, 0], [0, 0, shift]) @ room.truth
        middle.append(np.vstack(pictures.picture(radiograph, pose).outlines).mean(axis=0))
    assert 5 < np.linalg.norm(middle[1] - middle[0]) * 0.57 < 16  # mm, about: the patient moved by 10


def test_a_radiograph_without_geometry_has_no_picture(pictures):
    with pytest.raises(ValueError, match="without geometry"):
        pictures.picture(Radiograph(np.ones((64, 64), dtype=np.float32), None), np.eye(4))


def test_the_bone_s_shadow_lies_where_the_vertebra_is(lidc_volume, room, radiograph):
    shadow = bone_shadow(lidc_volume, T12).render(radiograph.projection, room.truth)
    y, x = np.mgrid[: shadow.shape[0], : shadow.shape[1]]
    centre = np.array([(x * shadow).sum(), (y * shadow).sum()]) / shadow.sum()
    assert np.linalg.norm(centre - radiograph.projection.project(apply(inverse(room.truth), T12))) < 25
    assert 10 < shadow.max() < 60


def test_level_lines_close_at_the_image_s_border_and_specks_and_holes_are_left_out():
    image = np.zeros((40, 60), dtype=np.float32)
    image[10:30, 40:] = 1
    image[5, 5] = 1
    image[15:25, 45:50] = 0
    (ring,) = rings(image, 0.5, 20)
    assert np.allclose(ring[0], ring[-1])
    assert ring.min(axis=0) == pytest.approx([39.5, 9.5])
    assert ring[:, 0].max() == pytest.approx(59.5)
