"""The virtual room: a simulated CT and C-arm that send real DICOM."""
