"""Where the instrument is: tip, axis, how sure."""
