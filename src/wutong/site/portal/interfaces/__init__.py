"""Forms and filters of portals."""
