"""Writes of portals."""
