"""Forms and filters of runs."""
