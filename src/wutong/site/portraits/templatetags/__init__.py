"""Tags of portraits."""
