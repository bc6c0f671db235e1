"""Every transfer syntax the node accepts, decoded by two decoders that know nothing of each other, on real CT and on noise.

Encoders are DCMTK's (OpenJPEG through GDCM for JPEG 2000). The first decoder is the one the product uses.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import gdcm
import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.pixels import get_decoder
from pydicom.uid import ExplicitVRLittleEndian

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.intake import read_live_image
from SlicerSpineGuide.intake.services import TRANSFER_SYNTAXES, UNCOMPRESSED
from SlicerSpineGuide.plan.planning_ct import hounsfield

JPEG = [("1.2.840.10008.1.2.4.57", ["dcmcjpeg", "+el", "+sv", str(predictor)]) for predictor in range(1, 8)]
ENCODERS = [
    *JPEG,
    ("1.2.840.10008.1.2.4.70", ["dcmcjpeg", "+e1"]),
    ("1.2.840.10008.1.2.4.80", ["dcmcjpls", "+el"]),
    ("1.2.840.10008.1.2.5", ["dcmcrle"]),
    ("1.2.840.10008.1.2.4.90", []),
]
DECODERS = {
    "1.2.840.10008.1.2.4.57": ("gdcm", "pylibjpeg"),
    "1.2.840.10008.1.2.4.70": ("gdcm", "pylibjpeg"),
    "1.2.840.10008.1.2.4.80": ("gdcm", "pyjpegls"),
    "1.2.840.10008.1.2.4.90": ("gdcm", "pylibjpeg"),
    "1.2.840.10008.1.2.5": ("pydicom", "dcmdrle"),
}


def _images(ct: npt.NDArray[np.int16]) -> dict[str, tuple[npt.NDArray[np.generic], int]]:
    """Name -> pixels and bits stored: signed and unsigned, 8 to 16 bits; in noise every predictor runs over its range."""
    noise = np.random.default_rng(0).integers(0, 1 << 16, (32, 48))
    positive = np.clip(ct.astype(int) + 1024, 0, 4095)
    return {
        "signed CT": (ct, 16),
        "12 bits": (positive.astype(np.uint16), 12),
        "10 bits": ((positive // 4).astype(np.uint16), 10),
        "8 bits": ((positive // 16).astype(np.uint8), 8),
        "unsigned noise": (noise.astype(np.uint16), 16),
        "signed noise": (noise.astype(np.uint16).view(np.int16), 16),
    }


def _write(path: Path, pixels: npt.NDArray[np.generic], bits: int) -> None:
    image = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    image.SeriesInstanceUID, image.StudyInstanceUID, image.Modality = "1.2.3", "1.2", "CT"
    image.ImagePositionPatient, image.ImageOrientationPatient, image.PixelSpacing = [0, 0, 0], [1, 0, 0, 0, 1, 0], [1, 1]
    image.Rows, image.Columns = pixels.shape
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit = 8 * pixels.dtype.itemsize, bits, bits - 1
    image.PixelRepresentation = int(pixels.dtype.kind == "i")
    image.RescaleSlope, image.RescaleIntercept = 1, 0
    image.PixelData = pixels.tobytes()
    image.save_as(path, enforce_file_format=True)


def _encode(command: list[str], plain: Path, packed: Path) -> None:
    if command:
        subprocess.run([*command, plain, packed], check=True, capture_output=True)
        return
    reader, change, writer = gdcm.ImageReader(), gdcm.ImageChangeTransferSyntax(), gdcm.ImageWriter()
    reader.SetFileName(str(plain))
    assert reader.Read()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEG2000Lossless))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer.SetFileName(str(packed))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()


def _decode(packed: Path, decoder: str, scratch: Path) -> npt.NDArray[np.generic]:
    if decoder == "dcmdrle":
        subprocess.run([decoder, packed, scratch], check=True, capture_output=True)
        return np.asarray(pydicom.dcmread(scratch).pixel_array)
    dataset = pydicom.dcmread(packed)
    return np.asarray(get_decoder(dataset.file_meta.TransferSyntaxUID).as_array(dataset, decoding_plugin=decoder)[0])


@pytest.mark.parametrize(("syntax", "command"), ENCODERS, ids=[f"{uid[-4:]} {' '.join(c[1:])}" for uid, c in ENCODERS])
def test_two_decoders_and_the_product_agree_with_what_was_encoded(
    rider_volume: Volume, tmp_path: Path, syntax: str, command: list[str]
) -> None:
    middle = np.ascontiguousarray(rider_volume.voxels[rider_volume.voxels.shape[0] // 2].astype(np.int16))
    for name, (pixels, bits) in _images(middle).items():
        plain, packed = tmp_path / "plain.dcm", tmp_path / "packed.dcm"
        _write(plain, pixels, bits)
        _encode(command, plain, packed)
        assert pydicom.dcmread(packed).file_meta.TransferSyntaxUID == syntax
        for decoder in DECODERS[syntax]:
            np.testing.assert_array_equal(_decode(packed, decoder, tmp_path / "scratch.dcm"), pixels, err_msg=f"{name}, {decoder}")
        read = read_live_image(packed, 0.0).image.pixels
        np.testing.assert_array_equal(read, np.maximum(pixels.astype(np.float32), -1024), err_msg=name)


@pytest.mark.parametrize(
    ("command", "marker", "at", "width"),
    [(["dcmcjpeg", "+e1"], b"\xff\xc3", 5, 2), (["dcmcjpls", "+el"], b"\xff\xf7", 5, 2), ([], b"\xff\x4f\xff\x51", 8, 4)],
    ids=["JPEG", "JPEG-LS", "JPEG 2000"],
)
@pytest.mark.parametrize("claimed", [60_000, 16])
def test_a_picture_of_another_size_than_the_header_says_never_reaches_a_decoder(
    tmp_path: Path, command: list[str], marker: bytes, at: int, width: int, claimed: int
) -> None:
    """Handed on, 60000x60000 ends the process of one decoder and keeps another busy for a minute with 7 GB."""
    plain, packed = tmp_path / "plain.dcm", tmp_path / "packed.dcm"
    _write(plain, np.arange(4096, dtype=np.uint16).reshape(64, 64), 12)
    _encode(command, plain, packed)
    data = bytearray(packed.read_bytes())
    start = data.index(marker) + at
    data[start : start + 2 * width] = claimed.to_bytes(width, "big") * 2
    packed.write_bytes(data)
    with pytest.raises(BadInput, match="A compressed picture"):
        read_live_image(packed, 0.0)
    with pytest.raises(BadInput, match=r"packed\.dcm: the pixels cannot be decoded \(A compressed picture"):
        hounsfield(packed, pydicom.dcmread(packed))


def test_every_accepted_transfer_syntax_is_compared() -> None:
    assert set(TRANSFER_SYNTAXES) == set(UNCOMPRESSED) | {syntax for syntax, _ in ENCODERS}


def test_no_gpl_decoder_is_needed_at_run_time() -> None:
    """The product's own choice of decoder for each syntax is the first one listed above; pylibjpeg-libjpeg only checks it."""
    for syntax, decoders in DECODERS.items():
        assert get_decoder(syntax).available_plugins[0] == decoders[0]
