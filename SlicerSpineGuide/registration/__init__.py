"""Where the patient is: plan_from_live, how sure, how good."""
