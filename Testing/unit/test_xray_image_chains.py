"""What other C-arms' image chains do to a radiograph: registered all the same, or not called locked where it is off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
from xray_room import PROTOCOL, T12, Room, mean_error

from SlicerSpineGuide.geometry import FloatArray, rigid_about
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.intake.frame import Radiograph
from SlicerSpineGuide.registration.xray import XrayPose, XrayRegistration, prepare
from SlicerSpineGuide.registration.xray_field import exposed_field


@pytest.fixture(scope="module")
def engine(lidc_volume: Volume) -> XrayRegistration:
    return prepare(lidc_volume, T12)


@pytest.fixture(scope="module")
def room(lidc_volume: Volume) -> Room:
    return Room(lidc_volume)


def registered(engine: XrayRegistration, room: Room, images: list[Radiograph]) -> tuple[XrayPose, float]:
    """From 6 mm and 5 degrees off; with its mean error in mm."""
    found = engine.register(images, rigid_about(T12, np.radians([3, -3, 3]), [4, -3, 3]) @ room.truth)
    return found, mean_error(found.plan_from_live, room.truth) if found.plan_from_live is not None else np.inf


def stated_error_mm(found: XrayPose) -> float:
    """One standard deviation of the mean error over 43 mm around the target, as the covariance tells it."""
    assert found.covariance is not None
    return float(np.sqrt(np.trace(found.covariance[:3, :3]) + 2 / 3 * 43**2 * np.trace(found.covariance[3:, 3:])))


def vignetted(image: FloatArray) -> FloatArray:
    y, x = np.mgrid[-1 : 1 : image.shape[0] * 1j, -1 : 1 : image.shape[1] * 1j]
    return np.asarray(image * (1 - 0.6 * np.clip(np.hypot(x, y), 0, 1.2) ** 2))


def eight_bits(image: FloatArray) -> FloatArray:
    return np.round(np.clip(image / np.percentile(image, 99), 0, 1) * 255)


def logarithmic(low: float, high: float, bits: int) -> Callable[[FloatArray], FloatArray]:
    """Stored as a logarithm, windowed between two percentiles, and taken back to intensity as intake does."""

    def through(image: FloatArray) -> FloatArray:
        log = np.log(np.maximum(image, 1))
        first, last = np.percentile(log, [low, high])
        top = 2**bits - 1
        return np.asarray(np.exp(np.round(np.clip((log - first) / (last - first), 0, 1) * top) / top * (last - first)))

    return through


def glaring(image: FloatArray) -> FloatArray:
    """A veil as of an image intensifier's glass: half of all light, spread over a third of the image."""
    veil = sitk.SmoothingRecursiveGaussian(sitk.GetImageFromArray(image.astype(np.float32)), 0.2 * image.shape[0])
    return np.asarray(0.5 * image + 0.5 * sitk.GetArrayFromImage(veil))


MILD = {
    "vignetting": vignetted,
    "gamma 0.5": lambda image: 4095 * (image / 4095) ** 0.5,
    "gamma 2": lambda image: 4095 * (image / 4095) ** 2.0,
    "8 bits": eight_bits,
    "logarithm, 8 bits": logarithmic(1, 99, 8),
    "logarithm, 6 bits": logarithmic(1, 99, 6),
}


@pytest.mark.parametrize("chain", MILD)
def test_how_an_image_is_stored_or_shaded_does_not_matter(engine, room, chain):
    images = [room.shoot(view) for view in (0, 1)]
    images = [replace(r, pixels=MILD[chain](r.pixels).astype(np.float32)) for r in images]
    found, error = registered(engine, room, images)
    assert found.status == "locked", found.reason
    assert error < 0.6


@pytest.mark.parametrize("scatter", [1.5, 2.0, 3.0])
def test_a_veil_of_scatter_is_never_locked_on_a_millimetre_off(engine, room, scatter):
    protocol = replace(PROTOCOL, scatter=scatter, quanta=600)
    found, error = registered(engine, room, [room.shoot(view, protocol=protocol) for view in (0, 1)])
    assert found.status != "locked" or error < 1.0
    assert not found.usable or error < 2.5 * stated_error_mm(found)


@pytest.mark.parametrize("chain", [glaring, logarithmic(20, 80, 8), logarithmic(10, 90, 6)])
def test_a_chain_that_takes_contrast_away_is_never_locked_on_a_millimetre_off(engine, room, chain):
    images = [replace(r, pixels=chain(r.pixels).astype(np.float32)) for r in (room.shoot(view) for view in (0, 1))]
    found, error = registered(engine, room, images)
    assert found.status != "locked" or error < 1.0
    assert not found.usable or error < 2.5 * stated_error_mm(found)


def test_the_worse_the_images_fit_the_less_is_claimed(engine, room):
    clear, _ = registered(engine, room, [room.shoot(view) for view in (0, 1)])
    veiled, _ = registered(engine, room, [room.shoot(v, protocol=replace(PROTOCOL, scatter=3.0, quanta=200)) for v in (0, 1)])
    assert not veiled.usable or stated_error_mm(veiled) > 1.3 * stated_error_mm(clear)


@pytest.mark.parametrize("field", ["square", "rectangle", "round", "dark"])
def test_a_field_of_six_centimetres_is_seen_with_scatter_behind_its_shutters_and_registered(engine, room, field):
    """A third of what reaches the open field reaches the detector behind the shutters; "dark" is a round field with hardly any."""
    y, x = np.abs(np.mgrid[:320, :320] - 159.5) * 0.7 * 785 / 1180
    open_ = {"square": np.maximum(x, y) < 30, "rectangle": (x < 30) & (y < 45)}.get(field, np.hypot(x, y) < 30)
    images = []
    for view in (0, 1):
        image = room.shoot(view)
        scatter = 0.3 * broad(image.pixels) if field != "dark" else np.float32(12)
        images.append(replace(image, pixels=np.where(open_, image.pixels, scatter).astype(np.float32)))
        seen = exposed_field(images[-1].pixels)
        assert not seen[~open_].any()
        assert seen.sum() > 0.75 * open_.sum()
    found, error = registered(engine, room, images)
    assert found.status == "locked", found.reason
    assert error < 1.0


def broad(image: FloatArray) -> FloatArray:
    return sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(sitk.GetImageFromArray(image.astype(np.float32)), 20.0))


def test_a_field_of_four_centimetres_is_said_to_be_too_small(engine, room):
    y, x = np.mgrid[:320, :320] - 159.5
    images = [room.shoot(view) for view in (0, 1)]
    images = [replace(r, pixels=np.where(np.hypot(x, y) < 42, r.pixels, 12).astype(np.float32)) for r in images]
    found, _ = registered(engine, room, images)
    assert found.status != "locked"
    assert "collimator" in found.reason


def test_an_open_field_is_left_as_it_is(room):
    for view in (0, 1):
        assert exposed_field(room.shoot(view).pixels).all()
