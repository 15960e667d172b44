"""Forms and filters of imports."""
