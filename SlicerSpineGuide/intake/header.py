"""The check of a received object before it is acknowledged: its header is read, its pixels are not decoded.

An object is refused where it does not say which object it is, says another one than the C-STORE command did, or where its pixel
data cannot be what Rows, Columns and NumberOfFrames promise (so that nobody allocates what was never sent).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag

from SlicerSpineGuide.intake.services import UNCOMPRESSED, Refused, Status
from SlicerSpineGuide.intake.stamps import read_stamps
from SlicerSpineGuide.pixels import HEAD_BYTES, beyond_belief, codestream_problem

_UID = re.compile(r"[0-9]+(\.[0-9]+)*")
_PIXEL_DATA = 0x7FE00010
_PIXEL_TAGS = (0x7FE00008, 0x7FE00009, _PIXEL_DATA)  # float, double float, integer
_IMPLICIT = "1.2.840.10008.1.2"


@dataclass(frozen=True)
class Identity:
    """Which object this is, as command and data set both say; scanner_s: when it was made by the scanner's clock, or None."""

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax: str
    series_instance_uid: str = ""
    scanner_s: float | None = None


def valid_uid(value: str) -> bool:
    """Whether `value` has the form of a UID (PS3.5 9.1); leading zeros, which old scanners write, are let through."""
    return len(value) <= 64 and _UID.fullmatch(value) is not None


def check_header(data: BinaryIO, size: int, identity: Identity, pixel_limit: int) -> Identity:
    """The identity, completed from the data set in `data` (at its start, `size` bytes); Refused where it must not be stored."""
    try:
        return _checked(data, size, identity, pixel_limit)
    except Refused:
        raise
    except RecursionError:
        raise Refused(Status.UNDECODABLE, "Sequences are nested too deeply") from None
    except Exception:  # pydicom raises many kinds for damaged data, some of them only when a value is looked at
        raise Refused(Status.UNDECODABLE, "The data set cannot be read in its transfer syntax") from None


def _checked(data: BinaryIO, size: int, identity: Identity, pixel_limit: int) -> Identity:
    header, tag, at = _read_header(data, identity.transfer_syntax)
    stated = str(header.get("SOPClassUID", "")), str(header.get("SOPInstanceUID", ""))
    if stated != (identity.sop_class_uid, identity.sop_instance_uid):
        raise Refused(Status.DOES_NOT_MATCH, "SOP Class or Instance UID differs between command and data set")
    if tag is None:
        raise Refused(Status.NO_PIXELS, "The object has no pixel data or is truncated")
    _check_pixels(header, data, at, size, identity.transfer_syntax, pixel_limit)
    stamps = read_stamps(header)
    made = stamps.content_s if stamps.content_s is not None else stamps.acquired_s
    series = str(header.get("SeriesInstanceUID", ""))[:64]
    return Identity(identity.sop_class_uid, identity.sop_instance_uid, identity.transfer_syntax, series, made)


def _read_header(data: BinaryIO, transfer_syntax: str) -> tuple[Any, int | None, int]:
    """The data set up to its pixels, the tag of the pixels (None: there are none) and where that element begins."""
    found: list[int] = []

    def at_pixels(tag: BaseTag, _vr: str | None, _length: int) -> bool:
        if tag in _PIXEL_TAGS:
            found.append(int(tag))
        return tag in _PIXEL_TAGS

    data.seek(0)
    header = read_dataset(data, transfer_syntax == _IMPLICIT, True, stop_when=at_pixels)
    return header, found[0] if found else None, data.tell()


def _check_pixels(header: Any, data: BinaryIO, at: int, size: int, transfer_syntax: str, limit: int) -> None:
    rows, columns = _positive(header, "Rows"), _positive(header, "Columns")
    frames, samples = _positive(header, "NumberOfFrames", 1), _positive(header, "SamplesPerPixel", 1)
    bits = _positive(header, "BitsAllocated")
    if bits not in (1, 8, 16, 32, 64):
        raise Refused(Status.PIXELS_DISAGREE, f"BitsAllocated is {bits}"[:64])
    decoded = (rows * columns * frames * samples * bits + 7) // 8
    if decoded > limit:
        raise Refused(Status.OUT_OF_RESOURCES, "Rows x Columns x Frames is more than this node accepts")
    start, length = _pixel_length(data, at, transfer_syntax)
    if transfer_syntax in UNCOMPRESSED:
        if length is None or start + length > size:
            raise Refused(Status.UNDECODABLE, "The pixel data are truncated")
        if length < decoded:
            raise Refused(Status.PIXELS_DISAGREE, "The pixel data are shorter than Rows x Columns x Frames")
        return
    if length is not None:
        raise Refused(Status.UNDECODABLE, "The compressed pixel data are not encapsulated")
    lengths: list[int] = []
    problem = codestream_problem(_fragment_heads(data, start, size, lengths), transfer_syntax, rows, columns, samples)
    if problem:
        raise Refused(Status.PIXELS_DISAGREE, problem)
    if sum(lengths) == 0:
        raise Refused(Status.UNDECODABLE, "There are no compressed pixel data")
    if len(lengths) < frames:
        raise Refused(Status.PIXELS_DISAGREE, "There are fewer fragments than frames")
    if beyond_belief(decoded, sum(lengths)):
        raise Refused(Status.PIXELS_DISAGREE, "Rows x Columns x Frames is far more than the pixel data hold")


def _positive(header: Any, keyword: str, default: int = 0) -> int:
    try:
        value = int(header.get(keyword) or default)
    except (TypeError, ValueError, OverflowError):
        value = 0
    if value < 1:
        raise Refused(Status.PIXELS_DISAGREE, f"{keyword} is missing or not positive"[:64])
    return value


def _pixel_length(data: BinaryIO, at: int, transfer_syntax: str) -> tuple[int, int | None]:
    """Where the value of the pixel element at `at` begins, and its length; None where undefined (encapsulated)."""
    data.seek(at)
    head = data.read(12)
    if transfer_syntax == _IMPLICIT:
        start, field = at + 8, head[4:8]
    else:
        start, field = at + 12, head[8:12]
    if len(field) < 4:
        raise Refused(Status.UNDECODABLE, "The pixel data are truncated")
    length = int.from_bytes(field, "little")
    return start, None if length == 0xFFFFFFFF else length


def _fragment_heads(data: BinaryIO, start: int, size: int, lengths: list[int]) -> Iterator[bytes]:
    """The beginning of each fragment after the offset table; `lengths` gets theirs (PS3.5 A.4). Refused where one is cut off."""
    position, offset_table = start, True
    while True:
        data.seek(position)
        head = data.read(8)
        if len(head) < 8:
            raise Refused(Status.UNDECODABLE, "The compressed pixel data are truncated")
        length = int.from_bytes(head[4:], "little")
        if head[:4] == b"\xfe\xff\xdd\xe0":
            return
        if head[:4] != b"\xfe\xff\x00\xe0" or position + 8 + length > size:
            raise Refused(Status.UNDECODABLE, "The compressed pixel data are truncated or damaged")
        if not offset_table:
            lengths.append(length)
            yield data.read(min(length, HEAD_BYTES))
        offset_table = False
        position += 8 + length
