"""What arrives: the DICOM node, its durable spool, frames, remote nodes.

NodeConfig.load(path=None).with_changes(port=..., allow=(...), spool=...)   settings of the node
NodeConfig.load().for_session()   the same with a spool of its own, so that guides neither share images nor lock each other out
NodeSupervisor(config, on_state=..., clock=...).start() / .state() / .stop()   the node in its own process
LiveFeed(config, on_frame, on_problem, catch_up=False).start() / .stop()   what arrived, decoded and grouped
FrameGrouper().add(image) -> Frame or None (a duplicate); read_live_image(path, arrived_s), read_live_images for multi-frame
"""

from SlicerSpineGuide.intake.config import NodeConfig, RemoteNode, default_home
from SlicerSpineGuide.intake.decode import read_live_image, read_live_images
from SlicerSpineGuide.intake.feed import LiveFeed
from SlicerSpineGuide.intake.frame import Frame, LiveImage, Radiograph
from SlicerSpineGuide.intake.frames import FrameGrouper, group_all
from SlicerSpineGuide.intake.supervisor import NodeState, NodeSupervisor

__all__ = [
    "Frame",
    "FrameGrouper",
    "LiveFeed",
    "LiveImage",
    "NodeConfig",
    "NodeState",
    "NodeSupervisor",
    "Radiograph",
    "RemoteNode",
    "default_home",
    "group_all",
    "read_live_image",
    "read_live_images",
]
