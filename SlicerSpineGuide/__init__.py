"""SlicerSpineGuide: guidance of percutaneous spine procedures in the CT and fluoroscopy room."""

__version__ = "0.1.0"
