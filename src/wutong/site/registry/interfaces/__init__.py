"""Forms and filters of the registry."""
