"""Where the patient is: plan_from_live, how sure, how good."""

from SlicerSpineGuide.registration.result import Registration
from SlicerSpineGuide.registration.slices import SliceRegistration, prepare

__all__ = ["Registration", "SliceRegistration", "prepare"]
