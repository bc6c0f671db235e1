"""What the node accepts: the storage SOP classes and transfer syntaxes, and the answers it gives to a C-STORE."""

from __future__ import annotations

from enum import IntEnum

from pydicom import uid

VERIFICATION = "1.2.840.10008.1.1"

STORAGE_SOP_CLASSES: dict[str, str] = {
    str(sop_class): name
    for sop_class, name in (
        (uid.CTImageStorage, "CT Image Storage"),
        (uid.EnhancedCTImageStorage, "Enhanced CT Image Storage"),
        (uid.XRayAngiographicImageStorage, "X-Ray Angiographic Image Storage"),
        (uid.EnhancedXAImageStorage, "Enhanced XA Image Storage"),
        (uid.XRayRadiofluoroscopicImageStorage, "X-Ray Radiofluoroscopic Image Storage"),
        (uid.EnhancedXRFImageStorage, "Enhanced XRF Image Storage"),
        (uid.XRay3DAngiographicImageStorage, "X-Ray 3D Angiographic Image Storage"),
        (uid.ComputedRadiographyImageStorage, "Computed Radiography Image Storage"),
        (uid.DigitalXRayImageStorageForPresentation, "Digital X-Ray Image Storage - For Presentation"),
        (uid.DigitalXRayImageStorageForProcessing, "Digital X-Ray Image Storage - For Processing"),
        (uid.SecondaryCaptureImageStorage, "Secondary Capture Image Storage"),
        (uid.MultiFrameSingleBitSecondaryCaptureImageStorage, "Multi-frame Single Bit Secondary Capture Image Storage"),
        (uid.MultiFrameGrayscaleByteSecondaryCaptureImageStorage, "Multi-frame Grayscale Byte Secondary Capture Image Storage"),
        (uid.MultiFrameGrayscaleWordSecondaryCaptureImageStorage, "Multi-frame Grayscale Word Secondary Capture Image Storage"),
        (uid.MultiFrameTrueColorSecondaryCaptureImageStorage, "Multi-frame True Color Secondary Capture Image Storage"),
    )
}

# In order of preference: what needs no decoder first
TRANSFER_SYNTAXES: dict[str, str] = {
    str(uid.ExplicitVRLittleEndian): "Explicit VR Little Endian",
    str(uid.ImplicitVRLittleEndian): "Implicit VR Little Endian",
    str(uid.RLELossless): "RLE Lossless",
    str(uid.JPEGLSLossless): "JPEG-LS Lossless",
    str(uid.JPEGLosslessSV1): "JPEG Lossless, First-Order Prediction",
    str(uid.JPEGLossless): "JPEG Lossless, Non-Hierarchical",
    str(uid.JPEG2000Lossless): "JPEG 2000 Lossless",
}
UNCOMPRESSED = (str(uid.ExplicitVRLittleEndian), str(uid.ImplicitVRLittleEndian))

IMPLEMENTATION_CLASS_UID = "2.25.302385710395839127385024187540239107521"
IMPLEMENTATION_VERSION = "SPINEGUIDE_1"


class Status(IntEnum):
    """The status of a C-STORE response (PS3.4 B.2.3, PS3.7 9.1.1.1.9)."""

    SUCCESS = 0x0000
    NOT_AUTHORISED = 0x0124
    OUT_OF_RESOURCES = 0xA700
    DOES_NOT_MATCH = 0xA900
    UNDECODABLE = 0xC000
    NO_PIXELS = 0xC001
    PIXELS_DISAGREE = 0xC002
    OTHER_BYTES = 0xC010
    FAILED = 0xC0FF


class Refused(Exception):
    """An object that is not stored: the status and the comment (LO, at most 64 characters, no patient data) that the sender gets."""

    def __init__(self, status: Status, comment: str) -> None:
        super().__init__(comment)
        self.status, self.comment = status, comment[:64]
