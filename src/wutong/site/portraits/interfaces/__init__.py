"""Forms and filters of portraits."""
