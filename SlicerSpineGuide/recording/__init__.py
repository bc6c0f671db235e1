"""What happened: case folders, replay, reports."""
