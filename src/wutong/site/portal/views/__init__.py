"""Pages of portals."""
