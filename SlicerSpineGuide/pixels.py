"""Stored pixel values of DICOM data, decoded only where what is compressed is of the size that the header promises.

A decoder allocates what the codestream states. One of 60000x60000 in an image of 512x512 pixels ended one decoder's process and kept
another busy for minutes with 7 GB, so codestreams are looked at before they are acknowledged and again before they are decoded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.encaps import generate_fragments

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.translation import tr

HEAD_BYTES = 16_384
_HIGHEST_RATIO = 400  # of decoded to compressed bytes; only asked of images that are large when decoded
_LARGE_BYTES = 64 << 20
_RLE = "1.2.840.10008.1.2.5"
_START_OF_FRAME = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}  # JPEG (ITU-T T.81 table B.1) and JPEG-LS (T.87)


def decode_pixels(dataset: Any) -> npt.NDArray[Any]:
    """The stored pixel values, (rows, columns), (frames, rows, columns), with samples last for colour; BadInput if undecodable.

    Compressed pixels are decoded only where the codestreams are of the size that the header states.
    """
    try:
        if problem := _compression_problem(dataset):
            raise ValueError(problem)
        return np.asarray(dataset.pixel_array)
    except Exception as error:  # decoders raise many kinds
        why = (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
        raise BadInput(tr("the pixels cannot be decoded ({why}).").format(why=why)) from None


def _compression_problem(dataset: Any) -> str:
    syntax = dataset.file_meta.TransferSyntaxUID
    if not syntax.is_encapsulated:
        return ""
    rows, columns, samples = int(dataset.Rows), int(dataset.Columns), int(dataset.get("SamplesPerPixel") or 1)
    frames = int(dataset.get("NumberOfFrames") or 1)
    if beyond_belief(rows * columns * samples * frames * int(dataset.BitsAllocated) // 8, len(dataset.PixelData)):
        return "far more than they can hold is promised"
    heads = (fragment[:HEAD_BYTES] for fragment in generate_fragments(dataset.PixelData))
    next(heads, b"")  # the offset table
    return codestream_problem(heads, str(syntax), rows, columns, samples)


def beyond_belief(decoded_bytes: int, compressed_bytes: int) -> bool:
    """Whether so few bytes cannot hold such a picture."""
    return decoded_bytes > _LARGE_BYTES and decoded_bytes > _HIGHEST_RATIO * compressed_bytes


def codestream_problem(heads: Iterable[bytes], transfer_syntax: str, rows: int, columns: int, samples: int) -> str:
    """What speaks against decoding: "" or a short text. heads: the first HEAD_BYTES of each fragment, in order."""
    for number, head in enumerate(heads):
        if transfer_syntax == _RLE:
            continue  # its segments state no size, and decode to at most 64 times their length
        if head[:2] not in (b"\xff\xd8", b"\xff\x4f"):
            if number == 0:
                return "The compressed pixel data do not begin with a picture"
            continue  # the rest of a picture that began in an earlier fragment
        stated = _jpeg_2000_size(head) if head[:2] == b"\xff\x4f" else _jpeg_size(head)
        if stated is None:
            return "A compressed picture does not state its size"
        if stated != (rows, columns, samples):
            return "A compressed picture is of another size than Rows and Columns"
    return ""


def _jpeg_size(data: bytes) -> tuple[int, int, int] | None:
    """Rows, columns and components of the one frame header of a JPEG or JPEG-LS stream; None: none, or two that differ."""
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:  # fill bytes may precede a marker
            position += 1
            continue
        if marker in _START_OF_FRAME:
            frame = data[position + 5 : position + 10]
            return (int.from_bytes(frame[:2], "big"), int.from_bytes(frame[2:4], "big"), frame[4]) if len(frame) == 5 else None
        if marker in (0xDA, 0xD9):  # the scan, or the end, before any frame header
            return None
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return None


def _jpeg_2000_size(data: bytes) -> tuple[int, int, int] | None:
    """Rows, columns and components of the SIZ segment, which follows the start at once (ITU-T T.800 A.5.1)."""
    if data[2:4] != b"\xff\x51" or len(data) < 42:
        return None
    right, bottom, left, top, tile_width, tile_height = (int.from_bytes(data[i : i + 4], "big") for i in range(8, 32, 4))
    if not tile_width or not tile_height or (right // tile_width + 1) * (bottom // tile_height + 1) > 65_535:
        return None
    return bottom - top, right - left, int.from_bytes(data[40:42], "big")
