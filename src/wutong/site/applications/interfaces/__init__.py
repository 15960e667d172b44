"""Forms and filters of applications."""
