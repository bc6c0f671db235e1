"""The head of a DICOM file (PS3.10 section 7.1) for a data set that is stored as it was received."""

from __future__ import annotations

from io import BytesIO

from pydicom.dataset import FileMetaDataset
from pydicom.filewriter import write_file_meta_info

from SlicerSpineGuide.intake.header import Identity
from SlicerSpineGuide.intake.services import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION


def file_head(identity: Identity, source_aet: str) -> bytes:
    """Preamble, "DICM" and file meta information; the data set's bytes follow it unchanged."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = identity.sop_class_uid
    meta.MediaStorageSOPInstanceUID = identity.sop_instance_uid
    meta.TransferSyntaxUID = identity.transfer_syntax
    meta.ImplementationClassUID = IMPLEMENTATION_CLASS_UID
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION
    if source_aet:
        meta.SourceApplicationEntityTitle = source_aet
    buffer = BytesIO()
    write_file_meta_info(buffer, meta, enforce_standard=True)
    return b"\0" * 128 + b"DICM" + buffer.getvalue()
