"""What it means: deviation, alerts, watchdog, the live loop."""
