"""What arrives: the DICOM node, its durable spool, frames, remote nodes."""
