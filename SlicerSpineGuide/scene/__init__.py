"""What is drawn: MRML nodes, for the desktop and the console alike."""

from SlicerSpineGuide.scene.guidance_scene import GuidanceScene

__all__ = ["GuidanceScene"]
