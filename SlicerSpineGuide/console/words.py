"""The pages' fixed words in the current language; sentences about a state are in honest, numbers in readouts."""

from SlicerSpineGuide.translation import tr


def words() -> dict[str, str]:
    """The page's fixed words in the current language."""
    return {
        "guide_page": tr("Guide"),
        "training_page": tr("Training"),
        "plan_page": tr("Plan"),
        "node_page": tr("Node"),
        "acknowledge": tr("Silence"),
        "acknowledged": tr("silenced"),
        "no_alert": tr("No alert"),
        "registration": tr("Registration"),
        "image_age": tr("Image age"),
        "rate": tr("Images"),
        "image": tr("Image"),
        "skipped": tr("Skipped"),
        "latency": tr("Image to guidance"),
        "node": tr("DICOM node"),
        "tip_now": tr("tip now"),
        "will_end": tr("will pass the target at"),
        "bullseye": tr("Bull's-eye: the tip against the path, and where it will end"),
        "accept": tr("Accept"),
        "reject": tr("Reject"),
        "register_again": tr("Register again"),
        "nudge": tr("Move the image 1 mm to"),
        "mark": tr("Mark"),
        "screenshot": tr("Picture"),
        "dose": tr("Dose"),
        "play": tr("Play"),
        "pause": tr("Pause"),
        "step": tr("Next image"),
        "frozen": tr("Held picture: not current"),
        "frozen_next": tr("Press F, or the button, to go on."),
        "go_on": tr("Go on"),
        "take_control": tr("Take control"),
        "watching": tr("watching"),
        "freeze": tr("Hold"),
        "window": tr("Window"),
        "depth_bar": tr("Depth of the tip from entry to target"),
    }
