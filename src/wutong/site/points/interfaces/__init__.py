"""Forms and filters of points."""
